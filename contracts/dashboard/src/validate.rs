//! What may be stored: bounds of names, texts, queries and preferences.

use lumenscope_interfaces::dashboard::{
    DASHBOARD_NAME_BYTES_MAX, DEFAULT_RANGE_MAX_S, DESCRIPTION_BYTES_MAX, Dashboard,
    DashboardError, FAVOURITES_MAX, POINTS_MAX, REFRESH_MAX_S, REFRESH_MIN_S, TIME_ZONE_BYTES_MAX,
    TITLE_BYTES_MAX, UserPreferences, Widget, WidgetKind,
};
use soroban_sdk::Env;

use crate::refusal::require;

/// Name and description; the grid checks the rest.
pub fn dashboard(e: &Env, dashboard: &Dashboard) {
    let Dashboard { name, description, .. } = dashboard;
    let named = between(name.len(), DASHBOARD_NAME_BYTES_MAX);
    require(e, named, DashboardError::NameInvalid);
    let short = description.len() <= DESCRIPTION_BYTES_MAX;
    require(e, short, DashboardError::DescriptionTooLong);
}

/// A widget on its own.
pub fn widget(e: &Env, widget: &Widget) {
    require(e, widget.title.len() <= TITLE_BYTES_MAX, DashboardError::TitleTooLong);
    let measured = !matches!(widget.kind, WidgetKind::AlertList | WidgetKind::Text);
    require(e, widget.metric.is_some() == measured, DashboardError::QueryMismatch);
    let points = between(widget.max_points, POINTS_MAX);
    require(e, points, DashboardError::PointsInvalid);
    let (width, height) = match widget.kind {
        WidgetKind::Stat | WidgetKind::Text => (1, 1),
        WidgetKind::Pie | WidgetKind::Gauge => (2, 2),
        _ => (3, 2),
    };
    let large = widget.width >= width && widget.height >= height;
    require(e, large, DashboardError::WidgetTooSmall);
    let complete = widget.function.is_some() || widget.subject.is_none();
    require(e, complete, DashboardError::SubjectWithoutFunction);
}

/// A user's preferences.
pub fn preferences(e: &Env, preferences: &UserPreferences) {
    let UserPreferences { time_zone, default_range_s, refresh_s, favourites, .. } = preferences;
    let named = between(time_zone.len(), TIME_ZONE_BYTES_MAX);
    require(e, named, DashboardError::TimeZoneInvalid);
    let periods = between(*default_range_s, DEFAULT_RANGE_MAX_S)
        && (*refresh_s == 0 || (REFRESH_MIN_S..=REFRESH_MAX_S).contains(refresh_s));
    require(e, periods, DashboardError::PeriodInvalid);
    require(e, favourites.len() <= FAVOURITES_MAX, DashboardError::TooManyFavourites);
}

fn between(value: u32, most: u32) -> bool {
    value != 0 && value <= most
}
