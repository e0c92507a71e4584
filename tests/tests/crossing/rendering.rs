//! dashboard to everything that it reads.

use lumenscope_bucket::packed::{Decoder, PackedBucket};
use lumenscope_interfaces::alerting::RuleStatistic;
use lumenscope_interfaces::analytics_storage::Granularity;
use lumenscope_interfaces::dashboard::{
    DashboardDetails, DashboardError, DashboardLayout, DashboardVariables, DashboardViewer,
    RenderedPage, TimeRange, WIDGETS_MAX, Widget, WidgetData, WidgetKind,
};
use soroban_sdk::testutils::Address as _;
use soroban_sdk::{Address, Bytes, BytesN, Map, vec};

use super::world::{HOUR_S, PREMIUM, START_S, World, refused};

fn widget(world: &World, kind: WidgetKind, y: u32) -> Widget {
    let is_figure = kind == WidgetKind::Line;
    Widget {
        kind,
        x: 0,
        y,
        width: 6,
        height: 4,
        title: world.text(""),
        contract: None,
        function: is_figure.then(|| world.symbol("buy_policy")),
        subject: None,
        metric: is_figure.then(|| world.symbol("premium")),
        statistic: RuleStatistic::Sum,
        max_points: 60,
        granularity: Granularity::Hour,
        compare_s: 0,
        top: 0,
        thresholds: vec![&world.e],
    }
}

/// A dashboard of the owner with a line and the list of alerts.
fn board(world: &World) -> BytesN<32> {
    let line = widget(world, WidgetKind::Line, 0);
    let alerts = widget(world, WidgetKind::AlertList, 4);
    let details = DashboardDetails {
        name: world.text("Pool"),
        description: world.text(""),
        layout: DashboardLayout::Grid,
        columns: 12,
        rows: 20,
        variables: over(Some(world.pool.clone())),
        range_s: 0,
    };
    let args = (world.owner.clone(), details, vec![&world.e, line, alerts]);
    world.call(&world.owner, &world.dashboard, "instantiate", args, &[]).expect("created")
}

fn over(contract: Option<Address>) -> DashboardVariables {
    DashboardVariables { contract, function: None, subject: None }
}

fn render(world: &World, board: &BytesN<32>) -> RenderedPage {
    let range = TimeRange { from_s: START_S, to_s: world.now_s() + 1 };
    let viewer = DashboardViewer::Account(world.owner.clone());
    let args = (board.clone(), viewer, range, over(None), 0u32, WIDGETS_MAX);
    world.call(&world.owner, &world.dashboard, "render", args, &[]).expect("rendered")
}

/// Count and sum over all that a widget shows.
fn shown(data: &WidgetData) -> (u64, i128) {
    let WidgetData::Metric(streams, series, _) = data else { panic!("{data:?}") };
    assert_eq!((streams.len(), series.len()), (1, 1));
    let bytes: Vec<u8> = Bytes::iter(&series.get_unchecked(0)).collect();
    let mut series = Decoder::new(&bytes).expect("readable");
    let (mut count, mut sum, mut bucket) = (0, 0, PackedBucket::default());
    while series.read(&mut bucket).expect("readable") {
        count += bucket.statistics.count;
        sum += bucket.statistics.sum;
    }
    (count, sum)
}

#[test]
fn a_dashboard_shows_what_the_pool_recorded_flushed_or_not() {
    let world = World::new();
    let board = board(&world);
    world.buy(1).expect("bought");
    assert_eq!(shown(&render(&world, &board).widgets.get_unchecked(0)), (1, PREMIUM));
    world.advance(HOUR_S + 400);
    world.buy(2).expect("bought");
    world.flush("buy_policy").expect("flushed");
    let page = render(&world, &board);
    assert_eq!(shown(&page.widgets.get_unchecked(0)), (2, 2 * PREMIUM));
    assert_eq!(page.widgets.get_unchecked(1), WidgetData::Alerts(vec![&world.e]));
}

#[test]
fn a_source_that_fails_takes_its_own_widget_and_no_other() {
    let world = World::new();
    let board = board(&world);
    world.buy(1).expect("bought");
    let mut links = world.dashboard().links();
    let alerts = world.symbol(lumenscope_interfaces::dashboard::LINK_ALERTS);
    links.set(alerts, Address::generate(&world.e));
    world.must(&world.admin, &world.dashboard, "set_links", (links,));
    let page = render(&world, &board);
    assert_eq!(shown(&page.widgets.get_unchecked(0)), (1, PREMIUM));
    let unreadable = WidgetData::Failed(DashboardError::SourceUnreadable as u32);
    assert_eq!(page.widgets.get_unchecked(1), unreadable);

    let nothing: Map<soroban_sdk::Symbol, Address> = Map::new(&world.e);
    world.must(&world.admin, &world.dashboard, "set_links", (nothing,));
    let unset = WidgetData::Failed(DashboardError::SourceUnset as u32);
    let page = render(&world, &board);
    assert_eq!(page.widgets.values(), vec![&world.e, unset.clone(), unset]);
}

#[test]
fn a_private_dashboard_is_rendered_for_nobody_else() {
    let world = World::new();
    let board = board(&world);
    let range = TimeRange { from_s: START_S, to_s: world.now_s() + 1 };
    for viewer in [DashboardViewer::Account(world.stranger.clone()), DashboardViewer::Anyone] {
        let args = (board.clone(), viewer, range, over(None), 0u32, WIDGETS_MAX);
        let answer =
            world.call::<RenderedPage>(&world.stranger, &world.dashboard, "render", args, &[]);
        assert_eq!(answer.err(), Some(refused(DashboardError::NotAViewer as u32)));
    }
}
