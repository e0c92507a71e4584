//! From a ledger's bytes to a [`Ledger`]. Every way in ends in the same code.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::applied::{Applied, transaction};
use crate::envelope::{self, Envelopes};
use crate::header;
use crate::ledger::Ledger;
use crate::xdr::{
    self, LedgerCloseMeta, LedgerEntryChanges, TransactionEnvelope, TransactionMeta,
    TransactionResult, TransactionResultMeta, TransactionResultMetaV1, TransactionResultPair,
    TransactionResultSet,
};
use crate::{Hash, MetaError, Network, Transaction};

/// Raised whenever the same bytes would give other facts, so that what was indexed before can be
/// found and indexed again.
pub const DECODER_VERSION: u32 = 1;

/// Decodes a `LedgerCloseMeta`.
///
/// # Errors
/// [`MetaError`]; then nothing of the ledger may be counted.
pub fn decode_ledger(bytes: &[u8], network: &Network) -> Result<Ledger, MetaError> {
    ledger(&xdr::read("LedgerCloseMeta", bytes)?, network)
}

/// Decodes a `LedgerCloseMeta` in base64, as `getLedgers` gives it.
///
/// # Errors
/// [`MetaError`]; then nothing of the ledger may be counted.
pub fn decode_ledger_base64(text: &str, network: &Network) -> Result<Ledger, MetaError> {
    decode_ledger(&from_base64("LedgerCloseMeta", text)?, network)
}

/// A transaction as `getTransactions` gives it, each part in base64.
#[derive(Clone, Copy, Debug)]
pub struct TransactionXdr<'a> {
    /// `TransactionEnvelope`.
    pub envelope: &'a str,
    /// `TransactionResult`.
    pub result: &'a str,
    /// `TransactionMeta`.
    pub meta: &'a str,
    /// Its place in the ledger, from 1.
    pub application_order: u32,
}

/// Decodes a transaction without its ledger. The transaction set is not at hand, so its fee is
/// checked only as far as the meta tells.
///
/// # Errors
/// [`MetaError::UnsupportedXdr`].
pub fn decode_transaction(
    parts: TransactionXdr<'_>,
    network: &Network,
) -> Result<Transaction, MetaError> {
    let envelope: TransactionEnvelope =
        xdr::read("TransactionEnvelope", &from_base64("TransactionEnvelope", parts.envelope)?)?;
    let result: TransactionResult =
        xdr::read("TransactionResult", &from_base64("TransactionResult", parts.result)?)?;
    let meta: TransactionMeta =
        xdr::read("TransactionMeta", &from_base64("TransactionMeta", parts.meta)?)?;
    transaction(
        &Applied {
            hash: envelope::hash(&envelope, network)?,
            envelope: &envelope,
            base_fee: None,
            result: &result,
            meta: &meta,
            fee_changes: None,
            refund_changes: None,
            application_order: parts.application_order,
            protocol: 0,
        },
        network,
    )
}

pub(crate) fn from_base64(what: &'static str, text: &str) -> Result<Vec<u8>, MetaError> {
    if text.len() / 4 * 3 > xdr::VALUE_BYTES_MAX {
        let bytes = text.len() / 4 * 3;
        return Err(MetaError::TooLarge { what, bytes, max: xdr::VALUE_BYTES_MAX });
    }
    STANDARD.decode(text).map_err(|error| xdr::unsupported(what, error))
}

pub(crate) fn ledger(meta: &LedgerCloseMeta, network: &Network) -> Result<Ledger, MetaError> {
    match meta {
        LedgerCloseMeta::V0(meta) => {
            let envelopes = envelope::of_legacy(&meta.tx_set, network)?;
            let applied: Vec<_> = meta.tx_processing.iter().map(Processing::from).collect();
            assemble(&meta.ledger_header, &envelopes, &applied, network)
        }
        LedgerCloseMeta::V1(meta) => {
            check_set(&meta.ledger_header, &meta.tx_set)?;
            let envelopes = envelope::of_generalized(&meta.tx_set, network)?;
            let applied: Vec<_> = meta.tx_processing.iter().map(Processing::from).collect();
            assemble(&meta.ledger_header, &envelopes, &applied, network)
        }
        LedgerCloseMeta::V2(meta) => {
            check_set(&meta.ledger_header, &meta.tx_set)?;
            let envelopes = envelope::of_generalized(&meta.tx_set, network)?;
            let applied: Vec<_> = meta.tx_processing.iter().map(Processing::from).collect();
            assemble(&meta.ledger_header, &envelopes, &applied, network)
        }
    }
}

fn check_set(
    entry: &xdr::LedgerHeaderHistoryEntry,
    set: &xdr::GeneralizedTransactionSet,
) -> Result<(), MetaError> {
    header::check(
        entry.header.ledger_seq,
        "the transaction set",
        Hash(entry.header.scp_value.tx_set_hash.0),
        Hash::of(&xdr::write("GeneralizedTransactionSet", set)?),
    )
}

/// One applied transaction, whichever version of the meta holds it.
struct Processing<'a> {
    result: &'a TransactionResultPair,
    meta: &'a TransactionMeta,
    fee_changes: &'a LedgerEntryChanges,
    refund_changes: Option<&'a LedgerEntryChanges>,
}

impl<'a> From<&'a TransactionResultMeta> for Processing<'a> {
    fn from(processing: &'a TransactionResultMeta) -> Self {
        Processing {
            result: &processing.result,
            meta: &processing.tx_apply_processing,
            fee_changes: &processing.fee_processing,
            refund_changes: None,
        }
    }
}

impl<'a> From<&'a TransactionResultMetaV1> for Processing<'a> {
    fn from(processing: &'a TransactionResultMetaV1) -> Self {
        Processing {
            result: &processing.result,
            meta: &processing.tx_apply_processing,
            fee_changes: &processing.fee_processing,
            refund_changes: Some(&processing.post_tx_apply_fee_processing),
        }
    }
}

fn assemble(
    entry: &xdr::LedgerHeaderHistoryEntry,
    envelopes: &Envelopes<'_>,
    applied: &[Processing<'_>],
    network: &Network,
) -> Result<Ledger, MetaError> {
    let header = header::read(entry)?;
    check_results(entry, applied)?;
    let mut transactions = Vec::with_capacity(applied.len());
    for (position, processing) in applied.iter().enumerate() {
        let hash = Hash(processing.result.transaction_hash.0);
        let Some((envelope, base_fee)) = envelopes.get(&hash) else {
            return Err(MetaError::UnknownTransaction { sequence: header.sequence, hash });
        };
        let applied = Applied {
            hash,
            envelope,
            base_fee: *base_fee,
            result: &processing.result.result,
            meta: processing.meta,
            fee_changes: Some(processing.fee_changes),
            refund_changes: processing.refund_changes,
            application_order: u32::try_from(position + 1).unwrap_or(u32::MAX),
            protocol: header.protocol,
        };
        transactions.push(transaction(&applied, network)?);
    }
    Ok(Ledger { header, transactions })
}

fn check_results(
    entry: &xdr::LedgerHeaderHistoryEntry,
    applied: &[Processing<'_>],
) -> Result<(), MetaError> {
    let results: Vec<_> = applied.iter().map(|processing| processing.result.clone()).collect();
    let results = results
        .try_into()
        .map(|results| TransactionResultSet { results })
        .map_err(|error| xdr::unsupported("TransactionResultSet", error))?;
    header::check(
        entry.header.ledger_seq,
        "the result set",
        Hash(entry.header.tx_set_result_hash.0),
        Hash::of(&xdr::write("TransactionResultSet", &results)?),
    )
}
