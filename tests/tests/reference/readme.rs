//! The figures of the README, which `docs/costs.md` has.

use super::read;

const CONTRACTS: usize = 5;
const STROOPS_PER_XLM: f64 = 1e7;

/// A figure of a row of docs/costs.md: the row begins as given, columns are counted from 0.
fn figure(row: &str, column: usize) -> f64 {
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    cells[column + 1].replace(',', "").parse().unwrap_or_else(|_| panic!("no figure in {row}"))
}

#[test]
fn the_readme_gives_the_measured_figures() {
    let costs = read("docs/costs.md");
    let row = |begin: &str| {
        let found = costs.lines().find(|line| line.starts_with(begin));
        found.unwrap_or_else(|| panic!("no row begins with {begin}"))
    };
    let record = row("| performance-monitor | `record_metric` | 4 metrics, no sketch |");
    let open = row("| performance-monitor | `open_stream` | 4 metrics, no sketch |");
    let code = costs.split_once("### Code").expect("the costs of code").1;
    let code = code.split("\n### ").next().unwrap_or_default();
    let rows = || code.lines().filter(|line| line.starts_with("| ") && !line.contains("wasm"));
    let sum = |column| rows().map(|row| figure(row, column)).sum::<f64>();
    assert_eq!(rows().count(), CONTRACTS, "a row for each contract");
    let hundreds = (figure(record, 7) / 100.0).round() as u32;
    let said = [
        format!("{},{}00 stroops", hundreds / 10, hundreds % 10),
        format!("{:.0} XLM once", sum(3)),
        format!("{:.0} XLM a year", sum(5)),
        format!("{:.1} XLM when opened", figure(open, 10) / STROOPS_PER_XLM),
        format!("{:.1} XLM a year", figure(record, 12)),
    ];
    let readme = read("README.md");
    for figure in said {
        assert!(readme.contains(&figure), "README.md does not say: {figure}");
    }
}
