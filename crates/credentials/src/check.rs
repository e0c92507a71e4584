//! Whether a request, or a token, may be acted on: what the contract answers, before asking it.

use lumenscope_meta::Address;
use subtle::ConstantTimeEq as _;
use thiserror::Error;

use crate::{
    ApiKey, ApiKeyKind, EncodeError, NONCE_WINDOW, NonceWindow, RATE_WINDOW_S, REQUEST_LIFE_MAX_S,
    Scope, SignedRequest, Token, Usage,
};

/// Where and by whom a request is acted on.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The network's id.
    pub network_id: [u8; 32],
    /// The external-monitoring contract.
    pub contract: &'a Address,
    /// Who acts on it.
    pub caller: &'a Address,
    /// What acting on it takes.
    pub scope: Scope,
}

/// Why a request is not acted on.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    /// The API key was revoked.
    #[error("the API key was revoked")]
    Revoked,
    /// The API key ended.
    #[error("the API key ended at {expires_s}; it is {now_s}")]
    KeyExpired {
        /// When it ended, seconds UTC.
        expires_s: u64,
        /// The time, seconds UTC.
        now_s: u64,
    },
    /// The API key is a hash, which signs nothing.
    #[error("expected an API key that signs, came one that is a token's hash")]
    CannotSign,
    /// The API key signs, and is not a token's.
    #[error("expected an API key that is a token's hash, came one that signs")]
    NotAToken,
    /// A generation that is over, or not there yet.
    #[error("expected a request signed by generation {current} of the API key, came {came}")]
    Generation {
        /// The generation that the request names.
        came: u32,
        /// The key's generation.
        current: u32,
    },
    /// The API key lacks the scope.
    #[error("the API key lacks the scope {0:?}")]
    ScopeMissing(Scope),
    /// The request is void.
    #[error("the request ended at {expires_s}; it is {now_s}")]
    Expired {
        /// When it ended, seconds UTC.
        expires_s: u64,
        /// The time, seconds UTC.
        now_s: u64,
    },
    /// The request would be valid for too long.
    #[error(
        "expected a request that ends within {REQUEST_LIFE_MAX_S} s, came one that ends at \
         {expires_s}; it is {now_s}"
    )]
    TooFarAhead {
        /// When it ends, seconds UTC.
        expires_s: u64,
        /// The time, seconds UTC.
        now_s: u64,
    },
    /// A replay.
    #[error("the nonce {nonce} was used")]
    NonceUsed {
        /// The request's nonce.
        nonce: u64,
    },
    /// Overtaken by too many.
    #[error("expected a nonce less than {NONCE_WINDOW} behind {highest}, came {nonce}")]
    NonceTooOld {
        /// The request's nonce.
        nonce: u64,
        /// The highest one used.
        highest: u64,
    },
    /// More requests in this minute than the key may make.
    #[error("more than the {per_minute} requests that the API key may make in a minute")]
    RateExceeded {
        /// What it may make.
        per_minute: u32,
    },
    /// Signed for another network.
    #[error("the request was signed for another network")]
    AnotherNetwork,
    /// Signed for another contract.
    #[error("expected a request to {expected}, came one to {came}")]
    AnotherContract {
        /// The contract that was meant.
        expected: Address,
        /// The one that the request names.
        came: Address,
    },
    /// Signed for somebody else to act on.
    #[error("expected a request that {expected} acts on, came one for {came}")]
    AnotherCaller {
        /// Who would act on it.
        expected: Address,
        /// Whom the request names.
        came: Address,
    },
    /// Signed with another key's id.
    #[error("the request names another API key")]
    AnotherKey,
    /// The signature is not the key's, or of another request; the token is another one.
    #[error("the signature or token is not that of the API key")]
    Forged,
    /// The request has no bytes that could be signed.
    #[error(transparent)]
    Unencodable(#[from] EncodeError),
}

impl Refusal {
    /// The contract's error; `None` where the host ends the call with one of its own, because the
    /// signature does not fit what the contract makes of the request.
    #[must_use]
    pub fn code(&self) -> Option<u32> {
        Some(match self {
            Refusal::Revoked => 3419,
            Refusal::KeyExpired { .. } => 3420,
            Refusal::CannotSign => 3421,
            Refusal::Generation { .. } => 3422,
            Refusal::ScopeMissing(_) => 3423,
            Refusal::Expired { .. } | Refusal::TooFarAhead { .. } => 3424,
            Refusal::NonceUsed { .. } => 3425,
            Refusal::NonceTooOld { .. } => 3426,
            Refusal::RateExceeded { .. } => 3427,
            Refusal::AnotherNetwork
            | Refusal::AnotherContract { .. }
            | Refusal::AnotherCaller { .. }
            | Refusal::AnotherKey
            | Refusal::Forged
            | Refusal::NotAToken
            | Refusal::Unencodable(_) => return None,
        })
    }
}

/// The key's usage once the request is acted on at `now_s`, seconds UTC: what `verify_request`
/// stores. Key and usage are those of one ledger. Reasons to refuse are looked for in the contract's
/// order.
///
/// # Errors
/// The first reason to refuse it.
pub fn check(
    signed: &SignedRequest,
    expected: &Expected,
    key: &ApiKey,
    usage: &Usage,
    now_s: u64,
) -> Result<Usage, Refusal> {
    let request = &signed.request;
    usable(key, now_s)?;
    require(key.kind == ApiKeyKind::Ed25519, || Refusal::CannotSign)?;
    let material = signer(key, request.generation, now_s)?;
    scoped(key, expected.scope)?;
    let expires_s = request.expires_s;
    let life_s = expires_s.checked_sub(now_s).ok_or(Refusal::Expired { expires_s, now_s })?;
    require(life_s <= REQUEST_LIFE_MAX_S, || Refusal::TooFarAhead { expires_s, now_s })?;
    let nonces = NonceWindow::of(usage).with(request.nonce)?;
    let window_requests = counted(key, usage, now_s)?;
    // What the contract finds out by the signature alone is said by name here.
    require(request.network_id == expected.network_id, || Refusal::AnotherNetwork)?;
    require(request.contract == *expected.contract, || Refusal::AnotherContract {
        expected: expected.contract.clone(),
        came: request.contract.clone(),
    })?;
    require(request.caller == *expected.caller, || Refusal::AnotherCaller {
        expected: expected.caller.clone(),
        came: request.caller.clone(),
    })?;
    require(request.key == key.id, || Refusal::AnotherKey)?;
    require(signed.is_signed_by(material)?, || Refusal::Forged)?;
    let [nonces_used, nonces_used_before] = nonces.halves();
    Ok(Usage {
        last_used_s: now_s,
        window_requests,
        nonce_highest: nonces.highest,
        nonces_used,
        nonces_used_before,
    })
}

/// Whether a token may be acted on at `now_s`, seconds UTC. The ledger checks no tokens, so the
/// rate is for the service to count. How long it takes does not tell how much of a token is right.
///
/// # Errors
/// The first reason to refuse it.
pub fn check_token(token: &Token, key: &ApiKey, scope: Scope, now_s: u64) -> Result<(), Refusal> {
    usable(key, now_s)?;
    require(key.kind == ApiKeyKind::Hashed, || Refusal::NotAToken)?;
    let hash = token.hash();
    let previous = hash.ct_eq(&key.previous) & u8::from(now_s < key.previous_until_s).into();
    let right = hash.ct_eq(&key.material) | previous;
    require(right.into(), || Refusal::Forged)?;
    scoped(key, scope)
}

fn usable(key: &ApiKey, now_s: u64) -> Result<(), Refusal> {
    require(!key.revoked, || Refusal::Revoked)?;
    let expires_s = key.expires_s;
    require(now_s < expires_s, || Refusal::KeyExpired { expires_s, now_s })
}

/// The public key that signed.
fn signer(key: &ApiKey, generation: u32, now_s: u64) -> Result<&[u8; 32], Refusal> {
    if generation == key.generation {
        return Ok(&key.material);
    }
    let is_previous = generation.checked_add(1) == Some(key.generation);
    let refusal = Refusal::Generation { came: generation, current: key.generation };
    require(is_previous && now_s < key.previous_until_s, || refusal)?;
    Ok(&key.previous)
}

fn scoped(key: &ApiKey, scope: Scope) -> Result<(), Refusal> {
    require(key.scopes & scope.bit() != 0, || Refusal::ScopeMissing(scope))
}

/// Requests in this minute, with this one.
fn counted(key: &ApiKey, usage: &Usage, now_s: u64) -> Result<u32, Refusal> {
    let same_window = usage.last_used_s / RATE_WINDOW_S == now_s / RATE_WINDOW_S;
    let before = if same_window { usage.window_requests } else { 0 };
    let per_minute = key.requests_per_minute;
    require(before < per_minute, || Refusal::RateExceeded { per_minute })?;
    Ok(before + 1)
}

fn require(holds: bool, refusal: impl FnOnce() -> Refusal) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(refusal()) }
}
