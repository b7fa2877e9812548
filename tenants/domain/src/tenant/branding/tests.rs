//! What can't be read in a tenant's colours is told before anybody has to read it.

use super::*;

fn branding(text: &str) -> Branding {
    toml::from_str(text).expect("a section")
}

fn problems(text: &str) -> Vec<String> {
    branding(text).problems(&Language::ALL)
}

#[test]
fn the_built_in_colours_can_be_read() {
    assert_eq!(problems(""), Vec::<String>::new());
    assert!(!Branding::default().has_colours());
    assert_eq!(serde_json::to_string(&Branding::default()).expect("JSON"), "{}");
}

#[test]
fn colours_that_can_t_be_told_apart_are_refused_with_the_ratio_and_a_shade_that_does() {
    // Each with the key, the measured ratio and what it has to be.
    for (section, key, ratio, needs) in [
        ("[light]\naccent = \"#7fb2d0\"", "light.accent", "2.28:1", "4.5:1"),
        ("[light]\naccent = \"#777777\"", "light.accent", "4.47:1", "4.5:1"),
        // Enough on white, not on the ground below it.
        ("[light]\naccent = \"#747474\"", "light.accent", "4.27:1", "4.5:1"),
        ("[light]\naccent_text = \"#9fb4c0\"", "light.accent_text", "3.54:1", "4.5:1"),
        ("[light]\nheader = \"#ffcd00\"", "light.header_text", "1.5:1", "4.5:1"),
        ("[dark]\naccent = \"#0b5a7a\"", "dark.accent", "2.09:1", "4.5:1"),
        ("[dark]\naccent_text = \"#ffffff\"", "dark.accent_text", "1.69:1", "4.5:1"),
        ("[dark]\nheader = \"#d0e8f4\"", "dark.header_text", "1.27:1", "4.5:1"),
    ] {
        let found = problems(section);
        let of_key: Vec<&String> = found.iter().filter(|line| line.starts_with(&format!("branding.{key}: "))).collect();
        let told = of_key.iter().any(|line| line.contains(&format!(" {ratio} and needs {needs}; #")));
        assert!(told, "{section}: {ratio}: {found:#?}");
        // What is said to do does.
        let shade = of_key[0].split("; ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a shade");
        let (scheme, name) = key.split_once('.').expect("a key");
        let mut mended: toml::Table = section.parse().expect("a table");
        mended[scheme].as_table_mut().expect("a scheme").insert(name.to_owned(), shade.into());
        let left = problems(&mended.to_string());
        let still = left.iter().filter(|line| line.starts_with(&format!("branding.{key}: "))).count();
        assert_eq!(still, 0, "{section}: {shade}: {left:#?}");
    }
}

#[test]
fn an_edge_needs_less_than_a_text() {
    // A link in this colour is too faint, an edge is not: it is told once for each thing that it is too faint for.
    let found = problems("[light]\naccent = \"#808080\"");
    assert!(found.iter().any(|line| line.contains("links on the page")), "{found:#?}");
    assert!(!found.iter().any(|line| line.contains("edges")), "{found:#?}");
    let found = problems("[light]\naccent = \"#a0a0a0\"");
    assert!(found.iter().any(|line| line.contains("edges") && line.contains("needs 3:1")), "{found:#?}");
}

#[test]
fn both_schemes_are_looked_at_and_everything_is_told_at_once() {
    let found = problems("name = \"\"\n[light]\naccent = \"#ffffff\"\n[dark]\naccent = \"#000000\"");
    for key in ["branding.name", "branding.light.accent", "branding.dark.accent"] {
        assert!(found.iter().any(|line| line.starts_with(&format!("{key}: "))), "{key}: {found:#?}");
    }
}

#[test]
fn a_button_that_is_pointed_at_grows_clearer() {
    for text in ["#ffffff", "#08222e", "#000000", "#ffcd00"] {
        let text: Colour = text.parse().expect("a colour");
        for accent in ["#0b5a7a", "#8fd0ea", "#767676", "#b5121b", "#ffe14a"] {
            let accent: Colour = accent.parse().expect("a colour");
            let strong = strengthened(accent, text);
            assert!(strong != accent && strong.contrast(text) > accent.contrast(text), "{accent} {text} {strong}");
        }
    }
}

#[test]
fn where_no_shade_does_the_other_colour_is_blamed() {
    let found = problems("[light]\nheader = \"#767676\"\nheader_text = \"#777777\"");
    assert!(found.iter().any(|line| line.contains("would do")), "black and white both do on it: {found:#?}");
    let found = problems("[light]\naccent = \"#5f5f5f\"\naccent_text = \"#5f5f5f\"");
    assert!(found.iter().all(|line| line.starts_with("branding.light.accent_text: ")), "{found:#?}");
    assert_eq!(found.len(), 2, "on a button, and on one that is pointed at: {found:#?}");
}

#[test]
fn a_logo_is_said_in_every_language() {
    let with = |alt: &str| {
        let mut own = branding(alt);
        own.logo_file = Some("logo.svg".into());
        own.problems(&Language::ALL)
    };
    assert_eq!(with("logo_alt = { sv = \"Örebros borg\", en = \"The castle\" }"), Vec::<String>::new());
    let found = with("logo_alt = { sv = \"Örebros borg\" }");
    assert!(matches!(&found[..], [one] if one.starts_with("branding.logo_alt: say in \"en\"")), "{found:?}");
    let found = with("logo_alt = { sv = \"\", en = \"a\\nb\" }");
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn unknown_keys_and_colours_are_errors() {
    for wrong in ["colour = \"#fff\"", "[light]\nlink = \"#000000\"", "[light]\naccent = \"red\""] {
        assert!(toml::from_str::<Branding>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_stored_logo_that_is_not_taken_any_more_is_left_out_and_nothing_else() {
    let size = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20{} 10"><path d="M0 0h9"/></svg>"#;
    for (unit, stays) in [("", true), ("px", false)] {
        let stored = serde_json::json!({ "logo": size.replace("{}", unit), "logo_alt": { "sv": "Ett slott" } });
        let read: Branding = serde_json::from_value(stored).expect("a section");
        assert_eq!((read.logo.is_some(), read.logo_alt[&Language::Sv].as_str()), (stays, "Ett slott"), "{unit}");
    }
}
