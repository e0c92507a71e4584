//! Which nonces were used, as the ledger remembers it: the highest one, and a bit for each of the
//! 128 up to it. A request may overtake others, never repeat one.

use crate::{Refusal, Usage};

/// Nonces behind the highest one that are still told apart.
pub const NONCE_WINDOW: u64 = 128;

const _: () = assert!(NONCE_WINDOW == u128::BITS as u64);

/// The nonces of one API key.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct NonceWindow {
    /// The highest nonce used; 0 before the first.
    pub highest: u64,
    /// Bit `n`: whether `highest - n` was used.
    pub used: u128,
}

impl NonceWindow {
    /// The nonces that a key's usage tells of.
    #[must_use]
    pub fn of(usage: &Usage) -> Self {
        let used = u128::from(usage.nonces_used_before) << 64 | u128::from(usage.nonces_used);
        NonceWindow { highest: usage.nonce_highest, used }
    }

    /// The window after `nonce` is used.
    ///
    /// # Errors
    /// [`Refusal::NonceUsed`], [`Refusal::NonceTooOld`].
    pub fn with(self, nonce: u64) -> Result<Self, Refusal> {
        let NonceWindow { mut highest, mut used } = self;
        if nonce > highest {
            let ahead = nonce - highest;
            used = if ahead < NONCE_WINDOW { used << ahead } else { 0 };
            highest = nonce;
        }
        let behind = highest - nonce;
        if behind >= NONCE_WINDOW {
            return Err(Refusal::NonceTooOld { nonce, highest });
        }
        let bit = 1u128 << behind;
        if used & bit != 0 {
            return Err(Refusal::NonceUsed { nonce });
        }
        Ok(NonceWindow { highest, used: used | bit })
    }

    /// The two halves of the bits, lower ones first, as [`Usage`] stores them.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn halves(self) -> [u64; 2] {
        [self.used as u64, (self.used >> 64) as u64]
    }
}
