//! A deployed suite that a command reads, and the contracts and accounts that it watches.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use lumenscope_deploy::Deployment;
use lumenscope_invoke::{FromVal, Invoker, ScVal};
use lumenscope_meta::Address;
use lumenscope_rpc::{Clock as _, SystemClock};
use stellar_strkey::Strkey;

use crate::exit::Usage;
use crate::node::{self, NodeArgs};

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
        let rpc = &self.node.rpc;
        let invoker = Invoker::connect(rpc).await.map_err(|error| self.node.asked(error))?;
        let passphrase = invoker.network().passphrase();
        if passphrase != deployment.network_passphrase {
            return Err(Usage(format!(
                "expected a node of the network {:?}, which {} is of; {rpc} is of {passphrase:?}",
                deployment.network_passphrase,
                self.deployment.display(),
            ))
            .into());
        }
        Ok(invoker)
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
    match Strkey::from_string(text) {
        Ok(Strkey::PublicKeyEd25519(key)) => Ok(Address::from_account_key(key.0)),
        _ => node::contract(text),
    }
}

/// Whether this is the address of an account or of a contract.
pub fn is_address(text: &str) -> bool {
    matches!(Strkey::from_string(text), Ok(Strkey::PublicKeyEd25519(_) | Strkey::Contract(_)))
}
