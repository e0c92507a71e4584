//! How many records fit into one ledger of the network, of one stream, with and without lanes.
//!
//! The network takes transactions by what they declare, and applies those that share a written key
//! one after the other, in one of its clusters. So a stream alone is bounded by the instructions of
//! one cluster, and its lanes by those of as many clusters as there are; all by what a ledger may
//! write. The more the rest of the call takes, the more lanes gain.

use anyhow::Result;
use lumenscope_interfaces::common::LANES_MAX;
use lumenscope_localnet::LedgerLimits;
use serde::Serialize;

use crate::stage::on_stage;
use crate::suite::Suite;

const FUNCTION: &str = "pay_premium";
/// What the rest of a monitored call may take beside its record, in instructions: nothing, a
/// transfer, a swap, something heavy.
const REST: [u64; 4] = [0, 2_000_000, 10_000_000, 50_000_000];
/// Hot entries that callers spread over: the stream's own, and with lanes.
const ENTRIES: [u32; 4] = [1, 2, 4, 1 + LANES_MAX];

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Capacity {
    /// Instructions of the call beside its record.
    pub rest_instructions: u64,
    /// Hot entries that the callers spread over.
    pub hot_entries: u32,
    /// Records in one ledger.
    pub records: u64,
    /// Which of the network's limits it is.
    pub limit: &'static str,
    /// As many fit while a transaction has no more bytes than this.
    pub transaction_bytes: u64,
}

/// Computes the table from what a simulated `record_metric` declares.
///
/// # Errors
/// When it cannot be simulated.
pub fn capacities() -> Result<Vec<Capacity>> {
    on_stage(|stage| {
        let mut suite = Suite::new(stage)?;
        suite.open(FUNCTION, suite.spec(suite.pool_metrics()))?;
        let call = suite.record_metric(FUNCTION, "premium", 9);
        suite.stage.act(std::slice::from_ref(&call))?;
        let function = suite.stage.through("call", &[call])?;
        let declared = suite.stage.simulate(&function)?.data.resources;
        let limits = &suite.stage.ledger().configuration().ledger;
        let mut lines = Vec::new();
        for rest_instructions in REST {
            for hot_entries in ENTRIES {
                let instructions = u64::from(declared.instructions) + rest_instructions;
                lines.push(capacity(
                    limits,
                    (rest_instructions, instructions),
                    (declared.footprint.read_write.len() as u64, declared.write_bytes.into()),
                    hot_entries,
                ));
            }
        }
        Ok(lines)
    })
}

fn capacity(
    limits: &LedgerLimits,
    (rest_instructions, instructions): (u64, u64),
    (entries, bytes): (u64, u64),
    hot_entries: u32,
) -> Capacity {
    let of_cluster = u64::try_from(limits.cluster_instructions).unwrap_or(0) / instructions;
    let by_limit = [
        ("instructions", of_cluster * u64::from(hot_entries.min(limits.clusters))),
        ("written bytes", u64::from(limits.write_bytes) / bytes),
        ("written entries", u64::from(limits.write_entries) / entries),
        ("transactions", limits.transactions.into()),
    ];
    let mut least = by_limit[0];
    for limit in by_limit {
        if limit.1 < least.1 {
            least = limit;
        }
    }
    let (limit, records) = least;
    let transaction_bytes = u64::from(limits.size_bytes) / records.max(1);
    Capacity { rest_instructions, hot_entries, records, limit, transaction_bytes }
}
