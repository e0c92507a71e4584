//! A store that ends with the process: for `observe`, `watch` and tests.

use std::collections::{BTreeMap, HashMap};
use std::future::{Future, ready};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lumenscope_meta::Address;

use crate::coverage::Coverage;
use crate::{Checkpoint, Epoch, LedgerCommit, Row, RowKey, Store, StoreError, Subject};

/// Rows that are held: about a gigabyte.
pub const ROWS_MAX: usize = 1_000_000;

/// Measurements in memory, bounded.
#[derive(Debug)]
pub struct MemoryStore {
    rows_max: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    epoch: Option<Epoch>,
    checkpoint: Option<Checkpoint>,
    rows: BTreeMap<RowKey, Row>,
    coverage: HashMap<Subject, Coverage>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        MemoryStore::with_room_for(ROWS_MAX)
    }
}

impl MemoryStore {
    /// A store of at most that many rows.
    #[must_use]
    pub fn with_room_for(rows_max: usize) -> Self {
        MemoryStore { rows_max, state: Mutex::default() }
    }

    /// Forgets rows of ledgers before this one; their coverage stays.
    pub fn forget_before(&self, ledger: u32) {
        self.state().rows.retain(|key, _| key.ledger >= ledger);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is complete before the lock is given back, also if a reader panics.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, commit: LedgerCommit) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.epoch.is_none() {
            return Err(StoreError::NoEpoch);
        }
        let new = commit.rows.iter().filter(|row| !state.rows.contains_key(&row.key)).count();
        let held = state.rows.len();
        if held + new > self.rows_max {
            return Err(StoreError::Full { held, max: self.rows_max });
        }
        state.rows.extend(commit.rows.into_iter().map(|row| (row.key.clone(), row)));
        for (subject, span) in commit.spans {
            state.coverage.entry(subject).or_default().set(span);
        }
        if state.checkpoint.is_none_or(|last| last.sequence < commit.checkpoint.sequence) {
            state.checkpoint = Some(commit.checkpoint);
        }
        Ok(())
    }
}

impl Store for MemoryStore {
    fn epoch(&self) -> impl Future<Output = Result<Option<Epoch>, StoreError>> + Send {
        ready(Ok(self.state().epoch.clone()))
    }

    fn begin_epoch(&self, epoch: Epoch) -> impl Future<Output = Result<(), StoreError>> + Send {
        *self.state() = State { epoch: Some(epoch), ..State::default() };
        ready(Ok(()))
    }

    fn checkpoint(&self) -> impl Future<Output = Result<Option<Checkpoint>, StoreError>> + Send {
        ready(Ok(self.state().checkpoint))
    }

    fn commit(&self, commit: LedgerCommit) -> impl Future<Output = Result<(), StoreError>> + Send {
        ready(self.put(commit))
    }

    fn rows(
        &self,
        from: u32,
        to: u32,
        contract: Option<&Address>,
    ) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send {
        let rows = self
            .state()
            .rows
            .values()
            .filter(|row| (from..=to).contains(&row.key.ledger))
            .filter(|row| contract.is_none() || row.contract.as_ref() == contract)
            .cloned()
            .collect();
        ready(Ok(rows))
    }

    fn coverage(
        &self,
        subject: &Subject,
    ) -> impl Future<Output = Result<Coverage, StoreError>> + Send {
        ready(Ok(self.state().coverage.get(subject).cloned().unwrap_or_default()))
    }
}
