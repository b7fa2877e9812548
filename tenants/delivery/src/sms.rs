//! SMS gateways: the way there, which all share, one file a provider, and the order in which they are asked.

mod account;
mod charset;
mod forty_six_elks;
mod gateway;
mod gatewayapi;
mod hellosms;
mod http;
mod http_report;
mod in_order;
mod link;
mod pinned;
mod provider;
mod report;
mod sinch;
mod telenor;
mod template;
mod twilio;

use std::{collections::BTreeMap, sync::Arc};

use portvakt_domain::{
    connect::Egress,
    delivery::SmsSender,
    tenant::{SecretName, SmsProvider, SmsSettings},
};
use secrecy::SecretString;

pub(crate) use self::report::reports;
use self::{
    account::Account,
    forty_six_elks::FortySixElks,
    gateway::Gateway,
    gatewayapi::GatewayApi,
    hellosms::HelloSms,
    http::HttpGateway,
    in_order::{Choice, InOrder},
    link::Link,
    provider::Provider,
    sinch::Sinch,
    telenor::Telenor,
    twilio::Twilio,
};
pub use self::{gateway::SmsDeadlines, in_order::AttemptObserver};
use crate::setup::DeliverySetupError;

/// The tenant's SMS providers, with deadlines of one's own.
///
/// # Errors
/// A setting can't be used.
pub fn sender(
    settings: &SmsSettings,
    secrets: &BTreeMap<SecretName, SecretString>,
    observer: Arc<dyn AttemptObserver>,
    egress: &Egress,
    deadlines: SmsDeadlines,
) -> Result<Arc<dyn SmsSender>, DeliverySetupError> {
    let choice = |account: Account<'_>| {
        let provider = provider(account)?;
        let gateway = Gateway::new(account, provider, egress.clone(), deadlines)?;
        Ok(Choice { provider: account.settings.provider, gateway })
    };
    let choices = settings.placed().map(|(place, account)| {
        choice(Account { settings: account, secrets }).map_err(|error: DeliverySetupError| error.within("sms", &place))
    });
    Ok(Arc::new(InOrder { choices: choices.collect::<Result<_, _>>()?, observer, another: deadlines.another }))
}

fn provider(account: Account<'_>) -> Result<Box<dyn Provider>, DeliverySetupError> {
    Ok(match account.settings.provider {
        SmsProvider::FortySixElks => Box::new(FortySixElks::new(account)?),
        SmsProvider::GatewayApi => Box::new(GatewayApi::new(account)?),
        SmsProvider::Sinch => Box::new(Sinch::new(account)?),
        SmsProvider::Twilio => Box::new(Twilio::new(account)?),
        SmsProvider::HelloSms => Box::new(HelloSms::new(account)?),
        SmsProvider::Link => Box::new(Link::new(account)?),
        SmsProvider::Telenor => Box::new(Telenor::new(account)?),
        SmsProvider::Http => Box::new(HttpGateway::new(account)?),
    })
}
