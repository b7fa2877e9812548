//! The guide for who looks after an account that a unit shares.

use super::{GuideView, Line, Picture, Section, Step};

impl GuideView<'_> {
    pub(super) fn functional(&self) -> Vec<Section> {
        let before = vec![
            self.line("guide-functional-intro"),
            self.items(&[
                "guide-functional-before-password",
                "guide-functional-before-device",
                "guide-functional-before-holders",
            ]),
        ];
        let routine = vec![
            self.line("guide-functional-routine"),
            self.items(&[
                "guide-functional-routine-quarter",
                "guide-functional-routine-tell",
                "guide-functional-routine-hide",
                "guide-functional-routine-leave",
            ]),
        ];
        vec![
            self.section("guide-before", before, vec![]),
            self.section("guide-functional-register-heading", vec![], self.shared_registration()),
            self.section("guide-functional-reset-heading", vec![], self.shared_reset()),
            self.section("guide-functional-routine-heading", routine, vec![]),
            self.section("guide-problems", self.functional_problems(), vec![]),
        ]
    }

    fn functional_problems(&self) -> Vec<Line> {
        let mut lines = vec![
            self.ask("guide-functional-sms"),
            self.line("guide-functional-sms-first"),
            self.ask("guide-functional-own"),
            self.line("guide-functional-own-again"),
            self.ask("guide-functional-stopped"),
            self.line("guide-functional-stopped-ask"),
            self.line("guide-functional-stopped-saved"),
            self.ask("guide-problem-wrong"),
            self.line("guide-problem-wrong-try"),
            self.ask("guide-functional-phone"),
            self.line(self.delayed("guide-functional-phone-delay")),
            self.ask("guide-functional-both"),
            self.line("guide-functional-both-help"),
        ];
        lines.extend(self.to_help_desk("guide-functional-both-mail", "guide-functional-both-phone"));
        lines
    }

    fn shared_registration(&self) -> Vec<Step> {
        let facts = &self.facts;
        let mut steps = vec![
            self.step(vec![self.link("guide-registration-open", facts.register_url, "")], None),
            self.step(vec![self.line("guide-functional-sign-in")], Some(Picture::UNIT_SIGN_IN)),
        ];
        if facts.password_again {
            steps.push(self.step(vec![self.line("guide-functional-confirm")], Some(Picture::UNIT_CONFIRM)));
        }
        let number = vec![self.line("guide-functional-number"), Line::Text(self.page.text("number-which"))];
        steps.push(self.step(number, Some(Picture::HOLDER)));
        steps.push(self.step(vec![self.line("guide-registration-code")], Some(Picture::REGISTER_CODE)));
        steps.push(self.step(vec![self.line("guide-functional-done")], Some(Picture::REGISTERED)));
        steps
    }

    fn shared_reset(&self) -> Vec<Step> {
        let facts = &self.facts;
        let code = vec![self.line("guide-functional-code"), self.line("guide-reset-code-wait")];
        let mut steps = vec![
            self.step(vec![self.link("guide-reset-open", facts.reset_url, "")], None),
            self.step(vec![self.line("guide-functional-username")], Some(Picture::UNIT_START)),
            self.step(code, Some(Picture::RESET_CODE)),
        ];
        steps.extend(self.choice(Picture::UNIT_CHOOSE));
        steps.push(self.new_password(Picture::UNIT_PASSWORD));
        let own = Self::own(facts.after_functional);
        let done = if own.is_empty() { vec![self.line("guide-functional-finished")] } else { own };
        steps.push(self.step(done, Some(Picture::UNIT_DONE)));
        steps
    }
}
