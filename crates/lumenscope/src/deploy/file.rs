//! The deployment's file, over several runs.

use std::fs::OpenOptions;
use std::path::Path;

use anyhow::Context;
use lumenscope_deploy::{CONTRACTS, Deployment, salt};
use lumenscope_invoke::{Account, Invoker, contract_address};

use crate::exit::Usage;

/// The deployment that the file holds; `None` where there is no file.
///
/// # Errors
/// When the file holds something else, which must not be lost, or cannot be read.
pub fn read(file: &Path) -> anyhow::Result<Option<Deployment>> {
    match std::fs::read_to_string(file) {
        Ok(text) => serde_json::from_str(&text).map(Some).with_context(|| {
            format!(
                "{} holds no deployment and would be overwritten: move it away, or name another \
                 file with --out",
                file.display()
            )
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

/// Refuses a file that could not be written once everything is paid for.
///
/// # Errors
/// When it cannot be opened for writing; a file that was not there is not there afterwards.
pub fn require_writable(file: &Path) -> anyhow::Result<()> {
    // Of a link that leads nowhere the link is there.
    let is_new = file.symlink_metadata().is_err();
    let opened = OpenOptions::new().append(true).create(true).open(file);
    opened.with_context(|| format!("cannot write {}", file.display()))?;
    if is_new {
        std::fs::remove_file(file).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

/// Refuses to put one suite into the file of another, whose addresses would be lost.
///
/// # Errors
/// When the file is of another network, or of a suite with other addresses.
pub fn require_same_suite(
    file: &Path,
    before: &Deployment,
    invoker: &Invoker,
    account: &Account,
    label: &str,
) -> anyhow::Result<()> {
    let network = invoker.network();
    let admin = account.address();
    let is_at = |contract: &str| -> anyhow::Result<bool> {
        let address = contract_address(network.id(), &admin, salt(label, contract))?;
        Ok(before.address(contract).is_none_or(|before| before == address.as_str()))
    };
    let mut same = before.network_passphrase == network.passphrase();
    for contract in CONTRACTS {
        same = same && is_at(contract)?;
    }
    if same {
        return Ok(());
    }
    Err(Usage(format!(
        "{} holds another suite, of the admin {} on {:?}, and would be overwritten: name another \
         file (--out, LUMENSCOPE_DEPLOYMENT), or move it away",
        file.display(),
        before.admin,
        before.network_passphrase,
    ))
    .into())
}

/// The deployment, with what earlier runs paid for the same suite. A run that created all of it,
/// as on a development ledger that was started again, has nothing before it.
pub fn with_costs_before(
    deployment: Deployment,
    before: Option<&Deployment>,
    created: usize,
) -> Deployment {
    match before.filter(|before| is_same(&deployment, before) && created < CONTRACTS.len()) {
        None => deployment,
        Some(before) => Deployment {
            transactions: before.transactions.saturating_add(deployment.transactions),
            fee_stroops: before.fee_stroops.saturating_add(deployment.fee_stroops),
            ..deployment
        },
    }
}

fn is_same(one: &Deployment, other: &Deployment) -> bool {
    let addresses = |of: &Deployment| -> Vec<_> {
        of.contracts
            .iter()
            .map(|(name, deployed)| (name.clone(), deployed.address.clone()))
            .collect()
    };
    one.network_passphrase == other.network_passphrase && addresses(one) == addresses(other)
}

/// Writes the file.
///
/// # Errors
/// When it cannot be written.
pub fn write(file: &Path, deployment: &Deployment) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(deployment)?;
    std::fs::write(file, text + "\n").with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn deployment(network: &str, transactions: u32, fee_stroops: i64) -> Deployment {
        Deployment {
            network_passphrase: network.to_owned(),
            admin: "G".to_owned(),
            contracts: BTreeMap::new(),
            transactions,
            fee_stroops,
        }
    }

    #[test]
    fn what_a_suite_cost_before_stays_unless_all_of_it_is_new() {
        let before = deployment("here", 13, 1_500);
        let costs = |deployment: Deployment, created| {
            let now = with_costs_before(deployment, Some(&before), created);
            (now.transactions, now.fee_stroops)
        };
        assert_eq!(costs(deployment("here", 0, 0), 0), (13, 1_500));
        assert_eq!(costs(deployment("here", 1, 10), 0), (14, 1_510));
        assert_eq!(costs(deployment("here", 13, 1_400), CONTRACTS.len()), (13, 1_400));
        assert_eq!(costs(deployment("elsewhere", 0, 0), 0), (0, 0));
        assert_eq!(with_costs_before(before.clone(), None, 0), before);
    }
}
