//! The guide for who gets mail about passwords that are about to expire.

use portvakt_domain::{
    feedback::Guide,
    tenant::{DayOff, ReminderSettings, SendingDays},
};

use super::{GuideView, Line, Picture, Section};

/// Made-up people of the list: first name, last name, account, expiry date, days left.
const LISTED: [[&str; 5]; 2] =
    [["Anna", "Andersson", "annand01", "2026-12-07", "15"], ["Erik", "Eriksson", "erieri02", "2026-11-29", "7"]];

/// What is said of days on which nothing is sent.
fn off_days(settings: &ReminderSettings) -> Option<&'static str> {
    match (settings.sending_days, settings.days_off) {
        (SendingDays::EveryDay, _) => None,
        (SendingDays::WorkingDays, DayOff::Before) => Some("guide-reminders-before-off"),
        (SendingDays::WorkingDays, DayOff::After) => Some("guide-reminders-after-off"),
    }
}

impl GuideView<'_> {
    pub(super) fn reminders(&self) -> Vec<Section> {
        let facts = &self.facts;
        let columns = [
            "guide-reminders-first",
            "guide-reminders-last",
            "guide-reminders-account",
            "guide-reminders-expires",
            "guide-reminders-left",
        ];
        let table = Line::Table {
            caption: self.say("guide-reminders-table"),
            columns: columns.map(|key| self.say(key)).into(),
            rows: LISTED.map(|row| row.map(str::to_owned).into()).into(),
        };
        let mut means = vec![self.line("guide-reminders-intro"), table];
        if let Some(sent) = facts.reminders {
            means.push(self.line("guide-reminders-when"));
            means.extend(off_days(sent).map(|key| self.line(key)));
        }
        means.push(self.line("guide-reminders-again"));

        let register = vec![
            self.link("guide-reminders-register", facts.register_url, ""),
            self.to_guide("guide-reminders-register-how", Guide::Registration),
        ];
        let change = vec![
            self.link("guide-reminders-change", facts.reset_url, ""),
            self.to_guide("guide-reminders-change-how", Guide::Reset),
            self.line("guide-reminders-late"),
        ];
        let mut steps = vec![
            self.step(vec![self.line("guide-reminders-tell")], None),
            self.step(register, Some(Picture::NUMBER)),
            self.step(change, Some(Picture::START)),
        ];
        if facts.functional {
            let aged = facts.reminders.filter(|sent| sent.functional_age_days > 0);
            let mut shared: Vec<Line> = aged.map(|_| self.line("guide-reminders-shared-age")).into_iter().collect();
            shared.push(self.to_guide("guide-reminders-shared", Guide::Functional));
            steps.push(self.step(shared, None));
        }
        vec![
            self.section("guide-reminders-means", means, vec![]),
            self.section("guide-reminders-steps", vec![], steps),
            self.section("guide-problems", self.reminder_problems(), vec![]),
        ]
    }

    fn reminder_problems(&self) -> Vec<Line> {
        let mut lines = vec![
            self.ask("guide-reminders-still"),
            self.line("guide-reminders-still-sent"),
            self.ask("guide-reminders-stranger"),
            self.line("guide-reminders-stranger-tell"),
            self.ask("guide-reminders-expired"),
            self.line("guide-reminders-expired-help"),
        ];
        lines.extend(self.to_help_desk("guide-reminders-expired-mail", "guide-reminders-expired-phone"));
        lines.extend([self.ask("guide-reminders-recipient"), self.line("guide-reminders-recipient-help")]);
        lines.extend(self.to_help_desk("guide-reminders-recipient-mail", "guide-reminders-recipient-phone"));
        lines.extend([self.ask("guide-reminders-true"), self.line("guide-reminders-true-signs")]);
        lines
    }
}
