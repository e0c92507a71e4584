//! `lumenscope seal` and `lumenscope open`: credentials of an integration.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use lumenscope_credentials::{
    Binding, Credentials, Destination, Endpoint, IntegrationKind, Random, ServicePublicKey, open,
    seal,
};
use lumenscope_meta::{Address, Hash};

use crate::exit::Usage;
use crate::party::{bytes32, network, party};
use crate::{node, output, secret_file, service_key};

/// The integration that credentials are for; sealed for one they open for no other.
#[derive(Args, Clone, Debug)]
struct BindingArgs {
    /// The network: public, testnet, futurenet, localnet, a passphrase, or an id.
    #[arg(long, value_name = "NETWORK", value_parser = network)]
    network: Hash,
    /// The external-monitoring contract.
    #[arg(long, value_name = "CONTRACT", value_parser = node::contract)]
    contract: Address,
    /// The integration's owner.
    #[arg(long, value_name = "ADDRESS", value_parser = party)]
    owner: Address,
    /// What the integration talks to: prometheus, grafana, datadog, pagerduty, slack, discord,
    /// telegram, email, webhook or custom.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: IntegrationKind,
    /// The endpoint in the integration's configuration, where it has one; of datadog, its site.
    #[arg(long, value_name = "ENDPOINT")]
    endpoint: Option<String>,
}

impl BindingArgs {
    fn binding(self) -> Result<Binding, Usage> {
        let read = if self.kind.has_site() { Endpoint::of_site } else { Endpoint::parse };
        let endpoint = self.endpoint.as_deref().map(read).transpose();
        Ok(Binding {
            network_id: self.network.0,
            contract: self.contract,
            owner: self.owner,
            kind: self.kind,
            endpoint: endpoint.map_err(|error| Usage(format!("--endpoint: {error}")))?,
        })
    }
}

/// Seals credentials to the service's key; prints the `sealed_credentials` of `create_integration`.
///
/// Credentials are JSON, such as {"version":1,"type":"webhook","url":"https://..","secret":"whsec_.."};
/// docs/guides/integrations.md has the other types.
#[derive(Args, Clone, Debug)]
pub struct SealArgs {
    #[command(flatten)]
    binding: BindingArgs,
    /// The integration is inbound, and has no endpoint: the tool comes to the service.
    #[arg(long, conflicts_with = "endpoint")]
    inbound: bool,
    /// The service's public key, as the contract's `service_key` says it.
    #[arg(long, value_name = "HEX", value_parser = bytes32)]
    service_key: Hash,
    /// File with the credentials; - is standard input.
    #[arg(long, value_name = "FILE", default_value = "-")]
    credentials: PathBuf,
}

/// Opens sealed credentials with the service's key, and says what they are; for who runs the
/// service and wants to know why an integration fails.
#[derive(Args, Clone, Debug)]
pub struct OpenArgs {
    #[command(flatten)]
    binding: BindingArgs,
    /// File with the service's key, as `service-key new` wrote it.
    #[arg(long, value_name = "FILE")]
    service_key_file: PathBuf,
    /// What was sealed, in hexadecimal.
    #[arg(value_name = "HEX", value_parser = sealed)]
    sealed: Sealed,
    /// Print the credentials themselves.
    #[arg(long)]
    reveal: bool,
}

/// Bytes of a sealed value; one argument, where clap would take a vector for many.
#[derive(Clone, Debug)]
struct Sealed(Vec<u8>);

/// Seals.
///
/// # Errors
/// When the credentials are none or for another place than the endpoint, or nothing is sent to that
/// place or to their own URL.
pub fn run(args: SealArgs) -> anyhow::Result<()> {
    let binding = args.binding.binding()?;
    let kind = binding.kind;
    // What is at a site is never inbound.
    let needed = kind.has_site() || (kind.needs_endpoint() && !args.inbound);
    if needed && binding.endpoint.is_none() {
        let instead = if kind.has_site() { "its site" } else { "or --inbound" };
        let kind = kind.name();
        return Err(Usage(format!("expected the --endpoint of a {kind}, {instead}")).into());
    }
    if args.inbound && !kind.may_be_inbound() {
        let kind = kind.name();
        return Err(
            Usage(format!("expected no --inbound: a {kind} never comes to the service")).into()
        );
    }
    if let Some(endpoint) = &binding.endpoint {
        // The ledger would take it, and the first delivery would fail.
        Destination::parse(endpoint.as_str()).context("a service sends nothing there")?;
    }
    let text = secret_file::read(&args.credentials)?;
    let what = || format!("{} holds no credentials", args.credentials.display());
    let credentials = Credentials::parse(text.expose().trim().as_bytes()).with_context(what)?;
    if let Some(url) = credentials.url().filter(|_| !args.inbound)
        && Destination::parse(url.expose()).is_err()
    {
        // Where it leads is not repeated: all of it is secret.
        anyhow::bail!(
            "a service sends nothing to the credentials' url: expected https, and a host or an \
             address of the public internet"
        );
    }
    let service = ServicePublicKey(args.service_key.0);
    let sealed = seal(&credentials, &binding, &service, &mut Random::from_system()?)?;
    output::print(&format!("{}\n", hex::encode(sealed)))
}

/// Opens.
///
/// # Errors
/// When they do not open with this key for this integration.
pub fn run_open(args: OpenArgs) -> anyhow::Result<()> {
    let service = service_key::read(&args.service_key_file)?;
    let credentials = open(&args.sealed.0, &args.binding.binding()?, &service)?;
    if args.reveal {
        let json = credentials.to_json()?;
        return output::print(&format!("{}\n", String::from_utf8_lossy(&json)));
    }
    output::print(match credentials {
        Credentials::Webhook { .. } => "webhook: a url and a secret\n",
        Credentials::Url { .. } => "url\n",
        Credentials::Token { .. } => "token\n",
        Credentials::Basic { .. } => "basic: a user and a password\n",
        Credentials::OAuth2 { .. } => "oauth2: a client's id and secret\n",
    })
}

fn kind(text: &str) -> Result<IntegrationKind, String> {
    let kinds = IntegrationKind::ALL;
    kinds
        .into_iter()
        .find(|kind| kind.name() == text)
        .ok_or_else(|| format!("expected one of {}", kinds.map(IntegrationKind::name).join(", ")))
}

fn sealed(text: &str) -> Result<Sealed, String> {
    let bytes = hex::decode(text);
    bytes.map(Sealed).map_err(|_| "expected a sealed value in hexadecimal".to_owned())
}
