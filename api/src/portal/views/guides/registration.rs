//! The guide to pwreg: registering, checking and changing a number.

use portvakt_domain::feedback::Guide;

use super::{GuideView, Line, Picture, Section};

impl GuideView<'_> {
    pub(super) fn registration(&self) -> Vec<Section> {
        let facts = &self.facts;
        let mut before = vec![
            self.line("guide-registration-intro"),
            self.items(&[
                "guide-registration-before-password",
                "guide-registration-before-phone",
                "guide-registration-before-device",
            ]),
        ];
        if facts.functional {
            before.push(self.to_guide("guide-registration-before-shared", Guide::Functional));
        }

        let sign_in = self.with_example("guide-registration-sign-in", "guide-registration-sign-in-example");
        let mut steps = vec![
            self.step(vec![self.link("guide-registration-open", facts.register_url, "")], None),
            self.step(vec![self.line(sign_in)], Some(Picture::SIGN_IN)),
        ];
        if facts.password_again {
            steps.push(self.step(vec![self.line("guide-registration-confirm")], Some(Picture::CONFIRM)));
        }
        let number = vec![
            self.line("guide-registration-number"),
            Line::Text(self.page.text("number-which")),
            self.line("guide-registration-keep"),
        ];
        steps.push(self.step(number, Some(Picture::NUMBER)));
        steps.push(self.step(vec![self.line("guide-registration-code")], Some(Picture::REGISTER_CODE)));
        let done = vec![self.link("guide-registration-done", facts.reset_url, "")];
        steps.push(self.step(done, Some(Picture::REGISTERED)));

        let change = vec![self.line("guide-registration-change"), self.line("guide-registration-more")];
        vec![
            self.section("guide-before", before, vec![]),
            self.section("guide-registration-steps", vec![], steps),
            self.section("guide-registration-change-heading", change, vec![]),
            self.section("guide-problems", self.registration_problems(), vec![]),
        ]
    }

    fn registration_problems(&self) -> Vec<Line> {
        let mut lines = vec![
            self.ask("guide-problem-sms"),
            self.line("guide-problem-sms-wait"),
            self.ask("guide-problem-phone"),
            self.line(self.delayed("guide-problem-phone-delay")),
        ];
        lines.extend(self.without_both());
        lines.extend([self.ask("guide-problem-signed-in"), self.line("guide-problem-signed-in-fine")]);
        lines
    }

    /// A text on changing a number without the old phone, or whom to turn to where that is not offered.
    pub(super) fn delayed<'k>(&self, key: &'k str) -> &'k str {
        if self.facts.delayed_change_hours > 0 { key } else { "guide-who" }
    }
}
