//! What an integration talks to, and what each kind takes.

use soroban_sdk::contracttype;

use super::{IntegrationAuth as Auth, IntegrationDirection as Way, IntegrationFormat as Format};

/// What an integration talks to. [`INTEGRATION_KINDS`] is this table in code:
///
/// | kind | authentication | direction | formats | configuration that it needs |
/// |---|---|---|---|---|
/// | Prometheus | none, bearer, basic | any | Prometheus, OpenMetrics | `endpoint` |
/// | Grafana | bearer, API key, basic | any | JSON | `endpoint` |
/// | Datadog | API key | outbound | JSON | `site` |
/// | PagerDuty | API key | outbound, both | JSON | |
/// | Slack | API key, bearer | outbound | JSON, text | `channel` |
/// | Discord | API key, bearer | outbound | JSON, text | `channel` |
/// | Telegram | bearer | outbound | JSON, text | `chat_id` |
/// | Email | none, API key, basic, OAuth 2 | outbound | JSON, CSV, text | `to`, `from` |
/// | Webhook | any | any | any | `endpoint` |
/// | Custom | any | any | any | |
///
/// An inbound integration needs no configuration: the tool comes to the service. Whatever the
/// kind, further entries are free, and an `endpoint` is checked where there is one. Where a kind needs
/// `channel`, `chat_id`, `to` or `from`, it has none of ASCII's control characters, and the last two
/// are one word with one `@` between others: whether somebody reads there, a test event tells.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum IntegrationKind {
    /// Prometheus: outbound by remote write to `endpoint`; inbound it scrapes the service.
    Prometheus = 0,
    /// Grafana: outbound annotations at `endpoint`; inbound it queries the service.
    Grafana = 1,
    /// Datadog, at its `site`: the name of a host in lower case, such as `datadoghq.eu`. The key is
    /// sealed for `https://` and the site.
    Datadog = 2,
    /// PagerDuty; the routing key is sealed. Both ways: incidents that people acknowledge there.
    PagerDuty = 3,
    /// Slack, into `channel`: by an incoming webhook, whose URL is the sealed API key, or a bot's
    /// token.
    Slack = 4,
    /// Discord, into `channel`, as Slack.
    Discord = 5,
    /// Telegram, into `chat_id`, by a bot's token.
    Telegram = 6,
    /// Electronic mail from `from` to `to`; without authentication by the service's own server.
    Email = 7,
    /// An HTTP `endpoint`.
    Webhook = 8,
    /// Anything else, by agreement with the service.
    Custom = 9,
}

/// What a kind of integration takes. A bit `1 << code` for each.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KindRules {
    /// Authentication types.
    pub auth_types: u32,
    /// Directions.
    pub directions: u32,
    /// Formats.
    pub formats: u32,
    /// Entries of its configuration that it needs unless it is inbound: the places in
    /// [`CONFIG_KEYS`].
    pub config_keys: u32,
}

/// Entries of a configuration that a kind may need, in order.
pub const CONFIG_KEYS: [&str; 6] = ["channel", "chat_id", "endpoint", "from", "site", "to"];

const NONE: u32 = 1 << Auth::None as u32;
const API_KEY: u32 = 1 << Auth::ApiKey as u32;
const BEARER: u32 = 1 << Auth::Bearer as u32;
const BASIC: u32 = 1 << Auth::Basic as u32;
const OAUTH2: u32 = 1 << Auth::OAuth2 as u32;
const ANY_AUTH: u32 = (1 << (Auth::OAuth2 as u32 + 1)) - 1;

const OUTBOUND: u32 = 1 << Way::Outbound as u32;
const BOTH: u32 = 1 << Way::Both as u32;
const ANY_WAY: u32 = (1 << (Way::Both as u32 + 1)) - 1;

const JSON: u32 = 1 << Format::Json as u32;
const PROMETHEUS: u32 = 1 << Format::Prometheus as u32;
const OPEN_METRICS: u32 = 1 << Format::OpenMetrics as u32;
const CSV: u32 = 1 << Format::Csv as u32;
const TEXT: u32 = 1 << Format::Text as u32;
const ANY_FORMAT: u32 = (1 << (Format::Text as u32 + 1)) - 1;

const CHANNEL: u32 = 1;
const CHAT_ID: u32 = 1 << 1;
const ENDPOINT: u32 = 1 << 2;
const FROM: u32 = 1 << 3;
const SITE: u32 = 1 << 4;
const TO: u32 = 1 << 5;

const fn takes(auth_types: u32, directions: u32, formats: u32, config_keys: u32) -> KindRules {
    KindRules { auth_types, directions, formats, config_keys }
}

/// What each kind takes, by its code.
pub const INTEGRATION_KINDS: [KindRules; 10] = [
    takes(NONE | BEARER | BASIC, ANY_WAY, PROMETHEUS | OPEN_METRICS, ENDPOINT),
    takes(API_KEY | BEARER | BASIC, ANY_WAY, JSON, ENDPOINT),
    takes(API_KEY, OUTBOUND, JSON, SITE),
    takes(API_KEY, OUTBOUND | BOTH, JSON, 0),
    takes(API_KEY | BEARER, OUTBOUND, JSON | TEXT, CHANNEL),
    takes(API_KEY | BEARER, OUTBOUND, JSON | TEXT, CHANNEL),
    takes(BEARER, OUTBOUND, JSON | TEXT, CHAT_ID),
    takes(NONE | API_KEY | BASIC | OAUTH2, OUTBOUND, JSON | CSV | TEXT, TO | FROM),
    takes(ANY_AUTH, ANY_WAY, ANY_FORMAT, ENDPOINT),
    takes(ANY_AUTH, ANY_WAY, ANY_FORMAT, 0),
];
