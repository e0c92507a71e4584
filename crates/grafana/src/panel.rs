//! A widget as a panel.

use lumenscope_board::{Granularity, Kind, Place, Statistic, Variables, Widget};
use lumenscope_dictionary::{Direction, by_name};
use serde_json::{Value, json};

use crate::escape::escape;
use crate::note::Note;
use crate::query::{Window, is_each, query};
use crate::{data_source, options, unit};

/// From the good to the bad, one more than there are thresholds at most.
const COLOURS: [&str; 5] = ["green", "yellow", "orange", "red", "purple"];

/// The panel of a widget, and what differs from it.
pub fn panel(
    slot: usize,
    widget: &Widget,
    place: Place,
    variables: &Variables,
) -> (Value, Vec<Note>) {
    let kind = widget.kind;
    let Place { x, y, width, height } = place;
    let mut panel = json!({
        "id": slot + 1,
        "type": options::plugin(kind),
        "title": title(widget),
        "gridPos": { "x": x, "y": y, "w": width, "h": height },
        "options": options::options(kind, &widget.title),
        "fieldConfig": { "defaults": {}, "overrides": [] },
        "transparent": false,
    });
    let notes = match &widget.metric {
        Some(metric) => measured(&mut panel, widget, metric, variables),
        None if kind == Kind::AlertList => vec![Note::AlertsElsewhere],
        None => Vec::new(),
    };
    if !notes.is_empty() {
        let sentences: Vec<_> = notes.iter().map(|note| note.sentence()).collect();
        panel["description"] = sentences.join("\n\n").into();
    }
    (panel, notes)
}

fn title(widget: &Widget) -> String {
    match &widget.metric {
        // The text is what the panel shows.
        None if widget.kind == Kind::Text => String::new(),
        Some(metric) if widget.title.is_empty() => {
            format!("{metric}: {}", widget.statistic.name())
        }
        _ => escape(&widget.title),
    }
}

fn measured(panel: &mut Value, widget: &Widget, metric: &str, variables: &Variables) -> Vec<Note> {
    let (asked, mut notes) = query(widget, metric, variables, 0);
    let mut targets = Vec::new();
    if let Some(asked) = asked {
        targets.push(target(widget, "A", &asked, legend(widget)));
        if widget.compare_s > 0 && matches!(widget.kind, Kind::Pie | Kind::Heatmap) {
            notes.push(Note::NotCompared);
        } else if widget.compare_s > 0
            && let (Some(earlier), _) = query(widget, metric, variables, widget.compare_s)
        {
            let legend = format!("{} ({} s earlier)", legend(widget), widget.compare_s);
            targets.push(target(widget, "B", &earlier, legend));
        }
        if Window::of(widget.kind) == Window::Step && widget.granularity == Granularity::Month {
            notes.push(Note::MonthOfThirtyDays);
        }
    }
    panel["datasource"] = data_source();
    panel["targets"] = targets.into();
    panel["fieldConfig"]["defaults"] = defaults(widget, metric);
    if Window::of(widget.kind) == Window::Step {
        panel["maxDataPoints"] = widget.max_points.into();
        panel["interval"] = interval(widget.granularity).into();
    }
    if widget.kind == Kind::Table {
        panel["transformations"] = json!([
            { "id": "merge", "options": {} },
            { "id": "organize", "options": { "excludeByName": { "Time": true } } },
        ]);
    }
    notes
}

fn target(widget: &Widget, id: &str, query: &str, legend: String) -> Value {
    let instant = Window::of(widget.kind) == Window::Range;
    json!({
        "refId": id,
        "datasource": data_source(),
        "editorMode": "code",
        "expr": query,
        "format": if widget.kind == Kind::Table { "table" } else { "time_series" },
        "instant": instant,
        "range": !instant,
        "legendFormat": legend,
    })
}

/// The name of a series; Grafana fills in the labels.
fn legend(widget: &Widget) -> String {
    if is_each(widget) {
        "{{function}} {{subject}}".to_owned()
    } else {
        widget.statistic.name().to_owned()
    }
}

/// The shortest step: the finest granularity that the widget reads.
fn interval(granularity: Granularity) -> &'static str {
    match granularity {
        Granularity::Hour => "1h",
        Granularity::Day => "1d",
        Granularity::Week => "7d",
        Granularity::Month => "30d",
    }
}

fn defaults(widget: &Widget, metric: &str) -> Value {
    let statistic = widget.statistic;
    let has_thresholds = !widget.thresholds.is_empty();
    let by_value = has_thresholds || matches!(widget.kind, Kind::Gauge | Kind::Stat);
    let mut defaults = json!({
        "unit": unit::unit(metric, statistic),
        "color": { "mode": if by_value { "thresholds" } else { "palette-classic" } },
        "thresholds": { "mode": "absolute", "steps": steps(widget, metric) },
        "custom": options::custom(widget.kind, has_thresholds),
    });
    if widget.kind == Kind::Gauge && statistic == Statistic::ErrorRatio {
        (defaults["min"], defaults["max"]) = (0.into(), 1.into());
    }
    defaults
}

/// Colours from the first, below every threshold, to the last.
fn steps(widget: &Widget, metric: &str) -> Vec<Value> {
    let mut colours: Vec<_> = COLOURS.iter().take(widget.thresholds.len() + 1).collect();
    let direction = by_name(metric).map(|known| known.direction);
    if direction == Some(Direction::HigherIsBetter) {
        colours.reverse();
    }
    let value = |figure: &i128| unit::value(metric, widget.statistic, *figure).into();
    let values = std::iter::once(Value::Null).chain(widget.thresholds.iter().map(value));
    let step = |(colour, value): (&&str, Value)| json!({ "color": colour, "value": value });
    colours.into_iter().zip(values).map(step).collect()
}
