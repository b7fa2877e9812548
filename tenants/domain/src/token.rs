//! The opaque tokens a browser holds: the flow's, in a cookie, and the start form's, in a hidden field.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use subtle::ConstantTimeEq as _;

use crate::{
    flow::FlowKind,
    id::TenantId,
    keys::{KeyRing, KeyUse, KeyedHash},
    random::Random,
    time::Instant,
};

/// How long a start form may lie open before it has to be fetched again.
pub const START_TOKEN_LIFE: TimeDelta = TimeDelta::hours(2);

/// What a browser shows to go on with its flow: 256 random bits. The database holds only its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct FlowToken([u8; 32]);

impl std::fmt::Debug for FlowToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FlowToken(<redacted>)")
    }
}

impl FlowToken {
    /// A new token.
    pub fn generate(random: &dyn Random) -> Self {
        let mut bytes = [0; 32];
        random.fill(&mut bytes);
        Self(bytes)
    }

    /// The token in a cookie's value; `None` for anything that can't be one.
    pub fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// The cookie's value. The one place where the token leaves the type.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What the database knows the token by. Bound to tenant and purpose: a reset's token is nothing at registration.
    pub fn hash(&self, keys: &KeyRing, tenant: TenantId, kind: FlowKind) -> KeyedHash {
        keys.hash(tenant, KeyUse::Token, &[b"flow", kind.as_str().as_bytes(), &self.0])
    }
}

/// The hidden field of a first form: a nonce and the time it was issued at, signed for one tenant and purpose. It makes
/// a form single-use without a row being written when the page is only looked at.
#[derive(Clone, PartialEq, Eq)]
pub struct StartToken {
    nonce: [u8; 16],
    issued_at: i64,
    tag: [u8; 16],
    /// The name of the key that it was issued with: what is derived from it stays the same when another is active.
    key: String,
}

impl std::fmt::Debug for StartToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StartToken(<redacted>)")
    }
}

impl StartToken {
    /// A token for one form.
    pub fn issue(keys: &KeyRing, tenant: TenantId, kind: FlowKind, now: Instant, random: &dyn Random) -> Self {
        let mut nonce = [0; 16];
        random.fill(&mut nonce);
        let issued_at = now.timestamp();
        Self { nonce, issued_at, tag: tag(keys, tenant, kind, &nonce, issued_at), key: keys.active().to_owned() }
    }

    /// The field's value.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode([self.nonce.as_slice(), &self.issued_at.to_be_bytes(), &self.tag].concat())
    }

    /// The token in a posted field, when it was issued by us for this tenant and purpose and is not too old.
    pub fn verify(text: &str, keys: &KeyRing, tenant: TenantId, kind: FlowKind, now: Instant) -> Option<Self> {
        let bytes: [u8; 40] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (nonce, rest) = bytes.split_at(16);
        let (issued_at, found) = rest.split_at(8);
        let nonce: [u8; 16] = nonce.try_into().ok()?;
        let issued_at = i64::from_be_bytes(issued_at.try_into().ok()?);
        let genuine = |ring: &KeyRing| bool::from(tag(ring, tenant, kind, &nonce, issued_at).ct_eq(found));
        let ring = keys.each().find(genuine)?;
        let age = now.timestamp().checked_sub(issued_at)?;
        // A replica's clock may run a little behind the one that issued the form.
        (-60..=START_TOKEN_LIFE.num_seconds()).contains(&age).then(|| Self {
            nonce,
            issued_at,
            tag: tag(&ring, tenant, kind, &nonce, issued_at),
            key: ring.active().to_owned(),
        })
    }

    /// What makes the form single-use: a unique column holds it.
    pub fn hash(&self, keys: &KeyRing, tenant: TenantId, kind: FlowKind) -> KeyedHash {
        self.ring(keys).hash(tenant, KeyUse::Token, &[b"start-used", kind.as_str().as_bytes(), &self.nonce])
    }

    /// The flow token that posting this form gives. Derived, so that both halves of a double click get the same one;
    /// it can't be computed without the key, and it is replaced as soon as the person proved anything.
    pub fn flow_token(&self, keys: &KeyRing, tenant: TenantId, kind: FlowKind) -> FlowToken {
        FlowToken(
            self.ring(keys).hash(tenant, KeyUse::Token, &[b"start-flow", kind.as_str().as_bytes(), &self.nonce]).0,
        )
    }

    fn ring(&self, keys: &KeyRing) -> KeyRing {
        keys.with(&self.key).unwrap_or_else(|| keys.clone())
    }
}

fn tag(keys: &KeyRing, tenant: TenantId, kind: FlowKind, nonce: &[u8], issued_at: i64) -> [u8; 16] {
    let hash = keys.hash(tenant, KeyUse::Token, &[b"start", kind.as_str().as_bytes(), nonce, &issued_at.to_be_bytes()]);
    let mut tag = [0; 16];
    tag.copy_from_slice(&hash.0[..16]);
    tag
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::tests::Counting;
    use chrono::{TimeZone as _, Utc};
    use uuid::Uuid;

    fn ring() -> KeyRing {
        KeyRing::new("k", [("k".to_owned(), vec![3; 32])]).expect("a valid ring")
    }
    const TENANT: TenantId = TenantId(Uuid::from_u128(1));

    #[test]
    fn a_start_token_holds_for_its_tenant_purpose_and_time() {
        let (keys, now) = (ring(), Utc.timestamp_opt(1_800_000_000, 0).single().expect("a time"));
        let text = StartToken::issue(&keys, TENANT, FlowKind::Reset, now, &Counting::new()).reveal();
        let verify = |tenant, kind, now| StartToken::verify(&text, &keys, tenant, kind, now);
        assert!(verify(TENANT, FlowKind::Reset, now).is_some());
        assert!(verify(TENANT, FlowKind::Reset, now + START_TOKEN_LIFE).is_some());
        assert!(verify(TENANT, FlowKind::Reset, now + START_TOKEN_LIFE + TimeDelta::seconds(1)).is_none());
        assert!(verify(TENANT, FlowKind::Register, now).is_none());
        assert!(verify(TenantId(Uuid::from_u128(2)), FlowKind::Reset, now).is_none());
        assert!(StartToken::verify("", &keys, TENANT, FlowKind::Reset, now).is_none());
        assert!(StartToken::verify(&format!("{text}A"), &keys, TENANT, FlowKind::Reset, now).is_none());
    }

    #[test]
    fn a_form_that_lay_open_while_the_active_key_changed_is_the_same_form() {
        let keys = [("k".to_owned(), vec![3; 32]), ("new".to_owned(), vec![4; 32])];
        let (old, both) = (ring(), KeyRing::new("new", keys.clone()).expect("a valid ring"));
        let only = KeyRing::new("new", keys.into_iter().skip(1)).expect("a valid ring");
        let now = Utc.timestamp_opt(1_800_000_000, 0).single().expect("a time");
        let (kind, issued) = (FlowKind::Reset, StartToken::issue(&old, TENANT, FlowKind::Reset, now, &Counting::new()));
        let later = StartToken::verify(&issued.reveal(), &both, TENANT, kind, now).expect("it is ours");
        assert_eq!(later.hash(&both, TENANT, kind), issued.hash(&old, TENANT, kind));
        assert_eq!(later.flow_token(&both, TENANT, kind), issued.flow_token(&old, TENANT, kind));
        assert!(StartToken::verify(&issued.reveal(), &only, TENANT, kind, now).is_none());
    }

    #[test]
    fn a_flow_token_survives_its_cookie_and_nothing_else_does() {
        let token = FlowToken::generate(&Counting::new());
        assert_eq!(FlowToken::parse(&token.reveal()), Some(token));
        for bad in ["", "abc", "öööö", &"A".repeat(44)] {
            assert_eq!(FlowToken::parse(bad), None, "{bad}");
        }
    }
}
