//! What became of a transaction.

use crate::apply::ResourceUsage;
use crate::fees::FeeParts;
use crate::xdr::{
    ContractEvent, CreateAccountResult, DiagnosticEvent, ExtendFootprintTtlResult,
    InnerTransactionResultResult, InvokeHostFunctionResult, LedgerEntryChange, OperationResult,
    OperationResultTr, PaymentResult, RestoreFootprintResult, ScVal, TransactionEnvelope,
    TransactionEvent, TransactionMeta, TransactionMetaV4, TransactionResult,
    TransactionResultResult,
};

/// A transaction that a ledger applied, successfully or not.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The ledger.
    pub ledger: u32,
    /// When it closed, in seconds.
    pub close_time_s: u64,
    /// Position in the ledger, from 1.
    pub application_order: u32,
    /// The hash the network knows the transaction by.
    pub hash: [u8; 32],
    /// Whether a fee bump was around it.
    pub is_fee_bump: bool,
    /// The envelope as it came.
    pub envelope: TransactionEnvelope,
    /// The result.
    pub result: TransactionResult,
    /// The metadata.
    pub meta: TransactionMetaV4,
    /// Balances changed by the fee, before all transactions.
    pub fee_changes: Vec<LedgerEntryChange>,
    /// Balances changed by the refund, after all transactions.
    pub refund_changes: Vec<LedgerEntryChange>,
    /// Where the fee went.
    pub fees: FeeParts,
    /// What a Soroban operation used; `None` for classic transactions.
    pub usage: Option<ResourceUsage>,
}

/// Why an applied transaction failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The contract failed, or stepped outside its footprint.
    Trapped,
    /// More instructions, memory, bytes read, written or emitted than declared or allowed.
    ResourceLimitExceeded,
    /// An entry of the footprint is archived and not marked for restoring.
    EntryArchived,
    /// Rent and events cost more than the refundable part of the resource fee.
    InsufficientRefundableFee,
    /// Any other operation result.
    Operation(Box<OperationResult>),
    /// The transaction failed as a whole.
    Transaction(Box<TransactionResultResult>),
}

impl Outcome {
    /// Whether the transaction succeeded.
    pub fn is_success(&self) -> bool {
        self.failure().is_none()
    }

    /// Why it failed; `None` when it succeeded.
    pub fn failure(&self) -> Option<Failure> {
        use InnerTransactionResultResult as Inner;
        use TransactionResultResult as Whole;
        let operations = match &self.result.result {
            Whole::TxSuccess(_) | Whole::TxFeeBumpInnerSuccess(_) => return None,
            Whole::TxFailed(operations) => operations,
            Whole::TxFeeBumpInnerFailed(pair) => match &pair.result.result {
                Inner::TxFailed(operations) => operations,
                _ => return Some(Failure::Transaction(Box::new(self.result.result.clone()))),
            },
            other => return Some(Failure::Transaction(Box::new(other.clone()))),
        };
        let failed = operations.iter().find(|operation| !is_success(operation));
        Some(failed.map_or_else(
            || Failure::Transaction(Box::new(self.result.result.clone())),
            |operation| Failure::of(operation.clone()),
        ))
    }

    /// What the contract returned.
    pub fn return_value(&self) -> Option<&ScVal> {
        self.meta.soroban_meta.as_ref()?.return_value.as_ref()
    }

    /// Contract events of all operations.
    pub fn events(&self) -> impl Iterator<Item = &ContractEvent> {
        self.meta.operations.iter().flat_map(|operation| operation.events.iter())
    }

    /// Fee events.
    pub fn fee_events(&self) -> &[TransactionEvent] {
        self.meta.events.as_slice()
    }

    /// Diagnostic events: calls, returns, errors, metrics.
    pub fn diagnostic_events(&self) -> &[DiagnosticEvent] {
        self.meta.diagnostic_events.as_slice()
    }

    /// Changes of all operations, without fee and sequence number.
    pub fn changes(&self) -> impl Iterator<Item = &LedgerEntryChange> {
        self.meta.operations.iter().flat_map(|operation| operation.changes.0.iter())
    }

    /// The metadata as the ledger keeps it.
    pub fn transaction_meta(&self) -> TransactionMeta {
        TransactionMeta::V4(self.meta.clone())
    }
}

impl Failure {
    fn of(operation: OperationResult) -> Self {
        use InvokeHostFunctionResult as Invoke;
        match &operation {
            OperationResult::OpInner(OperationResultTr::InvokeHostFunction(result)) => match result
            {
                Invoke::Trapped => Failure::Trapped,
                Invoke::ResourceLimitExceeded => Failure::ResourceLimitExceeded,
                Invoke::EntryArchived => Failure::EntryArchived,
                Invoke::InsufficientRefundableFee => Failure::InsufficientRefundableFee,
                Invoke::Success(_) | Invoke::Malformed => Failure::Operation(Box::new(operation)),
            },
            OperationResult::OpInner(
                OperationResultTr::ExtendFootprintTtl(
                    ExtendFootprintTtlResult::InsufficientRefundableFee,
                )
                | OperationResultTr::RestoreFootprint(
                    RestoreFootprintResult::InsufficientRefundableFee,
                ),
            ) => Failure::InsufficientRefundableFee,
            _ => Failure::Operation(Box::new(operation)),
        }
    }
}

pub(crate) fn is_success(operation: &OperationResult) -> bool {
    use OperationResultTr as Tr;
    matches!(
        operation,
        OperationResult::OpInner(
            Tr::CreateAccount(CreateAccountResult::Success)
                | Tr::Payment(PaymentResult::Success)
                | Tr::InvokeHostFunction(InvokeHostFunctionResult::Success(_))
                | Tr::ExtendFootprintTtl(ExtendFootprintTtlResult::Success)
                | Tr::RestoreFootprint(RestoreFootprintResult::Success)
        )
    )
}
