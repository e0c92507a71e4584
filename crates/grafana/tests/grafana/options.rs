//! What each panel of Grafana takes as its options, and as those of a field, as they are published
//! (`public/app/plugins/panel/*/panelcfg.cue` and `packages/grafana-schema/src/common` of
//! grafana/grafana; of the list of alerts its `types.ts`, since it has no schema).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The options of a panel.
#[derive(Debug)]
#[allow(dead_code)]
pub enum Options {
    TimeSeries(TimeSeries),
    PieChart(PieChart),
    Gauge(Gauge),
    Stat(Stat),
    Table(Table),
    Heatmap(Heatmap),
    AlertList(AlertList),
    Text(Text),
}

impl Options {
    /// Those of a plugin.
    pub fn read(plugin: &str, options: Value) -> Result<Self, String> {
        Ok(match plugin {
            "timeseries" => Self::TimeSeries(of(plugin, options)?),
            "piechart" => Self::PieChart(of(plugin, options)?),
            "gauge" => Self::Gauge(of(plugin, options)?),
            "stat" => Self::Stat(of(plugin, options)?),
            "table" => Self::Table(of(plugin, options)?),
            "heatmap" => Self::Heatmap(of(plugin, options)?),
            "alertlist" => Self::AlertList(of(plugin, options)?),
            "text" => Self::Text(of(plugin, options)?),
            other => return Err(format!("expected a panel that there is, came {other}")),
        })
    }
}

/// How a plugin draws a field.
pub fn check_custom(plugin: &str, custom: Value) -> Result<(), String> {
    match plugin {
        "timeseries" => of::<GraphField>(plugin, custom).map(drop),
        // A gauge and a figure have none; the others all can be left out, and are.
        _ => of::<NoField>(plugin, custom).map(drop),
    }
}

fn of<T: DeserializeOwned>(plugin: &str, value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| format!("{plugin}: {error}"))
}

/// A value that is one of a few.
macro_rules! one_of {
    ($($name:ident { $($case:ident),+ $(,)? })+) => { $(
        #[derive(Debug, Deserialize, Eq, PartialEq)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($case),+ }
    )+ };
}

one_of! {
    LegendDisplayMode { List, Table, Hidden }
    LegendPlacement { Bottom, Right }
    TooltipDisplayMode { Single, Multi, None }
    SortOrder { Asc, Desc, None }
    Orientation { Auto, Vertical, Horizontal }
    PieType { Pie, Donut }
    PieValue { Value, Percent }
    BigValueColorMode { Value, Background, BackgroundNoGradient, None }
    BigValueGraphMode { None, Line, Area }
    BigValueJustifyMode { Auto, Center }
    BigValueTextMode { Auto, Value, ValueAndName, Name, None }
    TableCellHeight { Sm, Md, Lg, Auto }
    HeatmapColorMode { Opacity, Scheme }
    HeatmapColorScale { Linear, Exponential }
    HeatmapCellLayout { Le, Ge, Unknown, Auto }
    VisibilityMode { Auto, Never, Always }
    AxisPlacement { Auto, Top, Right, Bottom, Left, Hidden }
    ViewMode { List, Stat }
    GroupMode { Default, Custom }
    TextMode { Html, Markdown, Code }
    CodeLanguage { Json, Yaml, Xml, Typescript, Sql, Go, Markdown, Html, Plaintext }
    GraphDrawStyle { Line, Bars, Points }
    ThresholdsStyleMode { Off, Line, Dashed, Area, Series }
}

/// Records without any field but those that are said.
macro_rules! records {
    ($($name:ident { $($field:ident: $type:ty),* $(,)? })+) => { $(
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "camelCase")]
        #[allow(dead_code)]
        pub struct $name { $(pub $field: $type),* }
    )+ };
}

records! {
    TimeSeries { legend: Legend, tooltip: Tooltip }
    Legend {
        display_mode: LegendDisplayMode,
        placement: LegendPlacement,
        show_legend: bool,
        calcs: Vec<String>,
        sort_by: Option<String>,
        sort_desc: Option<bool>,
        width: Option<f64>,
    }
    Tooltip { mode: TooltipDisplayMode, sort: SortOrder }
    Reduce {
        calcs: Vec<String>,
        fields: Option<String>,
        values: Option<bool>,
        limit: Option<f64>,
    }
    PieChart {
        legend: PieLegend,
        tooltip: Tooltip,
        reduce_options: Reduce,
        orientation: Option<Orientation>,
        pie_type: PieType,
        display_labels: Option<Vec<String>>,
    }
    PieLegend {
        display_mode: LegendDisplayMode,
        placement: LegendPlacement,
        show_legend: bool,
        calcs: Vec<String>,
        values: Vec<PieValue>,
    }
    Gauge {
        reduce_options: Reduce,
        orientation: Orientation,
        show_threshold_labels: bool,
        show_threshold_markers: bool,
    }
    Stat {
        reduce_options: Reduce,
        orientation: Orientation,
        color_mode: BigValueColorMode,
        graph_mode: BigValueGraphMode,
        justify_mode: BigValueJustifyMode,
        text_mode: BigValueTextMode,
    }
    Table { frame_index: u32, show_header: bool, cell_height: Option<TableCellHeight> }
    Heatmap {
        calculate: Option<bool>,
        color: HeatmapColor,
        rows_frame: Option<RowsFrame>,
        show_value: VisibilityMode,
        cell_gap: Option<Gap>,
        y_axis: YAxis,
        legend: HeatmapLegend,
        tooltip: HeatmapTooltip,
        exemplars: Exemplars,
    }
    HeatmapColor {
        mode: Option<HeatmapColorMode>,
        scheme: String,
        fill: String,
        scale: Option<HeatmapColorScale>,
        exponent: f32,
        steps: ColorSteps,
        reverse: bool,
    }
    RowsFrame { value: Option<String>, layout: Option<HeatmapCellLayout> }
    YAxis {
        axis_placement: Option<AxisPlacement>,
        unit: Option<String>,
        reverse: Option<bool>,
    }
    HeatmapLegend { show: bool }
    // `show` was first, and gave way to `mode`: a Grafana fills in what it misses.
    HeatmapTooltip {
        mode: TooltipDisplayMode,
        y_histogram: Option<bool>,
        show_color_scale: Option<bool>,
    }
    Exemplars { color: String }
    AlertList {
        view_mode: ViewMode,
        group_mode: GroupMode,
        group_by: Vec<String>,
        max_items: u32,
        sort_order: AlertOrder,
        dashboard_alerts: bool,
        alert_name: String,
        alert_instance_label_filter: String,
        state_filter: StateFilter,
    }
    StateFilter { firing: bool, pending: bool, no_data: bool, normal: bool, error: bool }
    Text { mode: TextMode, content: String, code: Option<Code> }
    Code { language: CodeLanguage, show_line_numbers: bool, show_mini_map: bool }
    GraphField {
        draw_style: Option<GraphDrawStyle>,
        line_width: Option<f64>,
        fill_opacity: Option<f64>,
        show_points: Option<VisibilityMode>,
        // Or the longest gap that is bridged, in milliseconds.
        span_nulls: Option<bool>,
        thresholds_style: Option<ThresholdsStyle>,
    }
    ThresholdsStyle { mode: ThresholdsStyleMode }
    NoField {}
    Organize { exclude_by_name: BTreeMap<String, bool> }
    Merge {}
}

/// Numbers within bounds, both included.
macro_rules! bounded {
    ($($name:ident from $first:literal to $last:literal)+) => { $(
        #[derive(Debug, Deserialize)]
        #[serde(try_from = "u8")]
        pub struct $name;

        impl TryFrom<u8> for $name {
            type Error = String;

            fn try_from(number: u8) -> Result<Self, String> {
                if ($first..=$last).contains(&number) {
                    return Ok(Self);
                }
                Err(format!("expected {} to {}, came {number}", $first, $last))
            }
        }
    )+ };
}

bounded! {
    Gap from 0 to 25
    ColorSteps from 2 to 128
    // By name, rising and falling; by importance; by time, rising and falling.
    AlertOrder from 1 to 5
}

/// What a transformation of that id takes.
pub fn check_transformation(id: &str, options: Value) -> Result<(), String> {
    match id {
        "merge" => of::<Merge>(id, options).map(drop),
        "organize" => of::<Organize>(id, options).map(drop),
        other => Err(format!("expected a transformation that there is, came {other}")),
    }
}
