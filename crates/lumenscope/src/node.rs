//! The node that a command asks, and the contracts that it asks about.

use std::sync::Arc;

use clap::Args;
use lumenscope_invoke::{InvokeError, Invoker, InvokerOptions};
use lumenscope_meta::Address;
use lumenscope_observer::ObserveError;
use lumenscope_rpc::{Client, RpcError, is_on_this_machine, shown_url};

use crate::exit::Usage;

/// Characters of a contract's address.
const CONTRACT_CHARS: usize = 56;

/// Which node to ask.
#[derive(Args, Clone, Debug)]
pub struct NodeArgs {
    /// Stellar RPC endpoint. Of a URL with a key in it no more than the host is ever shown.
    // Read where it is used: clap would repeat what it refuses.
    #[arg(
        long,
        value_name = "URL",
        env = "LUMENSCOPE_RPC_URL",
        hide_env_values = true,
        default_value = "http://127.0.0.1:8000"
    )]
    rpc: String,
}

impl NodeArgs {
    /// A client of that node.
    ///
    /// # Errors
    /// When the URL is not one.
    pub fn client(&self) -> anyhow::Result<Arc<Client>> {
        let client = Client::new(&self.rpc);
        Ok(Arc::new(client.map_err(|error| Usage(format!("--rpc: {error}")))?))
    }

    /// Calls through that node.
    ///
    /// # Errors
    /// When the URL is not one, or the node does not answer.
    pub async fn invoker(&self) -> anyhow::Result<Invoker> {
        let client = self.client()?;
        let invoker = Invoker::over(client, InvokerOptions::default()).await;
        invoker.map_err(|error| self.asked(error))
    }

    /// The endpoint, as it may be shown.
    pub fn shown(&self) -> String {
        shown_url(&self.rpc)
    }

    /// The error with the node's URL, and what to do where nothing listens there.
    pub fn asked(&self, error: impl Into<anyhow::Error>) -> anyhow::Error {
        let error = error.into();
        // What was asked for cannot be: the node has nothing to do with it.
        if error.is::<Usage>() {
            return error;
        }
        let rpc = self.shown();
        if !error.chain().any(is_unreachable) {
            return error.context(format!("asking {rpc}"));
        }
        let here =
            if is_on_this_machine(&self.rpc) { "is `lumenscope localnet` running? " } else { "" };
        error.context(format!(
            "asking {rpc}: no node answers there; {here}another node is named with --rpc"
        ))
    }
}

fn is_unreachable(cause: &(dyn std::error::Error + 'static)) -> bool {
    let rpc = match (cause.downcast_ref(), cause.downcast_ref()) {
        (Some(InvokeError::Rpc(error)), _) | (_, Some(ObserveError::Rpc(error))) => Some(error),
        _ => cause.downcast_ref::<RpcError>(),
    };
    matches!(rpc, Some(RpcError::Unreachable { .. }))
}

/// Reads a contract's address from the command line.
///
/// # Errors
/// When it is not one.
pub fn contract(text: &str) -> Result<Address, String> {
    Address::contract(text).map_err(|error| {
        if is_written_as_contract(text) {
            format!(
                "the checksum of {text} is wrong: one of its characters is another one than in \
                 the contract's address"
            )
        } else {
            error.to_string()
        }
    })
}

/// Whether it could be a contract's address, but for its checksum.
fn is_written_as_contract(text: &str) -> bool {
    let is_base32 = |byte: u8| byte.is_ascii_uppercase() || matches!(byte, b'2'..=b'7');
    text.len() == CONTRACT_CHARS && text.starts_with('C') && text.bytes().all(is_base32)
}

/// The first and last ledger the node serves.
///
/// # Errors
/// When it does not answer.
pub async fn served(node: &NodeArgs, client: &Client) -> anyhow::Result<(u32, u32)> {
    let health = client.health().await.map_err(|error| node.asked(error))?;
    Ok((health.oldest_ledger, health.latest_ledger))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_address_is_told_from_something_that_is_none() {
        let address = Address::from_contract_id([9; 32]);
        let right = address.as_str();
        assert_eq!(contract(right), Ok(address.clone()));
        let last = if right.ends_with('A') { "B" } else { "A" };
        let mistyped = format!("{}{last}", &right[..CONTRACT_CHARS - 1]);
        assert!(contract(&mistyped).is_err_and(|error| error.contains("checksum")));
        for other in ["C", "not-a-contract", &right.to_lowercase()] {
            let refused = contract(other);
            assert!(refused.is_err_and(|error| error.contains("expected a contract")), "{other}");
        }
    }
}
