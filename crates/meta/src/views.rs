//! Results and metas of any version, by what matters of them.

use crate::xdr::{
    self, DiagnosticEvent, InnerTransactionResultResult, LedgerEntryChanges, OperationResult,
    ScVal, SorobanTransactionMetaExt, TransactionMeta, TransactionResultResult,
};
use crate::{ContractEvent, MetaError};

pub(crate) struct ResultView<'a> {
    pub succeeded: bool,
    pub name: &'static str,
    pub operations: &'a [OperationResult],
}

impl<'a> ResultView<'a> {
    pub(crate) fn of(result: &'a TransactionResultResult) -> Self {
        let none: &[OperationResult] = &[];
        match result {
            TransactionResultResult::TxSuccess(operations) => {
                Self { succeeded: true, name: "TxSuccess", operations }
            }
            TransactionResultResult::TxFailed(operations) => {
                Self { succeeded: false, name: "TxFailed", operations }
            }
            TransactionResultResult::TxFeeBumpInnerSuccess(pair)
            | TransactionResultResult::TxFeeBumpInnerFailed(pair) => {
                let inner = &pair.result.result;
                let operations = match inner {
                    InnerTransactionResultResult::TxSuccess(operations)
                    | InnerTransactionResultResult::TxFailed(operations) => operations.as_slice(),
                    _ => none,
                };
                let succeeded = matches!(inner, InnerTransactionResultResult::TxSuccess(_));
                Self { succeeded, name: inner.name(), operations }
            }
            other => Self { succeeded: false, name: other.name(), operations: none },
        }
    }
}

/// A transaction's meta of any version, by what matters of it.
#[derive(Default)]
pub(crate) struct MetaView<'a> {
    pub diagnostics: &'a [DiagnosticEvent],
    pub operation_events: Vec<&'a [xdr::ContractEvent]>,
    pub return_value: Option<&'a ScVal>,
    pub fee_ext: Option<&'a SorobanTransactionMetaExt>,
    /// Before protocol 23, the refund is among these.
    pub changes_after: Option<&'a LedgerEntryChanges>,
}

impl<'a> MetaView<'a> {
    pub(crate) fn of(meta: &'a TransactionMeta) -> Self {
        match meta {
            // Of protocols before Soroban.
            TransactionMeta::V0(_) | TransactionMeta::V1(_) | TransactionMeta::V2(_) => {
                MetaView::default()
            }
            TransactionMeta::V3(meta) => {
                let soroban = meta.soroban_meta.as_ref();
                MetaView {
                    diagnostics: soroban.map_or(&[], |soroban| &soroban.diagnostic_events),
                    operation_events: soroban
                        .map(|soroban| soroban.events.as_slice())
                        .into_iter()
                        .collect(),
                    return_value: soroban.map(|soroban| &soroban.return_value),
                    fee_ext: soroban.map(|soroban| &soroban.ext),
                    changes_after: Some(&meta.tx_changes_after),
                }
            }
            TransactionMeta::V4(meta) => {
                let soroban = meta.soroban_meta.as_ref();
                MetaView {
                    diagnostics: &meta.diagnostic_events,
                    operation_events: meta
                        .operations
                        .iter()
                        .map(|operation| operation.events.as_slice())
                        .collect(),
                    return_value: soroban.and_then(|soroban| soroban.return_value.as_ref()),
                    fee_ext: soroban.map(|soroban| &soroban.ext),
                    changes_after: Some(&meta.tx_changes_after),
                }
            }
        }
    }

    pub(crate) fn events(&self) -> Result<Vec<ContractEvent>, MetaError> {
        let events = self.operation_events.iter().flat_map(|events| events.iter());
        events.filter_map(|event| ContractEvent::from_xdr(event).transpose()).collect()
    }
}
