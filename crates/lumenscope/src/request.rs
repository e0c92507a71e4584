//! `lumenscope request`: requests that an API key signs.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use lumenscope_credentials::{
    Method, NonceSource, REQUEST_LIFE_MAX_S, Request, SignedRequest, SigningKey,
};
use lumenscope_meta::{Address, Hash};
use lumenscope_rpc::{Clock as _, SystemClock};

use crate::party::{bytes32, network, party};
use crate::{node, output, secret_file};

/// How long a request is valid, seconds: longer than a transaction waits, short for a thief.
const LIFE_DEFAULT_S: u64 = 300;
const SECOND_MS: u64 = 1_000;
const MS_US: u64 = 1_000;

/// Signs requests that the ledger verifies.
#[derive(Args, Clone, Debug)]
pub struct RequestArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Debug, Subcommand)]
enum Command {
    Sign(SignArgs),
}

/// Signs a request; prints the arguments of `check_request` and `verify_request`, all but --scope,
/// which who acts on it says.
#[derive(Args, Clone, Debug)]
struct SignArgs {
    /// File with the API key, as `key new` wrote it.
    #[arg(long, value_name = "FILE")]
    key_file: PathBuf,
    /// The network: public, testnet, futurenet, localnet, a passphrase, or an id.
    #[arg(long, value_name = "NETWORK", value_parser = network)]
    network: Hash,
    /// The external-monitoring contract.
    #[arg(long, value_name = "CONTRACT", value_parser = node::contract)]
    contract: Address,
    /// The API key's id, as `create_api_key` returned it.
    #[arg(long, value_name = "HEX", value_parser = bytes32)]
    key: Hash,
    /// How often the API key was rotated before it became this one.
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    generation: u32,
    /// Who acts on the request, and nobody else.
    #[arg(long, value_name = "ADDRESS", value_parser = party)]
    caller: Address,
    /// What is asked for: letters, digits and underscores.
    #[arg(long, value_name = "METHOD", value_parser = method)]
    method: Method,
    /// File with the request's body; otherwise it is empty.
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// Never signed twice, and rising; otherwise the clock's microseconds.
    #[arg(long, value_name = "NUMBER")]
    nonce: Option<u64>,
    /// When the request is void, unix seconds, at most an hour ahead; otherwise in five minutes.
    #[arg(long, value_name = "SECONDS")]
    expires_s: Option<u64>,
}

/// Signs.
///
/// # Errors
/// When a file is not what it should be.
pub fn run(args: RequestArgs) -> anyhow::Result<()> {
    let Command::Sign(args) = args.command;
    let text = secret_file::read(&args.key_file)?;
    let key = SigningKey::read(text.expose());
    let key = key.with_context(|| format!("{} holds no such key", args.key_file.display()))?;
    let body = match &args.body {
        Some(file) => {
            std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?
        }
        None => Vec::new(),
    };
    let now_ms = SystemClock.now_ms();
    let (now_s, expires_s) = (now_ms / SECOND_MS, args.expires_s);
    if let Some(wrong) = expires_s.and_then(|expires_s| untimely(expires_s, now_s)) {
        eprintln!("note: by this machine's clock --expires-s {wrong}; the ledger's decides");
    }
    let request = Request {
        network_id: args.network.0,
        contract: args.contract,
        key: args.key.0,
        generation: args.generation,
        caller: args.caller,
        method: args.method,
        body_hash: Hash::of(&body).0,
        nonce: args.nonce.unwrap_or_else(|| NonceSource::starting(now_ms * MS_US, 0).next()),
        expires_s: expires_s.unwrap_or(now_s + LIFE_DEFAULT_S),
    };
    output::print(&arguments(&key.sign(request)?))
}

/// Why nobody would act on a request that is void then, if it is now `now_s`.
fn untimely(expires_s: u64, now_s: u64) -> Option<&'static str> {
    if expires_s < now_s {
        Some("is over")
    } else if expires_s - now_s > REQUEST_LIFE_MAX_S {
        Some("is more than an hour ahead")
    } else {
        None
    }
}

fn arguments(signed: &SignedRequest) -> String {
    let SignedRequest { request, signature } = signed;
    let signature = hex::encode(signature);
    format!(
        "--caller {} --key {} --generation {} --method {} --body_hash {} --nonce {} \
         --expires_s {} --signature {signature}\n",
        request.caller,
        Hash(request.key),
        request.generation,
        request.method,
        Hash(request.body_hash),
        request.nonce,
        request.expires_s,
    )
}

fn method(text: &str) -> Result<Method, String> {
    Method::new(text).map_err(|error| error.to_string())
}

const _: () = assert!(LIFE_DEFAULT_S <= REQUEST_LIFE_MAX_S);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_nobody_would_act_on_is_noticed() {
        let now_s = 1_800_000_000;
        for (expires_s, is_noticed) in [
            (5, true),
            (now_s - 1, true),
            (now_s, false),
            (now_s + REQUEST_LIFE_MAX_S, false),
            (now_s + REQUEST_LIFE_MAX_S + 1, true),
            (u64::MAX, true),
        ] {
            assert_eq!(untimely(expires_s, now_s).is_some(), is_noticed, "{expires_s}");
        }
    }
}
