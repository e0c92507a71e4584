//! A dashboard document as a dashboard of Grafana: its classic JSON model, to be imported into
//! Grafana 10 to 13, over a Prometheus that scrapes what Lumenscope exports.
//!
//! # What each statistic becomes
//!
//! By the series that there are of a metric ([`lumenscope_dictionary::prometheus`]); `w` is the step
//! of a drawing over time, and the whole range of all others.
//!
//! | statistic | timer | ratio | counter | gauge | a contract's own |
//! |---|---|---|---|---|---|
//! | `average` | `increase(_sum[w]) / increase(_count[w])` | likewise | - | `avg_over_time`: [`Note::Scraped`] | as a timer: [`Note::NonNegative`] |
//! | `sum` | `increase(_sum[w])` | `increase[w]` | `increase[w]` | - | as a timer: [`Note::NonNegative`] |
//! | `minimum`, `maximum` | - | - | - | `min_over_time`, `max_over_time`: [`Note::Scraped`] | - |
//! | `count` | `increase(_count[w])` | likewise | - | - | as a timer |
//! | `last` | - | - | - | `last_over_time` | `last_over_time(_last[w])` |
//! | `error_ratio` | as `average`, as a share | likewise | - | - | likewise: [`Note::NonNegative`] |
//! | `per_second` | `rate(_sum[w])` | `rate[w]` | `rate[w]` | - | as a timer: [`Note::NonNegative`] |
//!
//! Where there is a dash the series do not say it. Such a panel has no query and says so
//! ([`Note::Missing`]): a figure that is nearly the right one would be taken for it.
//!
//! Thresholds are brought to the unit of the series. Prometheus extrapolates `increase` to the ends
//! of its window, so that sums over short windows are near the ledger's, not equal to them.
//!
//! # Whose texts
//!
//! Names, titles and texts are a stranger's. None of them is a template of Grafana ([`escape`]), and
//! none lands where Markdown or HTML is rendered: descriptions of panels are ours, texts are shown in
//! the text panel's mode `code`. Names in queries are symbols and addresses, which need no quoting.
#![forbid(unsafe_code)]

mod escape;
mod layout;
mod note;
mod options;
mod panel;
mod query;
mod unit;
mod variables;

use lumenscope_board::Dashboard;
use serde_json::{Value, json};

pub use escape::escape;
pub use note::{Note, Noted};
pub use options::PLUGINS;

/// Grafana's number of the model: that of Grafana 10.3 to 11.2. Later ones bring it up to theirs when
/// they load it, earlier ones have all that is used here.
pub const SCHEMA_VERSION: u32 = 39;
/// The name that an import asks a data source for.
const DATA_SOURCE: &str = "DS_PROMETHEUS";
/// Seconds to look back where the document leaves it to the viewer: a day of hours.
const RANGE_DEFAULT_S: u32 = 86_400;

/// What comes of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Converted {
    /// The dashboard, as Grafana's import takes it.
    pub dashboard: Value,
    /// Where it says something else than the document, or less; by widget. The panels say the same.
    pub notes: Vec<Noted>,
}

/// The dashboard of Grafana.
#[must_use]
pub fn convert(dashboard: &Dashboard) -> Converted {
    let places = layout::places(dashboard);
    let (mut panels, mut notes) = (Vec::new(), Vec::new());
    for (slot, (widget, place)) in dashboard.widgets.iter().zip(places).enumerate() {
        let (panel, noted) = panel::panel(slot, widget, place, &dashboard.variables);
        panels.push(panel);
        notes.extend(noted.into_iter().map(|note| Noted { widget: slot, note }));
    }
    let range_s = if dashboard.range_s == 0 { RANGE_DEFAULT_S } else { dashboard.range_s };
    let converted = json!({
        "__inputs": [{
            "name": DATA_SOURCE,
            "label": "Prometheus",
            "description": "What scrapes Lumenscope's figures",
            "type": "datasource",
            "pluginId": "prometheus",
            "pluginName": "Prometheus",
        }],
        "__requires": options::required(dashboard),
        "uid": null,
        "title": escape(&dashboard.name),
        "description": escape(&dashboard.description),
        "tags": ["lumenscope"],
        "schemaVersion": SCHEMA_VERSION,
        "version": 1,
        "editable": true,
        "graphTooltip": 1,
        "timezone": "browser",
        "fiscalYearStartMonth": 0,
        "refresh": "",
        "time": { "from": format!("now-{range_s}s"), "to": "now" },
        "timepicker": {},
        "templating": { "list": variables::variables(dashboard) },
        "annotations": { "list": [] },
        "links": [],
        "panels": panels,
    });
    Converted { dashboard: converted, notes }
}

/// The data source that the import chose.
fn data_source() -> Value {
    json!({ "type": "prometheus", "uid": format!("${{{DATA_SOURCE}}}") })
}
