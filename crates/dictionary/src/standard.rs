//! The table of standard metrics.

use crate::{Direction, EXECUTION_METRICS, Kind, Metric, PrometheusName};
use Direction::{HigherIsBetter, LowerIsBetter, Neutral};
use Kind::{Counter, Gauge, Ratio, Timer};

/// Every standard metric, by rising code. The first twelve are [`EXECUTION_METRICS`].
pub const STANDARD_METRICS: [Metric; 20] = [
    execution(
        1,
        Timer,
        LowerIsBetter,
        "CPU instructions that the host metered for the whole transaction of the call.",
        PrometheusName { name: "soroban_execution_instructions", millionths: 1_000_000 },
    ),
    execution(
        2,
        Timer,
        LowerIsBetter,
        "Wall-clock time that the observed node spent in the host. It depends on the node and is \
         no consensus value.",
        PrometheusName { name: "soroban_execution_duration_seconds", millionths: 1 },
    ),
    execution(
        3,
        Timer,
        LowerIsBetter,
        "Fee charged for inclusion: what was charged in all, without the resource fees. Charged \
         also when the call fails.",
        stroops("soroban_fee_inclusion_stroops"),
    ),
    execution(
        4,
        Timer,
        LowerIsBetter,
        "Fee charged for the declared instructions, reads, writes and transaction size. Charged \
         also when the call fails.",
        stroops("soroban_fee_non_refundable_stroops"),
    ),
    execution(
        5,
        Timer,
        LowerIsBetter,
        "Fee charged for events and return value, after the refund and without rent. Nothing is \
         charged when the call fails.",
        stroops("soroban_fee_refundable_stroops"),
    ),
    execution(
        6,
        Timer,
        LowerIsBetter,
        "Rent charged for new, longer and larger living entries, after the refund. Nothing is \
         charged when the call fails.",
        stroops("soroban_fee_rent_stroops"),
    ),
    execution(
        7,
        Timer,
        LowerIsBetter,
        "Ledger entries of the footprint that were read, those that were written included.",
        PrometheusName { name: "soroban_execution_entries_read", millionths: 1_000_000 },
    ),
    execution(
        8,
        Timer,
        LowerIsBetter,
        "Ledger entries that were written.",
        PrometheusName { name: "soroban_execution_entries_written", millionths: 1_000_000 },
    ),
    execution(
        9,
        Timer,
        LowerIsBetter,
        "Bytes of ledger entries that were read.",
        PrometheusName { name: "soroban_execution_read_bytes", millionths: 1_000_000 },
    ),
    execution(
        10,
        Timer,
        LowerIsBetter,
        "Bytes of ledger entries that were written.",
        PrometheusName { name: "soroban_execution_written_bytes", millionths: 1_000_000 },
    ),
    execution(
        11,
        Timer,
        LowerIsBetter,
        "Bytes of contract events and return value.",
        PrometheusName { name: "soroban_execution_event_bytes", millionths: 1_000_000 },
    ),
    execution(
        12,
        Ratio,
        LowerIsBetter,
        "1 for a call that failed, 0 for one that succeeded: sum over count is the error rate.",
        PrometheusName { name: "soroban_execution_failures_total", millionths: 1_000_000 },
    ),
    Metric {
        code: 13,
        name: "calls",
        unit: "count",
        kind: Counter,
        direction: Neutral,
        definition: "Calls of the function, at the top of a transaction or by another contract, \
                     failed ones included.",
        prometheus: PrometheusName { name: "soroban_calls_total", millionths: 1_000_000 },
    },
    Metric {
        code: 14,
        name: "memory_bytes",
        unit: "bytes",
        kind: Timer,
        direction: LowerIsBetter,
        definition: "Bytes of memory that the host metered for the whole transaction of the call.",
        prometheus: PrometheusName {
            name: "soroban_execution_memory_bytes",
            millionths: 1_000_000,
        },
    },
    Metric {
        code: 15,
        name: "fee_charged",
        unit: "stroops",
        kind: Timer,
        direction: LowerIsBetter,
        definition: "All that the transaction was charged after refunds: the sum of inclusion, \
                     non-refundable, refundable and rent.",
        prometheus: stroops("soroban_fee_charged_stroops"),
    },
    Metric {
        code: 16,
        name: "fee_refund",
        unit: "stroops",
        kind: Timer,
        direction: Neutral,
        definition: "Part of the declared resource fee that was given back because it was not \
                     used.",
        prometheus: stroops("soroban_fee_refund_stroops"),
    },
    Metric {
        code: 17,
        name: "fee_limit",
        unit: "stroops",
        kind: Timer,
        direction: Neutral,
        definition: "The most that the payer allowed to be charged; the outer limit where a fee \
                     bump pays.",
        prometheus: stroops("soroban_fee_limit_stroops"),
    },
    Metric {
        code: 18,
        name: "transaction_bytes",
        unit: "bytes",
        kind: Timer,
        direction: LowerIsBetter,
        definition: "Bytes of the transaction's envelope.",
        prometheus: PrometheusName { name: "soroban_transaction_bytes", millionths: 1_000_000 },
    },
    Metric {
        code: 19,
        name: "sub_calls",
        unit: "count",
        kind: Timer,
        direction: Neutral,
        definition: "Calls of other contracts beneath the call, at any depth.",
        prometheus: PrometheusName { name: "soroban_execution_sub_calls", millionths: 1_000_000 },
    },
    Metric {
        code: 20,
        name: "ttl_ledgers",
        unit: "ledgers",
        kind: Gauge,
        direction: HigherIsBetter,
        definition: "Ledgers until the contract's instance or code is archived, whichever comes \
                     first.",
        prometheus: PrometheusName { name: "soroban_ttl_ledgers", millionths: 1_000_000 },
    },
];

const fn stroops(name: &'static str) -> PrometheusName {
    PrometheusName { name, millionths: 1_000_000 }
}

const fn execution(
    code: u16,
    kind: Kind,
    direction: Direction,
    definition: &'static str,
    prometheus: PrometheusName,
) -> Metric {
    let crate::ExecutionMetric { name, unit } = EXECUTION_METRICS[code as usize - 1];
    Metric { code, name, unit, kind, direction, definition, prometheus }
}
