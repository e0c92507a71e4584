//! How dashboard refuses.

use soroban_sdk::contracterror;

#[allow(unused_imports, reason = "what the documentation names")]
use super::*;

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
