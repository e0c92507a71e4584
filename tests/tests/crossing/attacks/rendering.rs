//! A contract whose owner makes it as dear to look at as may be, on the dashboard of somebody else.

use lumenscope_interfaces::alerting::RuleStatistic;
use lumenscope_interfaces::analytics_storage::Granularity;
use lumenscope_interfaces::common::{LANES_MAX, StreamKey};
use lumenscope_interfaces::dashboard::{
    DashboardDetails, DashboardLayout, DashboardVariables, DashboardViewer, RenderedPage,
    TimeRange, Widget, WidgetKind,
};
use lumenscope_interfaces::performance_monitor::{
    FLUSH_DELAY_S, MetricKind, MetricSpec, NO_SKETCH, RecordingMode, StreamSpec,
};
use soroban_sdk::{Symbol, vec};

use super::super::world::{HOUR_S, START_S};
use super::Neighbours;

#[test]
fn experiment() {
    let n = Neighbours::new();
    let w = &n.world;
    let functions: Vec<Symbol> = (0..28).map(|f| w.symbol(&format!("f{f}"))).collect();
    let metrics: Vec<String> = (0..16).map(|m| format!("m{m}")).collect();
    let key = |f: &Symbol, lane: u32| StreamKey {
        contract: n.theirs.clone(),
        function: f.clone(),
        subject: None,
        lane: Some(lane).filter(|l| *l > 0),
    };
    for f in &functions {
        for lane in 0..=LANES_MAX {
            let mut specs = vec![&w.e];
            for metric in &metrics {
                specs.push_back(MetricSpec {
                    name: w.symbol(metric),
                    unit: w.symbol("stroops"),
                    kind: MetricKind::Timer,
                    watched: false,
                    sketch: NO_SKETCH,
                });
            }
            let spec = StreamSpec { metrics: specs, mode: RecordingMode::Rollup, witnesses: true };
            w.must(&w.stranger, &w.monitor, "open_stream", (key(f, lane), spec));
        }
    }
    let record = || {
        for f in &functions {
            for lane in 0..=LANES_MAX {
                let samples = vec![&w.e, (w.symbol("m0"), 1_i128)];
                w.must(&n.theirs, &w.monitor, "record_samples", (key(f, lane), samples));
            }
        }
    };
    record();
    w.advance(HOUR_S + 400);
    for f in &functions {
        for lane in 0..=LANES_MAX {
            let through = u32::try_from((w.now_s() - FLUSH_DELAY_S) / HOUR_S - 1).unwrap();
            let args = (w.stranger.clone(), vec![&w.e, key(f, lane)], through);
            w.must(&w.stranger, &w.monitor, "flush", args);
        }
    }
    record();
    let mut widgets = vec![&w.e];
    for (place, f) in functions.iter().enumerate() {
        widgets.push_back(Widget {
            kind: WidgetKind::Stat,
            x: 0,
            y: place as u32,
            width: 1,
            height: 1,
            title: w.text(""),
            contract: Some(n.theirs.clone()),
            function: Some(f.clone()),
            subject: None,
            metric: Some(w.symbol("m0")),
            statistic: RuleStatistic::Sum,
            max_points: 60,
            granularity: Granularity::Hour,
            compare_s: 0,
            top: 0,
            thresholds: vec![&w.e],
        });
    }
    let nothing = DashboardVariables { contract: None, function: None, subject: None };
    let details = DashboardDetails {
        name: w.text("Pool"),
        description: w.text(""),
        layout: DashboardLayout::Grid,
        columns: 12,
        rows: 40,
        variables: nothing.clone(),
        range_s: 0,
    };
    let args = (w.owner.clone(), details, widgets);
    let board: soroban_sdk::BytesN<32> =
        w.call(&w.owner, &w.dashboard, "instantiate", args, &[]).expect("created");
    let range = TimeRange { from_s: START_S, to_s: w.now_s() + 1 };
    for cursor in [27_u32, 20, 14, 8, 4, 0] {
        let viewer = DashboardViewer::Account(w.owner.clone());
        let args = (board.clone(), viewer, range.clone(), nothing.clone(), cursor);
        w.e.cost_estimate().budget().reset_default();
        let page = w.call::<RenderedPage>(&w.owner, &w.dashboard, "render", args, &[]);
        let budget = w.e.cost_estimate().budget();
        println!(
            "from {cursor}: {:?} cpu {} mem {}",
            page.map(|p| (p.widgets.len(), p.next, p.widgets.values().get(0).map(|v| format!("{v:?}").len()))),
            budget.cpu_instruction_cost(),
            budget.memory_bytes_cost()
        );
    }
    panic!("shown");
}
