//! The gateway double itself: it turns down what each provider would, and keeps its connections.
#![expect(clippy::expect_used, reason = "tests say what they take for granted")]

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::{Certificate, Client, Method, RequestBuilder};

#[expect(unreachable_pub, reason = "a module of the suites' harness")]
#[path = "../../../tests/harness/certificate.rs"]
mod certificate;
#[expect(dead_code, unreachable_pub, reason = "a module of the suites' harness, which uses more of it")]
#[path = "../../../tests/harness/gateway.rs"]
mod gateway;

use gateway::{
    Dialect, FortySixElks, GatewayApi, GatewayDouble, Generic, HelloSms, Link, Mode, Sinch, Telenor, Twilio,
};

const RIGHT: [(&str, &str); 3] = [("from", "Orebro"), ("to", "+46701740605"), ("message", "Hej på dig & alla + 1")];

fn client(elks: &GatewayDouble) -> Client {
    let authority = Certificate::from_pem(elks.ca_pem().as_bytes()).expect("a certificate");
    Client::builder().tls_certs_only([authority]).no_proxy().build().expect("a client")
}

fn request(client: &Client, elks: &GatewayDouble, method: Method, url: &str) -> RequestBuilder {
    client.request(method, url).basic_auth(elks.account()["username"].as_str().expect("a user"), Some(elks.password()))
}

async fn answer(request: RequestBuilder) -> (u16, String) {
    let response = request.send().await.expect("an answer");
    (response.status().as_u16(), response.text().await.expect("a whole answer"))
}

fn with(changes: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let kept = RIGHT.into_iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    kept.chain(changes.iter().copied()).collect()
}

#[tokio::test]
async fn a_right_request_is_answered_as_46elks_does() {
    let elks = GatewayDouble::start(FortySixElks);
    let client = client(&elks);
    // On one connection, which stays open.
    for _ in 0..3 {
        let (status, body) = answer(request(&client, &elks, Method::POST, &elks.url()).form(&RIGHT)).await;
        assert_eq!(status, 200);
        let answer: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        for key in ["id", "status", "from", "to", "message", "created", "direction", "cost", "parts"] {
            assert!(answer.get(key).is_some(), "{key}");
        }
        assert_eq!(answer["status"], "created");
        assert_eq!(answer["message"], RIGHT[2].1);
    }
    assert_eq!(elks.wait_for(3, Duration::from_secs(5)).await[0].message, RIGHT[2].1);
}

#[tokio::test]
async fn a_wrong_request_is_turned_down() {
    let elks = GatewayDouble::start(FortySixElks);
    elks.set(Mode::Accept);
    let client = client(&elks);
    let base = elks.url();
    let post = |url: &str| request(&client, &elks, Method::POST, url);
    let other = base.replace("/a1/sms", "/a1/mms");
    assert_eq!(answer(post(&other).form(&RIGHT)).await.0, 404);
    assert_eq!(answer(post(&format!("{base}?to=1")).form(&RIGHT)).await.0, 404);
    assert_eq!(answer(request(&client, &elks, Method::GET, &base)).await.0, 405);
    assert_eq!(answer(client.post(&base).form(&RIGHT)).await.0, 401);
    assert_eq!(answer(client.post(&base).basic_auth("u", Some("p")).form(&RIGHT)).await.0, 401);
    assert_eq!(answer(post(&base).json(&serde_json::json!({ "to": "+46701740605" }))).await.0, 400);
    assert_eq!(answer(post(&base).body("from=Orebro")).await.0, 400);
    let long: &'static str = "å".repeat(1_601).leak();
    for changes in [
        vec![("flash", "yes")],
        vec![("to", "0701740605")],
        vec![("to", "46701740605")],
        vec![("to", "+46 70 174 06 05")],
        vec![("to", "+0701740605")],
        vec![("to", "")],
        vec![("to", "+46701740605"), ("to", "+46701740606")],
        vec![("from", "")],
        vec![("from", "Örebro")],
        vec![("from", "OrebroKommun")],
        vec![("from", "1Orebro")],
        vec![("message", "")],
        vec![("message", long)],
        vec![("dontlog", "everything")],
    ] {
        assert_eq!(answer(post(&base).form(&with(&changes))).await.0, 400, "{changes:?}");
    }
    for missing in ["from", "to", "message"] {
        let form: Vec<_> = RIGHT.into_iter().filter(|(name, _)| *name != missing).collect();
        assert_eq!(answer(post(&base).form(&form)).await.0, 400, "{missing}");
    }
    assert_eq!((elks.received().len(), elks.refused().len()), (0, 24));
    assert_eq!(answer(post(&base).form(&with(&[("dontlog", "message"), ("from", "+46701740606")]))).await.0, 200);
}

fn basic(username: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{username}:{password}")))
}

/// A request that is right, and what makes it wrong: a piece of its body, and what stands there instead.
struct Right<'a> {
    authorization: &'a str,
    content_type: &'a str,
    body: &'a str,
    wrong: &'a [(&'a str, &'a str)],
}

async fn turns_down(dialect: impl Dialect, right: Right<'_>) {
    let double = GatewayDouble::start(dialect);
    let (client, url) = (client(&double), double.url());
    let post = |url: &str, content_type: &str, authorization: &str, body: &str| {
        let request = client.post(url).header("content-type", content_type).body(body.to_owned());
        if authorization.is_empty() { request } else { request.header("authorization", authorization) }
    };
    let Right { authorization, content_type, body, wrong } = right;
    assert!(
        (200..300).contains(&answer(post(&url, content_type, authorization, body)).await.0),
        "{:?}",
        double.refused()
    );
    assert_eq!(double.received().len(), 1);
    assert_eq!(answer(post(&format!("{url}x"), content_type, authorization, body)).await.0, 404);
    assert_eq!(answer(client.get(&url).header("authorization", authorization)).await.0, 405);
    for other in ["", "Basic dTpw", &authorization.to_lowercase(), &format!("{authorization}x")] {
        assert_eq!(answer(post(&url, content_type, other, body)).await.0, 401, "{other}");
    }
    assert!(answer(post(&url, "text/plain", authorization, body)).await.0 >= 400);
    let before = double.refused().len();
    for (piece, instead) in wrong {
        assert!(body.contains(piece), "{piece}");
        answer(post(&url, content_type, authorization, &body.replacen(piece, instead, 1))).await;
    }
    assert_eq!(double.received().len(), 1, "none of the wrong ones");
    assert_eq!(double.refused().len(), before + wrong.len());
}

#[tokio::test]
async fn gatewayapi_turns_down_what_is_wrong() {
    let right = Right {
        authorization: "Token gateway-password-ApiToken.0123456789",
        content_type: "application/json",
        body: r#"{"sender":"Orebro","message":"Hej på dig","recipient":46701740605,"reference":"r"}"#,
        wrong: &[
            ("reference", "referens"),
            ("46701740605", "\"46701740605\""),
            ("46701740605", "0"),
            ("Orebro", "Örebro"),
            ("Hej på dig", ""),
            ("message", "text"),
            ("}", ""),
        ],
    };
    turns_down(GatewayApi, right).await;
}

#[tokio::test]
async fn sinch_turns_down_what_is_wrong() {
    let right = Right {
        authorization: "Bearer gateway-password-0123456789abcdef",
        content_type: "application/json",
        body: r#"{"to":["+46701740605"],"from":"Orebro","body":"Hej på dig","type":"mt_text","client_reference":"r"}"#,
        wrong: &[
            ("client_reference", "reference"),
            ("[\"+46701740605\"]", "\"+46701740605\""),
            ("\"+46701740605\"", "\"+46701740605\",\"+46701740606\""),
            ("+46701740605", "0701740605"),
            ("mt_text", "mt_binary"),
            ("Orebro", "Örebro"),
            ("Hej på dig", ""),
            ("}", ""),
        ],
    };
    turns_down(Sinch, right).await;
}

#[tokio::test]
async fn twilio_turns_down_what_is_wrong() {
    let authorization = basic("AC0123456789abcdef0123456789abcdef", "gateway-password-0123456789abcdef");
    let right = Right {
        authorization: &authorization,
        content_type: "application/x-www-form-urlencoded",
        body: "To=%2B46701740605&From=Orebro&Body=Hej+p%C3%A5+dig&ContentRetention=discard",
        wrong: &[
            ("ContentRetention", "Retention"),
            ("discard", "forget"),
            ("%2B46701740605", "46701740605"),
            ("%2B46701740605", "0701740605"),
            ("Orebro", "%C3%96rebro"),
            ("%C3%A5", "%E5"),
            ("Hej+p%C3%A5+dig", ""),
            ("Body", "To"),
        ],
    };
    turns_down(Twilio, right).await;
}

#[tokio::test]
async fn hellosms_turns_down_what_is_wrong() {
    let authorization = basic("t0123456789abcdef", "gateway-password-0123456789");
    let right = Right {
        authorization: &authorization,
        content_type: "application/json",
        body: r#"{"to":["+46701740605"],"from":"Orebro","message":"Hej på dig","testMode":false}"#,
        wrong: &[
            ("message", "body"),
            ("false", "true"),
            ("[\"+46701740605\"]", "\"+46701740605\""),
            ("+46701740605", "0701740605"),
            ("Orebro", "Örebro"),
            ("Hej på dig", ""),
            ("}", ""),
        ],
    };
    turns_down(HelloSms, right).await;
}

#[tokio::test]
async fn link_turns_down_what_is_wrong() {
    let authorization = basic("link-user", "gateway-password-0123456789");
    let right = Right {
        authorization: &authorization,
        content_type: "application/json",
        body: r#"{"source":"Orebro","sourceTON":"ALPHANUMERIC","destination":"+46701740605","userData":"Hej på dig","platformId":"COMMON_API","platformPartnerId":"10001","ignoreResponse":false}"#,
        wrong: &[
            ("userData", "text"),
            ("ALPHANUMERIC", "MSISDN"),
            ("+46701740605", "46701740605"),
            ("COMMON_API", "OTHER"),
            ("10001", "10002"),
            (",\"ignoreResponse\":false", ""),
            ("false", "true"),
            ("Orebro", "Örebro"),
            ("Hej på dig", ""),
        ],
    };
    turns_down(Link, right).await;
}

#[tokio::test]
async fn telenor_turns_down_what_is_wrong() {
    let authorization = basic("telenor-user", "gateway-password-0123456789");
    let right = Right {
        authorization: &authorization,
        content_type: "application/xml",
        body: "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><mobilectrl_sms><header><customer_id>orebrokommun</customer_id>\
               <password>gateway-password-0123456789</password><from_alphanumeric>Orebro</from_alphanumeric></header>\
               <payload><sms account=\"71700\"><message><![CDATA[Hej]]></message><to_msisdn>+46701740605</to_msisdn></sms>\
               </payload></mobilectrl_sms>",
        wrong: &[
            ("ISO-8859-1", "UTF-8"),
            ("orebrokommun", "mjolby"),
            ("gateway-password", "another-password"),
            ("from_alphanumeric>Orebro</from_alphanumeric", "sender>Orebro</sender"),
            ("+46701740605", "0701740605"),
            ("Orebro", "Orebro kommun"),
            ("71700", "71701"),
            ("account", "konto"),
            ("Hej", ""),
            ("<![CDATA[Hej]]>", "Hej & <b>"),
            ("</payload>", ""),
        ],
    };
    turns_down(Telenor, right).await;
}

#[tokio::test]
async fn generic_turns_down_what_is_wrong() {
    let double = GatewayDouble::start(Generic);
    let (client, url) = (client(&double), double.url());
    let body =
        "usr=orebro+%26+co&pwd=gateway-password-%E5%3D%26%25&dst=0046701740605&src=Orebro&msg=Hej+p%E5+dig&ref=r";
    let post = |content_type: &str, body: &str| {
        let request = client.post(&url).header("x-municipality", "orebro").header("content-type", content_type);
        request.body(body.to_owned())
    };
    let form = "application/x-www-form-urlencoded; charset=ISO-8859-1";
    assert_eq!(answer(post(form, body)).await.0, 200, "{:?}", double.refused());
    assert_eq!(double.received()[0].message, "Hej på dig");
    assert_eq!(answer(post("application/json", body)).await.0, 400);
    assert_eq!(answer(client.post(&url).header("content-type", form).body(body)).await.0, 400);
    for (piece, instead, status) in [
        ("orebro", "mjolby", 401),
        ("%E5%3D", "%C3%A5%3D", 401),
        ("ref=", "reference=", 400),
        ("ref=r", "ref=", 400),
        ("0046", "%2B46", 400),
        ("Orebro", "%D6rebro", 400),
        ("ref=r", "dst=r", 400),
    ] {
        assert_eq!(answer(post(form, &body.replacen(piece, instead, 1))).await.0, status, "{instead}");
    }
    assert_eq!((double.received().len(), double.refused().len()), (1, 9));
}
