//! The minimum age of a password: from when the directory would take a new one.

use chrono::TimeDelta;

use crate::{directory::EffectivePolicy, time::Instant};

/// From when the directory takes a new password; `None`: already now.
///
/// In Active Directory a reset by an administrator ignores the minimum age, but with the policy-hints control it counts
/// as it does for the person's own change (MS-ADTS 3.1.1.3.4.1.27); in OpenLDAP it always counts. `counts` says whether
/// it does. A password that was never set, or has to be changed, has no age.
pub fn changeable_from(
    directory: &EffectivePolicy,
    counts: bool,
    set_at: Option<Instant>,
    now: Instant,
) -> Option<Instant> {
    if !counts || directory.min_age_seconds <= 0 {
        return None;
    }
    let old_enough = set_at?.checked_add_signed(TimeDelta::try_seconds(directory.min_age_seconds)?)?;
    (old_enough > now).then_some(old_enough)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    #[test]
    fn a_password_is_kept_for_its_minimum_age_where_the_directory_looks_at_it() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).expect("an instant");
        let day = EffectivePolicy { min_age_seconds: 86_400, ..EffectivePolicy::default() };
        let ago = |seconds| Some(now - TimeDelta::seconds(seconds));
        let from = |policy: &EffectivePolicy, counts, set_at| changeable_from(policy, counts, set_at, now);
        assert_eq!(from(&day, true, ago(3600)), Some(now + TimeDelta::seconds(82_800)));
        assert_eq!(from(&day, true, ago(86_399)), Some(now + TimeDelta::seconds(1)));
        assert_eq!(from(&day, true, ago(86_400)), None);
        assert_eq!(from(&day, true, None), None, "never set, or to be changed");
        assert_eq!(from(&day, false, ago(60)), None, "a plain reset ignores the age");
        assert_eq!(from(&EffectivePolicy::default(), true, ago(0)), None, "no such rule");
        let odd = EffectivePolicy { min_age_seconds: i64::MAX, ..day };
        assert_eq!(from(&odd, true, ago(0)), None, "beyond time itself");
    }
}
