//! A transaction to apply without signatures, with every figure in the caller's hands.

use crate::Fault;
use crate::fees::BASE_FEE_STROOPS;
use crate::keys::public_key;
use crate::localnet::Localnet;
use crate::simulate::Simulation;
use crate::xdr::{
    AccountId, ExtendFootprintTtlOp, ExtensionPoint, HostFunction, InvokeHostFunctionOp, Memo,
    MuxedAccount, Operation, OperationBody, Preconditions, RestoreFootprintOp, SequenceNumber,
    SorobanTransactionData, Transaction, TransactionEnvelope, TransactionExt,
    TransactionV1Envelope, Uint256, VecM,
};

/// A Soroban operation with the resources and fee to apply it with.
#[derive(Clone, Debug)]
pub struct Unsigned {
    /// The account whose transaction it is. It must exist; its sequence number is taken care of.
    pub source: AccountId,
    /// The operation: a host function with its authorisation, an extension or a restoration.
    pub operation: OperationBody,
    /// Footprint, resources and resource fee, enforced as they stand.
    pub data: SorobanTransactionData,
    /// What is bid for inclusion.
    pub inclusion_fee_stroops: i64,
    /// The envelope's size to reckon with, in bytes; `None` for the size it has. A transaction
    /// with a smart wallet's signatures has about 3,000.
    pub size_bytes: Option<u32>,
}

impl Unsigned {
    /// What a wallet would send after a simulation.
    ///
    /// # Errors
    /// When there are more authorisation entries than an operation takes.
    pub fn simulated(
        source: AccountId,
        host_function: HostFunction,
        simulation: &Simulation,
    ) -> Result<Self, Fault> {
        let auth = simulation.auth.clone().try_into()?;
        let operation =
            OperationBody::InvokeHostFunction(InvokeHostFunctionOp { host_function, auth });
        Ok(Self::of(source, operation, simulation.data.clone()))
    }

    /// Extends the times to live of what was simulated.
    pub fn extension(source: AccountId, extend_to: u32, data: SorobanTransactionData) -> Self {
        let extend = ExtendFootprintTtlOp { ext: ExtensionPoint::V0, extend_to };
        Self::of(source, OperationBody::ExtendFootprintTtl(extend), data)
    }

    /// Restores what was simulated.
    pub fn restoration(source: AccountId, data: SorobanTransactionData) -> Self {
        let restore = RestoreFootprintOp { ext: ExtensionPoint::V0 };
        Self::of(source, OperationBody::RestoreFootprint(restore), data)
    }

    fn of(source: AccountId, operation: OperationBody, data: SorobanTransactionData) -> Self {
        let inclusion_fee_stroops = BASE_FEE_STROOPS;
        Self { source, operation, data, inclusion_fee_stroops, size_bytes: None }
    }

    pub(crate) fn envelope(&self, localnet: &Localnet) -> Result<TransactionEnvelope, Fault> {
        let account = localnet.world().account(&self.source);
        let account = account.ok_or_else(|| Fault::MissingAccount(self.source.to_string()))?;
        let fee = self.data.resource_fee.saturating_add(self.inclusion_fee_stroops);
        let operation = Operation { source_account: None, body: self.operation.clone() };
        Ok(TransactionEnvelope::Tx(TransactionV1Envelope {
            tx: Transaction {
                source_account: MuxedAccount::Ed25519(Uint256(public_key(&self.source))),
                fee: u32::try_from(fee).map_err(|_| Fault::TooLarge("the fee"))?,
                seq_num: SequenceNumber(account.seq_num.0.saturating_add(1)),
                cond: Preconditions::None,
                memo: Memo::None,
                operations: vec![operation].try_into()?,
                ext: TransactionExt::V1(self.data.clone()),
            },
            signatures: VecM::default(),
        }))
    }
}
