//! The bytes of version 1, for ever: what is on a ledger must stay readable.

extern crate std;

use lumenscope_interfaces::analytics_storage::Granularity;
use lumenscope_sketch::SketchLayout;
use soroban_sdk::{Bytes, IntoVal, TryFromVal, Val, Vec, symbol_short, vec};
use std::format;
use std::string::String;

use super::support::{Closed, Fixture, START_DAY, START_HOUR, counters, sketch, view};
use crate::storage;

/// A number of an entry and its bytes in a line: the marks, a day's hours, a month's days, a week's
/// sketches, an answer that is kept.
const HISTORY: &str = include_str!("golden/history-v1.txt");
/// In the order of the lines; the answer's key is its query.
fn numbers() -> [u32; 5] {
    let first_month = 683;
    [
        storage::HISTORY,
        storage::hours(14, (START_DAY + 1) % 14),
        storage::DAYS | first_month,
        storage::SKETCHES | ((START_DAY + 1) / 7),
        ANSWER,
    ]
}
const ANSWER: u32 = u32::MAX;

fn layout() -> SketchLayout {
    SketchLayout::new(100, 60_000, 64).unwrap()
}

/// Two days, the first of which is made, and its answer.
fn recorded() -> Fixture {
    let fixture = Fixture::new();
    for (hour, values) in [(5, &[250i64, 300][..]), (6, &[-7]), (29, &[5_000, 90, 70_000])] {
        fixture.at_hour(START_HOUR + hour + 1);
        let counters = counters(&layout(), values);
        let closed = [Closed::hour(START_HOUR + hour, &[values, &[0]])];
        fixture.push_with(&closed, &[sketch(&layout(), 0, &counters)]);
    }
    fixture.compact();
    let query = fixture.query(Granularity::Day, START_HOUR, START_HOUR + 24);
    fixture.sign(&fixture.keeper, "warm", (&fixture.keeper, &query).into_val(&fixture.e));
    fixture.analytics.warm(&fixture.keeper, &query);
    fixture
}

fn bytes_of(fixture: &Fixture, number: u32) -> Bytes {
    let Fixture { e, stream, .. } = fixture;
    if number == ANSWER {
        let query = fixture.query(Granularity::Day, START_HOUR, START_HOUR + 24);
        return storage::answer(e, &query).unwrap();
    }
    if number == storage::HISTORY {
        return Bytes::try_from_val(e, &storage::history(e, stream).get_unchecked(0)).unwrap();
    }
    storage::sheet(e, stream, number).unwrap()
}

fn hex(bytes: &Bytes) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn parsed(fixture: &Fixture, line: &str) -> Bytes {
    let byte = |at: usize| u8::from_str_radix(&line[at..at + 2], 16).unwrap();
    let mut bytes = Bytes::new(&fixture.e);
    (0..line.len()).step_by(2).for_each(|at| bytes.push_back(byte(at)));
    bytes
}

#[test]
fn history_is_these_bytes() {
    let fixture = recorded();
    let written = fixture.e.as_contract(&fixture.analytics.address, || {
        let line = |number: &u32| hex(&bytes_of(&fixture, *number)) + "\n";
        numbers().iter().map(line).collect::<String>()
    });
    assert_eq!(written, HISTORY, "expected the bytes of the file, came\n{written}");
}

#[test]
fn these_bytes_mean_this() {
    let fixture = Fixture::new();
    let e = &fixture.e;
    fixture.at_hour(START_HOUR + 30);
    let query = fixture.query(Granularity::Day, START_HOUR, START_HOUR + 24);
    fixture.e.as_contract(&fixture.analytics.address, || {
        for (number, line) in numbers().into_iter().zip(HISTORY.lines()) {
            let bytes = parsed(&fixture, line);
            if number == ANSWER {
                storage::keep_answer(e, &query, &bytes);
            } else if number == storage::HISTORY {
                let layout = Bytes::from_slice(e, &layout().encode());
                let fee: Val = symbol_short!("fee").to_val();
                let pair = vec![e, fee, layout.to_val()];
                let failed = symbol_short!("failed").to_val();
                let record: Vec<Val> = vec![e, bytes.to_val(), fee, failed, pair.to_val()];
                storage::set_history(e, &fixture.stream, &record);
            } else {
                storage::set_sheet(e, &fixture.stream, number, &bytes);
            }
        }
    });
    let days = fixture.buckets(Granularity::Day);
    assert_eq!(days.len(), 2);
    assert_eq!(days[0].statistics, view(&[250, 300, -7]));
    assert_eq!(days[1].statistics, view(&[5_000, 90, 70_000]));
    assert_eq!(fixture.analytics.cached(&query), Some(view(&[250, 300, -7])));
    let both = fixture.query(Granularity::Day, START_HOUR, START_HOUR + 48);
    let said = fixture.analytics.quantiles(&both, &vec![e, 500]);
    assert_eq!((said.below, said.inside, said.above), (2, 3, 1));
    let median = said.quantiles.get_unchecked(0).unwrap();
    assert!((238..=263).contains(&median), "{median}");
    let metrics = fixture.analytics.history_metrics(&fixture.stream);
    assert_eq!(metrics, fixture.metrics());
}
