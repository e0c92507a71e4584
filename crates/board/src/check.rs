//! The contract's rules: what it would refuse is refused here, with the place and in words.

use std::fmt::Display;

use thiserror::Error;

use crate::codes::{Kind, Layout};
use crate::document::{Dashboard, Widget};
use crate::limits::{
    COLUMNS_MAX, DESCRIPTION_BYTES_MAX, NAME_BYTES_MAX, POINTS_MAX, ROWS_MAX, SPAN_MAX_S,
    SYMBOL_CHARS_MAX, THRESHOLDS_MAX, TITLE_BYTES_MAX, TOP_MAX, WIDGETS_MAX,
};

/// A part of a dashboard that the contract would refuse.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("{path}: expected {expected}, came {came}")]
pub struct Fault {
    /// Where: `widgets[2].title`.
    pub path: String,
    /// What is allowed there.
    pub expected: String,
    /// What is there.
    pub came: String,
}

impl Fault {
    pub(crate) fn new(path: impl Display, expected: impl Into<String>, came: impl Display) -> Self {
        Fault { path: path.to_string(), expected: expected.into(), came: came.to_string() }
    }
}

fn require(
    holds: bool,
    path: impl Display,
    expected: impl Into<String>,
    came: impl Display,
) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(Fault::new(path, expected, came)) }
}

fn number(path: impl Display, least: u32, most: u32, came: u32) -> Result<(), Fault> {
    require((least..=most).contains(&came), path, format!("{least} to {most}"), came)
}

fn text(path: impl Display, least: usize, most: usize, came: &str) -> Result<(), Fault> {
    let bytes = came.len();
    let expected = format!("{least} to {most} bytes");
    require((least..=most).contains(&bytes), path, expected, format!("{bytes}"))
}

fn symbol(path: impl Display, came: Option<&String>) -> Result<(), Fault> {
    let Some(came) = came else { return Ok(()) };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_symbol = came.len() <= SYMBOL_CHARS_MAX && came.bytes().all(allowed);
    let shown: String = came.chars().take(SYMBOL_CHARS_MAX + 1).collect();
    let expected = format!("at most {SYMBOL_CHARS_MAX} of a-z A-Z 0-9 _");
    require(is_symbol, path, expected, format!("{shown:?}"))
}

impl Dashboard {
    /// Whether the contract would take it.
    ///
    /// # Errors
    /// The first [`Fault`] found.
    pub fn check(&self) -> Result<(), Fault> {
        text("name", 1, NAME_BYTES_MAX, &self.name)?;
        text("description", 0, DESCRIPTION_BYTES_MAX, &self.description)?;
        number("columns", 1, COLUMNS_MAX, self.columns)?;
        number("rows", 1, ROWS_MAX, self.rows)?;
        number("range_s", 0, SPAN_MAX_S, self.range_s)?;
        symbol("variables.function", self.variables.function.as_ref())?;
        symbol("variables.subject", self.variables.subject.as_ref())?;
        let count = self.widgets.len();
        require(count <= WIDGETS_MAX, "widgets", format!("at most {WIDGETS_MAX}"), count)?;
        for (slot, widget) in self.widgets.iter().enumerate() {
            check_widget(slot, widget)?;
            self.check_place(slot, widget)?;
        }
        Ok(())
    }

    fn check_place(&self, slot: usize, widget: &Widget) -> Result<(), Fault> {
        let (place, path) = (widget.place(), format!("widgets[{slot}]"));
        let inside = place.is_inside(self.columns, self.rows);
        let grid = format!("a place within {} by {} cells", self.columns, self.rows);
        require(inside, &path, grid, cells(widget))?;
        if self.layout == Layout::Free {
            return Ok(());
        }
        for (other_slot, other) in self.widgets.iter().enumerate().take(slot) {
            let beside = format!("cells that widgets[{other_slot}] ({}) has not", cells(other));
            require(!place.overlaps(other.place()), &path, beside, cells(widget))?;
            let even = (widget.y, widget.height) == (other.y, other.height);
            let uneven = self.layout == Layout::Rows && place.shares_row(other.place()) && !even;
            let row = format!("the rows of widgets[{other_slot}] ({}), or others", cells(other));
            require(!uneven, &path, row, cells(widget))?;
        }
        Ok(())
    }
}

fn cells(widget: &Widget) -> String {
    let Widget { x, y, width, height, .. } = widget;
    format!("{width} by {height} at {x}, {y}")
}

fn check_widget(slot: usize, widget: &Widget) -> Result<(), Fault> {
    let at = |field: &str| format!("widgets[{slot}].{field}");
    text(at("title"), 0, TITLE_BYTES_MAX, &widget.title)?;
    symbol(at("function"), widget.function.as_ref())?;
    symbol(at("subject"), widget.subject.as_ref())?;
    symbol(at("metric"), widget.metric.as_ref())?;
    let kind = match (widget.kind, widget.kind.name()) {
        (Kind::AlertList, name) => format!("an {name}"),
        (_, name) => format!("a {name}"),
    };
    let (expected, came) = match &widget.metric {
        None => (format!("a metric of {kind}"), "none".to_owned()),
        Some(metric) => (format!("no metric of {kind}"), format!("{metric:?}")),
    };
    require(widget.metric.is_some() == widget.kind.is_measured(), at("metric"), expected, came)?;
    number(at("max_points"), 1, POINTS_MAX, widget.max_points)?;
    let (width, height) = widget.kind.least();
    let large = widget.width >= width && widget.height >= height;
    let expected = format!("at least {width} by {height} cells of {kind}");
    require(large, format!("widgets[{slot}]"), expected, cells(widget))?;
    number(at("compare_s"), 0, SPAN_MAX_S, widget.compare_s)?;
    number(at("top"), 0, TOP_MAX, widget.top)?;
    let rising = widget.thresholds.is_sorted_by(|first, second| first < second);
    let few = widget.thresholds.len() <= THRESHOLDS_MAX;
    let expected = format!("at most {THRESHOLDS_MAX} numbers, each above the one before");
    let came = format!("{} numbers, {}", widget.thresholds.len(), order(rising));
    require(rising && few, at("thresholds"), expected, came)
}

fn order(rising: bool) -> &'static str {
    if rising { "rising" } else { "not rising" }
}
