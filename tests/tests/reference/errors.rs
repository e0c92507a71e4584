//! `docs/reference/errors.md`: every error of the suite.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::{at, keep, read};

const BEGIN: &str = "<!-- errors: begin -->\n";
const END: &str = "<!-- errors: end -->\n";
/// Files of the interfaces that declare errors, whose they are, and the first code of their range.
pub const SOURCES: [(&str, &str, u32); 6] = [
    ("performance_monitor", "performance-monitor", 3000),
    ("analytics_storage", "analytics-storage", 3100),
    ("dashboard", "dashboard", 3200),
    ("alerting", "alerting", 3300),
    ("external_monitoring", "external-monitoring", 3400),
    ("governance", "every contract", 3500),
];
const RANGE: u32 = 100;

/// What an interface's module says, with the modules in its folder.
pub fn interface(module: &str) -> String {
    let mut source = read(&format!("contracts/interfaces/src/{module}.rs"));
    let folder = at("contracts/interfaces/src").join(module);
    let parts = std::fs::read_dir(&folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = parts.map(|entry| entry.expect("a file").path()).collect();
    paths.sort();
    for path in paths {
        source.push_str(&std::fs::read_to_string(path).expect("a source"));
    }
    source
}

/// The errors that a source declares: code, name and documentation.
pub fn errors(source: &str) -> Vec<(u32, &str, String)> {
    let after = source.split_once("#[contracterror]").expect("errors").1;
    let body = after.split_once('{').and_then(|(_, body)| body.split_once("\n}")).expect("an enum");
    let mut found = Vec::new();
    let mut meaning = Vec::new();
    for line in body.0.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(words) = line.strip_prefix("///") {
            meaning.push(words.trim());
            continue;
        }
        let (name, code) = line.trim_end_matches(',').split_once(" = ").expect("NAME = CODE");
        found.push((code.parse().expect("a code"), name, meaning.join(" ")));
        meaning.clear();
    }
    found
}

/// A meaning for readers of a page: the constants that it names, with their values.
fn explained(meaning: &str, source: &str) -> String {
    let mut pieces = meaning.split("[`");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("`]").expect("a name in brackets");
        write!(text, "`{name}`").unwrap();
        let declared = source.split_once(&format!("pub const {name}: ")).map(|(_, after)| after);
        if let Some((_, value)) = declared.and_then(|declared| declared.split_once(" = ")) {
            write!(text, " ({})", value.split_once(';').expect("a value").0).unwrap();
        }
        text.push_str(rest);
    }
    text
}

fn table() -> String {
    let mut table = String::from("| code | contract | name | meaning |\n|--:|---|---|---|\n");
    for (file, contract, _) in SOURCES {
        let source = interface(file);
        for (code, name, meaning) in errors(&source) {
            assert!(!meaning.is_empty(), "{name} says nothing");
            let meaning = explained(&meaning, &source);
            writeln!(table, "| {code} | {contract} | `{name}` | {meaning} |").unwrap();
        }
    }
    table
}

#[test]
fn the_page_of_errors_says_what_the_contracts_declare() {
    let path = "docs/reference/errors.md";
    let page = read(path);
    let (head, rest) = page.split_once(BEGIN).expect("where the table begins");
    let (_, tail) = rest.split_once(END).expect("where the table ends");
    let wanted = format!("{head}{BEGIN}{}{END}{tail}", table());
    keep(path, &wanted);
}

#[test]
fn error_codes_are_unique_across_the_suite_and_in_the_range_of_their_contract() {
    let mut names = BTreeMap::new();
    for (file, _, first) in SOURCES {
        let source = interface(file);
        for (code, name, _) in errors(&source) {
            assert!((first..first + RANGE).contains(&code), "{name} = {code} is not {file}'s");
            let other = names.insert(code, name.to_owned());
            assert_eq!(other, None, "{code} has two names");
        }
    }
    let interfaces = std::fs::read_dir(at("contracts/interfaces/src")).expect("the interfaces");
    let modules = interfaces.filter_map(|entry| {
        let path = entry.expect("a file").path();
        let name = path.file_stem()?.to_str()?.to_owned();
        path.is_file().then_some(name)
    });
    let declaring = modules.map(|module| interface(&module).matches("\n#[contracterror]").count());
    assert_eq!(declaring.sum::<usize>(), SOURCES.len(), "a source of errors is not listed");
}
