//! Dashboards to begin with, as data: widgets over any one contract, for the `instantiate` of the
//! dashboard contract; and alert rules ([`rules`]). They are not part of the contracts: rent is paid on
//! every byte of a contract's code.
//!
//! Metrics are the dictionary's, except those of the last two templates, which say what the
//! contract has to record. Calls are counted by `failed`, of which every execution has one sample.
#![no_std]
#![forbid(unsafe_code)]

pub mod rules;

use Figure::{Average, Count, ErrorRatio, Last, Maximum, Sum};
use Kind::{AlertList, Bar, Gauge, Heatmap, Line, Pie, Stat, Table};

/// Columns of every template.
pub const COLUMNS: u32 = 12;
/// Rows of every template.
pub const ROWS: u32 = 14;
/// Points of every widget.
pub const POINTS: u32 = 60;

/// How a widget is drawn, by the number of the contract's `WidgetKind`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum Kind {
    /// A line over time.
    Line = 0,
    /// Bars over time.
    Bar = 1,
    /// A share for each stream.
    Pie = 2,
    /// One figure on a scale.
    Gauge = 3,
    /// One figure.
    Stat = 4,
    /// A row for each stream.
    Table = 5,
    /// Colours over time.
    Heatmap = 6,
    /// Alerts that are up.
    AlertList = 7,
}

/// Which figure of the metric, by the number of the contracts' `RuleStatistic`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum Figure {
    /// The mean.
    Average = 0,
    /// The sum.
    Sum = 1,
    /// The largest sample.
    Maximum = 3,
    /// How many samples.
    Count = 4,
    /// The most recent sample.
    Last = 5,
    /// The share of samples that are not 0.
    ErrorRatio = 6,
}

/// A widget of a template.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Widget {
    /// How it is drawn.
    pub kind: Kind,
    /// First column, first row, columns, rows.
    pub place: [u32; 4],
    /// What stands above it.
    pub title: &'static str,
    /// The function; `None`: all of them.
    pub function: Option<&'static str>,
    /// The metric; `None` for alerts.
    pub metric: Option<&'static str>,
    /// Which figure of it.
    pub figure: Figure,
}

/// A dashboard to begin with: [`COLUMNS`] by [`ROWS`], on a grid.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Template {
    /// What it is called.
    pub name: &'static str,
    /// What it shows.
    pub widgets: &'static [Widget],
}

/// All templates.
pub const TEMPLATES: [Template; 6] = [EXECUTIVE, TECHNICAL, BUSINESS, SECURITY, ORACLE, INSURANCE];

/// Volume, failures, cost and alerts at a glance.
pub const EXECUTIVE: Template = Template {
    name: "Executive",
    widgets: &[
        figure(Stat, [0, 0, 3, 2], "Calls", "failed", Count),
        figure(Stat, [3, 0, 3, 2], "Failed calls", "failed", ErrorRatio),
        figure(Stat, [6, 0, 3, 2], "Fees", "fee_non_refundable", Sum),
        figure(Stat, [9, 0, 3, 2], "Rent", "fee_rent", Sum),
        figure(Line, [0, 2, 8, 3], "Calls", "failed", Count),
        figure(Pie, [8, 2, 4, 3], "Fees", "fee_non_refundable", Sum),
        alerts([0, 5, 12, 3]),
    ],
};

/// Instructions, entries and bytes, by function and over time.
pub const TECHNICAL: Template = Template {
    name: "Technical",
    widgets: &[
        figure(Line, [0, 0, 6, 3], "Instructions", "instructions", Average),
        figure(Line, [6, 0, 6, 3], "Instructions", "instructions", Maximum),
        figure(Bar, [0, 3, 6, 3], "Entries written", "entries_written", Sum),
        figure(Bar, [6, 3, 6, 3], "Bytes written", "bytes_written", Sum),
        figure(Table, [0, 6, 6, 3], "Instructions", "instructions", Maximum),
        figure(Heatmap, [6, 6, 6, 3], "Time", "time_us", Average),
        figure(Gauge, [0, 9, 3, 3], "Failed calls", "failed", ErrorRatio),
        alerts([3, 9, 9, 3]),
    ],
};

/// What is used, and what it costs users.
pub const BUSINESS: Template = Template {
    name: "Business",
    widgets: &[
        figure(Bar, [0, 0, 6, 3], "Calls", "failed", Count),
        figure(Pie, [6, 0, 6, 3], "Calls", "failed", Count),
        figure(Line, [0, 3, 6, 3], "Fees", "fee_non_refundable", Average),
        figure(Table, [6, 3, 6, 3], "Fees", "fee_non_refundable", Sum),
        figure(Stat, [0, 6, 6, 2], "Failed calls", "failed", ErrorRatio),
        figure(Stat, [6, 6, 6, 2], "Rent", "fee_rent", Sum),
    ],
};

/// Failures, unusual peaks, alerts.
pub const SECURITY: Template = Template {
    name: "Security",
    widgets: &[
        alerts([0, 0, 12, 3]),
        figure(Line, [0, 3, 6, 3], "Failed calls", "failed", Sum),
        figure(Table, [6, 3, 6, 3], "Failed calls", "failed", Sum),
        figure(Line, [0, 6, 6, 3], "Instructions", "instructions", Maximum),
        figure(Bar, [6, 6, 6, 3], "Entries written", "entries_written", Maximum),
        figure(Stat, [0, 9, 12, 2], "Event bytes", "event_bytes", Maximum),
    ],
};

/// Prices, their deviation and age: metrics `price`, `deviation` and `age`.
pub const ORACLE: Template = Template {
    name: "Oracle",
    widgets: &[
        figure(Line, [0, 0, 8, 4], "Price", "price", Last),
        figure(Stat, [8, 0, 4, 2], "Price", "price", Last),
        figure(Gauge, [8, 2, 4, 2], "Deviation", "deviation", Maximum),
        figure(Line, [0, 4, 6, 3], "Deviation", "deviation", Maximum),
        figure(Bar, [6, 4, 6, 3], "Age", "age", Maximum),
        figure(Table, [0, 7, 6, 3], "Price", "price", Last),
        alerts([6, 7, 6, 3]),
    ],
};

/// Premiums, claims and payouts: the metrics of `contracts/examples/insurance-pool`.
pub const INSURANCE: Template = Template {
    name: "Insurance",
    widgets: &[
        figure(Stat, [0, 0, 3, 2], "Premiums", "premium", Sum),
        of("settle", figure(Stat, [3, 0, 3, 2], "Payouts", "payout", Sum)),
        of("file_claim", figure(Stat, [6, 0, 3, 2], "Claims", "amount", Count)),
        figure(Gauge, [9, 0, 3, 2], "Failed calls", "failed", ErrorRatio),
        figure(Bar, [0, 2, 6, 3], "Premiums", "premium", Sum),
        of("settle", figure(Bar, [6, 2, 6, 3], "Payouts", "payout", Sum)),
        of("file_claim", figure(Line, [0, 5, 6, 3], "Claims", "amount", Average)),
        of("settle", figure(Line, [6, 5, 6, 3], "Time to settle", "waited", Average)),
        figure(Pie, [0, 8, 4, 3], "Calls", "failed", Count),
        figure(Table, [4, 8, 8, 3], "Instructions", "instructions", Average),
        alerts([0, 11, 12, 3]),
    ],
};

const fn figure(
    kind: Kind,
    place: [u32; 4],
    title: &'static str,
    metric: &'static str,
    figure: Figure,
) -> Widget {
    Widget { kind, place, title, function: None, metric: Some(metric), figure }
}

const fn of(function: &'static str, widget: Widget) -> Widget {
    Widget { function: Some(function), ..widget }
}

const fn alerts(place: [u32; 4]) -> Widget {
    let (kind, title, figure) = (AlertList, "Alerts", Count);
    Widget { kind, place, title, function: None, metric: None, figure }
}
