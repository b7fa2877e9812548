//! The document of the API (OpenAPI 3.1), made of the code that answers.

use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};

use super::{ProblemBody, reminders};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Portvakt",
        description = "What the operator's own programs may ask, on the internal address, with the token of `api.token_file`."
    ),
    paths(reminders::preview, reminders::runs),
    components(schemas(ProblemBody)),
    modifiers(&Tokens),
    tags((name = "reminders", description = "Reminders before passwords end"))
)]
struct Document;

struct Tokens;

impl Modify for Tokens {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        document.components.get_or_insert_default().add_security_scheme("operator", scheme);
    }
}

/// The document as it is checked in: `openapi/portvakt.json`.
///
/// # Errors
/// Never in practice: it is made of constants.
pub fn json() -> Result<String, serde_json::Error> {
    Ok(Document::openapi().to_pretty_json()? + "\n")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_that_is_checked_in_is_the_one_of_the_code() {
        let kept = include_str!("../../../openapi/portvakt.json");
        assert!(kept == super::json().expect("a document"), "write it anew: portvakt openapi > openapi/portvakt.json");
    }
}
