//! The bounds and numbers said here are the contract's.

use lumenscope_board::{Granularity, Kind, Layout, Statistic, limits};
use lumenscope_interfaces::alerting::RuleStatistic as S;
use lumenscope_interfaces::analytics_storage::{AnalyticsError, Granularity as G};
use lumenscope_interfaces::dashboard::{self as contract, DashboardLayout as L, WidgetKind as K};

#[test]
fn bounds_are_those_of_the_contract() {
    let wide = |value: u32| value as usize;
    assert_eq!(limits::NAME_BYTES_MAX, wide(contract::DASHBOARD_NAME_BYTES_MAX));
    assert_eq!(limits::DESCRIPTION_BYTES_MAX, wide(contract::DESCRIPTION_BYTES_MAX));
    assert_eq!(limits::TITLE_BYTES_MAX, wide(contract::TITLE_BYTES_MAX));
    assert_eq!(limits::COLUMNS_MAX, contract::COLUMNS_MAX);
    assert_eq!(limits::ROWS_MAX, contract::ROWS_MAX);
    assert_eq!(limits::WIDGETS_MAX, wide(contract::WIDGETS_MAX));
    assert_eq!(limits::WIDGETS_PER_PAGE_MAX, contract::WIDGETS_PER_PAGE_MAX);
    assert_eq!(limits::POINTS_MAX, contract::POINTS_MAX);
    assert_eq!(limits::TOP_MAX, contract::STREAMS_PER_WIDGET_MAX);
    assert_eq!(limits::THRESHOLDS_MAX, wide(contract::THRESHOLDS_MAX));
    assert_eq!(limits::SPAN_MAX_S, contract::DEFAULT_RANGE_MAX_S);
    assert_eq!(limits::STREAMS_UNKNOWN, contract::DashboardError::StreamsUnknown as u32);
    assert_eq!(limits::NOT_HELD_MAX, AnalyticsError::HistoryMetricUnknown as u32);
}

#[test]
fn numbers_are_those_of_the_contract_and_names_never_change() {
    let layouts = [(L::Grid as u32, "grid"), (L::Rows as u32, "rows"), (L::Free as u32, "free")];
    let kinds = [
        (K::Line as u32, "line"),
        (K::Bar as u32, "bar"),
        (K::Pie as u32, "pie"),
        (K::Gauge as u32, "gauge"),
        (K::Stat as u32, "stat"),
        (K::Table as u32, "table"),
        (K::Heatmap as u32, "heatmap"),
        (K::AlertList as u32, "alert_list"),
        (K::Text as u32, "text"),
    ];
    let statistics = [
        (S::Average as u32, "average"),
        (S::Sum as u32, "sum"),
        (S::Minimum as u32, "minimum"),
        (S::Maximum as u32, "maximum"),
        (S::Count as u32, "count"),
        (S::Last as u32, "last"),
        (S::ErrorRatio as u32, "error_ratio"),
        (S::PerSecond as u32, "per_second"),
    ];
    let granularities = [
        (G::Hour as u32, "hour"),
        (G::Day as u32, "day"),
        (G::Week as u32, "week"),
        (G::Month as u32, "month"),
    ];
    let of = |layout: &Layout| (layout.number(), layout.name());
    assert_eq!(Layout::ALL.iter().map(of).collect::<Vec<_>>(), layouts);
    let of = |kind: &Kind| (kind.number(), kind.name());
    assert_eq!(Kind::ALL.iter().map(of).collect::<Vec<_>>(), kinds);
    let of = |statistic: &Statistic| (statistic.number(), statistic.name());
    assert_eq!(Statistic::ALL.iter().map(of).collect::<Vec<_>>(), statistics);
    let of = |granularity: &Granularity| (granularity.number(), granularity.name());
    assert_eq!(Granularity::ALL.iter().map(of).collect::<Vec<_>>(), granularities);
}
