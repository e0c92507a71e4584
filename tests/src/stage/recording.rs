//! What a host function uses, measured without the margins that a simulation adds.

use std::rc::Rc;

use anyhow::{Context, Result, anyhow};
use lumenscope_localnet::Localnet;
use lumenscope_localnet::xdr::{
    AccountId, ContractDataDurability, ContractEvent, HostFunction, LedgerEntry, LedgerFootprint,
    LedgerKey, Limits, ReadXdr, ScVal, WriteXdr,
};
use soroban_env_host::LedgerInfo;
use soroban_env_host::budget::Budget;
use soroban_env_host::e2e_invoke::{
    InvokeHostFunctionRecordingModeResult, RecordingInvocationAuthMode, extract_rent_changes,
    invoke_host_function_in_recording_mode,
};
use soroban_env_host::fees::LedgerEntryRentChange;

/// The seed of the contract-visible random numbers: none of ours reads them.
const SEED: [u8; 32] = [3; 32];

/// How much more than the call itself the host may do beside it, to record it: as much as in a
/// simulation, whose constants `soroban-simulation` keeps to itself.
const CPU_SHADOW_FACTOR: u64 = 10;
const MEMORY_SHADOW_FACTOR: u64 = 2;

/// An entry that a host function wrote.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its key.
    pub key: LedgerKey,
    /// Whether it was there before.
    pub existed: bool,
    /// What it is now; none when it was removed.
    pub after: Option<LedgerEntry>,
    /// Its encoded size now, in bytes.
    pub bytes: u32,
}

impl Written {
    /// Whether the entry is persistent contract data.
    #[must_use]
    pub fn is_persistent(&self) -> bool {
        match &self.key {
            LedgerKey::ContractData(data) => data.durability == ContractDataDurability::Persistent,
            _ => false,
        }
    }
}

/// What a host function used.
pub struct Recording {
    /// CPU instructions.
    pub instructions: u32,
    /// Memory, as the host counts it.
    pub memory_bytes: u64,
    /// The keys it read and wrote.
    pub footprint: LedgerFootprint,
    /// The entries of the read-write footprint.
    pub written: Vec<Written>,
    /// Encoded size of what it wrote, in bytes.
    pub written_bytes: u32,
    /// Bytes read from disk.
    pub disk_read_bytes: u32,
    /// The events of contracts.
    pub events: Vec<ContractEvent>,
    /// Encoded size of events and return value, in bytes.
    pub events_bytes: u32,
    /// What it returned.
    pub return_value: ScVal,
    /// Entries that pay rent: new, grown or extended ones.
    pub rent_changes: Vec<LedgerEntryRentChange>,
}

pub(super) fn record(
    ledger: &Localnet,
    source: &AccountId,
    function: &HostFunction,
) -> Result<Recording> {
    let network = &ledger.configuration().network;
    let instructions_max = u64::try_from(network.tx_max_instructions)?;
    let memory_max_bytes = u64::from(network.tx_memory_limit);
    let budget = Budget::try_from_configs_with_shadow_limits(
        instructions_max,
        memory_max_bytes,
        instructions_max.saturating_mul(CPU_SHADOW_FACTOR),
        memory_max_bytes.saturating_mul(MEMORY_SHADOW_FACTOR),
        network.cpu_cost_params.clone(),
        network.memory_cost_params.clone(),
    )
    .map_err(host_error)?;
    let recorded = invoke_host_function_in_recording_mode(
        &budget,
        false,
        function,
        source,
        RecordingInvocationAuthMode::recording(true, false),
        ledger_info(ledger),
        Rc::new(ledger.world().clone()),
        SEED,
        &mut Vec::new(),
    )
    .map_err(host_error)?;
    let memory_bytes = budget.get_mem_bytes_consumed().map_err(host_error)?;
    read(recorded, memory_bytes)
}

fn ledger_info(ledger: &Localnet) -> LedgerInfo {
    let mut info = LedgerInfo {
        protocol_version: ledger.protocol(),
        sequence_number: ledger.sequence(),
        timestamp: ledger.close_time_s(),
        network_id: ledger.network_id(),
        ..LedgerInfo::default()
    };
    ledger.configuration().network.fill_config_fields_in_ledger_info(&mut info);
    info
}

fn read(recorded: InvokeHostFunctionRecordingModeResult, memory_bytes: u64) -> Result<Recording> {
    let return_value = recorded.invoke_result.map_err(host_error)?;
    let mut written = Vec::new();
    for change in recorded.ledger_changes.iter().filter(|change| !change.read_only) {
        let after = change.encoded_new_value.as_deref();
        written.push(Written {
            key: LedgerKey::from_xdr(&change.encoded_key, Limits::none())?,
            existed: change.old_entry_size_bytes_for_rent > 0,
            after: after.map(|bytes| LedgerEntry::from_xdr(bytes, Limits::none())).transpose()?,
            bytes: u32::try_from(after.map_or(0, <[u8]>::len))?,
        });
    }
    Ok(Recording {
        instructions: recorded.resources.instructions,
        memory_bytes,
        written_bytes: recorded.resources.write_bytes,
        disk_read_bytes: recorded.resources.disk_read_bytes,
        footprint: recorded.resources.footprint,
        written,
        events_bytes: recorded.contract_events_and_return_value_size,
        events: recorded.contract_events,
        return_value,
        rent_changes: extract_rent_changes(&recorded.ledger_changes),
    })
}

fn host_error(error: soroban_env_host::HostError) -> anyhow::Error {
    anyhow!("the host said: {error:?}")
}

/// The encoded size of a value, in bytes.
///
/// # Errors
/// When it has no XDR form.
pub fn encoded_bytes(value: &impl WriteXdr) -> Result<usize> {
    Ok(value.to_xdr(Limits::none()).context("encoding a value")?.len())
}
