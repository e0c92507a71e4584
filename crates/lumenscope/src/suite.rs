//! A deployed suite that a command reads, and the contracts and accounts that it watches.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use lumenscope_deploy::Deployment;
use lumenscope_invoke::{FromVal, Invoker, ScVal, args};
use lumenscope_meta::Address;
use lumenscope_rpc::{Clock as _, SystemClock};
use stellar_strkey::Strkey;

use crate::exit::{Incomplete, Usage};
use crate::node::{self, NodeArgs};
use crate::party::party;

/// The contract that everything else of a suite is about.
const MONITOR: &str = "performance-monitor";
/// Milliseconds in a second.
const SECOND_MS: u64 = 1_000;

/// Which suite to read.
#[derive(Args, Clone, Debug)]
pub struct SuiteArgs {
    #[command(flatten)]
    pub node: NodeArgs,
    /// What was deployed, as `lumenscope deploy` writes it.
    #[arg(
        long,
        value_name = "FILE",
        env = "LUMENSCOPE_DEPLOYMENT",
        default_value = "deployment.json"
    )]
    deployment: PathBuf,
}

impl SuiteArgs {
    /// What was deployed.
    ///
    /// # Errors
    /// When the file is missing or holds none.
    pub fn deployment(&self) -> anyhow::Result<Deployment> {
        let file = self.deployment.display();
        let text = std::fs::read_to_string(&self.deployment).with_context(|| {
            format!(
                "cannot read {file}: `lumenscope deploy` and scripts/deploy.sh write what they \
                 deployed; name the file with --deployment"
            )
        })?;
        serde_json::from_str(&text).with_context(|| format!("{file} holds no deployment"))
    }

    /// The node, which is of the network that the suite was deployed on.
    ///
    /// # Errors
    /// When it does not answer, or is of another network.
    pub async fn connect(&self, deployment: &Deployment) -> anyhow::Result<Invoker> {
        let invoker = self.node.invoker().await?;
        let passphrase = invoker.network().passphrase();
        if passphrase != deployment.network_passphrase {
            return Err(Usage(format!(
                "expected a node of the network {:?}, which {} is of; {} is of {passphrase:?}",
                deployment.network_passphrase,
                self.deployment.display(),
                self.node.shown(),
            ))
            .into());
        }
        self.require_there(&invoker, deployment).await?;
        Ok(invoker)
    }

    /// A development ledger keeps nothing, and the file of its suite stays.
    async fn require_there(
        &self,
        invoker: &Invoker,
        deployment: &Deployment,
    ) -> anyhow::Result<()> {
        let monitor = find(deployment, MONITOR)?;
        let key = lumenscope_meta::instance_key(&monitor)?;
        let entries = invoker.client().entries(std::slice::from_ref(&key)).await;
        if entries.map_err(|error| self.node.asked(error))?.get(&key).is_none() {
            anyhow::bail!(
                "the suite of {} is not on this network: {} has no {MONITOR} {monitor}; a ledger \
                 that was started anew is deployed to anew, with scripts/deploy.sh",
                self.deployment.display(),
                self.node.shown(),
            );
        }
        Ok(())
    }

    /// Says that nobody watches a contract, which "no alerts" would hide. To be called once the
    /// answer is printed: there may be something of a time when somebody did.
    ///
    /// # Errors
    /// [`Incomplete`] for a contract that is not registered; when the node does not answer.
    pub async fn require_watched(
        &self,
        invoker: &Invoker,
        deployment: &Deployment,
        contracts: &[Address],
    ) -> anyhow::Result<()> {
        let monitor = find(deployment, MONITOR)?;
        let mut unwatched = Vec::new();
        for contract in contracts {
            let args = args![contract]?;
            let found: ScVal = view(invoker, &monitor, "monitored_contract", args)
                .await
                .map_err(|error| self.node.asked(error))?;
            if found == ScVal::Void {
                unwatched.push(contract.as_str());
            }
        }
        if unwatched.is_empty() {
            return Ok(());
        }
        let are = if unwatched.len() == 1 { "is" } else { "are" };
        let unwatched = unwatched.join(", ");
        Err(Incomplete(format!("{unwatched} {are} not registered with this suite")).into())
    }

    /// When the latest ledger closed; by this machine's clock where the node does not say.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn latest_close_s(&self, invoker: &Invoker) -> anyhow::Result<u64> {
        let latest =
            invoker.client().latest_ledger().await.map_err(|error| self.node.asked(error))?;
        Ok(latest.close_time.unwrap_or_else(|| SystemClock.now_ms() / SECOND_MS))
    }
}

/// A contract of a deployment, by package name.
///
/// # Errors
/// When the deployment lacks it.
pub fn find(deployment: &Deployment, name: &str) -> anyhow::Result<Address> {
    let address = deployment.address(name);
    let address = address.with_context(|| format!("the deployment has no {name}"))?;
    Address::contract(address).with_context(|| format!("{name} of the deployment"))
}

/// What a contract's function answers.
///
/// # Errors
/// When the node does not answer, the call fails, or the answer is of another kind.
pub async fn view<T: FromVal>(
    invoker: &Invoker,
    contract: &Address,
    function: &str,
    args: Vec<ScVal>,
) -> anyhow::Result<T> {
    let answer = invoker.view(contract, function, args).await;
    Ok(answer.with_context(|| format!("calling {function}"))?.value()?)
}

/// Reads a monitored contract from the command line: suites can watch an account's figures too.
pub fn monitored(text: &str) -> Result<Address, String> {
    party(text).or_else(|neither| match text.starts_with('C') {
        true => node::contract(text),
        false => Err(neither),
    })
}

/// Whether this is the address of an account or of a contract.
pub fn is_address(text: &str) -> bool {
    matches!(Strkey::from_string(text), Ok(Strkey::PublicKeyEd25519(_) | Strkey::Contract(_)))
}
