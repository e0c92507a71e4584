//! `dashboards list`: those of an owner, or those that everybody may see.

use clap::{ArgGroup, Args};
use lumenscope_meta::{Address, Hash};
use lumenscope_observer::for_terminal;
use serde::Serialize;

use super::read::{Listed, Suite, require_all};
use crate::output;
use crate::rules::table;
use crate::suite::{SuiteArgs, monitored};
use crate::units::counted;

/// Version of the JSON form: raised when a field changes its meaning.
const DOCUMENT_VERSION: u32 = 1;

/// Lists dashboards.
#[derive(Args, Clone, Debug)]
#[command(group = ArgGroup::new("whose").required(true).args(["owner", "public"]))]
pub struct ListArgs {
    /// Owner whose dashboards to list, private ones too.
    #[arg(long, value_name = "ADDRESS", value_parser = monitored)]
    owner: Option<Address>,
    /// Those that everybody may see, as they were published.
    #[arg(long)]
    public: bool,
    #[command(flatten)]
    suite: SuiteArgs,
    /// JSON instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    dashboards: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    id: Hash,
    name: &'a str,
    owner: &'a Address,
    widgets: usize,
    /// Raised by every edit.
    dashboard_version: u32,
    public: bool,
}

/// Lists them.
///
/// # Errors
/// When a file is not what it should be, or the node does not answer.
pub async fn run(args: ListArgs) -> anyhow::Result<()> {
    let deployment = args.suite.deployment()?;
    let invoker = args.suite.connect(&deployment).await?;
    let suite = Suite::new(&invoker, &deployment)?;
    let found = match &args.owner {
        Some(owner) => suite.of_owner(owner).await,
        None => suite.public().await,
    };
    let (found, is_all) = found.map_err(|error| args.suite.node.asked(error))?;
    if args.json {
        let dashboards = found.iter().map(row).collect();
        let document = Document { version: DOCUMENT_VERSION, dashboards };
        output::json(&document)?;
    } else {
        output::print(&render(&found))?;
    }
    require_all(is_all)
}

fn row(listed: &Listed) -> Row<'_> {
    let Listed { id, owner, name, version, is_public, widgets } = listed;
    let (widgets, dashboard_version) = (*widgets, *version);
    Row { id: *id, name, owner, widgets, dashboard_version, public: *is_public }
}

fn render(found: &[Listed]) -> String {
    let mut text = format!("{}\n", counted(found.len() as u64, "dashboard", "dashboards"));
    if found.is_empty() {
        return text;
    }
    // Ids are to be copied in one piece, and take a line of their own.
    let mut table = table(&["", "name", "widgets", "version", "seen by"]);
    for (number, one) in (1..).zip(found) {
        let seen = if one.is_public { "everybody" } else { "members" };
        table.add_row(vec![
            format!("{number}"),
            for_terminal(&one.name),
            one.widgets.to_string(),
            one.version.to_string(),
            seen.to_owned(),
        ]);
    }
    text.push_str(&format!("{table}\n"));
    for (number, one) in (1..).zip(found) {
        text.push_str(&format!("{number}  {}\n", one.id));
    }
    text
}
