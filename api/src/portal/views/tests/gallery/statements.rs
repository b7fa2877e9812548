//! The pages about the service, as little as is known and as much as can be.

use portvakt_domain::{
    shortcoming::OF_THE_PLATFORM,
    tenant::{HostPurpose, KnownPassword, PersonalWay, TenantSettings},
};
use portvakt_storage::sweep::SweepAges;

use super::{Gallery, REGISTER, RESET};
use crate::portal::views::{
    Page,
    statements::{AccessibilityView, COMPLAINTS, CookiesView, HelpView, PrivacyView, SUPERVISION},
};

const FORM: &str = "https://orebro.se/brister";
const OWN_PRIVACY: &str = "https://orebro.se/gdpr";
/// The addresses that these pages lead to and that are not ours.
pub(in super::super) const ELSEWHERE: [&str; 4] = [SUPERVISION, COMPLAINTS, FORM, OWN_PRIVACY];

fn plain() -> TenantSettings {
    toml::from_str(include_str!("../../../../../../tenants/presets/orebro.toml")).expect("a preset")
}

/// A tenant that says all that there is to say.
fn full() -> TenantSettings {
    let mut settings = plain();
    settings.accessibility = toml::from_str(&format!(
        r#"
assessed = "2026-10-01"
method = "external"
updated = "2026-11-01"
conformance = "not"
contact = {{ name = "Webbredaktionen", mail = "webb@orebro.se", phone = "019-21 10 00", url = "{FORM}" }}
answer_days = 2

[[shortcomings]]
what = {{ sv = "Karta <utan> text", en = "A map <without> text" }}
who = {{ sv = "Du som inte ser", en = "You who do not see" }}
why = {{ sv = "Den är gammal", en = "It is old" }}
mended_by = "2027-03-31"

[[disproportionate]]
what = {{ sv = "Gamla filmer", en = "Old films" }}
why = {{ sv = "Det kostar för mycket", en = "It costs too much" }}

[[exempt]]
what = {{ sv = "Innehåll från andra", en = "Content of others" }}
why = {{ sv = "Vi råder inte över det", en = "It is not ours to change" }}
"#
    ))
    .expect("a section");
    settings.privacy = toml::from_str(&format!(
        r#"
controller = {{ name = "Kommunstyrelsen", mail = "ks@orebro.se" }}
data_protection_officer = {{ name = "Åsa", mail = "dso@orebro.se", phone = "019-21 10 00" }}
processor = "Kommunernas IT AB"
legal_basis = "legal_obligation"
transfers = {{ sv = "Till USA.", en = "To the USA." }}
url = "{OWN_PRIVACY}"
"#
    ))
    .expect("a section");
    settings.directory.functional_units = vec!["OU=Enheter,DC=orebro,DC=se".to_owned()];
    settings.mail.host = "smtp.office365.com".parse().expect("a host");
    settings.directory.number_attribute = Some("mobile".parse().expect("an attribute"));
    settings.reset.keep_and_unlock = true;
    settings.reset.known_password = KnownPassword::WithoutCode;
    settings.registration.delayed_change_hours = 0;
    settings.reminders.send = true;
    settings.reminders.to_person = vec![PersonalWay::Mail];
    settings
}

pub(super) fn pages(gallery: &mut Gallery<'_>) {
    let words = ["Datorn <b> får det nya lösenordet först på jobbet.".to_owned()];
    let (plain, full) = (plain(), full());
    for service in [HostPurpose::Reset, HostPurpose::Register] {
        for (name, settings, back, words) in
            [("plain", &plain, None, &[][..]), ("full", &full, Some("/code"), words.as_slice())]
        {
            let page = |path| Page { path, service, ..gallery.page };
            let platform = if back.is_some() { &[] } else { OF_THE_PLATFORM };
            let accessibility = AccessibilityView {
                page: page("/accessibility"),
                back,
                said: &settings.accessibility,
                platform,
                url: RESET,
            };
            let ages = SweepAges::default();
            let privacy = PrivacyView { page: page("/privacy"), back, settings, ages, register_url: REGISTER };
            let cookies = CookiesView { page: page("/cookies"), back, name: "__Host-portvakt", url: RESET };
            let help = HelpView {
                page: page("/help"),
                back,
                settings,
                inside: words,
                outside: words,
                reset_url: RESET,
                register_url: REGISTER,
            };
            let of = |subject: &str| format!("about-{subject}-{name}-{}", service.as_str());
            gallery.hang(of("accessibility"), false, &accessibility);
            gallery.hang(of("privacy"), false, &privacy);
            gallery.hang(of("cookies"), false, &cookies);
            gallery.hang(of("help"), false, &help);
        }
    }
}
