//! Where measurements go.

use std::future::Future;

use lumenscope_meta::Address;
use thiserror::Error;

use crate::coverage::{Coverage, Span};
use crate::{Checkpoint, Epoch, Row, Subject};

/// Why a store did not take or give something.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// No room.
    #[error("the store holds {held} rows and takes at most {max}: observe a shorter range")]
    Full {
        /// Rows in it.
        held: usize,
        /// Rows that fit.
        max: usize,
    },
    /// Nothing can be stored before its chain is known.
    #[error("no epoch was begun")]
    NoEpoch,
    /// The store itself failed.
    #[error("the store failed: {0}")]
    Failed(String),
}

/// All that one ledger, or a stretch of them, changes. It is stored whole or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerCommit {
    /// The ledger, or the last of the stretch.
    pub checkpoint: Checkpoint,
    /// The calls. Rows of the same key are replaced: observing a ledger again changes nothing.
    pub rows: Vec<Row>,
    /// What is known about it now, for each subject.
    pub spans: Vec<(Subject, Span)>,
}

/// Keeps measurements of the current epoch.
pub trait Store: Send + Sync {
    /// The chain that the rows belong to; `None` before the first.
    ///
    /// # Errors
    /// [`StoreError::Failed`].
    fn epoch(&self) -> impl Future<Output = Result<Option<Epoch>, StoreError>> + Send;

    /// Begins a new chain. Nothing of an earlier one is mixed with it.
    ///
    /// # Errors
    /// [`StoreError::Failed`].
    fn begin_epoch(&self, epoch: Epoch) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The highest ledger that was committed.
    ///
    /// # Errors
    /// [`StoreError::Failed`].
    fn checkpoint(&self) -> impl Future<Output = Result<Option<Checkpoint>, StoreError>> + Send;

    /// Stores a ledger's rows, coverage and checkpoint together.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing of it was stored.
    fn commit(&self, commit: LedgerCommit) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Rows of these ledgers in order, of one contract or of all.
    ///
    /// # Errors
    /// [`StoreError::Failed`].
    fn rows(
        &self,
        from: u32,
        to: u32,
        contract: Option<&Address>,
    ) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send;

    /// What is known about which ledgers.
    ///
    /// # Errors
    /// [`StoreError::Failed`].
    fn coverage(
        &self,
        subject: &Subject,
    ) -> impl Future<Output = Result<Coverage, StoreError>> + Send;
}

impl<T: Store> Store for std::sync::Arc<T> {
    fn epoch(&self) -> impl Future<Output = Result<Option<Epoch>, StoreError>> + Send {
        (**self).epoch()
    }

    fn begin_epoch(&self, epoch: Epoch) -> impl Future<Output = Result<(), StoreError>> + Send {
        (**self).begin_epoch(epoch)
    }

    fn checkpoint(&self) -> impl Future<Output = Result<Option<Checkpoint>, StoreError>> + Send {
        (**self).checkpoint()
    }

    fn commit(&self, commit: LedgerCommit) -> impl Future<Output = Result<(), StoreError>> + Send {
        (**self).commit(commit)
    }

    fn rows(
        &self,
        from: u32,
        to: u32,
        contract: Option<&Address>,
    ) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send {
        (**self).rows(from, to, contract)
    }

    fn coverage(
        &self,
        subject: &Subject,
    ) -> impl Future<Output = Result<Coverage, StoreError>> + Send {
        (**self).coverage(subject)
    }
}
