use portvakt_domain::{
    compose::{Composer as _, Links},
    tenant::TenantSettings,
};

use super::*;
use crate::tests::{six_digits, tenant, texts};

fn links() -> Links {
    Links { reset: "https://pwreset.orebro.se".to_owned(), register: "https://pwreg.orebro.se".to_owned() }
}

fn row(first: &str, last: &str, username: &str, ends: &str, days_left: i64) -> ReminderRow {
    ReminderRow {
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        username: username.to_owned(),
        ends: ends.parse().expect("a day"),
        days_left,
    }
}

fn rows() -> Vec<ReminderRow> {
    vec![
        row("Åsa", "Ödeen", "asaode21", "2026-11-22", -1),
        row("Karl", "Lind", "karlin02", "2026-11-23", 0),
        row("Ann-Sofie", "<Björkman> & co", "annbjo14", "2026-11-30", 7),
    ]
}

/// Those whose passwords still work.
fn working() -> Vec<ReminderRow> {
    rows().split_off(1)
}

fn mail(language: Language, reasons: &[ReminderReason], in_period: bool, tenant: &TenantSettings) -> MailText {
    let (links, rows) = (links(), rows());
    texts().unit_reminder(&UnitReminder { language, tenant, links: &links, rows: &rows, reasons, in_period })
}

#[test]
fn a_units_mail_says_what_the_municipalities_mail_says() {
    let tenant = tenant();
    let unit = [ReminderReason::Unit("Hemvård Norr".to_owned()), ReminderReason::Unit("Vardaga".to_owned())];
    let mail = mail(Language::Sv, &unit, false, &tenant);
    assert_eq!(mail.subject, "Utgående lösenord");
    let text = mail.text.0;
    let mut from = 0;
    // What is about to happen, the number first, the password then, the table, why, that nobody wrote it, from whom.
    for said in [
        "Hej!",
        "går snart ut",
        "registrerat sitt mobilnummer gör det först, medan lösenordet fungerar: pwreg.orebro.se",
        "går det att byta lösenord, när som helst på dygnet: pwreset.orebro.se",
        "Förnamn    Efternamn        Konto     Förfallodatum  Dagar kvar\n",
        "Åsa        Ödeen            asaode21  2026-11-22     har gått ut\n",
        "Karl       Lind             karlin02  2026-11-23     0\n",
        "Ann-Sofie  <Björkman> & co  annbjo14  2026-11-30     7\n",
        "mottagare för Hemvård Norr, Vardaga.",
        "Mejlet skickas automatiskt. Det ber aldrig om lösenord eller koder.",
        "Hälsningar\nÖrebro kommun\n",
    ] {
        let at = text[from..].find(said).unwrap_or_else(|| panic!("{said:?} comes next in:\n{text}"));
        from += at + said.len();
    }
    assert!(text.contains("gått ut eller går snart ut"), "it is true of every line");
    let links = links();
    let (language, reasons, in_period) = (Language::Sv, &unit, false);
    let rows = &working();
    let early =
        texts().unit_reminder(&UnitReminder { language, tenant: &tenant, links: &links, rows, reasons, in_period });
    assert!(early.text.0.contains("Lösenorden i listan går snart ut.") && !early.text.0.contains("gått ut eller"));
    assert_eq!(six_digits(&text), Vec::<&str>::new(), "nothing looks like a code");
}

#[test]
fn its_html_is_a_table_that_is_read_aloud_well() {
    let tenant = tenant();
    let html = mail(Language::En, &[ReminderReason::Fallback], true, &tenant).html.expect("html").0;
    assert!(html.contains("<html lang=\"en\">"));
    assert!(html.contains("<caption") && html.contains("Passwords that expire</caption>"));
    assert_eq!(html.matches("<th scope=\"col\"").count(), 5);
    assert_eq!(html.matches("<td ").count(), 15);
    assert!(html.contains("&lt;Björkman&gt; &amp; co") && !html.contains("<Björkman>"));
    assert!(html.contains("<a href=\"https://pwreg.orebro.se\">pwreg.orebro.se</a>"));
    assert!(html.contains("<a href=\"https://pwreset.orebro.se\">pwreset.orebro.se</a>"));
    assert!(html.contains("during a time off") && html.contains("belong to no unit with a recipient"));
    assert!(!mail(Language::En, &[], false, &tenant).text.0.contains("during a time off"));
    assert!(mail(Language::En, &[ReminderReason::Manager], false, &tenant).text.0.contains("you are the manager of"));
}

fn personal(whose: Personal, days_left: i64, registered: bool, tenant: &TenantSettings) -> (MailText, String) {
    let links = links();
    let facts = PersonalReminder {
        language: Language::Sv,
        tenant,
        links: &links,
        whose,
        username: "hemvardsgruppen",
        ends: "2026-11-30".parse().expect("a day"),
        days_left,
        registered,
    };
    (texts().personal_reminder(&facts), texts().personal_reminder_sms(&facts).0)
}

#[test]
fn a_person_is_told_the_day_and_where_to_go_first() {
    let tenant = tenant();
    for (days_left, subject) in [
        (7, "Ditt lösenord går ut om 7 dagar"),
        (1, "Ditt lösenord går ut i morgon"),
        (0, "Ditt lösenord går ut i dag"),
        (-2, "Ditt lösenord har gått ut"),
    ] {
        assert_eq!(personal(Personal::Own, days_left, true, &tenant).0.subject, subject);
    }
    let (mail, sms) = personal(Personal::Own, 7, true, &tenant);
    assert_eq!(
        sms,
        "Lösenordet för ditt konto hemvardsgruppen hos Örebro kommun går ut 2026-11-30. Byt lösenordet på pwreset.orebro.se"
    );
    assert!(mail.text.0.contains("Byt lösenordet på pwreset.orebro.se"), "{}", mail.text.0);
    assert!(mail.html.expect("html").0.contains("<a href=\"https://pwreset.orebro.se\">"));
    let (mail, sms) = personal(Personal::Own, 7, false, &tenant);
    for text in [&sms, &mail.text.0] {
        let (first, then) = (text.find("pwreg.orebro.se"), text.find("pwreset.orebro.se"));
        assert!(first.is_some() && first < then, "the number first: {text}");
    }
    assert_eq!(six_digits(&sms), Vec::<&str>::new());
}

#[test]
fn those_who_share_an_account_are_told_its_name_and_to_tell_the_others() {
    let tenant = tenant();
    let (mail, sms) = personal(Personal::Shared, 3, true, &tenant);
    assert_eq!(mail.subject, "Lösenordet för hemvardsgruppen går ut om 3 dagar");
    assert!(sms.starts_with("Lösenordet för det delade kontot hemvardsgruppen hos Örebro kommun går ut 2026-11-30."));
    assert!(sms.contains("berättar det nya lösenordet för de andra"), "{sms}");
    let (mail, sms) = personal(Personal::Shared, -1, false, &tenant);
    assert_eq!(mail.subject, "Lösenordet för hemvardsgruppen har gått ut");
    assert!(sms.contains("gick ut 2026-11-30") && sms.contains("Inget mobilnummer är registrerat"), "{sms}");
    assert!(sms.ends_with("Kontakta IT-helpdesk.") && !sms.contains("pwreg"), "pwreg lets nobody in any more: {sms}");
}
