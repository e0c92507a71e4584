//! What may be stored: bounds of names, texts, queries and preferences. Types were checked before.

use lumenscope_interfaces::dashboard::{
    DASHBOARD_NAME_BYTES_MAX, DEFAULT_RANGE_MAX_S, DESCRIPTION_BYTES_MAX, DashboardError,
    FAVOURITES_MAX, POINTS_MAX, REFRESH_MAX_S, REFRESH_MIN_S, STREAMS_PER_WIDGET_MAX,
    THRESHOLDS_MAX, TIME_ZONE_BYTES_MAX, TITLE_BYTES_MAX, WidgetKind,
};
use soroban_sdk::{BytesN, Env, String, Val, Vec};

use crate::raw::{number_at, typed};
use crate::refusal::require;
use crate::shape::{details, preferences, widget};

/// Name, description and range; the grid checks the rest.
pub fn details(e: &Env, fields: &Vec<Val>) {
    let named = between(length(e, fields, details::NAME), DASHBOARD_NAME_BYTES_MAX);
    require(e, named, DashboardError::NameInvalid);
    let short = length(e, fields, details::DESCRIPTION) <= DESCRIPTION_BYTES_MAX;
    require(e, short, DashboardError::DescriptionTooLong);
    let near = number_at(fields, details::RANGE_S) <= DEFAULT_RANGE_MAX_S;
    require(e, near, DashboardError::SpanTooLong);
}

/// A widget on its own.
pub fn widget(e: &Env, fields: &Vec<Val>) {
    let number = |place| number_at(fields, place);
    let short = length(e, fields, widget::TITLE) <= TITLE_BYTES_MAX;
    require(e, short, DashboardError::TitleTooLong);
    let kind = number(widget::KIND);
    let measured = kind < WidgetKind::AlertList as u32;
    let has_metric = !fields.get_unchecked(widget::METRIC).is_void();
    require(e, has_metric == measured, DashboardError::QueryMismatch);
    let points = between(number(widget::MAX_POINTS), POINTS_MAX);
    require(e, points, DashboardError::PointsInvalid);
    let [width, height] = LEAST.get(kind as usize).copied().unwrap_or([1, 1]);
    let large = number(widget::WIDTH) >= width && number(widget::HEIGHT) >= height;
    require(e, large, DashboardError::WidgetTooSmall);
    let near = number(widget::COMPARE_S) <= DEFAULT_RANGE_MAX_S;
    require(e, near, DashboardError::SpanTooLong);
    let thresholds: Vec<Val> = typed(e, &fields.get_unchecked(widget::THRESHOLDS));
    let mut fits =
        thresholds.len() <= THRESHOLDS_MAX && number(widget::TOP) <= STREAMS_PER_WIDGET_MAX;
    let mut before = i128::MIN;
    for place in 0..thresholds.len() {
        let threshold: i128 = typed(e, &thresholds.get_unchecked(place));
        fits &= place == 0 || threshold > before;
        before = threshold;
    }
    require(e, fits, DashboardError::ThresholdsInvalid);
}

/// Columns and rows that a widget of each kind needs.
const LEAST: [[u32; 2]; 9] =
    [[3, 2], [3, 2], [2, 2], [2, 2], [1, 1], [3, 2], [3, 2], [3, 2], [1, 1]];

/// A user's preferences.
pub fn preferences(e: &Env, fields: &Vec<Val>) {
    let named = between(length(e, fields, preferences::TIME_ZONE), TIME_ZONE_BYTES_MAX);
    require(e, named, DashboardError::TimeZoneInvalid);
    let refresh_s = number_at(fields, preferences::REFRESH_S);
    let periods = between(number_at(fields, preferences::DEFAULT_RANGE_S), DEFAULT_RANGE_MAX_S)
        && (refresh_s == 0 || (REFRESH_MIN_S..=REFRESH_MAX_S).contains(&refresh_s));
    require(e, periods, DashboardError::PeriodInvalid);
    let favourites: Vec<Val> = typed(e, &fields.get_unchecked(preferences::FAVOURITES));
    require(e, favourites.len() <= FAVOURITES_MAX, DashboardError::TooManyFavourites);
    for place in 0..favourites.len() {
        let _: BytesN<32> = typed(e, &favourites.get_unchecked(place));
    }
}

fn length(e: &Env, fields: &Vec<Val>, place: u32) -> u32 {
    typed::<String>(e, &fields.get_unchecked(place)).len()
}

fn between(value: u32, most: u32) -> bool {
    value != 0 && value <= most
}
