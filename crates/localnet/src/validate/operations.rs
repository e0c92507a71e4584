//! What can be said about operations before any of them runs.

use super::{Code, NextLedger, Rejection, reject};
use crate::keys::{is_soroban, is_temporary};
use crate::transaction::ParsedTransaction;
use crate::xdr::{
    Asset, CreateAccountResult, ExtendFootprintTtlResult, HostFunction, InvokeHostFunctionResult,
    OperationBody, OperationResult, OperationResultTr, PaymentResult, RestoreFootprintResult,
    SorobanTransactionData,
};

pub(super) fn check(
    next: &NextLedger<'_>,
    transaction: &ParsedTransaction,
) -> Result<(), Rejection> {
    let operations = &transaction.transaction.operations;
    let wrong: Vec<_> = operations
        .iter()
        .map(|operation| wrong_with(next, &operation.body, transaction.soroban_data()))
        .collect();
    let Some(reason) = wrong.iter().flatten().map(|(_, reason)| *reason).next() else {
        return Ok(());
    };
    let results: Vec<OperationResult> = wrong
        .into_iter()
        .zip(operations.iter())
        .map(|(wrong, operation)| {
            wrong.map_or_else(|| placeholder(&operation.body), |(result, _)| result)
        })
        .collect();
    reject(Code::TxFailed(results.try_into().unwrap_or_default()), reason)
}

fn wrong_with(
    next: &NextLedger<'_>,
    body: &OperationBody,
    data: Option<&SorobanTransactionData>,
) -> Option<(OperationResult, &'static str)> {
    use OperationResultTr as Tr;
    let inner = |result: Tr, reason| Some((OperationResult::OpInner(result), reason));
    match body {
        OperationBody::CreateAccount(create) if create.starting_balance < 0 => inner(
            Tr::CreateAccount(CreateAccountResult::Malformed),
            "a starting balance cannot be negative",
        ),
        OperationBody::Payment(payment) if payment.asset != Asset::Native => {
            Some((OperationResult::OpNotSupported, "only payments in the native asset are known"))
        }
        OperationBody::Payment(payment) if payment.amount <= 0 => {
            inner(Tr::Payment(PaymentResult::Malformed), "the amount of a payment must be positive")
        }
        OperationBody::CreateAccount(_) | OperationBody::Payment(_) => None,
        OperationBody::InvokeHostFunction(invoke) => match &invoke.host_function {
            HostFunction::UploadContractWasm(wasm)
                if wasm.len() > next.configuration.transaction.code_bytes as usize =>
            {
                inner(
                    Tr::InvokeHostFunction(InvokeHostFunctionResult::Malformed),
                    "the wasm is larger than the network allows",
                )
            }
            _ => None,
        },
        OperationBody::ExtendFootprintTtl(extend) => {
            let footprint = &data?.resources.footprint;
            let longest = next.configuration.network.max_entry_ttl.saturating_sub(1);
            (!footprint.read_write.is_empty()
                || !footprint.read_only.iter().all(is_soroban)
                || extend.extend_to > longest)
                .then_some((
                    OperationResult::OpInner(Tr::ExtendFootprintTtl(
                        ExtendFootprintTtlResult::Malformed,
                    )),
                    "an extension takes read-only contract entries and at most the maximum TTL",
                ))
        }
        OperationBody::RestoreFootprint(_) => {
            let footprint = &data?.resources.footprint;
            (!footprint.read_only.is_empty()
                || !footprint.read_write.iter().all(|key| is_soroban(key) && !is_temporary(key)))
            .then_some((
                OperationResult::OpInner(Tr::RestoreFootprint(RestoreFootprintResult::Malformed)),
                "a restoration takes read-write persistent contract entries",
            ))
        }
        _ => Some((OperationResult::OpNotSupported, "this operation is not known here")),
    }
}

/// What stands for an operation that nothing is wrong with, beside one that was refused.
pub(super) fn placeholder(body: &OperationBody) -> OperationResult {
    use OperationResultTr as Tr;
    match body {
        OperationBody::CreateAccount(_) => {
            OperationResult::OpInner(Tr::CreateAccount(CreateAccountResult::Success))
        }
        OperationBody::Payment(_) => OperationResult::OpInner(Tr::Payment(PaymentResult::Success)),
        // A host function is alone in its transaction, so it never stands beside another.
        OperationBody::InvokeHostFunction(_) => {
            OperationResult::OpInner(Tr::InvokeHostFunction(InvokeHostFunctionResult::Malformed))
        }
        OperationBody::ExtendFootprintTtl(_) => {
            OperationResult::OpInner(Tr::ExtendFootprintTtl(ExtendFootprintTtlResult::Success))
        }
        OperationBody::RestoreFootprint(_) => {
            OperationResult::OpInner(Tr::RestoreFootprint(RestoreFootprintResult::Success))
        }
        _ => OperationResult::OpNotSupported,
    }
}
