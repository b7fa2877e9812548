//! The guide to pwreset: unlocking, a new password, and a change by who knows the current one.

use portvakt_domain::{feedback::Guide, tenant::KnownPassword};

use super::{GuideView, Line, Picture, Section, Step};
use crate::portal::views::reset::RuleView;

impl GuideView<'_> {
    pub(super) fn reset(&self) -> Vec<Section> {
        let facts = &self.facts;
        let before = vec![
            self.line("guide-reset-intro"),
            self.items(&["guide-reset-before-phone", "guide-reset-before-device", "guide-reset-before-account"]),
            self.to_guide("guide-reset-before-number", Guide::Registration),
        ];
        let username = self.with_example("guide-reset-username", "guide-reset-username-example");
        let mut steps = vec![
            self.step(vec![self.link("guide-reset-open", facts.reset_url, "")], None),
            self.step(vec![self.line(username)], Some(Picture::START)),
            self.step(
                vec![self.line("guide-reset-code"), self.line("guide-reset-code-wait")],
                Some(Picture::RESET_CODE),
            ),
        ];
        steps.extend(self.choice(Picture::CHOOSE));
        steps.push(self.new_password(Picture::PASSWORD));
        let done = if facts.keep_and_unlock { "guide-reset-done-unlock" } else { "guide-reset-done" };
        steps.push(self.step(vec![self.line(done)], Some(Picture::DONE)));

        let mut sections =
            vec![self.section("guide-before", before, vec![]), self.section("guide-reset-steps", vec![], steps)];
        let own = |heading, paragraphs| self.section(heading, Self::own(paragraphs), vec![]);
        if !facts.after_reset.is_empty() {
            sections.push(own("guide-reset-after", facts.after_reset));
        }
        if facts.keep_and_unlock && !facts.after_unlock.is_empty() {
            sections.push(own("guide-reset-after-unlock", facts.after_unlock));
        }
        sections.extend(self.networks());
        sections.extend(self.known_password());
        sections.push(self.section("guide-problems", self.reset_problems(), vec![]));
        sections
    }

    /// What a computer knows of the new password, on the municipality's network and elsewhere: in the tenant's own words
    /// where it has some.
    fn networks(&self) -> Vec<Section> {
        let (inside, outside) = (Self::own(self.facts.inside), Self::own(self.facts.outside));
        let built_in = || ["guide-outside-new", "guide-outside-start"].map(|key| self.line(key)).into();
        let mut away: Vec<Line> = if outside.is_empty() { built_in() } else { outside };
        away.push(self.line("guide-outside-phone"));
        let at_work = (!inside.is_empty()).then(|| self.section("done-inside-heading", inside, vec![]));
        at_work.into_iter().chain([self.section("done-outside-heading", away, vec![])]).collect()
    }

    /// The choice, where there is one.
    pub(super) fn choice(&self, picture: Picture) -> Option<Step> {
        let lines =
            ["guide-reset-choose", "guide-reset-choose-keep", "guide-reset-choose-new"].map(|key| self.line(key));
        self.facts.keep_and_unlock.then(|| self.step(lines.into(), Some(picture)))
    }

    /// The new password, with the tenant's rules.
    pub(super) fn new_password(&self, picture: Picture) -> Step {
        let rule = |rule: &portvakt_domain::policy::Rule| RuleView::words(rule, &self.page);
        let rules = Line::Items(self.facts.rules.iter().map(rule).collect());
        let tip = Line::Text(self.page.text("password-tip"));
        self.step(vec![self.line("guide-reset-password"), rules, tip], Some(picture))
    }

    /// How to change a password that one knows, where that is offered.
    fn known_password(&self) -> Option<Section> {
        let facts = &self.facts;
        let mut steps = vec![
            self.step(vec![self.link("guide-change-open", facts.reset_url, "/change")], None),
            self.step(vec![self.line("guide-change-current")], Some(Picture::CHANGE)),
        ];
        if facts.known_password == KnownPassword::WithCode {
            steps.push(self.step(vec![self.line("guide-change-code")], None));
        }
        steps.push(self.step(vec![self.line("guide-change-password")], None));
        let section = self.section("guide-change-heading", vec![self.line("guide-change-intro")], steps);
        (facts.known_password != KnownPassword::Off).then_some(section)
    }

    fn reset_problems(&self) -> Vec<Line> {
        let mut lines = vec![
            self.ask("guide-problem-sms"),
            self.line("guide-problem-sms-wait"),
            self.ask("guide-problem-refused"),
            self.line("guide-problem-refused-try"),
            self.ask("guide-problem-wrong"),
            self.line("guide-problem-wrong-try"),
            self.ask("guide-problem-phone"),
            self.line(self.delayed("guide-problem-phone-delay")),
        ];
        lines.extend(self.without_both());
        lines
    }
}
