//! The contract's bounds, said again: its own constants come with the contracts' toolchain, which
//! nothing off the ledger needs. A test compares them.

/// Bytes of a name; at least one.
pub const NAME_BYTES_MAX: usize = 64;
/// Bytes of a description.
pub const DESCRIPTION_BYTES_MAX: usize = 256;
/// Bytes of a widget's title, which is all of a text widget.
pub const TITLE_BYTES_MAX: usize = 256;
/// Columns of a grid.
pub const COLUMNS_MAX: u32 = 48;
/// Rows of a grid.
pub const ROWS_MAX: u32 = 200;
/// Widgets of a dashboard.
pub const WIDGETS_MAX: usize = 40;
/// Widgets that one call of `widgets` gives.
pub const WIDGETS_PER_PAGE_MAX: u32 = 18;
/// Points of a series; at least one.
pub const POINTS_MAX: u32 = 96;
/// Streams at the top.
pub const TOP_MAX: u32 = 8;
/// Bounds between the colours of a widget.
pub const THRESHOLDS_MAX: usize = 4;
/// Seconds of a range, and of how much earlier a comparison is: ten years.
pub const SPAN_MAX_S: u32 = 315_576_000;
/// Characters of a function, subject or metric: what a symbol holds.
pub const SYMBOL_CHARS_MAX: usize = 32;

/// What a part of a rendered widget says that has no stream to show: none that could be, or a code up to
/// this one, since streams lack the metric. With any other code something was not read.
pub const STREAMS_UNKNOWN: u32 = 3222;
/// The last of those codes.
pub const NOT_HELD_MAX: u32 = 3101;

/// Bytes of a document: the largest, with every character of every text escaped and indented by
/// whoever edited it, has less than half of them.
pub const DOCUMENT_BYTES_MAX: usize = 262_144;
