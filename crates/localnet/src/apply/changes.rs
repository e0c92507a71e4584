//! What the host changed, as entries and as the ledger's metadata shows it.

use super::ClosingLedger;
use crate::Fault;
use crate::codec::decode;
use crate::draft::Draft;
use crate::fees::archived;
use crate::keys::ttl_entry;
use crate::world::{Stored, TimeToLive};
use crate::xdr::{
    Hash, LedgerEntry, LedgerEntryChange, LedgerKey, LedgerKeyTtl, SorobanTransactionData,
};
use soroban_env_host::e2e_invoke::LedgerEntryChange as HostChange;
use std::sync::Arc;

/// Writes the host's changes to the draft, in footprint order.
pub(super) fn write_changes(
    ledger: &ClosingLedger<'_>,
    draft: &mut Draft<'_>,
    data: &SorobanTransactionData,
    host_changes: &[HostChange],
) -> Result<Vec<LedgerEntryChange>, Fault> {
    let read_write = &data.resources.footprint.read_write;
    let mut log = Vec::new();
    for change in host_changes {
        let key: LedgerKey = decode(&change.encoded_key)?;
        let restored = archived(data)
            .iter()
            .any(|index| read_write.get(*index as usize).is_some_and(|marked| *marked == key));
        let before = Before::of(ledger, draft, &key, restored);
        if !change.read_only {
            write_entry(ledger, draft, &key, change, &before, &mut log)?;
        }
        write_ttl(ledger, draft, &key, change, &before, &mut log)?;
    }
    Ok(log)
}

/// What the transaction found under a key.
enum Before {
    /// Nothing, or a temporary entry that had expired.
    Absent,
    Live(Stored),
    /// An archived entry that this transaction restores.
    Archived(Stored),
}

impl Before {
    fn of(ledger: &ClosingLedger<'_>, draft: &Draft<'_>, key: &LedgerKey, restored: bool) -> Self {
        match draft.get(key) {
            Some(stored) if stored.is_live_in(ledger.sequence) => Before::Live(stored.clone()),
            Some(stored) if restored => Before::Archived(stored.clone()),
            _ => Before::Absent,
        }
    }
}

fn write_entry(
    ledger: &ClosingLedger<'_>,
    draft: &mut Draft<'_>,
    key: &LedgerKey,
    change: &HostChange,
    before: &Before,
    log: &mut Vec<LedgerEntryChange>,
) -> Result<(), Fault> {
    let Some(encoded) = &change.encoded_new_value else {
        return remove_entry(draft, key, before, log);
    };
    let mut entry: LedgerEntry = decode(encoded)?;
    entry.last_modified_ledger_seq = ledger.sequence;
    let ttl = match before {
        // An entry in the read-write footprint counts as written even when it did not change.
        Before::Live(old) => {
            log.push(LedgerEntryChange::State(old.entry.as_ref().clone()));
            log.push(LedgerEntryChange::Updated(entry.clone()));
            old.ttl
        }
        Before::Archived(old) => {
            log.push(LedgerEntryChange::Restored(old.entry.as_ref().clone()));
            log.push(LedgerEntryChange::Updated(entry.clone()));
            old.ttl
        }
        Before::Absent => {
            log.push(LedgerEntryChange::Created(entry.clone()));
            None
        }
    };
    draft.put(key.clone(), Stored { entry: Arc::new(entry), ttl });
    Ok(())
}

fn remove_entry(
    draft: &mut Draft<'_>,
    key: &LedgerKey,
    before: &Before,
    log: &mut Vec<LedgerEntryChange>,
) -> Result<(), Fault> {
    let (Before::Live(old) | Before::Archived(old)) = before else { return Ok(()) };
    log.push(LedgerEntryChange::State(old.entry.as_ref().clone()));
    log.push(LedgerEntryChange::Removed(key.clone()));
    if let Some(ttl) = old.ttl {
        let key_hash = Hash(crate::codec::hash(key)?);
        log.push(LedgerEntryChange::State(ttl_entry(key, ttl)?));
        log.push(LedgerEntryChange::Removed(LedgerKey::Ttl(LedgerKeyTtl { key_hash })));
    }
    draft.remove(key);
    Ok(())
}

fn write_ttl(
    ledger: &ClosingLedger<'_>,
    draft: &mut Draft<'_>,
    key: &LedgerKey,
    change: &HostChange,
    before: &Before,
    log: &mut Vec<LedgerEntryChange>,
) -> Result<(), Fault> {
    let Some(live_until_ledger) = change.ttl_change.as_ref().map(|ttl| ttl.new_live_until_ledger)
    else {
        return Ok(());
    };
    let Some(stored) = draft.get(key).cloned() else { return Ok(()) };
    if live_until_ledger == 0 {
        return Ok(());
    }
    let new = TimeToLive { live_until_ledger, last_modified_ledger: ledger.sequence };
    match before {
        Before::Live(Stored { ttl: Some(old), .. }) => {
            if old.live_until_ledger == live_until_ledger {
                return Ok(());
            }
            log.push(LedgerEntryChange::State(ttl_entry(key, *old)?));
            log.push(LedgerEntryChange::Updated(ttl_entry(key, new)?));
        }
        Before::Archived(_) => log.push(LedgerEntryChange::Restored(ttl_entry(key, new)?)),
        _ => log.push(LedgerEntryChange::Created(ttl_entry(key, new)?)),
    }
    draft.put(key.clone(), Stored { ttl: Some(new), ..stored });
    Ok(())
}
