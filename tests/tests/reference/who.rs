//! Who may call, in words, from the table of who may call what.

use lumenscope_tests::authorisation::{Row, Table, UNSIGNED, cell};

/// One line for each case of an entry point.
pub fn lines(table: &Table, entry_point: &str, error: &dyn Fn(u32) -> String) -> Vec<String> {
    let rows: Vec<&Row> = table.rows.iter().filter(|row| row.entry_point == entry_point).collect();
    assert!(!rows.is_empty(), "{entry_point} has no line in docs/security/authorisation.md");
    let line = |row: &&Row| {
        let case = if row.case.is_empty() { String::new() } else { format!("{}: ", row.case) };
        format!("{case}{}", words(table, row, error))
    };
    rows.iter().map(line).collect()
}

fn words(table: &Table, row: &Row, error: &dyn Fn(u32) -> String) -> String {
    let (unsigned, cells) = row.cells.split_last().expect("cells");
    let roles = |answer: &str| -> Vec<&str> {
        let all = table.roles_with(row, answer);
        all.into_iter().filter(|role| *role != UNSIGNED).collect()
    };
    if cells.iter().all(|cell| cell == cell::YES) {
        let asked = if unsigned == cell::YES {
            "; nobody has to authorise it"
        } else {
            ", who authorises it"
        };
        return format!("anyone{asked}");
    }
    let yes = roles(cell::YES);
    let may = if yes.is_empty() { "nobody".to_owned() } else { yes.join(", ") };
    // The answer that most others get, then the exceptions.
    let mut answers: Vec<&str> =
        cells.iter().map(String::as_str).filter(|cell| *cell != cell::YES).collect();
    answers.sort_by_key(|answer| (usize::MAX - roles(answer).len(), *answer));
    answers.dedup();
    let (others, exceptions) = answers.split_first().expect("others");
    let mut text = format!("{may}. Everybody else: {}", said(others, error));
    for answer in exceptions {
        text.push_str(&format!("; {}: {}", roles(answer).join(", "), said(answer, error)));
    }
    text
}

fn said(answer: &str, error: &dyn Fn(u32) -> String) -> String {
    match answer {
        cell::AUTH => "the host's authorisation error".to_owned(),
        cell::IDLE => "it does nothing".to_owned(),
        code => error(code.parse().unwrap_or_else(|_| panic!("no answer: {code}"))),
    }
}
