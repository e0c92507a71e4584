//! What a document says.

use lumenscope_invoke::Address;
use serde::{Deserialize, Deserializer, Serialize};

use crate::codes::{Granularity, Kind, Layout, Statistic};
use crate::place::Place;

/// A dashboard: `DashboardDetails` and the widgets of the contract. Who owns and sees it is not part
/// of it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Dashboard {
    /// 1 to 64 bytes.
    pub name: String,
    /// At most 256 bytes.
    pub description: String,
    /// How widgets may lie.
    pub layout: Layout,
    /// 1 to 48.
    pub columns: u32,
    /// 1 to 200.
    pub rows: u32,
    /// What widgets leave open, unless the viewer chooses otherwise.
    pub variables: Variables,
    /// How far back it looks at first, seconds; 0: as the viewer prefers.
    pub range_s: u32,
    /// At most 40, in the order of their slots.
    pub widgets: Vec<Widget>,
}

/// What the widgets of a dashboard leave open.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct Variables {
    /// The contract, or the account that stands for one.
    #[serde(with = "crate::address")]
    pub contract: Option<Address>,
    /// The function; `None`: all of them.
    #[serde(deserialize_with = "present")]
    pub function: Option<String>,
    /// The subject; `None`: where the function is said, the stream that has none.
    #[serde(deserialize_with = "present")]
    pub subject: Option<String>,
}

/// What a widget shows, and how.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct Widget {
    /// How it is drawn.
    pub kind: Kind,
    /// First column, counted from 0 at the left.
    pub x: u32,
    /// First row, counted from 0 at the top.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// At most 256 bytes; the text of a text widget.
    pub title: String,
    /// The contract; `None`: as the dashboard's variables say. Likewise function and subject.
    #[serde(with = "crate::address")]
    pub contract: Option<Address>,
    /// The function.
    #[serde(deserialize_with = "present")]
    pub function: Option<String>,
    /// The subject.
    #[serde(deserialize_with = "present")]
    pub subject: Option<String>,
    /// The metric; `None` for alert lists and texts, and only for them.
    #[serde(deserialize_with = "present")]
    pub metric: Option<String>,
    /// Which figure of the metric.
    pub statistic: Statistic,
    /// Most points, 1 to 96.
    pub max_points: u32,
    /// The finest granularity that is read.
    pub granularity: Granularity,
    /// Shows the same for so many seconds earlier beside it; 0: does not.
    pub compare_s: u32,
    /// Shows so many streams, those with the greatest figures; 0: all.
    pub top: u32,
    /// The figures at which the second colour begins, the third and so on, rising; at most 4. In the
    /// unit of the statistic on the ledger. Text in a document: they have 128 bits.
    #[serde(with = "wide")]
    pub thresholds: Vec<i128>,
}

impl Widget {
    /// Where it lies.
    #[must_use]
    pub fn place(&self) -> Place {
        Place { x: self.x, y: self.y, width: self.width, height: self.height }
    }
}

/// What may be `null`, but not left out: a forgotten field is not a choice.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

/// Numbers of 128 bits as text: many readers of JSON keep 53.
mod wide {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(values: &[i128], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(ToString::to_string))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<i128>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let number = |text: &String| {
            // One way to write a number: what is read is written as it was.
            let value = text.parse::<i128>().ok().filter(|value| value.to_string() == *text);
            value.ok_or_else(|| {
                D::Error::custom(format!(
                    "expected a whole number of 128 bits as text such as \"-1000\", came {text:?}"
                ))
            })
        };
        texts.iter().map(number).collect()
    }
}
