//! Whether two applications of a transaction came out the same.

use lumenscope_localnet::capture::CapturedOutcome;
use lumenscope_localnet::xdr::{
    InvokeHostFunctionResult, LedgerEntryChange, Limits, OperationResult, OperationResultTr,
    TransactionMeta, TransactionResultMetaV1, WriteXdr,
};

/// What differs first; `None` when everything is the same.
pub fn difference(
    captured: &TransactionResultMetaV1,
    captured_result: &OperationResult,
    charged_up_front: Option<i64>,
    ours: &CapturedOutcome,
) -> anyhow::Result<Option<String>> {
    if ours.result != *captured_result {
        let (ours, theirs) = (short(&ours.result), short(captured_result));
        return Ok(Some(format!("result: ours {ours}, captured {theirs}")));
    }
    let Some(up_front) = charged_up_front else {
        return Ok(Some("fee: the capture does not show what was charged".into()));
    };
    let fee = up_front - ours.refund_stroops;
    if fee != captured.result.result.fee_charged {
        return Ok(Some("fee after refund".into()));
    }
    let TransactionMeta::V4(meta) = &captured.tx_apply_processing else {
        return Ok(Some("metadata: not the version of protocol 23".into()));
    };
    let operation = meta.operations.first();
    let changes = operation.map_or(&[][..], |operation| operation.changes.0.as_slice());
    if sorted(&ours.changes)? != sorted(changes)? {
        return Ok(Some("entry or TTL changes".into()));
    }
    let events = operation.map_or(&[][..], |operation| operation.events.as_slice());
    if ours.events != events {
        return Ok(Some("events".into()));
    }
    let returned = meta.soroban_meta.as_ref().and_then(|meta| meta.return_value.as_ref());
    if is_call(captured_result) && ours.return_value.as_ref() != returned {
        return Ok(Some("return value".into()));
    }
    Ok(None)
}

fn is_call(result: &OperationResult) -> bool {
    matches!(result, OperationResult::OpInner(OperationResultTr::InvokeHostFunction(_)))
}

/// The order of changes within an operation carries no meaning: core's follows a hash table.
fn sorted(changes: &[LedgerEntryChange]) -> anyhow::Result<Vec<Vec<u8>>> {
    let encoded = changes.iter().map(|change| change.to_xdr(Limits::none()));
    let mut encoded = encoded.collect::<Result<Vec<_>, _>>()?;
    encoded.sort();
    Ok(encoded)
}

fn short(result: &OperationResult) -> String {
    match result {
        OperationResult::OpInner(OperationResultTr::InvokeHostFunction(
            InvokeHostFunctionResult::Success(_),
        )) => "success".into(),
        OperationResult::OpInner(OperationResultTr::InvokeHostFunction(result)) => {
            result.name().into()
        }
        OperationResult::OpInner(OperationResultTr::ExtendFootprintTtl(result)) => {
            result.name().into()
        }
        OperationResult::OpInner(OperationResultTr::RestoreFootprint(result)) => {
            result.name().into()
        }
        other => other.name().into(),
    }
}
