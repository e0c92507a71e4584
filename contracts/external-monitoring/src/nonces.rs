//! Which nonces were used: the highest one, and a bit for each of the 128 up to it. A request may
//! overtake others, never repeat one.

use lumenscope_interfaces::external_monitoring::{ConnectionError, NONCE_WINDOW};

/// The nonces of one API key.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct NonceWindow {
    /// The highest nonce used; 0 before the first.
    pub highest: u64,
    /// Bit `n`: whether `highest - n` was used.
    pub used: u128,
}

// The bits and the limit that callers are told are the same.
const _: () = assert!(NONCE_WINDOW == u128::BITS as u64);

impl NonceWindow {
    /// Uses `nonce`.
    ///
    /// # Errors
    /// [`ConnectionError::NonceUsed`], [`ConnectionError::NonceTooOld`]; the window is as it was
    /// then.
    pub fn accept(&mut self, nonce: u64) -> Result<(), ConnectionError> {
        if nonce > self.highest {
            let ahead = nonce - self.highest;
            self.used = if ahead < NONCE_WINDOW { self.used << ahead } else { 0 };
            self.highest = nonce;
        }
        let behind = self.highest - nonce;
        if behind >= NONCE_WINDOW {
            return Err(ConnectionError::NonceTooOld);
        }
        let bit = 1u128 << behind;
        if self.used & bit != 0 {
            return Err(ConnectionError::NonceUsed);
        }
        self.used |= bit;
        Ok(())
    }
}
