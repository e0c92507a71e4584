//! Fees, by the host's own functions and the ledger's own rates.

use lumenscope_localnet::Localnet;
use soroban_env_host::fees::{
    LedgerEntryRentChange, RentFeeConfiguration, TransactionResources, compute_rent_fee,
    compute_transaction_resource_fee,
};

use crate::stage::Recording;

/// Today's rent is at its floor; it rises with the state of the network. Designs must bear this
/// many times as much.
pub const RENT_STRESS_FACTOR: i64 = 10;

/// Ledgers in a year of 365 days, at five seconds each.
pub const LEDGERS_PER_YEAR: u32 = 6_307_200;

/// What a host function costs without transaction size and inclusion, in stroops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// Instructions, reads, writes.
    pub non_refundable_stroops: i64,
    /// Events and return value.
    pub events_stroops: i64,
    /// Rent of what it created, grew or extended.
    pub rent_stroops: i64,
    /// The same at [`RENT_STRESS_FACTOR`] times the rate.
    pub rent_stress_stroops: i64,
    /// A year's rent of the persistent entries it wrote.
    pub year_stroops: i64,
    /// The same at [`RENT_STRESS_FACTOR`] times the rate.
    pub year_stress_stroops: i64,
}

impl Price {
    /// Resources and events, without rent.
    #[must_use]
    pub fn resources_stroops(&self) -> i64 {
        self.non_refundable_stroops.saturating_add(self.events_stroops)
    }
}

/// The price of what was measured, at the rates of this ledger.
#[must_use]
pub fn price(ledger: &Localnet, used: &Recording) -> Price {
    let network = &ledger.configuration().network;
    let (non_refundable_stroops, events_stroops) = compute_transaction_resource_fee(
        &TransactionResources {
            instructions: used.instructions,
            disk_read_entries: 0,
            write_entries: count(used.written.len()),
            disk_read_bytes: used.disk_read_bytes,
            write_bytes: used.written_bytes,
            contract_events_size_bytes: used.events_bytes,
            transaction_size_bytes: 0,
        },
        &network.fee_configuration,
    );
    let today = &network.rent_fee_configuration;
    let stress = stressed(today);
    let sequence = ledger.sequence();
    let year = year_of(used, sequence);
    Price {
        non_refundable_stroops,
        events_stroops,
        rent_stroops: compute_rent_fee(&used.rent_changes, today, sequence),
        rent_stress_stroops: compute_rent_fee(&used.rent_changes, &stress, sequence),
        year_stroops: compute_rent_fee(&year, today, sequence),
        year_stress_stroops: compute_rent_fee(&year, &stress, sequence),
    }
}

/// The rates of rent at [`RENT_STRESS_FACTOR`] times today's.
pub(super) fn stressed(today: &RentFeeConfiguration) -> RentFeeConfiguration {
    RentFeeConfiguration {
        fee_per_write_1kb: today.fee_per_write_1kb,
        fee_per_rent_1kb: today.fee_per_rent_1kb.saturating_mul(RENT_STRESS_FACTOR),
        fee_per_write_entry: today.fee_per_write_entry,
        persistent_rent_rate_denominator: today.persistent_rent_rate_denominator,
        temporary_rent_rate_denominator: today.temporary_rent_rate_denominator,
    }
}

/// Extending each persistent entry by a year, as it is now.
fn year_of(used: &Recording, sequence: u32) -> Vec<LedgerEntryRentChange> {
    let persistent = used.written.iter().filter(|written| written.is_persistent());
    let change = |bytes: u32| LedgerEntryRentChange {
        is_persistent: true,
        is_code_entry: false,
        old_size_bytes: bytes,
        new_size_bytes: bytes,
        old_live_until_ledger: sequence,
        new_live_until_ledger: sequence.saturating_add(LEDGERS_PER_YEAR),
    };
    persistent.filter(|written| written.after.is_some()).map(|w| change(w.bytes)).collect()
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
