//! `dashboards show`: a dashboard's widgets as a table.

use std::fmt::Write as _;

use clap::Args;
use lumenscope_board::{Statistic, Variables, Widget};
use lumenscope_meta::{Address, Hash};
use lumenscope_observer::for_terminal;
use serde::Serialize;

use super::export::stored;
use super::read::Stored;
use super::viewer::ViewerArgs;
use crate::output;
use crate::rules::{short_address, table};
use crate::suite::SuiteArgs;
use crate::times::duration;

/// Version of the JSON form: raised when a field changes its meaning.
const DOCUMENT_VERSION: u32 = 1;

/// Shows a dashboard: where its widgets lie, and what each asks.
#[derive(Args, Clone, Debug)]
pub struct ShowArgs {
    /// Its id.
    #[arg(value_name = "DASHBOARD", value_parser = super::id)]
    dashboard: Hash,
    #[command(flatten)]
    viewer: ViewerArgs,
    #[command(flatten)]
    suite: SuiteArgs,
    /// JSON with everything that is known of it.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    id: Hash,
    owner: &'a Address,
    /// Raised by every edit; the version that the next one names.
    dashboard_version: u32,
    public: bool,
    /// The slots of the widgets, in their order.
    slots: &'a [u32],
    dashboard: &'a lumenscope_board::Dashboard,
}

/// Shows it.
///
/// # Errors
/// When there is no such dashboard, a file is not what it should be, or the node does not answer.
pub async fn run(args: ShowArgs) -> anyhow::Result<()> {
    let stored = stored(&args.suite, &args.viewer, &args.dashboard).await?;
    if args.json {
        let document = Document {
            version: DOCUMENT_VERSION,
            id: stored.id,
            owner: &stored.owner,
            dashboard_version: stored.version,
            public: stored.is_public,
            slots: &stored.slots,
            dashboard: &stored.document,
        };
        return output::json(&document);
    }
    output::print(&render(&stored))
}

fn render(stored: &Stored) -> String {
    let document = &stored.document;
    let mut text = format!("{}\n", for_terminal(&document.name));
    let mut say = |what: &str, said: &str| {
        let _ = writeln!(text, "  {what:<9} {said}");
    };
    if !document.description.is_empty() {
        say("about", &for_terminal(&document.description));
    }
    let (columns, rows) = (document.columns, document.rows);
    say("layout", &format!("{}, {columns} by {rows} cells", document.layout.name()));
    let Variables { contract, function, subject } = &document.variables;
    for (what, said) in [
        ("contract", contract.as_ref().map(ToString::to_string)),
        ("function", function.clone()),
        ("subject", subject.clone()),
    ] {
        say(what, said.as_deref().unwrap_or("as the viewer chooses"));
    }
    let range = match document.range_s {
        0 => "as the viewer prefers".to_owned(),
        range_s => duration(range_s.into()),
    };
    say("looks at", &range);
    say("owner", stored.owner.as_str());
    say("seen by", if stored.is_public { "everybody" } else { "members" });
    say("version", &stored.version.to_string());
    say("id", &stored.id.to_string());
    let mut table = table(&["slot", "place", "kind", "title", "asks"]);
    for (slot, widget) in stored.slots.iter().zip(&document.widgets) {
        let Widget { x, y, width, height, .. } = widget;
        table.add_row(vec![
            slot.to_string(),
            format!("{width}x{height} at {x},{y}"),
            widget.kind.name().to_owned(),
            for_terminal(&widget.title),
            asks(widget),
        ]);
    }
    let _ = writeln!(text, "{table}");
    text
}

/// What a widget asks: `average(premium) of pay_premium, earlier by 1 d`.
fn asks(widget: &Widget) -> String {
    let Some(metric) = &widget.metric else { return String::new() };
    let mut text = format!("{}({metric})", named(widget.statistic));
    let of = [
        widget.contract.as_ref().map(|contract| short_address(contract.as_str())),
        widget.function.clone(),
        widget.subject.clone(),
    ];
    let of: Vec<_> = of.into_iter().flatten().collect();
    if !of.is_empty() {
        let _ = write!(text, " of {}", of.join(" / "));
    }
    if widget.top > 0 {
        let _ = write!(text, ", top {}", widget.top);
    }
    if widget.compare_s > 0 {
        let _ = write!(text, ", beside {} earlier", duration(widget.compare_s.into()));
    }
    text
}

fn named(statistic: Statistic) -> &'static str {
    match statistic {
        // Of a ratio such as `failed` a count is of all that were asked, not of those that did.
        Statistic::Count => "samples",
        Statistic::ErrorRatio => "share",
        Statistic::PerSecond => "per second",
        statistic => statistic.name(),
    }
}
