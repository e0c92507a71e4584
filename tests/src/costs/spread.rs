//! How far the branches of a recording call are apart, in instructions: what a monitored contract's
//! transaction may need more than its simulation, or less.
//!
//! Every branch is the same call with arguments of the same width, of a stream in another state or
//! of another value. The transaction is measured whole: what branches do not share is the
//! difference.

use anyhow::{Context, Result};
use serde::Serialize;

use super::scenarios::{SKETCH, first_metric};
use crate::stage::{Call, on_stage};
use crate::suite::Suite;
use lumenscope_interfaces::performance_monitor::StreamSpec;
use soroban_sdk::vec;

const HOUR_S: u64 = 3_600;
const DAY_S: u64 = 24 * HOUR_S;
/// Friday 2027-01-22, half past noon: a week after the stage begins, in the middle of an hour, a
/// day and a month.
const NOW_S: u64 = 1_800_576_000 + 12 * HOUR_S + HOUR_S / 2;
const FUNCTION: &str = "pay_premium";

/// Most instructions between two branches: a tenth of the least margin that a simulation adds to a
/// transaction (50,000), so that eight records in one share it.
const METRIC_MAX: u32 = 5_000;
/// Of an execution, of which a transaction has one.
const EXECUTION_MAX: u32 = 15_000;

/// What comes before the call that is measured.
#[derive(Clone, Copy)]
struct State {
    name: &'static str,
    /// How long ago samples came, in seconds.
    ago_s: &'static [u64],
    /// Whether a keeper flushed what was closed.
    flushed: bool,
}

const fn state(name: &'static str, ago_s: &'static [u64]) -> State {
    State { name, ago_s, flushed: false }
}

/// Every way in which a hot entry makes room for a sample.
const STATES: [State; 10] = [
    state("the stream's first", &[]),
    state("in the only hour", &[0]),
    state("opens a second hour", &[HOUR_S]),
    state("opens a third", &[2 * HOUR_S, HOUR_S]),
    state("opens a fourth", &[3 * HOUR_S, 2 * HOUR_S, HOUR_S]),
    state("in the newest of four", &[3 * HOUR_S, 2 * HOUR_S, HOUR_S, 0]),
    state("merges two hours of a day", &[4 * HOUR_S, 3 * HOUR_S, 2 * HOUR_S, HOUR_S]),
    state("merges two days", &[4 * DAY_S, 3 * DAY_S, 2 * DAY_S, DAY_S]),
    state("merges the newest two", &[6 * DAY_S, 4 * DAY_S, 2 * HOUR_S, HOUR_S]),
    State { name: "after a flush", ago_s: &[2 * HOUR_S, HOUR_S], flushed: true },
];

/// Values of one width: in range, below and above a sketch's, negative, beyond what is kept.
const VALUES: [i128; 5] = [5_000, 1, 1 << 42, -7, 1 << 50];

/// A call and what its stream keeps.
#[derive(Clone, Copy)]
struct Subject {
    entry_point: &'static str,
    case: &'static str,
    spec: fn(&Suite) -> StreamSpec,
    call: fn(&Suite, i128, u64) -> Call,
    most: u32,
}

const SUBJECTS: [Subject; 3] = [
    Subject {
        entry_point: "record_metric",
        case: "4 metrics, no sketch",
        spec: |suite| suite.spec(suite.pool_metrics()),
        call: metric,
        most: METRIC_MAX,
    },
    Subject {
        entry_point: "record_metric",
        case: "4 metrics, one watched and with a sketch of 64 bins",
        spec: |suite| {
            let mut spec = suite.spec(suite.pool_metrics());
            first_metric(suite, &mut spec, |metric| {
                metric.watched = true;
                metric.sketch = SKETCH;
            });
            spec
        },
        call: metric,
        most: METRIC_MAX,
    },
    Subject {
        entry_point: "record_execution",
        case: "12 metrics, one with a sketch of 64 bins",
        spec: |suite| {
            let mut spec = suite.spec(suite.execution_metrics());
            first_metric(suite, &mut spec, |metric| metric.sketch = SKETCH);
            spec
        },
        call: |suite, _, sequence| suite.record_execution(FUNCTION, sequence),
        most: EXECUTION_MAX,
    },
];

fn metric(suite: &Suite, value: i128, _: u64) -> Call {
    suite.record_metric(FUNCTION, "premium", value)
}

/// The cheapest and the dearest branch of a call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// The entry point.
    pub entry_point: &'static str,
    /// What its stream keeps.
    pub case: &'static str,
    /// In which state of the stream it takes least.
    pub cheapest: &'static str,
    /// In which state of the stream it takes most.
    pub dearest: &'static str,
    /// CPU instructions between them.
    pub instructions: u32,
    /// At most so many.
    pub most: u32,
}

impl Spread {
    /// What is wrong with it, if it is beyond its bound.
    #[must_use]
    pub fn excess(&self) -> Option<String> {
        let Self { entry_point, case, cheapest, dearest, instructions, most } = self;
        (instructions > most).then(|| {
            format!(
                "{entry_point} ({case}): {instructions} instructions between the branches \
                 `{cheapest}` and `{dearest}`, expected at most {most}"
            )
        })
    }
}

/// Measures all of them.
///
/// # Errors
/// The first that cannot be measured, by name.
pub fn spreads() -> Result<Vec<Spread>> {
    on_stage(|stage| {
        let suite = Suite::new(stage)?;
        let spread = |subject: &Subject| {
            spread(&suite, subject).with_context(|| {
                format!("the branches of {} ({})", subject.entry_point, subject.case)
            })
        };
        SUBJECTS.iter().map(spread).collect()
    })
}

fn spread(suite: &Suite, subject: &Subject) -> Result<Spread> {
    let mut branches = Vec::new();
    for state in STATES {
        let mut world = suite.clone();
        world.stage.close_at(NOW_S - 30 * DAY_S).ok();
        world.open(FUNCTION, (subject.spec)(&world))?;
        let mut sequence = 0;
        for ago_s in state.ago_s {
            world.stage.close_at(NOW_S - ago_s - 30)?;
            sequence += 1;
            let call = (subject.call)(&world, VALUES[0], sequence);
            world.stage.act(&[call])?;
        }
        world.stage.close_at(NOW_S)?;
        if state.flushed {
            let hour = u32::try_from(NOW_S / HOUR_S - 1)?;
            let streams = vec![world.env(), world.stream(FUNCTION)];
            let flush = world.monitor("flush", (world.caller.clone(), streams, hour));
            world.stage.act(&[flush])?;
        }
        for value in VALUES {
            let call = (subject.call)(&world, value, sequence + 1);
            let used = world.stage.record(&world.stage.through("call", &[call])?)?;
            branches.push((used.instructions, state.name));
        }
    }
    let cheapest = branches.iter().min().context("expected branches")?;
    let dearest = branches.iter().max().context("expected branches")?;
    Ok(Spread {
        entry_point: subject.entry_point,
        case: subject.case,
        cheapest: cheapest.1,
        dearest: dearest.1,
        instructions: dearest.0 - cheapest.0,
        most: subject.most,
    })
}
