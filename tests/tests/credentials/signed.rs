//! Requests that the crate signs, verified by the contract.

use lumenscope_credentials::{
    Expected, Method, NonceSource, Random, Refusal, Request, Scope, SigningKey, check,
};
use lumenscope_interfaces::external_monitoring::{ApiKeyKind, ApiScope, ConnectionError};
use lumenscope_meta::Address as Party;
use soroban_sdk::{Address, BytesN};

use crate::ledger::{DAY_S, Ledger, NOW_S};

struct Program {
    ledger: Ledger,
    key: SigningKey,
    id: BytesN<32>,
}

impl Program {
    fn new() -> Self {
        let ledger = Ledger::new();
        let key = SigningKey::generate(&mut Random::from_seed(&[1; 32]));
        let id = ledger.client.create_api_key(
            &ledger.owner,
            &ledger.text("program"),
            &ApiKeyKind::Ed25519,
            &ledger.bytes(&key.public()),
            &ApiScope::ReadMetrics.bit(),
            &100,
            &(NOW_S + DAY_S),
        );
        Self { ledger, key, id }
    }

    fn request(&self, caller: Party, nonce: u64) -> Request {
        Request {
            network_id: self.ledger.network.id(),
            contract: self.ledger.party(&self.ledger.id),
            key: self.id.to_array(),
            generation: 0,
            caller,
            method: Method::new("read_metrics").expect("a symbol"),
            body_hash: [8; 32],
            nonce,
            expires_s: self.ledger.now_s() + 300,
        }
    }
}

#[test]
fn requests_with_nonces_of_a_source_are_verified_in_any_order() {
    let p = Program::new();
    let caller = p.ledger.party(&p.ledger.caller);
    let source = NonceSource::starting(NOW_S * 1_000_000, p.ledger.usage(&p.id).nonce_highest);
    let sign = || p.key.sign(p.request(caller.clone(), source.next())).expect("signed");
    let mut signed: std::vec::Vec<_> = (0..64).map(|_| sign()).collect();
    signed.reverse();
    for signed in &signed {
        let verified =
            p.ledger.ask("verify_request", &p.ledger.caller, signed, ApiScope::ReadMetrics);
        assert_eq!(verified, Ok(()));
    }
    let again = p.ledger.ask("verify_request", &p.ledger.caller, &signed[0], ApiScope::ReadMetrics);
    assert_eq!(again, Ledger::refused(ConnectionError::NonceUsed));
}

#[test]
fn an_account_may_be_the_caller() {
    let p = Program::new();
    let caller = Party::from_account_key([4; 32]);
    let signed = p.key.sign(p.request(caller.clone(), 1)).expect("signed");
    let account = Address::from_str(&p.ledger.e, caller.as_str());
    let ask = |caller| p.ledger.ask("check_request", caller, &signed, ApiScope::ReadMetrics);
    assert_eq!(ask(&account), Ok(()));
    assert_eq!(ask(&p.ledger.caller), Err(None));
}

#[test]
fn what_the_contract_calls_forged_is_said_by_name() {
    let p = Program::new();
    let caller = p.ledger.party(&p.ledger.caller);
    let contract = p.ledger.party(&p.ledger.id);
    let request = p.request(caller.clone(), 1);
    let another = Party::from_contract_id([9; 32]);
    for (request, expected) in [
        (Request { network_id: [9; 32], ..request.clone() }, Refusal::AnotherNetwork),
        (
            Request { contract: another.clone(), ..request.clone() },
            Refusal::AnotherContract { expected: contract.clone(), came: another.clone() },
        ),
        (
            Request { caller: another.clone(), ..request },
            Refusal::AnotherCaller { expected: caller.clone(), came: another },
        ),
    ] {
        let signed = p.key.sign(request).expect("signed");
        let answer =
            p.ledger.ask("check_request", &p.ledger.caller, &signed, ApiScope::ReadMetrics);
        assert_eq!(answer, Err(None));
        let here = Expected {
            network_id: p.ledger.network.id(),
            contract: &contract,
            caller: &caller,
            scope: Scope::ReadMetrics,
        };
        let (key, usage) = (p.ledger.api_key(&p.id), p.ledger.usage(&p.id));
        assert_eq!(check(&signed, &here, &key, &usage, NOW_S), Err(expected));
    }
}
