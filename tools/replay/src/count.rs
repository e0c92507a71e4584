//! How many Soroban operations there are, counted from the transaction sets alone: nothing that
//! the replay leaves out for whatever reason is left out here.

use crate::archive::CapturedFile;
use crate::in_file;
use lumenscope_localnet::xdr::{
    FeeBumpTransactionInnerTx, GeneralizedTransactionSet, LedgerCloseMeta, Limits, OperationType,
    ReadXdr, TransactionEnvelope, TransactionPhase, TransactionSet, TxSetComponent,
};

/// Operations on contracts in all transaction sets of all files.
pub fn soroban_operations(files: &[CapturedFile]) -> anyhow::Result<u64> {
    let mut count = 0;
    for file in files {
        for frame in file.frames()? {
            let meta = LedgerCloseMeta::from_xdr(frame, Limits::none());
            count += in_file(meta.map_err(Into::into), &file.name).map(|meta| of_ledger(&meta))?;
        }
    }
    Ok(count)
}

fn of_ledger(meta: &LedgerCloseMeta) -> u64 {
    match meta {
        LedgerCloseMeta::V0(meta) => of_old_set(&meta.tx_set),
        LedgerCloseMeta::V1(meta) => of_set(&meta.tx_set),
        LedgerCloseMeta::V2(meta) => of_set(&meta.tx_set),
    }
}

fn of_old_set(set: &TransactionSet) -> u64 {
    set.txs.iter().map(of_envelope).sum()
}

fn of_set(set: &GeneralizedTransactionSet) -> u64 {
    let GeneralizedTransactionSet::V1(set) = set;
    set.phases.iter().map(of_phase).sum()
}

fn of_phase(phase: &TransactionPhase) -> u64 {
    match phase {
        TransactionPhase::V0(components) => components
            .iter()
            .map(|component| {
                let TxSetComponent::TxsetCompTxsMaybeDiscountedFee(component) = component;
                component.txs.iter().map(of_envelope).sum::<u64>()
            })
            .sum(),
        TransactionPhase::V1(parallel) => {
            let clusters = parallel.execution_stages.iter().flat_map(|stage| stage.0.iter());
            clusters.flat_map(|cluster| cluster.0.iter()).map(of_envelope).sum()
        }
    }
}

fn of_envelope(envelope: &TransactionEnvelope) -> u64 {
    let operations = match envelope {
        TransactionEnvelope::TxV0(envelope) => envelope.tx.operations.as_slice(),
        TransactionEnvelope::Tx(envelope) => envelope.tx.operations.as_slice(),
        TransactionEnvelope::TxFeeBump(envelope) => {
            let FeeBumpTransactionInnerTx::Tx(inner) = &envelope.tx.inner_tx;
            inner.tx.operations.as_slice()
        }
    };
    let soroban = operations.iter().filter(|operation| {
        matches!(
            operation.body.discriminant(),
            OperationType::InvokeHostFunction
                | OperationType::ExtendFootprintTtl
                | OperationType::RestoreFootprint
        )
    });
    soroban.count() as u64
}
