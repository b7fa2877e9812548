//! How a tenant's pages look and read: made once from a version of its settings, and kept for as long as that is in force.

use std::sync::Arc;

use portvakt_domain::tenant::TenantSettings;
use portvakt_texts::{TextError, Texts};

use crate::portal::views::Brand;

/// How a tenant's pages look and read.
pub struct Look {
    /// The words: the tenant's own, and the built-in ones.
    pub texts: Arc<Texts>,
    /// Logo and colours.
    pub brand: Brand,
}

impl Look {
    /// The look that settings describe.
    ///
    /// # Errors
    /// None that settings could cause.
    pub fn of(built_in: &Texts, settings: &TenantSettings) -> Result<Self, TextError> {
        let texts = Arc::new(built_in.with_own(&settings.texts)?);
        Ok(Self { texts, brand: Brand::of(&settings.branding) })
    }
}
