//! Limits, fees and times to live of the network, as plain numbers.

mod cost_parameters;
mod entries;
mod mainnet;

pub use cost_parameters::{CostParameters, host_cost_parameters};
pub(crate) use entries::to_entries;

/// What one transaction may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionLimits {
    /// CPU instructions.
    pub instructions: u32,
    /// Memory of the host, in bytes.
    pub memory_bytes: u32,
    /// Entries in the footprint, read or written.
    pub footprint_entries: u32,
    /// Entries read from disk: classic and restored ones only.
    pub disk_read_entries: u32,
    /// Bytes read from disk.
    pub disk_read_bytes: u32,
    /// Entries written.
    pub write_entries: u32,
    /// Bytes written.
    pub write_bytes: u32,
    /// Encoded size of the envelope, in bytes.
    pub size_bytes: u32,
    /// Encoded size of events and return value together, in bytes.
    pub events_bytes: u32,
    /// Encoded size of a ledger key, in bytes.
    pub key_bytes: u32,
    /// Encoded size of a contract data entry, in bytes.
    pub data_entry_bytes: u32,
    /// Size of a contract's wasm, in bytes.
    pub code_bytes: u32,
}

/// What all transactions of one ledger may use together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerLimits {
    /// CPU instructions of one cluster of dependent transactions.
    pub cluster_instructions: i64,
    /// Clusters that run in parallel.
    pub clusters: u32,
    /// Entries read from disk.
    pub disk_read_entries: u32,
    /// Bytes read from disk.
    pub disk_read_bytes: u32,
    /// Entries written.
    pub write_entries: u32,
    /// Bytes written.
    pub write_bytes: u32,
    /// Encoded size of all Soroban envelopes, in bytes.
    pub size_bytes: u32,
    /// Soroban transactions.
    pub transactions: u32,
}

/// Resource fees, in stroops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeRates {
    /// Per 10,000 instructions.
    pub per_10k_instructions: i64,
    /// Per entry read from disk.
    pub per_disk_read_entry: i64,
    /// Per KB read from disk.
    pub per_disk_read_kb: i64,
    /// Per entry written.
    pub per_write_entry: i64,
    /// Per KB written.
    pub per_write_kb: i64,
    /// Per KB kept in history: the envelope's size plus 300 bytes.
    pub per_historical_kb: i64,
    /// Per KB of the envelope's size.
    pub per_transaction_size_kb: i64,
    /// Per KB of events and return value.
    pub per_event_kb: i64,
}

/// Rent: what it costs to keep an entry alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RentRates {
    /// A KB of a persistent entry pays the rent rate once per this many ledgers.
    pub persistent_denominator: i64,
    /// The same for temporary entries.
    pub temporary_denominator: i64,
    /// Live Soroban state in bytes: with the three values below it sets the rent rate.
    pub live_state_bytes: u64,
    /// Live state at which the rate reaches `per_kb_at_target`.
    pub target_state_bytes: i64,
    /// Rate per KB at no state at all; below the floor of 1,000 it only sets the slope.
    pub per_kb_at_zero: i64,
    /// Rate per KB at the target.
    pub per_kb_at_target: i64,
    /// Slope beyond the target, as a factor.
    pub growth_factor: u32,
}

/// Times to live, in ledgers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TtlSettings {
    /// Minimum of a new persistent entry.
    pub min_persistent_ledgers: u32,
    /// Minimum of a new temporary entry.
    pub min_temporary_ledgers: u32,
    /// Maximum of any entry.
    pub max_ledgers: u32,
}

/// Everything the validators would vote on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkSettings {
    /// Limits of one transaction.
    pub transaction: TransactionLimits,
    /// Limits of one ledger.
    pub ledger: LedgerLimits,
    /// Resource fees.
    pub fees: FeeRates,
    /// Rent.
    pub rent: RentRates,
    /// Times to live.
    pub ttl: TtlSettings,
    /// What the host charges for each kind of work.
    pub cost: CostParameters,
}
