//! A contract whose owner opens lanes, on a dashboard of somebody else. What such a page
//! takes is measured in `load`.

use lumenscope_interfaces::alerting::RuleStatistic;
use lumenscope_interfaces::analytics_storage::Granularity;
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::dashboard::{
    DashboardViewer, RenderedPage, WIDGETS_MAX, Widget, WidgetData, WidgetKind,
};
use soroban_sdk::{Address, vec};

use super::super::watched::{FUNCTION, METRIC, QUIET, open, record};
use super::super::world::HOUR_S;
use super::Neighbours;

const LANES: u32 = 2;

/// Another owner's contract, then the pool.
fn widgets(n: &Neighbours) -> [Widget; 2] {
    let w = &n.world;
    let widget = |contract: &Address, y| Widget {
        kind: WidgetKind::Stat,
        x: 0,
        y,
        width: 1,
        height: 1,
        title: w.text(""),
        contract: Some(contract.clone()),
        function: None,
        subject: None,
        metric: Some(w.symbol(METRIC)),
        statistic: RuleStatistic::Sum,
        max_points: 60,
        granularity: Granularity::Hour,
        compare_s: 0,
        top: 0,
        thresholds: vec![&w.e],
    };
    [widget(&n.theirs, 0), widget(&w.pool, 1)]
}

#[test]
fn a_contract_of_lanes_is_one_stream_and_the_other_widgets_are_had_without_it() {
    let n = Neighbours::new();
    let w = &n.world;
    open(w, &w.owner, &w.stream(FUNCTION));
    record(w, &w.stream(FUNCTION), QUIET);
    let lanes: Vec<StreamKey> = (0..=LANES)
        .map(|lane| Some(lane).filter(|lane| *lane > 0))
        .map(|lane| StreamKey { lane, ..n.their_stream(FUNCTION) })
        .collect();
    lanes.iter().for_each(|lane| n.open_theirs(lane));
    lanes.iter().for_each(|lane| record(w, lane, QUIET));
    w.advance(HOUR_S + 400);
    let dashboard = n.dashboard(&w.owner, &widgets(&n));
    let page = |cursor, limit| -> RenderedPage {
        let viewer = DashboardViewer::Account(w.owner.clone());
        n.render(&w.owner, &dashboard, viewer, (cursor, limit)).expect("rendered")
    };
    let streams = |page: &RenderedPage, slot| {
        let WidgetData::Metric(streams, ..) = page.widgets.get_unchecked(slot) else {
            panic!("{page:?}")
        };
        streams
    };
    let whole = page(0, WIDGETS_MAX);
    assert_eq!((whole.widgets.len(), whole.next), (2, None));
    assert_eq!(streams(&whole, 0), vec![&w.e, n.their_stream(FUNCTION)], "not of each lane");
    assert!(streams(&whole, 1).contains(w.stream(FUNCTION)));

    let first = page(0, 1);
    assert_eq!((first.widgets.len(), first.next), (1, Some(1)));
    let rest = page(1, WIDGETS_MAX);
    assert_eq!((rest.widgets.keys(), rest.next), (vec![&w.e, 1], None));
    assert_eq!(rest.widgets.get(1), whole.widgets.get(1));
}
