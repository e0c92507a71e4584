//! Randomness for keys and for sealing.

use std::fmt;

use chacha20::ChaCha20Rng;
use hpke::rand_core::{CryptoRng, Rng as _, SeedableRng as _};
use thiserror::Error;
use zeroize::Zeroizing;

/// Bytes that cannot be guessed: a seed of the operating system, stretched. Asking the system once
/// leaves one place that can fail.
pub struct Random(ChaCha20Rng);

/// The operating system gives no randomness.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("expected randomness from the operating system: {0}")]
pub struct RandomnessError(String);

impl Random {
    /// Seeded by the operating system.
    ///
    /// # Errors
    /// [`RandomnessError`].
    pub fn from_system() -> Result<Self, RandomnessError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut()).map_err(|error| RandomnessError(error.to_string()))?;
        Ok(Self::from_seed(&seed))
    }

    /// The same bytes for the same seed: for tests and vectors. What is made from it is as secret
    /// as the seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Random(ChaCha20Rng::from_seed(*seed))
    }

    /// The next bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&mut self) -> Zeroizing<[u8; N]> {
        let mut bytes = Zeroizing::new([0; N]);
        self.0.fill_bytes(bytes.as_mut());
        bytes
    }

    pub(crate) fn generator(&mut self) -> &mut impl CryptoRng {
        &mut self.0
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random")
    }
}
