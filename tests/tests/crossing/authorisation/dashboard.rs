//! dashboard.

use lumenscope_interfaces::alerting::RuleStatistic;
use lumenscope_interfaces::analytics_storage::Granularity;
use lumenscope_interfaces::dashboard::{
    DashboardAccess, DashboardDetails, DashboardLayout, DashboardVariables,
    DashboardViewer::{self, Account, Anyone, Link},
    TimeRange, UserPreferences, Widget, WidgetKind,
};
use soroban_sdk::{Address, BytesN, Env, IntoVal, Map, Symbol, Val, Vec as SdkVec, vec};

use super::super::world::START_S;
use super::cast::{Cast, FUNCTION, METRIC};
use super::{Asked, Call, acts, reads};

const CONTRACT: &str = "dashboard";
const NAMING_NOBODY: &str = "a private one, naming no viewer";
const BY_LINK: &str = "a private one, by a share link";

pub const CALLS: [Call; 34] = [
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
        cast.name(move |who| (who, source.clone(), cast.world.text("Mine"), open()))
    }),
    acts("clone_dashboard", "a public one", |cast| {
        let source = public(cast);
        cast.name(move |who| (who, source.clone(), cast.world.text("Mine"), open()))
    }),
    acts("update_dashboard", "", |cast| {
        let dashboard = private(cast);
        cast.name(move |editor| {
            let details = DashboardDetails { rows: 30, ..details(cast) };
            (editor, dashboard.clone(), 0_u32, details)
        })
    }),
    acts("put_widget", "", |cast| {
        let dashboard = private(cast);
        let moved = Some(Widget { x: 2, ..widget(cast) });
        cast.name(move |editor| (editor, dashboard.clone(), 0_u32, 0_u32, moved.clone()))
    }),
    acts("restore", "", |cast| {
        let dashboard = private(cast);
        let none = None::<Widget>;
        let args = (cast.who("owner"), dashboard.clone(), 0_u32, 0_u32, none);
        cast.must("owner", CONTRACT, "put_widget", args);
        cast.name(move |editor| (editor, dashboard.clone(), 1_u32, 0_u32))
    }),
    acts("remove_dashboard", "", |cast| cast.ask((public(cast),))),
    acts("share", "", |cast| {
        cast.ask((private(cast), Some(cast.who("newcomer")), DashboardAccess::View))
    }),
    acts("share_link", "", |cast| {
        let link = BytesN::from_array(&cast.world.e, &[9; 32]);
        cast.ask((private(cast), link, cast.world.now_s() + 60))
    }),
    acts("offer_dashboard", "", |cast| cast.ask((private(cast), Some(cast.who("newcomer"))))),
    acts("accept_dashboard", "offered to another owner", |cast| {
        let dashboard = private(cast);
        let args = (dashboard.clone(), Some(cast.who("another owner")));
        cast.must("owner", CONTRACT, "offer_dashboard", args);
        cast.ask((dashboard,))
    }),
    acts("accept_dashboard", "offered to nobody", |cast| cast.ask((private(cast),))),
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
    reads("dashboards", "", |cast| cast.ask((cast.who("owner"), 0_u32, 5_u32))),
    reads("public_dashboards", "", |cast| cast.ask((0_u32, 5_u32))),
    reads("dashboard", "a private one", |cast| {
        let dashboard = private(cast);
        cast.name(move |viewer| (dashboard.clone(), Account(viewer)))
    }),
    reads("dashboard", NAMING_NOBODY, |cast| cast.ask((private(cast), Anyone))),
    reads("dashboard", BY_LINK, |cast| cast.ask((private(cast), linked(cast)))),
    reads("dashboard", "a public one", |cast| cast.ask((public(cast), Anyone))),
    reads("widgets", "of a private one", |cast| {
        let dashboard = private(cast);
        cast.name(move |viewer| (dashboard.clone(), Account(viewer), 0_u32, 5_u32))
    }),
    reads("widgets", NAMING_NOBODY, |cast| cast.ask((private(cast), Anyone, 0_u32, 5_u32))),
    reads("widgets", "of a public one", |cast| cast.ask((public(cast), Anyone, 0_u32, 5_u32))),
    reads("history", "of a private one", |cast| {
        let dashboard = private(cast);
        cast.name(move |viewer| (dashboard.clone(), Account(viewer), Some(0_u32)))
    }),
    reads("history", NAMING_NOBODY, |cast| cast.ask((private(cast), Anyone, Some(0_u32)))),
    reads("history", "of a public one", |cast| cast.ask((public(cast), Anyone, Some(0_u32)))),
    reads("render", "a private one", |cast| {
        let dashboard = private(cast);
        cast.name(move |viewer| {
            (dashboard.clone(), Account(viewer), hour(cast), open(), 0_u32, 5_u32)
        })
    }),
    reads("render", NAMING_NOBODY, |cast| rendered(cast, private(cast), Anyone)),
    reads("render", BY_LINK, |cast| rendered(cast, private(cast), linked(cast))),
    reads("render", "a private one, by a link that is over", |cast| {
        let (dashboard, link) = (private(cast), linked(cast));
        cast.world.advance(61);
        rendered(cast, dashboard, link)
    }),
    reads("render", "a public one", |cast| rendered(cast, public(cast), Anyone)),
];

fn rendered<'a>(cast: &'a Cast, dashboard: BytesN<32>, viewer: DashboardViewer) -> Asked<'a> {
    cast.ask((dashboard, viewer, hour(cast), open(), 0_u32, 5_u32))
}

fn open() -> DashboardVariables {
    DashboardVariables { contract: None, function: None, subject: None }
}

fn details(cast: &Cast) -> DashboardDetails {
    DashboardDetails {
        name: cast.world.text("Pool"),
        description: cast.world.text("Premiums"),
        layout: DashboardLayout::Grid,
        columns: 12,
        rows: 24,
        variables: DashboardVariables { contract: Some(cast.who("contract")), ..open() },
        range_s: 0,
    }
}

/// Who has the secret of the private dashboard's link.
fn linked(cast: &Cast) -> DashboardViewer {
    Link(secret(cast))
}

fn secret(cast: &Cast) -> BytesN<32> {
    BytesN::from_array(&cast.world.e, &[7; 32])
}

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
        granularity: Granularity::Hour,
        compare_s: 0,
        top: 0,
        thresholds: vec![&cast.world.e],
    }
}

fn template(cast: &Cast, owner: Address) -> impl IntoVal<Env, SdkVec<Val>> + use<> {
    (owner, details(cast), vec![&cast.world.e, widget(cast)])
}

/// The owner's, with a viewer, an editor and a share link for a minute; another owner has one too.
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
    let link = cast.world.e.crypto().sha256(secret(cast).as_ref()).to_bytes();
    let args = (dashboard.clone(), link, cast.world.now_s() + 60);
    cast.must("owner", CONTRACT, "share_link", args);
    dashboard
}

fn public(cast: &Cast) -> BytesN<32> {
    let dashboard = private(cast);
    let args = (dashboard.clone(), None::<Address>, DashboardAccess::View);
    cast.must("owner", CONTRACT, "share", args);
    dashboard
}
