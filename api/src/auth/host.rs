//! The host that was called: one spelling, one header, never a forwarded one.

use actix_web::{
    HttpRequest,
    http::{header, uri::Authority},
};

/// Why a request names no host that could be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostError {
    /// None, two, or one that differs from the request's own absolute target (RFC 9112, 3.2).
    Ambiguous,
}

/// The called host without port, lower case, without trailing dot.
///
/// # Errors
/// There is not exactly one.
pub fn called(request: &HttpRequest) -> Result<String, HostError> {
    called_in(request.headers(), request.uri())
}

pub(crate) fn called_in(headers: &header::HeaderMap, target: &actix_web::http::Uri) -> Result<String, HostError> {
    let mut hosts = headers.get_all(header::HOST);
    let host = hosts.next().ok_or(HostError::Ambiguous)?;
    if hosts.next().is_some() {
        return Err(HostError::Ambiguous);
    }
    let host = spelled(host.to_str().map_err(|_| HostError::Ambiguous)?)?;
    match target.authority() {
        Some(absolute) if spelled(absolute.as_str())? != host => Err(HostError::Ambiguous),
        _ => Ok(host),
    }
}

fn spelled(text: &str) -> Result<String, HostError> {
    let authority: Authority = text.parse().map_err(|_| HostError::Ambiguous)?;
    if authority.as_str().contains('@') {
        return Err(HostError::Ambiguous);
    }
    let host = authority.host();
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.is_empty() || host.ends_with('.') {
        return Err(HostError::Ambiguous);
    }
    Ok(host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn host(values: &[&str], target: &str) -> Result<String, HostError> {
        let mut request = TestRequest::with_uri(target);
        for value in values {
            request = request.append_header((header::HOST, *value));
        }
        called(&request.to_http_request())
    }

    #[test]
    fn one_host_has_one_spelling() {
        for text in [
            "pwreset.orebro.se",
            "PWRESET.Orebro.SE",
            "pwreset.orebro.se.",
            "pwreset.orebro.se:8443",
            "pwreset.orebro.se.:443",
        ] {
            assert_eq!(host(&[text], "/"), Ok("pwreset.orebro.se".to_owned()), "{text}");
        }
        assert_eq!(host(&["a.se"], "http://A.se:80/x"), Ok("a.se".to_owned()));
    }

    #[test]
    fn anything_ambiguous_is_refused() {
        let cases: [(&[&str], &str); 11] = [
            (&[], "/"),
            (&["a.se", "a.se"], "/"),
            (&["a.se", "b.se"], "/"),
            (&["a.se"], "http://b.se/"),
            (&["user@a.se"], "/"),
            (&["a.se/x"], "/"),
            (&["a b"], "/"),
            (&[""], "/"),
            (&["."], "/"),
            (&[":80"], "/"),
            (&["a.se.."], "/"),
        ];
        for (values, target) in cases {
            assert_eq!(host(values, target), Err(HostError::Ambiguous), "{values:?} {target}");
        }
    }
}
