//! Applying one operation to a draft of the ledger.

mod changes;
mod classic;
mod diagnostics;
mod extend;
mod footprint;
mod invoke;
mod limits;
mod restore;
mod usage;

#[cfg(feature = "server")]
pub(crate) use diagnostics::refusal_diagnostic;
pub use usage::ResourceUsage;

use crate::Fault;
use crate::configuration::Configuration;
use crate::draft::Draft;
use crate::modules::Modules;
use crate::transaction::ParsedTransaction;
use crate::xdr::{
    ContractEvent, ContractId, DiagnosticEvent, LedgerEntryChange, Operation, OperationBody,
    OperationResult, ScVal, SorobanTransactionData,
};
use soroban_env_host::LedgerInfo;
use soroban_env_host::fees::LedgerEntryRentChange;

/// The ledger being closed, as operations see it.
pub(crate) struct ClosingLedger<'a> {
    pub configuration: &'a Configuration,
    pub modules: &'a Modules,
    pub network_id: [u8; 32],
    pub native_contract: &'a ContractId,
    pub protocol: u32,
    pub sequence: u32,
    pub close_time_s: u64,
    pub base_reserve_stroops: u32,
}

impl ClosingLedger<'_> {
    pub fn host_info(&self) -> LedgerInfo {
        let mut info = LedgerInfo {
            protocol_version: self.protocol,
            sequence_number: self.sequence,
            timestamp: self.close_time_s,
            network_id: self.network_id,
            base_reserve: self.base_reserve_stroops,
            ..LedgerInfo::default()
        };
        self.configuration.network.fill_config_fields_in_ledger_info(&mut info);
        info
    }

    /// Until when a restored persistent entry lives.
    pub fn restored_until(&self) -> u32 {
        self.sequence
            .saturating_add(self.configuration.network.min_persistent_entry_ttl)
            .saturating_sub(1)
    }
}

/// What an operation did.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    pub changes: Vec<LedgerEntryChange>,
    pub events: Vec<ContractEvent>,
}

/// What a Soroban operation used and answered, successful or not.
#[derive(Debug, Default)]
pub(crate) struct SorobanApplied {
    pub return_value: Option<ScVal>,
    pub diagnostics: Vec<DiagnosticEvent>,
    pub usage: ResourceUsage,
    pub rent_stroops: i64,
    pub events_stroops: i64,
}

impl SorobanApplied {
    /// Charges rent and events against the refundable part. False when it does not suffice.
    pub fn charge(
        &mut self,
        ledger: &ClosingLedger<'_>,
        transaction: &ParsedTransaction,
        data: &SorobanTransactionData,
        rent: &[LedgerEntryRentChange],
        events_bytes: u32,
    ) -> bool {
        let fee =
            crate::fees::resource_fee_of(ledger.configuration, transaction, data, events_bytes);
        self.rent_stroops = crate::fees::rent_stroops(ledger.configuration, rent, ledger.sequence);
        self.events_stroops = fee.events_stroops;
        let used = self.rent_stroops.saturating_add(self.events_stroops);
        used <= data.resource_fee.saturating_sub(fee.non_refundable_stroops)
    }
}

/// One operation of a transaction, with what applying it needs.
pub(crate) struct Step<'a> {
    pub ledger: &'a ClosingLedger<'a>,
    pub transaction: &'a ParsedTransaction,
    pub operation: &'a Operation,
    /// Seed of the contract-visible random numbers.
    pub seed: [u8; 32],
}

/// Applies an operation. The result code tells success from failure; after a failure the caller
/// drops the draft.
pub(crate) fn apply(
    step: &Step<'_>,
    draft: &mut Draft<'_>,
    soroban: &mut SorobanApplied,
) -> Result<(OperationResult, Applied), Fault> {
    let source = step.transaction.source_of(step.operation);
    match &step.operation.body {
        OperationBody::CreateAccount(create) => {
            classic::create_account(step.ledger, draft, &source, create)
        }
        OperationBody::Payment(payment) => classic::payment(step.ledger, draft, &source, payment),
        OperationBody::InvokeHostFunction(invoke) => {
            invoke::apply(step, draft, &source, invoke, soroban)
        }
        OperationBody::ExtendFootprintTtl(extend) => extend::apply(step, draft, extend, soroban),
        OperationBody::RestoreFootprint(_) => restore::apply(step, draft, soroban),
        _ => Ok((OperationResult::OpNotSupported, Applied::default())),
    }
}
