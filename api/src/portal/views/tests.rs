//! What every page keeps, in every state and language.

use std::collections::BTreeSet;

use portvakt_domain::{language::Language, rejection::RejectionReason};
use portvakt_texts::Texts;

mod branding;
mod files;
mod gallery;
mod guides;
mod html;
mod keys;

use gallery::{ELSEWHERE, HELP_PAGE, REGISTER, RESET, Shown, TENANT};
use html::{Tag, tags, text_of};

use super::{css_file, guides::guides_css, icon_file, page_script, password_script, query};

fn texts() -> Texts {
    Texts::new().expect("the built-in texts")
}

/// All pages: as first met, and after the language was chosen.
fn all_pages() -> Vec<Shown> {
    let texts = texts();
    let met = gallery::pages(&texts, Language::Sv, query(None));
    let chosen = gallery::pages(&texts, Language::En, query(Some(Language::En)));
    met.into_iter().chain(chosen).collect()
}

fn each_page(check: impl Fn(&Shown, &[Tag<'_>])) {
    for shown in all_pages() {
        println!("{} ({})", shown.name, shown.language.tag());
        check(&shown, &tags(&shown.html));
    }
}

fn starts<'t, 'h>(tags: &'t [Tag<'h>], name: &str) -> Vec<&'t Tag<'h>> {
    tags.iter().filter(|tag| tag.name == name && !tag.end).collect()
}

fn autocompletes<'t>(tags: &'t [Tag<'_>]) -> Vec<&'t str> {
    starts(tags, "input").iter().filter_map(|input| input.get("autocomplete")).collect()
}

#[test]
fn pages_are_whole_and_say_their_language_and_name() {
    each_page(|shown, tags| {
        assert!(shown.html.starts_with("<!DOCTYPE html>"));
        assert_eq!(html::unbalanced(tags), None);
        assert_eq!(starts(tags, "html")[0].get("lang"), Some(shown.language.tag()));
        assert_eq!(starts(tags, "h1").len(), 1);
        let (title, h1) = (text_of(&shown.html, "title"), text_of(&shown.html, "h1"));
        assert!(title.ends_with(&format!(" – {TENANT}")) && title.contains(h1), "{title} / {h1}");
        let prefix = if shown.language == Language::Sv { "Fel: " } else { "Error: " };
        assert_eq!(title.starts_with(prefix), shown.is_error, "{title}");
        assert_eq!(shown.html.contains("role=\"alert\""), shown.is_error);
        assert!(!shown.html.contains("{$") && !shown.html.contains("{ $"));
        if shown.name.contains("done") {
            assert!(h1.starts_with(if shown.language == Language::Sv { "Klart" } else { "Done" }), "{h1}");
        }
    });
}

#[test]
fn pages_load_nothing_from_elsewhere_and_scripts_only_where_they_do_something() {
    let others = Language::ALL.into_iter().flat_map(|language| gallery::others(&texts(), language, ""));
    let pages = all_pages().into_iter().map(|shown| (shown.name, shown.html)).chain(others);
    for (name, html) in pages {
        println!("{name}");
        let tags = tags(&html);
        assert_eq!(html::unbalanced(&tags), None);
        for tag in &tags {
            assert!(!["style", "iframe", "object", "base"].contains(&tag.name), "{tag:?}");
            let picture = tag.get("src").is_some_and(|src| src.starts_with("/assets/guide-"));
            assert!(tag.name != "img" || (picture && name.starts_with("guides-1-")), "{tag:?}");
            for (attribute, value) in &tag.attributes {
                assert!(*attribute != "style" && !attribute.starts_with("on"), "{tag:?}");
                let ours = value.starts_with(RESET) || value.starts_with(REGISTER) || *value == HELP_PAGE;
                let a_link = tag.name == "a" && *attribute == "href" && ELSEWHERE.contains(value);
                assert!(ours || a_link || !value.contains("//"), "{tag:?}");
            }
        }
        // A script is a file of ours, and nothing is written between its tags.
        let scripts: Vec<_> = starts(&tags, "script").iter().filter_map(|script| script.get("src")).collect();
        let (of_pages, of_rules) = (page_script().href.as_str(), password_script().href.as_str());
        let has_password = starts(&tags, "input").iter().any(|input| input.get("type") == Some("password"));
        let expected: &[&str] = match () {
            () if html.contains("<div class=\"rules\"") => &[of_pages, of_rules],
            () if has_password || html.contains("<dialog") => &[of_pages],
            () => &[],
        };
        assert_eq!(scripts, expected);
        assert_eq!(html.matches("<script").count(), html.matches("\" defer></script>").count());
        let linked = |rel: &str| -> Vec<&str> {
            let links = starts(&tags, "link").into_iter().filter(|link| link.get("rel") == Some(rel));
            links.filter_map(|link| link.get("href")).collect()
        };
        let sheets = linked("stylesheet");
        let (common, guides) = (css_file().href.as_str(), guides_css().href.as_str());
        let expected =
            if name.starts_with("guides-1-") { vec![common, guides] } else { vec![common; sheets.len().min(1)] };
        assert_eq!(sheets, expected);
        // What has our look has our icon.
        assert_eq!(linked("icon"), vec![icon_file().href.as_str(); sheets.len().min(1)]);
        assert_eq!(starts(&tags, "link").len(), sheets.len() + linked("icon").len());
        assert_eq!(starts(&tags, "h1").len(), 1);
    }
}

#[test]
fn every_field_has_a_label_and_what_describes_it_exists() {
    each_page(|_, tags| {
        let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.get("id")).collect();
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "an id twice: {ids:?}");
        let labels: Vec<&str> = starts(tags, "label").iter().filter_map(|label| label.get("for")).collect();
        for input in starts(tags, "input").iter().filter(|input| input.get("type") != Some("hidden")) {
            let id = input.get("id").expect("an id");
            assert_eq!(labels.iter().filter(|label| **label == id).count(), 1, "{id}");
        }
        for reference in tags.iter().flat_map(|tag| ["for", "aria-describedby", "aria-labelledby"].map(|a| tag.get(a)))
        {
            for id in reference.into_iter().flat_map(|ids| ids.split(' ')) {
                assert!(ids.contains(&id), "no {id}");
            }
        }
        for inside in starts(tags, "a").iter().filter_map(|a| a.get("href")?.strip_prefix('#')) {
            assert!(ids.contains(&inside), "no {inside}");
        }
    });
}

#[test]
fn what_is_wrong_is_said_above_and_at_the_field() {
    each_page(|shown, tags| {
        let invalid: Vec<_> = tags.iter().filter(|tag| tag.get("aria-invalid") == Some("true")).collect();
        let choice = shown.name.contains("choose");
        assert_eq!(!invalid.is_empty(), shown.is_error && !choice, "{invalid:?}");
        for field in invalid {
            let id = field.get("id").expect("an id");
            assert!(field.get("aria-describedby").is_some_and(|ids| ids.contains(&format!("{id}-error"))));
            assert!(shown.html.contains(&format!("<a href=\"#{id}\">")), "{id}");
        }
        if shown.is_error {
            let summary = tags.iter().find(|tag| tag.get("role") == Some("alert")).expect("a summary");
            assert_eq!(summary.get("tabindex"), Some("-1"));
            let main = shown.html.find("<main").expect("main");
            let first = shown.html[main..].split('<').nth(2).expect("its first element");
            assert!(first.contains("role=\"alert\""), "{first}");
        }
    });
}

#[test]
fn fields_carry_the_tokens_that_browsers_fill_in_by() {
    each_page(|shown, tags| {
        let expected: &[&str] = match shown.name.split('-').take(2).collect::<Vec<_>>()[..] {
            ["reset", "1"] => &["username"],
            ["change", "1"] => &["username", "current-password"],
            ["change", "3"] => &["username", "current-password", "new-password", "new-password"],
            // Another number may be typed, but for the flow that has had its codes.
            ["reset", "2"] if shown.name.contains("last") => &["one-time-code"],
            ["reset" | "change", "2"] | ["register", "8"] => &["one-time-code", "tel"],
            ["register", "4" | "5" | "9"] => &["one-time-code"],
            ["reset", "4"] => &["username", "new-password", "new-password"],
            ["register", "1"] if shown.name.contains("stop") => &["username"],
            ["register", "1"] => &["username", "current-password"],
            ["register", "2"] => &["current-password"],
            ["register", "3"] => &["tel"],
            ["register", "7"] if !shown.name.contains("remove") => &["tel"],
            _ => &[],
        };
        assert_eq!(autocompletes(tags), expected);
        // Shown, a password is still nothing that a browser may send away to have its spelling looked at.
        let passwords = starts(tags, "input").into_iter().filter(|input| input.get("type") == Some("password"));
        for input in passwords {
            assert_eq!((input.get("spellcheck"), input.get("autocapitalize")), (Some("false"), Some("none")));
        }
        // What is typed as a password is never sent back.
        assert!(starts(tags, "input").iter().all(|i| i.get("type") != Some("password") || !i.has("value")));
    });
}

#[test]
fn the_first_button_goes_on_and_the_language_switch_comes_last() {
    each_page(|shown, tags| {
        let forms: Vec<usize> = (0..tags.len()).filter(|i| tags[*i].name == "form" && !tags[*i].end).collect();
        let button_after = |form: usize| tags[form..].iter().find(|tag| tag.name == "button").expect("a button");
        let (last, others) = forms.split_last().expect("the language switch");
        assert_eq!(tags[*last].get("method"), Some("get"));
        assert_eq!(tags[*last].get("class"), Some("language"));
        assert!(tags[*last].get("action").is_some_and(|action| action.starts_with('/')));
        assert!(tags[*last..].iter().all(|tag| !["a", "input", "main"].contains(&tag.name)));
        if let Some(first) = others.first() {
            assert_eq!(button_after(*first).get("class"), Some("next"), "{}", shown.name);
        }
        for form in others {
            let form = &tags[*form];
            assert_eq!(form.get("method"), Some("post"));
            assert!(form.get("action").is_some_and(|a| a.starts_with('/') && a.ends_with(shown.query)), "{form:?}");
        }
        let cancels = others.iter().filter(|f| tags[**f].get("action").is_some_and(|a| a.starts_with("/cancel")));
        let first_page = shown.name.contains("-1-");
        assert_eq!(cancels.count(), usize::from(!others.is_empty() && !first_page));
    });
}

#[test]
fn a_chosen_language_is_carried_on_by_every_link() {
    each_page(|shown, tags| {
        for href in starts(tags, "a").iter().filter_map(|a| a.get("href")) {
            let elsewhere = ["#", "tel:", "mailto:", HELP_PAGE].iter().any(|start| href.starts_with(start))
                || ELSEWHERE.contains(&href);
            assert!(elsewhere || href.ends_with(shown.query), "{href}");
        }
    });
}

#[test]
fn the_foot_leads_to_what_the_service_says_of_itself_and_marks_where_one_is() {
    each_page(|shown, tags| {
        let nav = tags.iter().position(|tag| tag.name == "nav" && !tag.end).expect("a nav");
        assert!(tags[nav].get("aria-label").is_some_and(|label| !label.is_empty()));
        let links: Vec<_> = tags[nav..].iter().filter(|tag| tag.name == "a" && !tag.end).collect();
        for subject in ["help", "accessibility", "privacy", "cookies"] {
            let address = format!("/{subject}{}", shown.query);
            let link = links.iter().find(|link| link.get("href") == Some(address.as_str())).expect(subject);
            let here = shown.name.starts_with(&format!("about-{subject}-"));
            assert_eq!(link.get("aria-current"), here.then_some("page"), "{}: {subject}", shown.name);
        }
    });
}

#[test]
fn radios_are_the_two_choices_or_the_numbers() {
    each_page(|shown, tags| {
        let radios: Vec<_> = starts(tags, "input").into_iter().filter(|i| i.get("type") == Some("radio")).collect();
        if shown.name.starts_with("reset-3-choose") {
            let values: Vec<_> = radios.iter().map(|r| (r.get("name"), r.get("value"))).collect();
            assert_eq!(values, [(Some("choice"), Some("keep")), (Some("choice"), Some("new"))]);
            let (keep, new) = match shown.language {
                Language::Sv => (">Behåll ditt nuvarande lösenord", " nytt lösenord och lås upp ditt konto<"),
                Language::En => (">Keep your current password", " new password and unlock your account<"),
            };
            assert!(shown.html.contains(keep) && shown.html.contains(new));
        } else if shown.name.starts_with("reset-3-keep-only") {
            assert_eq!(
                radios.iter().map(|r| r.get("value")).collect::<Vec<_>>(),
                [Some("keep")],
                "nothing else is left"
            );
        } else {
            let names: BTreeSet<_> = radios.iter().filter_map(|radio| radio.get("name")).collect();
            let expected: &[&str] = match shown.name.strip_prefix("register-") {
                Some(name) if name.starts_with("3-number-several") || name.starts_with("3-number-waiting") => {
                    &["which"]
                }
                Some(name) if name.contains("7-add-five") || name.contains("7-add-choose") => &["to"],
                Some(name) if name.contains("7-add-holder-five") || name.contains("7-add-holder-choose") => &["to"],
                Some(name) if name.contains("7-remove-five") || name.contains("7-remove-choose") => &["to", "which"],
                Some(name) if name.contains("7-lost-five") || name.contains("7-lost-choose") => &["which"],
                Some(name) if name.starts_with("9-code") => &["to"],
                None if shown.name.starts_with("guides-1-") => &["helpful"],
                _ => &[],
            };
            assert_eq!(names, expected.iter().copied().collect(), "{}", shown.name);
            // The first number is set, where nothing is removed or lost by not looking.
            for name in names {
                let set = radios.iter().filter(|radio| radio.get("name") == Some(name) && radio.has("checked")).count();
                let deliberate = (name == "which" && shown.name.contains("-7-"))
                    || (name == "helpful" && !shown.name.ends_with("long"));
                assert_eq!(set, usize::from(!deliberate), "{}: {name}", shown.name);
            }
        }
    });
}

#[test]
fn a_page_says_nothing_of_the_account_before_proof() {
    let texts = texts();
    for shown in gallery::pages(&texts, Language::Sv, query(None)) {
        let unproved = ["reset-1", "reset-2", "change-1", "change-2", "register-1", "register-8"];
        let before = unproved.iter().any(|start| shown.name.starts_with(start));
        assert!(!before || !shown.html.contains("***"), "{}", shown.name);
    }
}

#[test]
fn every_reason_has_a_sentence_of_its_own_and_says_what_to_do() {
    let texts = texts();
    for language in Language::ALL {
        let mut told = BTreeSet::new();
        for reason in RejectionReason::ALL {
            let key = format!("rejection-{}", reason.as_str());
            let sentence = texts.find(language, &key, &[("name", "IT-helpdesk".into())]).expect(&key);
            assert!(sentence.matches(['.', '!']).count() >= 2, "what happened, and what to do: {sentence}");
            assert!(told.insert(sentence), "{key}");
        }
    }
}

#[test]
fn typed_values_come_back_escaped() {
    let shown = all_pages().into_iter().find(|shown| shown.name == "reset-1-start-malformed").expect("the page");
    assert!(shown.html.contains("value=\"lovstlin32 &#60;&#34;&#39;&#62;\""), "{}", shown.html);
}

#[test]
fn pages_of_no_tenant_name_none_and_speak_both_languages() {
    for (name, html) in gallery::others(&texts(), Language::Sv, "") {
        if name.starts_with("bare") {
            assert!(!html.contains("kommun") && !html.contains("href"), "{html}");
            assert!(html.contains("lang=\"sv\"") && html.contains("lang=\"en\""), "{html}");
        }
        assert_eq!(html.contains("http-equiv=\"refresh\" content=\"2\""), name == "demo-outbox", "{name}");
    }
}

/// With `PORTVAKT_PAGES_DIR` set, writes every page there, to be looked at.
#[test]
fn pages_can_be_looked_at() {
    let Some(folder) = std::env::var_os("PORTVAKT_PAGES_DIR").map(std::path::PathBuf::from) else { return };
    let assets = folder.join("assets");
    std::fs::create_dir_all(&assets).expect("the folder");
    std::fs::write(assets.join(&css_file().name), css_file().bytes).expect("the style sheet");
    let write = |name: &str, language: Language, html: &str| {
        let html = html.replace("href=\"/assets/", "href=\"assets/");
        std::fs::write(folder.join(format!("{name}.{}.html", language.tag())), html).expect("a page");
    };
    for shown in all_pages() {
        write(&shown.name, shown.language, &shown.html);
    }
    for language in Language::ALL {
        for (name, html) in gallery::others(&texts(), language, "") {
            write(&name, language, &html);
        }
    }
}
