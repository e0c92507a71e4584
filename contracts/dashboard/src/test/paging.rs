//! What one page holds, and how the next goes on.

extern crate std;

use lumenscope_interfaces::alerting::AlertView;
use lumenscope_interfaces::analytics_storage::{AnalyticsError, RangeQuery};
use lumenscope_interfaces::common::{PAGE_ITEMS_MAX, StreamKey};
use lumenscope_interfaces::dashboard::{
    ALERTS_PER_WIDGET_MAX, CURSOR_SLOT_BITS, DashboardError, DashboardLayout, LINK_HISTORY,
    PAGE_READS_MAX, POINTS_MAX, RenderedPage, STREAMS_PER_WIDGET_MAX, TimeRange, WIDGETS_MAX,
    Widget, WidgetData, WidgetKind,
};
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{
    Bytes, BytesN, Env, Symbol, TryFromVal, contract, contractimpl, panic_with_error,
};
use std::string::String;
use std::vec::Vec;

use super::rendering::{counts, render};
use super::world::{DAY_S, HOUR_S, START_S, World};

/// All pages from a cursor on.
fn pages(world: &World, id: &BytesN<32>, range: &TimeRange, cursor: u32) -> Vec<RenderedPage> {
    smaller_pages(world, id, range, cursor, WIDGETS_MAX)
}

/// The same, of at most so many widgets, and streams of one.
fn smaller_pages(
    world: &World,
    id: &BytesN<32>,
    range: &TimeRange,
    mut cursor: u32,
    limit: u32,
) -> Vec<RenderedPage> {
    let mut pages = Vec::new();
    loop {
        let (viewer, open) = (world.viewer(), world.over(None));
        let page = world.client().render(id, &viewer, range, &open, &cursor, &limit);
        let next = page.next;
        pages.push(page);
        match next {
            Some(next) => cursor = next,
            None => return pages,
        }
    }
}

/// The parts of a widget in the pages, joined.
fn joined(pages: &[RenderedPage], slot: u32) -> Vec<(String, Vec<u64>)> {
    let parts = pages.iter().filter_map(|page| page.widgets.get(slot));
    parts
        .filter(|data| matches!(data, WidgetData::Metric(..)))
        .flat_map(|d| counts(Some(d)))
        .collect()
}

#[test]
fn an_alert_list_goes_on_until_it_had_each_alert_once() {
    let world = World::new();
    world.open("pay", &["failed"]);
    let id = world.create(DashboardLayout::Grid);
    world.put(&id, 0, &world.alert_list([0, 0, 6, 3]));
    world.put(&id, 1, &world.line([0, 3, 6, 3]));
    let range = TimeRange { from_s: START_S, to_s: START_S + HOUR_S };
    let mut rules: Vec<BytesN<32>> = Vec::new();
    let mut shown_with = |alerts: u32, limit, expected: &[u32]| {
        (rules.len() as u32..alerts).for_each(|_| rules.push(world.fire("failed")));
        let (mut shown, mut parts) = (Vec::new(), Vec::new());
        for page in smaller_pages(&world, &id, &range, 0, limit) {
            let Some(WidgetData::Alerts(alerts)) = page.widgets.get(0) else { continue };
            parts.push(alerts.len());
            for alert in alerts.iter() {
                shown.push(AlertView::try_from_val(&world.e, &alert).unwrap().target.rule);
            }
        }
        assert_eq!(parts, expected);
        rules.sort();
        shown.sort();
        assert_eq!(shown, rules);
    };
    shown_with(0, WIDGETS_MAX, &[0]);
    shown_with(7, WIDGETS_MAX, &[7]);
    // That there are no more is known from the page after.
    shown_with(8, WIDGETS_MAX, &[8, 0]);
    shown_with(17, WIDGETS_MAX, &[8, 8, 1]);
    shown_with(17, 5, &[5, 5, 5, 2]);
}

/// Places beyond a cursor's bits would begin a widget anew, and a part that alerting cuts would be
/// taken for the last.
#[test]
fn every_place_fits_a_cursor() {
    use lumenscope_interfaces::alerting::{ACTIVE_PAGE_MAX, ALERTS_PER_CONTRACT_MAX};
    use lumenscope_interfaces::performance_monitor::STREAMS_PER_CONTRACT_MAX;
    const { assert!(WIDGETS_MAX < 1 << CURSOR_SLOT_BITS && ALERTS_PER_WIDGET_MAX <= ACTIVE_PAGE_MAX) };
    let most = STREAMS_PER_CONTRACT_MAX.max(ALERTS_PER_CONTRACT_MAX) + PAGE_ITEMS_MAX;
    assert!(most < 1 << (u32::BITS - CURSOR_SLOT_BITS));
}

/// A history that refuses what it is asked of some functions: `lacks` has no such metric, `closed` is
/// not readable, `young` has nothing earlier.
#[contract]
struct Moody;

#[contractimpl]
impl Moody {
    pub fn range_packed(e: Env, query: RangeQuery) -> Bytes {
        let is = |name: &str| query.stream.function == Symbol::new(&e, name);
        if is("lacks") {
            panic_with_error!(&e, AnalyticsError::HistoryMetricUnknown);
        }
        if is("closed") || (is("young") && query.from_s < START_S) {
            panic_with_error!(&e, AnalyticsError::MonitorUnreadable);
        }
        Bytes::from_array(&e, &[1, 0, 0])
    }
}

#[test]
fn what_was_refused_is_not_left_out_and_no_stream_is_skipped() {
    let world = World::new();
    // One page looks at eight streams.
    let names: Vec<String> = (0..9).map(|number| std::format!("f{number}")).collect();
    names.iter().for_each(|name| world.open(name, &["failed"]));
    ["lacks", "young", "f20", "f21"].iter().for_each(|name| world.open(name, &["failed"]));
    let mut links = world.links();
    links.set(world.symbol(LINK_HISTORY), world.e.register(Moody, ()));
    world.client().set_links(&links);
    let id = world.create(DashboardLayout::Free);
    let all = Widget { function: None, ..world.line([0, 0, 6, 3]) };
    world.put(&id, 0, &all);
    world.put(&id, 1, &Widget { compare_s: DAY_S as u32, ..all });
    let range = TimeRange { from_s: START_S, to_s: START_S + HOUR_S };
    let unreadable = WidgetData::Failed(AnalyticsError::MonitorUnreadable as u32);
    // What a stream lacks is left out; where it has nothing earlier, a comparison is not known.
    let parts = |slot| -> Vec<WidgetData> {
        let pages = pages(&world, &id, &range, 0);
        pages.iter().filter_map(|page| page.widgets.get(slot)).collect()
    };
    let named = |data: &WidgetData| counts(Some(data.clone())).len();
    let [whole, compared] = [parts(0), parts(1)];
    assert_eq!(whole.iter().map(named).collect::<Vec<_>>(), [8, 4]);
    assert_eq!((named(&compared[0]), &compared[1..]), (8, &[unreadable.clone()][..]));
    // A stream that is not readable fails its part, whatever the others have, and the next goes on.
    world.open("closed", &["failed"]);
    ["f30", "f31", "f32", "f33"].iter().for_each(|name| world.open(name, &["failed"]));
    let parts = parts(0);
    assert_eq!((named(&parts[0]), &parts[1], named(&parts[2])), (8, &unreadable, 2));
    // One that lacks the metric beside nothing else says so.
    let lacks = Widget { function: Some(world.symbol("lacks")), ..world.line([0, 0, 6, 3]) };
    world.put(&id, 2, &lacks);
    let unknown = WidgetData::Failed(AnalyticsError::HistoryMetricUnknown as u32);
    assert_eq!(render(&world, &id, START_S, START_S + HOUR_S).widgets.get(2), None);
    assert_eq!(pages(&world, &id, &range, 2)[0].widgets.get(2), Some(unknown));
}

#[test]
fn a_page_holds_what_one_call_may_read_and_the_cursor_goes_on() {
    let world = World::new();
    let functions: Vec<String> =
        (0..STREAMS_PER_WIDGET_MAX).map(|number| std::format!("f{number}")).collect();
    for function in &functions {
        world.open(function, &["failed"]);
        world.record(function, "failed", 1);
    }
    world.at(START_S + HOUR_S);
    let names: Vec<&str> = functions.iter().map(String::as_str).collect();
    world.flush(&names);
    let id = world.create(DashboardLayout::Free);
    let all = Widget { kind: WidgetKind::Table, function: None, ..world.line([0, 0, 6, 3]) };
    (0..10).for_each(|slot| world.put(&id, slot, &all));
    let range = TimeRange { from_s: START_S, to_s: START_S + HOUR_S };
    let (pages, mut seen) = (pages(&world, &id, &range, 0), Vec::new());
    for page in &pages {
        let reads = page.widgets.len() * (STREAMS_PER_WIDGET_MAX + 1);
        assert!(reads > 0 && reads <= PAGE_READS_MAX);
        for (slot, data) in page.widgets.iter() {
            assert_eq!(counts(Some(data)).len() as u32, STREAMS_PER_WIDGET_MAX);
            seen.push(slot);
        }
    }
    assert_eq!(seen, (0..10).collect::<Vec<u32>>());
    let expected = 10u32.div_ceil(PAGE_READS_MAX / (STREAMS_PER_WIDGET_MAX + 1));
    assert_eq!(pages.len() as u32, expected);
}

#[test]
fn a_widget_of_all_functions_goes_on_over_pages_until_it_had_each_once() {
    let world = World::new();
    // Between the functions lie lanes, functions without the metric, and one with subjects: more
    // streams than a page of the list has.
    let functions: Vec<String> = (0..18).map(|number| std::format!("f{number}")).collect();
    let subject = Some(world.symbol("usdc"));
    for (number, function) in functions.iter().enumerate() {
        world.open(function, &["failed"]);
        for lane in 1..=2 {
            let lane = StreamKey { lane: Some(lane), ..world.stream(function) };
            world.open_stream(&lane, &["failed"]);
        }
        if number % 3 == 0 {
            world.open(&std::format!("other{number}"), &["fee"]);
            world.open_stream(
                &StreamKey { subject: subject.clone(), ..world.stream(function) },
                &["failed"],
            );
        }
        (0..=number).for_each(|_| world.record(function, "failed", 1));
    }
    let samples = soroban_sdk::vec![&world.e, (world.symbol("failed"), 1)];
    let of_subject = StreamKey { subject: subject.clone(), ..world.stream("f3") };
    world.monitor().record_samples(&of_subject, &samples);
    let id = world.create(DashboardLayout::Free);
    let all = Widget { kind: WidgetKind::Table, function: None, ..world.line([0, 0, 6, 3]) };
    world.put(&id, 0, &world.line([0, 0, 6, 3]));
    world.put(&id, 1, &all);
    world.put(&id, 2, &Widget { subject, ..all.clone() });
    world.put(&id, 3, &Widget { metric: Some(world.symbol("rent")), ..all.clone() });
    world.put(&id, 4, &Widget { compare_s: HOUR_S as u32, ..all });
    let range = TimeRange { from_s: START_S, to_s: START_S + HOUR_S };
    let pages = pages(&world, &id, &range, 0);
    for page in &pages {
        for data in page.widgets.values() {
            let WidgetData::Metric(streams, ..) = data else { continue };
            assert!(streams.len() <= STREAMS_PER_WIDGET_MAX);
        }
    }
    // With the largest figure, of whichever function: the last one opened, here.
    let shown = joined(&pages, 1);
    let mut expected: Vec<(String, Vec<u64>)> = Vec::new();
    for (number, function) in functions.iter().enumerate() {
        expected.push((function.clone(), std::vec![number as u64 + 1]));
        if number % 3 == 0 {
            expected.push((function.clone(), if number == 3 { std::vec![1] } else { Vec::new() }));
        }
    }
    assert_eq!(shown, expected);
    // Of one subject, six: one of them beyond the first page of the list.
    let shown = joined(&pages, 2);
    assert_eq!(shown.len(), 6);
    assert_eq!(shown[1], ("f3".into(), std::vec![1]));
    assert_eq!(pages.iter().filter(|page| page.widgets.contains_key(2)).count(), 2);
    // Compared, each stream has its earlier buckets.
    assert_eq!(joined(&pages, 4), expected);
    for data in pages.iter().filter_map(|page| page.widgets.get(4)) {
        let WidgetData::Metric(streams, _, before) = data else { continue };
        assert_eq!(streams.len(), before.len());
    }
    // However few streams a page may have: the same.
    for limit in [1, 3] {
        let smaller = smaller_pages(&world, &id, &range, 0, limit);
        for page in &smaller {
            assert!(page.widgets.len() <= limit);
            for data in page.widgets.values() {
                let WidgetData::Metric(streams, ..) = data else { continue };
                assert!(streams.len() <= limit);
            }
        }
        for slot in [0, 1, 2, 4] {
            assert_eq!(joined(&smaller, slot), joined(&pages, slot), "{limit} {slot}");
        }
    }
    // What no function holds fails in each of its parts.
    let failed: Vec<_> = pages.iter().filter_map(|page| page.widgets.get(3)).collect();
    assert!(failed.len() > 1);
    assert!(failed.iter().all(|part| matches!(part, WidgetData::Failed(_))));

    // A cursor in the midst of a widget that was taken away begins the next one as a whole.
    let within =
        pages.iter().filter(|page| page.widgets.contains_key(1)).find_map(|page| page.next);
    let cursor = within.unwrap();
    let slot_bits = (1 << CURSOR_SLOT_BITS) - 1;
    assert_eq!((cursor & slot_bits, cursor > slot_bits), (1, true));
    // Its slot alone begins it anew, and the one after it leaves the rest out.
    let again = self::pages(&world, &id, &range, cursor & slot_bits);
    assert_eq!(joined(&again, 1), expected);
    let without = self::pages(&world, &id, &range, (cursor & slot_bits) + 1);
    assert_eq!((joined(&without, 1), joined(&without, 2).len()), (Vec::new(), 6));
    let version = world.stored(&id).version;
    world.client().put_widget(&world.owner, &id, &version, &1, &None);
    let rest = self::pages(&world, &id, &range, cursor);
    assert_eq!(joined(&rest, 1), []);
    assert_eq!(joined(&rest, 2).len(), 6);
    // One that no page gave ends.
    assert_eq!(self::pages(&world, &id, &range, u32::MAX).len(), 1);
    let beyond = self::pages(&world, &id, &range, 2 | 1_000 << CURSOR_SLOT_BITS);
    assert_eq!(
        beyond[0].widgets.get(2),
        Some(WidgetData::Failed(DashboardError::StreamsUnknown as u32))
    );
}

#[test]
fn no_page_is_larger_than_a_transaction_may_return() {
    let world = World::new();
    let longest = "a_function_with_the_longest_name";
    assert_eq!(longest.len(), 32);
    world.open(longest, &["failed"]);
    world.open("pay", &["failed"]);
    for hour in 0..96 {
        world.at(START_S + hour * HOUR_S);
        for value in [1 << 43, -(1 << 43), hour as i128 * 7_919 - 99, 3] {
            world.record(longest, "failed", value);
        }
        world.at(START_S + (hour + 1) * HOUR_S);
        world.flush(&[longest]);
    }
    world.fire("failed");
    let id = world.create(DashboardLayout::Free);
    let long = Widget {
        function: Some(world.symbol(longest)),
        max_points: 96,
        ..world.line([0, 0, 6, 3])
    };
    for slot in 0..20 {
        let widget = if slot % 4 == 3 { world.alert_list([0, 0, 6, 3]) } else { long.clone() };
        world.put(&id, slot, &widget);
    }
    let (mut cursor, mut seen) = (0, 0);
    loop {
        let range = TimeRange { from_s: START_S, to_s: START_S + 72 * HOUR_S };
        let viewer = world.viewer();
        let page =
            world.client().render(&id, &viewer, &range, &world.over(None), &cursor, &WIDGETS_MAX);
        seen += page.widgets.len();
        assert!(page.clone().to_xdr(&world.e).len() <= 16_384);
        match page.next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    assert_eq!(seen, 20);
}

#[test]
fn of_the_widest_compared_streams_a_page_has_no_more_than_a_transaction_may_return() {
    let world = World::new();
    let functions: Vec<String> =
        (0..8).map(|number| std::format!("a_function_with_a_long_name_no_{number}")).collect();
    let names: Vec<&str> = functions.iter().map(String::as_str).collect();
    names.iter().for_each(|name| world.open(name, &["failed"]));
    for hour in 0..184 {
        world.at(START_S + hour * HOUR_S);
        for (number, name) in (1..).zip(&names) {
            for value in [1 << 43, -(1 << 43), hour as i128 * 7_919 - number] {
                world.record(name, "failed", value);
            }
        }
        world.at(START_S + (hour + 1) * HOUR_S);
        world.flush(&names);
    }
    let id = world.create(DashboardLayout::Free);
    let all = Widget {
        function: None,
        max_points: POINTS_MAX,
        compare_s: 3 * DAY_S as u32,
        ..world.line([0, 0, 6, 3])
    };
    world.put(&id, 0, &all);
    world.put(&id, 1, &all);
    let range = TimeRange { from_s: START_S + 88 * HOUR_S, to_s: START_S + 184 * HOUR_S };
    let pages = pages(&world, &id, &range, 0);
    assert!(pages.len() > 2, "one part of each would do");
    for page in &pages {
        assert!(page.clone().to_xdr(&world.e).len() <= 16_384);
    }
    for slot in [0, 1] {
        let shown: Vec<_> = joined(&pages, slot).into_iter().map(|(name, _)| name).collect();
        assert_eq!(shown, functions);
    }
}
