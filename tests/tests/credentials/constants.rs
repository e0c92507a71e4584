//! Numbers and names that both sides have.

use lumenscope_credentials as ours;
use lumenscope_interfaces::external_monitoring as theirs;
use ours::{IntegrationKind, Scope};
use theirs::{ApiScope, IntegrationKind as OnLedger};

#[test]
fn limits_and_domains_are_the_contracts() {
    assert_eq!(ours::REQUEST_DOMAIN, theirs::REQUEST_DOMAIN);
    assert_eq!(ours::REQUEST_LIFE_MAX_S, theirs::REQUEST_LIFE_MAX_S);
    assert_eq!(ours::NONCE_WINDOW, theirs::NONCE_WINDOW);
    assert_eq!(ours::RATE_WINDOW_S, theirs::RATE_WINDOW_S);
    assert_eq!(ours::SEALED_VERSION, theirs::SEALED_VERSION);
    assert_eq!(ours::SEALED_SUITE, theirs::SEALED_SUITE);
    assert_eq!(ours::SEALED_HEADER_BYTES, theirs::SEALED_HEADER_BYTES as usize);
    assert_eq!(ours::SEALED_TAG_BYTES, theirs::SEALED_TAG_BYTES as usize);
    assert_eq!(ours::SEALED_SECRET_BYTES_MAX, theirs::SEALED_SECRET_BYTES_MAX as usize);
    assert_eq!(ours::ENDPOINT_BYTES_MAX, theirs::CONFIG_VALUE_BYTES_MAX as usize);
}

#[test]
fn kinds_and_scopes_have_the_contracts_numbers() {
    let bit = |name| {
        let place = theirs::CONFIG_KEYS.iter().position(|key| *key == name);
        1 << place.expect("a key of configurations")
    };
    let (endpoint, site) = (bit("endpoint"), bit("site"));
    let kinds = [
        OnLedger::Prometheus,
        OnLedger::Grafana,
        OnLedger::Datadog,
        OnLedger::PagerDuty,
        OnLedger::Slack,
        OnLedger::Discord,
        OnLedger::Telegram,
        OnLedger::Email,
        OnLedger::Webhook,
        OnLedger::Custom,
    ];
    for (ours, theirs) in IntegrationKind::ALL.into_iter().zip(kinds) {
        assert_eq!(ours.code(), theirs as u32);
        assert_eq!(ours.name(), format!("{theirs:?}").to_lowercase());
        let needed = theirs::INTEGRATION_KINDS[ours.code() as usize].config_keys;
        assert_eq!(ours.needs_endpoint(), needed & (endpoint | site) != 0, "{ours:?}");
        assert_eq!(ours.has_site(), needed & site != 0, "{ours:?}");
        let directions = theirs::INTEGRATION_KINDS[ours.code() as usize].directions;
        let inbound = 1 << theirs::IntegrationDirection::Inbound as u32;
        assert_eq!(ours.may_be_inbound(), directions & inbound != 0, "{ours:?}");
    }
    for (ours, theirs) in [
        (Scope::ReadMetrics, ApiScope::ReadMetrics),
        (Scope::ReadAlerts, ApiScope::ReadAlerts),
        (Scope::WriteMetrics, ApiScope::WriteMetrics),
        (Scope::Acknowledge, ApiScope::Acknowledge),
        (Scope::Manage, ApiScope::Manage),
    ] {
        assert_eq!(ours.bit(), theirs.bit());
    }
}
