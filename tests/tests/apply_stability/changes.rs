//! What may happen to performance-monitor between simulation and application, and what may come
//! of it: the failure contract of `contracts/sdk`.

use anyhow::Result;
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{FLUSH_DELAY_S, RecordingMode};
use lumenscope_tests::apply_stability::{Change, Expectation, Monitored};
use soroban_sdk::BytesN;

use crate::recording::{Recorder, STREAMS, UNOPENED};
use crate::times::{
    DAY_ENDS_S, HOUR_ENDS_S, HOUR_S, MID_HOUR_S, MINUTE_S, MONTH_ENDS_S, WEEK_ENDS_S, YEAR_ENDS_S,
};

/// More closed hours than a hot entry keeps.
const HOURS: u64 = 12;
/// More minutes than a ring keeps.
const MINUTES: u64 = 14;
/// Far beyond the +-2^43 to which values are clamped.
const EXTREME: i128 = i128::MAX / 2;
/// A keeper waits for late reports before it flushes.
const KEEPER_S: u64 = 10 * MINUTE_S;
/// Before a moment, in its minute.
const SOON_S: u64 = 20;
/// Past the boundary that a moment lies before.
const PAST_S: u64 = 3;

/// All of them. Calls that say themselves when something was may find that hour flushed: a report
/// that comes later than the delay which flushing leaves for it. Its next report is taken.
pub fn all(says_when: bool) -> Vec<Change<Recorder>> {
    let stable =
        |name, before, between| Change { name, before, between, expectation: Expectation::Stable };
    let once = |name, before, between| Change {
        name,
        before,
        between,
        expectation: Expectation::MayFailOnce,
    };
    vec![
        stable("nothing", |w| recorded_at(w, MID_HOUR_S), |_| Ok(())),
        stable("a minute passes", |w| recorded_at(w, MID_HOUR_S), |w| wait(w, MINUTE_S)),
        stable("an hour ends", |w| recorded_at(w, HOUR_ENDS_S), past_the_boundary),
        stable("a day ends", |w| recorded_at(w, DAY_ENDS_S), past_the_boundary),
        stable("a week ends", |w| recorded_at(w, WEEK_ENDS_S), past_the_boundary),
        stable("a month and a week end", |w| recorded_at(w, MONTH_ENDS_S), past_the_boundary),
        stable("a year ends", |w| recorded_at(w, YEAR_ENDS_S), past_the_boundary),
        stable("the first sample, an hour later", |w| quiet_at(w, HOUR_ENDS_S), past_the_boundary),
        stable(
            "nobody comes for two days",
            |w| recorded_at(w, HOUR_ENDS_S),
            |w| wait(w, 48 * HOUR_S),
        ),
        stable("an hour ends, every closed hour kept is full", hours_full, past_the_boundary),
        stable("a day ends, nobody flushed for days", days_unflushed, past_the_boundary),
        stable("a minute ends, the ring is full", minutes_full, |w| wait(w, MINUTE_S)),
        stable("a threshold is crossed", |w| recorded_at(w, MID_HOUR_S), |w| w.record(EXTREME)),
        stable("another recorder comes first", |w| recorded_at(w, MID_HOUR_S), |w| w.record(5)),
        stable(
            "another opens the hour",
            |w| recorded_at(w, HOUR_ENDS_S),
            |w| {
                past_the_boundary(w)?;
                w.record(5)
            },
        ),
        stable("a keeper flushes", hours_full, |w| w.flush()),
        Change {
            name: "an hour ends and a keeper flushes it",
            before: hours_full_before_the_hour,
            between: |w| {
                wait(w, KEEPER_S)?;
                w.flush()
            },
            expectation: if says_when { Expectation::MayFailOnce } else { Expectation::Stable },
        },
        stable("an hour ends and a keeper flushes those before", hours_full_before_the_hour, |w| {
            w.flush()?;
            wait(w, FLUSH_DELAY_S)
        }),
        stable("a keeper extends", |w| recorded_at(w, MID_HOUR_S), |w| w.keep_alive()),
        stable(
            "the monitor is paused",
            |w| recorded_at(w, MID_HOUR_S),
            |w| {
                let pause = w.suite.monitor("pause", ());
                w.stage().act(&[pause])
            },
        ),
        stable("a stranger comes", |w| recorded_at(w, MID_HOUR_S), stranger),
        stable("another stream is opened", |w| recorded_at(w, MID_HOUR_S), |w| w.open("one_more")),
        once(
            "the stream falls silent",
            |w| recorded_at(w, MID_HOUR_S),
            |w| w.set_mode(RecordingMode::Rollup),
        ),
        once("the stream speaks again", spoken_again_soon, |w| w.set_mode(RecordingMode::Full)),
        once(
            "the stream is no longer kept",
            |w| recorded_at(w, MID_HOUR_S),
            |w| w.set_mode(RecordingMode::EventOnly),
        ),
        once("the stream grows by a metric", |w| recorded_at(w, MID_HOUR_S), |w| w.grow()),
        once("the stream is opened", unopened, |w| w.open_all(UNOPENED)),
        once("the monitor is upgraded", |w| recorded_at(w, MID_HOUR_S), upgrade),
    ]
}

/// A moment, in streams that have a sample of the same minute.
fn recorded_at(world: &mut Recorder, at_s: u64) -> Result<()> {
    quiet_at(world, at_s - SOON_S)?;
    world.record(7)?;
    world.stage().close_at(at_s)
}

/// A moment, in streams that were opened and never used.
fn quiet_at(world: &mut Recorder, at_s: u64) -> Result<()> {
    world.open_all(STREAMS)?;
    world.stage().close_at(at_s)
}

fn hours_full(world: &mut Recorder) -> Result<()> {
    filled(world, MID_HOUR_S, HOUR_S, HOURS)
}

fn hours_full_before_the_hour(world: &mut Recorder) -> Result<()> {
    filled(world, HOUR_ENDS_S, HOUR_S, HOURS)
}

fn days_unflushed(world: &mut Recorder) -> Result<()> {
    filled(world, MONTH_ENDS_S, 24 * HOUR_S, HOURS)
}

fn minutes_full(world: &mut Recorder) -> Result<()> {
    filled(world, MID_HOUR_S, MINUTE_S, MINUTES)
}

/// A moment, in streams that have samples at every step before it.
fn filled(world: &mut Recorder, at_s: u64, step_s: u64, steps: u64) -> Result<()> {
    world.open_all(STREAMS)?;
    for step in (1..=steps).rev() {
        world.stage().close_at(at_s - step * step_s)?;
        world.record(3)?;
    }
    world.stage().close_at(at_s)
}

fn spoken_again_soon(world: &mut Recorder) -> Result<()> {
    recorded_at(world, MID_HOUR_S)?;
    world.set_mode(RecordingMode::Rollup)
}

fn unopened(world: &mut Recorder) -> Result<()> {
    world.open_all(STREAMS)?;
    world.open(lumenscope_interfaces::performance_monitor::OTHER_FUNCTION)?;
    world.prefix = UNOPENED;
    world.stage().close_at(MID_HOUR_S)
}

/// A contract that nobody here knows registers itself, and opens a stream of the same function.
fn stranger(world: &mut Recorder) -> Result<()> {
    let stranger = world.stage().deploy("probe-caller", ())?;
    let suite = &world.suite;
    let registration = (stranger.clone(), stranger.clone(), Some(stranger.clone()));
    let own = suite.stream(&format!("{STREAMS}_0"));
    let stream = StreamKey { contract: stranger.clone(), ..own };
    let spec = suite.spec(suite.pool_metrics());
    let calls =
        [suite.monitor("register", registration), suite.monitor("open_stream", (stream, spec))];
    calls.into_iter().try_for_each(|call| {
        let made = world.stage().made_by(&stranger, &call)?;
        world.stage().act(&[made])
    })
}

fn past_the_boundary(world: &mut Recorder) -> Result<()> {
    wait(world, PAST_S)
}

fn wait(world: &mut Recorder, seconds: u64) -> Result<()> {
    let now_s = world.stage().ledger().close_time_s();
    world.stage().close_at(now_s + seconds)
}

/// To a wasm of other bytes and the same behaviour.
fn upgrade(world: &mut Recorder) -> Result<()> {
    let hash = world.stage().upload_variant("performance-monitor")?;
    let hash = BytesN::from_array(world.suite.env(), &hash);
    let steps =
        [world.suite.monitor("propose_upgrade", (hash,)), world.suite.monitor("apply_upgrade", ())];
    steps.into_iter().try_for_each(|step| world.stage().act(&[step]))
}
