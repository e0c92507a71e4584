//! Reading all data of a dashboard from the real history and the real alerts.

extern crate std;

use lumenscope_bucket::Statistics;
use lumenscope_bucket::packed::{Decoder, PackedBucket};
use lumenscope_interfaces::alerting::AlertView;
use lumenscope_interfaces::analytics_storage::AnalyticsError;
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::dashboard::{
    DashboardError, DashboardLayout, DashboardVariables, LINK_ALERTS, LINK_STREAMS, RenderedPage,
    TimeRange, WIDGETS_MAX, Widget, WidgetData, WidgetKind,
};
use soroban_sdk::testutils::Address as _;
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Address, Bytes, BytesN, Env, Map, Symbol, TryFromVal, contract, contractimpl};
use std::string::String;
use std::vec::Vec;

use super::world::{Answer, DAY_S, HOUR_S, START_S, World, refused_with};

pub fn render(world: &World, id: &BytesN<32>, from_s: u64, to_s: u64) -> RenderedPage {
    let viewer = world.viewer();
    world.client().render(
        id,
        &viewer,
        &TimeRange { from_s, to_s },
        &world.over(None),
        &0,
        &WIDGETS_MAX,
    )
}

fn decoded(packed: &Bytes) -> Vec<PackedBucket> {
    let bytes: Vec<u8> = packed.iter().collect();
    Decoder::new(&bytes).unwrap().map(Result::unwrap).collect()
}

/// The functions of a widget's streams, and the counts in their buckets.
pub fn counts(data: Option<WidgetData>) -> Vec<(String, Vec<u64>)> {
    let Some(WidgetData::Metric(streams, buckets, _)) = data else { panic!("no metric: {data:?}") };
    let function = |stream: StreamKey| std::string::ToString::to_string(&stream.function);
    let counted = |packed: Bytes| decoded(&packed).iter().map(|one| one.statistics.count).collect();
    streams.iter().map(function).zip(buckets.iter().map(counted)).collect()
}

#[test]
fn a_line_shows_closed_hours_and_the_open_one() {
    let world = World::new();
    world.open("pay", &["failed", "fee"]);
    for (hour, values) in [(0, [3, 5].as_slice()), (2, &[7])] {
        world.at(START_S + hour * HOUR_S);
        values.iter().for_each(|value| world.record("pay", "failed", *value));
    }
    world.at(START_S + 3 * HOUR_S);
    world.flush(&["pay"]);
    world.record("pay", "failed", 11);
    let id = world.create(DashboardLayout::Grid);
    world.put(&id, 4, &world.line([0, 0, 6, 3]));
    let page = render(&world, &id, START_S, START_S + 4 * HOUR_S);
    assert_eq!((page.version, page.next, page.widgets.len()), (1, None, 1));
    let Some(WidgetData::Metric(streams, buckets, _)) = page.widgets.get(4) else {
        panic!("{page:?}")
    };
    assert_eq!(streams, soroban_sdk::vec![&world.e, world.stream("pay")]);
    let start_hour = (START_S / HOUR_S) as u32;
    let bucket = |hour, values: &[i64]| {
        let mut statistics = Statistics::EMPTY;
        values.iter().for_each(|value| statistics.record(*value));
        PackedBucket { start_hour: start_hour + hour, hours: 1, statistics }
    };
    let expected = [bucket(0, &[3, 5]), bucket(2, &[7]), bucket(3, &[11])];
    assert_eq!(decoded(&buckets.get_unchecked(0)), expected);
}

#[test]
fn a_longer_range_is_answered_by_coarser_buckets() {
    let world = World::new();
    world.open("pay", &["failed"]);
    for day in 0..40 {
        world.at(START_S + day * DAY_S);
        world.record("pay", "failed", 1);
        world.at(START_S + day * DAY_S + HOUR_S);
        world.flush(&["pay"]);
    }
    let id = world.create(DashboardLayout::Grid);
    world.put(&id, 0, &world.line([0, 0, 6, 3]));
    let hours = |days: u64| -> Vec<u32> {
        let to_s = START_S + 39 * DAY_S + HOUR_S;
        let page = render(&world, &id, to_s - days * DAY_S, to_s);
        let Some(WidgetData::Metric(_, buckets, _)) = page.widgets.get(0) else {
            panic!("{page:?}")
        };
        decoded(&buckets.get_unchecked(0)).iter().map(|bucket| bucket.hours).collect()
    };
    assert_eq!(hours(1), [1]);
    assert_eq!(hours(30), [24; 31]);
    assert!(hours(300).iter().all(|hours| *hours == 7 * 24));
    assert!(hours(1_000).iter().all(|hours| [28 * 24, 31 * 24].contains(hours)));
}

#[test]
fn without_a_function_the_streams_that_hold_the_metric_are_shown() {
    let world = World::new();
    world.open("pay", &["failed"]);
    world.open("claim", &["failed"]);
    world.open("quote", &["fee"]);
    for (function, metric) in [("pay", "failed"), ("claim", "failed"), ("quote", "fee")] {
        world.record(function, metric, 1);
    }
    world.record("pay", "failed", 0);
    world.at(START_S + HOUR_S);
    world.flush(&["pay", "claim", "quote"]);
    let id = world.create(DashboardLayout::Grid);
    let all = Widget { kind: WidgetKind::Pie, function: None, ..world.line([0, 0, 6, 3]) };
    world.put(&id, 0, &all);
    let unknown = Widget { metric: Some(world.symbol("unheard_of")), y: 3, ..all };
    world.put(&id, 1, &unknown);
    let page = render(&world, &id, START_S, START_S + HOUR_S);
    let mut shown = counts(page.widgets.get(0));
    shown.sort();
    assert_eq!(shown, [("claim".into(), std::vec![1]), ("pay".into(), std::vec![2])]);
    assert!(matches!(page.widgets.get(1), Some(WidgetData::Failed(_))), "{page:?}");
}

#[test]
fn widgets_that_name_no_contract_show_the_dashboards() {
    let world = World::new();
    world.open("pay", &["failed"]);
    world.record("pay", "failed", 1);
    let id = world.create(DashboardLayout::Grid);
    world.put(&id, 0, &Widget { contract: None, ..world.line([0, 0, 6, 3]) });
    let range = (START_S, START_S + HOUR_S);
    let failed = WidgetData::Failed(DashboardError::ContractUnset as u32);
    assert_eq!(render(&world, &id, range.0, range.1).widgets.get(0), Some(failed));
    let mut details = world.details("Pool");
    details.variables = world.over(Some(&world.pool));
    world.client().update_dashboard(&world.owner, &id, &1, &details);
    let shown = counts(render(&world, &id, range.0, range.1).widgets.get(0));
    assert_eq!(shown, [("pay".into(), std::vec![1])]);
}

/// Renders with variables of the viewer's.
fn render_for(world: &World, id: &BytesN<32>, variables: &DashboardVariables) -> RenderedPage {
    let range = TimeRange { from_s: START_S, to_s: START_S + HOUR_S };
    world.client().render(id, &world.viewer(), &range, variables, &0, &WIDGETS_MAX)
}

#[test]
fn what_a_widget_leaves_open_the_viewer_says_or_else_the_dashboard() {
    let world = World::new();
    for function in ["pay", "claim"] {
        world.open(function, &["failed"]);
        world.record(function, "failed", 1);
    }
    let id = world.create(DashboardLayout::Grid);
    let open = Widget { contract: None, function: None, ..world.line([0, 0, 6, 3]) };
    world.put(&id, 0, &open);
    world.put(&id, 1, &Widget { function: Some(world.symbol("pay")), y: 3, ..open });
    let functions = |variables: &DashboardVariables| {
        let page = render_for(&world, &id, variables);
        [0, 1].map(|slot| match page.widgets.get(slot) {
            Some(WidgetData::Failed(code)) => Err(code),
            data => Ok(counts(data).into_iter().map(|(name, _)| name).collect::<Vec<_>>()),
        })
    };
    let unset = Err(DashboardError::ContractUnset as u32);
    assert_eq!(functions(&world.over(None)), [unset.clone(), unset]);
    let named = |names: &[&str]| Ok(names.iter().map(|name| String::from(*name)).collect());
    let both = world.over(Some(&world.pool));
    assert_eq!(functions(&both), [named(&["pay", "claim"]), named(&["pay"])]);
    let claim = Some(world.symbol("claim"));
    let narrow = DashboardVariables { function: claim.clone(), ..both.clone() };
    assert_eq!(functions(&narrow), [named(&["claim"]), named(&["pay"])]);
    // The dashboard's own, and a viewer who says otherwise.
    let mut details = world.details("Pool");
    details.variables = narrow;
    world.client().update_dashboard(&world.owner, &id, &2, &details);
    assert_eq!(functions(&world.over(None)), [named(&["claim"]), named(&["pay"])]);
    let pay = DashboardVariables { function: Some(world.symbol("pay")), ..world.over(None) };
    assert_eq!(functions(&pay), [named(&["pay"]), named(&["pay"])]);
    let elsewhere = world.over(Some(&world.stranger));
    assert!(functions(&elsewhere).iter().all(Result::is_err));
}

#[test]
fn a_subject_chooses_among_the_streams_of_all_functions() {
    let world = World::new();
    world.open("pay", &["failed"]);
    let mut stream = world.stream("pay");
    for subject in ["left", "right"] {
        stream.subject = Some(world.symbol(subject));
        world.open_stream(&stream, &["failed"]);
    }
    let id = world.create(DashboardLayout::Grid);
    let open = Widget { function: None, ..world.line([0, 0, 6, 3]) };
    world.put(&id, 0, &open);
    let streams = |subject: Option<&str>| {
        let subject = subject.map(|name| world.symbol(name));
        let variables = DashboardVariables { subject, ..world.over(None) };
        let page = render_for(&world, &id, &variables);
        match page.widgets.get(0) {
            Some(WidgetData::Metric(streams, _, _)) => {
                Ok(streams.iter().map(|stream| stream.subject).collect::<Vec<_>>())
            }
            Some(WidgetData::Failed(code)) => Err(code),
            other => panic!("{other:?}"),
        }
    };
    let [left, right] = ["left", "right"].map(|name| Some(world.symbol(name)));
    assert_eq!(streams(None), Ok(std::vec![None, left.clone(), right]));
    assert_eq!(streams(Some("left")), Ok(std::vec![left]));
    assert_eq!(streams(Some("nobody")), Err(DashboardError::StreamsUnknown as u32));
}

#[test]
fn a_comparison_brings_the_same_span_of_earlier() {
    let world = World::new();
    world.open("pay", &["failed"]);
    for (hour, samples) in [(0, 3), (24, 5)] {
        world.at(START_S + hour * HOUR_S);
        (0..samples).for_each(|_| world.record("pay", "failed", 1));
        world.at(START_S + (hour + 1) * HOUR_S);
        world.flush(&["pay"]);
    }
    let id = world.create(DashboardLayout::Grid);
    let compared = Widget { compare_s: DAY_S as u32, ..world.line([0, 0, 6, 3]) };
    world.put(&id, 0, &compared);
    world.put(&id, 1, &Widget { y: 3, function: None, ..compared.clone() });
    world.put(&id, 2, &Widget { y: 6, compare_s: 0, ..compared });
    let page = render(&world, &id, START_S + DAY_S, START_S + DAY_S + HOUR_S);
    let total =
        |packed: Bytes| decoded(&packed).iter().map(|bucket| bucket.statistics.count).sum::<u64>();
    for (slot, earlier) in [(0, std::vec![3]), (1, std::vec![3]), (2, Vec::new())] {
        let Some(WidgetData::Metric(_, buckets, before)) = page.widgets.get(slot) else {
            panic!("{page:?}")
        };
        assert_eq!(buckets.iter().map(total).collect::<Vec<_>>(), [5]);
        assert_eq!(before.iter().map(total).collect::<Vec<_>>(), earlier);
    }
    // Before there was time.
    let start = render(&world, &id, 0, HOUR_S);
    let none = WidgetData::Failed(AnalyticsError::RangeInvalid as u32);
    assert_eq!(start.widgets.get(0), Some(none));
}

#[test]
fn an_alert_list_shows_what_fires_and_texts_show_nothing() {
    let world = World::new();
    world.open("pay", &["failed"]);
    let rule = world.fire("failed");
    let id = world.create(DashboardLayout::Grid);
    world.put(&id, 0, &world.alert_list([0, 0, 6, 3]));
    world.put(&id, 1, &world.text_widget([0, 3, 6, 3]));
    let page = render(&world, &id, START_S, START_S + HOUR_S);
    assert_eq!(page.widgets.len(), 1);
    let Some(WidgetData::Alerts(alerts)) = page.widgets.get(0) else { panic!("{page:?}") };
    assert_eq!(alerts.len(), 1);
    let alert = AlertView::try_from_val(&world.e, &alerts.get_unchecked(0)).unwrap();
    assert_eq!((alert.target.rule, alert.target.stream), (rule, world.stream("pay")));
}

/// Says that numbers are streams.
#[contract]
struct NoStreams;

#[contractimpl]
impl NoStreams {
    pub fn streams(e: Env, _contract: Address, _start: u32, _limit: u32) -> soroban_sdk::Vec<u32> {
        soroban_sdk::vec![&e, 1]
    }
}

#[test]
fn a_failing_source_takes_its_widget_alone() {
    let world = World::new();
    world.open("pay", &["failed"]);
    world.record("pay", "failed", 1);
    world.at(START_S + HOUR_S);
    world.flush(&["pay"]);
    let id = world.create(DashboardLayout::Grid);
    world.put(&id, 0, &world.line([0, 0, 6, 3]));
    world.put(&id, 1, &world.alert_list([6, 0, 6, 3]));
    let unknown = Widget { contract: Some(world.stranger.clone()), ..world.line([0, 3, 6, 3]) };
    world.put(&id, 2, &Widget { function: None, ..unknown.clone() });
    world.put(&id, 3, &Widget { y: 6, max_points: 1, ..unknown });
    let page = |links: &Map<Symbol, Address>| {
        world.client().set_links(links);
        let page = render(&world, &id, START_S, START_S + HOUR_S);
        assert_eq!(counts(page.widgets.get(0)), [("pay".into(), std::vec![1])]);
        page.widgets.get(1).unwrap()
    };
    let mut links = world.links();
    assert!(matches!(page(&links), WidgetData::Alerts(_)));
    let whole = render(&world, &id, START_S, START_S + HOUR_S).widgets;
    let streams_unknown = WidgetData::Failed(DashboardError::StreamsUnknown as u32);
    assert_eq!(whole.get(2), Some(streams_unknown));
    assert!(matches!(whole.get(3), Some(WidgetData::Failed(_))));
    // A source that is not there, one that is no contract, one that is another.
    let name = world.symbol(LINK_ALERTS);
    links.remove(name.clone());
    assert_eq!(page(&links), WidgetData::Failed(DashboardError::SourceUnset as u32));
    for address in [Address::generate(&world.e), world.history.clone()] {
        links.set(name.clone(), address);
        assert_eq!(page(&links), WidgetData::Failed(DashboardError::SourceUnreadable as u32));
    }
    // A list of streams that are none takes the widgets that ask for it.
    let mut links = world.links();
    links.set(world.symbol(LINK_STREAMS), world.e.register(NoStreams, ()));
    assert!(matches!(page(&links), WidgetData::Alerts(_)));
    let unreadable = WidgetData::Failed(DashboardError::SourceUnreadable as u32);
    assert_eq!(render(&world, &id, START_S, START_S + HOUR_S).widgets.get(2), Some(unreadable));
    world.client().set_links(&world.links());
    // An error of the source itself is passed on.
    let range = TimeRange { from_s: START_S, to_s: u64::MAX / 2 };
    let years =
        world.client().render(&id, &world.viewer(), &range, &world.over(None), &0, &WIDGETS_MAX);
    let too_long = WidgetData::Failed(DashboardError::TimeRangeTooLong as u32);
    assert_eq!(years.widgets.get(0), Some(too_long));
    let beyond = render(&world, &id, u64::MAX / 2 - HOUR_S, u64::MAX / 2);
    let invalid = WidgetData::Failed(AnalyticsError::RangeInvalid as u32);
    assert_eq!(beyond.widgets.get(0), Some(invalid));
}

#[test]
fn a_range_that_ends_before_it_begins_is_refused_whole() {
    let world = World::new();
    let id = world.create(DashboardLayout::Grid);
    let try_render = |from_s, to_s| -> Answer<RenderedPage, _> {
        let viewer = world.viewer();
        world.client().try_render(
            &id,
            &viewer,
            &TimeRange { from_s, to_s },
            &world.over(None),
            &0,
            &WIDGETS_MAX,
        )
    };
    for (from_s, to_s) in [(START_S, START_S), (START_S, START_S - 1), (u64::MAX, 0)] {
        refused_with(try_render(from_s, to_s), DashboardError::TimeRangeInvalid);
    }
    assert!(try_render(0, u64::MAX).is_ok());
}

#[test]
fn twenty_lines_over_thirty_days_fit_one_reply() {
    let world = World::new();
    let functions: Vec<String> = (0..20).map(|number| std::format!("function_{number}")).collect();
    let names: Vec<&str> = functions.iter().map(String::as_str).collect();
    names.iter().for_each(|name| world.open(name, &["instructions"]));
    let mut noise = 88_172_645_463_325_252u64;
    for day in 0..30 {
        world.at(START_S + day * DAY_S);
        for name in &names {
            for _ in 0..3 {
                noise ^= noise << 13;
                noise ^= noise >> 7;
                noise ^= noise << 17;
                world.record(name, "instructions", i128::from(1_000_000 + noise % 400_000));
            }
        }
        world.at(START_S + day * DAY_S + HOUR_S);
        world.flush(&names);
    }
    world.compact(&names);
    let id = world.create(DashboardLayout::Free);
    for (slot, name) in (0..).zip(&names) {
        let function = Some(world.symbol(name));
        let metric = Some(world.symbol("instructions"));
        world.put(&id, slot, &Widget { function, metric, ..world.line([0, 0, 6, 3]) });
    }
    let page = render(&world, &id, START_S, START_S + 30 * DAY_S);
    assert_eq!((page.widgets.len(), page.next), (20, None));
    for data in page.widgets.values() {
        assert_eq!(counts(Some(data))[0].1, [3; 30]);
    }
    assert!(page.to_xdr(&world.e).len() <= 16_384);
}
