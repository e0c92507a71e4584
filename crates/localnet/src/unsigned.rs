//! A transaction to apply without signatures, with every figure in the caller's hands.

use crate::Fault;
use crate::fees::BASE_FEE_STROOPS;
use crate::keys::public_key;
use crate::localnet::Localnet;
use crate::simulate::Simulation;
use crate::xdr::{
    AccountId, HostFunction, InvokeHostFunctionOp, Memo, MuxedAccount, Operation, OperationBody,
    Preconditions, SequenceNumber, SorobanAuthorizationEntry, SorobanTransactionData, Transaction,
    TransactionEnvelope, TransactionExt, TransactionV1Envelope, Uint256, VecM,
};

/// A host function with the resources and fee to apply it with.
#[derive(Clone, Debug)]
pub struct Unsigned {
    /// The account whose transaction it is. It must exist; its sequence number is taken care of.
    pub source: AccountId,
    /// The function.
    pub host_function: HostFunction,
    /// Authorisation entries.
    pub auth: Vec<SorobanAuthorizationEntry>,
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
    pub fn simulated(
        source: AccountId,
        host_function: HostFunction,
        simulation: &Simulation,
    ) -> Self {
        Self {
            source,
            host_function,
            auth: simulation.auth.clone(),
            data: simulation.data.clone(),
            inclusion_fee_stroops: BASE_FEE_STROOPS,
            size_bytes: None,
        }
    }

    pub(crate) fn envelope(&self, localnet: &Localnet) -> Result<TransactionEnvelope, Fault> {
        let account = localnet.world().account(&self.source);
        let account = account.ok_or_else(|| Fault::MissingAccount(self.source.to_string()))?;
        let fee = self.data.resource_fee.saturating_add(self.inclusion_fee_stroops);
        let operation = Operation {
            source_account: None,
            body: OperationBody::InvokeHostFunction(InvokeHostFunctionOp {
                host_function: self.host_function.clone(),
                auth: self.auth.clone().try_into()?,
            }),
        };
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
