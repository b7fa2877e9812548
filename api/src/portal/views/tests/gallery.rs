//! Every page in every state, in one language, with made-up facts.

use chrono::TimeDelta;
use portvakt_domain::{
    account::Choice,
    directory::EffectivePolicy,
    flow::{NumberTask, TimeLeft},
    language::Language,
    message::Channel,
    policy::{PolicyPreset, Rule, Subject},
    rejection::RejectionReason,
    tenant::{HelpDesk, HostPurpose, KnownPassword},
};
use portvakt_texts::Texts;

use crate::portal::{
    progress::{Journey, Step},
    views::{
        Brand, Page, Template, bare,
        change::ChangeView,
        demo,
        message::{Message, MessageView},
        register::{NumberProblem, SignInProblem},
        reset::{
            self, Again, ChooseProblem, ChooseView, CodeFor, CodeProblem, CodeView, Done, PasswordFor, PasswordProblem,
            PasswordView, RuleView, StartProblem, StartView, TooEarlyView,
        },
    },
};

mod guides;
mod register;
mod statements;

pub(super) use guides::pictured;
pub(super) use statements::ELSEWHERE;

pub(super) const TENANT: &str = "Örebro kommun";
pub(super) const RESET: &str = "https://pwreset.orebro.se";
pub(super) const REGISTER: &str = "https://pwreg.orebro.se";
pub(super) const HELP_PAGE: &str = "https://orebro.se/it";
const MASKED: &str = "***\u{a0}***\u{a0}06\u{a0}05";
const WHEN: &str = "2026-11-24 14.05";

/// A rendered page.
pub(super) struct Shown {
    pub(super) name: String,
    pub(super) language: Language,
    pub(super) query: &'static str,
    /// Whether it says that something was wrong with a form.
    pub(super) is_error: bool,
    pub(super) html: String,
}

struct Gallery<'a> {
    page: Page<'a>,
    shown: Vec<Shown>,
}

impl Gallery<'_> {
    fn hang(&mut self, name: impl Into<String>, is_error: bool, view: &impl Template) {
        let html = view.render().expect("a page");
        let Page { language, query, .. } = self.page;
        self.shown.push(Shown { name: name.into(), language, query, is_error, html });
    }
}

/// All pages of the two houses.
pub(super) fn pages(texts: &Texts, language: Language, query: &'static str) -> Vec<Shown> {
    branded(texts, language, query, &Brand::default())
}

/// The same with a logo and colours.
pub(super) fn branded(texts: &Texts, language: Language, query: &'static str, brand: &Brand) -> Vec<Shown> {
    let help_desk = HelpDesk {
        name: "IT-helpdesk".to_owned(),
        phone: Some("019-21 10 00".to_owned()),
        mail: Some("it-helpdesk@orebro.se".to_owned()),
        hours: [(Language::Sv, "vardagar 8–16".to_owned()), (Language::En, "weekdays 8–16".to_owned())].into(),
        url: Some(HELP_PAGE.parse().expect("an address")),
    };
    let service = HostPurpose::Reset;
    let languages = &Language::ALL;
    let (progress, time) = (None, None);
    let help_desk = &help_desk;
    let page = Page {
        texts,
        language,
        query,
        path: "/",
        service,
        tenant: TENANT,
        help_desk,
        languages,
        brand,
        progress,
        time,
    };
    let mut gallery = Gallery { page, shown: Vec::new() };
    reset_pages(&mut gallery);
    change_pages(&mut gallery);
    register::pages(&mut gallery);
    statements::pages(&mut gallery);
    message_pages(&mut gallery);
    guides::pages(&mut gallery);
    gallery.shown
}

/// The page as a step of a flow that has some time left.
fn within(page: Page<'_>, journey: Journey, step: Step) -> Page<'_> {
    let time = Some(TimeLeft { idle: TimeDelta::minutes(15), whole: TimeDelta::minutes(29) });
    Page { time, ..page.at(journey, step) }
}

fn reset_pages(gallery: &mut Gallery<'_>) {
    let page = gallery.page;
    let journey = Journey::Reset { choice: true };
    for problem in [None, Some(StartProblem::Empty), Some(StartProblem::Malformed), Some(StartProblem::Stale)] {
        let username = if problem.is_some() { "lovstlin32 <\"'>" } else { "" };
        let example = if problem == Some(StartProblem::Stale) { "" } else { "lovstlin32" };
        let offers_change = problem != Some(StartProblem::Empty);
        let page = page.at(journey, Step::Name);
        let view =
            StartView { page, start_token: "t0k3n", username, problem, example, register_url: REGISTER, offers_change };
        gallery.hang(format!("reset-1-start{}", suffix(&problem)), problem.is_some(), &view);
    }
    for problem in code_problems() {
        let view = code(Page { path: "/code", ..page }, CodeFor::Reset, problem);
        gallery.hang(format!("reset-2-code{}", suffix(&problem)), problem.is_some(), &view);
    }
    let resent = CodeView { again: Again::Sent, resend_wait_seconds: Some(120), ..code(page, CodeFor::Reset, None) };
    gallery.hang("reset-2-code-resent", false, &resent);
    gallery.hang("reset-2-code-too-early", false, &CodeView { again: Again::Refused, ..resent });
    let last = CodeView { can_ask_again: false, ..code(page, CodeFor::Reset, None) };
    gallery.hang("reset-2-code-last", false, &last);
    let another_problem = Some(NumberProblem::Malformed);
    let another = CodeView { another: "12 <\"'>", another_problem, ..code(page, CodeFor::Reset, None) };
    gallery.hang("reset-2-code-another", true, &another);
    let (unproved, page) = (page, within(page, journey, Step::Choice));
    for problem in [None, Some(ChooseProblem::Empty), Some(ChooseProblem::Unavailable)] {
        let choices = &[Choice::KeepAndUnlock, Choice::NewPassword];
        let view = ChooseView { page, username: "jesrab01", choices, wait: None, problem };
        gallery.hang(format!("reset-3-choose{}", suffix(&problem)), problem.is_some(), &view);
    }
    for minutes in [1, 90, 150, 10_000] {
        let wait = TimeDelta::minutes(minutes);
        let (username, choices) = ("jesrab01", &[Choice::KeepAndUnlock]);
        let page = within(page, Journey::Unlock, Step::Choice);
        let view = ChooseView { page, username, choices, wait: Some(wait), problem: None };
        gallery.hang(format!("reset-3-keep-only-{minutes}"), false, &view);
        gallery.hang(format!("reset-3-too-early-{minutes}"), false, &TooEarlyView { page, username, wait });
    }
    let page = within(page, journey, Step::Password);
    let directory = EffectivePolicy { complexity: true, history: 25, min_age_seconds: 86_400, ..Default::default() };
    let policy = PolicyPreset::Orebro.policy().expect("a policy");
    let broken = [Rule::MinLength(8), Rule::NotUsername, Rule::NotBanned];
    let own = ["Örebro".to_owned()];
    let subject = Subject { username: "lovstlin32", display_name: "Åsa <Öberg>", tenant_words: &own };
    let guessed = ["vår".to_owned(), "sommar".to_owned()];
    for problem in [
        None,
        Some(PasswordProblem::Empty),
        Some(PasswordProblem::Different),
        Some(PasswordProblem::Broken),
        Some(PasswordProblem::Rejected { reason: RejectionReason::EarlierOrTooYoung, wait_hours: None }),
    ] {
        let broken: &[Rule] = if problem == Some(PasswordProblem::Broken) { &broken } else { &[] };
        let rules = RuleView::list(policy.rules(&directory), broken, subject);
        let words: &[String] = if broken.is_empty() { &[] } else { &guessed };
        let purpose = PasswordFor::Reset;
        let view = PasswordView { page, purpose, username: "lovstlin32", rules, words, problem };
        gallery.hang(format!("reset-4-password{}", suffix(&problem)), problem.is_some(), &view);
    }
    let rules = RuleView::list(all_rules(), &[], subject);
    let all = PasswordView { page, purpose: PasswordFor::Reset, username: "a", rules, words: &[], problem: None };
    gallery.hang("reset-4-password-all-rules", false, &all);
    let next = ["Datorn får det nya lösenordet först när den är ansluten till nätverket på jobbet.".to_owned()];
    let page = unproved;
    for (kind, paragraphs) in [(Done::PasswordSet, next.as_slice()), (Done::Unlocked, &[])] {
        let view =
            reset::DoneView { page, kind, username: "lovstlin32", paragraphs, inside: paragraphs, outside: paragraphs };
        gallery.hang(format!("reset-5-done-{kind:?}"), false, &view);
    }
}

fn change_pages(gallery: &mut Gallery<'_>) {
    let page = Page { path: "/change", ..gallery.page };
    let journey = Journey::Change { known: KnownPassword::WithCode };
    for problem in [
        None,
        Some(SignInProblem::Empty { username: true, password: true }),
        Some(SignInProblem::Refused),
        Some(SignInProblem::Stale),
    ] {
        let page = page.at(journey, Step::SignIn);
        let view = ChangeView { page, start_token: "t0k3n", username: "lovstlin32", problem };
        gallery.hang(format!("change-1-current{}", suffix(&problem)), problem.is_some(), &view);
    }
    let code = code(Page { path: "/code", ..page }, CodeFor::Change, None);
    gallery.hang("change-2-code", false, &code);
    let page = Page { path: "/change/password", ..page };
    let directory = EffectivePolicy { complexity: true, history: 25, min_age_seconds: 86_400, ..Default::default() };
    let policy = PolicyPreset::Mjolby.policy().expect("a policy");
    let subject = Subject { username: "lovstlin32", display_name: "Lovisa Stlin", tenant_words: &[] };
    let mut password = |name: String, problem: Option<PasswordProblem>| {
        let rules = RuleView::list(policy.rules(&directory), &[], subject);
        let purpose = PasswordFor::Change;
        let page = within(page, journey, Step::Password);
        let view = PasswordView { page, purpose, username: "lovstlin32", rules, words: &[], problem };
        gallery.hang(name, problem.is_some(), &view);
    };
    password("change-3-password".to_owned(), None);
    for new in [false, true] {
        let problem = Some(PasswordProblem::EmptyCurrent { new });
        password(format!("change-3-password-empty-{new}"), problem);
    }
    for reason in RejectionReason::ALL.iter().copied() {
        let waits: &[_] = if reason == RejectionReason::TooYoung { &[None, Some(1), Some(23)] } else { &[None] };
        for wait_hours in waits.iter().copied() {
            let name = format!("change-3-password-{}-{}", reason.as_str(), wait_hours.unwrap_or(0));
            password(name, Some(PasswordProblem::Rejected { reason, wait_hours }));
        }
    }
    let view = reset::DoneView {
        page,
        kind: Done::PasswordChanged,
        username: "lovstlin32",
        paragraphs: &[],
        inside: &[],
        outside: &[],
    };
    gallery.hang("change-4-done", false, &view);
}

fn message_pages(gallery: &mut Gallery<'_>) {
    let reference = || "01J9ZC4W".to_owned();
    for message in [
        Message::Cancelled,
        Message::FlowOver,
        Message::Exhausted { minutes: None },
        Message::Exhausted { minutes: Some(15) },
        Message::TooMany { minutes: None },
        Message::TooMany { minutes: Some(1) },
        Message::Unavailable,
        Message::OutcomeUnknown,
        Message::NotAllowed,
        Message::Locked,
        Message::NoNumber,
        Message::BadRequest,
        Message::NotFound,
        Message::MethodNotAllowed,
        Message::TooLarge,
        Message::Internal { reference: reference() },
        Message::InProgress,
        Message::BadOrigin,
    ] {
        for service in [HostPurpose::Reset, HostPurpose::Register] {
            let page = Page { service, ..gallery.page };
            let name: String =
                format!("{message:?}").chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
            let view = MessageView { page, message: message.clone(), register_url: REGISTER };
            gallery.hang(format!("message-{name}-{}", service.as_str()), false, &view);
        }
    }
}

fn code<'a>(page: Page<'a>, purpose: CodeFor<'a>, problem: Option<CodeProblem>) -> CodeView<'a> {
    let again = Again::NotAsked;
    let numbers = |task| Journey::Numbers { password_again: true, task };
    let (journey, step) = match purpose {
        CodeFor::Reset => (Journey::Reset { choice: true }, Step::Code),
        CodeFor::Change => (Journey::Change { known: KnownPassword::WithCode }, Step::Code),
        CodeFor::OldNumber(_) => (numbers(NumberTask::Change), Step::Code),
        CodeFor::AddNumber(_) => (numbers(NumberTask::Add), Step::Code),
        CodeFor::RemoveNumber(_) => (numbers(NumberTask::Remove), Step::Code),
        CodeFor::Stop(_) => (numbers(NumberTask::Stop), Step::Code),
        CodeFor::StopByName => (Journey::Stop, Step::Code),
        CodeFor::NewNumber(_) => (numbers(NumberTask::First), Step::NewCode),
    };
    CodeView {
        page: within(page, journey, step),
        purpose,
        problem,
        minutes: 10,
        again,
        resend_wait_seconds: None,
        can_ask_again: true,
        others: &[],
        delay_offered: false,
        another: "",
        another_problem: None,
        delivery: None,
    }
}

fn code_problems() -> [Option<CodeProblem>; 6] {
    let problems =
        [CodeProblem::Empty, CodeProblem::Format, CodeProblem::Wrong, CodeProblem::Dead, CodeProblem::Expired];
    let mut all = [None; 6];
    for (place, problem) in all.iter_mut().skip(1).zip(problems) {
        *place = Some(problem);
    }
    all
}

fn all_rules() -> Vec<Rule> {
    vec![
        Rule::MinLength(1),
        Rule::MaxLength(64),
        Rule::Kinds(1),
        Rule::Kinds(2),
        Rule::Kinds(4),
        Rule::KindsForBoth(3),
        Rule::Upper,
        Rule::Lower,
        Rule::Digit,
        Rule::Sign,
        Rule::Without("åäöÅÄÖ £".to_owned()),
        Rule::Without("Å".to_owned()),
        Rule::LettersAndDigits,
        Rule::Ascii,
        Rule::AsciiAndSpace,
        Rule::NotUsername,
        Rule::NotName,
        Rule::NotBanned,
        Rule::NotLeaked,
        Rule::NotEarlier(0),
        Rule::NotEarlier(1),
        Rule::MinAge(1),
        Rule::DirectoryKinds,
    ]
}

fn suffix(problem: &Option<impl std::fmt::Debug>) -> String {
    problem.as_ref().map_or(String::new(), |problem| {
        let words: String = format!("{problem:?}").chars().take_while(char::is_ascii_alphanumeric).collect();
        format!("-{}", words.to_lowercase())
    })
}

/// The pages that belong to no tenant.
pub(super) fn others(texts: &Texts, language: Language, query: &'static str) -> Vec<(String, String)> {
    use bare::{BareMessage, BareView};
    let mut shown = Vec::new();
    for message in [
        BareMessage::Misdirected,
        BareMessage::BadRequest,
        BareMessage::NotFound,
        BareMessage::Internal { reference: "01J9ZC4W".to_owned() },
    ] {
        let name = format!("bare-{}", format!("{message:?}").split(' ').next().expect("a word").to_lowercase());
        shown.push((name, BareView { texts, message }.render().expect("a page")));
    }
    let page = demo::DemoPage { texts, language, query, path: "/" };
    let states = ["normal", "unregistered", "locked", "expired", "must_change", "disabled", "protected", "functional"];
    let accounts = states.iter().enumerate().map(|(n, state)| demo::DemoAccount {
        username: format!("lovstlin{n:02}"),
        password: "Sommar-Regn-2026".to_owned(),
        state: (*state).to_owned(),
        numbers: (0..n % 3).map(|m| format!("+4670174060{m}")).collect(),
    });
    let tenants = &[("orebro", TENANT), ("mjolby", "Mjölby kommun")].map(|(slug, name)| demo::DemoTenant {
        slug,
        name: name.to_owned(),
        reset_url: RESET.to_owned(),
        register_url: REGISTER.to_owned(),
        accounts: accounts.clone().collect(),
    });
    shown.push(("demo-start".to_owned(), demo::StartPageView { page, tenants }.render().expect("a page")));
    let message = |id, code: Option<&str>, text: &str, subject: Option<&str>| demo::OutboxMessage {
        id,
        subject: subject.map(str::to_owned),
        text: text.to_owned(),
        at: "2026-11-22 14:05:09".to_owned(),
        code: code.map(str::to_owned),
    };
    let sms = "012345 är din säkerhetskod för att återställa lösenordet. Den gäller i 10 minuter. Ge den aldrig till \
               någon.\n\n@pwreset.orebro.localhost #012345";
    let notice = "Lösenordet för ditt konto hos Örebro kommun har återställts.";
    let phone = demo::Mailbox {
        to: "+46701740605".to_owned(),
        channel: Channel::Sms,
        tenant: TENANT.to_owned(),
        messages: vec![message(3, None, notice, None), message(1, Some("012345"), sms, None)],
    };
    let mailbox = demo::Mailbox {
        to: "lovstlin32@orebro.se".to_owned(),
        channel: Channel::Mail,
        tenant: TENANT.to_owned(),
        messages: vec![message(2, None, notice, Some("Ditt lösenord har återställts"))],
    };
    let page = demo::DemoPage { path: "/demo/outbox", ..page };
    for (name, live, mailboxes) in
        [("demo-outbox", true, [phone, mailbox].as_slice()), ("demo-outbox-paused", false, &[])]
    {
        let view = demo::OutboxView { page, live, mailboxes };
        shown.push((name.to_owned(), view.render().expect("a page")));
    }
    shown
}
