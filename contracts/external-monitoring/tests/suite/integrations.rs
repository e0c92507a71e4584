use external_monitoring::{ConnectionChanged, ServiceKeyChanged};
use lumenscope_interfaces::external_monitoring::*;
use lumenscope_interfaces::governance::GovernanceError;
use soroban_sdk::testutils::storage::Persistent as _;
use soroban_sdk::{Address, Bytes, BytesN, Error, IntoVal, Map, String, Symbol, Val, Vec};

use crate::stage::*;

/// What an integration is created or updated with.
#[derive(Clone)]
pub struct Draft {
    pub name: String,
    pub kind: IntegrationKind,
    pub direction: IntegrationDirection,
    pub config: Map<Symbol, String>,
    pub auth: IntegrationAuth,
    pub sealed: Bytes,
    pub format: IntegrationFormat,
    pub overlap_s: u64,
    pub interval_s: u32,
    pub delivery: DeliveryPolicy,
}

impl Draft {
    /// A webhook with sealed credentials.
    pub fn new(s: &Stage) -> Self {
        Self {
            name: s.text("on call"),
            kind: IntegrationKind::Webhook,
            direction: IntegrationDirection::Outbound,
            config: s.config(&[("endpoint", "https://hooks.example.org")]),
            auth: IntegrationAuth::Hmac,
            sealed: s.sealed(1, 100),
            format: IntegrationFormat::Json,
            overlap_s: 0,
            interval_s: 0,
            delivery: DeliveryPolicy::DEFAULT,
        }
    }

    pub fn create(&self, s: &Stage, owner: &Address) -> Result<BytesN<32>, Error> {
        let args: Vec<Val> = (
            owner,
            &self.name,
            self.kind,
            self.direction,
            &self.config,
            self.auth,
            &self.sealed,
            self.format,
            self.interval_s,
        )
            .into_val(&s.e);
        s.call(owner, "create_integration", args)
    }

    pub fn update(&self, s: &Stage, signer: &Address, id: &BytesN<32>) -> Result<(), Error> {
        let args: Vec<Val> = (
            id,
            &self.name,
            &self.config,
            self.auth,
            &self.sealed,
            self.overlap_s,
            self.format,
            self.interval_s,
            self.delivery,
        )
            .into_val(&s.e);
        s.call(signer, "update_integration", args)
    }
}

fn changed(owner: &Address, id: &BytesN<32>, change: Symbol) -> ConnectionChanged {
    ConnectionChanged {
        owner: owner.clone(),
        id: id.clone(),
        kind: ConnectionKind::Integration,
        actor: owner.clone(),
        change,
    }
}

#[test]
fn an_integration_is_what_its_owner_said_enabled_and_told_about_alerts() {
    let s = Stage::new();
    let (owner, draft) = (s.account(), Draft::new(&s));
    let id = draft.create(&s, &owner).expect("it is valid");
    s.assert_emitted(&[&changed(&owner, &id, change::CREATED)]);
    assert_eq!(
        s.client.integration(&id),
        Some(Integration {
            id: id.clone(),
            owner,
            name: draft.name,
            kind: IntegrationKind::Webhook,
            direction: IntegrationDirection::Outbound,
            config: draft.config,
            auth_type: IntegrationAuth::Hmac,
            sealed_credentials: draft.sealed,
            previous_credentials: Bytes::new(&s.e),
            previous_until_s: 0,
            format: IntegrationFormat::Json,
            sync_interval_s: 0,
            delivery: DeliveryPolicy::DEFAULT,
        })
    );
    let health = s.client.health(&id).expect("it was created");
    assert!(health.enabled);
    assert_eq!((health.cursor, health.delivered, health.failed), (0, 0, 0));
}

#[test]
fn what_is_out_of_bounds_is_refused_and_nothing_is_created() {
    let s = Stage::new();
    let owner = s.account();
    let long = "x".repeat(CONFIG_VALUE_BYTES_MAX as usize + 1);
    let many: std::vec::Vec<std::string::String> =
        (0..=CONFIG_ENTRIES_MAX).map(|at| format!("key_{at}")).collect();
    let many: std::vec::Vec<(&str, &str)> =
        many.iter().map(|key| (key.as_str(), "value")).collect();
    let endpoint = "https://hooks.example.org";
    type Change<'a> = Box<dyn Fn(&mut Draft) + 'a>;
    let cases: std::vec::Vec<(&str, ConnectionError, Change)> = vec![
        ("no name", ConnectionError::NameInvalid, Box::new(|d| d.name = s.text(""))),
        (
            "a long name",
            ConnectionError::NameInvalid,
            Box::new(|d| d.name = s.text(&"n".repeat(NAME_BYTES_MAX as usize + 1))),
        ),
        (
            "a long value",
            ConnectionError::ConfigInvalid,
            Box::new(|d| d.config = s.config(&[("endpoint", endpoint), ("channel", &long)])),
        ),
        (
            "an empty value",
            ConnectionError::ConfigInvalid,
            Box::new(|d| d.config = s.config(&[("endpoint", endpoint), ("channel", "")])),
        ),
        (
            "too many entries",
            ConnectionError::ConfigInvalid,
            Box::new(|d| d.config = s.config(&many)),
        ),
        (
            "a webhook without endpoint",
            ConnectionError::ConfigKeyMissing,
            Box::new(|d| d.config = s.config(&[("channel", "team")])),
        ),
        (
            "a webhook without encryption",
            ConnectionError::EndpointInvalid,
            Box::new(|d| d.config = s.config(&[("endpoint", "http://hooks.example.org")])),
        ),
        (
            "a webhook shorter than a scheme",
            ConnectionError::EndpointInvalid,
            Box::new(|d| d.config = s.config(&[("endpoint", "https:/")])),
        ),
        (
            "an interval too short",
            ConnectionError::SyncIntervalInvalid,
            Box::new(|d| d.interval_s = SYNC_INTERVAL_MIN_S - 1),
        ),
        (
            "an interval too long",
            ConnectionError::SyncIntervalInvalid,
            Box::new(|d| d.interval_s = SYNC_INTERVAL_MAX_S + 1),
        ),
        (
            "credentials that nobody asks for",
            ConnectionError::CredentialsUnexpected,
            Box::new(|d| d.auth = IntegrationAuth::None),
        ),
        (
            "no credentials",
            ConnectionError::SealedMalformed,
            Box::new(|d| d.sealed = Bytes::new(&s.e)),
        ),
        (
            "a token in clear",
            ConnectionError::SealedPrintable,
            Box::new(|d| d.sealed = Bytes::from_slice(&s.e, b"xoxb-17653672481-pdFZKVeTuE8sk7o")),
        ),
        (
            "three thousand characters",
            ConnectionError::SealedMalformed,
            Box::new(|d| d.sealed = Bytes::from_slice(&s.e, &[b'a'; 3_000])),
        ),
        (
            "credentials sealed to another key",
            ConnectionError::SealedToAnotherKey,
            Box::new(|d| d.sealed = Bytes::from_slice(&s.e, &sealed(&[8; 32], 1, 100))),
        ),
    ];
    for (name, error, change) in cases {
        let mut draft = Draft::new(&s);
        change(&mut draft);
        assert_eq!(draft.create(&s, &owner), refused(error), "{name}");
    }
    assert_eq!(s.client.count_of(&ConnectionKind::Integration, &owner), 0);
}

#[test]
fn nothing_can_be_sealed_before_there_is_a_key_and_what_is_public_needs_none() {
    let s = Stage::bare();
    let owner = s.account();
    let draft = Draft::new(&s);
    assert_eq!(draft.create(&s, &owner), refused(ConnectionError::ServiceKeyUnset));
    let public = Draft { auth: IntegrationAuth::None, sealed: Bytes::new(&s.e), ..draft };
    assert!(public.create(&s, &owner).is_ok());
}

#[test]
fn only_the_admin_sets_the_service_key_and_credentials_sealed_to_the_one_before_stay() {
    let s = Stage::new();
    let owner = s.account();
    let draft = Draft::new(&s);
    let id = draft.create(&s, &owner).expect("it is valid");
    let key = s.hash(8);
    let set = |signer: &Address| s.call::<()>(signer, "set_service_key", (&key,));
    assert_eq!(set(&owner), Err(AUTHORISATION_MISSING));
    assert_eq!(set(&s.dispatcher), Err(AUTHORISATION_MISSING));
    assert_eq!(set(&s.admin), Ok(()));
    s.assert_emitted(&[&ServiceKeyChanged { admin: s.admin.clone(), public_key: key.clone() }]);
    assert_eq!(s.client.service_key(), Some(key.clone()));
    assert_eq!(set(&s.admin), refused(ConnectionError::NothingToChange));

    assert_eq!(Draft { name: s.text("renamed"), ..draft.clone() }.update(&s, &owner, &id), Ok(()));
    let stale = Draft { sealed: s.sealed(2, 100), ..draft.clone() };
    assert_eq!(stale.update(&s, &owner, &id), refused(ConnectionError::SealedToAnotherKey));
    let fresh = Bytes::from_slice(&s.e, &sealed(&[8; 32], 2, 100));
    assert_eq!(Draft { sealed: fresh, ..draft }.update(&s, &owner, &id), Ok(()));
}

#[test]
fn an_update_replaces_what_may_change_and_says_whether_credentials_did() {
    let s = Stage::new();
    let owner = s.account();
    let mut draft = Draft::new(&s);
    let id = draft.create(&s, &owner).expect("it is valid");
    draft.name = s.text("renamed");
    draft.format = IntegrationFormat::Text;
    draft.interval_s = 60;
    draft.delivery = DeliveryPolicy {
        events: 0,
        min_severity: 4,
        attempts: ATTEMPTS_MAX,
        first_wait_s: RETRY_WAIT_MAX_S,
        suspend_after: SUSPEND_AFTER_MAX,
    };
    assert_eq!(draft.update(&s, &owner, &id), Ok(()));
    s.assert_emitted(&[&changed(&owner, &id, change::UPDATED)]);
    let stored = s.client.integration(&id).expect("it exists");
    assert_eq!((stored.name, stored.sync_interval_s), (draft.name.clone(), 60));
    assert_eq!((stored.delivery, stored.format), (draft.delivery, IntegrationFormat::Text));
    assert_eq!(stored.previous_credentials, Bytes::new(&s.e));

    let before = draft.sealed.clone();
    draft.sealed = s.sealed(2, 200);
    draft.overlap_s = HOUR_S;
    assert_eq!(draft.update(&s, &owner, &id), Ok(()));
    s.assert_emitted(&[&changed(&owner, &id, change::ROTATED)]);
    let stored = s.client.integration(&id).expect("it exists");
    assert_eq!(stored.sealed_credentials, draft.sealed);
    assert_eq!((stored.previous_credentials, stored.previous_until_s), (before, NOW_S + HOUR_S));
}

#[test]
fn a_new_endpoint_takes_credentials_that_are_sealed_for_it() {
    let s = Stage::new();
    let owner = s.account();
    let draft = Draft::new(&s);
    let id = draft.create(&s, &owner).expect("it is valid");
    let mut moved =
        Draft { config: s.config(&[("endpoint", "https://evil.example.com")]), ..draft };
    assert_eq!(moved.update(&s, &owner, &id), refused(ConnectionError::EndpointNeedsSealing));
    moved.sealed = s.sealed(2, 100);
    moved.overlap_s = HOUR_S;
    assert_eq!(moved.update(&s, &owner, &id), Ok(()));
    // Those before were sealed for the endpoint before, and open for this one no more.
    let stored = s.client.integration(&id).expect("it exists");
    assert_eq!(stored.sealed_credentials, moved.sealed);
    assert_eq!((stored.previous_credentials, stored.previous_until_s), (Bytes::new(&s.e), 0));
    moved.overlap_s = 0;

    let (auth, sealed) = (IntegrationAuth::None, Bytes::new(&s.e));
    let mut public = Draft { auth, sealed, ..moved };
    let id = public.create(&s, &owner).expect("it is valid");
    public.config = s.config(&[("endpoint", "https://elsewhere.example.com")]);
    assert_eq!(public.update(&s, &owner, &id), Ok(()));
}

#[test]
fn a_new_site_takes_credentials_that_are_sealed_for_it() {
    let s = Stage::new();
    let owner = s.account();
    let datadog = |site| Draft {
        kind: IntegrationKind::Datadog,
        auth: IntegrationAuth::ApiKey,
        config: s.config(&[("site", site), ("tags", "env:live")]),
        ..Draft::new(&s)
    };
    let longest = "a".repeat(CONFIG_VALUE_BYTES_MAX as usize - "https://".len());
    assert!(datadog(&longest).create(&s, &owner).is_ok());
    let longer = format!("{longest}a");
    for none in [
        "https://datadoghq.eu",
        "datadoghq.eu/",
        "datadoghq.eu:443",
        "Datadoghq.eu",
        "ops@datadoghq.eu",
        "datadog hq.eu",
        ".",
        "-",
        "-eu",
        "datadoghq..eu",
        "datadoghq.-eu",
        ".datadoghq.eu",
        "datadoghq.eu.",
        longer.as_str(),
    ] {
        let refused = refused(ConnectionError::EndpointInvalid);
        assert_eq!(datadog(none).create(&s, &owner), refused, "{none}");
    }
    // Of another kind it is a free entry.
    let config = s.config(&[("endpoint", "https://hooks.example.org"), ("site", "Hall 3")]);
    assert!(Draft { config, ..Draft::new(&s) }.create(&s, &owner).is_ok());
    let id = datadog("datadoghq.eu").create(&s, &owner).expect("it is valid");
    let moved = datadog("evil.example.com");
    assert_eq!(moved.update(&s, &owner, &id), refused(ConnectionError::EndpointNeedsSealing));
    let tagged = s.config(&[("site", "datadoghq.eu"), ("tags", "env:test")]);
    let tagged = Draft { config: tagged, ..datadog("datadoghq.eu") };
    assert_eq!(tagged.update(&s, &owner, &id), Ok(()));
    let moved = Draft { sealed: s.sealed(2, 100), overlap_s: HOUR_S, ..moved };
    assert_eq!(moved.update(&s, &owner, &id), Ok(()));
    let stored = s.client.integration(&id).expect("it exists");
    assert_eq!((stored.previous_credentials, stored.previous_until_s), (Bytes::new(&s.e), 0));
}

#[test]
fn delivery_policies_and_overlaps_out_of_bounds_are_refused() {
    let s = Stage::new();
    let owner = s.account();
    let draft = Draft::new(&s);
    let id = draft.create(&s, &owner).expect("it is valid");
    let policy = DeliveryPolicy::DEFAULT;
    for delivery in [
        DeliveryPolicy { events: DELIVERY_EVENTS_ALL + 1, ..policy },
        DeliveryPolicy { min_severity: 5, ..policy },
        DeliveryPolicy { attempts: 0, ..policy },
        DeliveryPolicy { attempts: ATTEMPTS_MAX + 1, ..policy },
        DeliveryPolicy { first_wait_s: 0, ..policy },
        DeliveryPolicy { first_wait_s: RETRY_WAIT_MAX_S + 1, ..policy },
        DeliveryPolicy { suspend_after: 0, ..policy },
        DeliveryPolicy { suspend_after: SUSPEND_AFTER_MAX + 1, ..policy },
    ] {
        let result = Draft { delivery, ..draft.clone() }.update(&s, &owner, &id);
        assert_eq!(result, refused(ConnectionError::DeliveryInvalid), "{delivery:?}");
    }
    let overlap_s = OVERLAP_MAX_S + 1;
    for sealed in [s.sealed(2, 100), draft.sealed.clone()] {
        let result = Draft { sealed, overlap_s, ..draft.clone() }.update(&s, &owner, &id);
        assert_eq!(result, refused(ConnectionError::OverlapInvalid));
    }
}

#[test]
fn strangers_other_owners_the_admin_and_the_dispatcher_change_nothing_of_an_owner() {
    let s = Stage::new();
    let owner = s.account();
    let draft = Draft::new(&s);
    let id = draft.create(&s, &owner).expect("it is valid");
    let other = s.account();
    draft.create(&s, &other).expect("it is valid");
    let before = s.client.integration(&id);
    for signer in [&s.account(), &other, &s.admin, &s.dispatcher] {
        let denied = Err(AUTHORISATION_MISSING);
        assert_eq!(draft.update(&s, signer, &id), denied);
        assert_eq!(s.call(signer, "set_enabled", (&id, false)), denied);
        assert_eq!(s.call(signer, "request_test", (&id,)), denied);
        assert_eq!(s.call(signer, "remove", (ConnectionKind::Integration, &id)), denied);
        let forged: Result<BytesN<32>, Error> = s.call(
            signer,
            "create_integration",
            (
                &owner,
                &draft.name,
                draft.kind,
                IntegrationDirection::Outbound,
                &draft.config,
                draft.auth,
                &draft.sealed,
                IntegrationFormat::Json,
                0u32,
            ),
        );
        assert_eq!(forged, Err(AUTHORISATION_MISSING));
    }
    assert_eq!(s.client.integration(&id), before);
    assert!(s.client.health(&id).expect("it exists").enabled);
}

#[test]
fn an_owner_stops_starts_tests_and_removes_an_integration() {
    let s = Stage::new();
    let owner = s.account();
    let id = Draft::new(&s).create(&s, &owner).expect("it is valid");
    let enable = |enabled| s.call::<()>(&owner, "set_enabled", (&id, enabled));
    let enabled = || s.client.health(&id).expect("it exists").enabled;
    assert_eq!(enable(true), refused(ConnectionError::NothingToChange));
    assert_eq!(enable(false), Ok(()));
    s.assert_emitted(&[&changed(&owner, &id, change::DISABLED)]);
    assert!(!enabled());
    assert_eq!(enable(true), Ok(()));
    s.assert_emitted(&[&changed(&owner, &id, change::ENABLED)]);
    assert!(enabled());
    assert_eq!(s.call(&owner, "request_test", (&id,)), Ok(()));
    s.assert_emitted(&[&changed(&owner, &id, change::TEST)]);
    assert_eq!(s.call(&owner, "remove", (ConnectionKind::Integration, &id)), Ok(()));
    s.assert_emitted(&[&changed(&owner, &id, change::REMOVED)]);
    assert_eq!((s.client.integration(&id), s.client.health(&id)), (None, None));
    assert_eq!(enable(false), refused(ConnectionError::Unknown));
    let again = s.call::<()>(&owner, "remove", (ConnectionKind::Integration, &id));
    assert_eq!(again, refused(ConnectionError::Unknown));
}

#[test]
fn pages_are_in_order_of_creation_and_skip_what_was_removed() {
    let s = Stage::new();
    let [owner, other] = [s.account(), s.account()];
    let draft = Draft::new(&s);
    let mut ids = std::vec::Vec::new();
    for _ in 0..7 {
        ids.push(draft.create(&s, &owner).expect("it is valid"));
        draft.create(&s, &other).expect("it is valid");
    }
    let page = |start, limit| {
        let page = s.client.integrations_of(&owner, &start, &limit);
        page.into_iter().map(|integration| integration.id).collect::<std::vec::Vec<_>>()
    };
    assert_eq!(page(0, 100), ids[..CONNECTIONS_PAGE_MAX as usize]);
    assert_eq!(page(0, 0), ids[..1]);
    assert_eq!(page(5, 2), ids[5..]);
    assert!(page(7, 1).is_empty());
    assert!(page(u32::MAX, u32::MAX).is_empty());
    assert_eq!(s.call(&owner, "remove", (ConnectionKind::Integration, &ids[1])), Ok(()));
    assert_eq!(page(0, 3), [ids[0].clone(), ids[2].clone()]);
    assert_eq!(s.client.count_of(&ConnectionKind::Integration, &owner), 7);
    let next = draft.create(&s, &owner).expect("it is valid");
    assert!(!ids.contains(&next), "ids are never used again");
}

#[test]
fn a_pause_stops_creating_and_updating_but_not_stopping_and_removing() {
    let s = Stage::new();
    let owner = s.account();
    let draft = Draft::new(&s);
    let id = draft.create(&s, &owner).expect("it is valid");
    assert_eq!(s.call(&s.admin, "pause", ()), Ok(()));
    let paused = || Err(Error::from_contract_error(GovernanceError::Paused as u32));
    assert_eq!(draft.create(&s, &owner), paused());
    assert_eq!(draft.update(&s, &owner, &id), Err(Error::from_contract_error(3501)));
    assert_eq!(s.call(&owner, "set_enabled", (&id, false)), Ok(()));
    assert_eq!(s.call(&owner, "remove", (ConnectionKind::Integration, &id)), Ok(()));
}

#[test]
fn entries_live_as_long_as_the_network_gives_them() {
    let s = Stage::new();
    let owner = s.account();
    let id = Draft::new(&s).create(&s, &owner).expect("it is valid");
    s.e.as_contract(&s.id, || {
        for part in ["connect", "state"] {
            let part = Symbol::new(&s.e, part).to_val();
            let key: Vec<Val> = soroban_sdk::vec![
                &s.e,
                part,
                ConnectionKind::Integration.into_val(&s.e),
                id.to_val()
            ];
            assert_eq!(s.e.storage().persistent().get_ttl(&key), 120 * DAY_LEDGERS - 1);
        }
    });
}
