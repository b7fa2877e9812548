//! The circuit breaker of one controller: after some failures in a row it gets no more questions for a while, so that
//! nobody waits for what is not there, and a controller that is starting up is not run over.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use portvakt_domain::time::Instant;

/// Failures in a row that take a controller out of use.
const FAILURES: u32 = 3;
/// How long it rests the first time; each trial that fails doubles it.
const FIRST_REST: TimeDelta = TimeDelta::seconds(5);
/// How long it rests at most.
const LONGEST_REST: TimeDelta = TimeDelta::seconds(60);

/// Counts failures, and says who may use the controller.
#[derive(Default)]
pub(crate) struct Breaker {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    failures: u32,
    /// Out of use until then; the rest it was given.
    resting: Option<(Instant, TimeDelta)>,
    /// One caller tries whether it is back.
    trial: bool,
}

/// What changed with a result: worth a line in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Nothing.
    None,
    /// Taken out of use.
    Opened,
    /// In use again.
    Closed,
}

/// The right to use the controller once. Dropped without a result, it tells nothing about the controller.
pub(crate) struct Turn<'a> {
    breaker: &'a Breaker,
    trial: bool,
}

impl Breaker {
    /// Whether the controller is in use.
    pub(crate) fn is_closed(&self) -> bool {
        self.state().resting.is_none()
    }

    /// Whether it is out of use and has rested.
    pub(crate) fn is_rested(&self, now: Instant) -> bool {
        self.state().resting.is_some_and(|(until, _)| until <= now)
    }

    /// A turn at a controller that is in use.
    pub(crate) fn turn(&self) -> Option<Turn<'_>> {
        self.is_closed().then_some(Turn { breaker: self, trial: false })
    }

    /// A turn at one that is not: for one caller at a time, who finds out whether it is back.
    pub(crate) fn trial(&self) -> Option<Turn<'_>> {
        let mut state = self.state();
        if state.trial {
            return None;
        }
        state.trial = true;
        Some(Turn { breaker: self, trial: true })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// The controller answered, whatever it said.
    pub(crate) fn answered(self) -> Change {
        let mut state = self.breaker.state();
        state.failures = 0;
        match state.resting.take() {
            Some(_) => Change::Closed,
            None => Change::None,
        }
    }

    /// It could not be reached, did not answer, or said that it is not able to.
    pub(crate) fn failed(self, now: Instant) -> Change {
        let mut state = self.breaker.state();
        state.failures = state.failures.saturating_add(1);
        match state.resting {
            // Those who were under way when it was taken out of use do not lengthen its rest.
            Some((_, rest)) if self.trial => {
                let rest = (rest * 2).min(LONGEST_REST);
                state.resting = Some((now + rest, rest));
                Change::None
            }
            None if state.failures >= FAILURES => {
                state.resting = Some((now + FIRST_REST, FIRST_REST));
                Change::Opened
            }
            _ => Change::None,
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if self.trial {
            self.breaker.state().trial = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn at(seconds: i64) -> Instant {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time")
    }

    fn fail(breaker: &Breaker, now: Instant) -> Change {
        breaker.turn().or_else(|| breaker.trial()).expect("a turn").failed(now)
    }

    #[test]
    fn the_third_failure_in_a_row_opens_it() {
        let breaker = Breaker::default();
        assert_eq!([fail(&breaker, at(0)), fail(&breaker, at(0))], [Change::None; 2]);
        assert_eq!(breaker.turn().expect("in use").answered(), Change::None);
        assert_eq!([fail(&breaker, at(1)), fail(&breaker, at(1))], [Change::None; 2]);
        assert_eq!(fail(&breaker, at(1)), Change::Opened);
        assert!(breaker.turn().is_none() && !breaker.is_rested(at(5)) && breaker.is_rested(at(6)));
    }

    #[test]
    fn each_trial_that_fails_doubles_the_rest_up_to_a_minute() {
        let breaker = Breaker::default();
        (0..3).for_each(|_| assert_ne!(fail(&breaker, at(0)), Change::Closed));
        let mut rests = Vec::new();
        let mut now = at(5);
        for _ in 0..6 {
            assert!(breaker.is_rested(now));
            breaker.trial().expect("nobody else tries").failed(now);
            let rest = (1..200).find(|seconds| breaker.is_rested(now + TimeDelta::seconds(*seconds))).expect("a rest");
            rests.push(rest);
            now += TimeDelta::seconds(rest);
        }
        assert_eq!(rests, [10, 20, 40, 60, 60, 60]);
        assert_eq!(breaker.trial().expect("a turn").answered(), Change::Closed);
        assert!(breaker.turn().is_some());
        (0..3).for_each(|_| assert_ne!(fail(&breaker, now), Change::Closed));
        assert!(breaker.is_rested(now + FIRST_REST), "the next rest is a first one again");
    }

    #[test]
    fn one_at_a_time_tries_and_giving_up_lets_the_next() {
        let breaker = Breaker::default();
        let late = breaker.turn().expect("in use");
        (0..3).for_each(|_| assert_ne!(fail(&breaker, at(0)), Change::Closed));
        let trial = breaker.trial().expect("a turn");
        assert!(breaker.trial().is_none());
        assert_eq!(late.failed(at(3)), Change::None);
        assert!(breaker.is_rested(at(5)), "a straggler does not lengthen the rest");
        drop(trial);
        assert!(breaker.trial().is_some());
    }
}
