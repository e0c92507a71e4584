//! What credentials are bound to: a sealed value that is copied elsewhere does not open.

use lumenscope_meta::Address;
use stellar_xdr_30::ScVal;

use crate::endpoint::Endpoint;
use crate::xdr::{address, bytes, string, symbol, vector};
use crate::{EncodeError, KeyId};

/// What sets sealed credentials apart from everything else that is sealed to one key.
pub const SEALED_DOMAIN: &str = "LumenscopeSealed1";

/// What an integration talks to; the numbers are the contract's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum IntegrationKind {
    /// Prometheus, scraped or by remote write.
    Prometheus = 0,
    /// Grafana.
    Grafana = 1,
    /// Datadog.
    Datadog = 2,
    /// PagerDuty.
    PagerDuty = 3,
    /// Slack.
    Slack = 4,
    /// Discord.
    Discord = 5,
    /// Telegram.
    Telegram = 6,
    /// Electronic mail.
    Email = 7,
    /// An HTTP endpoint.
    Webhook = 8,
    /// Anything else, by agreement with the service.
    Custom = 9,
}

impl IntegrationKind {
    /// All of them, by number.
    pub const ALL: [IntegrationKind; 10] = [
        IntegrationKind::Prometheus,
        IntegrationKind::Grafana,
        IntegrationKind::Datadog,
        IntegrationKind::PagerDuty,
        IntegrationKind::Slack,
        IntegrationKind::Discord,
        IntegrationKind::Telegram,
        IntegrationKind::Email,
        IntegrationKind::Webhook,
        IntegrationKind::Custom,
    ];

    /// Its number on the ledger.
    #[must_use]
    pub const fn code(self) -> u32 {
        self as u32
    }

    /// Whether an integration of this kind has an endpoint or a site, unless it is inbound.
    #[must_use]
    pub const fn needs_endpoint(self) -> bool {
        matches!(
            self,
            IntegrationKind::Prometheus | IntegrationKind::Grafana | IntegrationKind::Webhook
        ) || self.has_site()
    }

    /// Whether such a tool may come to the service.
    #[must_use]
    pub const fn may_be_inbound(self) -> bool {
        matches!(
            self,
            IntegrationKind::Prometheus
                | IntegrationKind::Grafana
                | IntegrationKind::Webhook
                | IntegrationKind::Custom
        )
    }

    /// Whether its configuration says `site`, a host, where others say `endpoint`.
    #[must_use]
    pub const fn has_site(self) -> bool {
        matches!(self, IntegrationKind::Datadog)
    }

    /// Its name on a command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            IntegrationKind::Prometheus => "prometheus",
            IntegrationKind::Grafana => "grafana",
            IntegrationKind::Datadog => "datadog",
            IntegrationKind::PagerDuty => "pagerduty",
            IntegrationKind::Slack => "slack",
            IntegrationKind::Discord => "discord",
            IntegrationKind::Telegram => "telegram",
            IntegrationKind::Email => "email",
            IntegrationKind::Webhook => "webhook",
            IntegrationKind::Custom => "custom",
        }
    }
}

/// What a sealed value belongs to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Binding {
    /// The network's id: the SHA-256 of its passphrase.
    pub network_id: [u8; 32],
    /// The external-monitoring contract.
    pub contract: Address,
    /// The integration's owner.
    pub owner: Address,
    /// What the integration talks to.
    pub kind: IntegrationKind,
    /// The `endpoint` of its configuration, where it has one; of a kind that has a site
    /// ([`IntegrationKind::has_site`]) that one ([`Endpoint::of_site`]).
    pub endpoint: Option<Endpoint>,
}

impl Binding {
    /// The associated data of HPKE: the XDR of the vector of these values: the symbol
    /// [`SEALED_DOMAIN`], the network's id (bytes), the contract (address), the owner (address),
    /// the kind (u32), the origin of the endpoint ([`Endpoint::origin`]; string, void where there
    /// is none), the id of the service's key (bytes).
    ///
    /// # Errors
    /// [`EncodeError`].
    pub fn associated_data(&self, key: KeyId) -> Result<Vec<u8>, EncodeError> {
        vector(vec![
            symbol(SEALED_DOMAIN)?,
            bytes(&self.network_id)?,
            address(&self.contract)?,
            address(&self.owner)?,
            ScVal::U32(self.kind.code()),
            match &self.endpoint {
                Some(endpoint) => string(endpoint.origin())?,
                None => ScVal::Void,
            },
            bytes(&key)?,
        ])
    }
}
