//! Ledger entries that an observer asks a node for: a contract's instance, its code, the
//! network's limits. Keys and entries are base64, as `getLedgerEntries` takes and gives them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use thiserror::Error;

use crate::xdr::{
    self, ConfigSettingEntry, ConfigSettingId, ContractDataDurability, ContractExecutable,
    LedgerEntryData, LedgerKey, LedgerKeyConfigSetting, LedgerKeyContractCode,
    LedgerKeyContractData, ScAddress, ScVal,
};
use crate::{Address, Hash, MetaError, decode};

/// Why an entry was not read.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum EntryError {
    /// The bytes are not an entry.
    #[error(transparent)]
    Xdr(#[from] MetaError),
    /// Another kind of entry than asked for.
    #[error("expected {expected}, got {got}")]
    Kind {
        /// What was asked for.
        expected: &'static str,
        /// What came.
        got: String,
    },
    /// The address is not a contract's.
    #[error("expected the address of a contract, got {0}")]
    NotAContract(Address),
    /// A setting that the limits need did not come.
    #[error("the node did not return the network setting {0}")]
    MissingSetting(&'static str),
}

/// What a contract runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Executable {
    /// Code with this hash.
    Wasm {
        /// sha256 of the code.
        hash: Hash,
    },
    /// The host's own asset contract.
    StellarAsset,
    /// The code that another contract names (protocol 30).
    Reference,
}

/// A contract's instance entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContractInstance {
    /// What it runs.
    pub executable: Executable,
    /// Entries in its instance storage.
    pub storage_entries: u32,
    /// Size of the whole entry's data.
    pub bytes: u32,
}

/// A contract's code entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractCode {
    /// sha256 of the code.
    pub hash: Hash,
    /// The code.
    pub wasm: Vec<u8>,
}

/// The network's limits for one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
pub struct NetworkLimits {
    /// Instructions.
    pub instructions: u64,
    /// Memory.
    pub memory_bytes: u64,
    /// Entries read from disk.
    pub disk_read_entries: u64,
    /// Bytes read from disk.
    pub disk_read_bytes: u64,
    /// Entries written.
    pub write_entries: u64,
    /// Bytes written.
    pub write_bytes: u64,
    /// Events and return value.
    pub event_bytes: u64,
    /// The transaction itself.
    pub transaction_bytes: u64,
    /// Entries of the footprint.
    pub footprint_entries: u64,
}

/// The key of a contract's instance.
///
/// # Errors
/// [`EntryError::NotAContract`].
pub fn instance_key(contract: &Address) -> Result<String, EntryError> {
    let id = contract.contract_id().ok_or_else(|| EntryError::NotAContract(contract.clone()))?;
    key(&LedgerKey::ContractData(LedgerKeyContractData {
        contract: ScAddress::Contract(xdr::ContractId(xdr::Hash(id))),
        key: ScVal::LedgerKeyContractInstance,
        durability: ContractDataDurability::Persistent,
    }))
}

/// The key of the code with this hash.
///
/// # Errors
/// None in practice: the key has a fixed size.
pub fn code_key(hash: Hash) -> Result<String, EntryError> {
    key(&LedgerKey::ContractCode(LedgerKeyContractCode { hash: xdr::Hash(hash.0) }))
}

/// The keys of the settings that [`parse_limits`] needs.
///
/// # Errors
/// None in practice: the keys have a fixed size.
pub fn limit_keys() -> Result<Vec<String>, EntryError> {
    [
        ConfigSettingId::ContractComputeV0,
        ConfigSettingId::ContractLedgerCostV0,
        ConfigSettingId::ContractLedgerCostExtV0,
        ConfigSettingId::ContractEventsV0,
        ConfigSettingId::ContractBandwidthV0,
    ]
    .into_iter()
    .map(|config_setting_id| {
        key(&LedgerKey::ConfigSetting(LedgerKeyConfigSetting { config_setting_id }))
    })
    .collect()
}

fn key(key: &LedgerKey) -> Result<String, EntryError> {
    Ok(STANDARD.encode(xdr::write("LedgerKey", key)?))
}

/// Reads a contract's instance.
///
/// # Errors
/// [`EntryError::Kind`] for any other entry.
pub fn parse_instance(data: &str) -> Result<ContractInstance, EntryError> {
    let bytes = decode::from_base64("LedgerEntryData", data)?;
    let expected = "a contract's instance";
    let entry = match xdr::read("LedgerEntryData", &bytes)? {
        LedgerEntryData::ContractData(entry) => entry,
        other => return Err(wrong_kind(expected, &other)),
    };
    let ScVal::ContractInstance(instance) = entry.val else {
        return Err(EntryError::Kind { expected, got: entry.val.name().to_owned() });
    };
    Ok(ContractInstance {
        executable: match instance.executable {
            ContractExecutable::Wasm(hash) => Executable::Wasm { hash: Hash(hash.0) },
            ContractExecutable::StellarAsset => Executable::StellarAsset,
            ContractExecutable::ExternalRef(_) => Executable::Reference,
        },
        storage_entries: count(instance.storage.map_or(0, |storage| storage.0.len())),
        bytes: count(bytes.len()),
    })
}

/// Reads a contract's code.
///
/// # Errors
/// [`EntryError::Kind`] for any other entry.
pub fn parse_code(data: &str) -> Result<ContractCode, EntryError> {
    let bytes = decode::from_base64("LedgerEntryData", data)?;
    match xdr::read("LedgerEntryData", &bytes)? {
        LedgerEntryData::ContractCode(entry) => {
            Ok(ContractCode { hash: Hash(entry.hash.0), wasm: entry.code.to_vec() })
        }
        other => Err(wrong_kind("a contract's code", &other)),
    }
}

/// Reads the network's limits from the entries under [`limit_keys`], in any order.
///
/// # Errors
/// [`EntryError::MissingSetting`] when one is absent.
pub fn parse_limits<'a>(
    entries: impl IntoIterator<Item = &'a str>,
) -> Result<NetworkLimits, EntryError> {
    let mut limits = NetworkLimits::default();
    let mut missing = vec![
        ConfigSettingId::ContractComputeV0,
        ConfigSettingId::ContractLedgerCostV0,
        ConfigSettingId::ContractLedgerCostExtV0,
        ConfigSettingId::ContractEventsV0,
        ConfigSettingId::ContractBandwidthV0,
    ];
    for data in entries {
        let bytes = decode::from_base64("LedgerEntryData", data)?;
        let setting = match xdr::read("LedgerEntryData", &bytes)? {
            LedgerEntryData::ConfigSetting(setting) => setting,
            other => return Err(wrong_kind("a network setting", &other)),
        };
        missing.retain(|id| *id != setting.discriminant());
        apply(&mut limits, &setting);
    }
    match missing.first() {
        None => Ok(limits),
        Some(id) => Err(EntryError::MissingSetting(id.name())),
    }
}

fn apply(limits: &mut NetworkLimits, setting: &ConfigSettingEntry) {
    match setting {
        ConfigSettingEntry::ContractComputeV0(compute) => {
            limits.instructions = u64::try_from(compute.tx_max_instructions).unwrap_or(0);
            limits.memory_bytes = compute.tx_memory_limit.into();
        }
        ConfigSettingEntry::ContractLedgerCostV0(cost) => {
            limits.disk_read_entries = cost.tx_max_disk_read_entries.into();
            limits.disk_read_bytes = cost.tx_max_disk_read_bytes.into();
            limits.write_entries = cost.tx_max_write_ledger_entries.into();
            limits.write_bytes = cost.tx_max_write_bytes.into();
        }
        ConfigSettingEntry::ContractLedgerCostExtV0(cost) => {
            limits.footprint_entries = cost.tx_max_footprint_entries.into();
        }
        ConfigSettingEntry::ContractEventsV0(events) => {
            limits.event_bytes = events.tx_max_contract_events_size_bytes.into();
        }
        ConfigSettingEntry::ContractBandwidthV0(bandwidth) => {
            limits.transaction_bytes = bandwidth.tx_max_size_bytes.into();
        }
        _ => {}
    }
}

fn wrong_kind(expected: &'static str, got: &LedgerEntryData) -> EntryError {
    EntryError::Kind { expected, got: got.name().to_owned() }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
