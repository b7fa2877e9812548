//! SMS gateways: the way there, which all share, and one file a provider.

mod forty_six_elks;
mod gateway;
mod provider;

use std::sync::Arc;

use portvakt_domain::{
    delivery::SmsSender,
    tenant::{SmsProvider, SmsSettings},
};
use secrecy::SecretString;

pub use self::gateway::SmsDeadlines;
use self::{forty_six_elks::FortySixElks, gateway::Gateway, provider::Provider};
use crate::setup::DeliverySetupError;

/// The tenant's SMS gateway, with deadlines of one's own.
///
/// # Errors
/// A setting can't be used.
pub fn sender(
    settings: &SmsSettings,
    password: SecretString,
    deadlines: SmsDeadlines,
) -> Result<Arc<dyn SmsSender>, DeliverySetupError> {
    let provider: Box<dyn Provider> = match settings.provider {
        SmsProvider::FortySixElks => Box::new(FortySixElks::new(settings, password)?),
    };
    Ok(Arc::new(Gateway::new(settings, provider, deadlines)?))
}
