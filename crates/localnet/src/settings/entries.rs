//! The settings as the ledger keeps them: configuration entries.

use super::NetworkSettings;
use crate::Fault;
use crate::xdr::{
    ConfigSettingContractBandwidthV0, ConfigSettingContractComputeV0,
    ConfigSettingContractEventsV0, ConfigSettingContractExecutionLanesV0,
    ConfigSettingContractHistoricalDataV0, ConfigSettingContractLedgerCostExtV0,
    ConfigSettingContractLedgerCostV0, ConfigSettingContractParallelComputeV0, ConfigSettingEntry,
    StateArchivalSettings,
};

/// Samples in the window whose average is the live state's size.
const STATE_SIZE_SAMPLES: u32 = 30;
/// Ledgers between two samples.
const STATE_SIZE_SAMPLE_PERIOD_LEDGERS: u32 = 64;
/// The rest of the archival settings steer the eviction scan, which this ledger does not run:
/// the public network's values, for whoever reads the entry.
const MAX_ENTRIES_TO_ARCHIVE: u32 = 1_000;
const EVICTION_SCAN_BYTES: u32 = 500_000;
const EVICTION_SCAN_LEVEL: u32 = 7;

/// The entries a ledger with these settings starts with.
pub(crate) fn to_entries(settings: &NetworkSettings) -> Result<Vec<ConfigSettingEntry>, Fault> {
    use ConfigSettingEntry as Entry;
    let (transaction, ledger) = (&settings.transaction, &settings.ledger);
    let (fees, rent, ttl) = (&settings.fees, &settings.rent, &settings.ttl);
    Ok(vec![
        Entry::ContractMaxSizeBytes(transaction.code_bytes),
        Entry::ContractComputeV0(ConfigSettingContractComputeV0 {
            ledger_max_instructions: ledger.cluster_instructions,
            tx_max_instructions: i64::from(transaction.instructions),
            fee_rate_per_instructions_increment: fees.per_10k_instructions,
            tx_memory_limit: transaction.memory_bytes,
        }),
        Entry::ContractLedgerCostV0(ConfigSettingContractLedgerCostV0 {
            ledger_max_disk_read_entries: ledger.disk_read_entries,
            ledger_max_disk_read_bytes: ledger.disk_read_bytes,
            ledger_max_write_ledger_entries: ledger.write_entries,
            ledger_max_write_bytes: ledger.write_bytes,
            tx_max_disk_read_entries: transaction.disk_read_entries,
            tx_max_disk_read_bytes: transaction.disk_read_bytes,
            tx_max_write_ledger_entries: transaction.write_entries,
            tx_max_write_bytes: transaction.write_bytes,
            fee_disk_read_ledger_entry: fees.per_disk_read_entry,
            fee_write_ledger_entry: fees.per_write_entry,
            fee_disk_read1_kb: fees.per_disk_read_kb,
            soroban_state_target_size_bytes: rent.target_state_bytes,
            rent_fee1_kb_soroban_state_size_low: rent.per_kb_at_zero,
            rent_fee1_kb_soroban_state_size_high: rent.per_kb_at_target,
            soroban_state_rent_fee_growth_factor: rent.growth_factor,
        }),
        Entry::ContractLedgerCostExtV0(ConfigSettingContractLedgerCostExtV0 {
            tx_max_footprint_entries: transaction.footprint_entries,
            fee_write1_kb: fees.per_write_kb,
        }),
        Entry::ContractHistoricalDataV0(ConfigSettingContractHistoricalDataV0 {
            fee_historical1_kb: fees.per_historical_kb,
        }),
        Entry::ContractEventsV0(ConfigSettingContractEventsV0 {
            tx_max_contract_events_size_bytes: transaction.events_bytes,
            fee_contract_events1_kb: fees.per_event_kb,
        }),
        Entry::ContractBandwidthV0(ConfigSettingContractBandwidthV0 {
            ledger_max_txs_size_bytes: ledger.size_bytes,
            tx_max_size_bytes: transaction.size_bytes,
            fee_tx_size1_kb: fees.per_transaction_size_kb,
        }),
        Entry::ContractCostParamsCpuInstructions(settings.cost.cpu.clone()),
        Entry::ContractCostParamsMemoryBytes(settings.cost.memory.clone()),
        Entry::ContractDataKeySizeBytes(transaction.key_bytes),
        Entry::ContractDataEntrySizeBytes(transaction.data_entry_bytes),
        Entry::StateArchival(StateArchivalSettings {
            max_entry_ttl: ttl.max_ledgers,
            min_temporary_ttl: ttl.min_temporary_ledgers,
            min_persistent_ttl: ttl.min_persistent_ledgers,
            persistent_rent_rate_denominator: rent.persistent_denominator,
            temp_rent_rate_denominator: rent.temporary_denominator,
            max_entries_to_archive: MAX_ENTRIES_TO_ARCHIVE,
            live_soroban_state_size_window_sample_size: STATE_SIZE_SAMPLES,
            live_soroban_state_size_window_sample_period: STATE_SIZE_SAMPLE_PERIOD_LEDGERS,
            eviction_scan_size: EVICTION_SCAN_BYTES,
            starting_eviction_scan_level: EVICTION_SCAN_LEVEL,
        }),
        Entry::ContractExecutionLanes(ConfigSettingContractExecutionLanesV0 {
            ledger_max_tx_count: ledger.transactions,
        }),
        Entry::ContractParallelComputeV0(ConfigSettingContractParallelComputeV0 {
            ledger_max_dependent_tx_clusters: ledger.clusters,
        }),
        Entry::LiveSorobanStateSizeWindow(
            vec![rent.live_state_bytes; STATE_SIZE_SAMPLES as usize].try_into()?,
        ),
    ])
}
