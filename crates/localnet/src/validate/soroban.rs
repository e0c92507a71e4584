//! The resources that a Soroban transaction declares, against the network's limits.

use super::{Code, NextLedger, Rejection, reject};
use crate::Fault;
use crate::codec::encoded_size_bytes;
use crate::fees::{archived, disk_read_entries, resource_fee_of};
use crate::transaction::{ParsedTransaction, is_soroban_operation};
use crate::xdr::{LedgerKey, Memo, MuxedAccount, SorobanTransactionData};
use std::collections::BTreeSet;

pub(super) fn check(
    next: &NextLedger<'_>,
    transaction: &ParsedTransaction,
) -> Result<Result<(), Rejection>, Fault> {
    let operations = &transaction.transaction.operations;
    let is_soroban = operations.iter().any(|operation| is_soroban_operation(&operation.body));
    match (is_soroban, transaction.soroban_data()) {
        (false, None) => Ok(Ok(())),
        (false, Some(_)) => Ok(reject(
            Code::TxMalformed,
            "Soroban resources on a transaction without a Soroban operation",
        )),
        (true, None) => Ok(reject(
            Code::TxMalformed,
            "a Soroban operation needs its resources: simulate the transaction first",
        )),
        (true, Some(data)) => {
            if operations.len() != 1 {
                return Ok(reject(
                    Code::TxMalformed,
                    "a Soroban operation must be the only one of its transaction",
                ));
            }
            if let Err(rejection) = no_memo_nor_muxed(transaction) {
                return Ok(Err(rejection));
            }
            resources(next, transaction, data)
        }
    }
}

/// Contracts cannot see memos and multiplexed accounts, so the network refuses them.
fn no_memo_nor_muxed(transaction: &ParsedTransaction) -> Result<(), Rejection> {
    let tx = &transaction.transaction;
    let muxed = |account: &MuxedAccount| matches!(account, MuxedAccount::MuxedEd25519(_));
    let operation_source = tx.operations.iter().filter_map(|op| op.source_account.as_ref());
    if tx.memo != Memo::None || muxed(&tx.source_account) || operation_source.into_iter().any(muxed)
    {
        return reject(
            Code::TxSorobanInvalid,
            "a Soroban transaction takes neither memo nor multiplexed account",
        );
    }
    Ok(())
}

fn resources(
    next: &NextLedger<'_>,
    transaction: &ParsedTransaction,
    data: &SorobanTransactionData,
) -> Result<Result<(), Rejection>, Fault> {
    let (resources, footprint) = (&data.resources, &data.resources.footprint);
    let limits = &next.configuration.transaction;
    let keys = || footprint.read_only.iter().chain(footprint.read_write.iter());
    let declared = [
        ("instructions", resources.instructions as usize, limits.instructions),
        ("disk read bytes", resources.disk_read_bytes as usize, limits.disk_read_bytes),
        ("write bytes", resources.write_bytes as usize, limits.write_bytes),
        ("footprint entries", keys().count(), limits.footprint_entries),
        ("written entries", footprint.read_write.len(), limits.write_entries),
        (
            "disk read entries",
            disk_read_entries(data, transaction.is_restore()) as usize,
            limits.disk_read_entries,
        ),
        ("transaction bytes", transaction.size_bytes as usize, limits.size_bytes),
    ];
    for (what, came, most) in declared {
        if came > most as usize {
            return Ok(invalid(format!("{what}: at most {most}, declared {came}")));
        }
    }
    let mut seen = BTreeSet::new();
    for key in keys() {
        if !may_be_in_footprint(key) {
            return Ok(invalid("a footprint takes accounts, trustlines, contract data and code"));
        }
        let size_bytes = encoded_size_bytes(key)?;
        if size_bytes > limits.key_bytes {
            return Ok(invalid(format!(
                "a key of the footprint has {size_bytes} bytes, at most {}",
                limits.key_bytes
            )));
        }
        if !seen.insert(key) {
            return Ok(invalid("a key is twice in the footprint"));
        }
    }
    if let Err(rejection) = archived_indices(data, transaction.is_restore()) {
        return Ok(Err(rejection));
    }
    Ok(resource_fee_covers(next, transaction, data))
}

fn may_be_in_footprint(key: &LedgerKey) -> bool {
    matches!(
        key,
        LedgerKey::Account(_)
            | LedgerKey::Trustline(_)
            | LedgerKey::ContractData(_)
            | LedgerKey::ContractCode(_)
    )
}

fn archived_indices(data: &SorobanTransactionData, is_restore: bool) -> Result<(), Rejection> {
    let indices = archived(data);
    if indices.is_empty() {
        return Ok(());
    }
    let read_write = &data.resources.footprint.read_write;
    let in_order = indices.windows(2).all(|pair| pair[0] < pair[1]);
    let persistent = indices.iter().all(|index| {
        read_write
            .get(*index as usize)
            .is_some_and(|key| crate::keys::is_soroban(key) && !crate::keys::is_temporary(key))
    });
    if is_restore || !in_order || !persistent {
        return invalid("archived entries: rising indices of persistent read-write entries");
    }
    Ok(())
}

fn resource_fee_covers(
    next: &NextLedger<'_>,
    transaction: &ParsedTransaction,
    data: &SorobanTransactionData,
) -> Result<(), Rejection> {
    let fee = resource_fee_of(next.configuration, transaction, data, 0);
    let least = fee.non_refundable_stroops.saturating_add(fee.events_stroops);
    if data.resource_fee < least {
        return invalid(format!(
            "the declared resources cost {least} stroops, the resource fee is {}",
            data.resource_fee
        ));
    }
    Ok(())
}

fn invalid<T>(reason: impl Into<String>) -> Result<T, Rejection> {
    reject(Code::TxSorobanInvalid, reason)
}
