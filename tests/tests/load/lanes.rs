//! What it takes to look at streams of which each has as many lanes and metrics as may be.
//!
//! Who shows a contract has no say in how many lanes its owner opens.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use lumenscope_interfaces::alerting::RuleStatistic;
use lumenscope_interfaces::analytics_storage::Granularity;
use lumenscope_interfaces::common::{LANES_MAX, StreamKey};
use lumenscope_interfaces::dashboard::{
    DashboardDetails, DashboardError, DashboardLayout, DashboardVariables, DashboardViewer,
    RenderedPage, TimeRange, Widget, WidgetData, WidgetKind,
};
use lumenscope_interfaces::performance_monitor::{FLUSH_DELAY_S, METRICS_PER_STREAM_MAX};
use lumenscope_tests::stage::{Call, Stage, on_stage};
use lumenscope_tests::suite::{POOL_UNIT, Suite};
use soroban_sdk::{BytesN, vec};

const METRIC: &str = "m0";
const HOUR_S: u64 = 3_600;
/// More than a page can show of them.
const FUNCTIONS: u32 = 20;

fn key(suite: &Suite, function: u32, lane: u32) -> StreamKey {
    let lane = Some(lane).filter(|lane| *lane > 0);
    StreamKey { lane, ..suite.stream(&format!("f{function}")) }
}

/// Makes a call for every lane of every function, so many at once.
fn each(suite: &mut Suite, at_once: usize, call: impl Fn(&Suite, StreamKey) -> Call) -> Result<()> {
    let places = (0..=LANES_MAX).flat_map(|lane| (0..FUNCTIONS).map(move |f| (f, lane)));
    let calls: Vec<Call> = places.map(|(f, lane)| call(suite, key(suite, f, lane))).collect();
    calls.chunks(at_once).try_for_each(|calls| suite.stage.act(calls))
}

/// The functions first, then their lanes; each has an hour in history and one that is open.
fn crowded(suite: &mut Suite) -> Result<()> {
    let (mut metrics, mut samples) = (vec![suite.env()], vec![suite.env()]);
    for number in 0..METRICS_PER_STREAM_MAX {
        let name = format!("m{number}");
        metrics.push_back(suite.metric(&name, POOL_UNIT));
        samples.push_back((suite.stage.symbol(&name), i128::from(number)));
    }
    let spec = suite.spec(metrics);
    each(suite, 4, |suite, stream| suite.monitor("open_stream", (stream, spec.clone())))?;
    let record = |suite: &mut Suite| {
        each(suite, 8, |suite, stream| suite.monitor("record_samples", (stream, samples.clone())))
    };
    record(suite)?;
    suite.stage.pass(HOUR_S + FLUSH_DELAY_S, 700)?;
    let through_hour = u32::try_from(suite.stage.ledger().close_time_s() / HOUR_S - 1)?;
    let caller = suite.caller.clone();
    each(suite, 4, |suite, stream| {
        let streams = vec![suite.env(), stream];
        suite.monitor("flush", (caller.clone(), streams, through_hour))
    })?;
    record(suite)
}

fn widget(suite: &Suite, y: u32, function: Option<u32>) -> Widget {
    Widget {
        kind: WidgetKind::Stat,
        x: 0,
        y,
        width: 1,
        height: 1,
        title: suite.text(""),
        contract: Some(suite.caller.clone()),
        function: function.map(|function| suite.stage.symbol(&format!("f{function}"))),
        subject: None,
        metric: Some(suite.stage.symbol(METRIC)),
        statistic: RuleStatistic::Sum,
        max_points: 60,
        granularity: Granularity::Hour,
        compare_s: 0,
        top: 0,
        thresholds: vec![suite.env()],
    }
}

const OPEN: DashboardVariables =
    DashboardVariables { contract: None, function: None, subject: None };

/// A widget for each function, one for all, and one for all with what was before.
fn board(suite: &mut Suite) -> Result<BytesN<32>> {
    let mut widgets = vec![suite.env()];
    for function in 0..FUNCTIONS {
        widgets.push_back(widget(suite, function, Some(function)));
    }
    let all = widget(suite, FUNCTIONS, None);
    widgets.push_back(all.clone());
    widgets.push_back(Widget { y: FUNCTIONS + 1, compare_s: 3_600, ..all });
    let details = DashboardDetails {
        name: suite.text("a crowd"),
        description: suite.text(""),
        layout: DashboardLayout::Grid,
        columns: 1,
        rows: FUNCTIONS + 2,
        variables: OPEN,
        range_s: 0,
    };
    let create = suite.dashboards("instantiate", (suite.caller.clone(), details, widgets));
    suite.stage.perform(&create)
}

fn render(suite: &Suite, board: &BytesN<32>, cursor: u32, limit: u32) -> Call {
    let now_s = suite.stage.ledger().close_time_s();
    let range = TimeRange { from_s: now_s - 48 * HOUR_S, to_s: now_s + 1 };
    let viewer = DashboardViewer::Account(suite.caller.clone());
    suite.dashboards("render", (board.clone(), viewer, range, OPEN, cursor, limit))
}

/// What it takes in a simulation as Stellar RPC does it: millions of instructions, megabytes, keys.
/// `None` where there is no room for it.
fn taken(suite: &Suite, call: &Call) -> Result<Option<[u32; 3]>> {
    let function = suite.stage.through("call", std::slice::from_ref(call))?;
    match suite.stage.simulate(&function) {
        Ok(simulated) => {
            let (instructions, bytes) = (simulated.instructions, simulated.memory_bytes);
            let footprint = &simulated.data.resources.footprint;
            let keys = footprint.read_only.len() + footprint.read_write.len();
            eprintln!("{instructions} instructions, {bytes} B of memory, {keys} keys");
            let millions = |figure: u32| figure.div_ceil(1_000_000);
            Ok(Some([millions(instructions), millions(bytes), u32::try_from(keys)?]))
        }
        Err(error) if format!("{error:#}").contains("ExceededLimit") => Ok(None),
        Err(error) => Err(error),
    }
}

#[test]
fn a_page_that_many_lanes_make_too_large_is_rendered_in_smaller_ones() -> Result<()> {
    on_stage(|stage: Stage| {
        let mut suite = Suite::new(stage)?;
        crowded(&mut suite)?;
        let board = board(&mut suite)?;
        // docs/decisions/smaller-pages.md has what each takes.
        for (widgets, most) in [
            (1, Some([9, 3, 30])),
            (6, Some([58, 13, 130])),
            (12, Some([135, 27, 250])),
            (16, None),
            (FUNCTIONS, None),
        ] {
            let taken = taken(&suite, &render(&suite, &board, 0, widgets))?;
            let fits = match (taken, most) {
                (Some(taken), Some(most)) => taken.iter().zip(most).all(|(one, most)| *one <= most),
                (taken, most) => taken == most,
            };
            ensure!(fits, "a page of {widgets} widgets: {taken:?}, at most {most:?}");
        }

        let (mut cursor, mut most) = (0, FUNCTIONS);
        let mut seen: BTreeMap<u32, Vec<StreamKey>> = BTreeMap::new();
        loop {
            let call = render(&suite, &board, cursor, most);
            if taken(&suite, &call)?.is_none() {
                most /= 2;
                ensure!(most > 0, "at {cursor}, no page is small enough");
                continue;
            }
            let page: RenderedPage = suite.stage.perform(&call)?;
            ensure!(page.widgets.len() <= most, "{page:?}");
            for (slot, data) in page.widgets.iter() {
                match data {
                    WidgetData::Metric(streams, ..) => {
                        seen.entry(slot).or_default().extend(streams)
                    }
                    // Some pages of the streams have but lanes.
                    WidgetData::Failed(code) => {
                        let unknown = DashboardError::StreamsUnknown as u32;
                        ensure!(slot >= FUNCTIONS && code == unknown, "{slot}: {code}");
                    }
                    WidgetData::Alerts(_) => anyhow::bail!("{data:?}"),
                }
            }
            let Some(next) = page.next else { break };
            cursor = next;
        }
        let all: Vec<StreamKey> = (0..FUNCTIONS).map(|function| key(&suite, function, 0)).collect();
        for (function, of_one) in (0..).zip(&all) {
            let shown = seen.remove(&function).context("not shown")?;
            ensure!(shown == std::slice::from_ref(of_one), "{shown:?}");
        }
        // Those for all functions have each of them once, whatever lanes it has: with what was before as
        // well, which is sixteen readings of each.
        for slot in [FUNCTIONS, FUNCTIONS + 1] {
            ensure!(seen.remove(&slot).as_ref() == Some(&all), "{slot}");
        }
        ensure!(seen.is_empty(), "{seen:?}");
        Ok(())
    })
}
