//! How much more fits into a ledger.

use crate::LedgerLimits;
use crate::fees::disk_read_entries;
use crate::transaction::ParsedTransaction;

/// Classic operations in a ledger: the public network's limit.
const CLASSIC_OPERATIONS: u64 = 1_000;

/// What is left of a ledger's limits.
pub(super) struct Room {
    left: [u64; 7],
    classic_operations: u64,
}

impl Room {
    pub fn new(limits: &LedgerLimits) -> Self {
        let instructions = u64::try_from(limits.cluster_instructions).unwrap_or(0);
        Self {
            left: [
                instructions.saturating_mul(limits.clusters.into()),
                limits.disk_read_entries.into(),
                limits.disk_read_bytes.into(),
                limits.write_entries.into(),
                limits.write_bytes.into(),
                limits.size_bytes.into(),
                limits.transactions.into(),
            ],
            classic_operations: CLASSIC_OPERATIONS,
        }
    }

    /// Takes the room that a transaction needs. False, and nothing taken, when there is too little.
    pub fn take(&mut self, transaction: &ParsedTransaction) -> bool {
        let Some(data) = transaction.soroban_data() else {
            let operations = transaction.transaction.operations.len() as u64;
            let Some(left) = self.classic_operations.checked_sub(operations) else { return false };
            self.classic_operations = left;
            return true;
        };
        let needed = [
            data.resources.instructions.into(),
            disk_read_entries(data, transaction.is_restore()).into(),
            data.resources.disk_read_bytes.into(),
            data.resources.footprint.read_write.len() as u64,
            data.resources.write_bytes.into(),
            transaction.size_bytes.into(),
            1,
        ];
        if needed.iter().zip(&self.left).any(|(needed, left)| needed > left) {
            return false;
        }
        for (left, needed) in self.left.iter_mut().zip(needed) {
            *left -= needed;
        }
        true
    }
}
