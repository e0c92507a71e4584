//! What a Soroban transaction declared it may use, and what the node measured.

use serde::Serialize;

use crate::xdr::{SorobanTransactionData, SorobanTransactionDataExt};

/// Where the numbers of a [`Usage`] come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fidelity {
    /// The node measured them while applying.
    Measured,
    /// The node gives no diagnostics: these are the limits the transaction declared, which it
    /// paid for and did not pass.
    Declared,
}

/// What the transaction declared. Non-refundable fees are charged on this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
pub struct Declared {
    /// Instructions at most.
    pub instructions: u32,
    /// Bytes read from disk (classic and restored entries) at most.
    pub disk_read_bytes: u32,
    /// Bytes written at most.
    pub write_bytes: u32,
    /// Entries of the footprint that are only read.
    pub read_only_entries: u32,
    /// Entries of the footprint that may be written.
    pub read_write_entries: u32,
    /// Archived entries that are restored on the way.
    pub restored_entries: u32,
    /// The resource fee offered, in stroops.
    pub resource_fee_stroops: i64,
}

/// What the node measured (`core_metrics`); only operations that invoke a host function have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
#[allow(missing_docs)]
pub struct Measured {
    pub instructions: u64,
    pub memory_bytes: u64,
    /// Wall time on that node, nanoseconds: differs between nodes.
    pub invoke_time_ns: u64,
    pub read_entries: u64,
    pub write_entries: u64,
    pub ledger_read_bytes: u64,
    pub ledger_write_bytes: u64,
    pub read_key_bytes: u64,
    pub write_key_bytes: u64,
    pub read_data_bytes: u64,
    pub write_data_bytes: u64,
    pub read_code_bytes: u64,
    pub write_code_bytes: u64,
    pub events: u64,
    /// Events and the return value.
    pub event_bytes: u64,
    pub key_bytes_max: u64,
    pub data_bytes_max: u64,
    pub code_bytes_max: u64,
    pub event_bytes_max: u64,
}

/// Resources of a transaction as far as they are known, with their fidelity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Measured or only declared.
    pub fidelity: Fidelity,
    /// Instructions.
    pub instructions: u64,
    /// Memory; nothing declares it.
    pub memory_bytes: Option<u64>,
    /// Wall time on the node that told: another node's differs.
    pub host_time_us: Option<u64>,
    /// Entries read: measured, or the whole footprint.
    pub read_entries: u64,
    /// Entries written: measured, or the read-write footprint.
    pub write_entries: u64,
    /// Bytes read from the ledger.
    pub read_bytes: u64,
    /// Bytes written to the ledger.
    pub write_bytes: u64,
    /// Bytes of events and return value; nothing declares them.
    pub event_bytes: Option<u64>,
}

impl Declared {
    pub(crate) fn from_xdr(data: &SorobanTransactionData) -> Self {
        let resources = &data.resources;
        Declared {
            instructions: resources.instructions,
            disk_read_bytes: resources.disk_read_bytes,
            write_bytes: resources.write_bytes,
            read_only_entries: count(resources.footprint.read_only.len()),
            read_write_entries: count(resources.footprint.read_write.len()),
            restored_entries: match &data.ext {
                SorobanTransactionDataExt::V0 => 0,
                SorobanTransactionDataExt::V1(ext) => count(ext.archived_soroban_entries.len()),
            },
            resource_fee_stroops: data.resource_fee,
        }
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

impl Measured {
    /// Takes over one metric; `false` when the name is not known.
    pub(crate) fn set(&mut self, name: &str, value: u64) -> bool {
        let field = match name {
            "cpu_insn" => &mut self.instructions,
            "mem_byte" => &mut self.memory_bytes,
            "invoke_time_nsecs" => &mut self.invoke_time_ns,
            "read_entry" => &mut self.read_entries,
            "write_entry" => &mut self.write_entries,
            "ledger_read_byte" => &mut self.ledger_read_bytes,
            "ledger_write_byte" => &mut self.ledger_write_bytes,
            "read_key_byte" => &mut self.read_key_bytes,
            "write_key_byte" => &mut self.write_key_bytes,
            "read_data_byte" => &mut self.read_data_bytes,
            "write_data_byte" => &mut self.write_data_bytes,
            "read_code_byte" => &mut self.read_code_bytes,
            "write_code_byte" => &mut self.write_code_bytes,
            "emit_event" => &mut self.events,
            "emit_event_byte" => &mut self.event_bytes,
            "max_rw_key_byte" => &mut self.key_bytes_max,
            "max_rw_data_byte" => &mut self.data_bytes_max,
            "max_rw_code_byte" => &mut self.code_bytes_max,
            "max_emit_event_byte" => &mut self.event_bytes_max,
            _ => return false,
        };
        *field = value;
        true
    }
}

impl Usage {
    pub(crate) fn of(declared: &Declared, measured: Option<&Measured>) -> Self {
        match measured {
            Some(measured) => Usage {
                fidelity: Fidelity::Measured,
                instructions: measured.instructions,
                memory_bytes: Some(measured.memory_bytes),
                host_time_us: Some(measured.invoke_time_ns / 1_000),
                read_entries: measured.read_entries,
                write_entries: measured.write_entries,
                read_bytes: measured.ledger_read_bytes,
                write_bytes: measured.ledger_write_bytes,
                event_bytes: Some(measured.event_bytes),
            },
            None => Usage {
                fidelity: Fidelity::Declared,
                instructions: declared.instructions.into(),
                memory_bytes: None,
                host_time_us: None,
                read_entries: u64::from(declared.read_only_entries)
                    + u64::from(declared.read_write_entries),
                write_entries: declared.read_write_entries.into(),
                read_bytes: declared.disk_read_bytes.into(),
                write_bytes: declared.write_bytes.into(),
                event_bytes: None,
            },
        }
    }
}
