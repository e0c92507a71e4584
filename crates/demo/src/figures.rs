//! `demo.json`: every figure of the demonstration, each recomputable from the ledgers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use lumenscope_observer::Summary;

/// The demonstration's figures. Sums of stroops and instructions fit 53 bits here by far.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Figures {
    /// Shape of this file.
    pub schema: u32,
    /// The network.
    pub network_passphrase: String,
    /// The pool (`C...`).
    pub pool: String,
    /// First ledger of the afternoon, after the setup.
    pub from_ledger: u32,
    /// Last ledger.
    pub to_ledger: u32,
    /// What happened to the pool, by function.
    pub functions: BTreeMap<String, FunctionFigures>,
    /// All functions together.
    pub total: FunctionFigures,
    /// The alerts' way.
    pub alerts: Vec<AlertFigure>,
    /// What monitoring cost.
    pub monitoring: MonitoringFigures,
}

/// Root calls of one function.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct FunctionFigures {
    /// Calls.
    pub calls: u64,
    /// Calls that failed.
    pub failed: u64,
    /// Charged after refunds.
    pub fee_stroops: u64,
    /// Instructions.
    pub instructions: u64,
    /// How often each of the contract's own errors came, by code.
    pub errors: BTreeMap<u32, u64>,
}

/// One change of an alert.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AlertFigure {
    /// When, unix seconds.
    pub at_s: u64,
    /// The rule's name.
    pub rule: String,
    /// The function.
    pub function: String,
    /// What it became.
    pub change: String,
}

/// What monitoring cost.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct MonitoringFigures {
    /// The keeper's account (`G...`).
    pub keeper: String,
    /// Executions that the ledger counts, by the keeper's reports: all that were observed.
    pub reported: u32,
    /// Transactions of the keeper: reports, flushes, evaluations.
    pub keeper_transactions: u32,
    /// What they were charged.
    pub keeper_fee_stroops: i64,
    /// The rent in it: paid ahead for entries that are new or larger.
    pub keeper_rent_stroops: i64,
    /// The keeper's fee without rent for each monitored transaction, rounded up.
    pub keeper_stroops_per_transaction: i64,
    /// The keeper's rent for each monitored transaction, rounded up.
    pub keeper_rent_stroops_per_transaction: i64,
    /// What the sdk adds to the fee of a call, by function: the same call simulated with
    /// monitoring on and off.
    pub sdk_stroops_per_call: BTreeMap<String, i64>,
    /// Over the calls that succeeded, rounded up.
    pub sdk_stroops_per_transaction: i64,
}

impl Figures {
    /// What was observed, by function.
    pub fn functions(summary: &Summary) -> (BTreeMap<String, FunctionFigures>, FunctionFigures) {
        let mut functions = BTreeMap::new();
        let mut total = FunctionFigures::default();
        for function in summary.functions() {
            let mut figures = FunctionFigures {
                calls: function.root.calls,
                failed: function.root.failed,
                fee_stroops: u64::try_from(function.root.charged_stroops).unwrap_or(u64::MAX),
                instructions: u64::try_from(function.root.instructions).unwrap_or(u64::MAX),
                errors: BTreeMap::new(),
            };
            for error in &function.errors {
                if let lumenscope_invoke::CallError::Contract { code } = error.error {
                    figures.errors.insert(code, error.count);
                    *total.errors.entry(code).or_default() += error.count;
                }
            }
            total.calls += figures.calls;
            total.failed += figures.failed;
            total.fee_stroops += figures.fee_stroops;
            total.instructions += figures.instructions;
            functions.insert(function.function.clone(), figures);
        }
        (functions, total)
    }
}
