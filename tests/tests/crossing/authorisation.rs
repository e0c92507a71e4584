//! Who may call what: every entry point of the five contracts, called by everybody, against
//! `docs/security/authorisation.md`.
//!
//! Each call is made in a world in which it would succeed for who may make it, with the
//! authorisation of one account for exactly this call, and taken back afterwards. A call that is
//! refused must have changed and told nothing; one that reads neither.

mod administration;
mod alerting;
mod analytics_storage;
mod cast;
mod dashboard;
mod external_monitoring;
mod performance_monitor;
mod rehearsal;

use std::collections::BTreeSet;

use anyhow::Result;
use lumenscope_localnet::xdr::ScSpecEntry;
use lumenscope_tests::authorisation::{ADMINISTRATION, Row, Table, UNSIGNED, cell, tables};
use soroban_sdk::{Address, Val, Vec as SdkVec};

pub use cast::CONTRACTS;
use cast::Cast;
use rehearsal::rehearse;

/// What runs once, with the deployment, and asks nobody but who deploys.
const CONSTRUCTOR: &str = "__constructor";

/// Arguments of a call, by whom it names as its caller where it names one.
type Arguments<'a> = Box<dyn Fn(&Address) -> SdkVec<Val> + 'a>;

/// What a call does when it succeeds.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Effect {
    /// It changes nothing and tells nothing.
    Reads,
    /// It changes something, or tells something.
    Acts,
}

/// An entry point, in one case.
struct Call {
    entry_point: &'static str,
    case: &'static str,
    effect: Effect,
    /// Brings the world about in which it would succeed.
    prepare: for<'a> fn(&'a Cast) -> Asked<'a>,
}

/// What is called, once the world is as it has to be.
struct Asked<'a> {
    arguments: Arguments<'a>,
    /// Who authorises the call besides whoever is tried.
    also: Option<Address>,
}

const fn reads(
    entry_point: &'static str,
    case: &'static str,
    prepare: for<'a> fn(&'a Cast) -> Asked<'a>,
) -> Call {
    Call { entry_point, case, effect: Effect::Reads, prepare }
}

const fn acts(
    entry_point: &'static str,
    case: &'static str,
    prepare: for<'a> fn(&'a Cast) -> Asked<'a>,
) -> Call {
    Call { entry_point, case, effect: Effect::Acts, prepare }
}

/// The calls of a section of the page.
fn calls_of(section: &str) -> &'static [Call] {
    match section {
        ADMINISTRATION => &administration::CALLS,
        "performance-monitor" => &performance_monitor::CALLS,
        "analytics-storage" => &analytics_storage::CALLS,
        "alerting" => &alerting::CALLS,
        "dashboard" => &dashboard::CALLS,
        "external-monitoring" => &external_monitoring::CALLS,
        _ => panic!("{section} is no contract"),
    }
}

fn table_of(section: &str) -> Table {
    let mut tables = tables().expect("the page");
    let place = tables.iter().position(|table| table.section == section);
    tables.swap_remove(place.unwrap_or_else(|| panic!("the page has no section {section}")))
}

/// What everybody is answered, in the order of the table's columns.
fn answers(contract: &str, call: &Call, table: &Table) -> Vec<String> {
    let cast = &Cast::new(contract);
    let asked = (call.prepare)(cast);
    let target = cast.address(contract);
    let try_with = |named: &Address, signers: &[&Address]| {
        let mut signers = signers.to_vec();
        signers.extend(&asked.also);
        rehearse(cast, target, call, (asked.arguments)(named), &signers)
    };
    let (unsigned, roles) = table.roles.split_last().expect("columns");
    assert_eq!(unsigned, UNSIGNED);
    let signed = |role: &String| try_with(cast.role(role), &[cast.role(role)]);
    let mut answers: Vec<String> = roles.iter().map(signed).collect();
    // In the name of who may.
    let may = answers.iter().position(|answer| answer == cell::YES);
    let named = cast.role(may.map_or("owner", |place| &roles[place]));
    let by_nobody = try_with(named, &[]);
    let names_nobody = (asked.arguments)(named) == (asked.arguments)(cast.role("newcomer"));
    if !names_nobody {
        // Nor does it help that everybody else signs.
        let others: Vec<&Address> = cast.everybody().filter(|other| *other != named).collect();
        assert_eq!(try_with(named, &others), by_nobody, "{contract} {}", call.entry_point);
    }
    answers.push(by_nobody);
    answers
}

/// Compares a contract's answers with a table, line by line.
fn compare(contract: &str, section: &str) {
    let table = table_of(section);
    let mut wrong = Vec::new();
    for call in calls_of(section) {
        let is_of = |row: &&Row| row.entry_point == call.entry_point && row.case == call.case;
        let wanted = table.rows.iter().find(is_of);
        let came = answers(contract, call, &table);
        if wanted.is_none_or(|row| row.cells != came) {
            let why = if wanted.is_some() { "answers" } else { "has no line on the page:" };
            let line = format!("| `{}` | {} | {} |", call.entry_point, call.case, came.join(" | "));
            wrong.push(format!("{contract} {why}\n{line}"));
        }
    }
    let roles = table.roles.join(" | ");
    assert!(wrong.is_empty(), "| entry point | case | {roles} |\n{}", wrong.join("\n"));
}

#[test]
fn performance_monitor_answers_everybody_as_the_page_says() {
    compare("performance-monitor", "performance-monitor");
}

#[test]
fn analytics_storage_answers_everybody_as_the_page_says() {
    compare("analytics-storage", "analytics-storage");
}

#[test]
fn alerting_answers_everybody_as_the_page_says() {
    compare("alerting", "alerting");
}

#[test]
fn dashboard_answers_everybody_as_the_page_says() {
    compare("dashboard", "dashboard");
}

#[test]
fn external_monitoring_answers_everybody_as_the_page_says() {
    compare("external-monitoring", "external-monitoring");
}

#[test]
fn administration_of_every_contract_answers_everybody_as_the_page_says() {
    CONTRACTS.iter().for_each(|contract| compare(contract, ADMINISTRATION));
}

/// The functions that a contract's spec declares.
pub fn entry_points(contract: &str) -> Result<BTreeSet<String>> {
    let spec = soroban_spec::read::from_wasm(&lumenscope_contract_wasm::read(contract)?)?;
    let names = spec.into_iter().filter_map(|entry| match entry {
        ScSpecEntry::FunctionV0(function) => Some(function.name.to_utf8_string_lossy()),
        _ => None,
    });
    Ok(names.filter(|name| name != CONSTRUCTOR).collect())
}

#[test]
fn every_entry_point_has_a_line_and_every_line_is_tried() -> Result<()> {
    let administration: BTreeSet<&str> =
        administration::CALLS.iter().map(|call| call.entry_point).collect();
    let mut wrong = Vec::new();
    for table in tables()? {
        let section = &*table.section;
        let lines: Vec<(&str, &str)> =
            table.rows.iter().map(|row| (&*row.entry_point, &*row.case)).collect();
        let tried: Vec<(&str, &str)> =
            calls_of(section).iter().map(|call| (call.entry_point, call.case)).collect();
        for line in lines.iter().filter(|line| !tried.contains(line)) {
            wrong.push(format!("{section}: nobody tries the line {line:?}"));
        }
        for call in tried.iter().filter(|call| !lines.contains(call)) {
            wrong.push(format!("{section}: the page has no line {call:?}"));
        }
        if lines.iter().collect::<BTreeSet<_>>().len() < lines.len() {
            wrong.push(format!("{section}: a line is there twice"));
        }
    }
    for contract in CONTRACTS {
        let declared = entry_points(contract)?;
        let table = table_of(contract);
        let own = table.rows.iter().map(|row| &*row.entry_point);
        let listed: BTreeSet<&str> = own.chain(administration.iter().copied()).collect();
        for name in declared.iter().filter(|name| !listed.contains(name.as_str())) {
            wrong.push(format!(
                "{contract}: `{name}` has no line in docs/security/authorisation.md; add a call \
                 to tests/tests/crossing/authorisation/, and its test says what line came"
            ));
        }
        for name in listed.iter().filter(|name| !declared.contains(**name)) {
            wrong.push(format!("{contract} has no entry point `{name}`"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}
