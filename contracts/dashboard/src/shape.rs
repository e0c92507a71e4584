//! What comes from outside: the fields of each type, and of which type each is.

use lumenscope_interfaces::dashboard::DashboardError;
use soroban_sdk::{Env, Val, Vec};

use crate::raw::{self, number, tag, values};
use crate::refusal::require;

/// A type that comes as a map of the host.
pub struct Shape {
    /// Its fields, in order.
    pub keys: &'static [&'static str],
    /// Of which type each is: a code, or the greatest number that it may be.
    types: &'static [u8],
}

const STRING: u8 = 255;
const LIST: u8 = 254;
const MAP: u8 = 253;
const BOOL_OR_VOID: u8 = 252;
const SYMBOL_OR_VOID: u8 = 251;
const ADDRESS_OR_VOID: u8 = 250;
/// A number whose bounds are checked where it matters.
const NUMBER: u8 = 249;

/// `Widget`.
pub static WIDGET: Shape = Shape {
    keys: &[
        "compare_s",
        "contract",
        "function",
        "granularity",
        "height",
        "kind",
        "max_points",
        "metric",
        "statistic",
        "subject",
        "thresholds",
        "title",
        "top",
        "width",
        "x",
        "y",
    ],
    types: &[
        NUMBER,
        ADDRESS_OR_VOID,
        SYMBOL_OR_VOID,
        3,
        NUMBER,
        8,
        NUMBER,
        SYMBOL_OR_VOID,
        7,
        SYMBOL_OR_VOID,
        LIST,
        STRING,
        NUMBER,
        NUMBER,
        NUMBER,
        NUMBER,
    ],
};

/// The places of a widget's fields.
pub mod widget {
    pub const COMPARE_S: u32 = 0;
    pub const CONTRACT: u32 = 1;
    pub const FUNCTION: u32 = 2;
    pub const GRANULARITY: u32 = 3;
    pub const HEIGHT: u32 = 4;
    pub const KIND: u32 = 5;
    pub const MAX_POINTS: u32 = 6;
    pub const METRIC: u32 = 7;
    pub const SUBJECT: u32 = 9;
    pub const THRESHOLDS: u32 = 10;
    pub const TITLE: u32 = 11;
    pub const TOP: u32 = 12;
    pub const WIDTH: u32 = 13;
    pub const X: u32 = 14;
    pub const Y: u32 = 15;
}

/// `DashboardVariables`.
pub static VARIABLES: Shape = Shape {
    keys: &["contract", "function", "subject"],
    types: &[ADDRESS_OR_VOID, SYMBOL_OR_VOID, SYMBOL_OR_VOID],
};

/// `DashboardDetails`.
pub static DETAILS: Shape = Shape {
    keys: &["columns", "description", "layout", "name", "range_s", "rows", "variables"],
    types: &[NUMBER, STRING, 2, STRING, NUMBER, NUMBER, MAP],
};

/// The places of the fields of details.
pub mod details {
    pub const COLUMNS: u32 = 0;
    pub const DESCRIPTION: u32 = 1;
    pub const LAYOUT: u32 = 2;
    pub const NAME: u32 = 3;
    pub const RANGE_S: u32 = 4;
    pub const ROWS: u32 = 5;
    pub const VARIABLES: u32 = 6;
}

/// `UserPreferences`.
pub static PREFERENCES: Shape = Shape {
    keys: &["dark", "default_range_s", "favourites", "refresh_s", "time_zone"],
    types: &[BOOL_OR_VOID, NUMBER, LIST, NUMBER, STRING],
};

/// The places of the fields of preferences.
pub mod preferences {
    pub const DEFAULT_RANGE_S: u32 = 1;
    pub const FAVOURITES: u32 = 2;
    pub const REFRESH_S: u32 = 3;
    pub const TIME_ZONE: u32 = 4;
}

impl Shape {
    /// The values of a map's fields, each of its type.
    #[inline(never)]
    pub fn read(&self, e: &Env, map: &Val) -> Vec<Val> {
        let values = values(e, map, self.keys);
        for (place, code) in (0..).zip(self.types) {
            let fits = is(values.get_unchecked(place), *code);
            require(e, fits, DashboardError::ShapeInvalid);
        }
        values
    }
}

/// Whether a value is of the type of that code.
#[inline(never)]
fn is(value: Val, code: u8) -> bool {
    let tag = raw::tag(value);
    match code {
        BOOL_OR_VOID => tag <= tag::VOID,
        SYMBOL_OR_VOID => matches!(tag, tag::VOID | tag::SYMBOL_SMALL | tag::SYMBOL),
        ADDRESS_OR_VOID => matches!(tag, tag::VOID | tag::ADDRESS),
        STRING => tag == tag::STRING,
        LIST => tag == tag::LIST,
        MAP => tag == tag::MAP,
        greatest => tag == tag::U32 && (greatest == NUMBER || number(value) <= u32::from(greatest)),
    }
}
