//! Grafana's classic dashboard model, as it is published (`kinds/dashboard/dashboard_kind.cue` of
//! grafana/grafana at 00139e84): the fields that there are, of which type, and what they may say. A
//! field that the model does not have is an error here. What panels take: `options`.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::options::{Options, check_custom, check_transformation};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[allow(dead_code)]
pub struct Model {
    /// Of an export for sharing: asked for and replaced by an import.
    #[serde(rename = "__inputs")]
    pub inputs: Vec<Input>,
    #[serde(rename = "__requires")]
    pub requires: Vec<Required>,
    pub uid: Option<String>,
    pub title: String,
    pub description: String,
    pub tags: Vec<String>,
    pub timezone: String,
    pub editable: bool,
    pub graph_tooltip: GraphTooltip,
    pub time: Time,
    pub timepicker: Map<String, Value>,
    pub fiscal_year_start_month: u8,
    pub refresh: String,
    pub schema_version: u16,
    pub version: u32,
    pub panels: Vec<Panel>,
    pub templating: Templating,
    pub annotations: Annotations,
    pub links: Vec<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[allow(dead_code)]
pub struct Input {
    pub name: String,
    pub label: String,
    pub description: String,
    #[serde(rename = "type")]
    pub kind: InputKind,
    pub plugin_id: String,
    pub plugin_name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InputKind {
    Datasource,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub struct Required {
    #[serde(rename = "type")]
    pub kind: RequiredKind,
    pub id: String,
    pub name: String,
    pub version: String,
}

#[derive(Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum RequiredKind {
    Grafana,
    Datasource,
    Panel,
}

/// 0 off, 1 a crosshair, 2 a tooltip.
#[derive(Debug, Deserialize)]
#[serde(try_from = "u8")]
#[allow(dead_code)]
pub struct GraphTooltip(u8);

impl TryFrom<u8> for GraphTooltip {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        if number <= 2 { Ok(Self(number)) } else { Err(format!("expected 0 to 2, came {number}")) }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub struct Time {
    pub from: String,
    pub to: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub struct Annotations {
    pub list: Vec<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Templating {
    pub list: Vec<Variable>,
}

/// A variable of a query to the data source.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[allow(dead_code)]
pub struct Variable {
    #[serde(rename = "type")]
    pub kind: VariableKind,
    pub name: String,
    pub label: String,
    pub datasource: DataSource,
    pub query: VariableQuery,
    pub current: Option<Current>,
    pub hide: u8,
    pub include_all: bool,
    pub all_value: Option<String>,
    pub multi: bool,
    pub options: Vec<Value>,
    pub refresh: u8,
    pub regex: String,
    pub skip_url_sync: bool,
    pub sort: u8,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VariableKind {
    Query,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[allow(dead_code)]
pub struct VariableQuery {
    pub qry_type: u8,
    pub query: String,
    pub ref_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub struct Current {
    pub selected: bool,
    pub text: String,
    pub value: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub struct DataSource {
    #[serde(rename = "type")]
    pub kind: String,
    pub uid: String,
}

/// A panel, whose options are its plugin's.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Untyped")]
pub struct Panel {
    pub id: u32,
    pub plugin: String,
    pub title: String,
    pub description: Option<String>,
    pub grid_pos: GridPos,
    pub targets: Option<Vec<Target>>,
    pub interval: Option<String>,
    pub max_data_points: Option<u32>,
    pub transformations: Vec<String>,
    pub options: Options,
    pub field_config: FieldConfig,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[allow(dead_code)]
struct Untyped {
    id: u32,
    #[serde(rename = "type")]
    plugin: String,
    title: String,
    description: Option<String>,
    grid_pos: GridPos,
    transparent: bool,
    datasource: Option<DataSource>,
    targets: Option<Vec<Target>>,
    interval: Option<String>,
    max_data_points: Option<u32>,
    transformations: Option<Vec<Transformation>>,
    options: Value,
    field_config: FieldConfig,
}

impl TryFrom<Untyped> for Panel {
    type Error = String;

    fn try_from(panel: Untyped) -> Result<Self, String> {
        if let Some(custom) = panel.field_config.defaults.custom.clone() {
            check_custom(&panel.plugin, custom)?;
        }
        Ok(Self {
            options: Options::read(&panel.plugin, panel.options)?,
            id: panel.id,
            plugin: panel.plugin,
            title: panel.title,
            description: panel.description,
            grid_pos: panel.grid_pos,
            targets: panel.targets,
            interval: panel.interval,
            max_data_points: panel.max_data_points,
            transformations: panel.transformations.into_iter().flatten().map(|of| of.id).collect(),
            field_config: panel.field_config,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GridPos {
    pub x: u32,
    pub y: u32,
    pub w: u32,
    pub h: u32,
}

impl GridPos {
    pub fn overlaps(&self, other: &Self) -> bool {
        let apart = self.x + self.w <= other.x
            || other.x + other.w <= self.x
            || self.y + self.h <= other.y
            || other.y + other.h <= self.y;
        !apart
    }
}

/// A query of the data source `prometheus`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[allow(dead_code)]
pub struct Target {
    pub ref_id: String,
    pub datasource: DataSource,
    pub expr: String,
    pub instant: bool,
    pub range: bool,
    pub format: Format,
    pub editor_mode: EditorMode,
    pub legend_format: String,
}

#[derive(Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    TimeSeries,
    Table,
    Heatmap,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EditorMode {
    Code,
    Builder,
}

/// One of those that there are, with what it takes.
#[derive(Debug, Deserialize)]
#[serde(try_from = "AnyTransformation")]
pub struct Transformation {
    pub id: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnyTransformation {
    id: String,
    options: Value,
}

impl TryFrom<AnyTransformation> for Transformation {
    type Error = String;

    fn try_from(any: AnyTransformation) -> Result<Self, String> {
        check_transformation(&any.id, any.options)?;
        Ok(Self { id: any.id })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub struct FieldConfig {
    pub defaults: Defaults,
    pub overrides: Vec<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub struct Defaults {
    pub unit: Option<String>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub color: Option<Color>,
    pub thresholds: Option<Thresholds>,
    pub custom: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub struct Color {
    pub mode: ColorMode,
}

#[derive(Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum ColorMode {
    Thresholds,
    PaletteClassic,
    Fixed,
}

/// Sorted by value; the first is without one, below all.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, try_from = "Unsorted")]
pub struct Thresholds {
    pub steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Unsorted {
    mode: ThresholdsMode,
    steps: Vec<Step>,
}

impl TryFrom<Unsorted> for Thresholds {
    type Error = String;

    fn try_from(unsorted: Unsorted) -> Result<Self, String> {
        let values: Vec<_> = unsorted.steps.iter().map(|step| step.value).collect();
        let (first, others) = values.split_first().ok_or("expected a first step")?;
        let given = others.iter().all(Option::is_some);
        if first.is_some() || !given || !others.is_sorted() {
            return Err(format!("expected rising steps after one without value, came {values:?}"));
        }
        Ok(Thresholds { steps: unsorted.steps })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThresholdsMode {
    Absolute,
    Percentage,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub color: String,
    pub value: Option<f64>,
}
