//! Sealed values: what the crate seals the contract stores, and what the crate refuses to read the
//! contract refuses to store.

use external_monitoring::sealed::check;
use lumenscope_credentials::webhook::WebhookSecret;
use lumenscope_credentials::{
    Binding, Credentials, Endpoint, IntegrationKind, OpenError, Random, SealedError, Secret,
    ServiceKey, UrlError, open, seal,
};
use lumenscope_interfaces::external_monitoring::{
    ConnectionError, IntegrationAuth, IntegrationDirection, IntegrationFormat,
    IntegrationKind as OnLedger,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use soroban_sdk::{Address as SdkAddress, Bytes, BytesN, Map, Symbol};

use crate::ledger::Ledger;

const ENDPOINT: &str = "https://example.org";

fn binding(ledger: &Ledger) -> Binding {
    Binding {
        network_id: ledger.network.id(),
        contract: ledger.party(&ledger.id),
        owner: ledger.party(&ledger.owner),
        kind: IntegrationKind::Webhook,
        endpoint: Some(Endpoint::parse(ENDPOINT).expect("an endpoint")),
    }
}

fn webhook(path: &str) -> Credentials {
    Credentials::Webhook {
        url: Secret::new(format!("{ENDPOINT}/{path}")),
        secret: WebhookSecret::generate(&mut Random::from_seed(&[4; 32])),
    }
}

/// Creates a webhook with what is said to be sealed credentials; the id, or the contract's error.
fn create(ledger: &Ledger, sealed: &[u8]) -> Result<BytesN<32>, u32> {
    create_at(ledger, &ledger.owner, ENDPOINT, sealed)
}

fn create_at(
    ledger: &Ledger,
    owner: &SdkAddress,
    endpoint: &str,
    sealed: &[u8],
) -> Result<BytesN<32>, u32> {
    let e = &ledger.e;
    let mut config = Map::new(e);
    config.set(Symbol::new(e, "endpoint"), ledger.text(endpoint));
    let created = ledger.client.try_create_integration(
        owner,
        &ledger.text("hook"),
        &OnLedger::Webhook,
        &IntegrationDirection::Outbound,
        &config,
        &IntegrationAuth::Hmac,
        &Bytes::from_slice(e, sealed),
        &IntegrationFormat::Json,
        &0,
    );
    match created {
        Ok(id) => Ok(id.expect("an id")),
        Err(Ok(error)) => Err(error.get_code()),
        Err(Err(error)) => panic!("{error:?}"),
    }
}

#[test]
fn the_contract_stores_what_is_sealed_and_the_service_opens_what_is_stored() {
    let ledger = Ledger::new();
    let mut random = Random::from_seed(&[6; 32]);
    for path in ["", "hooks/5f1d", &"x".repeat(380)] {
        let credentials = webhook(path);
        let public = ledger.service.public();
        let sealed = seal(&credentials, &binding(&ledger), &public, &mut random).expect("sealed");
        let id = create(&ledger, &sealed).expect("it is stored");
        let stored = ledger.client.integration(&id).expect("it exists");
        let stored: std::vec::Vec<u8> = stored.sealed_credentials.iter().collect();
        assert_eq!(open(&stored, &binding(&ledger), &ledger.service), Ok(credentials));
    }
}

#[test]
fn a_blob_copied_by_another_owner_is_stored_and_does_not_open() {
    let ledger = Ledger::new();
    let mut random = Random::from_seed(&[6; 32]);
    let public = ledger.service.public();
    let sealed = seal(&webhook("a"), &binding(&ledger), &public, &mut random).expect("sealed");
    assert!(create(&ledger, &sealed).is_ok());
    // The contract cannot tell: the owner of what it stores is the thief.
    let id = create_at(&ledger, &ledger.caller, ENDPOINT, &sealed).expect("it is stored");
    let stored = ledger.client.integration(&id).expect("it exists");
    assert_eq!(stored.owner, ledger.caller);
    let copied: std::vec::Vec<u8> = stored.sealed_credentials.iter().collect();
    let theirs = Binding { owner: ledger.party(&stored.owner), ..binding(&ledger) };
    assert_eq!(open(&copied, &theirs, &ledger.service), Err(OpenError::NotForThis));
    assert_eq!(open(&copied, &binding(&ledger), &ledger.service), Ok(webhook("a")));
}

#[test]
fn a_value_sealed_to_another_key_is_refused_by_both() {
    let ledger = Ledger::new();
    let mut random = Random::from_seed(&[6; 32]);
    let another = ServiceKey::generate(&mut random);
    let sealed = seal(&webhook("a"), &binding(&ledger), &another.public(), &mut random);
    let sealed = sealed.expect("sealed");
    assert_eq!(create(&ledger, &sealed), Err(ConnectionError::SealedToAnotherKey as u32));
    let refused = open(&sealed, &binding(&ledger), &ledger.service);
    assert!(matches!(refused, Err(OpenError::AnotherKey { .. })), "{refused:?}");
}

/// Endpoints, most of them with something that one of both might judge otherwise.
fn endpoints() -> impl Strategy<Value = String> {
    prop_oneof![
        "https://[a-zA-Z0-9.-]{1,20}(:[0-9]{1,5})?(/[!-~]{0,12})?",
        "https://[ -~]{0,24}",
        "https://\\[[0-9a-f:]{0,12}\\]?[!-~]{0,4}",
        "(http|HTTPS|https|ftp)(:|:/|://|:///)[a-z@.]{0,9}",
        "https://[a-z]{1,4}[^a]{0,3}",
        "https://[a-z]{110,125}",
    ]
}

#[test]
fn an_endpoint_of_one_is_an_endpoint_of_the_other() {
    let ledger = Ledger::new();
    let mut random = Random::from_seed(&[6; 32]);
    let public = ledger.service.public();
    let sealed = seal(&webhook("a"), &binding(&ledger), &public, &mut random).expect("sealed");
    let config = Config { cases: 1_000, failure_persistence: None, ..Config::default() };
    let judged = TestRunner::new(config).run(&endpoints(), |text| {
        let refused = create_at(&ledger, &ledger.owner, &text, &sealed).err();
        match Endpoint::parse(&text) {
            // Whether a host is one is for the service to say, which resolves it.
            Ok(_) | Err(UrlError::Malformed(_)) => prop_assert_eq!(refused, None),
            Err(UrlError::Length(_)) => {
                prop_assert_eq!(refused, Some(ConnectionError::ConfigInvalid as u32));
            }
            Err(_) => prop_assert_eq!(refused, Some(ConnectionError::EndpointInvalid as u32)),
        }
        Ok(())
    });
    judged.expect("both judge alike");
}

/// Sealed values with something done to them, and text.
fn bytes(sealed: std::vec::Vec<u8>) -> impl Strategy<Value = std::vec::Vec<u8>> {
    let (cut, changed) = (sealed.clone(), sealed.clone());
    let (appended, unsealed) = (sealed.clone(), sealed);
    prop_oneof![
        (0..cut.len()).prop_map(move |length| cut[..length].to_vec()),
        (0..44_usize, any::<u8>()).prop_map(move |(at, byte)| {
            let mut changed = changed.clone();
            changed[at] = byte;
            changed
        }),
        proptest::collection::vec(any::<u8>(), 1..600)
            .prop_map(move |more| [&appended[..], &more].concat()),
        "[ -~\t\r\n]{0,600}".prop_map(String::into_bytes),
        "[ -~]{1,200}".prop_map(move |text| [&unsealed[..44], text.as_bytes()].concat()),
        proptest::collection::vec(any::<u8>(), 0..620),
    ]
}

#[test]
fn the_contract_refuses_what_is_no_sealed_value() {
    let ledger = Ledger::new();
    let mut random = Random::from_seed(&[6; 32]);
    let public = ledger.service.public();
    let sealed = seal(&webhook("a"), &binding(&ledger), &public, &mut random).expect("sealed");
    let cut = &sealed[..sealed.len() - 1];
    assert_eq!(create(&ledger, cut), Err(ConnectionError::SealedMalformed as u32));
    assert_eq!(create(&ledger, b"whsec_a"), Err(ConnectionError::SealedPrintable as u32));
}

/// The contract's own check, without a ledger around it.
#[test]
fn what_is_malformed_for_one_is_malformed_for_the_other() {
    let mut random = Random::from_seed(&[6; 32]);
    let service = ServiceKey::generate(&mut random);
    // A contract's key hash is 32 bytes; no more of it than the key id is compared.
    let mut key_hash = [0; 32];
    key_hash[..8].copy_from_slice(&service.public().id());
    let binding = binding(&Ledger::new());
    let sealed = seal(&webhook("a"), &binding, &service.public(), &mut random).expect("sealed");
    let config = Config { cases: 10_000, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&bytes(sealed), |bytes| {
            let expected = match open(&bytes, &binding, &service) {
                Err(OpenError::Format(SealedError::Printable)) => {
                    Some(ConnectionError::SealedPrintable)
                }
                Err(OpenError::Format(_)) => Some(ConnectionError::SealedMalformed),
                Err(OpenError::AnotherKey { .. }) => Some(ConnectionError::SealedToAnotherKey),
                _ => None,
            };
            let answer = check(&bytes, &key_hash);
            prop_assert_eq!(answer.err(), expected);
            Ok(())
        })
        .unwrap();
}
