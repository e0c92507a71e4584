//! `rules show`: one rule in words, or as the JSON that makes another one like it.

use std::fmt::Write as _;

use clap::Args;
use lumenscope_meta::{Address, Hash};
use lumenscope_notify::alert::severity_name;
use lumenscope_observer::for_terminal;
use lumenscope_rules::slot::SLOT_S;

use super::compile;
use super::list::row;
use super::read::{Stored, Suite};
use super::spec::Spec;
use super::words;
use crate::output;
use crate::suite::{SuiteArgs, monitored};
use crate::times::{date, duration};

/// Shows one rule.
#[derive(Args, Clone, Debug)]
pub struct ShowArgs {
    /// Its id.
    #[arg(value_name = "RULE", value_parser = super::id)]
    rule: Hash,
    /// The JSON that `create_rule --spec` takes: a rule is cloned by changing a field.
    #[arg(long, conflicts_with = "json")]
    as_spec: bool,
    /// With --as-spec: another name.
    #[arg(long, value_name = "NAME", requires = "as_spec")]
    name: Option<String>,
    /// With --as-spec: another contract, or an account that stands for one.
    #[arg(long, value_name = "CONTRACT", requires = "as_spec", value_parser = monitored)]
    contract: Option<Address>,
    #[command(flatten)]
    suite: SuiteArgs,
    /// JSON with everything that is known of it.
    #[arg(long)]
    json: bool,
}

/// Shows the rule.
///
/// # Errors
/// When there is no such rule, a file is not what it should be, or the node does not answer.
pub async fn run(args: ShowArgs) -> anyhow::Result<()> {
    let deployment = args.suite.deployment()?;
    let invoker = args.suite.connect(&deployment).await?;
    let suite = Suite::new(&invoker, &deployment)?;
    let rule = suite.rule(&args.rule).await.map_err(|error| args.suite.node.asked(error))?;
    if args.as_spec {
        let spec = changed(rule.spec, args.name, args.contract.as_ref());
        return output::json(&spec);
    }
    if args.json {
        return output::json(&row(&rule));
    }
    output::print(&render(&rule))
}

fn changed(mut spec: Spec, name: Option<String>, contract: Option<&Address>) -> Spec {
    if let Some(name) = name {
        spec.name = name;
    }
    if let Some(contract) = contract {
        spec.contract = Some(contract.to_string());
    }
    spec
}

fn render(rule: &Stored) -> String {
    let spec = &rule.spec;
    let mut text = format!("{}\n", for_terminal(&spec.name));
    let mut say = |what: &str, said: &str| {
        let _ = writeln!(text, "  {what:<9} {said}");
    };
    say("asks", &words::asks(spec));
    say("fires", &words::clocks(spec));
    say("no data", &words::no_data(spec));
    let contract = spec.contract.as_deref().unwrap_or("all contracts of the owner");
    say("contract", &for_terminal(contract));
    say("streams", &words::scope(spec, false));
    let severity = compile::severity(spec);
    let severity = severity.map_or(spec.severity.to_string(), |of| severity_name(of).to_owned());
    say("severity", &severity);
    if spec.cooldown_s > 0 {
        let cooldown = duration(spec.cooldown_s.into());
        say("messages", &format!("none about new episodes for {cooldown} after one"));
    }
    say("policy", spec.policy.as_deref().unwrap_or("none"));
    for (what, texts) in [("label", &spec.labels), ("note", &spec.annotations)] {
        for (name, value) in texts {
            say(what, &format!("{} = {}", for_terminal(name), for_terminal(value)));
        }
    }
    say("owner", rule.owner.as_str());
    let since = date(u64::from(rule.active_from_slot) * u64::from(SLOT_S));
    let state = if rule.paused { "paused" } else { "on" };
    say("state", &format!("{state}, evaluates minutes from {since} UTC on"));
    say("id", &rule.id.to_string());
    text
}

#[cfg(test)]
mod tests {
    use super::super::spec::tests::spec;
    use super::*;

    #[test]
    fn a_rule_is_told_in_words_with_everything_it_says() {
        let mut spec = Spec { for_s: 60, min_points: 10, ..spec() };
        spec.labels.insert("team".to_owned(), "pool".to_owned());
        let rule = Stored {
            id: Hash([1; 32]),
            owner: Address::from_account_key([7; 32]),
            paused: true,
            active_from_slot: 30_000_000,
            spec,
        };
        let text = render(&rule);
        for expected in [
            "large\n  asks      average(amount) over 1 h > 1,000\n",
            "  fires     once that held for 1 min\n",
            "  no data   with fewer than 10 samples in the window: as before",
            "  severity  high\n",
            "  messages  none about new episodes for 10 min after one\n",
            "  label     team = pool\n",
            "  state     paused, evaluates minutes from 2027-01-15 08:00 UTC on\n",
        ] {
            assert!(text.contains(expected), "{expected} is not in\n{text}");
        }
    }

    #[test]
    fn a_clone_differs_in_what_was_asked_for_alone() {
        let contract = Address::from_contract_id([1; 32]);
        let clone = changed(spec(), Some("another".to_owned()), Some(&contract));
        let expected =
            Spec { name: "another".to_owned(), contract: Some(contract.to_string()), ..spec() };
        assert_eq!(clone, expected);
        assert_eq!(changed(spec(), None, None), spec());
    }
}
