//! The demo's two municipalities in their own colours: narrow and wide, light and dark, and where the reader's own colours
//! are forced on the page.

use harness::{
    Database, World,
    chromium::{Chromium, Script},
};
use portvakt_domain::{
    language::Language,
    logo::Logo,
    tenant::{Branding, TenantSettings},
};
use portvakt_texts::{Texts, lint};
use serde_json::{Value, json};

use crate::stage::{Stage, look};

/// Colours as the browser computed them, and the logo as it is drawn.
const SHOWN: &str = "
  const colour = (css, property) => getComputedStyle(document.querySelector(css))[property];
  const logo = document.querySelector('.top img');
  const [mine, head] = [logo, document.querySelector('.top')].map((element) => element.getBoundingClientRect());
  return {
    band: colour('.top', 'backgroundColor'),
    name: colour('.tenant', 'color'),
    button: colour('main button', 'backgroundColor'),
    link: colour('main a', 'color'),
    drawn: logo.complete && logo.naturalWidth > 0,
    height: mine.height,
    ratio: Math.abs(mine.width / mine.height - logo.naturalWidth / logo.naturalHeight) < 0.05,
    within: mine.top >= head.top && mine.bottom <= head.bottom && mine.left >= 0 && mine.right <= innerWidth,
    behind: colour('.top img', 'backgroundColor'),
  };";

/// Band, what is written on it, buttons, links; light and dark.
const LOOKS: [(&str, [[&str; 4]; 2]); 2] = [
    ("orebro", [["#0f4d3f", "#ffffff", "#0f5f4c", "#0f5f4c"], ["#0c3a30", "#ffffff", "#86dcc3", "#86dcc3"]]),
    ("mjolby", [["#4a2169", "#ffffff", "#5f2c86", "#5f2c86"], ["#36184e", "#ffffff", "#d3b8f3", "#d3b8f3"]]),
];

fn rgb(colour: &str) -> String {
    let part = |at: usize| u8::from_str_radix(&colour[at..at + 2], 16).expect("hexadecimal");
    format!("rgb({}, {}, {})", part(1), part(3), part(5))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_municipality_has_its_own_colours_and_logo_at_every_width() {
    let mut stage = Stage::with("branding", Script::On).await;
    for (slug, schemes) in LOOKS {
        for path in ["/", "/nowhere"] {
            stage.phone.open(&stage.url(&format!("pwreset.{slug}.localhost"), path)).await;
            for (dark, colours) in [(false, schemes[0]), (true, schemes[1])] {
                stage.phone.dark(dark).await;
                for width in [360, 1200] {
                    stage.phone.size(width, 740).await;
                    let at = format!("{slug}{path} at {width}, dark: {dark}");
                    let problems = stage.phone.ask(include_str!("look.js")).await;
                    assert_eq!(problems, Value::Array(vec![]), "{at}");
                    if path == "/" {
                        let [band, name, button, link] = colours.map(rgb);
                        let shown = stage.phone.ask(SHOWN).await;
                        let expected = json!({
                            "band": band, "name": name, "button": button, "link": link, "drawn": true, "height": 48,
                            "ratio": true, "within": true, "behind": "rgba(0, 0, 0, 0)",
                        });
                        assert_eq!(shown, expected, "{at}");
                    }
                }
            }
            stage.look(&format!("{slug}{}", path.replace('/', "-"))).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_reader_forces_colours_the_pages_keep_them_and_the_logo_its_ground() {
    let stage = Stage::set("forced").await;
    stage.phone.open(&stage.url("pwreset.orebro.localhost", "/")).await;
    stage.phone.forced_colours().await;
    let shown = stage.phone.ask(SHOWN).await;
    let [own, ..] = LOOKS[0].1;
    assert_ne!(shown["band"], rgb(own[0]), "the band is the reader's: {shown}");
    assert_ne!(shown["button"], rgb(own[2]), "and so are buttons: {shown}");
    assert_eq!(shown["behind"], rgb(own[0]), "the logo stands on what it was drawn for: {shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_fetches_nothing_but_its_own_files_and_the_logo_can_be_opened_alone() {
    let stage = Stage::with("files", Script::On).await;
    let url = stage.url("pwreset.mjolby.localhost", "/");
    stage.phone.open(&url).await;
    let address = stage.phone.ask("return document.querySelector('.top img').src").await;
    let fetched = stage.phone.requests().await;
    for name in ["/assets/portvakt.", "/assets/brand.", "/assets/logo."] {
        assert_eq!(fetched.iter().filter(|request| request.contains(name)).count(), 1, "{name}: {fetched:?}");
    }
    // As a document of its own it is drawn, and belongs to nobody.
    stage.phone.open(address.as_str().expect("an address")).await;
    let alone = stage.phone.ask("return [document.documentElement.localName, self.origin]").await;
    assert_eq!(alone, json!(["svg", "null"]));
}

/// The head of a page: what is in it lies within it, beside each other or below each other, and never on each other; and
/// the page itself begins in the upper half of a phone.
const HEAD: &str = "
  const box = (css) => document.querySelector(css)?.getBoundingClientRect();
  const [head, logo, words, main] = ['.top', '.top img', '.top .inner > div', 'main'].map(box);
  const within = (part) => part.top >= head.top && part.bottom <= head.bottom && part.left >= 0 && part.right <= innerWidth;
  const apart = !logo || logo.right <= words.left || logo.bottom <= words.top;
  return {
    logo: !logo || (within(logo) && logo.height >= 16 && logo.height <= 48),
    words: within(words), apart, begins: main.top <= 370,
    room: words.width >= Math.min(160, innerWidth / 2),
  };";

const LONGEST: &str =
    "Södermanlands och Ångermanlands samverkansnämnd för överförmyndarverksamhet och räddningstjänst i Östra";

/// What a municipality may choose that is furthest from the usual: name, logo (as wide and as high as may be), colours.
fn extremes() -> Vec<(&'static str, String, Option<(u32, u32)>, &'static str)> {
    let light = "[light]\naccent = \"#707070\"\nheader = \"#ffe14a\"\nheader_text = \"#1a1a1a\"\n\
                 [dark]\naccent = \"#ffffff\"\naccent_text = \"#000000\"\nheader = \"#ffffff\"\nheader_text = \"#000000\"";
    let dark = "[light]\naccent = \"#000000\"\nheader = \"#000000\"\n[dark]\naccent = \"#8f8fff\"\n\
                accent_text = \"#000000\"\nheader = \"#000000\"";
    let name: String = LONGEST.chars().take(90).collect();
    vec![
        ("long-wide", name.clone(), Some((160, 20)), light),
        ("long-high", name.clone(), Some((10, 80)), dark),
        ("long", name, None, light),
        ("word-wide", "Räddningstjänstförbundssamverkanskommitténs".to_owned(), Some((80, 20)), dark),
        ("short-wide", "Ås".to_owned(), Some((160, 20)), light),
    ]
}

fn choose(settings: &mut TenantSettings, name: &str, logo: Option<(u32, u32)>, colours: &str) {
    settings.name = name.to_owned();
    settings.branding = toml::from_str::<Branding>(colours).expect("a section");
    if let Some((width, height)) = logo {
        let (right, bottom) = (width - 1, height - 1);
        let drawing = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\"><g fill=\"none\" stroke=\"#888\" \
             stroke-width=\"2\"><path d=\"M1 1H{right}V{bottom}H1z\"/><path d=\"M1 1L{right} {bottom}\"/></g></svg>"
        );
        settings.branding.logo = Some(Logo::read(drawing.as_bytes()).expect("a logo"));
        for language in Language::ALL {
            settings.branding.logo_alt.insert(language, "Ett vapen".to_owned());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_longest_name_the_widest_logo_and_the_palest_colours_leave_a_page_that_can_be_used() {
    let world = World::practice_with(Database::Sqlite, |settings| {
        let host = |part: &str| format!("{part}.{}.localhost", settings.slug).parse().expect("a host");
        (settings.hosts.reset, settings.hosts.register) = (host("pwreset"), host("pwreg"));
    })
    .await;
    let phone = Chromium::phone(Script::On).await;
    let built_in = Texts::new().expect("texts");
    for (case, name, logo, colours) in extremes() {
        world.reconfigure("orebro", |settings| choose(settings, &name, logo, colours)).await;
        let settings = world.served("orebro").settings.clone();
        // What is looked at is what could be applied.
        assert_eq!((settings.problems(), lint::problems(&built_in, &settings)), (vec![], vec![]), "{case}");
        for path in ["/", "/nowhere"] {
            phone.open(&format!("http://pwreset.orebro.localhost:{}{path}", world.public.port())).await;
            for width in [320, 360, 1200] {
                phone.size(width, 740).await;
                let head = phone.ask(HEAD).await;
                let expected = json!({ "logo": true, "words": true, "apart": true, "begins": true, "room": true });
                assert_eq!(head, expected, "{case}{path} at {width}");
            }
            look(&phone, &format!("extreme-{case}{}", path.replace('/', "-"))).await;
        }
    }
}
