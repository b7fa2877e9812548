//! Every text exists in every language, and what is sent keeps to its limits.

use portvakt_domain::{
    code::Code,
    compose::{Composer as _, Links, MessageFacts},
    gsm7,
    language::Language,
    message::MessageKind,
    tenant::TenantSettings,
};

use crate::{Argument, Texts, catalogue};

const CODES: [MessageKind; 7] = [
    MessageKind::ResetCode,
    MessageKind::ChangeCode,
    MessageKind::OldNumberCode,
    MessageKind::AddNumberCode,
    MessageKind::RemoveNumberCode,
    MessageKind::StopChangeCode,
    MessageKind::NewNumberCode,
];
const NOTICES: [MessageKind; 9] = [
    MessageKind::PasswordSet,
    MessageKind::PasswordChanged,
    MessageKind::Unlocked,
    MessageKind::NumberAdded,
    MessageKind::NumberChanged,
    MessageKind::NumberRemoved,
    MessageKind::ChangeAsked,
    MessageKind::ChangeSeen,
    MessageKind::ChangeStopped,
];

const TENANT: &str = r#"
slug = "orebro"
name = "Örebro kommun"
[hosts]
reset = "pwreset.orebro.localhost"
register = "pwreg.orebro.localhost"
[help_desk]
name = "IT-helpdesk"
phone = "019-211000"
mail = "it-helpdesk@orebro.se"
[directory]
kind = "active_directory"
url = "ldaps://dc1.orebro.se"
base = "DC=orebro,DC=se"
netbios = "OREBRO"
service_account = "svc@orebro.se"
units = ["OU=Personal,DC=orebro,DC=se"]
[policy]
preset = "orebro"
[sms]
provider = "46elks"
sender = "Orebro"
username = "u"
[mail]
host = "smtp.orebro.se"
security = "tls"
from = "noreply@orebro.se"
from_name = "Örebro kommun"
"#;

pub(crate) fn tenant() -> TenantSettings {
    toml::from_str(TENANT).expect("a tenant")
}

pub(crate) fn texts() -> Texts {
    Texts::new().expect("the built-in texts")
}

fn with_facts<T>(
    tenant: &TenantSettings,
    kind: MessageKind,
    language: Language,
    f: impl Fn(MessageFacts<'_>) -> T,
) -> T {
    let links = Links {
        reset: "http://pwreset.orebro.localhost:18080".to_owned(),
        register: "http://pwreg.orebro.localhost:18080".to_owned(),
    };
    let code = Code::parse("012345").expect("a code");
    let code = kind.code_purpose().is_some().then_some(&code);
    let about_at = kind.announces_change().then(|| "2026-11-24T13:05:09Z".parse().expect("a time"));
    f(MessageFacts { kind, language, tenant, links: &links, about_at, code })
}

/// Groups of exactly six digits.
pub(crate) fn six_digits(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|group| group.len() == 6).collect()
}

#[test]
fn every_text_exists_in_every_language_with_the_same_values() {
    for language in Language::ALL {
        for (of, swedish) in [
            (catalogue::pages as fn(Language) -> catalogue::Keys, catalogue::pages(Language::Sv)),
            (catalogue::messages, catalogue::messages(Language::Sv)),
        ] {
            assert!(swedish.len() > 10);
            assert_eq!(of(language), swedish, "{language:?}");
        }
    }
}

#[test]
fn no_language_borrows_from_another() {
    let texts = texts();
    for (key, values) in catalogue::pages(Language::Sv).into_iter().chain(catalogue::messages(Language::Sv)) {
        let given: Vec<_> = values.iter().map(|name| (*name, Argument::Number(2))).collect();
        let [swedish, english] = [Language::Sv, Language::En].map(|language| texts.text(language, key, &given));
        // Alike are names, and what is only signs and values.
        let words = swedish.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 2).count();
        assert!(swedish != english || words < 2, "{key}: {english}");
    }
}

#[test]
fn every_text_of_a_message_is_used() {
    let source = concat!(include_str!("compose.rs"), include_str!("reminders.rs"));
    for (key, _) in catalogue::messages(Language::Sv) {
        assert!(source.contains(&format!("\"{key}\"")), "{key}");
    }
}

#[test]
fn the_catalogue_names_what_the_bundles_hold() {
    let texts = texts();
    for language in Language::ALL {
        for (key, values) in catalogue::pages(language).into_iter().chain(catalogue::messages(language)) {
            let given: Vec<_> = values.iter().map(|name| (*name, Argument::Number(2))).collect();
            let text = texts.find(language, key, &given).unwrap_or_else(|| panic!("{language:?} {key}"));
            assert!(!text.trim().is_empty() && !text.contains(['{', '$']), "{language:?} {key}: {text}");
        }
    }
}

#[test]
fn a_missing_text_is_swedish_then_its_key() {
    let texts = texts();
    assert_eq!(texts.text(Language::En, "no-such-key", &[]), "no-such-key");
    assert_eq!(texts.text(Language::En, "button-next", &[]), "Next");
}

#[test]
fn the_short_labels_of_the_old_guides_stay() {
    let texts = texts();
    for (key, label) in [
        ("service-reset", "Inloggningsassistenten"),
        ("service-register", "Lösenordsregistrering"),
        ("code-heading-reset", "Verifiera din identitet: Verifiering via mobiltelefon"),
        ("number-heading", "Lösenordsregistrering: Verifiering via mobiltelefon"),
        ("button-next", "Nästa"),
        ("button-cancel", "Avbryt"),
        ("button-sign-in", "Logga in"),
        ("label-username", "Användarnamn"),
        ("label-password", "Lösenord"),
        ("label-code", "Säkerhetskod"),
        ("label-new-password", "Ange ett nytt lösenord"),
        ("label-new-password-again", "Ange lösenordet på nytt"),
        ("choose-keep", "Behåll ditt nuvarande lösenord och lås upp ditt konto"),
        ("choose-new", "Ange ett nytt lösenord och lås upp ditt konto"),
        ("done-password-heading", "Klart: Lösenordet har återställts"),
    ] {
        assert_eq!(texts.text(Language::Sv, key, &[]), label);
    }
    for (key, _) in catalogue::pages(Language::Sv).into_iter().chain(catalogue::messages(Language::Sv)) {
        assert!(!texts.text(Language::Sv, key, &[]).to_lowercase().contains("vänlig"), "{key}");
    }
}

#[test]
fn a_code_fits_one_sms_with_a_host_of_forty_characters() {
    let texts = texts();
    let mut tenant = tenant();
    let host = format!("{}.kommun.se", "a".repeat(30));
    assert_eq!(host.len(), 40);
    tenant.hosts.reset = host.parse().expect("a host");
    tenant.hosts.register = host.parse().expect("a host");
    for language in Language::ALL {
        for kind in CODES {
            let sms = with_facts(&tenant, kind, language, |facts| texts.sms(facts)).0;
            let septets = gsm7::septets(&sms).unwrap_or_else(|| panic!("outside GSM-7: {sms}"));
            assert!(septets <= gsm7::ONE_PART, "{septets}: {sms}");
            assert!(sms.ends_with(&format!(".\n\n@{host} #012345")), "{sms}");
        }
    }
}

#[test]
fn a_code_comes_first_and_names_its_purpose_and_its_life() {
    let texts = texts();
    let mut tenant = tenant();
    tenant.reset.code_minutes = 7;
    for (kind, language, purpose, host) in [
        (MessageKind::ResetCode, Language::Sv, "återställa lösenordet", "@pwreset."),
        (MessageKind::OldNumberCode, Language::Sv, "byta mobilnummer", "@pwreg."),
        (MessageKind::AddNumberCode, Language::Sv, "lägga till ett nummer", "@pwreg."),
        (MessageKind::RemoveNumberCode, Language::Sv, "ta bort ett nummer", "@pwreg."),
        (MessageKind::StopChangeCode, Language::Sv, "stoppa ett nummerbyte", "@pwreg."),
        (MessageKind::AddNumberCode, Language::En, "add a number", "@pwreg."),
        (MessageKind::RemoveNumberCode, Language::En, "remove a number", "@pwreg."),
        (MessageKind::StopChangeCode, Language::En, "stop a number change", "@pwreg."),
        (MessageKind::NewNumberCode, Language::Sv, "registrera numret", "@pwreg."),
        (MessageKind::ResetCode, Language::En, "reset your password", "@pwreset."),
        (MessageKind::OldNumberCode, Language::En, "change your number", "@pwreg."),
        (MessageKind::NewNumberCode, Language::En, "register this number", "@pwreg."),
    ] {
        let sms = with_facts(&tenant, kind, language, |facts| texts.sms(facts)).0;
        assert!(sms.starts_with("012345 "), "{sms}");
        for part in [purpose, " 7 minut", host] {
            assert!(sms.contains(part), "{part}: {sms}");
        }
        assert_eq!(six_digits(&sms), ["012345", "012345"]);
    }
}

#[test]
fn notices_name_the_municipality_and_the_help_desk_and_never_look_like_codes() {
    let texts = texts();
    let tenant = tenant();
    for language in Language::ALL {
        for kind in NOTICES {
            let sms = with_facts(&tenant, kind, language, |facts| texts.sms(facts)).0;
            let mail = with_facts(&tenant, kind, language, |facts| texts.mail(facts));
            let html = mail.html.expect("HTML").0;
            for text in [&sms, &mail.text.0, &html] {
                assert!(text.contains("Örebro kommun") && text.contains("IT-helpdesk"), "{text}");
                assert!(text.contains("019-21 10 00"), "{text}");
                assert!(six_digits(text).is_empty(), "{text}");
                assert!(!text.contains("{$"), "{text}");
            }
            // A notice that says when and where needs the room of two parts; no reader has to type from it in a hurry.
            let most = if kind.announces_change() { 2 * gsm7::ONE_PART - 14 } else { gsm7::ONE_PART };
            assert!(gsm7::septets(&sms).is_some_and(|septets| septets <= most), "{sms}");
            assert!(six_digits(&mail.subject).is_empty());
            assert!(html.contains(&format!("<html lang=\"{}\">", language.tag())), "{html}");
            assert!(html.contains("<a href=\"mailto:it-helpdesk@orebro.se\">it-helpdesk@orebro.se</a>"), "{html}");
        }
    }
}

#[test]
fn a_delayed_change_is_told_with_its_time_and_how_to_stop_it() {
    let texts = texts();
    let tenant = tenant();
    let told = Language::ALL
        .into_iter()
        .flat_map(|language| [MessageKind::ChangeAsked, MessageKind::ChangeSeen].map(|kind| (language, kind)));
    for (language, kind) in told {
        let sms = with_facts(&tenant, kind, language, |facts| texts.sms(facts)).0;
        let mail = with_facts(&tenant, kind, language, |facts| texts.mail(facts));
        for text in [&sms, &mail.text.0, &mail.html.expect("HTML").0] {
            assert!(text.contains("2026-11-24 14.05"), "Swedish time: {text}");
            assert!(text.contains("pwreg.orebro.localhost:18080/stop"), "{text}");
        }
    }
}

#[test]
fn what_a_tenant_is_called_can_break_no_mail() {
    let texts = texts();
    let mut tenant = tenant();
    tenant.name = "<b>\"A&O\"</b>".to_owned();
    tenant.help_desk.name = "{ $code } <i>".to_owned();
    tenant.help_desk.phone = None;
    tenant.help_desk.mail = None;
    for language in Language::ALL {
        for kind in NOTICES.into_iter().chain(CODES) {
            let mail = with_facts(&tenant, kind, language, |facts| texts.mail(facts));
            let html = mail.html.expect("HTML").0;
            assert!(!html.contains("<b>") && !html.contains("<i>"), "{html}");
            assert!(html.contains("&lt;b&gt;&quot;A&amp;O&quot;&lt;/b&gt;"), "{html}");
        }
    }
}

#[test]
fn texts_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Texts>();
}
