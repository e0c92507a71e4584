//! Simulation: the code path of Stellar RPC, with its margins.

use crate::Fault;
use crate::configuration::Configuration;
use crate::host_error;
use crate::host_stack::on_host_stack;
use crate::world::World;
use crate::xdr::{
    AccountId, ContractEvent, DiagnosticEvent, HostFunction, LedgerEntry, LedgerKey, ScVal,
    SorobanAuthorizationEntry, SorobanTransactionData,
};
use soroban_env_host::LedgerInfo;
use soroban_env_host::e2e_invoke::RecordingInvocationAuthMode;
use soroban_simulation::AutoRestoringSnapshotSource;
use soroban_simulation::simulation::{
    LedgerEntryDiff, SimulationAdjustmentConfig, simulate_extend_ttl_op,
    simulate_invoke_host_function_op, simulate_restore_op,
};
use std::rc::Rc;
use std::sync::Arc;

/// What simulation does about authorisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthMode {
    /// Record what would have to be authorised, from the root call down.
    Record,
    /// Record, and also where a contract asks without being called by whom it asks.
    RecordAllowNonroot,
    /// Take these entries and check them, signatures and all.
    Enforce(Vec<SorobanAuthorizationEntry>),
}

/// A snapshot to simulate against. It can be sent to another thread and outlive later ledgers.
#[derive(Clone)]
pub struct Simulator {
    pub(crate) world: World,
    pub(crate) configuration: Arc<Configuration>,
    pub(crate) info: LedgerInfo,
    pub(crate) seed: [u8; 32],
}

/// A host function to simulate.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who the transaction's source would be. It need not exist.
    pub source: AccountId,
    /// The function.
    pub host_function: HostFunction,
    /// What to do about authorisation.
    pub auth: AuthMode,
    /// Instructions to add at least, on top of what was measured; 0 for the default margin.
    pub instruction_leeway: u32,
}

/// A host function that succeeded in simulation.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// Footprint, resources with their margins, and the resource fee they need.
    pub data: SorobanTransactionData,
    /// What it returned.
    pub return_value: ScVal,
    /// What has to be authorised, or was.
    pub auth: Vec<SorobanAuthorizationEntry>,
    /// Contract events.
    pub events: Vec<ContractEvent>,
    /// Diagnostic events.
    pub diagnostics: Vec<DiagnosticEvent>,
    /// Instructions measured, without margin.
    pub instructions: u32,
    /// Memory measured, in bytes.
    pub memory_bytes: u32,
    /// Entries it would change.
    pub changes: Vec<SimulatedChange>,
}

/// An entry before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulatedChange {
    /// Its key.
    pub key: LedgerKey,
    /// `None` when it would be created.
    pub before: Option<LedgerEntry>,
    /// `None` when it would be deleted.
    pub after: Option<LedgerEntry>,
}

/// Why there is no simulation.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// The host function failed.
    #[error("{error}")]
    Failed {
        /// What the host says.
        error: String,
        /// Diagnostic events up to the failure.
        diagnostics: Vec<DiagnosticEvent>,
    },
    /// The operation cannot be simulated as it stands.
    #[error("{0}")]
    Refused(String),
    /// The ledger could not do its work.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Resources for a footprint operation.
#[derive(Clone, Debug)]
pub struct FootprintSimulation {
    /// Footprint, resources and the resource fee they need.
    pub data: SorobanTransactionData,
    /// What has to be restored first, if anything.
    pub restore_first: Option<SorobanTransactionData>,
}

impl Simulator {
    /// The ledger the snapshot was taken after.
    pub fn ledger(&self) -> u32 {
        self.info.sequence_number
    }

    /// Simulates a host function.
    ///
    /// # Errors
    /// [`SimulationError::Failed`] when the function fails.
    pub fn call(&self, call: &Call) -> Result<Simulation, SimulationError> {
        on_host_stack(|| self.call_here(call))?
    }

    fn call_here(&self, call: &Call) -> Result<Simulation, SimulationError> {
        let mut margins = SimulationAdjustmentConfig::default_adjustment();
        margins.instructions.additive_factor =
            margins.instructions.additive_factor.max(call.instruction_leeway);
        let auth = match &call.auth {
            AuthMode::Record => RecordingInvocationAuthMode::recording(true, false),
            AuthMode::RecordAllowNonroot => RecordingInvocationAuthMode::recording(false, false),
            AuthMode::Enforce(entries) => RecordingInvocationAuthMode::Enforcing(entries.clone()),
        };
        let simulated = simulate_invoke_host_function_op(
            Rc::new(self.world.clone()),
            &self.configuration.network,
            &margins,
            &self.info,
            call.host_function.clone(),
            auth,
            &call.source,
            self.seed,
            true,
        )
        .map_err(refused)?;
        let return_value = match simulated.invoke_result {
            Ok(return_value) => return_value,
            Err(error) => {
                let diagnostics = simulated.diagnostic_events;
                let error = host_error::message(&error, &diagnostics);
                return Err(SimulationError::Failed { error, diagnostics });
            }
        };
        let data = simulated
            .transaction_data
            .ok_or_else(|| Fault::Host("a simulation succeeded without transaction data".into()))?;
        Ok(Simulation {
            data,
            return_value,
            auth: simulated.auth,
            events: simulated.contract_events,
            diagnostics: simulated.diagnostic_events,
            instructions: simulated.simulated_instructions,
            memory_bytes: simulated.simulated_memory,
            changes: simulated.modified_entries.into_iter().filter_map(change).collect(),
        })
    }

    /// Simulates extending the times to live of `keys` to `extend_to` ledgers from now.
    ///
    /// # Errors
    /// When a key has no time to live.
    pub fn extend(
        &self,
        keys: &[LedgerKey],
        extend_to: u32,
    ) -> Result<FootprintSimulation, SimulationError> {
        let margins = SimulationAdjustmentConfig::default_adjustment();
        let network = &self.configuration.network;
        let snapshot = Rc::new(self.world.clone());
        let restoring = AutoRestoringSnapshotSource::new(snapshot, &self.info).map_err(refused)?;
        let extended =
            simulate_extend_ttl_op(&restoring, network, &margins, &self.info, keys, extend_to)
                .map_err(refused)?;
        let restore_first = restoring
            .simulate_restore_keys_op(network, &margins, &self.info)
            .map_err(refused)?
            .map(|restored| restored.transaction_data);
        Ok(FootprintSimulation { data: extended.transaction_data, restore_first })
    }

    /// Simulates restoring `keys`.
    ///
    /// # Errors
    /// When a key is missing or not persistent.
    pub fn restore(&self, keys: &[LedgerKey]) -> Result<FootprintSimulation, SimulationError> {
        let margins = SimulationAdjustmentConfig::default_adjustment();
        let network = &self.configuration.network;
        let restored = simulate_restore_op(&self.world, network, &margins, &self.info, keys)
            .map_err(refused)?;
        Ok(FootprintSimulation { data: restored.transaction_data, restore_first: None })
    }
}

fn change(diff: LedgerEntryDiff) -> Option<SimulatedChange> {
    let key = diff.state_after.as_ref().or(diff.state_before.as_ref())?.data.to_key();
    Some(SimulatedChange { key, before: diff.state_before, after: diff.state_after })
}

fn refused(error: impl std::fmt::Display) -> SimulationError {
    SimulationError::Refused(error.to_string())
}
