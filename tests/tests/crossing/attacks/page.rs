//! Whether the page of threats names every entry point, and tests that exist.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use lumenscope_tests::page::{at, read};

use super::super::authorisation::{CONTRACTS, entry_points};

const PAGE: &str = "docs/security/threat-model.md";
/// The section of what every contract has.
const ADMINISTRATION: &str = "administration";
/// Spoofing, tampering, repudiation, information disclosure, denial of service, elevation.
const STRIDE: [&str; 6] = ["S", "T", "R", "I", "D", "E"];
/// Entry point, threats, gain, what stops it, test.
const COLUMNS: usize = 5;
/// Lines between what makes a function a test and its name.
const ATTRIBUTES_MAX: usize = 12;

/// What is between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The lines of tables, with the section that each is in.
fn rows(page: &str) -> Vec<(&str, Vec<&str>)> {
    let (mut section, mut rows) = ("", Vec::new());
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            section = heading;
        }
        // Of a test's filter, the bar between two is none of the table's: there are no such.
        if let Some(row) = line.strip_prefix("| ").and_then(|row| row.strip_suffix(" |")) {
            rows.push((section, row.split(" | ").collect()));
        }
    }
    rows
}

#[test]
fn every_entry_point_has_a_row_of_threats_and_every_row_an_entry_point() {
    let page = read(PAGE).expect("the page");
    let mut named = BTreeMap::<&str, BTreeSet<&str>>::new();
    for (section, row) in rows(&page) {
        if section != ADMINISTRATION && !CONTRACTS.contains(&section) {
            continue;
        }
        assert_eq!(row.len(), COLUMNS, "{section}: {row:?}");
        for name in quoted(row[0]) {
            assert!(named.entry(section).or_default().insert(name), "{section}: `{name}` twice");
            let known = row[1].split(' ').all(|threat| STRIDE.contains(&threat));
            assert!(known, "{section}, `{name}`: threats {:?}", row[1]);
            assert!(!filters(row[4]).is_empty(), "{section}, `{name}`: no test");
        }
    }
    for contract in CONTRACTS {
        let declared = entry_points(contract).expect("a spec");
        let shared = named.get(ADMINISTRATION).expect("a section");
        let own = named.get(contract).expect("a section");
        let named: BTreeSet<String> = own.union(shared).map(|name| (*name).to_owned()).collect();
        assert_eq!(named, declared, "{contract}");
    }
}

/// A test as it can be run.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Filter<'a> {
    /// `binary` or `package`.
    of: &'a str,
    named: &'a str,
    test: &'a str,
}

/// The filters of a text, such as `binary(crossing) & test(what_it_shows)`.
fn filters(text: &str) -> Vec<Filter<'_>> {
    let parsed = |filter| {
        let (of, rest) = str::split_once(filter, '(')?;
        let (named, rest) = rest.split_once(") & test(")?;
        Some(Filter { of, named, test: rest.strip_suffix(')')? })
    };
    quoted(text).into_iter().filter_map(parsed).collect()
}

/// Where the sources of a package or a binary are.
fn folders(filter: &Filter<'_>) -> Vec<PathBuf> {
    let name = filter.named;
    let short = name.trim_start_matches("lumenscope-").trim_start_matches("probe-");
    let paths = match filter.of {
        "binary" => [format!("tests/tests/{name}"), format!("tests/tests/{name}.rs"), {
            format!("contracts/external-monitoring/tests/{name}")
        }],
        "package" => [format!("contracts/{name}"), format!("crates/{short}"), {
            format!("tests/probes/{short}")
        }],
        other => panic!("{other}(..): expected binary or package"),
    };
    paths.iter().map(|path| at(path)).filter(|path| path.exists()).collect()
}

/// Every source in a folder, or the file.
fn sources(path: &Path, found: &mut Vec<String>) {
    if path.is_dir() {
        let inside = std::fs::read_dir(path).expect("a folder");
        inside.for_each(|entry| sources(&entry.expect("an entry").path(), found));
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        found.push(std::fs::read_to_string(path).expect("a source"));
    }
}

/// Whether a source has a test of this name.
fn has_test(source: &str, name: &str) -> bool {
    let lines: Vec<&str> = source.lines().collect();
    let is_one = |place: usize| {
        let before = &lines[place.saturating_sub(ATTRIBUTES_MAX)..place];
        let is_test = |line: &&str| line.trim().starts_with("#[") && line.contains("test]");
        before.iter().any(is_test)
    };
    let function = format!("fn {name}(");
    (0..lines.len()).any(|place| lines[place].contains(&function) && is_one(place))
}

#[test]
fn every_test_that_the_page_of_threats_names_is_there() {
    let page = read(PAGE).expect("the page");
    // The first is the example of how to run one.
    let named: BTreeSet<Filter<'_>> =
        filters(&page).into_iter().filter(|filter| filter.test != "NAME").collect();
    assert!(named.len() > CONTRACTS.len(), "{named:?}");
    let mut missing = Vec::new();
    for filter in named {
        let mut found = Vec::new();
        folders(&filter).iter().for_each(|folder| sources(folder, &mut found));
        if !found.iter().any(|source| has_test(source, filter.test)) {
            missing.push(format!("{}({}) & test({})", filter.of, filter.named, filter.test));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
