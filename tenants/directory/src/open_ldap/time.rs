//! GeneralizedTime (RFC 4517, 3.3.13), as slapd writes it: UTC, with or without a fraction of a second.

use chrono::NaiveDateTime;
use portvakt_domain::time::Instant;

/// The instant; `None` for what is none.
pub(crate) fn instant(text: &str) -> Option<Instant> {
    let whole = text.strip_suffix('Z')?;
    let digits = whole.get(..14).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let fraction = &whole[digits.len()..];
    let micros = match fraction.strip_prefix('.') {
        None => fraction.is_empty().then_some(0),
        Some(part) if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{part:0<6}").get(..6)?.parse().ok()
        }
        Some(_) => None,
    }?;
    let seconds = NaiveDateTime::parse_from_str(digits, "%Y%m%d%H%M%S").ok()?.and_utc();
    seconds.checked_add_signed(chrono::TimeDelta::microseconds(micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_and_without_a_fraction() {
        let text = |time| instant(time).map(|at| at.to_rfc3339());
        assert_eq!(text("20261122093015Z").as_deref(), Some("2026-11-22T09:30:15+00:00"));
        assert_eq!(text("20261122093015.123456Z").as_deref(), Some("2026-11-22T09:30:15.123456+00:00"));
        assert_eq!(text("20261122093015.5Z").as_deref(), Some("2026-11-22T09:30:15.500+00:00"));
        assert_eq!(text("20261122093015.123456789Z").as_deref(), Some("2026-11-22T09:30:15.123456+00:00"));
        let wrong = [
            "",
            "Z",
            "000001010000Z",
            "20261122093015",
            "2026112209301Z",
            "20261322093015Z",
            "20261122093015.Z",
            "20261122093015.xZ",
            "+0261122093015Z",
            "åååååååZ",
        ];
        for wrong in wrong {
            assert_eq!(instant(wrong), None, "{wrong}");
        }
    }
}
