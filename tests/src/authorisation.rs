//! Who may call what, as `docs/security/authorisation.md` says it: one table for each contract, one
//! for the administration that all of them have.

use anyhow::{Context as _, Result, ensure};

use crate::page;

/// Where the tables are.
pub const PAGE: &str = "docs/security/authorisation.md";
/// The section of what every contract has.
pub const ADMINISTRATION: &str = "administration";
/// Columns before the first role: the entry point, and in which case.
const KEYS: usize = 2;
/// The last column: the one who may does not sign.
pub const UNSIGNED: &str = "unsigned";

/// What a call is answered, as a cell says it.
pub mod cell {
    /// It is done.
    pub const YES: &str = "yes";
    /// It succeeds, changes nothing and tells nothing.
    pub const IDLE: &str = "idle";
    /// The host refuses it: the authorisation that is asked for is not there.
    pub const AUTH: &str = "auth";
}

/// The table of a section.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Table {
    /// The section: a contract's package, or [`ADMINISTRATION`].
    pub section: String,
    /// Who calls: the headings after the first two.
    pub roles: Vec<String>,
    /// In the order of the page.
    pub rows: Vec<Row>,
}

/// A line of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Row {
    /// The entry point.
    pub entry_point: String,
    /// In which case; empty where there is one only.
    pub case: String,
    /// What each role is answered, in the order of [`Table::roles`].
    pub cells: Vec<String>,
}

impl Table {
    /// The roles that a row answers with this.
    #[must_use]
    pub fn roles_with(&self, row: &Row, answer: &str) -> Vec<&str> {
        let columns = self.roles.iter().zip(&row.cells);
        columns.filter(|(_, cell)| *cell == answer).map(|(role, _)| role.as_str()).collect()
    }
}

/// The tables of the page.
///
/// # Errors
/// When the page is missing, or a line has not as many cells as its table has columns.
pub fn tables() -> Result<Vec<Table>> {
    parse(&page::read(PAGE)?)
}

fn parse(page: &str) -> Result<Vec<Table>> {
    let sections = page.split("\n## ").skip(1);
    let tables = sections.filter_map(|section| {
        let (name, body) = section.split_once('\n')?;
        let lines: Vec<&str> = body.lines().filter(|line| line.starts_with('|')).collect();
        (!lines.is_empty()).then(|| table(name.trim(), &lines))
    });
    tables.collect()
}

fn table(section: &str, lines: &[&str]) -> Result<Table> {
    let (head, body) = lines.split_first().context("expected a head")?;
    let columns = cells(head);
    ensure!(columns.len() > KEYS, "{section}: expected roles after {KEYS} columns");
    let roles = columns[KEYS..].to_vec();
    ensure!(
        roles.last().is_some_and(|role| role == UNSIGNED),
        "{section}: the last column is not {UNSIGNED}"
    );
    // The line of dashes.
    let rows = body.iter().skip(1).map(|line| {
        let cells = cells(line);
        ensure!(
            cells.len() == columns.len(),
            "{section}: expected {} cells, not {}: {line}",
            columns.len(),
            cells.len()
        );
        let entry_point = cells[0].trim_matches('`').to_owned();
        Ok(Row { entry_point, case: cells[1].clone(), cells: cells[KEYS..].to_vec() })
    });
    Ok(Table { section: section.to_owned(), roles, rows: rows.collect::<Result<_>>()? })
}

fn cells(line: &str) -> Vec<String> {
    line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_as_it_stands() -> Result<()> {
        let page = "# T\n\n## alerting\n\ntext\n\n| call | case | admin | unsigned |\n|---|---|---|---|\n| `rule` | | yes | auth |\n\n## words\n\nnone\n";
        let row = Row {
            entry_point: "rule".into(),
            case: String::new(),
            cells: vec!["yes".into(), "auth".into()],
        };
        let table = Table {
            section: "alerting".into(),
            roles: vec!["admin".into(), UNSIGNED.into()],
            rows: vec![row],
        };
        assert_eq!(table.roles_with(&table.rows[0], cell::YES), ["admin"]);
        assert_eq!(parse(page)?, [table]);
        assert!(parse("\n## a\n| call | case | admin | unsigned |\n|---|\n| `x` | |\n").is_err());
        Ok(())
    }
}
