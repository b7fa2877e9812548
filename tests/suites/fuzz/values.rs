//! What people type, as far as it is only read: names, numbers, codes, passwords, tokens, hosts, addresses, languages.

use std::net::IpAddr;

use actix_web::test::TestRequest;
use harness::seeded::Seeded;
use portvakt::auth::{client, host};
use portvakt_domain::{
    code::Code,
    directory::EffectivePolicy,
    language::Language,
    login::{Login, MAX_LENGTH},
    number::{Country, MobileNumber},
    password::Password,
    policy::{Leaked, PolicyPreset, Rule, Subject, guessed_words},
    token::FlowToken,
};

use crate::{CASES, property};

#[test]
fn names() {
    let pieces = ["OREBRO\\", "@", "lovstlin32", " ", "\t", "\0", "\u{202e}", "ß", "İ", "å", "*", "(", ")", "\\", "\n"];
    property(CASES, |random| {
        let typed = random.text(&pieces, 60);
        match Login::parse(&typed) {
            Ok(login) => {
                let name = login.reveal();
                assert!(!name.is_empty() && name.chars().count() <= MAX_LENGTH);
                assert!(!name.chars().any(char::is_control) && name == typed.trim());
                // A name inside the domain has no domain any more, and a foreign domain's is none.
                if let Some(inside) = login.within("OREBRO").filter(|inside| inside.account_name_only) {
                    assert!(!inside.text.contains(['\\', '@']) && !inside.text.is_empty());
                }
                assert!(login.within("OREBRO").is_some() || name.contains('\\'));
                assert!(!format!("{login:?}").contains(name) || "Login(<redacted>)".contains(name));
                let _ = login.folded("OREBRO");
            }
            Err(_) => {
                let name = typed.trim();
                let sound = !name.is_empty() && name.chars().count() <= MAX_LENGTH;
                assert!(!sound || name.chars().any(char::is_control), "{typed:?} is a name");
            }
        }
    });
}

#[test]
fn numbers() {
    let sweden = [Country::SWEDEN];
    let pieces =
        ["070", "+46", "0046", "(0)", " ", "-", "174 06 05", "1740605", "08", "0900", "+47", "++", ";ext=1", "tel:"];
    property(CASES, |random| {
        let typed = random.text(&pieces, 14);
        if let Ok(number) = MobileNumber::parse(&typed, &sweden) {
            let e164 = number.e164();
            assert!(e164.starts_with("+467") && e164.len() <= 16 && e164[1..].bytes().all(|b| b.is_ascii_digit()));
            assert_eq!(MobileNumber::from_e164(e164).as_ref().map(MobileNumber::e164), Ok(e164));
            assert!(!format!("{number:?}").contains(&e164[3..]));
            // Four digits are shown, no more.
            assert!(number.masked().chars().filter(char::is_ascii_digit).count() <= 4, "{}", number.masked());
        }
        let _ = MobileNumber::from_e164(&typed);
    });
}

#[test]
fn codes() {
    let pieces = ["123456", "12", "3", " ", "-", "–", "\u{200b}", "\u{a0}", "١٢٣", "０", "é", "\n"];
    property(CASES, |random| {
        let typed = random.text(&pieces, 9);
        if let Some(code) = Code::parse(&typed) {
            assert!(code.reveal().len() == 6 && code.reveal().bytes().all(|byte| byte.is_ascii_digit()));
            let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
            assert_eq!(code.reveal(), digits, "no digit is made up, none is left out");
            assert_eq!(format!("{code:?}"), "Code(<redacted>)");
        }
    });
}

#[test]
fn passwords_and_tokens() {
    property(CASES, |random| {
        let typed = random.text(&["å", "\0", " ", "Kastanj41Skugga", "\u{1f511}", "\""], 80);
        if let Some(password) = Password::new(typed.clone()) {
            assert_eq!(password.reveal(), typed, "a password is not changed on its way");
            assert!(typed.len() < 4 || !format!("{password:?}").contains(&typed));
        }
        if let Some(token) = FlowToken::parse(&typed) {
            assert_eq!(token.reveal(), typed);
        }
    });
}

#[test]
fn password_policies() {
    let pieces =
        ["Sommar", "s0mm@r", "lovstlin32", "Öberg", "a\u{30a}", "\u{212a}", "İ", "Σ", "\u{1f511}", "1", "!", " ", "\0"];
    let subject = Subject { username: "lovstlin32", display_name: "Åsa Lind-Öberg", tenant_words: &[] };
    let policies = PolicyPreset::ALL.map(|preset| preset.policy().expect("a policy"));
    property(CASES, |random| {
        let policy = &policies[random.below(policies.len())];
        let directory = EffectivePolicy {
            min_length: random.below(300) as u32,
            complexity: random.one_in(2),
            history: random.below(30) as u32,
            min_age_seconds: random.next() as i64,
            ..EffectivePolicy::default()
        };
        let password = random.text(&pieces, 24);
        let (rules, broken) = (policy.rules(&directory), policy.broken(&password, subject, &directory));
        assert!(broken.iter().all(|rule| rules.contains(rule)), "what is refused is on the list");
        let guessed = guessed_words(&password, &[]);
        assert_eq!(guessed.is_some(), broken.contains(&Rule::NotBanned), "what is named is what is refused");
        assert!(guessed.is_none_or(|words| words.len() <= 2));
        let odd = Leaked::read(&random.bytes(64));
        assert!(odd.is_none(), "chance is no filter");
    });
}

#[test]
fn hosts_and_targets() {
    let pieces =
        ["pwreset.orebro.se", ".", ":", "8080", "@", "[::1]", "a", "-", "_", "%00", "xn--", "/", "\\", " ", "é"];
    property(CASES, |random| {
        let mut request = TestRequest::with_uri(random.pick(&["/", "http://pwreset.orebro.se/", "/a?b", "http://a/"]));
        let count = random.below(3);
        for _ in 0..count {
            let value = random.text(&pieces, 5);
            let Ok(value) = actix_web::http::header::HeaderValue::from_bytes(value.as_bytes()) else { continue };
            request = request.append_header((actix_web::http::header::HOST, value));
        }
        let request = request.to_http_request();
        let hosts = request.headers().get_all("host").count();
        if let Ok(host) = host::called(&request) {
            assert_eq!(hosts, 1, "one host, and only one");
            assert!(!host.is_empty() && !host.contains(['@', '/', '\\', ' ']) && !host.ends_with('.'), "{host:?}");
            assert!(!host.chars().any(|c| c.is_ascii_uppercase()));
            assert!(host.starts_with('[') || !host.contains(':'), "{host:?}");
        }
    });
}

#[test]
fn forwarded_addresses_and_languages() {
    let pieces = ["198.51.100.1", "10.0.0.1", ",", " ", "[", "]", "::1", ":", "unknown", "_hidden", "\"", "for="];
    let proxies = ["127.0.0.0/8".parse().expect("a network"), "10.0.0.0/8".parse().expect("a network")];
    property(CASES, |random| {
        let value = random.text(&pieces, 8);
        let languages = random.text(&["sv", "en", "-", ";q=", "0.8", ",", "*", "fi"], 8);
        let _ = Language::from_accept_language(&languages);
        let _ = Language::from_tag(&languages);
        let Ok(value) = actix_web::http::header::HeaderValue::from_bytes(value.as_bytes()) else { return };
        let peer: IpAddr = [[127, 0, 0, 1], [192, 0, 2, 1]][random.below(2)].into();
        let request = TestRequest::default().peer_addr((peer, 1).into()).insert_header(("x-forwarded-for", value));
        let found = client::address(&request.to_http_request(), &proxies);
        if !proxies.iter().any(|network| network.contains(&peer)) {
            assert_eq!(found, peer, "nobody but our own proxies is believed");
        }
    });
}

#[test]
fn the_generator_repeats_itself() {
    let of =
        |seed| (0..8).map(|_| 0).scan(Seeded::new(seed), |random, _: i32| Some(random.next())).collect::<Vec<u64>>();
    assert_eq!(of(7), of(7));
    assert_ne!(of(7), of(8));
}
