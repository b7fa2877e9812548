//! Pages of a tenant with words, colours and a logo of its own.

use portvakt_domain::{
    colour::Colour,
    language::Language,
    logo::Logo,
    tenant::{Branding, Scheme, TenantTexts},
};

use super::{
    css_file,
    gallery::{self, Shown},
    html::{tags, text_of},
    texts,
};
use crate::portal::views::{Brand, guides::guides_css, icon_file};

const DRAWING: &str =
    r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><path fill="#fff" d="M0 0z"/></svg>"##;

fn brand(section: &str) -> Brand {
    let mut branding: Branding = toml::from_str(section).expect("a section");
    branding.logo = Some(Logo::read(DRAWING.as_bytes()).expect("a logo"));
    Brand::of(&branding)
}

fn pages(brand: &Brand, language: Language) -> Vec<Shown> {
    gallery::branded(&texts(), language, "", brand)
}

/// The value of a property in one of the blocks of a style sheet.
fn property(block: &str, name: &str) -> Option<Colour> {
    let value = block.split(&format!("--{name}:")).nth(1)?;
    value.split(';').next()?.trim().parse().ok()
}

#[test]
fn what_contrast_is_measured_on_is_what_the_style_sheet_has() {
    let sheet = std::str::from_utf8(css_file().bytes).expect("UTF-8");
    let [light, dark] = sheet.splitn(2, "@media (prefers-color-scheme: dark)").collect::<Vec<_>>()[..] else {
        panic!("two schemes")
    };
    let dark = dark.split("\n}\n").next().expect("a block");
    for scheme in Scheme::ALL {
        let known = scheme.built_in();
        for (name, colour) in [
            ("ground", known.ground),
            ("surface", known.surface),
            ("action", known.accent),
            ("action-strong", known.accent_strong),
            ("action-ink", known.accent_text),
            ("link", known.link),
            ("band", known.header),
            ("band-ink", known.header_text),
        ] {
            // What dark does not say again is as it is in light.
            let found = match scheme {
                Scheme::Light => property(light, name),
                Scheme::Dark => property(dark, name).or(property(light, name)),
            };
            assert_eq!(found, Some(colour), "{scheme:?} {name}");
        }
    }
}

#[test]
fn a_brand_is_two_files_and_no_style_on_any_page() {
    let section = "logo_alt = { sv = \"Ett \\\"slott\\\" <b>\", en = \"A castle\" }\n[light]\naccent = \"#5f2c86\"";
    let brand = brand(section);
    for (language, alt) in [(Language::Sv, "Ett &#34;slott&#34; &#60;b&#62;"), (Language::En, "A castle")] {
        for shown in pages(&brand, language) {
            let tags = tags(&shown.html);
            let of = |name: &str| tags.iter().filter(|tag| tag.name == name && !tag.end).collect::<Vec<_>>();
            let own = of("img").into_iter().filter(|image| image.get("class") == Some("logo")).collect::<Vec<_>>();
            let [logo] = own[..] else { panic!("{}: one logo", shown.name) };
            assert_eq!((logo.get("alt"), logo.get("width"), logo.get("height")), (Some(alt), Some("96"), Some("48")));
            let src = logo.get("src").expect("a file");
            let file = brand.file(src.strip_prefix("/assets/").expect("ours")).expect("a file");
            assert_eq!(file.content_type, "image/svg+xml");
            let links = of("link");
            let sheets = links.iter().filter(|link| link.get("rel") == Some("stylesheet"));
            let sheets = sheets.filter_map(|link| link.get("href"));
            let sheets: Vec<_> = sheets.filter(|href| *href != guides_css().href).collect();
            let own = brand.style_href().expect("a style sheet");
            assert_eq!(sheets, [css_file().href.as_str(), own], "the tenant's own comes last");
            assert!(of("style").is_empty() && tags.iter().all(|tag| tag.get("style").is_none()));
        }
    }
    let sheet = brand.file(brand.style_href().and_then(|href| href.strip_prefix("/assets/")).expect("a name"));
    let sheet = String::from_utf8(sheet.expect("a file").bytes.to_vec()).expect("UTF-8");
    assert_eq!(
        sheet,
        ":root { --band: #0b4a63; --band-ink: #ffffff; --action: #5f2c86; --action-strong: #431f5e; \
         --action-ink: #ffffff; --link: #5f2c86; }\n\
         @media (prefers-color-scheme: dark) { :root { --band: #0c394c; --band-ink: #ffffff; --action: #8fd0ea; \
         --action-strong: #b9e3f4; --action-ink: #08222e; --link: #93d3ee; } }\n"
    );
}

#[test]
fn the_icon_has_the_colours_of_the_head_wherever_they_come_from() {
    let built_in = String::from_utf8(icon_file().bytes.to_vec()).expect("UTF-8");
    let palette = Scheme::Light.built_in();
    let painted = |icon: &str, colour: Colour| icon.matches(&format!("fill=\"{colour}\"")).count();
    assert_eq!((painted(&built_in, palette.header), painted(&built_in, palette.header_text)), (2, 1), "{built_in}");
    assert_eq!(built_in.matches("fill").count(), 3, "nothing is of another colour: {built_in}");
    assert!(built_in.len() < 1024, "{}", built_in.len());

    // Also where they are the built-in ones the other way round.
    for (header, text) in [("#5f2c86", "#ffffff"), ("#ffffff", "#0b4a63")] {
        let brand = brand(&format!("[light]\nheader = \"{header}\"\nheader_text = \"{text}\""));
        let file = brand.file(brand.icon_href().strip_prefix("/assets/").expect("ours")).expect("the tenant's own");
        let own = String::from_utf8(file.bytes.to_vec()).expect("UTF-8");
        assert_eq!((own.matches(header).count(), own.matches(text).count()), (2, 1), "{own}");
        assert_eq!((file.content_type, own.len()), ("image/svg+xml", built_in.len()), "{own}");
    }
    for section in ["", "[light]\naccent = \"#5f2c86\"", "[dark]\nheader = \"#36184e\""] {
        assert_eq!(brand(section).icon_href(), icon_file().href, "{section}");
    }
}

#[test]
fn names_of_files_change_with_their_content() {
    let one = brand("[light]\naccent = \"#5f2c86\"");
    let other = brand("[light]\naccent = \"#5f2c87\"");
    let logo = |brand: &Brand| brand.logo(Language::Sv).map(|logo| logo.src.to_owned());
    assert!(one.style_href().is_some() && one.style_href() != other.style_href());
    assert_eq!(logo(&one), logo(&other), "the same logo, the same name");
    let without = Brand::of(&Branding::default());
    assert_eq!((without.style_href(), logo(&without)), (None, None), "who sets nothing has the built-in look");
}

#[test]
fn texts_of_a_tenant_are_shown_in_place_of_ours_and_escaped() {
    let mut own = TenantTexts::default();
    own.sv.insert("start-heading".to_owned(), "Hej <script>alert(1)</script> & \"du\"".to_owned());
    own.sv.insert("button-next".to_owned(), "Vidare".to_owned());
    // What could not be read is passed over, and what lacks its value too.
    own.sv.insert("start-intro".to_owned(), "{ $intro }".to_owned());
    own.sv.insert("code-hint".to_owned(), "{ trasig".to_owned());
    let texts = texts().with_own(&own).expect("texts");
    let pages = gallery::pages(&texts, Language::Sv, "");
    let start = pages.iter().find(|shown| shown.name == "reset-1-start").expect("a page");
    assert_eq!(text_of(&start.html, "h1"), "Hej &#60;script&#62;alert(1)&#60;/script&#62; &#38; &#34;du&#34;");
    assert!(
        start.html.contains(">Vidare</button>") && start.html.contains("Det här fungerar om du har"),
        "{}",
        start.html
    );
    for shown in &pages {
        assert!(!shown.html.contains("<script>") && !shown.html.contains("{ $") && !shown.html.contains("trasig"));
    }
    // The other language is as it was.
    let english = gallery::pages(&texts, Language::En, "");
    assert!(english[0].html.contains(">Next</button>"));
}
