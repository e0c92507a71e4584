//! `lumenscope keep-alive`: the suite's own lives.
//!
//! What nobody extends is archived, and comes back with the next call that needs it, which pays for
//! all of it: a user of the monitored contract, who never asked for it.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use comfy_table::CellAlignment;
use lumenscope_deploy::CONTRACTS;
use lumenscope_invoke::{Account, Outcome};
use lumenscope_meta::{Address, Executable};
use lumenscope_observer::{ContractFacts, ContractReader};

use crate::deploy::key;
use crate::output;
use crate::rules::table;
use crate::suite::{SuiteArgs, find};
use crate::units::{counted, days, grouped, stroops};

/// Extends the lives of the suite's contracts, code and instance: by at most 31 days a call towards
/// 150 days, what lives less than a day short of that not at all. Once a month keeps a suite alive;
/// anybody may do it, and pays the month's rent.
#[derive(Args, Clone, Debug)]
pub struct KeepAliveArgs {
    #[command(flatten)]
    suite: SuiteArgs,
    /// File with the secret key (S...) of who pays.
    #[arg(long, value_name = "FILE", env = "LUMENSCOPE_SECRET_KEY_FILE")]
    key_file: PathBuf,
}

/// A contract, before and after.
struct Extended {
    name: &'static str,
    before: ContractFacts,
    after: ContractFacts,
    fee_stroops: i64,
}

/// Extends them, and says until when they live.
///
/// # Errors
/// When a file is not what it should be, a contract is missing, or the node does not answer.
pub async fn run(args: KeepAliveArgs) -> anyhow::Result<()> {
    let account = Account::new(key::read(&args.key_file)?);
    let deployment = args.suite.deployment()?;
    let invoker = args.suite.connect(&deployment).await?;
    let reader = ContractReader::new(&**invoker.client());
    let facts = async |contract: &Address| {
        let found = reader.facts(contract).await.map_err(|error| args.suite.node.asked(error))?;
        found.with_context(|| format!("there is no contract {contract} on this network"))
    };
    let mut extended = Vec::new();
    let extend = async |name| {
        let contract = find(&deployment, name)?;
        let before = facts(&contract).await?;
        let outcome = invoker.invoke(&account, &contract, "keep_alive", Vec::new()).await;
        let outcome = outcome.and_then(Outcome::require_success);
        let outcome = outcome.with_context(|| format!("extending the life of {name}"))?;
        let (after, fee_stroops) = (facts(&contract).await?, outcome.fee_charged_stroops);
        anyhow::Ok(Extended { name, before, after, fee_stroops })
    };
    let mut ended = Ok(());
    for name in CONTRACTS {
        match extend(name).await {
            Ok(one) => extended.push(one),
            // What was paid is told all the same.
            Err(error) => {
                ended = Err(error);
                break;
            }
        }
    }
    output::print(&render(&extended))?;
    ended
}

fn render(extended: &[Extended]) -> String {
    let mut table =
        table(&["contract", "lived, days", "lives, days", "until ledger", "fee, stroops"]);
    for column in 1..5 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut fee_stroops = 0_i128;
    for Extended { name, before, after, fee_stroops: fee } in extended {
        fee_stroops += i128::from(*fee);
        table.add_row(vec![
            (*name).to_owned(),
            match before.ttl_ledgers() {
                0 => "archived".to_owned(),
                ledgers => format!("{:.0}", days(ledgers)),
            },
            format!("{:.0}", days(after.ttl_ledgers())),
            grouped(until(after).into()),
            grouped((*fee).into()),
        ]);
    }
    let calls = counted(extended.len() as u64, "call", "calls");
    format!("{table}\n{calls}, {}\n", stroops(fee_stroops))
}

/// The last ledger of what dies first.
fn until(facts: &ContractFacts) -> u32 {
    let code = match (&facts.executable, &facts.code) {
        (Executable::Wasm { .. }, None) => 0,
        (_, code) => code.map_or(u32::MAX, |code| code.live_until_ledger),
    };
    code.min(facts.instance.live_until_ledger)
}
