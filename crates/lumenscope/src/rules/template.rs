//! `rules template`: the JSON of a rule from what teams watch first.

use clap::Args;
use comfy_table::ColumnConstraint;
use lumenscope_meta::Address;
use lumenscope_templates::rules::{RULES, Records, RuleTemplate};

use super::list;
use super::spec::Spec;
use super::words;
use crate::exit::Usage;
use crate::output;
use crate::suite::monitored;

/// Makes the JSON of a rule from a template; without a name, lists the templates.
#[derive(Args, Clone, Debug)]
pub struct TemplateArgs {
    /// Which one; see the list.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Contract that the rule covers, or the account that stands for one.
    #[arg(long, value_name = "CONTRACT", value_parser = monitored)]
    contract: Option<Address>,
    /// Function that it covers; otherwise every stream that watches the metric.
    #[arg(long, value_name = "FUNCTION")]
    function: Option<String>,
}

/// Prints the JSON, or the list.
///
/// # Errors
/// When there is no such template.
pub fn run(args: TemplateArgs) -> anyhow::Result<()> {
    let Some(name) = &args.name else { return output::print(&listed()) };
    let Some(template) = RULES.iter().find(|template| slug(template.name) == slug(name)) else {
        let names: Vec<_> = RULES.iter().map(|template| slug(template.name)).collect();
        return Err(Usage(format!(
            "expected a template, one of {}; came {name:?}",
            names.join(", ")
        ))
        .into());
    };
    let Some(contract) = &args.contract else {
        return Err(Usage("expected the --contract that the rule covers".to_owned()).into());
    };
    let spec = Spec::of_template(template, contract, args.function.as_deref());
    output::json(&spec)
}

/// A template's name on the command line: `price-moved-by-5-in-a-minute`.
fn slug(name: &str) -> String {
    let name = name.replace('\'', "");
    let is_word = |letter: char| letter.is_ascii_alphanumeric();
    let words = name.split(|letter| !is_word(letter)).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

fn listed() -> String {
    let mut table = list::table(&["name", "severity", "asks", "recorded by"]);
    if let Some(names) = table.column_mut(0) {
        // To be copied in one piece.
        names.set_constraint(ColumnConstraint::ContentWidth);
    }
    for template in &RULES {
        let nobody = Address::from_contract_id([0; 32]);
        let spec = Spec::of_template(template, &nobody, None);
        table.add_row(vec![
            slug(template.name).into(),
            list::severity(&spec),
            words::asks(&spec).into(),
            recorded_by(template).into(),
        ]);
    }
    format!("{table}\nthresholds are starting points: every contract has its own usual\n")
}

fn recorded_by(template: &RuleTemplate) -> &'static str {
    match template.records {
        Records::Keeper => "a keeper",
        Records::Contract => "the contract",
        Records::Operator => "who runs it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_has_a_name_of_its_own_that_a_shell_takes_as_it_is() {
        let mut names: Vec<_> = RULES.iter().map(|template| slug(template.name)).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), RULES.len());
        assert_eq!(slug("Price moved by 5 % in a minute"), "price-moved-by-5-in-a-minute");
        assert_eq!(slug("the network's limit"), "the-networks-limit");
        assert_eq!(slug(&slug("Admin changed")), "admin-changed");
    }
}
