//! dashboard.

use lumenscope_interfaces::alerting::RuleStatistic;
use lumenscope_interfaces::dashboard::{
    DashboardAccess, DashboardLayout, TimeRange, UserPreferences, Widget, WidgetKind,
};
use soroban_sdk::{Address, BytesN, Env, IntoVal, Map, Symbol, Val, Vec as SdkVec, vec};

use super::super::world::START_S;
use super::cast::{Cast, FUNCTION, METRIC};
use super::{Call, acts, reads};

const CONTRACT: &str = "dashboard";

pub const CALLS: [Call; 21] = [
    acts("set_links", "", |cast| cast.ask((Map::<Symbol, Address>::new(&cast.world.e),))),
    acts("create_dashboard", "", |cast| {
        let (name, description) = (cast.world.text("Pool"), cast.world.text("Premiums"));
        cast.name(move |who| {
            (who, name.clone(), description.clone(), DashboardLayout::Grid, 12_u32, 24_u32)
        })
    }),
    acts("instantiate", "", |cast| cast.name(|who| template(cast, who))),
    acts("clone_dashboard", "a private one", |cast| {
        let source = private(cast);
        cast.name(move |who| (who, source.clone(), cast.world.text("Mine")))
    }),
    acts("clone_dashboard", "a public one", |cast| {
        let source = public(cast);
        cast.name(move |who| (who, source.clone(), cast.world.text("Mine")))
    }),
    acts("update_dashboard", "", |cast| {
        let dashboard = private(cast);
        let (name, description) = (cast.world.text("Pool"), cast.world.text("Premiums"));
        cast.name(move |editor| {
            let about = (name.clone(), description.clone());
            let contract = Some(cast.who("contract"));
            let layout = DashboardLayout::Grid;
            let (version, columns, rows) = (0_u32, 12_u32, 30_u32);
            (editor, dashboard.clone(), version, about.0, about.1, layout, columns, rows, contract)
        })
    }),
    acts("put_widget", "", |cast| {
        let dashboard = private(cast);
        let moved = Some(Widget { x: 2, ..widget(cast) });
        cast.name(move |editor| (editor, dashboard.clone(), 0_u32, 0_u32, moved.clone()))
    }),
    acts("share", "", |cast| {
        cast.ask((private(cast), Some(cast.who("newcomer")), DashboardAccess::View))
    }),
    acts("set_preferences", "", |cast| {
        cast.name(|who| {
            let preferences = UserPreferences {
                dark: None,
                time_zone: cast.world.text("UTC"),
                default_range_s: 86_400,
                refresh_s: 30,
                favourites: vec![&cast.world.e],
            };
            (who, preferences)
        })
    }),
    reads("links", "", |cast| cast.ask(())),
    reads("preferences", "", |cast| cast.ask((cast.who("owner"),))),
    reads("dashboard", "a private one", |cast| {
        let dashboard = private(cast);
        cast.name(move |viewer| (dashboard.clone(), Some(viewer)))
    }),
    reads("dashboard", "a private one, naming no viewer", |cast| {
        cast.ask((private(cast), None::<Address>))
    }),
    reads("dashboard", "a public one", |cast| cast.ask((public(cast), None::<Address>))),
    reads("widgets", "of a private one", |cast| {
        let dashboard = private(cast);
        cast.name(move |viewer| (dashboard.clone(), Some(viewer), 0_u32, 5_u32))
    }),
    reads("widgets", "of a private one, naming no viewer", |cast| {
        cast.ask((private(cast), None::<Address>, 0_u32, 5_u32))
    }),
    reads("widgets", "of a public one", |cast| {
        cast.ask((public(cast), None::<Address>, 0_u32, 5_u32))
    }),
    reads("dashboards", "", |cast| cast.ask((cast.who("owner"), 0_u32, 5_u32))),
    reads("render", "a private one", |cast| {
        let dashboard = private(cast);
        cast.name(move |viewer| (dashboard.clone(), Some(viewer), hour(cast), 0_u32))
    }),
    reads("render", "a private one, naming no viewer", |cast| {
        cast.ask((private(cast), None::<Address>, hour(cast), 0_u32))
    }),
    reads("render", "a public one", |cast| {
        cast.ask((public(cast), None::<Address>, hour(cast), 0_u32))
    }),
];

fn hour(cast: &Cast) -> TimeRange {
    TimeRange { from_s: START_S, to_s: cast.world.now_s() }
}

fn widget(cast: &Cast) -> Widget {
    Widget {
        kind: WidgetKind::Line,
        x: 0,
        y: 0,
        width: 4,
        height: 3,
        title: cast.world.text("Amounts"),
        contract: None,
        function: Some(cast.world.symbol(FUNCTION)),
        subject: None,
        metric: Some(cast.world.symbol(METRIC)),
        statistic: RuleStatistic::Average,
        max_points: 60,
    }
}

fn template(cast: &Cast, owner: Address) -> impl IntoVal<Env, SdkVec<Val>> + use<> {
    let widgets = vec![&cast.world.e, widget(cast)];
    (owner, cast.world.text("Pool"), 12_u32, 24_u32, Some(cast.who("contract")), widgets)
}

/// The owner's, with a viewer and an editor; another owner has one too.
fn private(cast: &Cast) -> BytesN<32> {
    let make = |owner: &str| -> BytesN<32> {
        cast.get(owner, CONTRACT, "instantiate", template(cast, cast.who(owner)))
    };
    make("another owner");
    let dashboard = make("owner");
    for (name, access) in [("viewer", DashboardAccess::View), ("editor", DashboardAccess::Edit)] {
        let args = (dashboard.clone(), Some(cast.who(name)), access);
        cast.must("owner", CONTRACT, "share", args);
    }
    dashboard
}

fn public(cast: &Cast) -> BytesN<32> {
    let dashboard = private(cast);
    let args = (dashboard.clone(), None::<Address>, DashboardAccess::View);
    cast.must("owner", CONTRACT, "share", args);
    dashboard
}
