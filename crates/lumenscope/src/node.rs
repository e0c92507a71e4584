//! The node that a command asks, and the contracts that it asks about.

use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use lumenscope_meta::Address;
use lumenscope_rpc::Client;

/// Which node to ask.
#[derive(Args, Clone, Debug)]
pub struct NodeArgs {
    /// Stellar RPC endpoint.
    #[arg(
        long,
        value_name = "URL",
        env = "LUMENSCOPE_RPC_URL",
        default_value = "http://127.0.0.1:8000"
    )]
    pub rpc: String,
}

impl NodeArgs {
    /// A client of that node.
    ///
    /// # Errors
    /// When the URL is not one.
    pub fn client(&self) -> anyhow::Result<Arc<Client>> {
        Ok(Arc::new(Client::new(&self.rpc)?))
    }

    /// Said with an error: which node it was.
    pub fn context(&self) -> String {
        format!("asking {}", self.rpc)
    }
}

/// Reads a contract's address from the command line.
///
/// # Errors
/// When it is not one.
pub fn contract(text: &str) -> Result<Address, String> {
    Address::contract(text).map_err(|error| error.to_string())
}

/// The first and last ledger the node serves.
///
/// # Errors
/// When it does not answer.
pub async fn served(node: &NodeArgs, client: &Client) -> anyhow::Result<(u32, u32)> {
    let health = client.health().await.with_context(|| node.context())?;
    Ok((health.oldest_ledger, health.latest_ledger))
}
