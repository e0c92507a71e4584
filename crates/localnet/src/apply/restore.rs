//! Restoring archived entries.

use super::footprint::rent_size_bytes;
use super::{Applied, SorobanApplied, Step};
use crate::Fault;
use crate::codec::encoded_size_bytes;
use crate::draft::Draft;
use crate::keys::ttl_entry;
use crate::world::{Stored, TimeToLive};
use crate::xdr::{
    LedgerEntryChange, LedgerKey, OperationResult, OperationResultTr, RestoreFootprintResult,
};
use soroban_env_host::fees::LedgerEntryRentChange;

pub(super) fn apply(
    step: &Step<'_>,
    draft: &mut Draft<'_>,
    soroban: &mut SorobanApplied,
) -> Result<(OperationResult, Applied), Fault> {
    let answer = |result| OperationResult::OpInner(OperationResultTr::RestoreFootprint(result));
    let Some(data) = step.transaction.soroban_data() else {
        return Ok((answer(RestoreFootprintResult::Malformed), Applied::default()));
    };
    let ledger = step.ledger;
    let new = TimeToLive {
        live_until_ledger: ledger.restored_until(),
        last_modified_ledger: ledger.sequence,
    };
    let (mut rent, mut changes) = (Vec::new(), Vec::new());
    for key in data.resources.footprint.read_write.iter() {
        let Some(stored) = draft.get(key).cloned() else { continue };
        if stored.is_live_in(ledger.sequence) {
            continue;
        }
        let (key_bytes, entry_bytes) =
            (encoded_size_bytes(key)?, encoded_size_bytes(stored.entry.as_ref())?);
        soroban.usage.note_disk_read(key, key_bytes, entry_bytes);
        soroban.usage.note_write(key.clone(), key_bytes, entry_bytes);
        if soroban.usage.disk_read_bytes() > data.resources.disk_read_bytes
            || soroban.usage.written_bytes() > data.resources.write_bytes
        {
            let refused = RestoreFootprintResult::ResourceLimitExceeded;
            return Ok((answer(refused), Applied::default()));
        }
        rent.push(LedgerEntryRentChange {
            is_persistent: true,
            is_code_entry: matches!(key, LedgerKey::ContractCode(_)),
            // A restored entry pays for all of its ledgers, as a new one does.
            old_size_bytes: 0,
            new_size_bytes: rent_size_bytes(ledger, &stored.entry)?,
            old_live_until_ledger: 0,
            new_live_until_ledger: new.live_until_ledger,
        });
        changes.push(LedgerEntryChange::Restored(stored.entry.as_ref().clone()));
        changes.push(LedgerEntryChange::Restored(ttl_entry(key, new)?));
        draft.put(key.clone(), Stored { ttl: Some(new), ..stored });
    }
    if !soroban.charge(ledger, step.transaction, data, &rent, 0) {
        let refused = RestoreFootprintResult::InsufficientRefundableFee;
        return Ok((answer(refused), Applied::default()));
    }
    let applied = Applied { changes, events: Vec::new() };
    Ok((answer(RestoreFootprintResult::Success), applied))
}
