//! The guides in every state, and the pages that pictures in guides are taken of.

use chrono::NaiveDate;
use portvakt_domain::{
    account::Choice,
    directory::EffectivePolicy,
    feedback::Guide,
    language::Language,
    policy::{PolicyPreset, Rule},
    tenant::{DayOff, HelpDesk, HostPurpose, KnownPassword, ReminderSettings, SendingDays},
};
use portvakt_texts::Texts;

use super::{Gallery, REGISTER, RESET, Shown, code};
use crate::portal::views::{
    Brand, Page,
    change::ChangeView,
    guides::{FeedbackProblem, GuideFacts, GuideListView, GuideView, ThanksView, TypedFeedback},
    register::{self, ConfirmView, NumberItem, NumberView, SignInView, TypedNumber},
    reset::{ChooseView, CodeFor, CodeView, Done, DoneView, PasswordFor, PasswordView, StartView},
};

/// What guides tell where everything is offered.
fn all<'a>(rules: &'a [Rule], own: &'a [String], reminders: &'a ReminderSettings, date: &'a str) -> GuideFacts<'a> {
    GuideFacts {
        reset_url: RESET,
        register_url: REGISTER,
        base: RESET,
        example: "lovstlin32",
        rules,
        code_minutes: 10,
        keep_and_unlock: true,
        known_password: KnownPassword::WithCode,
        password_again: true,
        delayed_change_hours: 48,
        functional: true,
        reminders: Some(reminders),
        reminder_language: Language::Sv,
        after_reset: own,
        after_unlock: own,
        after_functional: own,
        inside: own,
        outside: own,
        date,
    }
}

/// The same where nothing is.
fn least(facts: GuideFacts<'_>) -> GuideFacts<'_> {
    GuideFacts {
        base: REGISTER,
        example: "",
        keep_and_unlock: false,
        known_password: KnownPassword::Off,
        password_again: false,
        delayed_change_hours: 0,
        functional: false,
        reminders: None,
        after_reset: &[],
        after_unlock: &[],
        after_functional: &[],
        inside: &[],
        outside: &[],
        ..facts
    }
}

pub(super) fn pages(gallery: &mut Gallery<'_>) {
    let page = Page { path: "/guides", ..gallery.page };
    let rules = PolicyPreset::Orebro.policy().expect("a policy").rules(&EffectivePolicy::default());
    let own = ["Byt också i <mobilen>.".to_owned()];
    let date = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day").to_string();
    let sending_days = SendingDays::WorkingDays;
    let reminders = ReminderSettings { functional_age_days: 90, sending_days, ..ReminderSettings::default() };
    let after = ReminderSettings { days_off: DayOff::After, ..reminders.clone() };
    let all = all(&rules, &own, &reminders, &date);
    let later = GuideFacts { reminders: Some(&after), ..all };
    let without = HelpDesk { phone: None, mail: None, ..page.help_desk.clone() };
    let by_phone = HelpDesk { mail: None, ..page.help_desk.clone() };
    let typed = TypedFeedback::default();
    for (name, facts, help_desk) in
        [("all", all, page.help_desk), ("least", least(all), &by_phone), ("alone", later, &without)]
    {
        let page = Page { help_desk, ..page };
        gallery.hang(format!("guides-list-{name}"), false, &GuideListView { page, facts });
        for guide in facts.guides() {
            let view = GuideView { page, guide, facts, typed, problem: None };
            gallery.hang(format!("guides-1-{}-{name}", guide.as_str()), false, &view);
        }
    }
    let typed = TypedFeedback { helpful: Some(false), text: "</textarea><script>" };
    for (name, problem) in [("choose", FeedbackProblem::NoChoice), ("long", FeedbackProblem::TooLong)] {
        let typed = if name == "choose" { TypedFeedback { helpful: None, ..typed } } else { typed };
        let view = GuideView { page, guide: Guide::Reset, facts: all, typed, problem: Some(problem) };
        gallery.hang(format!("guides-1-feedback-{name}"), true, &view);
    }
    gallery.hang("guides-thanks", false, &ThanksView { page });
}

/// The pages that pictures are taken of, by the pictures' names: of no municipality, with made-up facts.
pub(in super::super) fn pictured(texts: &Texts, language: Language) -> Vec<Shown> {
    let (tenant, desk) = match language {
        Language::Sv => ("Kommunen", "IT-supporten"),
        Language::En => ("The municipality", "the IT support"),
    };
    let help_desk = HelpDesk { name: desk.to_owned(), phone: None, mail: None, hours: [].into(), url: None };
    let (languages, brand) = ([language], Brand::default());
    let (service, query) = (HostPurpose::Reset, "");
    let page = Page {
        texts,
        language,
        query,
        path: "/",
        service,
        tenant,
        help_desk: &help_desk,
        languages: &languages,
        brand: &brand,
        progress: None,
        time: None,
    };
    let mut gallery = Gallery { page, shown: Vec::new() };
    registering(&mut gallery);
    resetting(&mut gallery);
    gallery.shown
}

const USERNAME: &str = "annand01";
/// An account that a unit shares.
const UNIT: &str = "hemtjanstab";
const OWN_RESET: &str = "https://pwreset.example.se";
const OWN_REGISTER: &str = "https://pwreg.example.se";
const START_TOKEN: &str = "t0k3n";
const ENDS_WITH: &str = "***\u{a0}***\u{a0}06\u{a0}05";

fn registering(gallery: &mut Gallery<'_>) {
    let page = Page { service: HostPurpose::Register, ..gallery.page };
    let (username, display_name) = (USERNAME, "Anna Andersson");
    let view = SignInView { page, start_token: START_TOKEN, username, problem: None, reset_url: OWN_RESET };
    gallery.hang("sign_in", false, &view);
    gallery.hang("confirm", false, &ConfirmView { page, username, display_name, problem: None });
    let typed = TypedNumber { number: "070-174 06 05", ..TypedNumber::default() };
    let number = NumberView {
        page,
        username,
        display_name,
        functional: false,
        numbers: &[],
        typed,
        problem: None,
        takes_more: false,
        delay_offered: false,
        waits_until: None,
    };
    gallery.hang("number", false, &number);
    let typed = TypedNumber { holder: "Anna Andersson", ..typed };
    let (username, display_name) = (UNIT, "");
    let view = SignInView { page, start_token: START_TOKEN, username, problem: None, reset_url: OWN_RESET };
    gallery.hang("unit_sign_in", false, &view);
    gallery.hang("unit_confirm", false, &ConfirmView { page, username, display_name, problem: None });
    gallery.hang("holder", false, &NumberView { functional: true, typed, username, display_name, ..number });
    gallery.hang("register_code", false, &CodeView { page, ..code(page, CodeFor::NewNumber(ENDS_WITH), None) });
    let numbers = [NumberItem { row: "row1".to_owned(), shown: ENDS_WITH.to_owned() }];
    let kind = register::Done::Saved;
    let done =
        register::DoneView { page, kind, numbers: &numbers, waits_until: None, paragraphs: &[], reset_url: OWN_RESET };
    gallery.hang("registered", false, &done);
}

fn resetting(gallery: &mut Gallery<'_>) {
    let page = gallery.page;
    // How many steps there are is each tenant's matter.
    gallery.hang("reset_code", false, &CodeView { page, ..code(page, CodeFor::Reset, None) });
    for (prefix, username) in [("", USERNAME), ("unit_", UNIT)] {
        let (start_token, register_url, example) = (START_TOKEN, OWN_REGISTER, "");
        let start =
            StartView { page, start_token, username, problem: None, example, register_url, offers_change: true };
        gallery.hang(format!("{prefix}start"), false, &start);
        let choices = &[Choice::KeepAndUnlock, Choice::NewPassword];
        let choose = ChooseView { page, username, choices, wait: None, problem: None };
        gallery.hang(format!("{prefix}choose"), false, &choose);
        let (purpose, rules, words) = (PasswordFor::Reset, Vec::new(), &[]);
        let password = PasswordView { page, purpose, username, rules, words, problem: None };
        gallery.hang(format!("{prefix}password"), false, &password);
        let done = DoneView { page, kind: Done::PasswordSet, username, paragraphs: &[], outside: &[], inside: &[] };
        gallery.hang(format!("{prefix}done"), false, &done);
    }
    let (username, start_token) = (USERNAME, START_TOKEN);
    gallery.hang("change", false, &ChangeView { page, start_token, username, problem: None });
}
