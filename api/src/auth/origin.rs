//! Whether a form was posted from our own page.

use actix_web::{HttpRequest, http::header};

/// Whether a POST comes from the page it pretends to. Browsers say where it comes from, in `Sec-Fetch-Site` or `Origin`;
/// what contradicts is refused. A client that says neither is no browser, and has no cookies that others could use.
pub fn is_own(request: &HttpRequest, base: &str) -> bool {
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = header("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let origin = header(header::ORIGIN.as_str()).is_none_or(|origin| origin.eq_ignore_ascii_case(base));
    site && origin
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_foreign_page_cannot_post() {
        let own = |headers: &[(&str, &str)]| {
            let mut request = TestRequest::post();
            for (name, value) in headers {
                request = request.append_header((*name, *value));
            }
            is_own(&request.to_http_request(), "https://pwreset.orebro.se")
        };
        assert!(own(&[]));
        assert!(own(&[("origin", "https://pwreset.orebro.se"), ("sec-fetch-site", "same-origin")]));
        assert!(!own(&[("origin", "https://pwreg.orebro.se")]));
        assert!(!own(&[("origin", "null")]));
        assert!(!own(&[("origin", "http://pwreset.orebro.se")]));
        assert!(!own(&[("sec-fetch-site", "cross-site")]));
        assert!(!own(&[("sec-fetch-site", "same-site"), ("origin", "https://pwreset.orebro.se")]));
    }
}
