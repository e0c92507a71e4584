//! `docs/costs.md`: the table between its markers, and whether it is still true.

use std::path::PathBuf;

use anyhow::{Context, Result};
use lumenscope_contract_wasm::repository_root;

use super::{ArchiveRow, Capacity, CodeRow, Costs, Row, Spread};

const BEGIN: &str = "<!-- measured: begin (cargo xtask costs) -->";
const END: &str = "<!-- measured: end -->";

/// How far a figure that depends on the compiler may be from the committed one, in per mille.
/// Which compiler and optimiser a machine has moves instructions by a few per cent.
const COMPILER_PER_MILLE: f64 = 50.0;
/// A difference of this much is one of the compiler in any figure: a rounding to stroops.
const COMPILER_STROOPS: f64 = 30.0;
/// Which compiler a machine has moves the size of wasm, and so its rent, more than instructions.
const CODE_PER_MILLE: f64 = 150.0;

/// How a column is compared.
#[derive(Clone, Copy)]
enum Column {
    /// It names the row.
    Name,
    /// To the unit.
    Exact,
    /// Within what a compiler may change.
    Compiler,
    /// Within what a compiler may change of the size of code.
    Code,
}

use Column::{Code, Compiler, Exact, Name};

/// Columns of the table of calls.
const CALLS: [Column; 14] = [
    Name, Name, Name, Compiler, Exact, Exact, Exact, Compiler, Compiler, Compiler, Exact, Exact,
    Exact, Exact,
];
/// The one entry point that pays rent on code, and its rent's columns.
const EXTENDS_CODE: (&str, std::ops::Range<usize>) = ("`keep_alive`", 10..12);
/// Columns of the table of branches. Which compiler it is moves the small difference between two
/// large numbers by more than either: its bound is what holds.
const SPREADS: [Column; 4] = [Name, Name, Code, Exact];
/// Columns of the table of records.
const CAPACITIES: [Column; 5] = [Name, Name, Compiler, Exact, Compiler];
/// Columns of the table of code.
const CODE: [Column; 7] = [Name, Code, Code, Code, Code, Code, Code];

/// Columns of the table of archived contracts.
const ARCHIVE: [Column; 6] = [Name, Exact, Code, Code, Code, Code];

/// The committed page.
pub struct Document {
    path: PathBuf,
    text: String,
}

impl Document {
    /// Reads the committed page.
    ///
    /// # Errors
    /// When it is missing.
    pub fn read() -> Result<Self> {
        let path = repository_root().join("docs/costs.md");
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("reading {}", path.display()))?;
        Ok(Self { path, text })
    }

    /// Puts what was measured in place of the measured part.
    ///
    /// # Errors
    /// When the markers are missing, or the file cannot be written.
    pub fn write(&self, costs: &Costs) -> Result<()> {
        let (before, _, after) = self.parts()?;
        let (calls, code) = (calls_table(&costs.calls), code_table(&costs.code));
        let (spreads, capacities) =
            (spreads_table(&costs.spreads), capacities_table(&costs.capacities));
        let archive = archive_table(&costs.archive);
        let text = format!(
            "{before}{BEGIN}\n{calls}\n### Branches\n\n{SPREADS_SAY}\n{spreads}\n### Records per \
             ledger\n\n{CAPACITIES_SAY}\n{capacities}\n### Code\n\n{code}\n### \
             Archived\n\n{ARCHIVE_SAYS}\n{archive}{END}{after}"
        );
        std::fs::write(&self.path, text).with_context(|| format!("writing {}", self.path.display()))
    }

    /// The lines that are no longer true.
    ///
    /// # Errors
    /// When the markers are missing.
    pub fn stale(&self, costs: &Costs) -> Result<Vec<String>> {
        let (_, measured, _) = self.parts()?;
        let mut lines = stale(measured, &calls_table(&costs.calls), &CALLS);
        lines.extend(stale(measured, &spreads_table(&costs.spreads), &SPREADS));
        lines.extend(stale(measured, &capacities_table(&costs.capacities), &CAPACITIES));
        lines.extend(stale(measured, &code_table(&costs.code), &CODE));
        lines.extend(stale(measured, &archive_table(&costs.archive), &ARCHIVE));
        Ok(lines)
    }

    fn parts(&self) -> Result<(&str, &str, &str)> {
        let lacking = || format!("expected {BEGIN} .. {END} in {}", self.path.display());
        let (before, rest) = self.text.split_once(BEGIN).with_context(lacking)?;
        let (measured, after) = rest.split_once(END).with_context(lacking)?;
        Ok((before, measured, after))
    }
}

/// The lines in which two tables differ by more than a compiler's difference.
fn stale(committed: &str, measured: &str, columns: &[Column]) -> Vec<String> {
    let names = columns.iter().filter(|column| matches!(column, Name)).count();
    let committed = lines(committed, columns.len());
    let measured = lines(measured, columns.len());
    let mut stale = Vec::new();
    for line in &measured {
        let known = committed.iter().find(|known| known[..names] == line[..names]);
        match known {
            Some(known) if agree(known, line, columns) => {}
            Some(known) => {
                stale.push(format!("committed {}, measured {}", join(known), join(line)));
            }
            None => stale.push(format!("not in the table: {}", join(line))),
        }
    }
    for known in &committed {
        if !measured.iter().any(|line| line[..names] == known[..names]) {
            stale.push(format!("measured no more: {}", join(known)));
        }
    }
    stale
}

/// The rows of the table with so many columns, without its head.
fn lines(tables: &str, columns: usize) -> Vec<Vec<&str>> {
    let rows = tables.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'));
    let cells = rows.map(|row| row.split('|').map(str::trim).collect());
    cells.filter(|cells: &Vec<&str>| cells.len() == columns).skip(2).collect()
}

fn join(cells: &[&str]) -> String {
    cells.join(" | ")
}

fn agree(committed: &[&str], measured: &[&str], columns: &[Column]) -> bool {
    let (entry_point, rents) = EXTENDS_CODE;
    let extends_code = committed.contains(&entry_point);
    let mut cells = committed.iter().zip(measured).zip(columns).enumerate();
    cells.all(|(place, ((known, found), column))| match column {
        Exact if extends_code && rents.contains(&place) => close(known, found, CODE_PER_MILLE),
        Name | Exact => known == found,
        Compiler => close(known, found, COMPILER_PER_MILLE),
        Code => close(known, found, CODE_PER_MILLE),
    })
}

fn close(known: &str, found: &str, per_mille: f64) -> bool {
    match (number(known), number(found)) {
        (Some(known), Some(found)) => {
            let apart = (known - found).abs();
            let counts = known.fract() == 0.0 && found.fract() == 0.0;
            apart * 1_000.0 <= known.abs() * per_mille || counts && apart <= COMPILER_STROOPS
        }
        _ => known == found,
    }
}

fn number(cell: &str) -> Option<f64> {
    cell.replace(',', "").parse().ok()
}

fn calls_table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| contract | entry point | case | instructions | entries written | bytes written \
         | event bytes | stroops | floor, stroops | x floor | rent of the call, stroops \
         | at 10 x | a year's rent of what it wrote, XLM | at 10 x |\n\
         |---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for row in rows {
        let Row { contract, entry_point, case, figures, floor } = row;
        let floor = floor.as_ref().map_or("-".to_owned(), |floor| thousands(floor.stroops));
        let ratio = row.floor_ratio().map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
        let cells = [
            (*contract).to_owned(),
            format!("`{entry_point}`"),
            (*case).to_owned(),
            thousands(figures.instructions),
            thousands(figures.entries_written),
            thousands(figures.written_bytes),
            thousands(figures.event_bytes),
            thousands(figures.stroops),
            floor,
            ratio,
            thousands(figures.rent_stroops),
            thousands(figures.rent_10x_stroops),
            lumens(figures.year_rent_stroops),
            lumens(figures.year_rent_10x_stroops),
        ];
        text += &format!("| {} |\n", cells.join(" | "));
    }
    text
}

fn code_table(rows: &[CodeRow]) -> String {
    let mut text = String::from(
        "| contract | bytes of wasm | bytes that rent is paid on | rent of the upload, XLM \
         | at 10 x | a year's rent, XLM | at 10 x |\n\
         |---|--:|--:|--:|--:|--:|--:|\n",
    );
    for row in rows {
        let cells = [
            row.contract.to_owned(),
            thousands(row.wasm_bytes as i64),
            thousands(i64::from(row.rent_bytes)),
            lumens(row.upload_rent_stroops),
            lumens(row.upload_rent_10x_stroops),
            lumens(row.year_rent_stroops),
            lumens(row.year_rent_10x_stroops),
        ];
        text += &format!("| {} |\n", cells.join(" | "));
    }
    text
}

/// What the table of archived contracts shows.
const ARCHIVE_SAYS: &str = "\
What it costs to bring a contract back that nobody extended for 120 days: one restoring transaction for its code, its
instance and what linking the suite stored. What owners stored comes back with the next call that needs it, which pays for
it: rent as for a new entry, and a fee for reading it from disk. Nothing is lost. Extended in time (`keep_alive`, or the
network's own operation) a contract pays the same rent, without the gap.
";

fn archive_table(rows: &[ArchiveRow]) -> String {
    let mut text = String::from(
        "| contract | entries | bytes | fee, stroops | rent, stroops | together, XLM |\n\
         |---|--:|--:|--:|--:|--:|\n",
    );
    for row in rows {
        let ArchiveRow { contract, entries, bytes, fee_stroops, rent_stroops } = row;
        let cells = [
            (*contract).to_owned(),
            entries.to_string(),
            thousands(*bytes as i64),
            thousands(*fee_stroops),
            thousands(*rent_stroops),
            lumens(fee_stroops + rent_stroops),
        ];
        text += &format!("| {} |\n", cells.join(" | "));
    }
    text
}

/// What the table of branches shows.
const SPREADS_SAY: &str = "\
How far the cheapest and the dearest branch of a call are apart: the first sample of a stream, an hour that opens, hours
that merge because nobody flushed, after a flush; values inside and outside of a sketch's range, clamped ones.
";

fn spreads_table(spreads: &[Spread]) -> String {
    let mut text = String::from(
        "| entry point | case | instructions apart | at most |\n\
         |---|---|--:|--:|\n",
    );
    for Spread { entry_point, case, instructions, most, .. } in spreads {
        let (apart, most) = (thousands((*instructions).into()), thousands((*most).into()));
        text += &format!("| `{entry_point}` | {case} | {apart} | {most} |\n");
    }
    text
}

/// What the table of records shows.
const CAPACITIES_SAY: &str = "\
How many `record_metric` of one stream of 4 metrics fit into one ledger, by what their simulation declares: alone, and
in calls that take more instructions beside. Calls that write the same hot entry are applied one after the other; those
of different lanes, streams and contracts at the same time, in as many clusters as the network has (four). A ledger takes
100 transactions that call contracts: where that is the limit, lanes gain nothing. The last column is how large a
transaction may be for as many to fit.
";

fn capacities_table(capacities: &[Capacity]) -> String {
    let mut text = String::from(
        "| instructions beside the record | hot entries: the stream and its lanes \
         | records per ledger | limited by | bytes of a transaction |\n\
         |--:|--:|--:|---|--:|\n",
    );
    for capacity in capacities {
        let cells = [
            thousands(capacity.rest_instructions as i64),
            capacity.hot_entries.to_string(),
            thousands(capacity.records as i64),
            capacity.limit.to_owned(),
            thousands(capacity.transaction_bytes as i64),
        ];
        text += &format!("| {} |\n", cells.join(" | "));
    }
    text
}

fn lumens(stroops: i64) -> String {
    format!("{:.2}", stroops as f64 / 1e7)
}

fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::costs::Figures;

    fn row(instructions: i64, written_bytes: i64) -> Row {
        Row {
            contract: "performance-monitor",
            entry_point: "record_metric",
            case: "four metrics",
            figures: Figures {
                instructions,
                entries_written: 1,
                written_bytes,
                event_bytes: 240,
                stroops: 2_500 + instructions * 3 / 10_000,
                ..Figures::default()
            },
            floor: Some(Figures { stroops: 2_300, ..Figures::default() }),
        }
    }

    fn apart(committed: &[Row], measured: &[Row]) -> usize {
        stale(&calls_table(committed), &calls_table(measured), &CALLS).len()
    }

    #[test]
    fn a_table_agrees_with_itself() {
        assert_eq!(apart(&[row(1_000_000, 1_024)], &[row(1_000_000, 1_024)]), 0);
    }

    #[test]
    fn a_compiler_s_difference_in_instructions_is_no_change() {
        assert_eq!(apart(&[row(1_000_000, 1_024)], &[row(1_040_000, 1_024)]), 0);
        assert_eq!(apart(&[row(1_000_000, 1_024)], &[row(1_060_000, 1_024)]), 1);
    }

    #[test]
    fn one_more_byte_makes_the_table_stale() {
        assert_eq!(apart(&[row(1_000_000, 1_024)], &[row(1_000_000, 1_025)]), 1);
    }

    #[test]
    fn rent_depends_on_the_compiler_only_where_it_is_paid_on_code() {
        let paying = |entry_point, rent_stroops: i64| {
            let row = row(1_000_000, 0);
            let figures = Figures { rent_stroops, ..row.figures };
            Row { entry_point, figures, ..row }
        };
        let apart = |entry_point, by: i64| {
            apart(&[paying(entry_point, 1_000_000)], &[paying(entry_point, 1_000_000 + by)])
        };
        assert_eq!((apart("keep_alive", 100_000), apart("keep_alive", 200_000)), (0, 1));
    }

    #[test]
    fn a_row_too_many_or_too_few_makes_the_table_stale() {
        assert_eq!(apart(&[row(1_000_000, 1_024)], &[]), 1);
        assert_eq!(apart(&[], &[row(1_000_000, 1_024)]), 1);
    }

    #[test]
    fn the_two_tables_of_the_page_are_told_apart() {
        let code = CodeRow {
            contract: "alerting",
            wasm_bytes: 30_000,
            rent_bytes: 600_000,
            upload_rent_stroops: 330_000_000,
            upload_rent_10x_stroops: 3_300_000_000,
            year_rent_stroops: 1_000_000_000,
            year_rent_10x_stroops: 10_000_000_000,
        };
        let larger = CodeRow { wasm_bytes: 40_000, ..code.clone() };
        let calls = calls_table(&[row(1_000_000, 1_024)]);
        let page = format!("{calls}\n{}", code_table(std::slice::from_ref(&code)));
        assert!(stale(&page, &calls, &CALLS).is_empty());
        assert!(stale(&page, &code_table(&[code]), &CODE).is_empty());
        assert_eq!(stale(&page, &code_table(&[larger]), &CODE).len(), 1);
    }

    #[test]
    fn thousands_are_separated() {
        let texts = [0, 999, 1_000, -1_234_567].map(thousands);
        assert_eq!(texts, ["0", "999", "1,000", "-1,234,567"]);
    }
}
