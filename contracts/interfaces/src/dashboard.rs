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

use soroban_sdk::{Address, BytesN, Env, Map, String, Symbol, Vec, contractclient, contractspecfn};

mod documents;
mod errors;
mod pages;
mod people;

pub use documents::*;
pub use errors::*;
pub use pages::*;
pub use people::*;

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
/// five entries over days or weeks, one more for each further month and each lane of the stream, and a
/// list of streams as many as it lists.
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
    ///
    /// Publishing takes the next place of the one directory. Who sends a publication that was simulated
    /// before somebody else's was applied has it fail, its fee spent, and sends it anew.
    fn share(e: Env, dashboard: BytesN<32>, account: Option<Address>, access: DashboardAccess);
    /// Lets whoever knows a secret see a dashboard until `expires_s`, seconds UTC, at most
    /// [`LINK_LIFE_MAX_S`] ahead; 0: no longer. `link` is the SHA-256 of the secret, 32 random bytes.
    /// Authorised by the owner.
    fn share_link(e: Env, dashboard: BytesN<32>, link: BytesN<32>, expires_s: u64);
    /// Offers a dashboard to another account, which may look at it from then on, or (`None`) to nobody
    /// any more. Authorised by the owner.
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
    /// has, where contracts' owners opened many lanes or streams, or over a year and more, of which each
    /// stream reads every month: who renders halves it then, down to one stream. To leave out the rest of a widget, go on with the slot after its own
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
