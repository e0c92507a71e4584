//! What lies at the bounds, and the numbers that others know.

use lumenscope_credentials::{
    ApiKey, ApiKeyKind, Destination, DestinationError, IntegrationKind, KEY_ID_BYTES, NONCE_WINDOW,
    NonceWindow, Random, Refusal, SEALED_SECRET_BYTES_MAX, SEALED_TAG_BYTES, Scope, SealedError,
    SealedValue, Token, Usage, check_token,
};
use lumenscope_meta::Address;

#[test]
fn scopes_kinds_and_refusals_have_their_numbers() {
    let scopes = [
        Scope::ReadMetrics,
        Scope::ReadAlerts,
        Scope::WriteMetrics,
        Scope::Acknowledge,
        Scope::Manage,
    ];
    assert_eq!(scopes.map(Scope::bit), [1, 2, 4, 8, 16]);
    let with = |is: fn(IntegrationKind) -> bool| {
        let kinds = IntegrationKind::ALL.into_iter().filter(|kind| is(*kind));
        kinds.map(IntegrationKind::name).collect::<Vec<_>>()
    };
    assert_eq!(with(IntegrationKind::has_site), ["datadog"]);
    let needed = ["prometheus", "grafana", "datadog", "webhook"];
    assert_eq!(with(IntegrationKind::needs_endpoint), needed);
    let inbound = ["prometheus", "grafana", "webhook", "custom"];
    assert_eq!(with(IntegrationKind::may_be_inbound), inbound);

    let someone = || Address::from_contract_id([1; 32]);
    let (expires_s, now_s) = (1, 2);
    for (refusal, code) in [
        (Refusal::Revoked, Some(3419)),
        (Refusal::KeyExpired { expires_s, now_s }, Some(3420)),
        (Refusal::CannotSign, Some(3421)),
        (Refusal::Generation { came: 1, current: 2 }, Some(3422)),
        (Refusal::ScopeMissing(Scope::Manage), Some(3423)),
        (Refusal::Expired { expires_s, now_s }, Some(3424)),
        (Refusal::TooFarAhead { expires_s, now_s }, Some(3424)),
        (Refusal::NonceUsed { nonce: 1 }, Some(3425)),
        (Refusal::NonceTooOld { nonce: 1, highest: 2 }, Some(3426)),
        (Refusal::RateExceeded { per_minute: 1 }, Some(3427)),
        (Refusal::AnotherNetwork, None),
        (Refusal::AnotherContract { expected: someone(), came: someone() }, None),
        (Refusal::AnotherCaller { expected: someone(), came: someone() }, None),
        (Refusal::AnotherKey, None),
        (Refusal::Forged, None),
        (Refusal::NotAToken, None),
    ] {
        assert_eq!(refusal.code(), code, "{refusal:?}");
    }
}

#[test]
fn a_token_that_is_both_the_present_and_the_previous_is_right() {
    let token = Token::generate(&mut Random::from_seed(&[1; 32]));
    let key = ApiKey {
        id: [2; 32],
        kind: ApiKeyKind::Hashed,
        material: token.hash(),
        scopes: Scope::ReadMetrics.bit(),
        requests_per_minute: 5,
        expires_s: 100,
        generation: 1,
        previous: token.hash(),
        previous_until_s: 100,
        revoked: false,
    };
    assert_eq!(check_token(&token, &key, Scope::ReadMetrics, 50), Ok(()));
}

#[test]
fn a_nonce_as_far_ahead_as_the_window_leaves_nothing_in_it() {
    let usage =
        Usage { nonce_highest: 500, nonces_used: 3, nonces_used_before: 5, ..Usage::default() };
    let window = NonceWindow::of(&usage);
    assert_eq!((window.highest, window.used), (500, 5 << 64 | 3));
    assert_eq!(window.halves(), [3, 5]);
    for (ahead, used) in [
        (1, (5 << 65 | 3 << 1) | 1),
        (NONCE_WINDOW - 1, 3 << (NONCE_WINDOW - 1) | 1),
        (NONCE_WINDOW, 1),
        (NONCE_WINDOW + 1, 1),
    ] {
        let expected = NonceWindow { highest: 500 + ahead, used };
        assert_eq!(window.with(500 + ahead), Ok(expected), "{ahead}");
    }
}

#[test]
fn a_url_is_as_long_as_sealed_credentials_hold() {
    let url = |bytes: usize| format!("https://example.com/{}", "x".repeat(bytes - 20));
    let longest = url(SEALED_SECRET_BYTES_MAX);
    let read = Destination::parse(&longest).expect("the longest");
    assert_eq!(read.as_str(), longest);
    let longer = Destination::parse(&url(SEALED_SECRET_BYTES_MAX + 1));
    assert_eq!(longer, Err(DestinationError::TooLong(SEALED_SECRET_BYTES_MAX + 1)));
}

#[test]
fn the_shortest_sealed_value_is_one_unless_its_ciphertext_is_readable() {
    let of = |byte: u8| {
        let ciphertext = vec![byte; SEALED_TAG_BYTES + 1];
        SealedValue { key: [0xff; KEY_ID_BYTES], encapsulated: [0xff; 32], ciphertext }
    };
    let bytes = of(0x80).to_bytes().expect("it fits");
    assert_eq!(SealedValue::parse(&bytes), Ok(of(0x80)));
    let length = bytes.len() - 1;
    assert_eq!(SealedValue::parse(&bytes[..length]), Err(SealedError::Length(length)));
    let readable = of(b'x').to_bytes();
    let readable = readable.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(SealedValue::parse(&readable), Err(SealedError::Printable));
}
