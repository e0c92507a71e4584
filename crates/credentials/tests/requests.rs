//! Requests: each reason to refuse one, by name; and the tokens that the service checks alone.

use lumenscope_credentials::{
    ApiKey, ApiKeyKind, Expected, Method, REQUEST_LIFE_MAX_S, Random, Refusal, Request, Scope,
    SignedRequest, SigningKey, Token, Usage, check, check_token,
};
use lumenscope_meta::Address;

const NOW_S: u64 = 1_800_000_000;
const DAY_S: u64 = 86_400;

fn signing(seed: u8) -> SigningKey {
    SigningKey::generate(&mut Random::from_seed(&[seed; 32]))
}

fn token(seed: u8) -> Token {
    Token::generate(&mut Random::from_seed(&[seed; 32]))
}

fn key() -> ApiKey {
    ApiKey {
        id: [2; 32],
        kind: ApiKeyKind::Ed25519,
        material: signing(1).public(),
        scopes: Scope::ReadMetrics.bit() | Scope::Acknowledge.bit(),
        requests_per_minute: 5,
        expires_s: NOW_S + DAY_S,
        generation: 1,
        previous: signing(0).public(),
        previous_until_s: NOW_S + 60,
        revoked: false,
    }
}

fn contract() -> Address {
    Address::from_contract_id([3; 32])
}

fn caller() -> Address {
    Address::from_account_key([4; 32])
}

fn request() -> Request {
    Request {
        network_id: [7; 32],
        contract: contract(),
        key: [2; 32],
        generation: 1,
        caller: caller(),
        method: Method::new("read_metrics").expect("a symbol"),
        body_hash: [8; 32],
        nonce: 500,
        expires_s: NOW_S + 300,
    }
}

fn checked(signed: &SignedRequest, key: &ApiKey, usage: &Usage) -> Result<Usage, Refusal> {
    let (contract, caller) = (&contract(), &caller());
    let expected = Expected { network_id: [7; 32], contract, caller, scope: Scope::ReadMetrics };
    check(signed, &expected, key, usage, NOW_S)
}

/// What becomes of a request that the key's owner signed.
fn answer(request: Request) -> Result<Usage, Refusal> {
    checked(&signing(1).sign(request).expect("signed"), &key(), &Usage::default())
}

#[test]
fn a_signed_request_is_accepted_and_counted() {
    let usage = answer(request()).expect("accepted");
    let expected = Usage {
        last_used_s: NOW_S,
        window_requests: 1,
        nonce_highest: 500,
        nonces_used: 1,
        nonces_used_before: 0,
    };
    assert_eq!(usage, expected);
    let again = signing(1).sign(request()).expect("signed");
    assert_eq!(checked(&again, &key(), &usage), Err(Refusal::NonceUsed { nonce: 500 }));
}

#[test]
fn a_request_for_another_place_or_caller_says_so() {
    let another = Address::from_contract_id([9; 32]);
    for (request, expected) in [
        (Request { network_id: [9; 32], ..request() }, Refusal::AnotherNetwork),
        (
            Request { contract: another.clone(), ..request() },
            Refusal::AnotherContract { expected: contract(), came: another.clone() },
        ),
        (
            Request { caller: another.clone(), ..request() },
            Refusal::AnotherCaller { expected: caller(), came: another },
        ),
        (Request { key: [9; 32], ..request() }, Refusal::AnotherKey),
    ] {
        assert_eq!(answer(request), Err(expected.clone()));
        assert_eq!(expected.code(), None);
    }
}

#[test]
fn a_signature_is_good_for_exactly_what_was_signed() {
    let signed = signing(1).sign(request()).expect("signed");
    let method = Method::new("manage").expect("a symbol");
    for changed in [
        Request { method, ..request() },
        Request { body_hash: [9; 32], ..request() },
        Request { nonce: 501, ..request() },
        Request { expires_s: NOW_S + 301, ..request() },
        Request { generation: 0, ..request() },
    ] {
        let sent = SignedRequest { request: changed, ..signed };
        assert_eq!(checked(&sent, &key(), &Usage::default()), Err(Refusal::Forged));
    }
    let thief = signing(6).sign(request()).expect("signed");
    assert_eq!(checked(&thief, &key(), &Usage::default()), Err(Refusal::Forged));
}

#[test]
fn a_request_ends_and_lives_an_hour_at_most() {
    let with = |expires_s| answer(Request { expires_s, ..request() }).map(|_| ());
    assert_eq!(with(NOW_S), Ok(()));
    assert_eq!(with(NOW_S + REQUEST_LIFE_MAX_S), Ok(()));
    let expires_s = NOW_S - 1;
    assert_eq!(with(expires_s), Err(Refusal::Expired { expires_s, now_s: NOW_S }));
    let expires_s = NOW_S + REQUEST_LIFE_MAX_S + 1;
    assert_eq!(with(expires_s), Err(Refusal::TooFarAhead { expires_s, now_s: NOW_S }));
}

#[test]
fn what_is_wrong_with_the_key_is_said_first() {
    let signed = signing(1).sign(request()).expect("signed");
    let usage = Usage { last_used_s: NOW_S, window_requests: 5, ..Usage::default() };
    for (key, usage, expected) in [
        (ApiKey { revoked: true, ..key() }, Usage::default(), Refusal::Revoked),
        (
            ApiKey { expires_s: NOW_S, ..key() },
            Usage::default(),
            Refusal::KeyExpired { expires_s: NOW_S, now_s: NOW_S },
        ),
        (ApiKey { kind: ApiKeyKind::Hashed, ..key() }, Usage::default(), Refusal::CannotSign),
        (
            ApiKey { scopes: Scope::Manage.bit(), ..key() },
            Usage::default(),
            Refusal::ScopeMissing(Scope::ReadMetrics),
        ),
        (key(), usage, Refusal::RateExceeded { per_minute: 5 }),
    ] {
        assert_eq!(checked(&signed, &key, &usage), Err(expected));
    }
}

#[test]
fn the_generation_before_signs_during_the_overlap() {
    let before = signing(0).sign(Request { generation: 0, ..request() }).expect("signed");
    assert!(checked(&before, &key(), &Usage::default()).is_ok());
    let over = ApiKey { previous_until_s: NOW_S, ..key() };
    let refused = |key: &ApiKey, generation| {
        let signed = signing(1).sign(Request { generation, ..request() }).expect("signed");
        let current = key.generation;
        let expected = Refusal::Generation { came: generation, current };
        assert_eq!(checked(&signed, key, &Usage::default()), Err(expected));
    };
    refused(&over, 0);
    refused(&key(), 2);
    refused(&key(), u32::MAX);
    refused(&ApiKey { generation: 5, ..key() }, 3);
}

#[test]
fn nonces_overtake_each_other_within_the_window() {
    let mut usage = Usage::default();
    let mut answer = |nonce| {
        let signed = signing(1).sign(Request { nonce, ..request() }).expect("signed");
        let key = ApiKey { requests_per_minute: 100, ..key() };
        checked(&signed, &key, &usage).map(|after| usage = after)
    };
    for nonce in [200, 73, 199, 201] {
        assert_eq!(answer(nonce), Ok(()), "{nonce}");
    }
    let too_old = Refusal::NonceTooOld { nonce: 73, highest: 201 };
    assert_eq!(answer(73), Err(too_old));
    assert_eq!(answer(74), Ok(()));
    assert_eq!(answer(199), Err(Refusal::NonceUsed { nonce: 199 }));
    assert_eq!(answer(u64::MAX), Ok(()));
    assert_eq!(answer(0), Err(Refusal::NonceTooOld { nonce: 0, highest: u64::MAX }));
}

#[test]
fn a_token_opens_what_its_key_may() {
    let key = ApiKey {
        kind: ApiKeyKind::Hashed,
        material: token(1).hash(),
        previous: token(0).hash(),
        ..key()
    };
    let check = |token: &Token, key: &ApiKey| check_token(token, key, Scope::ReadMetrics, NOW_S);
    assert_eq!(check(&token(1), &key), Ok(()));
    assert_eq!(check(&token(0), &key), Ok(()));
    assert_eq!(check(&token(2), &key), Err(Refusal::Forged));
    let over = ApiKey { previous_until_s: NOW_S, ..key };
    assert_eq!(check(&token(0), &over), Err(Refusal::Forged));
    assert_eq!(check(&token(1), &over), Ok(()));
    assert_eq!(check(&token(1), &ApiKey { revoked: true, ..key }), Err(Refusal::Revoked));
    let ended = ApiKey { expires_s: NOW_S, ..key };
    let expired = Refusal::KeyExpired { expires_s: NOW_S, now_s: NOW_S };
    assert_eq!(check(&token(1), &ended), Err(expired));
    let signs = ApiKey { kind: ApiKeyKind::Ed25519, ..key };
    assert_eq!(check(&token(1), &signs), Err(Refusal::NotAToken));
    let missing = check_token(&token(1), &key, Scope::Manage, NOW_S);
    assert_eq!(missing, Err(Refusal::ScopeMissing(Scope::Manage)));
}

#[test]
fn a_key_is_read_as_it_is_written_and_nothing_prints_it() {
    let (signing, token) = (signing(1), token(1));
    let (written_key, written_token) = (signing.written(), token.written());
    assert_eq!(SigningKey::read(&written_key).map(|key| key.public()), Ok(signing.public()));
    assert_eq!(Token::read(&written_token).map(|token| token.hash()), Ok(token.hash()));
    let shown = format!("{signing:?} {token:?}");
    for secret in [written_key.as_str(), &written_token] {
        assert!(!shown.contains(secret.rsplit_once('_').expect("a prefix").1), "{shown}");
    }
    assert_eq!(shown, format!("SigningKey({:?}) Token({:?})", signing.public(), token.hash()));
}

#[test]
fn a_method_is_a_symbol() {
    for text in ["read_metrics", "a", "A_9", &"m".repeat(32)] {
        assert_eq!(Method::new(text).map(|method| method.to_string()), Ok(text.to_owned()));
    }
    for text in ["", "read metrics", "read-metrics", "é", &"m".repeat(33)] {
        assert!(Method::new(text).is_err(), "{text}");
    }
}
