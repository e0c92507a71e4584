//! What alerts did, drawn.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{ContentArrangement, Table};
use lumenscope_observer::for_terminal;

use super::read::Told;
use super::summary::Summary;
use crate::times::{lasting, when};
use crate::units::{counted, grouped};

/// Draws the screen.
pub fn render(told: &[Told], alerts: &[Summary], now_s: u64) -> String {
    let count = told.len() as u64;
    let mut text = format!("{}, UTC\n", counted(count, "transition", "transitions"));
    if told.is_empty() {
        return text;
    }
    let mut table = new(&["when", "rule\nstream", "from → to", "why", "episode", "figure", "note"]);
    for one in told {
        table.add_row([
            when(one.at_s, now_s),
            format!("{}\n{}", for_terminal(&one.rule), stream(&one.function, &one.subject)),
            format!("{} → {}\n{}", one.from, one.to, one.kind),
            format!("{}\n{}", one.reason, one.severity),
            one.episode.to_string(),
            one.value.map_or("-".to_owned(), grouped),
            one.note.as_deref().map(for_terminal).unwrap_or_default(),
        ]);
    }
    let _ = writeln!(text, "{table}");
    let mut table =
        new(&["rule\nstream", "fired", "up for", "longest", "acknowledged\nafter", "ended\nafter"]);
    let after = |seconds: Option<u64>| seconds.map_or("-".to_owned(), lasting);
    for one in alerts {
        let up =
            if one.is_up { format!("{}, is up", lasting(one.up_s)) } else { lasting(one.up_s) };
        table.add_row([
            format!("{}\n{}", for_terminal(&one.rule), stream(&one.function, &one.subject)),
            one.fired.to_string(),
            up,
            lasting(one.longest_s),
            after(one.acknowledged_after_s),
            after(one.resolved_after_s),
        ]);
    }
    let _ = writeln!(text, "{table}");
    text
}

fn new(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header);
    table
}

fn stream(function: &str, subject: &Option<String>) -> String {
    let subject = subject.as_deref().map(|subject| format!(" / {}", for_terminal(subject)));
    format!("{}{}", for_terminal(function), subject.unwrap_or_default())
}
