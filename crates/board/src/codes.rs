//! The contract's enums: a number on the ledger, a name in a document.

use serde::{Deserialize, Serialize};

macro_rules! coded {
    ($(#[$doc:meta])* $type:ident { $($(#[$case_doc:meta])* $case:ident = $number:literal, $name:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
        pub enum $type {
            $($(#[$case_doc])* #[serde(rename = $name)] $case,)*
        }

        impl $type {
            /// All of them, by number.
            pub const ALL: &[Self] = &[$(Self::$case),*];

            /// The number on the ledger.
            #[must_use]
            pub fn number(self) -> u32 {
                match self { $(Self::$case => $number),* }
            }

            /// The one of that number.
            #[must_use]
            pub fn numbered(number: u32) -> Option<Self> {
                match number { $($number => Some(Self::$case),)* _ => None }
            }

            /// The name in a document.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$case => $name),* }
            }
        }
    };
}

coded! {
    /// How widgets may lie, always inside the grid.
    Layout {
        /// Anywhere, none over another.
        Grid = 0, "grid";
        /// In rows: widgets that share a row begin in the same row and are equally high.
        Rows = 1, "rows";
        /// Anywhere, also over each other.
        Free = 2, "free";
    }
}

coded! {
    /// How a widget is drawn.
    Kind {
        /// A line over time.
        Line = 0, "line";
        /// Bars over time.
        Bar = 1, "bar";
        /// A share for each stream.
        Pie = 2, "pie";
        /// One figure on a scale.
        Gauge = 3, "gauge";
        /// One figure.
        Stat = 4, "stat";
        /// A row for each stream.
        Table = 5, "table";
        /// Colours over time.
        Heatmap = 6, "heatmap";
        /// Alerts that are up.
        AlertList = 7, "alert_list";
        /// A text.
        Text = 8, "text";
    }
}

impl Kind {
    /// Whether it shows a metric: all but alert lists and texts.
    #[must_use]
    pub fn is_measured(self) -> bool {
        !matches!(self, Self::AlertList | Self::Text)
    }

    /// Columns and rows that it needs.
    #[must_use]
    pub fn least(self) -> (u32, u32) {
        match self {
            Self::Line | Self::Bar | Self::Table | Self::Heatmap | Self::AlertList => (3, 2),
            Self::Pie | Self::Gauge => (2, 2),
            Self::Stat | Self::Text => (1, 1),
        }
    }
}

coded! {
    /// Which figure of the metric is drawn.
    Statistic {
        /// The mean.
        Average = 0, "average";
        /// The sum.
        Sum = 1, "sum";
        /// The smallest value.
        Minimum = 2, "minimum";
        /// The largest value.
        Maximum = 3, "maximum";
        /// The number of samples.
        Count = 4, "count";
        /// The most recent value.
        Last = 5, "last";
        /// For metrics of 0 and 1: the sum over the count, in basis points.
        ErrorRatio = 6, "error_ratio";
        /// The sum over the range's seconds, in thousandths.
        PerSecond = 7, "per_second";
    }
}

coded! {
    /// The width of buckets.
    Granularity {
        /// One hour.
        Hour = 0, "hour";
        /// One day.
        Day = 1, "day";
        /// One ISO week.
        Week = 2, "week";
        /// One civil month.
        Month = 3, "month";
    }
}
