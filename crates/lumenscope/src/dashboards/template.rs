//! `dashboards template`: a document from what teams look at first.

use clap::Args;
use lumenscope_board::{Dashboard, Variables};
use lumenscope_meta::Address;
use lumenscope_templates::{TEMPLATES, Template};

use super::file::OutArgs;
use crate::exit::Usage;
use crate::output;
use crate::rules::table;
use crate::suite::monitored;

/// Makes a document from a template; without a name, lists the templates.
#[derive(Args, Clone, Debug)]
pub struct TemplateArgs {
    /// Which one; see the list.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Contract that it shows, unless the viewer chooses another; or the account that stands for one.
    #[arg(long, value_name = "CONTRACT", requires = "name", value_parser = monitored)]
    contract: Option<Address>,
    #[command(flatten)]
    out: OutArgs,
}

/// Writes the document, or the list.
///
/// # Errors
/// When there is no such template.
pub fn run(args: &TemplateArgs) -> anyhow::Result<()> {
    let Some(name) = &args.name else {
        if args.out.is_named() {
            return Err(Usage("expected the template's name beside --out".to_owned()).into());
        }
        return output::print(&listed());
    };
    let Some(template) = TEMPLATES.iter().find(|template| slug(template) == name.to_lowercase())
    else {
        let names: Vec<_> = TEMPLATES.iter().map(slug).collect();
        let names = names.join(", ");
        return Err(Usage(format!("expected a template, one of {names}; came {name:?}")).into());
    };
    let variables = Variables { contract: args.contract.clone(), ..Variables::default() };
    let document = Dashboard::of_template(template, variables).map_err(|number| {
        anyhow::anyhow!("the template has a widget of the unknown kind {number}")
    })?;
    args.out.write(&document.to_json()?)
}

fn slug(template: &Template) -> String {
    template.name.to_lowercase()
}

fn listed() -> String {
    let mut table = table(&["name", "widgets", "metrics"]);
    for template in &TEMPLATES {
        let mut metrics: Vec<_> =
            template.widgets.iter().filter_map(|widget| widget.metric).collect();
        metrics.sort_unstable();
        metrics.dedup();
        table.add_row(vec![slug(template), template.widgets.len().to_string(), metrics.join(", ")]);
    }
    format!("{table}\n")
}
