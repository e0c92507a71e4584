//! Sealing credentials to the service's key, and opening them.
//!
//! HPKE's single shot of RFC 9180, section 6.1, with an empty `info` and the associated data of
//! [`Binding::associated_data`].

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{
    Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _, single_shot_open,
    single_shot_seal_with_rng,
};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    Binding, Credentials, CredentialsError, EncodeError, KeyId, Random, SealedError, SealedValue,
    ServiceKey, ServicePublicKey,
};

type PublicKey = <X25519HkdfSha256 as Kem>::PublicKey;
type PrivateKey = <X25519HkdfSha256 as Kem>::PrivateKey;
type EncapsulatedKey = <X25519HkdfSha256 as Kem>::EncappedKey;

/// The associated data say everything.
const INFO: &[u8] = b"";

/// Why credentials were not sealed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SealError {
    /// The credentials are none, or for another place.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The binding has no bytes.
    #[error(transparent)]
    Unencodable(#[from] EncodeError),
    /// A service key of which every sender would get the same shared secret.
    #[error("expected the service's X25519 public key, came bytes that nothing can be sealed to")]
    ServiceKey,
    /// The ciphertext does not fit the format.
    #[error(transparent)]
    Format(#[from] SealedError),
}

/// Why a sealed value did not open.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum OpenError {
    /// No sealed value.
    #[error(transparent)]
    Format(#[from] SealedError),
    /// Sealed to another key, whose owner alone can open it.
    #[error(
        "expected a value sealed to the key {}, came one sealed to {}",
        hex::encode(expected),
        hex::encode(came)
    )]
    AnotherKey {
        /// This key's id.
        expected: KeyId,
        /// The id that the value names.
        came: KeyId,
    },
    /// It does not open here.
    #[error(
        "the value was sealed for another network, contract, owner, kind or endpoint, or is damaged"
    )]
    NotForThis,
    /// It opens, and holds something else.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The binding has no bytes.
    #[error(transparent)]
    Unencodable(#[from] EncodeError),
}

/// Seals credentials for one integration: the `sealed_credentials` of `create_integration`.
///
/// # Errors
/// [`SealError`].
pub fn seal(
    credentials: &Credentials,
    binding: &Binding,
    service: &ServicePublicKey,
    random: &mut Random,
) -> Result<Vec<u8>, SealError> {
    credentials.require_at(origin_of(binding))?;
    let plaintext = credentials.to_json()?;
    let key = service.id();
    let associated = binding.associated_data(key)?;
    let recipient = PublicKey::from_bytes(&service.0).map_err(|_| SealError::ServiceKey)?;
    let (encapsulated, ciphertext) =
        single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &recipient,
            INFO,
            &plaintext,
            &associated,
            random.generator(),
        )
        .map_err(|_| SealError::ServiceKey)?;
    let encapsulated = encapsulated.to_bytes().into();
    Ok(SealedValue { key, encapsulated, ciphertext }.to_bytes()?)
}

/// Opens what was sealed for this integration.
///
/// # Errors
/// [`OpenError`].
pub fn open(
    sealed: &[u8],
    binding: &Binding,
    service: &ServiceKey,
) -> Result<Credentials, OpenError> {
    let SealedValue { key: came, encapsulated, ciphertext } = SealedValue::parse(sealed)?;
    let expected = service.public().id();
    if came != expected {
        return Err(OpenError::AnotherKey { expected, came });
    }
    let associated = binding.associated_data(expected)?;
    let private = PrivateKey::from_bytes(service.secret()).map_err(|_| OpenError::NotForThis)?;
    let encapsulated =
        EncapsulatedKey::from_bytes(&encapsulated).map_err(|_| OpenError::NotForThis)?;
    let plaintext = single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &private,
        &encapsulated,
        INFO,
        &ciphertext,
        &associated,
    );
    let plaintext = Zeroizing::new(plaintext.map_err(|_| OpenError::NotForThis)?);
    let credentials = Credentials::parse(&plaintext)?;
    // Whoever sealed it may not have used this crate.
    credentials.require_at(origin_of(binding))?;
    Ok(credentials)
}

fn origin_of(binding: &Binding) -> Option<&str> {
    binding.endpoint.as_ref().map(|endpoint| endpoint.origin())
}
