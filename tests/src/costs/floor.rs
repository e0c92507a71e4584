//! The floor of measured calls: `probe-floor` writing entries of the same keys and sizes and
//! emitting the same events.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use lumenscope_localnet::xdr::{
    ContractDataDurability, ContractDataEntry, ContractEventBody, ExtensionPoint, LedgerEntry,
    LedgerEntryData, LedgerEntryExt, LedgerKey, ScAddress, ScBytes, ScVal,
};
use soroban_sdk::Address;

use crate::stage::{Call, Recording, Stage, Written, encoded_bytes, list};

/// The longest blob that the probe can create, in bytes.
const BLOB_BYTES_MAX: usize = 16_384;

/// Deploys the probe, creates what existed before the measured calls, and gives the call to
/// measure. None when something was removed or is no contract data: the probe cannot do that.
pub(super) fn prepare(stage: &mut Stage, used: &Recording) -> Result<Option<Vec<Call>>> {
    let floor = stage.deploy("probe-floor", ())?;
    let mut keys = BTreeSet::new();
    let mut all = Vec::new();
    let mut existing = Vec::new();
    for written in &used.written {
        let Some(entry) = entry(&floor, written, &mut keys)? else { return Ok(None) };
        if written.existed {
            existing.push(entry.clone());
        }
        all.push(entry);
    }
    if !existing.is_empty() {
        let create = put(stage, &floor, existing, Vec::new())?;
        stage.act(&[create])?;
    }
    let events = used.events.iter().map(event).collect::<Result<Vec<_>>>()?;
    Ok(Some(vec![put(stage, &floor, all, events)?]))
}

fn put(stage: &Stage, floor: &Address, entries: Vec<ScVal>, events: Vec<ScVal>) -> Result<Call> {
    let entries = stage.decode(&list(entries)?)?;
    let events = stage.decode(&list(events)?)?;
    Ok(stage.call(floor, "put", (entries, events)))
}

fn entry(floor: &Address, written: &Written, keys: &mut BTreeSet<ScVal>) -> Result<Option<ScVal>> {
    let (LedgerKey::ContractData(data), Some(after)) = (&written.key, &written.after) else {
        return Ok(None);
    };
    ensure!(encoded_bytes(after)? == written.bytes as usize, "an entry of another size");
    let key = free_key(&data.key, keys)?;
    let blob_bytes = blob_bytes(floor, &key, data.durability, written.bytes as usize)?;
    let temporary = data.durability == ContractDataDurability::Temporary;
    ensure!(
        blob_bytes <= BLOB_BYTES_MAX,
        "expected an entry that the floor can create, of at most {BLOB_BYTES_MAX} bytes, not \
         {blob_bytes}"
    );
    let blob_bytes = ScVal::U32(u32::try_from(blob_bytes)?);
    Ok(Some(list(vec![key, blob_bytes, ScVal::Bool(temporary)])?))
}

/// The measured key, or another where a contract may not use it or two contracts use the same.
fn free_key(measured: &ScVal, keys: &mut BTreeSet<ScVal>) -> Result<ScVal> {
    let mut key = match measured {
        ScVal::LedgerKeyContractInstance => ScVal::Void,
        other => other.clone(),
    };
    while !keys.insert(key.clone()) {
        key = ScVal::Vec(Some(vec![key].try_into()?));
    }
    Ok(key)
}

/// How long the blob must be for an entry of `bytes`.
fn blob_bytes(
    floor: &Address,
    key: &ScVal,
    durability: ContractDataDurability,
    bytes: usize,
) -> Result<usize> {
    let empty = LedgerEntry {
        last_modified_ledger_seq: 0,
        ext: LedgerEntryExt::V0,
        data: LedgerEntryData::ContractData(ContractDataEntry {
            ext: ExtensionPoint::V0,
            contract: ScAddress::from(floor),
            key: key.clone(),
            durability,
            val: ScVal::Bytes(ScBytes::default()),
        }),
    };
    Ok(bytes.saturating_sub(encoded_bytes(&empty)?))
}

fn event(event: &lumenscope_localnet::xdr::ContractEvent) -> Result<ScVal> {
    let ContractEventBody::V0(body) = &event.body;
    list(vec![list(body.topics.to_vec())?, body.data.clone()])
}
