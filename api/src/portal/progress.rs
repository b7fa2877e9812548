//! "Step 2 of 4": which steps a person meets, in every flow of every tenant. All pages count by this list.

use portvakt_domain::{flow::NumberTask, tenant::KnownPassword};

/// A page that asks for something and leads to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Whose account it is.
    Name,
    /// Name and current password.
    SignIn,
    /// The password once more.
    Confirm,
    /// The numbers, and a new one.
    Number,
    /// One more number, one less, or one whose phone is lost.
    Task,
    /// A code to a number already there.
    Code,
    /// A code to the number that is being registered.
    NewCode,
    /// Keep the password, or a new one.
    Choice,
    /// The new password.
    Password,
}

/// Where a page stands among the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Its number, from 1.
    pub number: u32,
    /// Of how many.
    pub of: u32,
}

/// What a person is on the way to, as far as may be known where it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Journey {
    /// Back in. Before the code is right it goes by what the tenant offers, after it by what the account is offered: the
    /// state of an account must not show in a count.
    Reset {
        /// Whether there is a choice beside a new password.
        choice: bool,
    },
    /// Back in, where the choice is the last step: the password is kept, or nothing else is offered.
    Unlock,
    /// To another password, by who knows the present one.
    Change {
        /// What it takes.
        known: KnownPassword,
    },
    /// To other numbers. Before they are known it is a first one.
    Numbers {
        /// Whether the tenant asks for the password again.
        password_again: bool,
        /// What is done to them.
        task: NumberTask,
    },
    /// To the end of a delayed change, without a sign-in.
    Stop,
}

impl Journey {
    /// The steps, in order.
    fn steps(self) -> Vec<Step> {
        use Step::{Choice, Code, Confirm, Name, NewCode, Number, Password, SignIn, Task};
        match self {
            Journey::Reset { choice: false } => vec![Name, Code, Password],
            Journey::Reset { choice: true } => vec![Name, Code, Choice, Password],
            Journey::Unlock => vec![Name, Code, Choice],
            Journey::Change { known: KnownPassword::WithoutCode } => vec![SignIn, Password],
            Journey::Change { .. } => vec![SignIn, Code, Password],
            Journey::Stop => vec![Name, Code],
            Journey::Numbers { password_again, task } => {
                let mut steps = if password_again { vec![SignIn, Confirm, Number] } else { vec![SignIn, Number] };
                steps.extend_from_slice(match task {
                    NumberTask::First => &[NewCode],
                    NumberTask::Change => &[Code, NewCode],
                    NumberTask::Add => &[Task, Code, NewCode],
                    NumberTask::Remove => &[Task, Code],
                    NumberTask::Delay => &[Task, NewCode],
                    NumberTask::Stop => &[Code],
                });
                steps
            }
        }
    }

    /// Where a step stands; `None` where it is not on the way.
    pub fn at(self, step: Step) -> Option<Progress> {
        let steps = self.steps();
        let place = steps.iter().position(|met| *met == step)?;
        Some(Progress { number: u32::try_from(place + 1).ok()?, of: u32::try_from(steps.len()).ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every flow, and its steps as a person meets them.
    fn flows() -> Vec<(Journey, Vec<Step>)> {
        use Step::{Choice, Code, Confirm, Name, NewCode, Number, Password, SignIn, Task};
        let numbers = |password_again, task| Journey::Numbers { password_again, task };
        vec![
            (Journey::Reset { choice: true }, vec![Name, Code, Choice, Password]),
            (Journey::Reset { choice: false }, vec![Name, Code, Password]),
            (Journey::Unlock, vec![Name, Code, Choice]),
            (Journey::Change { known: KnownPassword::WithCode }, vec![SignIn, Code, Password]),
            (Journey::Change { known: KnownPassword::WithoutCode }, vec![SignIn, Password]),
            (Journey::Stop, vec![Name, Code]),
            (numbers(false, NumberTask::First), vec![SignIn, Number, NewCode]),
            (numbers(true, NumberTask::First), vec![SignIn, Confirm, Number, NewCode]),
            (numbers(false, NumberTask::Change), vec![SignIn, Number, Code, NewCode]),
            (numbers(true, NumberTask::Change), vec![SignIn, Confirm, Number, Code, NewCode]),
            (numbers(false, NumberTask::Add), vec![SignIn, Number, Task, Code, NewCode]),
            (numbers(true, NumberTask::Add), vec![SignIn, Confirm, Number, Task, Code, NewCode]),
            (numbers(false, NumberTask::Remove), vec![SignIn, Number, Task, Code]),
            (numbers(true, NumberTask::Remove), vec![SignIn, Confirm, Number, Task, Code]),
            (numbers(false, NumberTask::Delay), vec![SignIn, Number, Task, NewCode]),
            (numbers(true, NumberTask::Delay), vec![SignIn, Confirm, Number, Task, NewCode]),
            (numbers(false, NumberTask::Stop), vec![SignIn, Number, Code]),
            (numbers(true, NumberTask::Stop), vec![SignIn, Confirm, Number, Code]),
        ]
    }

    #[test]
    fn every_flow_counts_its_steps_from_one_to_the_last() {
        for (journey, steps) in flows() {
            for (place, step) in (1..).zip(&steps) {
                let of = u32::try_from(steps.len()).expect("few steps");
                assert_eq!(journey.at(*step), Some(Progress { number: place, of }), "{step:?} of {journey:?}");
            }
        }
    }

    #[test]
    fn a_step_that_is_not_met_has_no_number() {
        assert_eq!(Journey::Reset { choice: false }.at(Step::Choice), None);
        assert_eq!(Journey::Change { known: KnownPassword::WithoutCode }.at(Step::Code), None);
        let first = Journey::Numbers { password_again: false, task: NumberTask::First };
        assert_eq!(first.at(Step::Confirm), None);
    }
}
