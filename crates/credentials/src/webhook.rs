//! Signatures of deliveries to webhooks, in the form of [Standard Webhooks].
//!
//! A delivery has three headers: `webhook-id`, the same for every attempt, so that a receiver
//! takes it once; `webhook-timestamp`, seconds since 1970; and `webhook-signature`, entries
//! separated by a space, each `v1,` and the base64 of the HMAC-SHA256 of `id.timestamp.body`.
//! While a secret is replaced there are two entries, one of each secret, and a receiver that knows
//! either is content.
//!
//! [Standard Webhooks]: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::Random;

/// Header with the delivery's id.
pub const ID_HEADER: &str = "webhook-id";
/// Header with the attempt's time, seconds since 1970.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// Header with the signatures.
pub const SIGNATURE_HEADER: &str = "webhook-signature";
/// How far a receiver's clock and a delivery's time may be apart: what the libraries of Standard
/// Webhooks take.
pub const TOLERANCE_S: u64 = 300;
/// Bytes of the shortest secret, by Standard Webhooks.
pub const SECRET_BYTES_MIN: usize = 24;
/// Bytes of the longest one.
pub const SECRET_BYTES_MAX: usize = 64;
/// Bytes of a new one.
const SECRET_BYTES: usize = 32;
/// Entries that are looked at: two during a rotation, and some of versions to come. Each costs a
/// receiver an HMAC.
const SIGNATURES_MAX: usize = 8;
const PREFIX: &str = "whsec_";
const VERSION: &str = "v1,";

/// What signs deliveries; the receiver has the same.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Zeroizing<Vec<u8>>);

/// What was offered as a secret; it is not repeated.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WebhookSecretError {
    /// No prefix, or no base64 behind it.
    #[error("expected a webhook's secret, {PREFIX} and base64")]
    Malformed,
    /// Too short to be a secret, or too long.
    #[error(
        "expected a webhook's secret of {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes, came {0}"
    )]
    Length(usize),
}

impl WebhookSecret {
    /// A new secret.
    #[must_use]
    pub fn generate(random: &mut Random) -> Self {
        WebhookSecret(Zeroizing::new(random.bytes::<SECRET_BYTES>().to_vec()))
    }

    /// Reads `whsec_` and base64.
    ///
    /// # Errors
    /// [`WebhookSecretError`].
    pub fn read(text: &str) -> Result<Self, WebhookSecretError> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(WebhookSecretError::Malformed)?;
        let secret = STANDARD.decode(encoded).map_err(|_| WebhookSecretError::Malformed)?;
        let secret = Zeroizing::new(secret);
        if !(SECRET_BYTES_MIN..=SECRET_BYTES_MAX).contains(&secret.len()) {
            return Err(WebhookSecretError::Length(secret.len()));
        }
        Ok(WebhookSecret(secret))
    }

    /// The secret, as receivers' libraries take it.
    #[must_use]
    pub fn written(&self) -> Zeroizing<String> {
        // Room for all of it: growing would leave a copy behind.
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + 2 * SECRET_BYTES_MAX));
        text.push_str(PREFIX);
        STANDARD.encode_string(self.0.as_slice(), &mut text);
        text
    }

    fn mac(&self, id: &str, timestamp_s: u64, body: &[u8]) -> Option<Hmac<Sha256>> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        Some(mac.chain_update(format!("{id}.{timestamp_s}.")).chain_update(body))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(..)")
    }
}

/// The headers of one attempt.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Headers {
    /// [`ID_HEADER`].
    pub id: String,
    /// [`TIMESTAMP_HEADER`].
    pub timestamp: String,
    /// [`SIGNATURE_HEADER`].
    pub signature: String,
}

/// Why a delivery is not believed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum VerifyError {
    /// An id that is empty, or has a dot, which is what separates it in what is signed.
    #[error("expected a {ID_HEADER} without dots")]
    Id,
    /// No number.
    #[error("expected a {TIMESTAMP_HEADER} in seconds since 1970")]
    Timestamp,
    /// Sent too long ago, or kept and sent again.
    #[error("the delivery is of {timestamp_s}, more than {tolerance_s} s before {now_s}")]
    TooOld {
        /// When it was signed, seconds UTC.
        timestamp_s: u64,
        /// The time, seconds UTC.
        now_s: u64,
        /// How far apart they may be, seconds.
        tolerance_s: u64,
    },
    /// Sent in the future.
    #[error("the delivery is of {timestamp_s}, more than {tolerance_s} s after {now_s}")]
    TooNew {
        /// When it was signed, seconds UTC.
        timestamp_s: u64,
        /// The time, seconds UTC.
        now_s: u64,
        /// How far apart they may be, seconds.
        tolerance_s: u64,
    },
    /// Nothing that could be checked.
    #[error("expected a {SIGNATURE_HEADER} with an entry {VERSION}")]
    Unsigned,
    /// No signature fits.
    #[error("no signature of the delivery is of a secret that is valid here")]
    Forged,
}

/// An id that cannot be signed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SignError {
    /// It would be ambiguous in what is signed, or no header.
    #[error("expected a delivery's id of visible ASCII without dots, came {0:?}")]
    Id(String),
    /// Nobody could check it.
    #[error("expected a secret to sign with, came none")]
    NoSecret,
}

/// Signs one attempt at a delivery: with the secret, and during a rotation with the one before it
/// as well.
///
/// # Errors
/// [`SignError`].
pub fn sign(
    id: &str,
    timestamp_s: u64,
    body: &[u8],
    secrets: &[&WebhookSecret],
) -> Result<Headers, SignError> {
    if !is_id(id) {
        return Err(SignError::Id(id.to_owned()));
    }
    let entry = |secret: &&WebhookSecret| {
        let mac = secret.mac(id, timestamp_s, body)?;
        Some(format!("{VERSION}{}", STANDARD.encode(mac.finalize().into_bytes())))
    };
    let entries: Vec<_> = secrets.iter().filter_map(entry).collect();
    if entries.is_empty() {
        return Err(SignError::NoSecret);
    }
    let timestamp = timestamp_s.to_string();
    Ok(Headers { id: id.to_owned(), timestamp, signature: entries.join(" ") })
}

/// Whether a delivery that arrived at `now_s`, seconds UTC, is signed with one of these secrets;
/// what a receiver does. Comparing takes the same time whatever came.
///
/// # Errors
/// [`VerifyError`].
pub fn verify(
    headers: &Headers,
    body: &[u8],
    secrets: &[&WebhookSecret],
    now_s: u64,
    tolerance_s: u64,
) -> Result<(), VerifyError> {
    if !is_id(&headers.id) {
        return Err(VerifyError::Id);
    }
    let timestamp_s: u64 = headers.timestamp.parse().map_err(|_| VerifyError::Timestamp)?;
    // What is signed is the number as it is written; "+1" and "01" are not how it is written.
    if timestamp_s.to_string() != headers.timestamp {
        return Err(VerifyError::Timestamp);
    }
    if now_s.saturating_sub(timestamp_s) > tolerance_s {
        return Err(VerifyError::TooOld { timestamp_s, now_s, tolerance_s });
    }
    if timestamp_s.saturating_sub(now_s) > tolerance_s {
        return Err(VerifyError::TooNew { timestamp_s, now_s, tolerance_s });
    }
    let entries = headers.signature.split(' ').take(SIGNATURES_MAX);
    let signatures: Vec<_> = entries.filter_map(|entry| entry.strip_prefix(VERSION)).collect();
    if signatures.is_empty() {
        return Err(VerifyError::Unsigned);
    }
    let fits = |signature: &[u8], secret: &WebhookSecret| {
        let mac = secret.mac(&headers.id, timestamp_s, body);
        mac.is_some_and(|mac| mac.verify_slice(signature).is_ok())
    };
    let mut decoded = signatures.iter().filter_map(|signature| STANDARD.decode(signature).ok());
    let right = decoded.any(|signature| secrets.iter().any(|secret| fits(&signature, secret)));
    if right { Ok(()) } else { Err(VerifyError::Forged) }
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'.')
}
