//! From a decoded ledger to rows: pure.

use lumenscope_meta::{Address, Call, Fidelity, Soroban, Transaction, Visibility};

use crate::fetch::ObservedLedger;
use crate::row::{Cost, RootCost, Row, RowKey};
use crate::{FunctionNames, Subject, WatchList};

/// A Soroban transaction has exactly one operation.
const SOROBAN_OPERATION: u32 = 0;

/// What a ledger says about the watched contracts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measurement {
    /// One row for each call, in order.
    pub rows: Vec<Row>,
    /// What is wrong with some of them.
    pub problems: Vec<Problem>,
    /// The lowest fidelity among the watched calls; `None` when there were none that run code.
    pub fidelity: Option<Fidelity>,
}

/// Something that keeps a ledger from counting as indexed for a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whose ledger it is.
    pub contract: Option<Address>,
    /// What is wrong.
    pub reason: String,
}

impl Measurement {
    /// Why the ledger does not count as indexed for this subject, if so.
    #[must_use]
    pub fn problem(&self, subject: &Subject) -> Option<&Problem> {
        self.problems.iter().find(|problem| match subject {
            Subject::Network => true,
            Subject::Contract(contract) => problem.contract.as_ref() == Some(contract),
        })
    }
}

/// Measures a ledger: every call of a watched contract is a row, at whatever depth.
#[must_use]
pub fn measure(
    ledger: &ObservedLedger,
    watch: &WatchList,
    names: &mut FunctionNames,
) -> Measurement {
    let mut measurement = Measurement::default();
    for transaction in &ledger.transactions {
        if let Some(soroban) = &transaction.soroban {
            measure_transaction(ledger, transaction, soroban, watch, names, &mut measurement);
        }
    }
    measurement
}

fn measure_transaction(
    ledger: &ObservedLedger,
    transaction: &Transaction,
    soroban: &Soroban,
    watch: &WatchList,
    names: &mut FunctionNames,
    measurement: &mut Measurement,
) {
    for call in &soroban.calls.calls {
        if !watch.contains(call.contract.as_ref()) {
            continue;
        }
        let row = row(ledger, transaction, soroban, call, names);
        if let Some(cost) = row.root_cost() {
            if let lumenscope_meta::FeeAccount::Failed(mismatch) = &cost.fees {
                measurement.problems.push(Problem {
                    contract: row.contract.clone(),
                    reason: format!("transaction {}: {mismatch}", transaction.hash),
                });
            }
            if runs_code(&row.function) {
                measurement.fidelity = lower(measurement.fidelity, cost.usage.fidelity);
            }
        }
        if row.visibility == Visibility::Partial {
            measurement.problems.push(Problem {
                contract: row.contract.clone(),
                reason: format!(
                    "transaction {}: the node shows only some of its calls",
                    transaction.hash
                ),
            });
        }
        measurement.rows.push(row);
    }
}

fn row(
    ledger: &ObservedLedger,
    transaction: &Transaction,
    soroban: &Soroban,
    call: &Call,
    names: &mut FunctionNames,
) -> Row {
    let depth = call.path.depth();
    Row {
        key: RowKey {
            ledger: ledger.sequence,
            application_order: transaction.application_order,
            operation: SOROBAN_OPERATION,
            path: call.path.clone(),
        },
        transaction: transaction.hash,
        closed_at_ms: ledger.closed_at_ms,
        source: transaction.source.clone(),
        contract: call.contract.clone(),
        function: names.canonical(call.contract.as_ref(), &call.function),
        depth,
        outcome: call.outcome.clone(),
        reverted: call.reverted,
        visibility: soroban.calls.visibility,
        cost: if depth == 0 {
            let fees = transaction.fees.clone();
            Cost::Root(Box::new(RootCost { usage: soroban.usage(), fees }))
        } else {
            Cost::NotMeasurable
        },
    }
}

/// Extensions and restorations run no code, so that no node measures them.
fn runs_code(function: &str) -> bool {
    function != "@extend_ttl" && function != "@restore"
}

fn lower(one: Option<Fidelity>, other: Fidelity) -> Option<Fidelity> {
    match (one, other) {
        (Some(Fidelity::Declared), _) | (_, Fidelity::Declared) => Some(Fidelity::Declared),
        (None | Some(Fidelity::Measured), Fidelity::Measured) => Some(Fidelity::Measured),
    }
}
