//! dashboard.

use anyhow::Result;
use lumenscope_interfaces::alerting::RuleStatistic;
use lumenscope_interfaces::dashboard::{
    DashboardAccess, DashboardLayout, TimeRange, UserPreferences, Widget, WidgetKind,
};
use lumenscope_templates::{COLUMNS, INSURANCE, ROWS};
use soroban_sdk::{Address, BytesN, Vec, vec};

use super::{FUNCTION, HOUR_S, LATE_S, Scenario};
use crate::stage::Call;
use crate::suite::Suite;

const fn scenario(
    entry_point: &'static str,
    case: &'static str,
    prepare: fn(&mut Suite) -> Result<Call>,
) -> Scenario {
    Scenario { contract: "dashboard", entry_point, case, prepare }
}

/// In the order of the table.
pub(super) const SCENARIOS: [Scenario; 9] = [
    scenario("create_dashboard", "empty, an owner's first", create_dashboard),
    scenario("instantiate", "the 11 widgets of the insurance template", instantiate),
    scenario("clone_dashboard", "of the insurance template", clone_dashboard),
    scenario("update_dashboard", "of the insurance template", update_dashboard),
    scenario("put_widget", "a line, new", |suite| put_widget(suite, None)),
    scenario("put_widget", "a line, moved", |suite| put_widget(suite, Some(2))),
    scenario("share", "with a viewer", share),
    scenario("set_preferences", "of a user", set_preferences),
    scenario("render", "the insurance template over a day", render),
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
    let (owner, name) = (suite.caller.clone(), suite.text(INSURANCE.name));
    let contract = Some(suite.caller.clone());
    Ok(suite.dashboards("instantiate", (owner, name, COLUMNS, ROWS, contract, widgets)))
}

fn instantiated(suite: &mut Suite) -> Result<BytesN<32>> {
    let call = instantiate(suite)?;
    suite.stage.perform(&call)
}

fn clone_dashboard(suite: &mut Suite) -> Result<Call> {
    let source = instantiated(suite)?;
    let name = suite.text("Another pool");
    Ok(suite.dashboards("clone_dashboard", (suite.caller.clone(), source, name)))
}

fn update_dashboard(suite: &mut Suite) -> Result<Call> {
    let dashboard = instantiated(suite)?;
    let (name, description) = (suite.text("Pool"), suite.text("Premiums and claims"));
    let (version, columns, rows) = (0_u32, 24_u32, 60_u32);
    let layout = DashboardLayout::Grid;
    let contract = Some(suite.caller.clone());
    Ok(suite.dashboards(
        "update_dashboard",
        (
            suite.caller.clone(),
            dashboard,
            version,
            name,
            description,
            layout,
            columns,
            rows,
            contract,
        ),
    ))
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
    }
}

/// A widget into an empty dashboard, or one that lies there moved.
fn put_widget(suite: &mut Suite, moved_to: Option<u32>) -> Result<Call> {
    let call = create_dashboard(suite)?;
    let dashboard: BytesN<32> = suite.stage.perform(&call)?;
    let slot = 0_u32;
    let put = |suite: &Suite, version: u32, x: u32| {
        let widget = Some(widget(suite, x));
        let arguments = (suite.caller.clone(), dashboard.clone(), version, slot, widget);
        suite.dashboards("put_widget", arguments)
    };
    let Some(x) = moved_to else { return Ok(put(suite, 0, 0)) };
    suite.stage.act(&[put(suite, 0, 0)])?;
    Ok(put(suite, 1, x))
}

fn share(suite: &mut Suite) -> Result<Call> {
    let dashboard = instantiated(suite)?;
    let viewer: Option<Address> = Some(suite.stage.account(7)?);
    Ok(suite.dashboards("share", (dashboard, viewer, DashboardAccess::View)))
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
        let now_s = suite.stage.ledger().close_time_s();
        suite.stage.close_at((now_s / HOUR_S + 1) * HOUR_S + LATE_S)?;
        let hour = u32::try_from(now_s / HOUR_S)?;
        let streams = vec![suite.env(), suite.stream(FUNCTION)];
        suite.stage.act(&[suite.monitor("flush", (suite.caller.clone(), streams, hour))])?;
    }
    let dashboard = instantiated(suite)?;
    let to_s = suite.stage.ledger().close_time_s();
    let range = TimeRange { from_s: to_s - 24 * HOUR_S, to_s };
    let viewer = Some(suite.caller.clone());
    let cursor = 0_u32;
    Ok(suite.dashboards("render", (dashboard, viewer, range, cursor)))
}
