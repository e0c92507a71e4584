//! The settings as the apply code uses them, loaded from the ledger's own entries.

use crate::Fault;
use crate::world::World;
use crate::xdr::{
    ConfigSettingEntry, ConfigSettingId, LedgerEntryData, LedgerKey, LedgerKeyConfigSetting,
};
use crate::{LedgerLimits, TransactionLimits};
use soroban_env_host::budget::Budget;
use soroban_simulation::NetworkConfig;

/// Limits, fees and cost parameters in force.
#[derive(Debug)]
pub struct Configuration {
    /// What simulation and the fee functions take.
    pub network: NetworkConfig,
    /// Limits of one transaction.
    pub transaction: TransactionLimits,
    /// Limits of one ledger.
    pub ledger: LedgerLimits,
    /// Average size of the live Soroban state, in bytes: it sets the rent.
    pub live_state_bytes: u64,
}

macro_rules! setting {
    ($world:expr, $kind:ident) => {
        match find($world, ConfigSettingId::$kind)? {
            ConfigSettingEntry::$kind(value) => value,
            other => {
                let came = other.discriminant();
                return Err(Fault::Settings(format!(
                    "expected {:?} under its key, found {came:?}",
                    ConfigSettingId::$kind
                )));
            }
        }
    };
}

impl Configuration {
    /// Reads the configuration entries of a ledger.
    ///
    /// # Errors
    /// When one of them is missing or out of range.
    pub fn load(world: &World) -> Result<Self, Fault> {
        let network = NetworkConfig::load_from_snapshot(world)
            .map_err(|error| Fault::Settings(error.to_string()))?;
        let compute = setting!(world, ContractComputeV0);
        let cost = setting!(world, ContractLedgerCostV0);
        let cost_ext = setting!(world, ContractLedgerCostExtV0);
        let events = setting!(world, ContractEventsV0);
        let bandwidth = setting!(world, ContractBandwidthV0);
        let lanes = setting!(world, ContractExecutionLanes);
        let parallel = setting!(world, ContractParallelComputeV0);
        let window = setting!(world, LiveSorobanStateSizeWindow);
        let samples = (window.len() as u64).max(1);
        let instructions = u32::try_from(compute.tx_max_instructions)
            .map_err(|_| Fault::Settings("instructions of a transaction exceed a u32".into()))?;
        Ok(Self {
            live_state_bytes: window.iter().fold(0_u64, |a, b| a.saturating_add(*b)) / samples,
            network,
            transaction: TransactionLimits {
                instructions,
                memory_bytes: compute.tx_memory_limit,
                footprint_entries: cost_ext.tx_max_footprint_entries,
                disk_read_entries: cost.tx_max_disk_read_entries,
                disk_read_bytes: cost.tx_max_disk_read_bytes,
                write_entries: cost.tx_max_write_ledger_entries,
                write_bytes: cost.tx_max_write_bytes,
                size_bytes: bandwidth.tx_max_size_bytes,
                events_bytes: events.tx_max_contract_events_size_bytes,
                key_bytes: setting!(world, ContractDataKeySizeBytes),
                data_entry_bytes: setting!(world, ContractDataEntrySizeBytes),
                code_bytes: setting!(world, ContractMaxSizeBytes),
            },
            ledger: LedgerLimits {
                cluster_instructions: compute.ledger_max_instructions,
                clusters: parallel.ledger_max_dependent_tx_clusters,
                disk_read_entries: cost.ledger_max_disk_read_entries,
                disk_read_bytes: cost.ledger_max_disk_read_bytes,
                write_entries: cost.ledger_max_write_ledger_entries,
                write_bytes: cost.ledger_max_write_bytes,
                size_bytes: bandwidth.ledger_max_txs_size_bytes,
                transactions: lanes.ledger_max_tx_count,
            },
        })
    }

    /// A budget with the network's cost parameters and these limits.
    pub(crate) fn budget(&self, instructions: u64, memory_bytes: u64) -> Result<Budget, Fault> {
        Ok(Budget::try_from_configs(
            instructions,
            memory_bytes,
            self.network.cpu_cost_params.clone(),
            self.network.memory_cost_params.clone(),
        )?)
    }
}

fn find(world: &World, id: ConfigSettingId) -> Result<ConfigSettingEntry, Fault> {
    let key = LedgerKey::ConfigSetting(LedgerKeyConfigSetting { config_setting_id: id });
    match world.get(&key).map(|stored| &stored.entry.data) {
        Some(LedgerEntryData::ConfigSetting(setting)) => Ok(setting.clone()),
        _ => Err(Fault::Settings(format!("the ledger has no {id:?}"))),
    }
}
