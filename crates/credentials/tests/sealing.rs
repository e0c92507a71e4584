//! Sealed values open where they belong, and nowhere else.

use std::sync::LazyLock;

use chacha20::ChaCha20Rng;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::SeedableRng as _;
use hpke::{Deserializable as _, Kem, OpModeS, Serializable as _, single_shot_seal_with_rng};
use lumenscope_credentials::webhook::WebhookSecret;
use lumenscope_credentials::{
    Binding, Credentials, CredentialsError, Endpoint, IntegrationKind, OpenError, Random,
    SEALED_BYTES_MAX, SEALED_HEADER_BYTES, SEALED_SECRET_BYTES_MAX, SealError, SealedError,
    SealedValue, Secret, ServiceKey, ServicePublicKey, UrlError, open, seal,
};
use lumenscope_meta::Address;
use proptest::prelude::*;
use proptest::test_runner::Config;

fn endpoint(text: &str) -> Option<Endpoint> {
    Some(Endpoint::parse(text).expect(text))
}

fn binding() -> Binding {
    Binding {
        network_id: [1; 32],
        contract: Address::from_contract_id([2; 32]),
        owner: Address::from_account_key([3; 32]),
        kind: IntegrationKind::Webhook,
        endpoint: endpoint("https://example.org"),
    }
}

fn random(seed: u8) -> Random {
    Random::from_seed(&[seed; 32])
}

fn service(seed: u8) -> ServiceKey {
    ServiceKey::generate(&mut random(seed))
}

fn webhook() -> Credentials {
    Credentials::Webhook {
        url: "https://example.org/hooks/5f1d".into(),
        secret: WebhookSecret::generate(&mut random(4)),
    }
}

fn token(text: &str) -> Credentials {
    Credentials::Token { token: text.into() }
}

fn sealed() -> Vec<u8> {
    seal(&webhook(), &binding(), &service(5).public(), &mut random(6)).expect("sealed")
}

#[test]
fn credentials_open_where_they_were_sealed_for() {
    let grafana = Binding { kind: IntegrationKind::Grafana, endpoint: None, ..binding() };
    let of = |kind, text| Binding { kind, endpoint: endpoint(text), ..binding() };
    let slack = Credentials::Url { url: "https://hooks.slack.com/services/T0/B0/x".into() };
    let basic = Credentials::Basic { user: "ops@example.org".into(), password: "p\"ä".into() };
    let client = Credentials::OAuth2 { client_id: "id".into(), client_secret: "s".into() };
    for (credentials, binding) in [
        (webhook(), binding()),
        (token("t"), grafana.clone()),
        // One that the service is called by: nothing says where it is.
        (webhook(), Binding { kind: IntegrationKind::Webhook, ..grafana.clone() }),
        (slack, of(IntegrationKind::Slack, "https://hooks.slack.com")),
        (basic, Binding { kind: IntegrationKind::Email, ..grafana.clone() }),
        (client, of(IntegrationKind::Custom, "https://example.org:8443/api")),
    ] {
        let sealed = seal(&credentials, &binding, &service(5).public(), &mut random(6)).unwrap();
        assert_eq!(open(&sealed, &binding, &service(5)), Ok(credentials));
    }
}

#[test]
fn what_is_sealed_twice_differs() {
    let mut random = random(6);
    let (credentials, binding, key) = (webhook(), binding(), service(5).public());
    let [first, second] = [(), ()].map(|()| seal(&credentials, &binding, &key, &mut random));
    assert_ne!(first, second);
}

#[test]
fn a_copy_does_not_open_elsewhere() {
    let of = |endpoint| Binding { endpoint, ..binding() };
    for (name, elsewhere) in [
        ("network", Binding { network_id: [9; 32], ..binding() }),
        ("contract", Binding { contract: Address::from_contract_id([9; 32]), ..binding() }),
        ("owner", Binding { owner: Address::from_account_key([9; 32]), ..binding() }),
        ("owner's form", Binding { owner: Address::from_contract_id([3; 32]), ..binding() }),
        ("kind", Binding { kind: IntegrationKind::Custom, ..binding() }),
        ("host", of(endpoint("https://example.com"))),
        ("port", of(endpoint("https://example.org:8443"))),
        ("no endpoint", of(None)),
    ] {
        assert_eq!(open(&sealed(), &elsewhere, &service(5)), Err(OpenError::NotForThis), "{name}");
    }
    let same_place = of(endpoint("https://EXAMPLE.org:443/elsewhere"));
    assert_eq!(open(&sealed(), &same_place, &service(5)), Ok(webhook()));
}

#[test]
fn a_key_for_one_site_does_not_open_at_another() {
    let at = |site| {
        let endpoint = Endpoint::of_site(site).expect(site);
        Binding { kind: IntegrationKind::Datadog, endpoint: Some(endpoint), ..binding() }
    };
    let key = token("datadog's");
    let sealed = seal(&key, &at("datadoghq.eu"), &service(8).public(), &mut random(6)).unwrap();
    assert_eq!(open(&sealed, &at("datadoghq.eu"), &service(8)), Ok(key));
    for elsewhere in [at("evil.example"), Binding { endpoint: None, ..at("datadoghq.eu") }] {
        assert_eq!(open(&sealed, &elsewhere, &service(8)), Err(OpenError::NotForThis));
    }
}

#[test]
fn another_key_is_named_and_a_forged_name_does_not_help() {
    let (expected, came) = (service(7).public().id(), service(5).public().id());
    assert_eq!(
        open(&sealed(), &binding(), &service(7)),
        Err(OpenError::AnotherKey { expected, came })
    );
    let mut renamed = sealed();
    renamed[2..10].copy_from_slice(&expected);
    assert_eq!(open(&renamed, &binding(), &service(7)), Err(OpenError::NotForThis));
}

#[test]
fn damage_is_found_wherever_it_is() {
    let sealed = sealed();
    for at in 0..sealed.len() {
        let mut damaged = sealed.clone();
        damaged[at] ^= 1;
        let error = open(&damaged, &binding(), &service(5)).expect_err("damaged");
        let expected = match at {
            0 => OpenError::Format(SealedError::Version(0)),
            1 => OpenError::Format(SealedError::Suite(0)),
            2..10 => {
                let came = damaged[2..10].try_into().expect("8 bytes");
                OpenError::AnotherKey { expected: service(5).public().id(), came }
            }
            42..44 => {
                let came = sealed.len() - SEALED_HEADER_BYTES;
                let told = came ^ if at == 42 { 256 } else { 1 };
                OpenError::Format(SealedError::Ciphertext { told, came })
            }
            _ => OpenError::NotForThis,
        };
        assert_eq!(error, expected, "byte {at}");
    }
}

#[test]
fn what_is_cut_off_appended_readable_or_long_is_no_sealed_value() {
    let sealed = sealed();
    let refused = |bytes: &[u8]| match open(bytes, &binding(), &service(5)) {
        Err(OpenError::Format(error)) => error,
        other => panic!("{other:?}"),
    };
    for length in [0, 1, 43, 44, 60] {
        assert_eq!(refused(&sealed[..length]), SealedError::Length(length));
    }
    let came = sealed.len() - SEALED_HEADER_BYTES;
    let cut = &sealed[..sealed.len() - 1];
    assert_eq!(refused(cut), SealedError::Ciphertext { told: came, came: came - 1 });
    let appended = [&sealed[..], &[0]].concat();
    assert_eq!(refused(&appended), SealedError::Ciphertext { told: came, came: came + 1 });
    for text in ["x", "whsec_secret\n", &"hunter2 ".repeat(40)] {
        assert_eq!(refused(text.as_bytes()), SealedError::Printable, "{text}");
    }
    let unsealed = [&sealed[..SEALED_HEADER_BYTES], b"a token that nobody sealed"].concat();
    assert_eq!(refused(&unsealed), SealedError::Printable);
    for length in [SEALED_BYTES_MAX + 1, 3_000] {
        assert_eq!(refused(&vec![b'a'; length]), SealedError::Length(length));
        assert_eq!(refused(&vec![0; length]), SealedError::Length(length));
    }
}

#[test]
fn the_longest_secret_is_sealed_and_a_longer_one_is_refused() {
    let around = token("").to_json().expect_err("empty");
    assert!(matches!(around, CredentialsError::Fields { kind: "token", .. }));
    let overhead = token("x").to_json().expect("short").len() - 1;
    let key = service(5).public();
    let binding = Binding { kind: IntegrationKind::Custom, ..binding() };
    let seal = |chars| seal(&token(&"x".repeat(chars)), &binding, &key, &mut random(6));
    let longest = SEALED_SECRET_BYTES_MAX - overhead;
    let sealed = seal(longest).expect("the longest");
    assert_eq!(sealed.len(), SEALED_BYTES_MAX);
    assert_eq!(open(&sealed, &binding, &service(5)), Ok(token(&"x".repeat(longest))));
    for chars in [longest + 1, 3_000] {
        let error = CredentialsError::TooLong(chars + overhead);
        assert_eq!(seal(chars), Err(SealError::Credentials(error)));
    }
}

#[test]
fn a_url_elsewhere_than_the_public_endpoint_is_not_sealed() {
    let seal = |url: &str| {
        let secret = WebhookSecret::generate(&mut random(4));
        let credentials = Credentials::Webhook { url: url.into(), secret };
        seal(&credentials, &binding(), &service(5).public(), &mut random(6))
    };
    assert!(seal("https://example.org:443/hook").is_ok());
    for url in
        ["https://example.com/hook", "http://example.org/hook", "https://example.org:444/hook"]
    {
        let expected = "https://example.org".to_owned();
        let error = CredentialsError::AnotherOrigin { expected };
        assert_eq!(seal(url), Err(SealError::Credentials(error)), "{url}");
    }
    let token = seal("hunter2token:rest");
    assert_eq!(token, Err(SealError::Credentials(CredentialsError::Scheme)));
    let user = CredentialsError::Url(UrlError::UserInfo);
    assert_eq!(seal("https://a:b@example.org/"), Err(SealError::Credentials(user)));
}

/// Seals as another program might: nothing of the plaintext is looked at.
fn sealed_elsewhere(plaintext: &str) -> Vec<u8> {
    let key = service(5).public();
    let recipient = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&key.0).expect("a key");
    let associated = binding().associated_data(key.id()).expect("encoded");
    let (encapsulated, ciphertext) =
        single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &recipient,
            b"",
            plaintext.as_bytes(),
            &associated,
            &mut ChaCha20Rng::from_seed([7; 32]),
        )
        .expect("sealed");
    let encapsulated = encapsulated.to_bytes().into();
    SealedValue { key: key.id(), encapsulated, ciphertext }.to_bytes().expect("it fits")
}

#[test]
fn what_other_programs_sealed_is_opened_and_judged_alike() {
    let opened = |plaintext: &str| open(&sealed_elsewhere(plaintext), &binding(), &service(5));
    let at = |origin: &str| format!(r#"{{"version": 1, "type": "url", "url": "{origin}/a"}}"#);
    let url = Secret::from("https://example.org/a");
    assert_eq!(opened(&at("https://example.org")), Ok(Credentials::Url { url }));
    let expected = "https://example.org".to_owned();
    let elsewhere = CredentialsError::AnotherOrigin { expected };
    assert_eq!(opened(&at("https://10.0.0.1")), Err(OpenError::Credentials(elsewhere)));
    let malformed = opened("hunter2");
    assert!(matches!(malformed, Err(OpenError::Credentials(CredentialsError::Malformed { .. }))));
}

#[test]
fn nothing_is_sealed_to_a_point_that_gives_everyone_the_same_secret() {
    for public in [[0; 32], std::array::from_fn(|at| u8::from(at == 0))] {
        let refused = seal(&webhook(), &binding(), &ServicePublicKey(public), &mut random(6));
        assert_eq!(refused, Err(SealError::ServiceKey));
    }
}

#[test]
fn credentials_are_json_of_exactly_their_fields() {
    let parse = |json: &str| Credentials::parse(json.as_bytes());
    let token_json = r#"{"version":1,"type":"token","token":"t"}"#;
    assert_eq!(parse(token_json), Ok(token("t")));
    assert_eq!(token("t").to_json().map(|json| json.to_vec()), Ok(token_json.into()));
    let fields = |kind, fields| Err(CredentialsError::Fields { kind, fields });
    for (json, expected) in [
        (r#"{"version":2,"type":"token","token":"t"}"#, Err(CredentialsError::Version(2))),
        (r#"{"version":1,"type":"cookie"}"#, Err(CredentialsError::UnknownType)),
        (r#"{"version":1,"type":"token"}"#, fields("token", "token")),
        (r#"{"version":1,"type":"token","token":""}"#, fields("token", "token")),
        (r#"{"version":1,"type":"token","token":"t","url":"u"}"#, fields("token", "token")),
        (r#"{"version":1,"type":"basic","user":"u"}"#, fields("basic", "user and password")),
        (r#"{"version":1,"type":"url","url":"ftp://a"}"#, Err(CredentialsError::Scheme)),
    ] {
        assert_eq!(parse(json), expected, "{json}");
    }
    for json in [
        "",
        "[]",
        "hunter2",
        r#"{"version":1,"type":"token","token":1234567}"#,
        r#"{"version":1,"type":"token","hunter2":"t"}"#,
        r#"{"version":1,"type":"token","token":"t"}x"#,
    ] {
        let error = parse(json).expect_err("refused");
        assert!(matches!(error, CredentialsError::Malformed { .. }), "{json}: {error:?}");
        let said = format!("{error} {error:?}");
        assert!(!said.contains("hunter2") && !said.contains("1234567"), "{said}");
    }
}

#[test]
fn nothing_prints_a_secret() {
    let key = service(5);
    let credentials = [
        webhook(),
        token("hunter2"),
        Credentials::Basic { user: "u".into(), password: "hunter2".into() },
    ];
    let shown = format!("{credentials:?} {key:?} {:?} {:?}", Secret::from("hunter2"), random(4));
    let json = webhook().to_json().expect("json");
    let secret = WebhookSecret::generate(&mut random(4)).written();
    assert!(String::from_utf8_lossy(&json).contains(secret.as_str()));
    for secret in ["hunter2", "5f1d", secret.as_str(), &key.written()] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

fn characters(most: usize) -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<char>(), 1..=most).prop_map(String::from_iter)
}

/// Made once: deriving a key is most of a case.
static SERVICE: LazyLock<ServiceKey> = LazyLock::new(|| service(5));

proptest! {
    #![proptest_config(Config { cases: 10_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..700)) {
        prop_assert!(open(&bytes, &binding(), &SERVICE).is_err());
    }

    #[test]
    fn any_text_survives_the_plaintext(user in characters(100), password in characters(30)) {
        let credentials = Credentials::Basic {
            user: Secret::new(user), password: Secret::new(password) };
        match credentials.to_json() {
            Ok(json) => prop_assert_eq!(Credentials::parse(&json), Ok(credentials)),
            Err(error) => prop_assert!(matches!(error, CredentialsError::TooLong(_))),
        }
    }
}
