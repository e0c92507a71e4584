//! Doing it.

use std::collections::BTreeMap;

use lumenscope_invoke::{
    Account, Address, Hash, InvokeError, Invoker, Outcome, ScVal, ToVal, ValueError, args,
    contract_address, record,
};
use lumenscope_meta::Executable;
use lumenscope_rpc::{Clock, Transport};
use thiserror::Error;

use crate::deployment::{DeployedContract, Deployment};
use crate::plan::{CONTRACTS, salt};

/// The public network's passphrase.
const PUBLIC_PASSPHRASE: &str = "Public Global Stellar Network ; September 2015";
/// Most seconds that the contracts let an upgrade wait: thirty days.
pub const UPGRADE_DELAY_MAX_S: u64 = 30 * 86_400;
/// Seconds that it waits unless it is said: three days span a weekend.
pub const UPGRADE_DELAY_DEFAULT_S: u64 = 3 * 86_400;
/// Least seconds that they let it wait on the public network: a day.
pub const UPGRADE_DELAY_PUBLIC_MIN_S: u64 = 86_400;

/// How to deploy.
#[derive(Clone, Debug)]
pub struct Options {
    /// Sets apart several suites of one deployer.
    pub label: String,
    /// Seconds that an upgrade waits; see `governance` in the contracts' interfaces.
    pub upgrade_delay_s: u64,
}

/// What just happened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Progress {
    /// The contract's code was uploaded, or found.
    Code {
        /// Package name.
        contract: &'static str,
        /// Bytes of wasm.
        bytes: usize,
        /// What it cost; `None` where it was there.
        fee_stroops: Option<i64>,
    },
    /// The contract was created, or found.
    Contract {
        /// Package name.
        contract: &'static str,
        /// Its address.
        address: Address,
        /// What it cost; `None` where it was there.
        fee_stroops: Option<i64>,
    },
    /// The contract was found, and runs other code than was given. It is left as it is: new code goes
    /// through its timelock.
    OtherCode {
        /// Package name.
        contract: &'static str,
        /// SHA-256 of what it runs.
        running: Hash,
    },
    /// The contract was told of another, or knew it.
    Link {
        /// Package name.
        contract: &'static str,
        /// What it cost; `None` where it knew.
        fee_stroops: Option<i64>,
    },
}

/// Why a deployment stopped. Run it again: it goes on where it stopped.
#[derive(Debug, Error)]
pub enum DeployError {
    /// A contract was not built.
    #[error("{0}")]
    Wasm(String),
    /// The contracts would refuse it, once their code is paid for.
    #[error(
        "expected upgrades to wait {least_s} to {UPGRADE_DELAY_MAX_S} seconds on this network, came {came_s}"
    )]
    UpgradeDelay {
        /// Least that the network takes, seconds.
        least_s: u64,
        /// What was asked for, seconds.
        came_s: u64,
    },
    /// A transaction could not be made, or failed.
    #[error("{contract}: {step}")]
    Step {
        /// Package name.
        contract: &'static str,
        /// What was tried.
        step: &'static str,
        /// Why it failed.
        source: InvokeError,
    },
}

/// Deploys the suite; `account` pays and becomes the admin. `wasm` gives a contract's code by
/// package name.
///
/// # Errors
/// [`DeployError`]; what was done stays done.
pub async fn deploy<T: Transport, C: Clock>(
    invoker: &Invoker<T, C>,
    account: &Account,
    options: &Options,
    wasm: impl Fn(&str) -> Result<Vec<u8>, String>,
    mut progress: impl FnMut(Progress),
) -> Result<Deployment, DeployError> {
    let (least_s, came_s) =
        (least_delay_s(invoker.network().passphrase()), options.upgrade_delay_s);
    if !(least_s..=UPGRADE_DELAY_MAX_S).contains(&came_s) {
        return Err(DeployError::UpgradeDelay { least_s, came_s });
    }
    let mut run = Run { invoker, account, options, bill: Bill::default(), known: BTreeMap::new() };
    let mut contracts = BTreeMap::new();
    for contract in CONTRACTS {
        let code = wasm(contract).map_err(DeployError::Wasm)?;
        let (address, running) = run.find(contract).await?;
        let (hash, fee_stroops) = match running {
            Some(running) => {
                if running != Hash::of(&code) {
                    progress(Progress::OtherCode { contract, running });
                }
                (running, None)
            }
            None => {
                let bytes = code.len();
                let (hash, fee_stroops) = run.upload(contract, code).await?;
                progress(Progress::Code { contract, bytes, fee_stroops });
                (hash, Some(run.create(contract, hash).await?))
            }
        };
        progress(Progress::Contract { contract, address: address.clone(), fee_stroops });
        let wasm_sha256 = hash.to_string();
        let deployed = DeployedContract { address: address.to_string(), wasm_sha256 };
        contracts.insert(contract.to_owned(), deployed);
    }
    for (contract, fee_stroops) in run.link().await? {
        progress(Progress::Link { contract, fee_stroops });
    }
    Ok(Deployment {
        network_passphrase: invoker.network().passphrase().to_owned(),
        admin: account.address().to_string(),
        contracts,
        transactions: run.bill.transactions,
        fee_stroops: run.bill.fee_stroops,
    })
}

/// Least seconds that upgrades wait on a network, as the contracts' `governance::construct` has it.
fn least_delay_s(passphrase: &str) -> u64 {
    if passphrase == PUBLIC_PASSPHRASE { UPGRADE_DELAY_PUBLIC_MIN_S } else { 0 }
}

#[derive(Debug, Default)]
struct Bill {
    transactions: u32,
    fee_stroops: i64,
}

impl Bill {
    fn add(&mut self, outcome: &Outcome) -> i64 {
        self.transactions += 1;
        self.fee_stroops += outcome.fee_charged_stroops;
        outcome.fee_charged_stroops
    }
}

struct Run<'a, T, C> {
    invoker: &'a Invoker<T, C>,
    account: &'a Account,
    options: &'a Options,
    bill: Bill,
    known: BTreeMap<&'static str, Address>,
}

fn step(contract: &'static str, step: &'static str) -> impl FnOnce(InvokeError) -> DeployError {
    move |source| DeployError::Step { contract, step, source }
}

impl<T: Transport, C: Clock> Run<'_, T, C> {
    async fn upload(
        &mut self,
        contract: &'static str,
        code: Vec<u8>,
    ) -> Result<(Hash, Option<i64>), DeployError> {
        let uploaded = self.invoker.upload(self.account, code).await;
        let (hash, outcome) = uploaded.map_err(step(contract, "uploading the code"))?;
        Ok((hash, outcome.as_ref().map(|outcome| self.bill.add(outcome))))
    }

    /// Where the contract is, or will be, and the SHA-256 of the code that it runs, if it is there.
    async fn find(
        &mut self,
        contract: &'static str,
    ) -> Result<(Address, Option<Hash>), DeployError> {
        let fail = step(contract, "looking for it");
        let salt = salt(&self.options.label, contract);
        let found = async {
            let network = self.invoker.network().id();
            let address = contract_address(network, &self.account.address(), salt)?;
            let key = lumenscope_meta::instance_key(&address)?;
            let entries = self.invoker.client().entries(std::slice::from_ref(&key)).await?;
            let Some(entry) = entries.get(&key) else { return Ok((address, None)) };
            let running = match lumenscope_meta::parse_instance(&entry.xdr)?.executable {
                Executable::Wasm { hash } => hash,
                // No contract of the suite: no code has this hash.
                Executable::StellarAsset | Executable::Reference => Hash([0; 32]),
            };
            Ok((address, Some(running)))
        };
        let (address, running) = found.await.map_err(fail)?;
        self.known.insert(contract, address.clone());
        Ok((address, running))
    }

    /// Creates the contract. Returns what that cost.
    async fn create(&mut self, contract: &'static str, hash: Hash) -> Result<i64, DeployError> {
        let fail = |source| DeployError::Step { contract, step: "creating it", source };
        let salt = salt(&self.options.label, contract);
        let args = self.constructor(contract).map_err(|error| fail(error.into()))?;
        let (_, outcome) =
            self.invoker.create(self.account, hash, salt, args).await.map_err(fail)?;
        Ok(self.bill.add(&outcome))
    }

    fn constructor(&self, contract: &'static str) -> Result<Vec<ScVal>, ValueError> {
        let (admin, delay_s) = (self.account.address(), self.options.upgrade_delay_s);
        match contract {
            "alerting" => args![admin, self.known("performance-monitor"), delay_s],
            _ => args![admin, delay_s],
        }
    }

    fn known(&self, contract: &str) -> Option<Address> {
        self.known.get(contract).cloned()
    }

    /// Tells the contracts of each other.
    async fn link(&mut self) -> Result<Vec<(&'static str, Option<i64>)>, DeployError> {
        let fail = |source: ValueError| DeployError::Step {
            contract: "dashboard",
            step: "naming its sources",
            source: source.into(),
        };
        let (history, alerting) = (self.known("analytics-storage"), self.known("alerting"));
        let monitor = self.known("performance-monitor").to_val().map_err(fail)?;
        let sources = [
            ("analytics_storage", history.to_val().map_err(fail)?),
            ("alerting", alerting.to_val().map_err(fail)?),
            ("performance_monitor", monitor.clone()),
        ];
        let analytics = history.to_val().map_err(fail)?;
        let sources = record(&sources).map_err(fail)?;
        Ok(vec![
            self.one_link("performance-monitor", "analytics", "set_analytics", analytics).await?,
            self.one_link("analytics-storage", "monitor", "set_monitor", monitor).await?,
            self.one_link("dashboard", "links", "set_links", sources).await?,
        ])
    }

    async fn one_link(
        &mut self,
        contract: &'static str,
        read: &'static str,
        set: &'static str,
        wanted: ScVal,
    ) -> Result<(&'static str, Option<i64>), DeployError> {
        let Some(address) = self.known(contract) else { return Ok((contract, None)) };
        let view = self.invoker.view(&address, read, Vec::new()).await;
        if view.map_err(step(contract, "reading its links"))?.value == wanted {
            return Ok((contract, None));
        }
        let outcome = self.invoker.invoke(self.account, &address, set, vec![wanted]).await;
        let outcome = outcome.and_then(Outcome::require_success);
        let outcome = outcome.map_err(step(contract, "linking it"))?;
        Ok((contract, Some(self.bill.add(&outcome))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upgrades_wait_a_day_on_the_public_network_alone() {
        assert_eq!(least_delay_s(PUBLIC_PASSPHRASE), 86_400);
        assert_eq!(least_delay_s("Test SDF Network ; September 2015"), 0);
    }
}
