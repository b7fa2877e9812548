//! Messages: the SMS and mails that are sent to people.

use portvakt_domain::{
    compose::{Composer, MailText, MessageFacts, PersonalReminder, UnitReminder},
    delivery::Secret,
    message::MessageKind,
    tenant::HelpDesk,
    time::{Instant, swedish},
};

use crate::{Argument, Texts, html::escape, reminders};

impl Composer for Texts {
    fn sms(&self, facts: MessageFacts<'_>) -> Secret {
        let facts = in_an_offered_language(facts);
        let what = self.what_happened(facts);
        Secret(match facts.code {
            // The last line binds the code to the page (WICG, "Origin-bound one-time codes"): a phone fills it in
            // there and nowhere else.
            Some(code) => format!("{what}\n\n@{} #{}", host_of(facts), code.reveal()),
            None => {
                let desk = &facts.tenant.help_desk;
                let way =
                    if desk.phone.is_some() { (desk.phone.as_deref(), None) } else { (None, desk.mail.as_deref()) };
                format!("{what} {}", self.not_you(facts, way))
            }
        })
    }

    fn mail(&self, facts: MessageFacts<'_>) -> MailText {
        let facts = in_an_offered_language(facts);
        let say = |key: &str, arguments: &[(&str, Argument<'_>)]| self.text(facts.language, key, arguments);
        let subject = say(subject_of(facts.kind), &[]);
        let HelpDesk { phone, mail, .. } = &facts.tenant.help_desk;
        let mut paragraphs = vec![self.what_happened(facts)];
        if facts.kind == MessageKind::NumberAdded {
            paragraphs.push(say("mail-number-added-use", &[("address", (&facts.links.reset).into())]));
        }
        if facts.kind.announces_change() {
            paragraphs.push(say("mail-change-asked-stop", &[]));
        }
        if facts.code.is_none() {
            paragraphs.push(say("mail-was-you", &[]));
        }
        paragraphs.push(self.not_you(facts, (phone.as_deref(), mail.as_deref())));
        let automatic = say("mail-automatic", &[("tenant", (&facts.tenant.name).into())]);

        let text = format!("{}\n\n-- \n{automatic}\n", paragraphs.join("\n\n"));
        let linked = |paragraph: &String| match mail {
            Some(mail) => {
                let address = escape(mail);
                escape(paragraph).replace(&address, &format!("<a href=\"mailto:{address}\">{address}</a>"))
            }
            None => escape(paragraph),
        };
        let body: String = paragraphs.iter().map(|p| format!("<p>{}</p>\n", linked(p))).collect();
        let html = format!(
            "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>{subject}</title>\n</head>\n\
             <body style=\"max-width:36em;font:16px/1.5 sans-serif\">\n<h1 style=\"font-size:20px\">{subject}</h1>\n\
             {body}<hr>\n<p style=\"font-size:14px\">{automatic}</p>\n</body>\n</html>\n",
            lang = facts.language.tag(),
            subject = escape(&subject),
            automatic = escape(&automatic),
        );
        MailText { subject, text: Secret(text), html: Some(Secret(html)) }
    }

    fn unit_reminder(&self, facts: &UnitReminder<'_>) -> MailText {
        reminders::unit_mail(self, facts)
    }

    fn personal_reminder(&self, facts: &PersonalReminder<'_>) -> MailText {
        reminders::personal_mail(self, facts)
    }

    fn personal_reminder_sms(&self, facts: &PersonalReminder<'_>) -> Secret {
        reminders::personal_sms(self, facts)
    }
}

impl Texts {
    /// The sentence or sentences that the message is about.
    fn what_happened(&self, facts: MessageFacts<'_>) -> String {
        let code = facts.code.map(|code| code.reveal()).unwrap_or_default();
        let when = facts.about_at.map(moment).unwrap_or_default();
        let register = &facts.links.register;
        let stop = format!("{}/stop", register.split_once("://").map_or(register.as_str(), |(_, host)| host));
        let arguments: &[(&str, Argument<'_>)] = if facts.kind.code_purpose().is_some() {
            &[("code", code.into()), ("minutes", facts.tenant.reset.code_minutes.into())]
        } else {
            &[("tenant", (&facts.tenant.name).into()), ("when", (&when).into()), ("address", (&stop).into())]
        };
        self.text(facts.language, key_of(facts.kind), arguments)
    }

    /// "Was it not you?", and whom to turn to: by telephone, by mail, or as may be.
    fn not_you(&self, facts: MessageFacts<'_>, (phone, mail): (Option<&str>, Option<&str>)) -> String {
        let phone = phone.map(without_six_digits);
        let name = ("name", Argument::from(&facts.tenant.help_desk.name));
        let say = |key: &str, arguments: &[(&str, Argument<'_>)]| self.text(facts.language, key, arguments);
        match (&phone, mail) {
            (Some(phone), Some(mail)) => {
                say("not-you-phone-or-mail", &[name, ("phone", phone.into()), ("mail", mail.into())])
            }
            (Some(phone), None) => say("not-you-phone", &[name, ("phone", phone.into())]),
            (None, Some(mail)) => say("not-you-mail", &[name, ("mail", mail.into())]),
            (None, None) => say("not-you", &[name]),
        }
    }
}

/// A message may have been asked for while the tenant offered a language that it offers no more.
fn in_an_offered_language(facts: MessageFacts<'_>) -> MessageFacts<'_> {
    MessageFacts { language: facts.tenant.offered(facts.language), ..facts }
}

/// The key of the sentence that a message is about.
pub(crate) fn key_of(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::ResetCode => "code-reset",
        MessageKind::ChangeCode => "code-change",
        MessageKind::OldNumberCode => "code-old-number",
        MessageKind::AddNumberCode => "code-add-number",
        MessageKind::RemoveNumberCode => "code-remove-number",
        MessageKind::StopChangeCode => "code-stop-change",
        MessageKind::NewNumberCode => "code-new-number",
        MessageKind::PasswordSet => "notice-password-set",
        MessageKind::PasswordChanged => "notice-password-changed",
        MessageKind::Unlocked => "notice-unlocked",
        MessageKind::NumberAdded => "notice-number-added",
        MessageKind::NumberChanged => "notice-number-changed",
        MessageKind::NumberRemoved => "notice-number-removed",
        MessageKind::ChangeAsked => "notice-change-asked",
        MessageKind::ChangeSeen => "notice-change-seen",
        MessageKind::ChangeStopped => "notice-change-stopped",
    }
}

fn subject_of(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::ResetCode
        | MessageKind::ChangeCode
        | MessageKind::OldNumberCode
        | MessageKind::AddNumberCode
        | MessageKind::RemoveNumberCode
        | MessageKind::StopChangeCode
        | MessageKind::NewNumberCode => "subject-code",
        MessageKind::PasswordSet => "subject-password-set",
        MessageKind::PasswordChanged => "subject-password-changed",
        MessageKind::Unlocked => "subject-unlocked",
        MessageKind::NumberAdded => "subject-number-added",
        MessageKind::NumberChanged => "subject-number-changed",
        MessageKind::NumberRemoved => "subject-number-removed",
        MessageKind::ChangeAsked | MessageKind::ChangeSeen => "subject-change-asked",
        MessageKind::ChangeStopped => "subject-change-stopped",
    }
}

/// A time as people in Sweden read it: `2026-11-24 14.05`. No group of it has six digits.
pub fn moment(at: Instant) -> String {
    swedish(at).format("%Y-%m-%d %H.%M").to_string()
}

/// The host of the page that asks for the code.
fn host_of<'a>(facts: MessageFacts<'a>) -> &'a str {
    match facts.kind {
        MessageKind::ResetCode | MessageKind::ChangeCode => facts.tenant.hosts.reset.as_str(),
        _ => facts.tenant.hosts.register.as_str(),
    }
}

/// Writes each group of exactly six digits in pairs (`019-211000` as `019-21 10 00`): only codes are such groups, so
/// that neither a phone nor a person takes a telephone number for one.
fn without_six_digits(phone: &str) -> String {
    let mut written = String::with_capacity(phone.len() + 2);
    let mut rest = phone;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let others = rest.chars().take_while(|c| !c.is_ascii_digit()).map(char::len_utf8).sum::<usize>();
        let (part, after) = rest.split_at(digits.max(others));
        match (digits, part.split_at_checked(2), part.get(2..4), part.get(4..)) {
            (6, Some((first, _)), Some(second), Some(third)) => written.push_str(&format!("{first} {second} {third}")),
            _ => written.push_str(part),
        }
        rest = after;
    }
    written
}

#[cfg(test)]
mod tests {
    use super::without_six_digits;

    #[test]
    fn telephone_numbers_never_look_like_codes() {
        for (written, read) in [
            ("019-211000", "019-21 10 00"),
            ("0142-36 60 00", "0142-36 60 00"),
            ("anknytning 6000, 0142-366000", "anknytning 6000, 0142-36 60 00"),
            ("+46142366000", "+46142366000"),
            ("å123456ä", "å12 34 56ä"),
            ("", ""),
        ] {
            assert_eq!(without_six_digits(written), read);
        }
    }
}
