//! What a transaction says before it is applied, and how its ledger charges for it.

use std::collections::HashMap;

use crate::fee::BaseFee;
use crate::xdr::{
    self, FeeBumpTransactionInnerTx, GeneralizedTransactionSet, MuxedAccount, Operation,
    OperationBody, SorobanTransactionData, TransactionEnvelope, TransactionExt, TransactionPhase,
    TransactionSet, TxSetComponent, Uint256,
};
use crate::{Address, Hash, MetaError, Network};

/// The envelopes of a ledger by hash, each with the way in which its component is charged.
pub(crate) type Envelopes<'a> = HashMap<Hash, (&'a TransactionEnvelope, Option<BaseFee>)>;

pub(crate) fn of_generalized<'a>(
    set: &'a GeneralizedTransactionSet,
    network: &Network,
) -> Result<Envelopes<'a>, MetaError> {
    let GeneralizedTransactionSet::V1(set) = set;
    let mut envelopes = Envelopes::new();
    for phase in set.phases.iter() {
        match phase {
            TransactionPhase::V0(components) => {
                for component in components.iter() {
                    let TxSetComponent::TxsetCompTxsMaybeDiscountedFee(component) = component;
                    let base_fee = base_fee(component.base_fee);
                    insert(&mut envelopes, component.txs.iter(), Some(base_fee), network)?;
                }
            }
            TransactionPhase::V1(parallel) => {
                let base_fee = base_fee(parallel.base_fee);
                let stages = parallel.execution_stages.iter();
                let clusters = stages.flat_map(|stage| stage.0.iter());
                let transactions = clusters.flat_map(|cluster| cluster.0.iter());
                insert(&mut envelopes, transactions, Some(base_fee), network)?;
            }
        }
    }
    Ok(envelopes)
}

/// The set of ledgers before protocol 20, which does not say how it charges.
pub(crate) fn of_legacy<'a>(
    set: &'a TransactionSet,
    network: &Network,
) -> Result<Envelopes<'a>, MetaError> {
    let mut envelopes = Envelopes::new();
    insert(&mut envelopes, set.txs.iter(), None, network)?;
    Ok(envelopes)
}

fn base_fee(base_fee: Option<i64>) -> BaseFee {
    base_fee.map_or(BaseFee::Bid, BaseFee::PerOperation)
}

fn insert<'a>(
    envelopes: &mut Envelopes<'a>,
    transactions: impl Iterator<Item = &'a TransactionEnvelope>,
    base_fee: Option<BaseFee>,
    network: &Network,
) -> Result<(), MetaError> {
    for envelope in transactions {
        envelopes.insert(hash(envelope, network)?, (envelope, base_fee));
    }
    Ok(())
}

pub(crate) fn hash(envelope: &TransactionEnvelope, network: &Network) -> Result<Hash, MetaError> {
    envelope
        .hash(network.id())
        .map(Hash)
        .map_err(|error| xdr::unsupported("TransactionEnvelope", error))
}

/// An envelope of any version, by what matters of it.
pub(crate) struct View<'a> {
    pub source: Address,
    pub fee_source: Address,
    pub fee_bump: bool,
    pub operations: &'a [Operation],
    pub soroban: Option<&'a SorobanTransactionData>,
    /// In stroops, without the resource fee.
    pub inclusion_bid: i64,
    /// Operations, and one more for a fee bump.
    pub fee_units: i64,
}

impl<'a> View<'a> {
    pub(crate) fn of(envelope: &'a TransactionEnvelope) -> Self {
        match envelope {
            TransactionEnvelope::TxV0(envelope) => {
                let source = account(&envelope.tx.source_account_ed25519);
                let operations = envelope.tx.operations.as_slice();
                Self::assemble(source, None, operations, None, envelope.tx.fee.into())
            }
            TransactionEnvelope::Tx(envelope) => {
                let transaction = &envelope.tx;
                Self::assemble(
                    muxed(&transaction.source_account),
                    None,
                    transaction.operations.as_slice(),
                    soroban_data(&transaction.ext, transaction.operations.as_slice()),
                    transaction.fee.into(),
                )
            }
            TransactionEnvelope::TxFeeBump(envelope) => {
                let FeeBumpTransactionInnerTx::Tx(inner) = &envelope.tx.inner_tx;
                Self::assemble(
                    muxed(&inner.tx.source_account),
                    Some(muxed(&envelope.tx.fee_source)),
                    inner.tx.operations.as_slice(),
                    soroban_data(&inner.tx.ext, inner.tx.operations.as_slice()),
                    envelope.tx.fee,
                )
            }
        }
    }

    fn assemble(
        source: Address,
        bump_source: Option<Address>,
        operations: &'a [Operation],
        soroban: Option<&'a SorobanTransactionData>,
        fee: i64,
    ) -> Self {
        let fee_bump = bump_source.is_some();
        let resource_fee = soroban.map_or(0, |data| data.resource_fee);
        let operation_count = i64::try_from(operations.len()).unwrap_or(i64::MAX);
        View {
            fee_source: bump_source.unwrap_or_else(|| source.clone()),
            source,
            fee_bump,
            operations,
            soroban,
            inclusion_bid: fee.saturating_sub(resource_fee),
            fee_units: operation_count.max(1).saturating_add(fee_bump.into()),
        }
    }
}

/// The resources of a Soroban transaction. A classic one may carry the extension since it is part
/// of the type, but then it is not valid, and its fee has no resource part.
fn soroban_data<'a>(
    ext: &'a TransactionExt,
    operations: &[Operation],
) -> Option<&'a SorobanTransactionData> {
    let is_soroban = matches!(
        operations,
        [Operation {
            body: OperationBody::InvokeHostFunction(_)
                | OperationBody::ExtendFootprintTtl(_)
                | OperationBody::RestoreFootprint(_),
            ..
        }]
    );
    match ext {
        TransactionExt::V1(data) if is_soroban => Some(data),
        TransactionExt::V0 | TransactionExt::V1(_) => None,
    }
}

fn muxed(source: &MuxedAccount) -> Address {
    match source {
        MuxedAccount::Ed25519(key) => account(key),
        MuxedAccount::MuxedEd25519(muxed) => account(&muxed.ed25519),
    }
}

fn account(key: &Uint256) -> Address {
    Address::from_account_key(key.0)
}
