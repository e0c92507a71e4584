//! What became of a transaction that a ledger applied.

use lumenscope_meta::{CallError, CallOutcome, Hash, Network, Transaction, TransactionXdr};
use lumenscope_rpc::TransactionRecord;

use crate::value::{FromVal, ScVal};
use crate::xdr::{self, TransactionMeta};
use crate::{InvokeError, ValueError};

/// A transaction that was applied, successfully or not.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The transaction's hash.
    pub hash: Hash,
    /// The ledger that applied it.
    pub ledger: u32,
    /// When that ledger closed, seconds since 1970.
    pub closed_at_s: u64,
    /// Charged in the end, after the refund.
    pub fee_charged_stroops: i64,
    /// What the call returned; `None` for operations that return nothing, and on failure.
    pub return_value: Option<ScVal>,
    /// Why it failed; `None` on success.
    pub error: Option<CallError>,
    /// Everything else: calls, resources, fee parts, events.
    pub transaction: Transaction,
}

impl Outcome {
    pub(crate) fn read(record: &TransactionRecord, network: &Network) -> Result<Self, InvokeError> {
        let parts = TransactionXdr {
            envelope: &record.envelope_xdr,
            result: &record.result_xdr,
            meta: &record.result_meta_xdr,
            application_order: record.application_order,
        };
        let transaction = lumenscope_meta::decode_transaction(parts, network)?;
        let result: xdr::TransactionResult = xdr::decode_base64(&record.result_xdr)?;
        let return_value = match xdr::decode_base64(&record.result_meta_xdr)? {
            TransactionMeta::V3(meta) => meta.soroban_meta.map(|soroban| soroban.return_value),
            TransactionMeta::V4(meta) => meta.soroban_meta.and_then(|soroban| soroban.return_value),
            _ => None,
        };
        Ok(Outcome {
            hash: transaction.hash,
            ledger: record.ledger,
            closed_at_s: record.created_at,
            fee_charged_stroops: result.fee_charged,
            return_value: return_value.filter(|_| transaction.succeeded),
            error: error(&transaction),
            transaction,
        })
    }

    /// Whether it succeeded.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.error.is_none()
    }

    /// Makes a failed transaction an error.
    ///
    /// # Errors
    /// [`InvokeError::Failed`].
    pub fn require_success(self) -> Result<Self, InvokeError> {
        match self.error {
            None => Ok(self),
            Some(error) => Err(InvokeError::Failed { hash: self.hash, ledger: self.ledger, error }),
        }
    }

    /// What the call returned, as a Rust value.
    ///
    /// # Errors
    /// [`ValueError::Kind`] when it returned another kind of value, or nothing.
    pub fn value<T: FromVal>(&self) -> Result<T, ValueError> {
        T::from_val(self.return_value.as_ref().unwrap_or(&ScVal::Void))
    }
}

fn error(transaction: &Transaction) -> Option<CallError> {
    if transaction.succeeded {
        return None;
    }
    let root = transaction.soroban.as_ref().and_then(|soroban| soroban.calls.calls.first());
    if let Some(CallOutcome::Failed(error)) = root.map(|root| &root.outcome) {
        return Some(error.clone());
    }
    let failed = transaction.operations.iter().filter_map(|operation| operation.result);
    let result = failed.into_iter().find(|result| *result != "Success");
    Some(match result {
        Some(result) => CallError::Operation { result },
        None => CallError::Transaction { result: transaction.result },
    })
}
