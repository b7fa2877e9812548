//! The guides: what they say by settings, and whether their pictures are of the pages as they are.

use std::{collections::BTreeSet, path::PathBuf};

use portvakt_domain::language::Language;

use super::{
    all_pages, css_file,
    gallery::{self, Shown},
    html::tags,
    starts, texts,
};
use crate::portal::views::{
    assets::fnv1a,
    guides::{LISTED, NAMES, files},
};

/// What all pictures may weigh together.
const MOST_BYTES: usize = 600 * 1024;

fn pictured() -> Vec<(String, Shown)> {
    let texts = texts();
    let of = |language| gallery::pictured(&texts, language);
    let all = Language::ALL.into_iter().flat_map(of);
    all.map(|shown| (format!("{}/{}", shown.language.tag(), shown.name), shown)).collect()
}

/// What a picture is known by: all that could be seen on it, and what it looks like.
fn hash(shown: &Shown) -> String {
    let main = shown.html.split_once("<main").and_then(|(_, rest)| rest.split_once("</main>")).expect("main").0;
    format!("{:016x}", fnv1a(&[main.as_bytes(), css_file().bytes].concat()))
}

#[test]
fn pictures_are_of_the_pages_as_they_are() {
    let pages = pictured();
    let named: BTreeSet<&str> = pages.iter().map(|(_, shown)| shown.name.as_str()).collect();
    assert_eq!(named, NAMES.iter().copied().collect(), "a page for every picture");
    let listed: Vec<Vec<&str>> = LISTED.lines().map(|line| line.split(' ').collect()).collect();
    assert_eq!(listed.len(), pages.len());
    for (name, shown) in &pages {
        let of: Vec<_> = listed.iter().filter(|line| line[0] == name).collect();
        let [line] = of[..] else { panic!("{name} is listed {} times: run tests/screens guides", of.len()) };
        assert_eq!(
            line[2],
            hash(shown),
            "the picture {name} is of a page that looked otherwise: run tests/screens guides"
        );
    }
}

#[test]
fn pictures_are_small_and_what_they_say_they_are() {
    let pictures: Vec<_> = files().filter(|file| file.content_type == "image/webp").collect();
    assert_eq!(pictures.len(), 2 * NAMES.len());
    for file in &pictures {
        assert!(file.bytes.starts_with(b"RIFF") && &file.bytes[8..12] == b"WEBP", "{}", file.name);
    }
    let all: usize = pictures.iter().map(|file| file.bytes.len()).sum();
    assert!(all < MOST_BYTES, "{all}");
    let css = files().find(|file| file.name.ends_with(".css")).expect("a style sheet");
    let css = std::str::from_utf8(css.bytes).expect("UTF-8");
    assert!(css.contains("size: A4") && css.contains("break-inside: avoid") && !css.contains("url("));
}

#[test]
fn every_picture_is_shown_with_its_size_and_words() {
    let mut shown_somewhere = BTreeSet::new();
    for shown in all_pages().iter().filter(|shown| shown.name.starts_with("guides-1-")) {
        let tags = tags(&shown.html);
        for image in starts(&tags, "img") {
            let src = image.get("src").expect("a file");
            assert!(files().any(|file| file.href == src), "{src}");
            assert!(src.contains(&format!("-{}.", shown.language.tag())), "{src} in {:?}", shown.language);
            assert!(image.get("alt").is_some_and(|alt| alt.len() > 20), "{image:?}");
            for side in ["width", "height"] {
                let size: u32 = image.get(side).expect("a size").parse().expect("a number");
                assert!((100..2_000).contains(&size), "{src}: {side} {size}");
            }
            shown_somewhere.insert(src.to_owned());
        }
    }
    assert_eq!(shown_somewhere.len(), 2 * NAMES.len(), "none is made for nothing");
}

/// With `PORTVAKT_GUIDES_DIR` set, writes the pages there that pictures are taken of, and what each is known by.
#[test]
fn pages_for_pictures_are_written() {
    let Some(folder) = std::env::var_os("PORTVAKT_GUIDES_DIR").map(PathBuf::from) else { return };
    std::fs::create_dir_all(folder.join("assets")).expect("the folder");
    std::fs::write(folder.join("assets").join(&css_file().name), css_file().bytes).expect("the style sheet");
    let mut list = String::new();
    for (name, shown) in pictured() {
        let html = shown.html.replace("href=\"/assets/", "href=\"assets/");
        std::fs::write(folder.join(format!("{}.html", name.replace('/', "-"))), html).expect("a page");
        list.push_str(&format!("{name} {}\n", hash(&shown)));
    }
    std::fs::write(folder.join("pages.txt"), list).expect("the list");
}
