//! How external-monitoring refuses.

use soroban_sdk::contracterror;

#[allow(unused_imports, reason = "what the documentation names")]
use super::*;

/// Errors of external-monitoring.
#[contracterror]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u32)]
pub enum ConnectionError {
    /// No such integration, API key, responder or export.
    Unknown = 3400,
    /// A name that is empty or longer than [`NAME_BYTES_MAX`].
    NameInvalid = 3401,
    /// More than [`CONFIG_ENTRIES_MAX`] entries, or a value that is empty or longer than
    /// [`CONFIG_VALUE_BYTES_MAX`]; or a receiver or sender that the kind needs and that is none
    /// ([`IntegrationKind`](super::IntegrationKind)).
    ConfigInvalid = 3402,
    /// An `endpoint` that does not begin with `https://` and a host, or holds what is not of a URL,
    /// or an `@`: credentials do not belong there. A `site` of Datadog that is no host's name in lower
    /// case.
    EndpointInvalid = 3403,
    /// Neither 0 nor between [`SYNC_INTERVAL_MIN_S`] and [`SYNC_INTERVAL_MAX_S`].
    SyncIntervalInvalid = 3404,
    /// An unknown event, a severity above critical, or attempts, waits or failures in a row out of
    /// their bounds.
    DeliveryInvalid = 3405,
    /// Credentials although the authentication type is none.
    CredentialsUnexpected = 3406,
    /// Printable text where a sealed value belongs: whatever it was, it is public now; replace it.
    SealedPrintable = 3407,
    /// A sealed value of an unknown version or suite, shorter or longer than it says, or than the
    /// limits.
    SealedMalformed = 3408,
    /// A value sealed to another key than the service's.
    SealedToAnotherKey = 3409,
    /// The admin has not set the service's key yet: nothing can be sealed.
    ServiceKeyUnset = 3410,
    /// The endpoint or site changes, and the credentials are sealed for the old one.
    EndpointNeedsSealing = 3411,
    /// What was asked for is so already.
    NothingToChange = 3412,
    /// An overlap longer than [`OVERLAP_MAX_S`].
    OverlapInvalid = 3413,
    /// A receipt with attempts out of bounds, no HTTP status, or a time in the future or longer
    /// ago than [`RECEIPT_AGE_MAX_S`].
    ReceiptInvalid = 3414,
    /// A cursor before the one stored.
    CursorBehind = 3415,
    /// No scope, or an unknown one.
    ScopesInvalid = 3416,
    /// A rate of 0 or above [`REQUESTS_PER_MINUTE_MAX`].
    RateInvalid = 3417,
    /// An API key's expiry that is past or further ahead than [`API_KEY_LIFE_MAX_S`].
    ExpiryInvalid = 3418,
    /// The API key was revoked.
    ApiKeyRevoked = 3419,
    /// The API key ended.
    ApiKeyExpired = 3420,
    /// The API key is a hash, which signs nothing.
    ApiKeyCannotSign = 3421,
    /// The request names a generation that is over, or not there yet.
    GenerationInvalid = 3422,
    /// The API key lacks the scope.
    ScopeMissing = 3423,
    /// The request's expiry is past, or further ahead than [`REQUEST_LIFE_MAX_S`].
    RequestExpiryInvalid = 3424,
    /// The nonce was used.
    NonceUsed = 3425,
    /// The nonce is [`NONCE_WINDOW`] or more behind the highest one.
    NonceTooOld = 3426,
    /// More requests in this minute than the key may make.
    RateExceeded = 3427,
    /// Nothing to respond to: the alert does not fire, in another episode, for longer than
    /// [`RECEIPT_AGE_MAX_S`] since its episode began, or below the responder's severity; it is on
    /// another contract, or one of another owner, or of a rule that is another owner's or paused; or the
    /// responder has acted on it.
    AlertNotResponded = 3428,
    /// The responder failed in front of somebody who is no keeper: it does not count.
    ResponderFailed = 3429,
    /// The responder failed too often. Create another one.
    ResponderSuspended = 3430,
    /// A value of another type than the interface says, or a code that stands for nothing.
    ShapeInvalid = 3431,
    /// An authentication type that the kind does not take: [`IntegrationKind`] says which it does.
    AuthNotOfKind = 3432,
    /// A direction that the kind does not take.
    DirectionNotOfKind = 3433,
    /// A format that the kind does not take.
    FormatNotOfKind = 3434,
    /// The configuration lacks what the kind needs.
    ConfigKeyMissing = 3435,
    /// An export of no contract or more than [`EXPORT_CONTRACTS_MAX`], of a range that is empty, not
    /// over yet or longer than [`EXPORT_RANGE_MAX_S`], or of text.
    ExportInvalid = 3436,
    /// The owner's last [`EXPORTS_OPEN_MAX`] exports begin with one that is still open: wait for it,
    /// or remove it.
    ExportsOpen = 3437,
    /// The export is committed, for ever.
    ExportCommitted = 3438,
    /// Nobody committed the export in time. Request another one.
    ExportExpired = 3439,
    /// Not as many chunks as so many bytes have, or more than [`EXPORT_CHUNKS_MAX`].
    ExportSizeInvalid = 3440,
    /// The export is not committed yet: there is nothing to verify with.
    ExportNotCommitted = 3441,
}
