//! Transactions: assembled, hashed, signed.

use lumenscope_meta::{Address, Hash, Network};

use crate::operations::{account_key, list};
use crate::xdr::{
    self, DecoratedSignature, LedgerBounds, LedgerFootprint, LedgerKey, Memo, MuxedAccount,
    OperationBody, Preconditions, PreconditionsV2, SequenceNumber, Signature, SignatureHint,
    SorobanResources, SorobanTransactionData, SorobanTransactionDataExt, Transaction,
    TransactionEnvelope, TransactionExt, TransactionSignaturePayload,
    TransactionSignaturePayloadTaggedTransaction, TransactionV1Envelope, Uint256, VecM,
};
use crate::{InvokeError, Keypair, Operation};

/// Everything of a transaction but its signature.
pub(crate) struct Draft<'a> {
    pub source: &'a Address,
    pub sequence: i64,
    pub body: OperationBody,
    pub data: Option<SorobanTransactionData>,
    /// In stroops: inclusion and resources.
    pub fee: i64,
    /// The last ledger that may apply it; 0 for any.
    pub last_ledger: u32,
}

impl Draft<'_> {
    pub(crate) fn transaction(self) -> Result<Transaction, InvokeError> {
        let operation = xdr::Operation { source_account: None, body: self.body };
        let fee = u32::try_from(self.fee)
            .map_err(|_| xdr::malformed("fee", format!("{} stroops", self.fee)))?;
        Ok(Transaction {
            source_account: MuxedAccount::Ed25519(Uint256(account_key(self.source)?)),
            fee,
            seq_num: SequenceNumber(self.sequence),
            cond: preconditions(self.last_ledger),
            memo: Memo::None,
            operations: list("operations", vec![operation])?,
            ext: self.data.map_or(TransactionExt::V0, TransactionExt::V1),
        })
    }
}

/// Bounded by ledgers and not by time: our clock is not the network's, and a development ledger
/// may live in another year.
fn preconditions(last_ledger: u32) -> Preconditions {
    if last_ledger == 0 {
        return Preconditions::None;
    }
    Preconditions::V2(PreconditionsV2 {
        time_bounds: None,
        // The upper bound is exclusive.
        ledger_bounds: Some(LedgerBounds {
            min_ledger: 0,
            max_ledger: last_ledger.saturating_add(1),
        }),
        min_seq_num: None,
        min_seq_age: xdr::Duration(0),
        min_seq_ledger_gap: 0,
        extra_signers: VecM::default(),
    })
}

pub(crate) fn unsigned(transaction: Transaction) -> TransactionEnvelope {
    TransactionEnvelope::Tx(TransactionV1Envelope { tx: transaction, signatures: VecM::default() })
}

/// Signs, and returns the envelope in base64 with the transaction's hash.
pub(crate) fn sign(
    transaction: Transaction,
    network: &Network,
    key: &Keypair,
) -> Result<(String, Hash), InvokeError> {
    let payload = TransactionSignaturePayload {
        network_id: xdr::Hash(network.id()),
        tagged_transaction: TransactionSignaturePayloadTaggedTransaction::Tx(transaction.clone()),
    };
    let hash = Hash::of(&xdr::encode(&payload)?);
    let public = key.public();
    let signature = Signature(
        key.sign(&hash.0)
            .to_vec()
            .try_into()
            .map_err(|error| xdr::malformed("signature", error))?,
    );
    let hint = SignatureHint([public[28], public[29], public[30], public[31]]);
    let envelope = TransactionEnvelope::Tx(TransactionV1Envelope {
        tx: transaction,
        signatures: list("signatures", vec![DecoratedSignature { hint, signature }])?,
    });
    Ok((xdr::encode_base64(&envelope)?, hash))
}

/// What a simulation of this operation needs to be told: the entries of an extension or
/// restoration are its footprint.
pub(crate) fn data_for_simulation(
    operation: &Operation,
) -> Result<Option<SorobanTransactionData>, InvokeError> {
    let footprint = match operation {
        Operation::ExtendTtl { keys, .. } => {
            LedgerFootprint { read_only: ledger_keys(keys)?, read_write: VecM::default() }
        }
        Operation::Restore { keys } => {
            LedgerFootprint { read_only: VecM::default(), read_write: ledger_keys(keys)? }
        }
        _ => return Ok(None),
    };
    Ok(Some(SorobanTransactionData {
        ext: SorobanTransactionDataExt::V0,
        resources: SorobanResources {
            footprint,
            instructions: 0,
            disk_read_bytes: 0,
            write_bytes: 0,
        },
        resource_fee: 0,
    }))
}

fn ledger_keys(keys: &[String]) -> Result<VecM<LedgerKey>, InvokeError> {
    let keys = keys.iter().map(|key| xdr::decode_base64(key)).collect::<Result<Vec<_>, _>>()?;
    list("ledger keys", keys)
}

/// The entries that a restoration with this data would restore.
pub(crate) fn restored_keys(data: &str) -> Result<Vec<String>, InvokeError> {
    let data: SorobanTransactionData = xdr::decode_base64(data)?;
    data.resources.footprint.read_write.iter().map(xdr::encode_base64).collect()
}
