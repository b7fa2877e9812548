//! The script's ticks and the server's rules: the same password, the same verdict, in thousands of made-up cases.

use harness::{chromium::Script, seeded::Seeded};
use portvakt::portal::views::{
    Brand, Page, Template as _, password_script,
    reset::{PasswordFor, PasswordView, RuleView},
};
use portvakt_domain::{
    directory::EffectivePolicy,
    language::Language,
    policy::{Characters, PasswordPolicy, PolicyPreset, Rule, Subject},
    tenant::{HelpDesk, HostPurpose},
};
use portvakt_texts::Texts;
use serde_json::{Value, json};

use crate::stage::Stage;

/// Cases of each policy.
const CASES: u64 = 250;

/// A policy, a directory and somebody whose password it is.
struct Setting {
    policy: PasswordPolicy,
    directory: EffectivePolicy,
    username: &'static str,
    display_name: &'static str,
    words: Vec<String>,
}

impl Setting {
    fn subject(&self) -> Subject<'_> {
        Subject { username: self.username, display_name: self.display_name, tenant_words: &self.words }
    }
}

fn settings() -> Vec<Setting> {
    let preset = |preset: PolicyPreset| preset.policy().expect("a policy");
    let bare = || PasswordPolicy { forbid_username: false, min_length: 1, ..preset(PolicyPreset::Baseline) };
    let everything = PasswordPolicy {
        min_kinds: 4,
        require_upper: true,
        require_lower: true,
        require_digit: true,
        require_sign: true,
        forbidden_characters: "åÅß İ\u{1f511}\"<&".to_owned(),
        ..bare()
    };
    let policies = [
        preset(PolicyPreset::Orebro),
        preset(PolicyPreset::OrebroExternal),
        preset(PolicyPreset::Mjolby),
        preset(PolicyPreset::Baseline),
        everything,
        PasswordPolicy { characters: Characters::Ascii, min_kinds: 1, ..bare() },
        PasswordPolicy { characters: Characters::AsciiAndSpace, min_kinds: 2, ..bare() },
    ];
    let plain = EffectivePolicy::default();
    let complex = EffectivePolicy { min_length: 14, complexity: true, history: 24, ..plain.clone() };
    let people = [
        ("lovstlin32", "Åsa Lind-Öberg", vec!["Örebro".to_owned(), "kommun".to_owned()]),
        ("ﬁaΣ", "İpek Straße,Σίσυφος_Bo", vec!["Mjölnet".to_owned(), "ΣΑΣ".to_owned(), "Sankt Olof".to_owned()]),
        ("bo", "", vec![]),
    ];
    let mut settings = Vec::new();
    for (number, policy) in policies.into_iter().enumerate() {
        for (offset, directory) in [&plain, &complex].into_iter().enumerate() {
            let (username, display_name, words) = people[(number + offset) % people.len()].clone();
            settings.push(Setting {
                policy: policy.clone(),
                directory: directory.clone(),
                username,
                display_name,
                words,
            });
        }
    }
    settings
}

/// Blocks of Unicode that have been what they are for long: the browser's tables and ours may be of different years.
const BLOCKS: [(u32, u32); 9] = [
    (0xa1, 0x17f),
    (0x1c4, 0x24f),
    (0x300, 0x36f),
    (0x391, 0x3a1),
    (0x400, 0x4ff),
    (0x1e00, 0x1eff),
    (0x2100, 0x218b),
    (0xff01, 0xff5e),
    (0x1f600, 0x1f64f),
];

fn password(random: &mut Seeded, setting: &Setting) -> String {
    let words = [
        "sommar",
        "Vinter",
        "HÖST",
        "jul",
        "maj",
        "mars",
        "Lösenord",
        "losenord",
        "password",
        "s0mm@r",
        "p4$$",
        "l0s3n",
        "qwerty",
        "örebro",
        "0rebro",
        "kommun",
        "Sankt",
        "0l0f",
        "korrekt",
        "batteri",
        "häst",
    ];
    let letters = [
        "å",
        "ä",
        "ö",
        "Å",
        "Ö",
        "a\u{30a}",
        "o\u{308}",
        "\u{212b}",
        "e\u{301}",
        "\u{30a}",
        "ß",
        "ẞ",
        "ſ",
        "\u{212a}",
        "İ",
        "ı",
        "Σ",
        "ς",
        "ΑΣ",
        "ǅ",
        "ﬁ",
        "ª",
        "①",
        "Ⅷ",
        "٣",
        "ｓ",
        "한",
        "中",
        "\u{1f511}",
        "👩\u{200d}💻",
        "\u{feff}",
        "\u{ad}",
        "\0",
        "\t",
    ];
    let most = [4, 12, 20, 70][random.below(4)];
    let most = 1 + random.below(most);
    let mut text = String::new();
    while text.chars().count() < most {
        let names = [setting.username, setting.display_name, "Lind", "STRASSE", "straße", "σίσυφος", "i\u{307}pek"];
        match random.below(9) {
            0 | 1 => text.push_str(random.pick(&words)),
            2 => text.push_str(random.pick(&letters)),
            3 => text.push_str(random.pick(&names)),
            4 => {
                let (first, last) = BLOCKS[random.below(BLOCKS.len())];
                let code = first + random.below((last - first + 1) as usize) as u32;
                text.extend(char::from_u32(code));
            }
            _ => text.push(char::from(b' ' + random.below(95) as u8)),
        }
    }
    text
}

/// Shows the form as the server would, with the script as it is served; then types every password. One digit a rule, 1
/// for "met".
async fn ticks(stage: &Stage, rules: Vec<RuleView>, passwords: &[String]) -> Vec<String> {
    let texts = Texts::new().expect("the texts");
    let help_desk = HelpDesk { name: "IT".to_owned(), ..HelpDesk::default() };
    let brand = Brand::default();
    let page = Page {
        texts: &texts,
        language: Language::Sv,
        query: "",
        path: "/password",
        service: HostPurpose::Reset,
        tenant: "Örebro kommun",
        help_desk: &help_desk,
        languages: &Language::ALL,
        brand: &brand,
        progress: None,
        time: None,
    };
    let html =
        PasswordView { page, purpose: PasswordFor::Reset, username: "lovstlin32", rules, words: &[], problem: None }
            .render()
            .expect("a page");
    let main = &html[html.find("<main").expect("main")..html.find("</main>").expect("its end")];
    // Written onto a page of the demo's: there the script is served, and the policy for content holds.
    let show = format!(
        "document.querySelector('main').outerHTML = {};
         const script = document.createElement('script');
         script.src = {};
         const loaded = new Promise((done, failed) => {{ script.onload = () => done('loaded'); script.onerror = () => failed('not loaded'); }});
         document.head.append(script);
         return loaded;",
        json!(main),
        json!(password_script().href),
    );
    assert_eq!(stage.phone.ask(&show).await, "loaded");
    let type_all = format!(
        "const field = document.getElementById('password');
         return {}.map((password) => {{
           field.value = password;
           if (field.value !== password) return 'can not be typed';
           field.dispatchEvent(new Event('input', {{ bubbles: true }}));
           const rules = [...document.querySelectorAll('.rules li[data-rule]')];
           return rules.map((rule) => ({{ met: '1', unmet: '0' }})[rule.dataset.state] || '?').join('');
         }})",
        json!(passwords),
    );
    let Value::Array(found) = stage.phone.ask(&type_all).await else { panic!("a list") };
    found.iter().map(|ticks| ticks.as_str().expect("ticks").to_owned()).collect()
}

/// What the server's rules say of the same.
fn verdicts(rules: &[RuleView], subject: Subject<'_>, password: &str) -> String {
    let ticked = rules.iter().filter(|view| view.check.is_some());
    ticked.map(|view| if view.rule.is_met(password, subject) { '1' } else { '0' }).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_script_and_the_server_agree_on_every_password() {
    let stage = Stage::with("agreement", Script::On).await;
    stage.phone.open(&stage.url("pwreset.orebro.localhost", "/")).await;
    let (mut cases, mut met, mut unmet) = (0, [0; 32], [0; 32]);
    let mut names = std::collections::BTreeSet::new();
    let mut differences = Vec::new();
    for (number, setting) in settings().iter().enumerate() {
        let rules = RuleView::list(setting.policy.rules(&setting.directory), &[], setting.subject());
        let made = (0..CASES).map(|case| password(&mut Seeded::new(1_000_000 * number as u64 + case), setting));
        let passwords: Vec<String> = made.collect();
        names.extend(rules.iter().filter_map(|view| view.check.as_ref()).map(|check| check.name));
        for (typed, ticks) in passwords.iter().zip(ticks(&stage, rules.clone(), &passwords).await) {
            let expected = verdicts(&rules, setting.subject(), typed);
            for (at, verdict) in expected.chars().enumerate() {
                if verdict == '1' { met[at] += 1 } else { unmet[at] += 1 }
            }
            cases += 1;
            if ticks != expected {
                let ticked: Vec<_> =
                    rules.iter().filter_map(|view| view.check.as_ref()).map(|check| check.name).collect();
                differences.push(format!("{typed:?}: script {ticks}, server {expected}, rules {ticked:?}"));
            }
        }
    }
    assert!(differences.is_empty(), "{} of {cases}:\n{}", differences.len(), differences.join("\n"));
    assert!(cases >= 2_000, "{cases}");
    assert_eq!(names.len(), 16, "every rule that the script knows: {names:?}");
    // Cases that all say the same would show nothing.
    assert!(met.iter().sum::<u32>() > 5_000 && unmet.iter().sum::<u32>() > 5_000, "{met:?} {unmet:?}");
}

/// The comparison can fail: a page that asks for something else than the server does is found out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_difference_is_found() {
    let stage = Stage::with("difference", Script::On).await;
    stage.phone.open(&stage.url("pwreset.orebro.localhost", "/")).await;
    let all = settings();
    let subject = all[0].subject();
    let words = ["Tallkotte".to_owned()];
    let more = Subject { tenant_words: &words, ..subject };
    let pairs = [
        (Rule::MinLength(9), Rule::MinLength(10), subject, subject),
        (Rule::Kinds(3), Rule::KindsForBoth(3), subject, subject),
        (Rule::Ascii, Rule::AsciiAndSpace, subject, subject),
        (Rule::NotBanned, Rule::NotBanned, more, subject),
        (Rule::NotName, Rule::NotName, more, Subject { display_name: "Lind", ..more }),
    ];
    for (shown, decided, asked, held) in pairs {
        let mut passwords: Vec<String> =
            (0..200).map(|case| password(&mut Seeded::new(7_000_000 + case), &all[0])).collect();
        passwords.extend(["NioTecken", "tall kott 1", "a b", "Tallkotte26", "minÖBERG"].map(str::to_owned));
        let views = RuleView::list(vec![shown.clone()], &[], asked);
        let decides = RuleView::list(vec![decided], &[], held);
        let ticks = ticks(&stage, views, &passwords).await;
        let differ = passwords.iter().zip(ticks).filter(|(typed, ticks)| *ticks != verdicts(&decides, held, typed));
        assert!(differ.count() > 0, "{shown:?}");
    }
}
