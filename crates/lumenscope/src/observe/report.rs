//! What was observed, as a document and as tables.

use std::collections::HashMap;
use std::fmt::Write as _;

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use lumenscope_meta::{Address, CallError, ContractSpec};
use lumenscope_observer::{FunctionSummary, Row, SpanState, Summary, Totals, for_terminal};
use serde_json::{Value, json};

use super::Observation;
use crate::units::{self, counted, grouped, percent, xlm};

/// Version of the document: raised when a field changes its meaning.
const DOCUMENT_VERSION: u32 = 1;
/// Holes that a message names.
const HOLES_SHOWN_MAX: usize = 5;
/// Stands where there is no figure.
const NOT_KNOWN: &str = "-";

/// The whole observation.
pub fn document(observation: &Observation) -> Value {
    let summary = Summary::of(&observation.rows);
    let names = ErrorNames::new(&observation.specs);
    let coverage: Vec<_> = observation
        .coverage
        .iter()
        .map(|(subject, known)| json!({ "subject": subject, "spans": known.spans() }))
        .collect();
    let functions: Vec<_> = summary
        .functions()
        .map(|function| {
            let mut value = json!(function);
            value["errors"] = errors(function, &names);
            value
        })
        .collect();
    json!({
        "version": DOCUMENT_VERSION,
        "epoch": observation.epoch,
        "source": observation.source,
        "from": observation.from,
        "to": observation.to,
        "coverage": coverage,
        "calls": observation.rows.iter().map(|row| call(row, &names)).collect::<Vec<_>>(),
        "functions": functions,
        "totals": summary.totals(),
    })
}

fn call(row: &Row, names: &ErrorNames<'_>) -> Value {
    let mut value = json!(row);
    if let lumenscope_meta::CallOutcome::Failed(error) = &row.outcome {
        value["error_name"] = json!(names.name(row.contract.as_ref(), error));
    }
    value
}

fn errors(function: &FunctionSummary, names: &ErrorNames<'_>) -> Value {
    let contract = function.contract.as_ref();
    function
        .errors
        .iter()
        .map(|count| {
            json!({
                "error": count.error,
                "name": names.name(contract, &count.error),
                "count": count.count,
            })
        })
        .collect()
}

/// The sums by function, for a terminal.
pub fn tables(observation: &Observation) -> String {
    let summary = Summary::of(&observation.rows);
    let names = ErrorNames::new(&observation.specs);
    let mut text = format!("ledgers {} to {}\n", observation.from, observation.to);
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header([
        "contract",
        "function",
        "calls",
        "failed",
        "sub-calls",
        "instructions, most",
        "fee, stroops, mean",
        "fees, stroops",
    ]);
    for column in 2..8 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for function in summary.functions() {
        table.add_row(function_row(function));
    }
    let _ = writeln!(text, "{table}");
    for function in summary.functions() {
        for count in &function.errors {
            let name = names.name(function.contract.as_ref(), &count.error);
            let _ = writeln!(
                text,
                "  {} failed {} with {}",
                for_terminal(&function.function),
                counted(count.count, "time", "times"),
                for_terminal(&name)
            );
        }
    }
    text.push_str(&totals(&summary.totals()));
    text
}

fn function_row(function: &FunctionSummary) -> [String; 8] {
    let root = &function.root;
    let paid = i128::from(root.calls - root.fee_mismatches);
    let contract = function.contract.as_ref().map_or("-", Address::as_str);
    let failed = percent(root.failed, root.calls)
        .map_or_else(String::new, |share| format!(" ({share:.1} %)"));
    [
        short(contract),
        for_terminal(&function.function),
        grouped(root.calls.into()),
        format!("{}{failed}", grouped(root.failed.into())),
        grouped(function.sub_calls.into()),
        // What a sub-call takes is in its caller's: unknown, not nothing.
        if root.calls == 0 { NOT_KNOWN.to_owned() } else { grouped(root.instructions_max.into()) },
        if paid == 0 {
            NOT_KNOWN.to_owned()
        } else {
            grouped(units::mean(root.charged_stroops, paid))
        },
        if paid == 0 { NOT_KNOWN.to_owned() } else { grouped(root.charged_stroops) },
    ]
}

fn totals(totals: &Totals) -> String {
    let mut text = format!(
        "{}, {} failed; {} stroops ({}): inclusion {}, non-refundable {}, refundable {}, rent {}\n",
        counted(totals.calls, "transaction", "transactions"),
        grouped(totals.failed.into()),
        grouped(totals.charged_stroops),
        xlm(totals.charged_stroops),
        grouped(totals.inclusion_stroops),
        grouped(totals.non_refundable_stroops),
        grouped(totals.refundable_stroops),
        grouped(totals.rent_stroops),
    );
    if totals.unattributed_stroops != 0 {
        let _ = writeln!(
            text,
            "the node does not report the parts of {} stroops",
            grouped(totals.unattributed_stroops)
        );
    }
    if totals.declared > 0 {
        let _ = writeln!(
            text,
            "the resources of {} are declared, not measured: the node gives no diagnostics",
            counted(totals.declared, "call", "calls")
        );
    }
    text
}

/// An address by its ends, as people compare them.
pub fn short(address: &str) -> String {
    match (address.get(..6), address.get(address.len().saturating_sub(6)..)) {
        (Some(start), Some(end)) if address.len() > 14 => format!("{start}…{end}"),
        _ => address.to_owned(),
    }
}

/// What is not known in the range, in one sentence.
pub fn holes(observation: &Observation) -> Option<String> {
    let mut holes = Vec::new();
    for (subject, coverage) in &observation.coverage {
        for (from, to, state) in coverage.missing(observation.from, observation.to) {
            let why = match state {
                SpanState::Failed { reason } => reason,
                SpanState::BeyondRetention => "the node does not keep them any more".to_owned(),
                SpanState::NotWatched | SpanState::Pending | SpanState::Indexed { .. } => {
                    "not observed".to_owned()
                }
            };
            holes.push(format!("{subject}: ledgers {from} to {to}: {why}"));
        }
    }
    let more = holes.len().saturating_sub(HOLES_SHOWN_MAX);
    if more > 0 {
        holes.truncate(HOLES_SHOWN_MAX);
        holes.push(format!("and {more} more"));
    }
    (!holes.is_empty()).then(|| format!("not everything is known\n{}", holes.join("\n")))
}

/// Errors by the names that contracts give them.
pub struct ErrorNames<'a> {
    specs: HashMap<&'a Address, &'a ContractSpec>,
}

impl<'a> ErrorNames<'a> {
    pub fn new(specs: &'a [(Address, ContractSpec)]) -> Self {
        ErrorNames { specs: specs.iter().map(|(contract, spec)| (contract, spec)).collect() }
    }

    /// The error's name, or its code where the contract gives it none.
    pub fn name(&self, contract: Option<&Address>, error: &CallError) -> String {
        let spec = contract.and_then(|contract| self.specs.get(contract));
        let case = error.contract_code().and_then(|code| spec?.errors.get(&code));
        match (case, error.contract_code()) {
            (Some(case), Some(code)) => format!("{} (#{code})", case.name),
            _ => error.to_string(),
        }
    }
}
