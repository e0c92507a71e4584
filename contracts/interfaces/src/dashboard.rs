//! `dashboard`: what people look at: widgets on a grid, who may see and change them, and their
//! data in one call.
//!
//! **What private means.** Every ledger entry is public, and a simulation takes any account that is
//! named as viewer: anybody can read a private dashboard through any node. Private means that it is
//! in no directory (who knows its owner finds its id), that nobody but its owner and those named edits
//! it, and that in a transaction, such as another contract's call, a viewer proves who they are. Put
//! no secret into a name, a title or a text. The secret of a share link reaches whoever answers the
//! simulation that names it, and nobody else as long as that is not sent as a transaction.
//!
//! In a pause no dashboard is created or cloned; editing, sharing and reading go on.

use soroban_sdk::{
    Address, Bytes, BytesN, Env, Map, String, Symbol, Val, Vec, contractclient, contracterror,
    contractspecfn, contracttype,
};

use crate::alerting::RuleStatistic;
use crate::analytics_storage::Granularity;
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
pub const WIDGETS_PER_PAGE_MAX: u32 = 18;
/// Most points of one series: four days of hours.
pub const POINTS_MAX: u32 = 96;
/// Bytes of widgets' data in one rendered page: a transaction may return 16,384 B, of which the page
/// itself takes less than 100.
pub const PAGE_BYTES_MAX: u32 = 16_256;
/// A cursor of `render` is a slot, and above so many bits how many of the contract's streams, or of its
/// alerts, the pages before had of that widget. Without the upper part it begins the widget anew.
pub const CURSOR_SLOT_BITS: u32 = 8;
/// Reads of other contracts in one rendered page: each starts a virtual machine and touches up to
/// five entries, more for each lane of the stream, and a list of streams as many as it lists.
pub const PAGE_READS_MAX: u32 = 28;
/// Most streams that one page reads of a widget that names no function.
pub const STREAMS_PER_WIDGET_MAX: u32 = 8;
/// Most alerts of one widget in one page.
pub const ALERTS_PER_WIDGET_MAX: u32 = 8;
/// Accounts that a dashboard names as viewers or editors: written again with every edit.
pub const MEMBERS_MAX: u32 = 16;
/// Share links of a dashboard: written again with every edit. Those that are over count until they
/// are taken back.
pub const LINKS_MAX: u32 = 8;
/// Longest life of a share link: a year. What is to be seen for longer has members, or is public.
pub const LINK_LIFE_MAX_S: u64 = 366 * 86_400;
/// Bounds between the colours of one widget.
pub const THRESHOLDS_MAX: u32 = 4;
/// Revisions that are kept of a widget, or of what concerns the whole dashboard, with the present one:
/// an edit of one writes them again.
pub const REVISIONS_MAX: u32 = 4;
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
///
/// What it leaves open of contract, function and subject the dashboard's variables say, or those that a
/// viewer chose. With a function it is of one stream; without, of all of the contract's that hold the
/// metric and, where a subject is said, are of it. Those come [`STREAMS_PER_WIDGET_MAX`] to a page.
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
    /// The monitored contract; `None`: left open.
    pub contract: Option<Address>,
    /// The function; `None`: left open.
    pub function: Option<Symbol>,
    /// The subject within the function; `None`: left open.
    pub subject: Option<Symbol>,
    /// The metric's name; `None` for alert lists and texts, and only for them.
    pub metric: Option<Symbol>,
    /// Which figure of the metric is drawn.
    pub statistic: RuleStatistic,
    /// Most points, 1 to [`POINTS_MAX`]: the finest granularity that needs no more is read. Hours
    /// are, where the range touches four days of UTC at most; of weeks and months as many are
    /// counted as a range of its length may touch.
    pub max_points: u32,
    /// The finest granularity that is read however short the range is.
    pub granularity: Granularity,
    /// Shows the same for so many seconds earlier beside it, at most [`DEFAULT_RANGE_MAX_S`]; 0: does
    /// not. That may touch one bucket more than the range does.
    pub compare_s: u32,
    /// Shows the streams with the greatest figures, so many, at most [`STREAMS_PER_WIDGET_MAX`]; 0:
    /// all. All of the contract's are rendered; whoever draws them chooses.
    pub top: u32,
    /// The figures at which the second colour begins, the third and so on, rising; at most
    /// [`THRESHOLDS_MAX`].
    pub thresholds: Vec<i128>,
}

/// What the widgets of a dashboard leave open, so that one set of widgets serves any contract.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DashboardVariables {
    /// The contract.
    pub contract: Option<Address>,
    /// The function; `None`: all of them.
    pub function: Option<Symbol>,
    /// The subject; `None`: where the function is said, the stream that has none.
    pub subject: Option<Symbol>,
}

/// What concerns a dashboard as a whole.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DashboardDetails {
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
    /// What widgets leave open, unless the viewer chooses otherwise.
    pub variables: DashboardVariables,
    /// How far back it looks at first, seconds, at most [`DEFAULT_RANGE_MAX_S`]; 0: as the viewer
    /// prefers.
    pub range_s: u32,
}

/// A dashboard.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Dashboard {
    /// Who shares it and may remove or hand it over.
    pub owner: Address,
    /// Who may take it over, if the owner offers it.
    pub heir: Option<Address>,
    /// What concerns it as a whole.
    pub details: DashboardDetails,
    /// One more after every edit. An edit names the version it was made on.
    pub version: u32,
    /// Where the widgets lie, by slot: x, y, width and height in the bytes of a number, the lowest
    /// first.
    pub places: Map<u32, u32>,
    /// Its number in the directory of public dashboards, from 1; 0: it is private.
    pub listed: u32,
    /// Who else may see or edit it, at most [`MEMBERS_MAX`].
    pub members: Map<Address, DashboardAccess>,
    /// Who knows a secret may see it too: when that ends, seconds UTC, by the SHA-256 of the secret;
    /// at most [`LINKS_MAX`].
    pub links: Map<BytesN<32>, u64>,
    /// The dashboard that it was cloned from.
    pub origin: Option<BytesN<32>>,
}

/// Who looks at a dashboard. Nobody is asked who looks at a public one.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DashboardViewer {
    /// Anybody.
    Anyone,
    /// An account, which authorises.
    Account(Address),
    /// Whoever has the secret of a share link: 32 random bytes.
    Link(BytesN<32>),
}

/// What a revision made.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DashboardItem {
    /// No widget any more.
    Nothing,
    /// A widget.
    Widget(Widget),
    /// What concerns the whole dashboard.
    Details(DashboardDetails),
}

/// A state of a widget, or of what concerns the whole dashboard.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DashboardRevision {
    /// The version that began with it.
    pub version: u32,
    /// When, seconds UTC.
    pub at_s: u64,
    /// By whom.
    pub editor: Address,
    /// What it was from then on.
    pub item: DashboardItem,
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
    /// Streams, the buckets of each in the packed encoding of `lumenscope-bucket`, from which
    /// any figure of any bucket is had without loss, and those of each as much earlier as the widget
    /// says: none, if it does not compare.
    Metric(Vec<StreamKey>, Vec<Bytes>, Vec<Bytes>),
    /// For alert lists: alerting's [`AlertView`](crate::alerting::AlertView), passed on as they came,
    /// [`ALERTS_PER_WIDGET_MAX`] to a page.
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
    /// By slot, without texts. A widget of many streams or alerts is in several pages, a part in
    /// each: the last of one and the first of the next. A part without a stream to show is `Failed`
    /// too, with [`DashboardError::StreamsUnknown`], or as one of its streams said that it lacks the
    /// metric, by a code up to 3101: the other parts stand, and the widget failed if all did. Any other
    /// code says that a stream was refused, and that what it has is not known. Alerts that begin or
    /// end between two pages may be missed or told twice; streams are not.
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
    /// The edit was made on another version than the current one. An error is but a number: the
    /// current version is in the event `dashboard_changed`, change `stale`, which a simulation
    /// answers beside the error, and in `dashboard`.
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
    /// A comparison, or a range to begin with, above [`DEFAULT_RANGE_MAX_S`].
    SpanTooLong = 3216,
    /// A range that ends before it begins.
    TimeRangeInvalid = 3217,
    /// A range of more months than the widget may have points.
    TimeRangeTooLong = 3218,
    /// The admin has not linked the source.
    SourceUnset = 3219,
    /// The source is missing, trapped, or gave what cannot be read.
    SourceUnreadable = 3220,
    /// Neither the widget, the viewer nor the dashboard names a contract.
    ContractUnset = 3221,
    /// No stream of the contract, or of this part of them, that the widget could show.
    StreamsUnknown = 3222,
    /// More accounts than [`MEMBERS_MAX`], or more links than [`LINKS_MAX`].
    TooManyMembers = 3223,
    /// The owner needs no access, and no offer; and everybody gets none to edit.
    AccessInvalid = 3224,
    /// No name of a time zone, or one longer than [`TIME_ZONE_BYTES_MAX`].
    TimeZoneInvalid = 3225,
    /// A default range or a refresh out of bounds.
    PeriodInvalid = 3226,
    /// More favourites than [`FAVOURITES_MAX`].
    TooManyFavourites = 3227,
    /// A field of another type than it should have, or a number that means nothing.
    ShapeInvalid = 3228,
    /// More thresholds than [`THRESHOLDS_MAX`], or not rising; more streams at the top than
    /// [`STREAMS_PER_WIDGET_MAX`].
    ThresholdsInvalid = 3229,
    /// No such share link, or its time is over.
    LinkExpired = 3230,
    /// A share link that is over already or lives longer than [`LINK_LIFE_MAX_S`].
    ExpiryInvalid = 3231,
    /// A version that is not before the present one, or so long ago that what changed since is no
    /// longer known.
    RevisionGone = 3232,
    /// Nobody was offered the dashboard.
    NothingOffered = 3233,
}

/// What [`Dashboards`] declares, as the spec of a contract says it.
#[derive(Debug)]
pub struct DashboardsSpec;

/// The dashboard contract. Its constructor takes the admin and the wait before upgrades in seconds.
///
/// Entries live for 120 days after their creation, as the network has it, and anyone may extend
/// them with the network's own operation for that; nothing here does.
///
/// Every edit names the `version` it was made on, and `editor` authorises it: the owner, or a member
/// who may edit. The version after it is one more.
///
/// A dashboard is exported by reading it and its widgets, and imported by [`Dashboards::instantiate`].
#[contractspecfn(name = "DashboardsSpec", export = false)]
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
    /// Creates a dashboard with widgets, in slots from 0 on: from a template of
    /// `lumenscope-templates`, an export, or from wherever else widgets are kept.
    fn instantiate(
        e: Env,
        owner: Address,
        details: DashboardDetails,
        widgets: Vec<Widget>,
    ) -> BytesN<32>;
    /// Creates a dashboard with the widgets of another one, which the owner may see: one of their own,
    /// one that names them, or a public one; a link is not enough. It is of the same size and layout,
    /// and keeps its origin.
    fn clone_dashboard(
        e: Env,
        owner: Address,
        source: BytesN<32>,
        name: String,
        variables: DashboardVariables,
    ) -> BytesN<32>;
    /// Changes all that concerns a dashboard as a whole. Its widgets must fit.
    fn update_dashboard(
        e: Env,
        editor: Address,
        dashboard: BytesN<32>,
        version: u32,
        details: DashboardDetails,
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
    /// Makes widgets and details what they were at an earlier version, `to`: an edit like others,
    /// which can be taken back too. Refused whole where any of them changed [`REVISIONS_MAX`] times
    /// since, or more.
    fn restore(e: Env, editor: Address, dashboard: BytesN<32>, version: u32, to: u32);
    /// The last revisions of the widget in a slot, or of what concerns the whole dashboard, the newest
    /// first. None of details that were never changed; the first change says of those before it when it
    /// was made itself, and who was the owner then.
    fn history(
        e: Env,
        dashboard: BytesN<32>,
        viewer: DashboardViewer,
        slot: Option<u32>,
    ) -> Vec<DashboardRevision>;
    /// Removes a dashboard for good. Authorised by the owner.
    fn remove_dashboard(e: Env, dashboard: BytesN<32>);

    /// Sets what an account may do, or everybody: what everybody may see is published in the
    /// directory. Authorised by the owner. No edit: the version stays.
    fn share(e: Env, dashboard: BytesN<32>, account: Option<Address>, access: DashboardAccess);
    /// Lets whoever knows a secret see a dashboard until `expires_s`, seconds UTC, at most
    /// [`LINK_LIFE_MAX_S`] ahead; 0: no longer. `link` is the SHA-256 of the secret, 32 random bytes.
    /// Authorised by the owner.
    fn share_link(e: Env, dashboard: BytesN<32>, link: BytesN<32>, expires_s: u64);
    /// Offers a dashboard to another account, or (`None`) to nobody any more. Authorised by the owner.
    fn offer_dashboard(e: Env, dashboard: BytesN<32>, heir: Option<Address>);
    /// Takes over a dashboard that was offered. Members and links stay. Authorised by the heir.
    fn accept_dashboard(e: Env, dashboard: BytesN<32>);
    /// The ids of public dashboards in order of their publication, from number `start` (0 first), at
    /// most `limit` and [`crate::common::PAGE_ITEMS_MAX`]; `None` for those that are private again.
    fn public_dashboards(e: Env, start: u32, limit: u32) -> Vec<Option<BytesN<32>>>;

    /// Sets how a user likes to look at dashboards. Authorised by the user.
    fn set_preferences(e: Env, user: Address, preferences: UserPreferences);
    /// How a user likes to look at dashboards, if they ever said.
    fn preferences(e: Env, user: Address) -> Option<UserPreferences>;

    /// A dashboard.
    fn dashboard(e: Env, dashboard: BytesN<32>, viewer: DashboardViewer) -> Dashboard;
    /// Its widgets by slot, from slot `start`, at most `limit` and [`WIDGETS_PER_PAGE_MAX`]; none
    /// once there are no more.
    fn widgets(
        e: Env,
        dashboard: BytesN<32>,
        viewer: DashboardViewer,
        start: u32,
        limit: u32,
    ) -> Map<u32, Widget>;
    /// The ids of the dashboards that an owner created or took over, in that order, from number
    /// `start`, at most `limit` and [`crate::common::PAGE_ITEMS_MAX`]. Some may be gone, or another's.
    fn dashboards(e: Env, owner: Address, start: u32, limit: u32) -> Vec<BytesN<32>>;
    /// The widgets' data over a range, from `cursor` (0, or what the page before said is next), of at
    /// most `limit` widgets, and of each at most `limit` streams or alerts; at least one.
    /// `variables` are the viewer's choice; what they leave open is as the dashboard says.
    ///
    /// A page of [`WIDGETS_MAX`] holds what one call usually can. It may take more than a transaction
    /// has, where contracts' owners opened many lanes or streams: who renders halves it then, down to
    /// one stream. To leave out the rest of a widget, go on with the slot after its own
    /// ([`CURSOR_SLOT_BITS`]).
    fn render(
        e: Env,
        dashboard: BytesN<32>,
        viewer: DashboardViewer,
        range: TimeRange,
        variables: DashboardVariables,
        cursor: u32,
        limit: u32,
    ) -> RenderedPage;
}
