//! What a transaction is about to change: kept apart until it is known to succeed.

use crate::Fault;
use crate::keys::account_key;
use crate::world::{Stored, World, account_of};
use crate::xdr::{
    AccountEntry, AccountId, LedgerEntry, LedgerEntryChange, LedgerEntryData, LedgerKey,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a draft can lie on: the world, or another draft.
pub(crate) trait Entries {
    fn entry(&self, key: &LedgerKey) -> Option<&Stored>;
}

impl Entries for World {
    fn entry(&self, key: &LedgerKey) -> Option<&Stored> {
        self.get(key)
    }
}

impl Entries for Draft<'_> {
    fn entry(&self, key: &LedgerKey) -> Option<&Stored> {
        self.get(key)
    }
}

/// Changes on top of a world or of another draft. Dropping a draft undoes it.
pub(crate) struct Draft<'base> {
    base: &'base dyn Entries,
    changed: BTreeMap<LedgerKey, Option<Stored>>,
}

impl<'base> Draft<'base> {
    pub(crate) fn new(base: &'base dyn Entries) -> Self {
        Self { base, changed: BTreeMap::new() }
    }

    /// The entry under `key`, live or not, with the draft's changes.
    pub(crate) fn get(&self, key: &LedgerKey) -> Option<&Stored> {
        match self.changed.get(key) {
            Some(changed) => changed.as_ref(),
            None => self.base.entry(key),
        }
    }

    pub(crate) fn put(&mut self, key: LedgerKey, stored: Stored) {
        self.changed.insert(key, Some(stored));
    }

    pub(crate) fn remove(&mut self, key: &LedgerKey) {
        self.changed.insert(key.clone(), None);
    }

    pub(crate) fn account(&self, account: &AccountId) -> Option<&AccountEntry> {
        account_of(self.get(&account_key(account))?)
    }

    /// Takes over what another draft on top of this one changed.
    pub(crate) fn adopt(&mut self, changed: BTreeMap<LedgerKey, Option<Stored>>) {
        self.changed.extend(changed);
    }

    pub(crate) fn into_changed(self) -> BTreeMap<LedgerKey, Option<Stored>> {
        self.changed
    }

    /// Changes an account, and appends the change as the ledger's metadata shows it.
    pub(crate) fn update_account(
        &mut self,
        ledger: u32,
        account: &AccountId,
        log: &mut Vec<LedgerEntryChange>,
        change: impl FnOnce(&mut AccountEntry),
    ) -> Result<(), Fault> {
        let missing = || Fault::MissingAccount(account.to_string());
        let key = account_key(account);
        let old = self.get(&key).ok_or_else(missing)?.entry.clone();
        let mut updated =
            account_of(self.get(&key).ok_or_else(missing)?).cloned().ok_or_else(missing)?;
        change(&mut updated);
        let new = Arc::new(LedgerEntry {
            last_modified_ledger_seq: ledger,
            data: LedgerEntryData::Account(updated),
            ext: old.ext.clone(),
        });
        log.push(LedgerEntryChange::State(old.as_ref().clone()));
        log.push(LedgerEntryChange::Updated(new.as_ref().clone()));
        self.put(key, Stored { entry: new, ttl: None });
        Ok(())
    }
}
