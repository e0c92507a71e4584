//! The arguments of `instantiate` as the `stellar` command line takes them.

use serde_json::{Value, json};

use crate::document::{Dashboard, Variables, Widget};

/// What `--details-file-path` and `--widgets-file-path` name.
#[derive(Clone, Debug, PartialEq)]
pub struct Arguments {
    /// The `DashboardDetails`.
    pub details: Value,
    /// The widgets, in slots from 0 on.
    pub widgets: Value,
}

impl Dashboard {
    /// The arguments of `instantiate`: enums as numbers, 128 bits as text.
    #[must_use]
    pub fn arguments(&self) -> Arguments {
        let Variables { contract, function, subject } = &self.variables;
        let details = json!({
            "name": self.name,
            "description": self.description,
            "layout": self.layout.number(),
            "columns": self.columns,
            "rows": self.rows,
            "variables": { "contract": contract, "function": function, "subject": subject },
            "range_s": self.range_s,
        });
        Arguments { details, widgets: self.widgets.iter().map(widget).collect() }
    }
}

fn widget(widget: &Widget) -> Value {
    let thresholds: Vec<_> = widget.thresholds.iter().map(ToString::to_string).collect();
    json!({
        "kind": widget.kind.number(),
        "x": widget.x,
        "y": widget.y,
        "width": widget.width,
        "height": widget.height,
        "title": widget.title,
        "contract": widget.contract,
        "function": widget.function,
        "subject": widget.subject,
        "metric": widget.metric,
        "statistic": widget.statistic.number(),
        "max_points": widget.max_points,
        "granularity": widget.granularity.number(),
        "compare_s": widget.compare_s,
        "top": widget.top,
        "thresholds": thresholds,
    })
}
