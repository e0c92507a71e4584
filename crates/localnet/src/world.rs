//! The entries of the ledger, each with its time to live.

use crate::keys::account_key;
use crate::xdr::{AccountEntry, AccountId, LedgerEntry, LedgerEntryData, LedgerKey};
use soroban_env_host::HostError;
use soroban_env_host::storage::{EntryWithLiveUntil, SnapshotSource};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// How long an entry lives, and when that was last changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeToLive {
    /// The last ledger in which the entry is live.
    pub live_until_ledger: u32,
    /// The ledger that last changed it: a TTL is an entry of its own.
    pub last_modified_ledger: u32,
}

/// An entry and, for contract data and code, its time to live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The entry.
    pub entry: Arc<LedgerEntry>,
    /// Its time to live; `None` for classic entries, which live until removed.
    pub ttl: Option<TimeToLive>,
}

impl Stored {
    /// Whether the entry is live in `ledger`. Classic entries always are.
    pub fn is_live_in(&self, ledger: u32) -> bool {
        self.ttl.is_none_or(|ttl| ttl.live_until_ledger >= ledger)
    }
}

/// All entries, archived and expired ones included. A clone is a snapshot: it shares the entries
/// until one side changes.
#[derive(Clone, Debug, Default)]
pub struct World {
    entries: Arc<BTreeMap<LedgerKey, Stored>>,
}

impl World {
    /// The entry under `key`, live or not.
    pub fn get(&self, key: &LedgerKey) -> Option<&Stored> {
        self.entries.get(key)
    }

    /// Puts an entry as it is, past every rule. Meant for building a starting point.
    pub fn put(&mut self, key: LedgerKey, stored: Stored) {
        Arc::make_mut(&mut self.entries).insert(key, stored);
    }

    /// Removes an entry as it is, past every rule.
    pub fn remove(&mut self, key: &LedgerKey) -> Option<Stored> {
        Arc::make_mut(&mut self.entries).remove(key)
    }

    /// Every entry, in key order.
    pub fn iter(&self) -> impl Iterator<Item = (&LedgerKey, &Stored)> {
        self.entries.iter()
    }

    /// The account, if it exists.
    pub fn account(&self, account: &AccountId) -> Option<&AccountEntry> {
        account_of(self.get(&account_key(account))?)
    }

    pub(crate) fn commit(&mut self, changed: BTreeMap<LedgerKey, Option<Stored>>) {
        let entries = Arc::make_mut(&mut self.entries);
        for (key, stored) in changed {
            match stored {
                Some(stored) => entries.insert(key, stored),
                None => entries.remove(&key),
            };
        }
    }
}

pub(crate) fn account_of(stored: &Stored) -> Option<&AccountEntry> {
    match &stored.entry.data {
        LedgerEntryData::Account(account) => Some(account),
        _ => None,
    }
}

impl SnapshotSource for World {
    fn get(&self, key: &Rc<LedgerKey>) -> Result<Option<EntryWithLiveUntil>, HostError> {
        Ok(self.entries.get(key.as_ref()).map(|stored| {
            let live_until = stored.ttl.map(|ttl| ttl.live_until_ledger);
            (Rc::new(stored.entry.as_ref().clone()), live_until)
        }))
    }
}
