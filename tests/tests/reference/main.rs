//! Pages that repeat what the sources say, compared with them.
//!
//! `LUMENSCOPE_WRITE_REFERENCE=1` writes them anew.

mod contents;
mod costs;
mod declared;
mod delays;
mod errors;
mod interface;
mod links;
mod page;
mod prose;
mod readme;
mod site;
mod sources;
mod types;
mod who;

use std::path::PathBuf;

/// How the pages are written.
const AGAIN: &str =
    "LUMENSCOPE_WRITE_REFERENCE=1 cargo nextest run --workspace -E 'binary(reference)'";

fn at(path: &str) -> PathBuf {
    lumenscope_tests::page::at(path)
}

fn read(path: &str) -> String {
    lumenscope_tests::page::read(path).unwrap_or_else(|error| panic!("{error:#}"))
}

/// Writes a page, or compares it.
fn keep(path: &str, wanted: &str) {
    if std::env::var_os("LUMENSCOPE_WRITE_REFERENCE").is_some() {
        std::fs::write(at(path), wanted).expect("the page written");
        return;
    }
    let page = std::fs::read_to_string(at(path)).unwrap_or_default();
    if page == *wanted {
        return;
    }
    let without = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !costs::is_row(line)).map(str::to_owned).collect()
    };
    let why = if without(&page) == without(wanted) {
        "its costs are not those of docs/costs.md, which was written anew; bring them along"
    } else {
        "it is not what the contracts and their interfaces say; write it anew"
    };
    let differs = page.lines().zip(wanted.lines()).find(|(is, should)| is != should);
    let (is, should) = differs.unwrap_or(("", "the one is longer than the other"));
    panic!("{path} is stale: {why}:\n  {AGAIN}\nthe first difference:\n- {is}\n+ {should}");
}
