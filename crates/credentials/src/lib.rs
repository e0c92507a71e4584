//! What the suite's ledger holds only the public side of: API keys, signed requests, sealed
//! credentials and webhook signatures.
//!
//! A ledger is public for ever, so a secret is made here, and leaves as something that may be
//! published: a public key, a hash, a signature, a sealed value. The contract external-monitoring
//! and this crate agree on every byte; `docs/vectors/` holds examples of each for programs in other
//! languages.
//!
//! | who | does what |
//! |---|---|
//! | an owner's program | makes a [`SigningKey`] or a [`Token`], signs a [`Request`] with a nonce of a [`NonceSource`] |
//! | whoever acts on a request | checks it against the ledger's [`ApiKey`] and [`Usage`] before paying for `verify_request` |
//! | an owner | seals [`Credentials`] with a [`Binding`] to the service's [`ServicePublicKey`] |
//! | the service | opens them with its [`ServiceKey`], refuses a [`Destination`] inside its own network, signs deliveries ([`webhook`]) |
//!
//! Nothing here reads a clock, a file or a network. Randomness comes from [`Random`], which tests
//! seed. Secrets are wiped when they are dropped, and no `Debug` and no error repeats one.
#![forbid(unsafe_code)]

mod api_key;
mod binding;
mod check;
mod credentials;
mod destination;
mod endpoint;
mod error;
mod key;
mod nonces;
mod random;
mod ranges;
mod request;
mod seal;
mod sealed;
mod secret;
mod service_key;
mod source;
pub mod webhook;
mod written;
mod xdr;

pub use api_key::{ApiKey, ApiKeyKind, RATE_WINDOW_S, Scope, Usage};
pub use binding::{Binding, IntegrationKind, SEALED_DOMAIN};
pub use check::{Expected, Refusal, check, check_token};
pub use credentials::{CREDENTIALS_VERSION, Credentials, CredentialsError};
pub use destination::{Destination, DestinationError, check_addresses};
pub use endpoint::{ENDPOINT_BYTES_MAX, Endpoint, UrlError};
pub use error::EncodeError;
pub use key::{SigningKey, Token};
pub use nonces::{NONCE_WINDOW, NonceWindow};
pub use random::{Random, RandomnessError};
pub use ranges::{Range, special_range};
pub use request::{
    Method, MethodError, REQUEST_DOMAIN, REQUEST_LIFE_MAX_S, Request, SignedRequest,
};
pub use seal::{OpenError, SealError, open, seal};
pub use sealed::{
    SEALED_BYTES_MAX, SEALED_HEADER_BYTES, SEALED_SECRET_BYTES_MAX, SEALED_SUITE, SEALED_TAG_BYTES,
    SEALED_VERSION, SealedError, SealedValue,
};
pub use secret::Secret;
pub use service_key::{KEY_ID_BYTES, KeyId, ServiceKey, ServicePublicKey};
pub use source::NonceSource;
pub use written::{Form, WrittenError};
