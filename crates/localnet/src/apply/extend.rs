//! Extending times to live.

use super::footprint::rent_size_bytes;
use super::{Applied, SorobanApplied, Step};
use crate::Fault;
use crate::draft::Draft;
use crate::keys::{is_temporary, ttl_entry};
use crate::world::{Stored, TimeToLive};
use crate::xdr::{
    ExtendFootprintTtlOp, ExtendFootprintTtlResult, LedgerEntryChange, LedgerKey, OperationResult,
    OperationResultTr,
};
use soroban_env_host::fees::LedgerEntryRentChange;

pub(super) fn apply(
    step: &Step<'_>,
    draft: &mut Draft<'_>,
    extend: &ExtendFootprintTtlOp,
    soroban: &mut SorobanApplied,
) -> Result<(OperationResult, Applied), Fault> {
    let answer = |result| OperationResult::OpInner(OperationResultTr::ExtendFootprintTtl(result));
    let Some(data) = step.transaction.soroban_data() else {
        return Ok((answer(ExtendFootprintTtlResult::Malformed), Applied::default()));
    };
    let ledger = step.ledger;
    let live_until_ledger = ledger.sequence.saturating_add(extend.extend_to);
    let (mut rent, mut changes) = (Vec::new(), Vec::new());
    for key in data.resources.footprint.read_only.iter() {
        // Missing, expired and already longer: the network skips them without a word.
        let Some(stored) = draft.get(key).cloned() else { continue };
        let Some(old) = stored.ttl else { continue };
        if !stored.is_live_in(ledger.sequence) || old.live_until_ledger >= live_until_ledger {
            continue;
        }
        let size_bytes = rent_size_bytes(ledger, &stored.entry)?;
        rent.push(LedgerEntryRentChange {
            is_persistent: !is_temporary(key),
            is_code_entry: matches!(key, LedgerKey::ContractCode(_)),
            old_size_bytes: size_bytes,
            new_size_bytes: size_bytes,
            old_live_until_ledger: old.live_until_ledger,
            new_live_until_ledger: live_until_ledger,
        });
        let new = TimeToLive { live_until_ledger, last_modified_ledger: ledger.sequence };
        changes.push(LedgerEntryChange::State(ttl_entry(key, old)?));
        changes.push(LedgerEntryChange::Updated(ttl_entry(key, new)?));
        draft.put(key.clone(), Stored { ttl: Some(new), ..stored });
    }
    if !soroban.charge(ledger, step.transaction, data, &rent, 0) {
        let refused = ExtendFootprintTtlResult::InsufficientRefundableFee;
        return Ok((answer(refused), Applied::default()));
    }
    let applied = Applied { changes, events: Vec::new() };
    Ok((answer(ExtendFootprintTtlResult::Success), applied))
}
