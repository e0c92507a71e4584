//! The set of transactions that a ledger agreed on.

use super::Included;
use crate::Fault;
use crate::fees::BASE_FEE_STROOPS;
use crate::xdr::{
    DependentTxCluster, GeneralizedTransactionSet, Hash, ParallelTxExecutionStage,
    ParallelTxsComponent, TransactionEnvelope, TransactionPhase, TransactionSetV1, TxSetComponent,
    TxSetComponentTxsMaybeDiscountedFee, VecM,
};

/// A classic phase and a parallel Soroban phase. This ledger applies one transaction after the
/// other, which is one stage with one cluster.
pub(super) fn build(
    previous_hash: [u8; 32],
    included: &[Included],
) -> Result<GeneralizedTransactionSet, Fault> {
    let envelopes = |soroban: bool| -> Vec<TransactionEnvelope> {
        included
            .iter()
            .map(|included| &included.transaction)
            .filter(|transaction| transaction.soroban_data().is_some() == soroban)
            .map(|transaction| transaction.envelope.clone())
            .collect()
    };
    Ok(GeneralizedTransactionSet::V1(TransactionSetV1 {
        previous_ledger_hash: Hash(previous_hash),
        phases: vec![
            TransactionPhase::V0(classic_components(envelopes(false))?),
            TransactionPhase::V1(ParallelTxsComponent {
                base_fee: Some(BASE_FEE_STROOPS),
                execution_stages: stages(envelopes(true))?,
            }),
        ]
        .try_into()?,
    }))
}

fn classic_components(envelopes: Vec<TransactionEnvelope>) -> Result<VecM<TxSetComponent>, Fault> {
    if envelopes.is_empty() {
        return Ok(VecM::default());
    }
    let component = TxSetComponentTxsMaybeDiscountedFee {
        base_fee: Some(BASE_FEE_STROOPS),
        txs: envelopes.try_into()?,
    };
    Ok(vec![TxSetComponent::TxsetCompTxsMaybeDiscountedFee(component)].try_into()?)
}

fn stages(envelopes: Vec<TransactionEnvelope>) -> Result<VecM<ParallelTxExecutionStage>, Fault> {
    if envelopes.is_empty() {
        return Ok(VecM::default());
    }
    let clusters = vec![DependentTxCluster(envelopes.try_into()?)];
    Ok(vec![ParallelTxExecutionStage(clusters.try_into()?)].try_into()?)
}
