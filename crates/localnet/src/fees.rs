//! What a transaction pays, and what it gets back.

use crate::configuration::Configuration;
use crate::keys::is_soroban;
use crate::transaction::ParsedTransaction;
use crate::xdr::{SorobanTransactionData, SorobanTransactionDataExt};
use soroban_env_host::fees::{
    LedgerEntryRentChange, TransactionResources, compute_rent_fee, compute_transaction_resource_fee,
};

/// The least that inclusion costs, per operation: nobody competes for room on this ledger.
pub const BASE_FEE_STROOPS: i64 = 100;

/// Where the fee of an applied transaction went, in stroops. The parts add up:
/// `inclusion + non_refundable + rent + events = charged`, and `charged + refund` was taken up
/// front.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeeParts {
    /// For being included in a ledger.
    pub inclusion_stroops: i64,
    /// Instructions, reads, writes, transaction size: what was declared, used or not.
    pub non_refundable_stroops: i64,
    /// Rent of new, grown, extended or restored entries.
    pub rent_stroops: i64,
    /// Events and return value.
    pub events_stroops: i64,
    /// What came back of the refundable part.
    pub refund_stroops: i64,
    /// What the transaction cost in the end.
    pub charged_stroops: i64,
}

/// The two parts of a resource fee, in stroops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceFee {
    /// Charged whatever happens.
    pub non_refundable_stroops: i64,
    /// For events and return value of the given size; rent comes on top.
    pub events_stroops: i64,
}

/// The resource fee that declared resources, an envelope size and a size of events and return
/// value come to.
pub fn resource_fee(
    configuration: &Configuration,
    data: &SorobanTransactionData,
    transaction_size_bytes: u32,
    events_size_bytes: u32,
    is_restore: bool,
) -> ResourceFee {
    let (non_refundable_stroops, events_stroops) = compute_transaction_resource_fee(
        &TransactionResources {
            instructions: data.resources.instructions,
            disk_read_entries: disk_read_entries(data, is_restore),
            write_entries: count(data.resources.footprint.read_write.len()),
            disk_read_bytes: data.resources.disk_read_bytes,
            write_bytes: data.resources.write_bytes,
            contract_events_size_bytes: events_size_bytes,
            transaction_size_bytes,
        },
        &configuration.network.fee_configuration,
    );
    ResourceFee { non_refundable_stroops, events_stroops }
}

pub(crate) fn resource_fee_of(
    configuration: &Configuration,
    transaction: &ParsedTransaction,
    data: &SorobanTransactionData,
    events_size_bytes: u32,
) -> ResourceFee {
    let size = transaction.size_bytes;
    resource_fee(configuration, data, size, events_size_bytes, transaction.is_restore())
}

pub(crate) fn rent_stroops(
    configuration: &Configuration,
    changes: &[LedgerEntryRentChange],
    ledger: u32,
) -> i64 {
    compute_rent_fee(changes, &configuration.network.rent_fee_configuration, ledger)
}

/// Only classic entries and entries to restore come from disk; live Soroban state is in memory.
pub(crate) fn disk_read_entries(data: &SorobanTransactionData, is_restore: bool) -> u32 {
    let footprint = &data.resources.footprint;
    let classic = footprint
        .read_only
        .iter()
        .chain(footprint.read_write.iter())
        .filter(|key| !is_soroban(key))
        .count();
    let restored = if is_restore { footprint.read_write.len() } else { archived(data).len() };
    count(classic.saturating_add(restored))
}

/// Indices into the read-write footprint of the entries to restore.
pub(crate) fn archived(data: &SorobanTransactionData) -> &[u32] {
    match &data.ext {
        SorobanTransactionDataExt::V1(ext) => ext.archived_soroban_entries.as_slice(),
        SorobanTransactionDataExt::V0 => &[],
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
