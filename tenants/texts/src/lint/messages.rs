//! Whole messages as people would get them, with a tenant's own texts and values: that each SMS keeps to its alphabet and
//! its parts, and that a code is the only thing in it that looks like one.

use portvakt_domain::{
    code::Code,
    compose::{Composer as _, Links, MessageFacts},
    gsm7,
    language::Language,
    message::MessageKind,
    tenant::{HostPurpose, TenantSettings},
};

use crate::Texts;

/// What two parts hold: six octets of each say which part of which SMS it is.
const TWO_PARTS: usize = 2 * 153;
/// A code that a text can't hold by chance.
const SAMPLE: &str = "304827";

/// What is wrong with the messages, as `key: what to do`.
pub(super) fn problems(texts: &Texts, settings: &TenantSettings) -> Vec<String> {
    let mut problems = Vec::new();
    for (key, value) in [
        ("name", Some(&settings.name)),
        ("help_desk.name", Some(&settings.help_desk.name)),
        ("help_desk.phone", settings.help_desk.phone.as_ref()),
    ] {
        let outside =
            value.into_iter().flat_map(|value| value.chars()).find(|c| gsm7::septets(&c.to_string()).is_none());
        if let Some(c) = outside {
            let instead = super::instead_of(c);
            problems.push(format!("{key}: {c:?} (U+{:04X}) is not in the alphabet of SMS; {instead}", u32::from(c)));
        }
    }
    if !problems.is_empty() {
        return problems;
    }
    for language in settings.languages.iter().copied() {
        for kind in MessageKind::ALL {
            // A text may have a variant for each of the lives that a code may have, now or when it is changed.
            let lives = if kind.code_purpose().is_some() { 5..=10 } else { 10..=10 };
            let of_life = |minutes| {
                let mut settings = settings.clone();
                settings.reset.code_minutes = minutes;
                of_kind(texts, &settings, language, kind)
            };
            // The longest first: what is wrong with it is most of what is wrong.
            problems.extend(lives.rev().map(of_life).find(|found| !found.is_empty()).unwrap_or_default());
        }
    }
    problems
}

fn of_kind(texts: &Texts, settings: &TenantSettings, language: Language, kind: MessageKind) -> Vec<String> {
    let links =
        Links { reset: settings.hosts.base(HostPurpose::Reset), register: settings.hosts.base(HostPurpose::Register) };
    let code = Code::parse(SAMPLE);
    let facts = MessageFacts {
        kind,
        language,
        tenant: settings,
        links: &links,
        about_at: kind.announces_change().then_some(portvakt_domain::time::Instant::UNIX_EPOCH),
        code: code.as_ref().filter(|_| kind.code_purpose().is_some()),
    };
    let sms = texts.sms(facts).0;
    let key = format!("texts.{}.{}", language.tag(), crate::compose::key_of(kind));
    let mut problems = Vec::new();
    let septets = gsm7::septets(&sms).unwrap_or(usize::MAX);
    match facts.code {
        Some(_) => {
            let (sentence, last) = sms.rsplit_once('\n').unwrap_or((&sms, ""));
            if septets > gsm7::ONE_PART {
                let over = septets - gsm7::ONE_PART;
                problems.push(format!(
                    "{key}: with its longest values the SMS has {septets} of {} characters; take out {over}",
                    gsm7::ONE_PART
                ));
            }
            if six_digits(sentence) != [SAMPLE] {
                problems.push(format!("{key}: the code has to stand in it once, with a space or a sign around it"));
            }
            if !last.starts_with('@') || !last.ends_with(&format!(" #{SAMPLE}")) {
                problems.push(format!("{key}: the last line, which phones fill the code in by, would be changed"));
            }
        }
        None => {
            if septets > TWO_PARTS {
                let over = septets - TWO_PARTS;
                problems.push(format!(
                    "{key}: the SMS would need three parts; take out {over} characters, here or in not-you-phone"
                ));
            }
            let mail = texts.mail(facts);
            if !six_digits(&sms).is_empty() || !six_digits(&mail.text.0).is_empty() {
                problems.push(format!("{key}: six digits in a row would look like a code in the message"));
            }
        }
    }
    problems
}

fn six_digits(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|group| group.len() == 6).collect()
}
