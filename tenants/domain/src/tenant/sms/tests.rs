//! One provider and several: what is read, what is stored, what is wrong.

use super::*;

/// As the release before stored it.
const STORED: &str = r#"{"provider":"46elks","sender":"Orebro","username":"u1","url":null,"ca_pem":null}"#;

fn read(toml: &str) -> Result<SmsSettings, toml::de::Error> {
    toml::from_str(toml)
}

#[test]
fn one_provider_is_stored_as_the_release_before_did() {
    let settings: SmsSettings = serde_json::from_str(STORED).expect("settings");
    assert_eq!(settings.accounts.len(), 1);
    assert_eq!(settings.accounts[0].username.as_deref(), Some("u1"));
    assert_eq!(serde_json::to_string(&settings).expect("JSON"), STORED);
    assert_eq!(settings.problems(), Vec::<String>::new());
    assert_eq!(SecretName::SmsPassword(SmsProvider::FortySixElks).as_str(), "sms_password");
}

#[test]
fn several_are_read_in_order_and_stored_so() {
    let several = "[[providers]]\nprovider = \"gatewayapi\"\nsender = \"Orebro\"\n\
                   [[providers]]\nprovider = \"46elks\"\nsender = \"Orebro\"\nusername = \"u\"\n";
    let settings = read(several).expect("settings");
    let stored = serde_json::to_string(&settings).expect("JSON");
    for settings in [settings, serde_json::from_str(&stored).expect("settings")] {
        let placed: Vec<_> = settings.placed().map(|(place, account)| (place, account.provider)).collect();
        assert_eq!(
            placed,
            [
                ("sms.providers.1".to_owned(), SmsProvider::GatewayApi),
                ("sms.providers.2".to_owned(), SmsProvider::FortySixElks)
            ]
        );
        assert_eq!(settings.problems(), Vec::<String>::new());
    }
}

#[test]
fn what_is_wrong_is_named() {
    let account = "[[providers]]\nprovider = \"46elks\"\nsender = \"Orebro\"\n";
    let two = read(&account.repeat(2)).expect("settings");
    assert_eq!(two.problems(), ["sms.providers.2.provider: 46elks is there already; name each provider once"]);
    let problems = read(&account.repeat(4)).expect("settings").problems();
    assert!(problems[0].starts_with("sms.providers: name at most 3"), "{problems:?}");
    assert_eq!(read("providers = []").expect("settings").problems(), ["sms.providers: name at least one provider"]);
    for both in [
        format!("sender = \"Orebro\"\n{account}"),
        "providers = []\nsender = \"Orebro\"".to_owned(),
        "provider = \"46elks\"\nsender = \"Orebro\"\nproviders = []".to_owned(),
    ] {
        assert!(read(&both).expect_err("both ways").message().starts_with("write one provider"), "{both}");
    }
    let unknown = read("provider = \"46elks\"\nsender = \"Orebro\"\npassword = \"p\"").expect_err("unknown");
    assert!(unknown.message().contains("unknown field `password`"), "{unknown}");
    assert_eq!(unknown.span(), Some(38..46), "the key itself");
    let variant = read("provider = \"outbox\"").expect_err("unknown");
    assert_eq!((variant.message().contains("unknown variant `outbox`"), variant.span()), (true, Some(11..19)));
    let nothing = read("").expect_err("nothing");
    assert!(nothing.message().contains("missing field `provider`"), "{nothing}");
}

#[test]
fn each_provider_has_a_password_of_its_own() {
    let mut names: Vec<_> = SmsProvider::ALL.map(|provider| SecretName::SmsPassword(provider).as_str()).to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), SmsProvider::ALL.len());
    for provider in SmsProvider::ALL {
        assert_eq!(serde_json::to_value(provider).expect("JSON"), provider.as_str());
    }
}

#[test]
fn how_short_a_sender_may_be_is_each_providers_own_matter() {
    for provider in SmsProvider::ALL {
        let name = provider.as_str();
        for (sender, fits) in [("Or", provider == SmsProvider::Link), ("Ore", true), ("OrebroKommu", true)] {
            let settings = read(&format!("provider = \"{name}\"\nsender = \"{sender}\"")).expect("settings");
            let expected = format!("sms.sender: {sender} has 2 characters; {name} takes 3 to 11");
            assert_eq!(settings.problems(), if fits { vec![] } else { vec![expected] }, "{name} {sender}");
        }
        let long = read(&format!("provider = \"{name}\"\nsender = \"OrebroKommun\""));
        let told = long.expect_err("twelve characters").to_string();
        assert!(told.contains("write 3 to 11 of A-Z, a-z, 0-9, a letter first"), "{told}");
    }
}
