//! `docs/costs.md`: the table between its markers, and whether it is still true.

use std::path::PathBuf;

use anyhow::{Context, Result};
use lumenscope_contract_wasm::repository_root;

use super::Row;

const BEGIN: &str = "<!-- measured: begin (cargo xtask costs) -->";
const END: &str = "<!-- measured: end -->";

/// How far a figure that depends on the compiler may be from the committed one, in per mille.
/// Which compiler and optimiser a machine has moves instructions by a few per cent.
const COMPILER_PER_MILLE: i64 = 50;
/// Below this, a difference in stroops is a rounding of the compiler's difference.
const COMPILER_STROOPS: i64 = 30;

/// Columns that must agree to the unit: entry, bytes, events. Counted from 0, after the names.
const EXACT: [bool; COLUMNS] =
    [false, true, true, true, false, false, false, true, true, true, true];
const COLUMNS: usize = 11;
const NAMES: usize = 3;

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

    /// Puts the rows in place of the measured part.
    ///
    /// # Errors
    /// When the markers are missing, or the file cannot be written.
    pub fn write(&self, rows: &[Row]) -> Result<()> {
        let (before, _, after) = self.parts()?;
        let text = format!("{before}{BEGIN}\n{}{END}{after}", table(rows));
        std::fs::write(&self.path, text).with_context(|| format!("writing {}", self.path.display()))
    }

    /// The lines that are no longer true.
    ///
    /// # Errors
    /// When the markers are missing.
    pub fn stale(&self, rows: &[Row]) -> Result<Vec<String>> {
        let (_, measured, _) = self.parts()?;
        Ok(stale(measured, &table(rows)))
    }

    fn parts(&self) -> Result<(&str, &str, &str)> {
        let lacking = || format!("expected {BEGIN} .. {END} in {}", self.path.display());
        let (before, rest) = self.text.split_once(BEGIN).with_context(lacking)?;
        let (measured, after) = rest.split_once(END).with_context(lacking)?;
        Ok((before, measured, after))
    }
}

/// The lines in which two tables differ by more than a compiler's difference.
#[must_use]
pub fn stale(committed: &str, measured: &str) -> Vec<String> {
    let committed = lines(committed);
    let measured = lines(measured);
    let mut stale = Vec::new();
    for line in &measured {
        let known = committed.iter().find(|known| known[..NAMES] == line[..NAMES]);
        match known {
            Some(known) if agree(&known[NAMES..], &line[NAMES..]) => {}
            Some(known) => {
                stale.push(format!("committed {}, measured {}", join(known), join(line)));
            }
            None => stale.push(format!("not in the table: {}", join(line))),
        }
    }
    for known in &committed {
        if !measured.iter().any(|line| line[..NAMES] == known[..NAMES]) {
            stale.push(format!("measured no more: {}", join(known)));
        }
    }
    stale
}

fn lines(table: &str) -> Vec<Vec<&str>> {
    let rows = table.lines().filter(|line| line.starts_with('|'));
    let cells = rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect());
    cells.filter(|cells: &Vec<&str>| cells.len() == NAMES + COLUMNS).skip(2).collect()
}

fn join(cells: &[&str]) -> String {
    cells.join(" | ")
}

fn agree(committed: &[&str], measured: &[&str]) -> bool {
    committed.iter().zip(measured).zip(EXACT).all(|((known, found), exact)| {
        if exact {
            return known == found;
        }
        match (number(known), number(found)) {
            (Some(known), Some(found)) => {
                let difference = (known - found).abs();
                difference <= COMPILER_STROOPS as f64
                    && difference.fract() == 0.0
                    && known.fract() == 0.0
                    || difference * 1_000.0 <= (known * COMPILER_PER_MILLE as f64).abs()
            }
            _ => known == found,
        }
    })
}

fn number(cell: &str) -> Option<f64> {
    cell.replace(',', "").parse().ok()
}

fn table(rows: &[Row]) -> String {
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

    #[test]
    fn a_table_agrees_with_itself() {
        let rows = table(&[row(1_000_000, 1_024)]);
        assert!(stale(&rows, &rows).is_empty());
    }

    #[test]
    fn a_compiler_s_difference_in_instructions_is_no_change() {
        let committed = table(&[row(1_000_000, 1_024)]);
        assert!(stale(&committed, &table(&[row(1_040_000, 1_024)])).is_empty());
        assert_eq!(stale(&committed, &table(&[row(1_060_000, 1_024)])).len(), 1);
    }

    #[test]
    fn one_more_byte_makes_the_table_stale() {
        let committed = table(&[row(1_000_000, 1_024)]);
        assert_eq!(stale(&committed, &table(&[row(1_000_000, 1_025)])).len(), 1);
    }

    #[test]
    fn a_row_too_many_or_too_few_makes_the_table_stale() {
        let one = table(&[row(1_000_000, 1_024)]);
        let none = table(&[]);
        assert_eq!(stale(&one, &none).len(), 1);
        assert_eq!(stale(&none, &one).len(), 1);
    }

    #[test]
    fn thousands_are_separated() {
        let texts = [0, 999, 1_000, -1_234_567].map(thousands);
        assert_eq!(texts, ["0", "999", "1,000", "-1,234,567"]);
    }
}
