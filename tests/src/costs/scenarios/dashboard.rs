//! dashboard.

use anyhow::Result;
use lumenscope_interfaces::alerting::RuleStatistic;
use lumenscope_interfaces::analytics_storage::Granularity;
use lumenscope_interfaces::dashboard::{
    DASHBOARD_NAME_BYTES_MAX, DESCRIPTION_BYTES_MAX, DashboardAccess, DashboardDetails,
    DashboardLayout, DashboardVariables, DashboardViewer, LINKS_MAX, MEMBERS_MAX, REVISIONS_MAX,
    TimeRange, UserPreferences, WIDGETS_MAX, Widget, WidgetKind,
};
use lumenscope_templates::{COLUMNS, INSURANCE, ROWS};
use soroban_sdk::{Address, BytesN, Vec, vec};

use super::{FUNCTION, HOUR_S, LATE_S, Scenario};
use crate::stage::Call;
use crate::suite::Suite;
use lumenscope_interfaces::common::StreamKey;

const DAY_S: u64 = 24 * HOUR_S;

const fn scenario(
    entry_point: &'static str,
    case: &'static str,
    prepare: fn(&mut Suite) -> Result<Call>,
) -> Scenario {
    Scenario { contract: "dashboard", entry_point, case, prepare }
}

/// In the order of the table.
pub(super) const SCENARIOS: [Scenario; 17] = [
    scenario("create_dashboard", "empty, an owner's first", create_dashboard),
    scenario("instantiate", "the 11 widgets of the insurance template", instantiate),
    scenario("clone_dashboard", "of the insurance template", clone_dashboard),
    scenario("update_dashboard", "of the insurance template, the first", update_dashboard),
    scenario("put_widget", "a line, new", |suite| put_widget(suite, false)),
    scenario("put_widget", "a line, moved the fifth time", |suite| put_widget(suite, true)),
    scenario(
        "put_widget",
        "one of 40, beside all members and links, moved the fifth time",
        |suite| {
            let dashboard = full(suite)?;
            Ok(put(suite, &dashboard, REVISIONS_MAX))
        },
    ),
    scenario("restore", "a line that was moved", restore),
    scenario("remove_dashboard", "of the insurance template", remove_dashboard),
    scenario("share", "with a viewer", share),
    scenario("share", "with everybody", publish),
    scenario("share_link", "the first", share_link),
    scenario("offer_dashboard", "to an account", offer_dashboard),
    scenario("accept_dashboard", "the first of its heir", accept_dashboard),
    scenario("set_preferences", "of a user", set_preferences),
    scenario("render", "the insurance template over a day", render),
    scenario("render", "20 widgets of up to 60 points over 30 days", |suite| {
        render_twenty(suite, 0)
    }),
];

fn create_dashboard(suite: &mut Suite) -> Result<Call> {
    let (name, description) = (suite.text("Pool"), suite.text("Premiums and claims"));
    let (columns, rows) = (12_u32, 24_u32);
    let grid = DashboardLayout::Grid;
    Ok(suite.dashboards(
        "create_dashboard",
        (suite.caller.clone(), name, description, grid, columns, rows),
    ))
}

fn instantiate(suite: &mut Suite) -> Result<Call> {
    instantiate_for(suite, &suite.caller.clone())
}

fn instantiate_for(suite: &Suite, owner: &Address) -> Result<Call> {
    let mut widgets = Vec::new(suite.env());
    for draft in INSURANCE.widgets {
        let [x, y, width, height] = draft.place;
        widgets.push_back(Widget {
            x,
            y,
            width,
            height,
            title: suite.text(draft.title),
            contract: None,
            function: draft.function.map(|name| suite.stage.symbol(name)),
            metric: Some(suite.stage.symbol(draft.metric.unwrap_or("failed"))),
            ..widget(suite, 0)
        });
    }
    let mut details = details(suite, INSURANCE.name);
    (details.columns, details.rows) = (COLUMNS, ROWS);
    Ok(suite.dashboards("instantiate", (owner.clone(), details, widgets)))
}

/// Details of a dashboard over the caller.
fn details(suite: &Suite, name: &str) -> DashboardDetails {
    DashboardDetails {
        name: suite.text(name),
        description: suite.text("Premiums and claims"),
        layout: DashboardLayout::Grid,
        columns: 24,
        rows: 60,
        variables: over(Some(suite.caller.clone())),
        range_s: 86_400,
    }
}

fn over(contract: Option<Address>) -> DashboardVariables {
    DashboardVariables { contract, function: None, subject: None }
}

fn instantiated(suite: &mut Suite) -> Result<BytesN<32>> {
    let call = instantiate(suite)?;
    suite.stage.perform(&call)
}

fn clone_dashboard(suite: &mut Suite) -> Result<Call> {
    let source = instantiated(suite)?;
    let name = suite.text("Another pool");
    let variables = over(Some(suite.caller.clone()));
    Ok(suite.dashboards("clone_dashboard", (suite.caller.clone(), source, name, variables)))
}

fn update_dashboard(suite: &mut Suite) -> Result<Call> {
    let dashboard = instantiated(suite)?;
    let details = details(suite, "Pool");
    let arguments = (suite.caller.clone(), dashboard, 0_u32, details);
    Ok(suite.dashboards("update_dashboard", arguments))
}

fn widget(suite: &Suite, x: u32) -> Widget {
    Widget {
        kind: WidgetKind::Line,
        x,
        y: 0,
        width: 4,
        height: 3,
        title: suite.text("Premiums"),
        contract: Some(suite.caller.clone()),
        function: Some(suite.stage.symbol(FUNCTION)),
        subject: None,
        metric: Some(suite.stage.symbol("premium")),
        statistic: RuleStatistic::Average,
        max_points: 60,
        granularity: Granularity::Hour,
        compare_s: 0,
        top: 0,
        thresholds: vec![suite.env(), 1_000, 10_000],
    }
}

/// A widget into an empty dashboard, or one that lies there moved, and was moved as often before as
/// is kept.
fn put_widget(suite: &mut Suite, moved: bool) -> Result<Call> {
    let (dashboard, edits) = edited(suite, if moved { REVISIONS_MAX } else { 0 })?;
    Ok(put(suite, &dashboard, edits))
}

/// A dashboard whose widget was edited so often, and its version.
fn edited(suite: &mut Suite, edits: u32) -> Result<(BytesN<32>, u32)> {
    let call = create_dashboard(suite)?;
    let dashboard: BytesN<32> = suite.stage.perform(&call)?;
    for version in 0..edits {
        let call = put(suite, &dashboard, version);
        suite.stage.act(&[call])?;
    }
    Ok((dashboard, edits))
}

/// A dashboard with as many widgets, members and links as it may have, and the longest name and
/// description, whose first widget was edited as often as is kept.
fn full(suite: &mut Suite) -> Result<BytesN<32>> {
    let mut widgets = Vec::new(suite.env());
    for place in 0..WIDGETS_MAX {
        widgets.push_back(Widget { y: 3 + place / 6 * 3, ..widget(suite, place % 6 * 4) });
    }
    let text = |bytes: u32| suite.text(&"x".repeat(bytes as usize));
    let details = DashboardDetails {
        name: text(DASHBOARD_NAME_BYTES_MAX),
        description: text(DESCRIPTION_BYTES_MAX),
        ..details(suite, "")
    };
    let create = suite.dashboards("instantiate", (suite.caller.clone(), details, widgets));
    let dashboard: BytesN<32> = suite.stage.perform(&create)?;
    let expires_s = suite.stage.ledger().close_time_s() + DAY_S;
    for member in 0..MEMBERS_MAX as u8 {
        let account: Option<Address> = Some(suite.stage.account(100 + member)?);
        let share = (dashboard.clone(), account, DashboardAccess::Edit);
        let share = suite.dashboards("share", share);
        suite.stage.act(&[share])?;
    }
    for link in 0..LINKS_MAX as u8 {
        let link = BytesN::from_array(suite.env(), &[link; 32]);
        let link = suite.dashboards("share_link", (dashboard.clone(), link, expires_s));
        suite.stage.act(&[link])?;
    }
    for version in 0..REVISIONS_MAX {
        let call = put(suite, &dashboard, version);
        suite.stage.act(&[call])?;
    }
    Ok(dashboard)
}

/// A widget in the first slot, at the column of the version that it is made on.
fn put(suite: &Suite, dashboard: &BytesN<32>, version: u32) -> Call {
    let widget = Some(widget(suite, version));
    let arguments = (suite.caller.clone(), dashboard.clone(), version, 0_u32, widget);
    suite.dashboards("put_widget", arguments)
}

fn restore(suite: &mut Suite) -> Result<Call> {
    let (dashboard, version) = edited(suite, REVISIONS_MAX)?;
    Ok(suite.dashboards("restore", (suite.caller.clone(), dashboard, version, version - 1)))
}

fn remove_dashboard(suite: &mut Suite) -> Result<Call> {
    let dashboard = instantiated(suite)?;
    Ok(suite.dashboards("remove_dashboard", (dashboard,)))
}
fn share(suite: &mut Suite) -> Result<Call> {
    let dashboard = instantiated(suite)?;
    let viewer: Option<Address> = Some(suite.stage.account(7)?);
    Ok(suite.dashboards("share", (dashboard, viewer, DashboardAccess::View)))
}

fn publish(suite: &mut Suite) -> Result<Call> {
    let dashboard = instantiated(suite)?;
    Ok(suite.dashboards("share", (dashboard, None::<Address>, DashboardAccess::View)))
}

fn share_link(suite: &mut Suite) -> Result<Call> {
    let dashboard = instantiated(suite)?;
    let link = BytesN::from_array(suite.env(), &[7; 32]);
    let expires_s = suite.stage.ledger().close_time_s() + 86_400;
    Ok(suite.dashboards("share_link", (dashboard, link, expires_s)))
}

fn offer_dashboard(suite: &mut Suite) -> Result<Call> {
    let dashboard = instantiated(suite)?;
    let heir = Some(suite.stage.account(7)?);
    Ok(suite.dashboards("offer_dashboard", (dashboard, heir)))
}

fn accept_dashboard(suite: &mut Suite) -> Result<Call> {
    let owner = suite.stage.deploy("probe-caller", ())?;
    let instantiate = instantiate_for(suite, &owner)?;
    let create = suite.stage.made_by(&owner, &instantiate)?;
    suite.stage.act(&[create])?;
    let listed = suite.dashboards("dashboards", (owner.clone(), 0_u32, 1_u32));
    let dashboard: BytesN<32> = suite.stage.perform::<Vec<BytesN<32>>>(&listed)?.get_unchecked(0);
    let heir = Some(suite.caller.clone());
    let offer = suite.dashboards("offer_dashboard", (dashboard.clone(), heir));
    let offer = suite.stage.made_by(&owner, &offer)?;
    suite.stage.act(&[offer])?;
    Ok(suite.dashboards("accept_dashboard", (dashboard,)))
}

fn set_preferences(suite: &mut Suite) -> Result<Call> {
    let preferences = UserPreferences {
        dark: None,
        time_zone: suite.text("Europe/Prague"),
        default_range_s: 86_400,
        refresh_s: 30,
        favourites: vec![suite.env()],
    };
    Ok(suite.dashboards("set_preferences", (suite.caller.clone(), preferences)))
}

fn render(suite: &mut Suite) -> Result<Call> {
    suite.open(FUNCTION, suite.spec(suite.pool_metrics()))?;
    for _ in 0..3 {
        suite.stage.act(&[suite.record_metric(FUNCTION, "premium", 123_456)])?;
        flush_hour(suite, &[FUNCTION])?;
    }
    let dashboard = instantiated(suite)?;
    Ok(rendered(suite, dashboard, 24 * HOUR_S))
}

/// Twenty functions, each with a widget of its own over thirty days of hours and days, and a bucket in
/// every day: beside as many days before, if it is compared with them.
pub fn render_twenty(suite: &mut Suite, compare_days: u32) -> Result<Call> {
    const FUNCTIONS: [&str; 20] = [
        "f00", "f01", "f02", "f03", "f04", "f05", "f06", "f07", "f08", "f09", "f10", "f11", "f12",
        "f13", "f14", "f15", "f16", "f17", "f18", "f19",
    ];
    for function in FUNCTIONS {
        suite.open(function, suite.spec(suite.pool_metrics()))?;
    }
    for day in 0..30 + compare_days {
        for (at, function) in (0..).zip(FUNCTIONS) {
            let value = 123_456 + i128::from(day) * 7_919 + at;
            suite.stage.act(&[suite.record_metric(function, "premium", value)])?;
        }
        flush_hour(suite, &FUNCTIONS)?;
        let now_s = suite.stage.ledger().close_time_s();
        suite.stage.close_at((now_s / DAY_S + 1) * DAY_S)?;
    }
    let streams = streams(suite, &FUNCTIONS);
    for _ in 0..30 + compare_days {
        let compact = suite.analytics("compact", (suite.caller.clone(), streams.clone()));
        suite.stage.act(&[compact])?;
    }
    let mut widgets = Vec::new(suite.env());
    for (place, function) in (0..).zip(FUNCTIONS) {
        let function = Some(suite.stage.symbol(function));
        let (x, y) = (place % 6 * 4, place / 6 * 3);
        let compare_s = compare_days * DAY_S as u32;
        widgets.push_back(Widget { y, function, compare_s, ..widget(suite, x) });
    }
    let details = details(suite, "Twenty");
    let create = suite.dashboards("instantiate", (suite.caller.clone(), details, widgets));
    let dashboard = suite.stage.perform(&create)?;
    Ok(rendered(suite, dashboard, 30 * DAY_S))
}

fn streams(suite: &Suite, functions: &[&str]) -> Vec<StreamKey> {
    let mut streams = Vec::new(suite.env());
    for function in functions {
        streams.push_back(suite.stream(function));
    }
    streams
}

/// Ends the hour and moves it to history.
fn flush_hour(suite: &mut Suite, functions: &[&str]) -> Result<()> {
    let now_s = suite.stage.ledger().close_time_s();
    suite.stage.close_at((now_s / HOUR_S + 1) * HOUR_S + LATE_S)?;
    let hour = u32::try_from(now_s / HOUR_S)?;
    let streams = streams(suite, functions);
    suite.stage.act(&[suite.monitor("flush", (suite.caller.clone(), streams, hour))])
}

/// The dashboard over the last seconds.
fn rendered(suite: &Suite, dashboard: BytesN<32>, last_s: u64) -> Call {
    let to_s = suite.stage.ledger().close_time_s();
    let range = TimeRange { from_s: to_s - last_s, to_s };
    let viewer = DashboardViewer::Account(suite.caller.clone());
    suite.dashboards("render", (dashboard, viewer, range, over(None), 0_u32, WIDGETS_MAX))
}
