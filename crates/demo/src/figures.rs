//! `demo.json`: every figure of the demonstration, each recomputable from the ledgers.

use std::collections::BTreeMap;

use lumenscope_invoke::CallError;
use lumenscope_observer::{Summary, Totals};
use serde::Serialize;

use crate::board::Board;
use crate::units::mean;

/// Version of the file: raised when a field changes its meaning.
pub const SCHEMA: u32 = 2;

/// The demonstration's figures. Sums of stroops and instructions fit 53 bits here by far.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Shape of this file.
    pub schema: u32,
    /// The network.
    pub network_passphrase: String,
    /// The pool (`C...`).
    pub pool: String,
    /// What deploying the suite cost.
    pub deployment: DeploymentFigures,
    /// First ledger of the afternoon, after the setup.
    pub from_ledger: u32,
    /// Last ledger.
    pub to_ledger: u32,
    /// When the parts of the afternoon began.
    pub phases: Vec<PhaseFigure>,
    /// What happened to the pool, by function.
    pub functions: BTreeMap<String, FunctionFigures>,
    /// All functions together.
    pub total: FunctionFigures,
    /// The names of the pool's errors that came, by code.
    pub error_names: BTreeMap<u32, String>,
    /// The alerts' way.
    pub alerts: Vec<AlertFigure>,
    /// The dashboard, as it was rendered.
    pub dashboard: Board,
    /// What monitoring cost.
    pub monitoring: MonitoringFigures,
}

/// What deploying the suite cost.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct DeploymentFigures {
    /// Transactions.
    pub transactions: u32,
    /// Charged after refunds, rent included.
    pub fee_stroops: i64,
}

/// When a part of the afternoon began.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct PhaseFigure {
    /// Unix seconds.
    pub at_s: u64,
    /// Which.
    pub phase: &'static str,
}

/// Root calls of one function.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FunctionFigures {
    /// Calls.
    pub calls: u64,
    /// Calls that failed.
    pub failed: u64,
    /// Charged after refunds, rent included.
    pub fee_stroops: i128,
    /// The same for each call, to the nearest.
    pub fee_stroops_mean: i128,
    /// The rent in it.
    pub rent_stroops: i128,
    /// Instructions of all calls.
    pub instructions: i128,
    /// The same for each call, to the nearest.
    pub instructions_mean: i128,
    /// How often each of the contract's own errors came, by code.
    pub errors: BTreeMap<u32, u64>,
}

/// One change of an alert.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct AlertFigure {
    /// When, unix seconds.
    pub at_s: u64,
    /// The rule's name.
    pub rule: String,
    /// The function.
    pub function: String,
    /// Which episode of the rule and the function.
    pub episode: u32,
    /// What it became.
    pub change: String,
    /// Who did it (`G...`), where somebody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// What monitoring cost.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct MonitoringFigures {
    /// The keeper's account (`G...`).
    pub keeper: String,
    /// Executions that the ledger counts, by the keeper's reports: all that were observed.
    pub reported: u32,
    /// Transactions of the keeper: the following together.
    pub keeper_transactions: u32,
    /// What calls cost, to performance-monitor.
    pub keeper_reports: u32,
    /// Closed hours, to history.
    pub keeper_flushes: u32,
    /// Days made of hours.
    pub keeper_compactions: u32,
    /// Rules evaluated. Where nothing changes, simulating is enough.
    pub keeper_evaluations: u32,
    /// What they were charged.
    pub keeper_fee_stroops: i64,
    /// The rent in it: paid ahead once, for entries that are new or larger.
    pub keeper_rent_stroops: i64,
    /// The keeper's fee without rent for each monitored transaction, to the nearest.
    pub keeper_stroops_per_transaction: i128,
    /// What the sdk adds to the fee of a call, by function: the same call with monitoring on and
    /// off.
    pub sdk_stroops_per_call: BTreeMap<String, i64>,
    /// Calls that the sdk recorded: those that succeeded.
    pub sdk_calls: u64,
    /// What it added to them, by the figures of each function.
    pub sdk_stroops: i128,
    /// The same for each monitored transaction: one that failed counts as 0.
    pub sdk_stroops_per_transaction: i128,
    /// Sdk and keeper together, for each monitored transaction.
    pub stroops_per_transaction: i128,
}

impl FunctionFigures {
    fn of(totals: &Totals, errors: BTreeMap<u32, u64>) -> Self {
        let calls = i128::from(totals.calls);
        let instructions = i128::try_from(totals.instructions).unwrap_or(i128::MAX);
        Self {
            calls: totals.calls,
            failed: totals.failed,
            fee_stroops: totals.charged_stroops,
            fee_stroops_mean: mean(totals.charged_stroops, calls),
            rent_stroops: totals.rent_stroops,
            instructions,
            instructions_mean: mean(instructions, calls),
            errors,
        }
    }
}

impl Figures {
    /// What was observed, by function, and together.
    pub fn functions(summary: &Summary) -> (BTreeMap<String, FunctionFigures>, FunctionFigures) {
        let (mut functions, mut all_errors) = (BTreeMap::new(), BTreeMap::new());
        for function in summary.functions() {
            let mut errors = BTreeMap::new();
            for error in &function.errors {
                if let CallError::Contract { code } = error.error {
                    errors.insert(code, error.count);
                    *all_errors.entry(code).or_default() += error.count;
                }
            }
            let figures = FunctionFigures::of(&function.root, errors);
            functions.insert(function.function.clone(), figures);
        }
        (functions, FunctionFigures::of(&summary.totals(), all_errors))
    }
}
