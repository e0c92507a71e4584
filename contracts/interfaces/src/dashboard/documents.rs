//! Dashboards: their widgets, and what they were before.

use soroban_sdk::{Address, BytesN, Map, String, Symbol, Vec, contracttype};

use super::*;
use crate::alerting::RuleStatistic;
use crate::analytics_storage::Granularity;

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
    /// counted as a range of its length may touch. Fewer than 3 hold no range across two days: the widget
    /// fails.
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
