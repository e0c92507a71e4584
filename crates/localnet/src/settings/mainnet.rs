//! The settings of the public network: the SLP-7 fees, in force since 2026-10-22.

use super::{
    FeeRates, LedgerLimits, NetworkSettings, RentRates, TransactionLimits, TtlSettings,
    host_cost_parameters,
};
use crate::Fault;

const KIB: u32 = 1024;

impl TransactionLimits {
    /// What the public network allows.
    pub const MAINNET: Self = Self {
        instructions: 400_000_000,
        memory_bytes: 40 * KIB * KIB,
        footprint_entries: 400,
        disk_read_entries: 200,
        disk_read_bytes: 200_000,
        write_entries: 200,
        write_bytes: 129 * KIB,
        size_bytes: 129 * KIB,
        events_bytes: 16 * KIB,
        key_bytes: 250,
        data_entry_bytes: 64 * KIB,
        code_bytes: 128 * KIB,
    };
}

impl LedgerLimits {
    /// What the public network allows.
    pub const MAINNET: Self = Self {
        cluster_instructions: 580_000_000,
        clusters: 4,
        disk_read_entries: 1_000,
        disk_read_bytes: 400_000,
        write_entries: 2_000,
        write_bytes: 297_000,
        size_bytes: 864_000,
        transactions: 100,
    };
}

impl FeeRates {
    /// What the public network charges.
    pub const MAINNET: Self = Self {
        per_10k_instructions: 3,
        per_disk_read_entry: 781,
        per_disk_read_kb: 223,
        per_write_entry: 1_250,
        per_write_kb: 437,
        per_historical_kb: 2_029,
        per_transaction_size_kb: 203,
        per_event_kb: 2_500,
    };
}

impl RentRates {
    /// What the public network charges, with the live state of July 2026: the rate is on its floor.
    pub const MAINNET: Self = Self {
        persistent_denominator: 1_215,
        temporary_denominator: 2_430,
        live_state_bytes: 1_390_000_000,
        target_state_bytes: 3_000_000_000,
        per_kb_at_zero: -17_000,
        per_kb_at_target: 10_000,
        growth_factor: 5_000,
    };

    /// The public network with its live state grown to the target: ten times the floor. Designs
    /// that are meant to last should be affordable here.
    pub const MAINNET_TENFOLD: Self = Self { live_state_bytes: 3_000_000_000, ..Self::MAINNET };
}

impl TtlSettings {
    /// What the public network requires: 120 days, one day, 180 days of 5-second ledgers.
    pub const MAINNET: Self = Self {
        min_persistent_ledgers: 2_073_600,
        min_temporary_ledgers: 17_280,
        max_ledgers: 3_110_400,
    };
}

impl NetworkSettings {
    /// The public network, with the host's own cost parameters.
    ///
    /// # Errors
    /// When the host's default budget cannot be read.
    pub fn mainnet() -> Result<Self, Fault> {
        Ok(Self {
            transaction: TransactionLimits::MAINNET,
            ledger: LedgerLimits::MAINNET,
            fees: FeeRates::MAINNET,
            rent: RentRates::MAINNET,
            ttl: TtlSettings::MAINNET,
            cost: host_cost_parameters()?,
        })
    }
}
