//! What a Soroban operation really used.

use crate::xdr::LedgerKey;

/// Resources used by a host function, as the network meters them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceUsage {
    /// CPU instructions.
    pub instructions: u64,
    /// Peak memory of the host, in bytes.
    pub memory_bytes: u64,
    /// Entries of the footprint that were looked up.
    pub read_entries: u32,
    /// Bytes of the keys read from disk.
    pub read_key_bytes: u32,
    /// Bytes read from disk: contract data and classic entries.
    pub read_data_bytes: u32,
    /// Bytes read from disk: restored code.
    pub read_code_bytes: u32,
    /// Every entry that counts as written, in footprint order, with its encoded size in bytes.
    /// An entry of the read-write footprint counts even when its value did not change.
    pub written: Vec<(LedgerKey, u32)>,
    /// Contract events.
    pub events: u32,
    /// Encoded size of contract events, in bytes.
    pub events_bytes: u32,
    /// Encoded size of the return value, in bytes.
    pub return_value_bytes: u32,
    /// The largest key read from disk or written, in bytes.
    pub largest_key_bytes: u32,
    /// The largest data entry read from disk or written, in bytes.
    pub largest_data_bytes: u32,
    /// The largest code entry read from disk or written, in bytes.
    pub largest_code_bytes: u32,
    /// The largest event, in bytes.
    pub largest_event_bytes: u32,
}

impl ResourceUsage {
    /// Bytes read from disk.
    pub fn disk_read_bytes(&self) -> u32 {
        self.read_data_bytes.saturating_add(self.read_code_bytes)
    }

    /// Bytes written.
    pub fn written_bytes(&self) -> u32 {
        self.written.iter().fold(0, |sum, (_, bytes)| sum.saturating_add(*bytes))
    }

    pub(crate) fn written_code_bytes(&self) -> u32 {
        self.written
            .iter()
            .filter(|(key, _)| matches!(key, LedgerKey::ContractCode(_)))
            .fold(0, |sum, (_, bytes)| sum.saturating_add(*bytes))
    }

    pub(crate) fn note_disk_read(&mut self, key: &LedgerKey, key_bytes: u32, entry_bytes: u32) {
        self.read_entries += 1;
        self.read_key_bytes = self.read_key_bytes.saturating_add(key_bytes);
        if matches!(key, LedgerKey::ContractCode(_)) {
            self.read_code_bytes = self.read_code_bytes.saturating_add(entry_bytes);
        } else {
            self.read_data_bytes = self.read_data_bytes.saturating_add(entry_bytes);
        }
        self.note_size(key, key_bytes, entry_bytes);
    }

    pub(crate) fn note_write(&mut self, key: LedgerKey, key_bytes: u32, entry_bytes: u32) {
        self.note_size(&key, key_bytes, entry_bytes);
        self.written.push((key, entry_bytes));
    }

    pub(crate) fn note_event(&mut self, bytes: u32) {
        self.events += 1;
        self.events_bytes = self.events_bytes.saturating_add(bytes);
        self.largest_event_bytes = self.largest_event_bytes.max(bytes);
    }

    fn note_size(&mut self, key: &LedgerKey, key_bytes: u32, entry_bytes: u32) {
        self.largest_key_bytes = self.largest_key_bytes.max(key_bytes);
        if matches!(key, LedgerKey::ContractCode(_)) {
            self.largest_code_bytes = self.largest_code_bytes.max(entry_bytes);
        } else {
            self.largest_data_bytes = self.largest_data_bytes.max(entry_bytes);
        }
    }
}
