//! The fields of a posted form.

use actix_web::{HttpRequest, http::header, web};
use futures_util::StreamExt as _;

/// The largest form that is read, in bytes.
const MOST_BYTES: usize = 16 * 1024;

/// A form that can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormError {
    /// Not `application/x-www-form-urlencoded`, not UTF-8, or cut off.
    Malformed,
    /// Larger than any form of ours.
    TooLarge,
}

/// The fields of a form. A field that is missing is empty.
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a posted form.
    ///
    /// # Errors
    /// What keeps it from being read.
    pub async fn read(request: &HttpRequest, mut body: web::Payload) -> Result<Self, FormError> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(FormError::Malformed);
        }
        let mut bytes = zeroize::Zeroizing::new(Vec::new());
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|_| FormError::Malformed)?;
            if bytes.len() + chunk.len() > MOST_BYTES {
                return Err(FormError::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
        Self::parse(&bytes)
    }

    fn parse(bytes: &[u8]) -> Result<Self, FormError> {
        let fields: Vec<(String, String)> =
            form_urlencoded::parse(bytes).map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        // The decoder puts this sign where bytes are no UTF-8: a password must not be changed on its way.
        if fields.iter().any(|(_, value)| value.contains('\u{fffd}')) {
            return Err(FormError::Malformed);
        }
        Ok(Self(fields))
    }

    /// A field's value; empty when it is missing. Of two with one name, the first counts.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// A field's value, taken out.
    pub fn take(&mut self, name: &str) -> String {
        self.0.iter_mut().find(|(found, _)| found == name).map_or_else(String::new, |(_, value)| std::mem::take(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded_and_missing_ones_are_empty() {
        let mut fields =
            Fields::parse(b"username=OREBRO%5Clovstlin32&password=%C3%A5+%2B&username=other").expect("a form");
        assert_eq!(fields.get("username"), "OREBRO\\lovstlin32");
        assert_eq!(fields.take("password"), "å +");
        assert_eq!(fields.get("nothing"), "");
        assert_eq!(Fields::parse(b"password=%FF").err(), Some(FormError::Malformed));
    }
}
