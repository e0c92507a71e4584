//! A source of transactions and its sequence numbers.

use std::sync::{Arc, Mutex, PoisonError};

use lumenscope_meta::Address;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Keypair;

/// An account that pays for and signs transactions. Clones share the sequence numbers.
#[derive(Clone, Debug)]
pub struct Account {
    keypair: Keypair,
    /// The last sequence number used; `None` when the ledger must be asked.
    sequence: Arc<Mutex<Option<i64>>>,
    /// One transaction is handed over at a time: the next number depends on whether the node took
    /// this one.
    turn: Arc<Semaphore>,
}

impl Account {
    /// The account of that key.
    #[must_use]
    pub fn new(keypair: Keypair) -> Self {
        Account { keypair, sequence: Arc::new(Mutex::new(None)), turn: Arc::new(Semaphore::new(1)) }
    }

    /// The key.
    #[must_use]
    pub fn keypair(&self) -> &Keypair {
        &self.keypair
    }

    /// The address.
    #[must_use]
    pub fn address(&self) -> Address {
        self.keypair.address()
    }

    /// Waits for the turn to hand over a transaction.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        // It fails only for a closed semaphore, which nobody closes.
        self.turn.clone().acquire_owned().await.ok()
    }

    pub(crate) fn last_sequence(&self) -> Option<i64> {
        *self.sequence.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_last_sequence(&self, sequence: Option<i64>) {
        *self.sequence.lock().unwrap_or_else(PoisonError::into_inner) = sequence;
    }
}
