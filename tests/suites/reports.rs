//! Delivery reports, over HTTP at the running platform, from a double of each provider that reports as the real one does.

#[path = "reports/answers.rs"]
mod answers;
#[path = "reports/contract.rs"]
mod contract;
#[path = "reports/lifetime.rs"]
mod lifetime;
#[path = "reports/pages.rs"]
mod pages;
#[path = "reports/silence.rs"]
mod silence;
#[path = "reports/stage.rs"]
mod stage;

use harness::gateway::{FortySixElks, GatewayApi, Generic, HelloSms, Link, Sinch, Telenor, Twilio};

/// The cases of the contract, for each of the providers that report.
macro_rules! contract {
    ($($provider:ident: $dialect:expr, $proof:expr;)*) => {$(
        mod $provider {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_report_is_told_in_plain_words_and_never_taken_back() {
                contract::a_report_is_told_in_plain_words_and_never_taken_back($dialect).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn what_the_provider_did_not_post_is_not_taken() {
                contract::what_the_provider_did_not_post_is_not_taken($dialect, $proof).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_report_tells_of_its_own_sms_alone() {
                contract::a_report_tells_of_its_own_sms_alone($dialect).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn an_unknown_outcome_is_settled_by_a_report() {
                contract::an_unknown_outcome_is_settled_by_a_report($dialect).await;
            }
        }
    )*};
}

contract! {
    forty_six_elks: FortySixElks, Some("authorization");
    gatewayapi: GatewayApi, Some("signature");
    sinch: Sinch, Some("x-sinch-webhook-signature");
    twilio: Twilio, Some("x-twilio-signature");
    hellosms: HelloSms, None;
    link: Link, None;
    generic: Generic, None;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_provider_is_told_how_long_a_code_lives() {
    lifetime::is_told(Telenor, |written| assert_eq!(written.len(), 12, "a minute: {written}")).await;
    lifetime::is_told(GatewayApi, |written| assert_eq!(written, "PT600S")).await;
    lifetime::is_told(Link, |written| assert_eq!(written, "600000")).await;
    lifetime::is_told(Twilio, |written| assert_eq!(written, "600")).await;
    lifetime::is_told(Sinch, |written| assert!(written.ends_with('Z'), "a time: {written}")).await;
}
