//! An envelope taken apart once: hashes, who pays, how large.

use crate::Fault;
use crate::codec::encoded_size_bytes;
use crate::keys::unmuxed;
use crate::xdr::{
    AccountId, DecoratedSignature, FeeBumpTransactionInnerTx, Operation, OperationBody,
    SorobanTransactionData, Transaction, TransactionEnvelope, TransactionExt,
};

/// The fee-bump layer around a transaction.
#[derive(Clone, Debug)]
pub(crate) struct FeeBump {
    pub hash: [u8; 32],
    pub signatures: Vec<DecoratedSignature>,
}

/// A transaction ready to be validated.
#[derive(Clone, Debug)]
pub(crate) struct ParsedTransaction {
    pub envelope: TransactionEnvelope,
    pub transaction: Transaction,
    /// Hash of the transaction itself: what its signatures sign.
    pub inner_hash: [u8; 32],
    pub signatures: Vec<DecoratedSignature>,
    pub fee_bump: Option<FeeBump>,
    pub fee_bid_stroops: i64,
    pub fee_source: AccountId,
    /// The size that limits and fees apply to, in bytes.
    pub size_bytes: u32,
}

impl ParsedTransaction {
    /// Takes an envelope apart. `None` for the envelope of protocol 12 and before.
    pub fn parse(
        envelope: TransactionEnvelope,
        network_id: [u8; 32],
    ) -> Result<Option<Self>, Fault> {
        let (inner, fee_bump, fee_bid_stroops, fee_source) = match &envelope {
            TransactionEnvelope::TxV0(_) => return Ok(None),
            TransactionEnvelope::Tx(inner) => {
                let source = unmuxed(&inner.tx.source_account);
                (inner.clone(), None, i64::from(inner.tx.fee), source)
            }
            TransactionEnvelope::TxFeeBump(outer) => {
                let FeeBumpTransactionInnerTx::Tx(inner) = &outer.tx.inner_tx;
                let bump = FeeBump {
                    hash: outer.tx.hash(network_id)?,
                    signatures: outer.signatures.to_vec(),
                };
                (inner.clone(), Some(bump), outer.tx.fee, unmuxed(&outer.tx.fee_source))
            }
        };
        let size_bytes = encoded_size_bytes(&TransactionEnvelope::Tx(inner.clone()))?;
        Ok(Some(Self {
            inner_hash: inner.tx.hash(network_id)?,
            signatures: inner.signatures.to_vec(),
            transaction: inner.tx,
            fee_bump,
            fee_bid_stroops,
            fee_source,
            size_bytes,
            envelope,
        }))
    }

    /// The hash the network knows the transaction by.
    pub fn hash(&self) -> [u8; 32] {
        self.fee_bump.as_ref().map_or(self.inner_hash, |bump| bump.hash)
    }

    pub fn source(&self) -> AccountId {
        unmuxed(&self.transaction.source_account)
    }

    pub fn source_of(&self, operation: &Operation) -> AccountId {
        operation.source_account.as_ref().map_or_else(|| self.source(), unmuxed)
    }

    pub fn soroban_data(&self) -> Option<&SorobanTransactionData> {
        match &self.transaction.ext {
            TransactionExt::V1(data) => Some(data),
            TransactionExt::V0 => None,
        }
    }

    pub fn resource_fee_stroops(&self) -> i64 {
        self.soroban_data().map_or(0, |data| data.resource_fee)
    }

    pub fn is_restore(&self) -> bool {
        self.transaction
            .operations
            .iter()
            .any(|operation| matches!(operation.body, OperationBody::RestoreFootprint(_)))
    }

    /// Operations as the inclusion fee counts them: a fee bump is one more.
    pub fn charged_operations(&self) -> i64 {
        let operations = i64::try_from(self.transaction.operations.len()).unwrap_or(i64::MAX);
        operations.saturating_add(i64::from(self.fee_bump.is_some()))
    }
}

pub(crate) fn is_soroban_operation(body: &OperationBody) -> bool {
    matches!(
        body,
        OperationBody::InvokeHostFunction(_)
            | OperationBody::ExtendFootprintTtl(_)
            | OperationBody::RestoreFootprint(_)
    )
}
