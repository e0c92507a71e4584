//! The published vectors: no program that signs, seals or checks may ever have to change.

use lumenscope_credentials::webhook::{Headers, TOLERANCE_S, WebhookSecret, sign, verify};
use lumenscope_credentials::{
    Binding, Credentials, Endpoint, IntegrationKind, Method, Random, Request, SealedValue,
    ServiceKey, SigningKey, Token, open, seal,
};
use lumenscope_meta::{Address, Network};
use serde_json::Value;

fn vector(name: &str) -> Value {
    let path = format!("{}/../../docs/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect(&path);
    serde_json::from_str(&text).expect(&path)
}

fn text<'a>(vector: &'a Value, field: &str) -> &'a str {
    vector[field].as_str().unwrap_or_else(|| panic!("no {field}"))
}

fn bytes(vector: &Value, field: &str) -> Vec<u8> {
    hex::decode(text(vector, field)).expect(field)
}

fn array<const N: usize>(vector: &Value, field: &str) -> [u8; N] {
    bytes(vector, field).try_into().expect(field)
}

/// An address that is known by its id.
fn address(vector: &Value, field: &str, address: Address) -> Address {
    assert_eq!(address.as_str(), text(vector, field));
    address
}

#[test]
fn a_request_is_signed_as_published() {
    let vector = vector("api-request");
    let network = Network::new(text(&vector, "network_passphrase"));
    assert_eq!(network.id(), array(&vector, "network_id"));
    let request = Request {
        network_id: network.id(),
        contract: address(&vector, "contract", Address::from_contract_id([1; 32])),
        key: array(&vector, "key"),
        generation: vector["generation"].as_u64().and_then(|it| it.try_into().ok()).expect("u32"),
        caller: address(&vector, "caller", Address::from_account_key([4; 32])),
        method: Method::new(text(&vector, "method")).expect("a symbol"),
        body_hash: array(&vector, "body_hash"),
        nonce: text(&vector, "nonce").parse().expect("u64"),
        expires_s: text(&vector, "expires_s").parse().expect("u64"),
    };
    assert_eq!(request.payload(), Ok(bytes(&vector, "payload")));
    let key = SigningKey::from_seed(&array(&vector, "private_key"));
    let public: [u8; 32] = array(&vector, "public_key");
    assert_eq!(key.public(), public);
    let signed = key.sign(request).expect("signed");
    assert_eq!(signed.signature, array(&vector, "signature"));
    assert_eq!(signed.is_signed_by(&public), Ok(true));
}

#[test]
fn keys_are_written_as_published() {
    let vector = vector("api-keys");
    let published = &vector["token"];
    let token = Token::read(text(published, "written")).expect("a token");
    assert_eq!(*token.written(), text(published, "written"));
    assert_eq!(token.hash(), array(published, "material"));
    let published = &vector["signing_key"];
    let key = SigningKey::read(text(published, "written")).expect("a key");
    assert_eq!(key.written(), SigningKey::from_seed(&array(published, "secret")).written());
    assert_eq!(key.public(), array(published, "material"));
    let refused = vector["refused"].as_object().expect("texts");
    assert_eq!(refused.len(), 4);
    for (why, text) in refused {
        let text = text.as_str().expect("text");
        assert!(Token::read(text).is_err() && SigningKey::read(text).is_err(), "{why}");
    }
}

#[test]
fn credentials_are_sealed_and_opened_as_published() {
    let vector = vector("sealed-credentials");
    let endpoint = Endpoint::parse(text(&vector, "endpoint")).expect("an endpoint");
    assert_eq!(endpoint.origin(), text(&vector, "endpoint_origin"));
    let kind = IntegrationKind::Webhook;
    assert_eq!((kind.name(), vector["kind_code"].as_u64()), (text(&vector, "kind"), Some(8)));
    let binding = Binding {
        network_id: Network::new(text(&vector, "network_passphrase")).id(),
        contract: address(&vector, "contract", Address::from_contract_id([1; 32])),
        owner: address(&vector, "owner", Address::from_account_key([4; 32])),
        kind,
        endpoint: Some(endpoint),
    };
    let service = ServiceKey::read(text(&vector, "service_key_written")).expect("a key");
    let secret: [u8; 32] = array(&vector, "service_private_key");
    let written = ServiceKey::from_secret(secret.into()).written();
    assert_eq!(*written, text(&vector, "service_key_written"));
    assert_eq!(service.public().0, array(&vector, "service_public_key"));
    assert_eq!(service.public().id(), array(&vector, "key_id"));
    let associated = binding.associated_data(service.public().id());
    assert_eq!(associated, Ok(bytes(&vector, "associated_data")));

    let sealed = bytes(&vector, "sealed");
    assert_eq!(SealedValue::parse(&sealed).and_then(|parts| parts.to_bytes()), Ok(sealed.clone()));
    let credentials = open(&sealed, &binding, &service).expect("it opens");
    let plaintext = text(&vector, "plaintext").as_bytes();
    assert_eq!(Credentials::parse(plaintext), Ok(credentials.clone()));
    assert_eq!(credentials.to_json().map(|json| json.to_vec()), Ok(plaintext.to_vec()));

    let random = || Random::from_seed(&array(&vector, "ephemeral_seed"));
    assert_eq!(*random().bytes::<32>(), array(&vector, "ephemeral_ikm"));
    let again = seal(&credentials, &binding, &service.public(), &mut random());
    assert_eq!(again, Ok(sealed));
}

#[test]
fn deliveries_are_signed_as_published() {
    let vector = vector("webhook-signature");
    let secret = |field| WebhookSecret::read(text(&vector, field)).expect(field);
    let (new, old) = (secret("secret"), secret("previous_secret"));
    let timestamp_s = text(&vector, "webhook-timestamp").parse().expect("seconds");
    let (id, body) = (text(&vector, "webhook-id"), text(&vector, "body").as_bytes());
    let headers = Headers {
        id: id.to_owned(),
        timestamp: text(&vector, "webhook-timestamp").to_owned(),
        signature: text(&vector, "webhook-signature").to_owned(),
    };
    assert_eq!(sign(id, timestamp_s, body, &[&new, &old]), Ok(headers.clone()));
    for secret in [&new, &old] {
        assert_eq!(verify(&headers, body, &[secret], timestamp_s, TOLERANCE_S), Ok(()));
    }
}
