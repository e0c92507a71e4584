//! What each kind of panel is called and how it draws.

use lumenscope_board::{Dashboard, Kind};
use serde_json::{Value, json};

use crate::escape::escape;

/// The oldest Grafana that has all that is used.
const GRAFANA: &str = "10.0.0";

/// Grafana's panel of each kind of widget: its id and name.
pub const PLUGINS: [(Kind, &str, &str); 9] = [
    (Kind::Line, "timeseries", "Time series"),
    (Kind::Bar, "timeseries", "Time series"),
    (Kind::Pie, "piechart", "Pie chart"),
    (Kind::Gauge, "gauge", "Gauge"),
    (Kind::Stat, "stat", "Stat"),
    (Kind::Table, "table", "Table"),
    (Kind::Heatmap, "heatmap", "Heatmap"),
    (Kind::AlertList, "alertlist", "Alert list"),
    (Kind::Text, "text", "Text"),
];

/// The id of the panel that draws a kind.
pub fn plugin(kind: Kind) -> &'static str {
    let found = PLUGINS.iter().find(|(known, ..)| *known == kind);
    found.map_or("text", |(_, id, _)| id)
}

/// What a Grafana needs to import the dashboard.
pub fn required(dashboard: &Dashboard) -> Vec<Value> {
    let mut required = vec![
        json!({ "type": "grafana", "id": "grafana", "name": "Grafana", "version": GRAFANA }),
        json!({
            "type": "datasource", "id": "prometheus", "name": "Prometheus", "version": "1.0.0",
        }),
    ];
    for (kind, id, name) in PLUGINS {
        let panel = json!({ "type": "panel", "id": id, "name": name, "version": "" });
        let used = dashboard.widgets.iter().any(|widget| widget.kind == kind);
        if used && !required.contains(&panel) {
            required.push(panel);
        }
    }
    required
}

/// The options of a panel; `text` is what a text shows.
pub fn options(kind: Kind, text: &str) -> Value {
    let legend = |placement: &str| json!({ "displayMode": "list", "placement": placement, "showLegend": true, "calcs": [] });
    let tooltip = json!({ "mode": "single", "sort": "none" });
    let last = json!({ "calcs": ["lastNotNull"], "fields": "", "values": false });
    match kind {
        Kind::Line | Kind::Bar => json!({ "legend": legend("bottom"), "tooltip": tooltip }),
        Kind::Pie => {
            let mut legend = legend("right");
            legend["values"] = json!(["percent"]);
            json!({
                "legend": legend, "tooltip": tooltip, "reduceOptions": last, "pieType": "pie",
            })
        }
        Kind::Gauge => json!({
            "reduceOptions": last,
            "orientation": "auto",
            "showThresholdLabels": false,
            "showThresholdMarkers": true,
        }),
        Kind::Stat => json!({
            "reduceOptions": last,
            "orientation": "auto",
            "colorMode": "value",
            "graphMode": "none",
            "justifyMode": "auto",
            "textMode": "auto",
        }),
        Kind::Table => json!({ "frameIndex": 0, "showHeader": true, "cellHeight": "sm" }),
        Kind::Heatmap => json!({
            // A row for each stream, as the query gives them.
            "calculate": false,
            "cellGap": 1,
            "color": {
                "mode": "scheme", "scheme": "Oranges", "steps": 64, "exponent": 0.5,
                "fill": "dark-orange", "reverse": false,
            },
            "exemplars": { "color": "rgba(255,0,255,0.7)" },
            "legend": { "show": true },
            "rowsFrame": { "layout": "auto" },
            "showValue": "never",
            "tooltip": { "mode": "single", "yHistogram": false, "showColorScale": false },
            "yAxis": { "axisPlacement": "left", "reverse": false },
        }),
        Kind::AlertList => json!({
            "viewMode": "list",
            "groupMode": "default",
            "groupBy": [],
            "maxItems": 20,
            // The most important first.
            "sortOrder": 3,
            "dashboardAlerts": false,
            "alertName": "",
            "alertInstanceLabelFilter": "",
            "stateFilter": {
                "firing": true, "pending": true, "noData": false, "normal": false, "error": true,
            },
        }),
        Kind::Text => json!({
            // The one mode that renders neither Markdown nor HTML.
            "mode": "code",
            "content": escape(text),
            "code": { "language": "plaintext", "showLineNumbers": false, "showMiniMap": false },
        }),
    }
}

/// How a panel draws its series.
pub fn custom(kind: Kind, has_thresholds: bool) -> Value {
    let thresholds = if has_thresholds { "line" } else { "off" };
    match kind {
        Kind::Line => json!({
            "drawStyle": "line", "lineWidth": 2, "fillOpacity": 10, "showPoints": "auto",
            "spanNulls": false, "thresholdsStyle": { "mode": thresholds },
        }),
        Kind::Bar => json!({
            "drawStyle": "bars", "lineWidth": 1, "fillOpacity": 80, "showPoints": "never",
            "spanNulls": false, "thresholdsStyle": { "mode": thresholds },
        }),
        _ => json!({}),
    }
}
