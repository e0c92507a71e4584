//! The metrics of one execution, in the order in which `record_execution` writes them.
//!
//! Apart from the dictionary's texts, because a contract that links this table pays rent for every
//! byte of it.

/// Name and unit of a metric of an execution. Its code is its place in the table plus one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ExecutionMetric {
    /// As in the dictionary.
    pub name: &'static str,
    /// As in the dictionary.
    pub unit: &'static str,
}

/// The twelve metrics of an execution.
pub const EXECUTION_METRICS: [ExecutionMetric; 12] = [
    ExecutionMetric { name: "instructions", unit: "insns" },
    ExecutionMetric { name: "time_us", unit: "us" },
    ExecutionMetric { name: "fee_inclusion", unit: "stroops" },
    ExecutionMetric { name: "fee_non_refundable", unit: "stroops" },
    ExecutionMetric { name: "fee_refundable", unit: "stroops" },
    ExecutionMetric { name: "fee_rent", unit: "stroops" },
    ExecutionMetric { name: "entries_read", unit: "entries" },
    ExecutionMetric { name: "entries_written", unit: "entries" },
    ExecutionMetric { name: "bytes_read", unit: "bytes" },
    ExecutionMetric { name: "bytes_written", unit: "bytes" },
    ExecutionMetric { name: "event_bytes", unit: "bytes" },
    ExecutionMetric { name: "failed", unit: "ratio" },
];

/// Place of a name in [`EXECUTION_METRICS`].
pub fn execution_index(name: &str) -> Option<usize> {
    EXECUTION_METRICS.iter().position(|metric| metric.name == name)
}

const fn packed<const BYTES: usize>() -> ([u8; BYTES], usize) {
    let (mut bytes, mut at, mut text) = ([0; BYTES], 0, 0);
    while text < 2 * EXECUTION_METRICS.len() {
        let metric = &EXECUTION_METRICS[text / 2];
        let chars = if text % 2 == 0 { metric.name } else { metric.unit }.as_bytes();
        let mut place = 0;
        while place <= chars.len() {
            if at + place < BYTES {
                bytes[at + place] = if place == 0 { chars.len() as u8 } else { chars[place - 1] };
            }
            place += 1;
        }
        at += place;
        text += 1;
    }
    (bytes, at)
}

/// [`EXECUTION_METRICS`] for those who pay for every byte: of each metric the name and the unit,
/// each after its length.
pub const EXECUTION_METRICS_PACKED: [u8; packed::<0>().1] = packed().0;
