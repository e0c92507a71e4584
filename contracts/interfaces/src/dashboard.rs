//! `dashboard`: what people look at: widgets on a grid, who may see and change them, and their
//! data in one call.
//!
//! **What private means.** Every ledger entry is public: anybody can read a private dashboard's
//! entries with a node of their own. Private means that this contract serves it to nobody but its
//! owner and those named, and lists it nowhere. Put no secret into a name, a title or a text.

use soroban_sdk::{
    Address, Bytes, BytesN, Env, Map, String, Symbol, Val, Vec, contractclient, contracterror,
    contracttype,
};

use crate::alerting::RuleStatistic;
use crate::common::StreamKey;

/// Bytes in the name of a dashboard.
pub const DASHBOARD_NAME_BYTES_MAX: u32 = 64;
/// Bytes in the description of a dashboard: it is written again with every edit.
pub const DESCRIPTION_BYTES_MAX: u32 = 256;
/// Bytes in the title of a widget, which is all of a text widget.
pub const TITLE_BYTES_MAX: u32 = 256;
/// Columns of a grid: four to each of the common twelve-column layouts.
pub const COLUMNS_MAX: u32 = 48;
/// Rows of a grid: a coordinate is stored in one byte.
pub const ROWS_MAX: u32 = 200;
/// Widgets of a dashboard: bounds the table of places, which is written again with every edit, and
/// the work of cloning.
pub const WIDGETS_MAX: u32 = 40;
/// Widgets in one page of definitions: the largest stay below the 16,384 B that a transaction may
/// return.
pub const WIDGETS_PER_PAGE_MAX: u32 = 20;
/// Most points of one series: four days of hours.
pub const POINTS_MAX: u32 = 96;
/// Bytes of widgets' data in one rendered page: a transaction may return 16,384 B, of which the page
/// itself takes less than 100.
pub const PAGE_BYTES_MAX: u32 = 16_256;
/// Reads of other contracts in one rendered page: each starts a virtual machine and touches up to
/// five entries.
pub const PAGE_READS_MAX: u32 = 28;
/// Streams that one widget reads when it names no function.
pub const STREAMS_PER_WIDGET_MAX: u32 = 8;
/// Alerts that one widget shows.
pub const ALERTS_PER_WIDGET_MAX: u32 = 8;
/// Accounts that a dashboard names as viewers or editors: written again with every edit.
pub const MEMBERS_MAX: u32 = 16;
/// Favourites of one user: bounds one entry.
pub const FAVOURITES_MAX: u32 = 16;
/// Bytes in the name of a time zone: the longest of the IANA database has 32.
pub const TIME_ZONE_BYTES_MAX: u32 = 32;
/// Fastest refresh that a user may ask for: a ledger closes every five seconds.
pub const REFRESH_MIN_S: u32 = 5;
/// Slowest refresh that a user may ask for: a day.
pub const REFRESH_MAX_S: u32 = 86_400;
/// Longest range that a user may choose as default: ten years.
pub const DEFAULT_RANGE_MAX_S: u32 = 315_576_000;

/// The name of the link to where metrics are read.
pub const LINK_HISTORY: &str = "analytics_storage";
/// The name of the link to where the streams of a contract are listed.
pub const LINK_STREAMS: &str = "performance_monitor";
/// The name of the link to where alerts are read.
pub const LINK_ALERTS: &str = "alerting";

/// How widgets may lie. Always inside the grid.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum DashboardLayout {
    /// Anywhere, none over another.
    Grid = 0,
    /// In rows: widgets that share a row begin in the same row and are equally high; none over
    /// another.
    Rows = 1,
    /// Anywhere, also over each other.
    Free = 2,
}

/// How a widget is drawn.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum WidgetKind {
    /// A line over time. At least 3 by 2 cells.
    Line = 0,
    /// Bars over time. At least 3 by 2 cells.
    Bar = 1,
    /// A share for each stream. At least 2 by 2 cells.
    Pie = 2,
    /// One figure on a scale. At least 2 by 2 cells.
    Gauge = 3,
    /// One figure.
    Stat = 4,
    /// A row for each stream. At least 3 by 2 cells.
    Table = 5,
    /// Colours over time. At least 3 by 2 cells.
    Heatmap = 6,
    /// Alerts that are up. At least 3 by 2 cells.
    AlertList = 7,
    /// A text.
    Text = 8,
}

/// What a widget shows, and how: a figure of a metric over one stream or several, the alerts of a
/// contract, or a text.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Widget {
    /// How it is drawn.
    pub kind: WidgetKind,
    /// First column, counted from 0 at the left.
    pub x: u32,
    /// First row, counted from 0 at the top.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// At most [`TITLE_BYTES_MAX`] bytes; the text of a text widget. Empty: a page names the widget
    /// after metric and statistic.
    pub title: String,
    /// The monitored contract; `None`: the dashboard's.
    pub contract: Option<Address>,
    /// The function; `None`: of the contract's first [`STREAMS_PER_WIDGET_MAX`] streams those that
    /// hold the metric.
    pub function: Option<Symbol>,
    /// The subject within the function.
    pub subject: Option<Symbol>,
    /// The metric's name; `None` for alert lists and texts, and only for them.
    pub metric: Option<Symbol>,
    /// Which figure of the metric is drawn.
    pub statistic: RuleStatistic,
    /// Most points, 1 to [`POINTS_MAX`]: the finest granularity that needs no more is read.
    pub max_points: u32,
}

/// A dashboard.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Dashboard {
    /// Who made it, shares it and may remove it.
    pub owner: Address,
    /// 1 to [`DASHBOARD_NAME_BYTES_MAX`] bytes.
    pub name: String,
    /// At most [`DESCRIPTION_BYTES_MAX`] bytes.
    pub description: String,
    /// How widgets may lie.
    pub layout: DashboardLayout,
    /// 1 to [`COLUMNS_MAX`].
    pub columns: u32,
    /// 1 to [`ROWS_MAX`].
    pub rows: u32,
    /// The contract of every widget that names none, so that one set of widgets serves any.
    pub contract: Option<Address>,
    /// One more after every edit. An edit names the version it was made on.
    pub version: u32,
    /// Where the widgets lie, by slot: x, y, width and height in the bytes of a number, the lowest
    /// first.
    pub places: Map<u32, u32>,
    /// Whether everybody may see it.
    pub public: bool,
    /// Who else may see or edit it, at most [`MEMBERS_MAX`].
    pub members: Map<Address, DashboardAccess>,
}

/// What a named account may do.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum DashboardAccess {
    /// Nothing, unless the dashboard is public.
    None = 0,
    /// See it.
    View = 1,
    /// See and edit it.
    Edit = 2,
}

/// How a user likes to look at dashboards.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UserPreferences {
    /// The theme: light on dark, dark on light, or (`None`) as the system says.
    pub dark: Option<bool>,
    /// A name of the IANA database, `UTC` or `Europe/Prague`: 1 to [`TIME_ZONE_BYTES_MAX`] bytes,
    /// not compared with the database.
    pub time_zone: String,
    /// How far back a page looks at first, seconds: 1 to [`DEFAULT_RANGE_MAX_S`].
    pub default_range_s: u32,
    /// How often a page asks again, seconds: 0 for never, or [`REFRESH_MIN_S`] to
    /// [`REFRESH_MAX_S`].
    pub refresh_s: u32,
    /// Dashboards to list first, at most [`FAVOURITES_MAX`]; the first of them is the home
    /// dashboard, which opens first. They may be gone.
    pub favourites: Vec<BytesN<32>>,
}

/// A range of time.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TimeRange {
    /// First second, UTC.
    pub from_s: u64,
    /// First second after it, UTC; after `from_s`. May lie in the future.
    pub to_s: u64,
}

/// A widget's data, as their sources gave them.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum WidgetData {
    /// Streams, and the buckets of each in the packed encoding of `lumenscope-bucket`, from which
    /// any figure of any bucket is had without loss.
    Metric(Vec<StreamKey>, Vec<Bytes>),
    /// For alert lists: at most [`ALERTS_PER_WIDGET_MAX`] of alerting's
    /// [`ActiveAlert`](crate::alerting::ActiveAlert), passed on as they came.
    Alerts(Vec<Val>),
    /// An error code of the suite: one of [`DashboardError`], or as analytics-storage or alerting
    /// gave it. The other widgets are not touched.
    Failed(u32),
}

/// The data of a dashboard, or of a part of it.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RenderedPage {
    /// The version of the dashboard: whether widgets that the caller knows are still right.
    pub version: u32,
    /// By slot, without texts.
    pub widgets: Map<u32, WidgetData>,
    /// The cursor to go on with, if there is more than one call may hold.
    pub next: Option<u32>,
}

/// Errors of dashboard.
#[contracterror]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u32)]
pub enum DashboardError {
    /// No such dashboard.
    DashboardUnknown = 3200,
    /// No widget in that slot.
    WidgetUnknown = 3201,
    /// The edit was made on another version; the dashboard's own is the current one.
    VersionStale = 3202,
    /// Neither the owner nor an editor.
    NotAnEditor = 3203,
    /// Neither public, nor the owner, nor named.
    NotAViewer = 3204,
    /// A name that is empty or longer than [`DASHBOARD_NAME_BYTES_MAX`].
    NameInvalid = 3205,
    /// A description longer than [`DESCRIPTION_BYTES_MAX`].
    DescriptionTooLong = 3206,
    /// No columns, no rows, or too many.
    GridInvalid = 3207,
    /// A widget that is not wholly inside the grid.
    OutsideGrid = 3208,
    /// A widget over another.
    WidgetsOverlap = 3209,
    /// A widget that shares a row with one of another height or first row.
    RowsUneven = 3210,
    /// A widget smaller than its kind needs.
    WidgetTooSmall = 3211,
    /// A slot beyond [`WIDGETS_MAX`].
    TooManyWidgets = 3212,
    /// A title longer than [`TITLE_BYTES_MAX`].
    TitleTooLong = 3213,
    /// A metric for an alert list or a text, or none for another kind.
    QueryMismatch = 3214,
    /// No points, or more than [`POINTS_MAX`].
    PointsInvalid = 3215,
    /// A subject without a function.
    SubjectWithoutFunction = 3216,
    /// A range that ends before it begins.
    TimeRangeInvalid = 3217,
    /// A range of more months than the widget may have points.
    TimeRangeTooLong = 3218,
    /// The admin has not linked the source.
    SourceUnset = 3219,
    /// The source is missing, trapped, or gave what cannot be read.
    SourceUnreadable = 3220,
    /// Neither the widget nor the dashboard names a contract.
    ContractUnset = 3221,
    /// The contract has no streams.
    StreamsUnknown = 3222,
    /// More accounts than [`MEMBERS_MAX`].
    TooManyMembers = 3223,
    /// The owner needs no access, and everybody gets none to edit.
    AccessInvalid = 3224,
    /// No name of a time zone, or one longer than [`TIME_ZONE_BYTES_MAX`].
    TimeZoneInvalid = 3225,
    /// A default range or a refresh out of bounds.
    PeriodInvalid = 3226,
    /// More favourites than [`FAVOURITES_MAX`].
    TooManyFavourites = 3227,
}

/// The dashboard contract. Its constructor takes the admin and the wait before upgrades in seconds.
///
/// Entries live for 120 days after their creation, as the network has it, and anyone may extend
/// them with the network's own operation for that; nothing here does.
///
/// A `viewer` is needed, and authorises, unless the dashboard is public. Every edit names the
/// `version` it was made on, and `editor` authorises it: the owner, or a member who may edit. The
/// version after it is one more.
#[contractclient(name = "DashboardClient")]
pub trait Dashboards {
    /// Sets the contracts that widgets read, by name: [`LINK_HISTORY`], [`LINK_STREAMS`] and
    /// [`LINK_ALERTS`].
    /// Authorised by the admin.
    fn set_links(e: Env, links: Map<Symbol, Address>);
    /// The contracts that widgets read, by name.
    fn links(e: Env) -> Map<Symbol, Address>;

    /// Creates an empty dashboard, private, at version 0. Returns its id: a hash of the owner and
    /// the number of dashboards that the owner created before.
    fn create_dashboard(
        e: Env,
        owner: Address,
        name: String,
        description: String,
        layout: DashboardLayout,
        columns: u32,
        rows: u32,
    ) -> BytesN<32>;
    /// Creates a dashboard with widgets, in slots from 0 on, over a contract: from a template of
    /// `lumenscope-templates`, or from wherever else widgets are kept.
    fn instantiate(
        e: Env,
        owner: Address,
        name: String,
        columns: u32,
        rows: u32,
        contract: Option<Address>,
        widgets: Vec<Widget>,
    ) -> BytesN<32>;
    /// Creates a dashboard with the widgets of another one, which the owner may see.
    fn clone_dashboard(e: Env, owner: Address, source: BytesN<32>, name: String) -> BytesN<32>;
    /// Changes all that concerns a dashboard as a whole. Its widgets must fit.
    #[allow(clippy::too_many_arguments)]
    fn update_dashboard(
        e: Env,
        editor: Address,
        dashboard: BytesN<32>,
        version: u32,
        name: String,
        description: String,
        layout: DashboardLayout,
        columns: u32,
        rows: u32,
        contract: Option<Address>,
    );
    /// Puts a widget into a slot: a new one, one moved, resized or changed, or (`None`) no more.
    fn put_widget(
        e: Env,
        editor: Address,
        dashboard: BytesN<32>,
        version: u32,
        slot: u32,
        widget: Option<Widget>,
    );
    /// Sets what an account may do, or everybody. Authorised by the owner. No edit: the version
    /// stays.
    fn share(e: Env, dashboard: BytesN<32>, account: Option<Address>, access: DashboardAccess);

    /// Sets how a user likes to look at dashboards. Authorised by the user.
    fn set_preferences(e: Env, user: Address, preferences: UserPreferences);
    /// How a user likes to look at dashboards, if they ever said.
    fn preferences(e: Env, user: Address) -> Option<UserPreferences>;

    /// A dashboard.
    fn dashboard(e: Env, dashboard: BytesN<32>, viewer: Option<Address>) -> Dashboard;
    /// Its widgets by slot, from slot `start`, at most `limit` and [`WIDGETS_PER_PAGE_MAX`]; none
    /// once there are no more.
    fn widgets(
        e: Env,
        dashboard: BytesN<32>,
        viewer: Option<Address>,
        start: u32,
        limit: u32,
    ) -> Map<u32, Widget>;
    /// The ids of an owner's dashboards in order of creation, from number `start`, at most `limit`
    /// and [`crate::common::PAGE_ITEMS_MAX`].
    fn dashboards(e: Env, owner: Address, start: u32, limit: u32) -> Vec<BytesN<32>>;
    /// The widgets' data over a range, from `cursor` (0 first).
    fn render(
        e: Env,
        dashboard: BytesN<32>,
        viewer: Option<Address>,
        range: TimeRange,
        cursor: u32,
    ) -> RenderedPage;
}
