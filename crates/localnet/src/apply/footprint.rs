//! The entries of a footprint, as the host takes them.

use super::ClosingLedger;
use super::diagnostics::{error, limit_exceeded};
use super::limits::entry_within_limits;
use super::usage::ResourceUsage;
use crate::Fault;
use crate::codec::{encode, encoded_size_bytes};
use crate::draft::Draft;
use crate::fees::archived;
use crate::keys::{is_soroban, is_temporary};
use crate::world::Stored;
use crate::xdr::{
    DiagnosticEvent, InvokeHostFunctionResult, LedgerEntry, LedgerKey, ScBytes, ScError,
    ScErrorCode, ScVal, SorobanTransactionData,
};
use soroban_env_host::budget::Budget;
use soroban_env_host::e2e_invoke::{TtlLedgerEntryMeta, entry_size_for_rent};

/// Why a host function did not run, or did not count: the result code and what to tell.
pub(super) struct Refusal {
    pub result: InvokeHostFunctionResult,
    pub diagnostic: Option<DiagnosticEvent>,
}

impl Refusal {
    pub fn resource_limit(diagnostic: DiagnosticEvent) -> Self {
        let result = InvokeHostFunctionResult::ResourceLimitExceeded;
        Self { result, diagnostic: Some(diagnostic) }
    }
}

/// An entry of the footprint: encoded, with its time to live if it has one.
pub(super) type Loaded = (Option<Vec<u8>>, Option<TtlLedgerEntryMeta>);

/// The entries of the footprint in its order, read-only first; or why they cannot be had.
pub(super) fn load(
    ledger: &ClosingLedger<'_>,
    draft: &Draft<'_>,
    data: &SorobanTransactionData,
    usage: &mut ResourceUsage,
) -> Result<Result<Vec<Loaded>, Refusal>, Fault> {
    let footprint = &data.resources.footprint;
    let restore = archived(data);
    let read_only = footprint.read_only.iter().map(|key| (key, false));
    let read_write = (0_u32..).zip(footprint.read_write.iter());
    let read_write = read_write.map(|(index, key)| (key, restore.contains(&index)));
    let mut loaded = Vec::new();
    for (key, marked) in read_only.chain(read_write) {
        let key_bytes = encoded_size_bytes(key)?;
        let found = match look_up(ledger, draft, key, marked) {
            Ok(found) => found,
            Err(refused) => return Ok(Err(archived_refusal(refused)?)),
        };
        let encoded = found.as_ref().map(|found| encode(found.entry)).transpose()?;
        let entry_bytes = encoded.as_ref().map_or(0, Vec::len);
        let entry_bytes = u32::try_from(entry_bytes).map_err(|_| Fault::TooLarge("an entry"))?;
        if let Some(found) = &found
            && let Err(diagnostic) =
                entry_within_limits(ledger, &found.entry.data, key_bytes, entry_bytes)?
        {
            return Ok(Err(Refusal::resource_limit(diagnostic)));
        }
        if !is_soroban(key) || found.as_ref().is_some_and(|found| found.from_disk) {
            usage.note_disk_read(key, key_bytes, entry_bytes);
        } else {
            usage.read_entries += 1;
        }
        if usage.disk_read_bytes() > data.resources.disk_read_bytes {
            return Ok(Err(Refusal::resource_limit(limit_exceeded(
                "operation byte-read resources exceeds amount specified",
                usage.disk_read_bytes().into(),
                data.resources.disk_read_bytes.into(),
            )?)));
        }
        let ttl = match &found {
            Some(Found { entry, live_until_ledger: Some(live_until_ledger), .. }) => {
                Some(TtlLedgerEntryMeta {
                    live_until_ledger: *live_until_ledger,
                    entry_size_for_rent: rent_size_bytes(ledger, entry)?,
                })
            }
            _ => None,
        };
        loaded.push((encoded, ttl));
    }
    Ok(Ok(loaded))
}

struct Found<'a> {
    entry: &'a LedgerEntry,
    live_until_ledger: Option<u32>,
    from_disk: bool,
}

/// An expired temporary entry is absent; an expired persistent one must be marked for restoring.
fn look_up<'a>(
    ledger: &ClosingLedger<'_>,
    draft: &'a Draft<'_>,
    key: &'a LedgerKey,
    marked: bool,
) -> Result<Option<Found<'a>>, &'a LedgerKey> {
    let Some(Stored { entry, ttl }) = draft.get(key) else { return Ok(None) };
    let found = |live_until_ledger, from_disk| {
        Ok(Some(Found { entry: entry.as_ref(), live_until_ledger, from_disk }))
    };
    match ttl {
        None => found(None, true),
        Some(ttl) if ttl.live_until_ledger >= ledger.sequence => {
            found(Some(ttl.live_until_ledger), false)
        }
        Some(_) if is_temporary(key) => Ok(None),
        Some(_) if marked => found(Some(ledger.restored_until()), true),
        Some(_) => Err(key),
    }
}

fn archived_refusal(key: &LedgerKey) -> Result<Refusal, Fault> {
    let invalid = ScError::Value(ScErrorCode::InvalidInput);
    let diagnostic = match key {
        LedgerKey::ContractCode(code) => Some(error(
            invalid,
            "trying to access an archived contract code entry",
            vec![ScVal::Bytes(ScBytes(code.hash.0.to_vec().try_into()?))],
        )?),
        LedgerKey::ContractData(data) => Some(error(
            invalid,
            "trying to access an archived contract data entry",
            vec![ScVal::Address(data.contract.clone()), data.key.clone()],
        )?),
        _ => None,
    };
    Ok(Refusal { result: InvokeHostFunctionResult::EntryArchived, diagnostic })
}

/// The size that rent is paid for, in bytes: code is charged for its parsed form too.
pub(super) fn rent_size_bytes(
    ledger: &ClosingLedger<'_>,
    entry: &LedgerEntry,
) -> Result<u32, Fault> {
    let unlimited: Budget = ledger.configuration.budget(u64::MAX, u64::MAX)?;
    Ok(entry_size_for_rent(&unlimited, entry, encoded_size_bytes(entry)?)?)
}
