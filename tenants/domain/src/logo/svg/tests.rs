//! Hostile drawings, and those of the programs that people draw with.

use super::*;

fn svg(inner: &str) -> String {
    format!(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10">{inner}</svg>"#)
}

fn drawn(inner: &str) -> String {
    shapes_of(&svg(inner)).unwrap_or_else(|why| panic!("{inner}: {why}")).0
}

fn refused(text: &str) -> String {
    match shapes_of(text) {
        Ok((drawn, ..)) => panic!("{text} was taken as {drawn}"),
        Err(why) => why,
    }
}

#[test]
fn shapes_and_colours_stay() {
    let inner = concat!(
        r##"<defs><linearGradient id="a" x1="0" x2="1"><stop offset="0" stop-color="#fff"/></linearGradient>"##,
        r##"<clipPath id="c"><rect width="9" height="9" rx="1"/></clipPath></defs>"##,
        r##"<style>.b{fill:#c8102e;stroke:url(#a)}</style>"##,
        r##"<g clip-path="url(#c)" style="fill:url('#a')"><path class="b" d="M0 0h20v10z"/><use href="#a"/></g>"##,
        r##"<text x="1" y="2" font-size="3">Å &amp; Ö</text>"##,
    );
    let expected = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10" viewBox="0 0 20 10">{}</svg>"#,
        inner
    );
    assert_eq!(drawn(inner), expected);
    // What was written anew is taken as it is.
    assert_eq!(shapes_of(&expected), Ok((expected.clone(), 20.0, 10.0)));
}

#[test]
fn what_would_do_something_is_refused_and_said() {
    let mut wrong = Vec::new();
    for (inner, why) in [
        ("<script>alert(1)</script>", "must not run"),
        ("<SCRIPT>alert(1)</SCRIPT>", "must not run"),
        ("<script href=\"//evil.example/x.js\"/>", "must not run"),
        ("<x:script xmlns:x=\"http://www.w3.org/2000/svg\">alert(1)</x:script>", "must not run"),
        ("<metadata><script>alert(1)</script></metadata>", "must not run"),
        ("<foreignObject><p>hej</p></foreignObject>", "without pages"),
        ("<foreignobject/>", "without pages"),
        ("<iframe src=\"https://evil.example\"/>", "without pages"),
        ("<image href=\"https://evil.example/x.png\"/>", "draw it, or use a PNG"),
        ("<image href=\"data:image/png;base64,AAAA\"/>", "draw it"),
        ("<a href=\"https://evil.example\"><path d=\"M0 0\"/></a>", "leads nowhere"),
        ("<animate attributeName=\"href\" to=\"javascript:alert(1)\"/>", "does not move"),
        ("<set attributeName=\"onload\" to=\"alert(1)\"/>", "does not move"),
        ("<animateTransform attributeName=\"transform\"/>", "does not move"),
        ("<g><g><animateMotion/></g></g>", "does not move"),
        ("<feImage href=\"#a\"/>", "holds all that it shows"),
        ("<switch><path d=\"M0 0\"/></switch>", "<switch>"),
        ("<textPath href=\"#a\">x</textPath>", "<textPath>"),
        ("<marker id=\"a\"/>", "<marker>"),
        ("<html xmlns=\"http://www.w3.org/1999/xhtml\"/>", "<html>"),
        ("<svg:path d=\"M0 0\"/>", "without \"svg:\""),
        ("<svg:script>alert(1)</svg:script>", "must not run"),
        ("<metadata><x:foreignObject/></metadata>", "without pages"),
        ("<path onload=\"alert(1)\" d=\"M0 0\"/>", "onload"),
        ("<path ONCLICK=\"alert(1)\" d=\"M0 0\"/>", "ONCLICK"),
        ("<g oNfOcUs=\"alert(1)\"/>", "oNfOcUs"),
        ("<path x:onclick=\"alert(1)\" d=\"M0 0\"/>", "onclick"),
        ("<use href=\"https://evil.example/x.svg#a\"/>", "outside"),
        ("<use xlink:href=\"x.svg#a\"/>", "outside"),
        ("<use href=\"javascript:alert(1)\"/>", "outside"),
        ("<use x:HREF=\"https://evil.example/x.svg#a\"/>", "outside"),
        ("<use href=\"&#104;ttps://evil.example/x.svg#a\"/>", "outside"),
        ("<use href=\"\"/>", "outside"),
        ("<path fill=\"URL(https:x)\" d=\"M0 0\"/>", "outside"),
        ("<path fill=\"&#117;rl(x.svg)\" d=\"M0 0\"/>", "outside"),
        ("<path mask=\"u\tr&#10;l(x.svg#a)\" d=\"M0 0\"/>", "outside"),
        ("<path clip-path=\"url(&quot; #a&quot;) url(x)\" d=\"M0 0\"/>", "outside"),
        ("<path fill=\"data:x\" d=\"M0 0\"/>", "data:"),
        ("<path style=\"behavior:x\" d=\"M0 0\"/>", "behavior:"),
        ("<style>.a{fill:url(x.svg#a)}</style>", "outside"),
        ("<style>.a{fill:&#x75;rl(x.svg#a)}</style>", "outside"),
        ("<style><![CDATA[@import 'x.css';]]></style>", "\"@\""),
        ("<use href=\"data:image/svg+xml,%3Csvg/%3E\"/>", "outside"),
        ("<path fill=\"url(https://evil.example/x)\" d=\"M0 0\"/>", "outside"),
        ("<path style=\"fill:url( 'https://evil.example/x' )\" d=\"M0 0\"/>", "outside"),
        ("<path style=\"fill:u\\72l(https://evil.example)\" d=\"M0 0\"/>", "backslash"),
        ("<path style=\"fill:ur/**/l(#a)\" d=\"M0 0\"/>", "comment"),
        ("<path style=\"width:expression(alert(1))\" d=\"M0 0\"/>", "expression("),
        ("<path style=\"-moz-binding:x\" d=\"M0 0\"/>", "-moz-binding"),
        ("<style>@import 'https://evil.example/x.css';</style>", "\"@\""),
        ("<style>.a{fill:url(//evil.example)}</style>", "outside"),
        ("<style>@font-face{src:url(https://evil.example)}</style>", "outside"),
        ("<style><![CDATA[.a{}</style><script>alert(1)</script>]]></style>", "markup"),
        ("<style>.a{}&lt;/style></style>", "markup"),
        ("<style>.a{background:image-set('//evil.example/x' 1x)}</style>", "has no use for"),
        ("<filter id=\"a\"/>", "<filter>"),
        ("<svg viewBox=\"0 0 1 1\"/>", "<svg>"),
        ("<path d=\"&evil;\"/>", "well-formed"),
        ("&evil;", "stands for something else"),
        ("<path d=\"M0 0\" d=\"M1 1\"/>", "well-formed"),
        ("<path d=\"M0 0\">", "well-formed"),
        ("<?xml-stylesheet href=\"https://evil.example/x.css\"?>", "processing instruction"),
    ] {
        match shapes_of(&svg(inner)) {
            Err(found) if found.contains(why) => {}
            otherwise => wrong.push(format!("{inner}: {why:?}: {otherwise:?}")),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_written_is_well_formed_whatever_was_read() {
    // A character that XML has no place for, or ]]> outside CDATA: a browser would show nothing of the logo.
    for (inner, written) in [
        ("<style>g > .a]]>{fill:red}</style>", "<style>g &gt; .a]]&gt;{fill:red}</style>"),
        ("<style>.a&#1;{fill:&#xfffe;red}</style>", "<style>.a {fill: red}</style>"),
        ("<path d=\"M0&#1;0&#xffff;z\"/>", "<path d=\"M0 0 z\"/>"),
        ("<text>a&#8;b]]></text>", "<text>a b]]&gt;</text>"),
    ] {
        let drawn = drawn(inner);
        assert!(drawn.contains(written), "{inner}: {drawn}");
        assert_eq!(shapes_of(&drawn), Ok((drawn.clone(), 20.0, 10.0)), "{inner}");
    }
}

#[test]
fn a_size_is_read_as_browsers_read_it() {
    let of = |attributes: &str| {
        shapes_of(&format!(r#"<svg xmlns="http://www.w3.org/2000/svg" {attributes}/>"#)).map(|(_, w, h)| (w, h))
    };
    for (attributes, size) in [
        ("viewBox=\"0 0 20 10\"", (20.0, 10.0)),
        ("viewBox=\"0,0\n\t20,\r10 \"", (20.0, 10.0)),
        ("viewBox=\"-5 -5 2e1 +10.0\" width=\"100%\" height=\"7em\"", (20.0, 10.0)),
        ("width=\" 20px\" height=\"10\"", (20.0, 10.0)),
    ] {
        assert_eq!(of(attributes), Ok(size), "{attributes}");
    }
    for attributes in [
        "viewBox=\"0 0 20 x 10\"",
        "viewBox=\"0 0 20 10 5\"",
        "viewBox=\"0 0 20px 10px\"",
        "viewBox=\"NaN 0 20 10\"",
        "viewBox=\"0 inf 20 10\"",
        "width=\"100%\" height=\"100%\"",
        "width=\"inf\" height=\"1\"",
        "viewBox=\"\" width=\"20\" height=\"10\"",
    ] {
        let told =
            if attributes.contains("viewBox") { "its viewBox is wrong" } else { "give the <svg> element a viewBox" };
        assert!(of(attributes).is_err_and(|why| why.contains(told)), "{attributes}");
    }
}

#[test]
fn a_file_is_one_drawing_and_nothing_around_it() {
    let entity = r#"<!DOCTYPE svg [<!ENTITY x "<script>alert(1)</script>">]>"#;
    let laughs = r#"<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>"#;
    for (text, why) in [
        (format!("{entity}{}", svg("&x;")), "DOCTYPE"),
        (format!("{laughs}{}", svg("&b;")), "DOCTYPE"),
        (format!("{}<script/>", svg("")), "one <svg>"),
        (format!("{0}{0}", svg("")), "one <svg>"),
        (format!("{}hej", svg("")), "text around"),
        (String::new(), "no whole SVG"),
        ("<html><body/></html>".to_owned(), "one <svg>"),
        ("<svg viewBox=\"0 0 1 1\">".to_owned(), "no whole SVG"),
        ("<svg/>".to_owned(), "viewBox"),
        ("<svg viewBox=\"0 0 1\"/>".to_owned(), "viewBox"),
        ("<svg viewBox=\"0 0 -1 1\"/>".to_owned(), "viewBox"),
        ("<svg xmlns=\"http://www.w3.org/1999/xhtml\" viewBox=\"0 0 1 1\"/>".to_owned(), "namespace"),
        (svg(&"<g>".repeat(40)), "within each other"),
        (svg(&"<g/>".repeat(5_000)), "elements"),
        (svg(&"<use href=\"#a\"/>".repeat(17)), "<use>"),
        (svg(&" ".repeat(70_000)), "at most 65536"),
        (format!("<?xml version=\"1.0\"?><?xml-stylesheet href=\"x.css\"?>{}", svg("")), "processing instruction"),
        ("<svg:svg xmlns:svg=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>".to_owned(), "one <svg>"),
        // UTF-16 without its mark, as far as it can be taken for UTF-8.
        (svg("").chars().flat_map(|c| [c, '\0']).collect(), "one <svg>"),
        ("<svg viewBox=\"0 0 1 1\" onload=\"alert(1)\"/>".to_owned(), "onload"),
    ] {
        let found = refused(&text);
        assert!(found.contains(why), "{text:.80}: {found}");
    }
}

#[test]
fn what_drawing_programs_add_is_left_out() {
    let text = r##"<?xml version="1.0" encoding="UTF-8"?>
        <!-- Made by hand -->
        <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1"
             xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" inkscape:version="1.2" data-name="Lager 1"
             x="0px" y="0px" width="40px" height="20px" xml:space="preserve">
          <title>Vapen</title><metadata><rdf:RDF xmlns:rdf="x"><g/></rdf:RDF></metadata>
          <sodipodi:namedview pagecolor="#fff"><inkscape:grid/></sodipodi:namedview>
          <use xlink:href="#a" inkscape:label="x" unknown="y"/>
        </svg>"##;
    let (drawn, width, height) = shapes_of(text).expect("a drawing");
    assert_eq!((width, height), (40.0, 20.0));
    let expected = r##"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20"><use href="#a"/></svg>"##;
    assert_eq!(drawn, expected);
}

#[test]
fn no_text_gets_out_of_its_place() {
    let drawn = drawn(r#"<text font-family="a&quot; onload=&quot;b">&lt;script&gt; &#60;/svg&#62;</text>"#);
    assert!(drawn.contains(r#"font-family="a&quot; onload=&quot;b""#), "{drawn}");
    assert!(drawn.contains("&lt;script&gt; &lt;/svg&gt;"), "{drawn}");
    assert_eq!(drawn.matches('<').count(), 4, "{drawn}");
}
