//! Whether an API key may be used once more, and what is known of its use then.

use lumenscope_interfaces::external_monitoring::{
    ApiKeyUsage, ConnectionError, RATE_WINDOW_S, REQUEST_LIFE_MAX_S,
};

use crate::nonces::NonceWindow;

/// What a request says of itself that does not depend on what it asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Claim {
    /// The generation of the key that signed.
    pub generation: u32,
    /// Its nonce.
    pub nonce: u64,
    /// When it is void, seconds UTC.
    pub expires_s: u64,
    /// The bit of the scope that acting on it takes.
    pub scope: u32,
}

/// What its owner says of a key, as far as its use depends on that: fields of an `ApiKey`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Terms {
    /// Whether it was revoked, for ever.
    pub revoked: bool,
    /// When it ends, seconds UTC.
    pub expires_s: u64,
    /// Whether it is a public key, and not a hash.
    pub signs: bool,
    /// Rotations so far.
    pub generation: u32,
    /// The one before is valid before then, seconds UTC.
    pub previous_until_s: u64,
    /// What it may be used for, a bit for each scope.
    pub scopes: u32,
    /// Requests that it may make in a minute.
    pub requests_per_minute: u32,
}

/// Takes a request at `now_s`. Whether its signature is right is another question.
///
/// # Errors
/// The first reason to refuse the request; the usage is as it was then.
pub fn accept(
    usage: &mut ApiKeyUsage,
    key: &Terms,
    claim: &Claim,
    now_s: u64,
) -> Result<(), ConnectionError> {
    let require = |holds: bool, error| if holds { Ok(()) } else { Err(error) };
    require(!key.revoked, ConnectionError::ApiKeyRevoked)?;
    require(now_s < key.expires_s, ConnectionError::ApiKeyExpired)?;
    require(key.signs, ConnectionError::ApiKeyCannotSign)?;
    let previous =
        claim.generation.checked_add(1) == Some(key.generation) && now_s < key.previous_until_s;
    let signed = claim.generation == key.generation || previous;
    require(signed, ConnectionError::GenerationInvalid)?;
    require(key.scopes & claim.scope == claim.scope, ConnectionError::ScopeMissing)?;
    let life_s = claim.expires_s.checked_sub(now_s);
    let bounded = life_s.is_some_and(|life_s| life_s <= REQUEST_LIFE_MAX_S);
    require(bounded, ConnectionError::RequestExpiryInvalid)?;
    let mut nonces = NonceWindow {
        highest: usage.nonce_highest,
        used: u128::from(usage.nonces_used_before) << 64 | u128::from(usage.nonces_used),
    };
    nonces.accept(claim.nonce)?;
    let same_window = usage.last_used_s / RATE_WINDOW_S == now_s / RATE_WINDOW_S;
    let before = if same_window { usage.window_requests } else { 0 };
    require(before < key.requests_per_minute, ConnectionError::RateExceeded)?;
    usage.last_used_s = now_s;
    usage.window_requests = before + 1;
    usage.nonce_highest = nonces.highest;
    usage.nonces_used = nonces.used as u64;
    usage.nonces_used_before = (nonces.used >> 64) as u64;
    Ok(())
}
