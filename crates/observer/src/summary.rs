//! Rows added up: by function, and in all.

use std::collections::BTreeMap;

use lumenscope_meta::{Address, CallError, CallOutcome, Fidelity};
use serde::Serialize;

use crate::{RootCost, Row, json};

/// Sums of root calls. Whatever a transaction used and paid is in exactly one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Root calls.
    pub calls: u64,
    /// Root calls that failed.
    pub failed: u64,
    /// Charged after refunds, in stroops.
    #[serde(serialize_with = "json::signed")]
    pub charged_stroops: i128,
    /// Of that for inclusion; only of calls whose parts are known, as the following.
    #[serde(serialize_with = "json::signed")]
    pub inclusion_stroops: i128,
    /// For instructions, reads, writes and bandwidth.
    #[serde(serialize_with = "json::signed")]
    pub non_refundable_stroops: i128,
    /// For events and return values.
    #[serde(serialize_with = "json::signed")]
    pub refundable_stroops: i128,
    /// For rent.
    #[serde(serialize_with = "json::signed")]
    pub rent_stroops: i128,
    /// Charged to calls whose parts the node does not report, as far as not in the parts above.
    #[serde(serialize_with = "json::signed")]
    pub unattributed_stroops: i128,
    /// Calls whose fee contradicts itself: counted, their fee is not.
    pub fee_mismatches: u64,
    /// Instructions.
    #[serde(serialize_with = "json::unsigned")]
    pub instructions: u128,
    /// Entries read.
    #[serde(serialize_with = "json::unsigned")]
    pub read_entries: u128,
    /// Entries written.
    #[serde(serialize_with = "json::unsigned")]
    pub write_entries: u128,
    /// Bytes read.
    #[serde(serialize_with = "json::unsigned")]
    pub read_bytes: u128,
    /// Bytes written.
    #[serde(serialize_with = "json::unsigned")]
    pub write_bytes: u128,
    /// Bytes of events and return values; only of measured calls.
    #[serde(serialize_with = "json::unsigned")]
    pub event_bytes: u128,
    /// Most instructions of one call.
    pub instructions_max: u64,
    /// Most memory of one call; only of measured calls.
    pub memory_bytes_max: u64,
    /// Most bytes written by one call.
    pub write_bytes_max: u64,
    /// Highest charge of one call, in stroops.
    pub charged_stroops_max: i64,
    /// Calls whose resources are only declared.
    pub declared: u64,
}

impl Totals {
    /// Adds one root call.
    pub fn add(&mut self, cost: &RootCost, succeeded: bool) {
        self.calls += 1;
        self.failed += u64::from(!succeeded);
        self.add_usage(cost);
        match cost.fees.exact() {
            Some(fees) => self.add_fees(fees),
            None => self.fee_mismatches += 1,
        }
    }

    fn add_usage(&mut self, cost: &RootCost) {
        let usage = &cost.usage;
        self.declared += u64::from(usage.fidelity == Fidelity::Declared);
        self.instructions += u128::from(usage.instructions);
        self.read_entries += u128::from(usage.read_entries);
        self.write_entries += u128::from(usage.write_entries);
        self.read_bytes += u128::from(usage.read_bytes);
        self.write_bytes += u128::from(usage.write_bytes);
        self.event_bytes += u128::from(usage.event_bytes.unwrap_or(0));
        self.instructions_max = self.instructions_max.max(usage.instructions);
        self.memory_bytes_max = self.memory_bytes_max.max(usage.memory_bytes.unwrap_or(0));
        self.write_bytes_max = self.write_bytes_max.max(usage.write_bytes);
    }

    fn add_fees(&mut self, fees: &lumenscope_meta::Fees) {
        let charged = i128::from(fees.charged_stroops);
        let inclusion = i128::from(fees.inclusion_stroops.unwrap_or(0));
        let (mut non_refundable, mut refundable, mut rent) = (0, 0, 0);
        if let Some(parts) = fees.resource {
            non_refundable = i128::from(parts.non_refundable_stroops);
            refundable = i128::from(parts.refundable_stroops);
            rent = i128::from(parts.rent_stroops);
        }
        self.charged_stroops += charged;
        self.inclusion_stroops += inclusion;
        self.non_refundable_stroops += non_refundable;
        self.refundable_stroops += refundable;
        self.rent_stroops += rent;
        self.unattributed_stroops += charged - inclusion - non_refundable - refundable - rent;
        self.charged_stroops_max = self.charged_stroops_max.max(fees.charged_stroops);
    }

    /// Adds other totals.
    pub fn merge(&mut self, other: &Totals) {
        self.calls += other.calls;
        self.failed += other.failed;
        self.charged_stroops += other.charged_stroops;
        self.inclusion_stroops += other.inclusion_stroops;
        self.non_refundable_stroops += other.non_refundable_stroops;
        self.refundable_stroops += other.refundable_stroops;
        self.rent_stroops += other.rent_stroops;
        self.unattributed_stroops += other.unattributed_stroops;
        self.fee_mismatches += other.fee_mismatches;
        self.instructions += other.instructions;
        self.read_entries += other.read_entries;
        self.write_entries += other.write_entries;
        self.read_bytes += other.read_bytes;
        self.write_bytes += other.write_bytes;
        self.event_bytes += other.event_bytes;
        self.instructions_max = self.instructions_max.max(other.instructions_max);
        self.memory_bytes_max = self.memory_bytes_max.max(other.memory_bytes_max);
        self.write_bytes_max = self.write_bytes_max.max(other.write_bytes_max);
        self.charged_stroops_max = self.charged_stroops_max.max(other.charged_stroops_max);
        self.declared += other.declared;
    }
}

/// Distinct errors that are kept for a function. A contract's enum has some dozens; the codes of a
/// hostile one are its own choice.
const ERRORS_PER_FUNCTION_MAX: usize = 128;

/// How often an error came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErrorCount {
    /// The error.
    pub error: CallError,
    /// Calls that failed with it.
    pub count: u64,
}

/// What is known about one function of one contract.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FunctionSummary {
    /// The contract.
    pub contract: Option<Address>,
    /// The function.
    pub function: String,
    /// As the root call: all the costs.
    pub root: Totals,
    /// Called by other contracts; what that cost is in the root calls of others.
    pub sub_calls: u64,
    /// Sub-calls that failed themselves.
    pub sub_calls_failed: u64,
    /// Calls of either kind that returned, but were undone by a failure above.
    pub undone: u64,
    /// Deepest call.
    pub depth_max: u32,
    /// Errors of calls of either kind, in order.
    pub errors: Vec<ErrorCount>,
    /// Calls that failed with errors beyond the bound.
    pub other_errors: u64,
}

/// Rows added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    functions: BTreeMap<(Option<Address>, String), FunctionSummary>,
}

impl Summary {
    /// Adds up rows.
    #[must_use]
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Self {
        let mut summary = Summary::default();
        for row in rows {
            summary.add(row);
        }
        summary
    }

    /// Adds one row.
    pub fn add(&mut self, row: &Row) {
        let key = (row.contract.clone(), row.function.clone());
        let function = self.functions.entry(key).or_insert_with(|| FunctionSummary {
            contract: row.contract.clone(),
            function: row.function.clone(),
            ..FunctionSummary::default()
        });
        match row.root_cost() {
            Some(cost) => function.root.add(cost, row.returned()),
            None => {
                function.sub_calls += 1;
                function.sub_calls_failed += u64::from(!row.returned());
            }
        }
        function.undone += u64::from(row.returned() && row.reverted);
        function.depth_max = function.depth_max.max(row.depth);
        if let CallOutcome::Failed(error) = &row.outcome {
            function.count_error(error);
        }
    }

    /// Each function, by contract and name.
    pub fn functions(&self) -> impl Iterator<Item = &FunctionSummary> {
        self.functions.values()
    }

    /// All root calls.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for function in self.functions.values() {
            totals.merge(&function.root);
        }
        totals
    }
}

impl FunctionSummary {
    fn count_error(&mut self, error: &CallError) {
        match self.errors.binary_search_by(|count| count.error.cmp(error)) {
            Ok(found) => self.errors[found].count += 1,
            Err(_) if self.errors.len() >= ERRORS_PER_FUNCTION_MAX => self.other_errors += 1,
            Err(place) => {
                self.errors.insert(place, ErrorCount { error: error.clone(), count: 1 });
            }
        }
    }
}
