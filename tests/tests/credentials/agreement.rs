//! Random lives of an API key: whatever happens to it, the check off the ledger says what the
//! contract says, and knows the usage that the contract stores.

use external_monitoring::nonces::NonceWindow as OnLedger;
use lumenscope_credentials::{
    Expected, Method, NONCE_WINDOW, NonceWindow, Random, Refusal, Request, Scope, SignedRequest,
    SigningKey, check,
};
use lumenscope_interfaces::external_monitoring::{
    ApiKeyKind, ApiScope, OVERLAP_MAX_S, REQUEST_LIFE_MAX_S,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use soroban_sdk::BytesN;

use crate::ledger::{DAY_S, Ledger};

/// Lives that are tried.
const CASES: u32 = 1_000;
const STEPS_MAX: usize = 24;

#[derive(Clone, Copy, Debug)]
enum Nonce {
    /// So far behind the highest one.
    Behind(u64),
    /// So far ahead of it.
    Ahead(u64),
    Any(u64),
}

impl Nonce {
    fn from(self, highest: u64) -> u64 {
        match self {
            Nonce::Behind(by) => highest.saturating_sub(by),
            Nonce::Ahead(by) => highest.saturating_add(by),
            Nonce::Any(nonce) => nonce,
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Fault {
    None,
    Signature,
    Signer,
    Caller,
    Network,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Ask { nonce: Nonce, generation: u32, life_s: i64, scope: u32, fault: Fault },
    Wait(u64),
    Rotate { overlap_s: u64 },
    Revoke,
}

fn nonce() -> impl Strategy<Value = Nonce> {
    prop_oneof![
        4 => (0..4_u64).prop_map(Nonce::Ahead),
        2 => (0..2 * NONCE_WINDOW).prop_map(Nonce::Ahead),
        4 => (0..4_u64).prop_map(Nonce::Behind),
        3 => (0..NONCE_WINDOW + 4).prop_map(Nonce::Behind),
        1 => (NONCE_WINDOW - 2..NONCE_WINDOW + 2).prop_map(Nonce::Behind),
        1 => any::<u64>().prop_map(Nonce::Any),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let life_s = prop_oneof![
        8 => Just(300),
        1 => -2..2_i64,
        1 => (-1..2_i64).prop_map(|over_s| REQUEST_LIFE_MAX_S as i64 + over_s),
    ];
    let fault = prop_oneof![
        12 => Just(Fault::None),
        1 => Just(Fault::Signature),
        1 => Just(Fault::Signer),
        1 => Just(Fault::Caller),
        1 => Just(Fault::Network),
    ];
    // 0: the current generation; 1: the one before; 2: the next.
    let generation = prop_oneof![6 => Just(0), 2 => Just(1), 1 => Just(2)];
    let scope = prop_oneof![6 => Just(0), 1 => 1..5_u32];
    let ask = (nonce(), generation, life_s, scope, fault).prop_map(
        |(nonce, generation, life_s, scope, fault)| Step::Ask {
            nonce,
            generation,
            life_s,
            scope,
            fault,
        },
    );
    let overlap_s = prop_oneof![Just(0), Just(60), Just(OVERLAP_MAX_S)];
    prop_oneof![
        24 => ask,
        3 => prop_oneof![Just(1), Just(59), Just(60), 1..100_u64].prop_map(Step::Wait),
        1 => Just(Step::Wait(DAY_S)),
        2 => overlap_s.prop_map(|overlap_s| Step::Rotate { overlap_s }),
        1 => Just(Step::Revoke),
    ]
}

const SCOPES: [(Scope, ApiScope); 5] = [
    (Scope::ReadMetrics, ApiScope::ReadMetrics),
    (Scope::ReadAlerts, ApiScope::ReadAlerts),
    (Scope::WriteMetrics, ApiScope::WriteMetrics),
    (Scope::Acknowledge, ApiScope::Acknowledge),
    (Scope::Manage, ApiScope::Manage),
];

fn key_of(generation: u32) -> SigningKey {
    let mut seed = [3; 32];
    seed[..4].copy_from_slice(&generation.to_be_bytes());
    SigningKey::generate(&mut Random::from_seed(&seed))
}

struct Life<'a> {
    ledger: &'a Ledger,
    id: BytesN<32>,
}

impl Life<'_> {
    fn new(ledger: &Ledger, expires_in_s: u64) -> Life<'_> {
        let id = ledger.client.create_api_key(
            &ledger.owner,
            &ledger.text("program"),
            &ApiKeyKind::Ed25519,
            &ledger.bytes(&key_of(0).public()),
            &(ApiScope::ReadMetrics.bit() | ApiScope::Acknowledge.bit()),
            &6,
            &(ledger.now_s() + expires_in_s),
        );
        Life { ledger, id }
    }

    fn ask(
        &self,
        nonce: Nonce,
        generation: u32,
        life_s: i64,
        scope: u32,
        fault: Fault,
    ) -> Result<(), TestCaseError> {
        let (ledger, now_s) = (self.ledger, self.ledger.now_s());
        let (key, usage) = (ledger.api_key(&self.id), ledger.usage(&self.id));
        let generation = match generation {
            1 => key.generation.wrapping_sub(1),
            2 => key.generation + 1,
            _ => key.generation,
        };
        let caller = ledger.party(&ledger.caller);
        let request = Request {
            network_id: if matches!(fault, Fault::Network) { [9; 32] } else { ledger.network.id() },
            contract: ledger.party(&ledger.id),
            key: key.id,
            generation,
            caller: match fault {
                Fault::Caller => ledger.party(&ledger.owner),
                _ => caller.clone(),
            },
            method: Method::new("read_metrics").expect("a symbol"),
            body_hash: [8; 32],
            nonce: nonce.from(usage.nonce_highest),
            expires_s: now_s.saturating_add_signed(life_s),
        };
        let signer = key_of(if matches!(fault, Fault::Signer) { 1_000 } else { generation });
        let mut signed: SignedRequest = signer.sign(request).expect("signed");
        if matches!(fault, Fault::Signature) {
            signed.signature[17] ^= 4;
        }
        let (scope, on_ledger) = SCOPES[scope as usize];
        let contract = ledger.party(&ledger.id);
        let here = Expected {
            network_id: ledger.network.id(),
            contract: &contract,
            caller: &caller,
            scope,
        };
        let ours = check(&signed, &here, &key, &usage, now_s);
        let checked = ledger.ask("check_request", &ledger.caller, &signed, on_ledger);
        prop_assert_eq!(ledger.usage(&self.id), usage);
        let verified = ledger.ask("verify_request", &ledger.caller, &signed, on_ledger);
        let expected = ours.as_ref().map(|_| ()).map_err(|refusal| refusal.code());
        prop_assert_eq!(checked, expected, "{:?}", ours);
        prop_assert_eq!(verified, expected, "{:?}", ours);
        prop_assert_eq!(ledger.usage(&self.id), ours.unwrap_or(usage));
        Ok(())
    }

    fn step(&self, step: Step) -> Result<(), TestCaseError> {
        match step {
            Step::Ask { nonce, generation, life_s, scope, fault } => {
                return self.ask(nonce, generation, life_s, scope, fault);
            }
            Step::Wait(seconds) => self.ledger.wait(seconds),
            Step::Revoke => {
                let _revoked_before = self.ledger.client.try_revoke_api_key(&self.id);
            }
            Step::Rotate { overlap_s } => {
                let next = key_of(self.ledger.api_key(&self.id).generation + 1);
                let material = self.ledger.bytes(&next.public());
                let expires_s = self.ledger.now_s() + 2 * DAY_S;
                // A key that is revoked or ended is not rotated; it is asked all the same.
                let _refused = self
                    .ledger
                    .client
                    .try_rotate_api_key(&self.id, &material, &expires_s, &overlap_s);
            }
        }
        Ok(())
    }
}

#[test]
fn nonces_are_used_up_alike_in_any_order() {
    let nonces = proptest::collection::vec(nonce(), 1..40);
    let config = Config { cases: 10_000, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&nonces, |nonces| {
            let (mut theirs, mut ours) = (OnLedger::default(), NonceWindow::default());
            for nonce in nonces {
                let nonce = nonce.from(ours.highest);
                let answer = theirs.accept(nonce).map_err(|error| Some(error as u32));
                let used = ours.with(nonce);
                prop_assert_eq!(answer, used.as_ref().map(|_| ()).map_err(Refusal::code));
                ours = used.unwrap_or(ours);
                prop_assert_eq!((ours.highest, ours.used), (theirs.highest, theirs.used));
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_check_off_the_ledger_agrees_with_the_contract_over_any_life_of_a_key() {
    let lives = (1..3 * DAY_S, proptest::collection::vec(step(), 1..STEPS_MAX));
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&lives, |(expires_in_s, steps)| {
            // A ledger of its own: the host copies all of its entries at every call.
            let ledger = Ledger::new();
            let life = Life::new(&ledger, expires_in_s);
            steps.into_iter().try_for_each(|step| life.step(step))
        })
        .unwrap();
}
