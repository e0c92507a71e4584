//! Lives of API keys through the contract, against a model that keeps every generation.

use std::cell::RefCell;

use ed25519_dalek::{Signer, SigningKey};
use lumenscope_interfaces::external_monitoring::*;
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use soroban_sdk::testutils::Ledger as _;
use soroban_sdk::{Address, BytesN, Error, IntoVal, Symbol, Val, Vec};

use crate::requests::Signed;
use crate::stage::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    Rotate { life_s: u64, overlap_s: u64 },
    Revoke,
    Wait { seconds: u64 },
    Ask { generations_back: u32, signed_by_back: u32, use_up: bool },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (1..5_000_u64, prop_oneof![Just(0), 0..3_000_u64])
            .prop_map(|(life_s, overlap_s)| Step::Rotate { life_s, overlap_s }),
        1 => Just(Step::Revoke),
        3 => (0..1_500_u64).prop_map(|seconds| Step::Wait { seconds }),
        8 => (0..3_u32, 0..9_u32, any::<bool>()).prop_map(|(generations_back, other, use_up)| {
            // Mostly signed by the generation that it names.
            let signed_by_back = if other < 3 { other } else { generations_back };
            Step::Ask { generations_back, signed_by_back, use_up }
        }),
    ]
}

/// What is known of one generation of a key.
struct Generation {
    signing: SigningKey,
    ends_s: u64,
}

struct Life<'a> {
    s: &'a Stage,
    caller: &'a Address,
    id: BytesN<32>,
    generations: std::vec::Vec<Generation>,
    revoked: bool,
    nonce: u64,
    /// The last nonce that was used up.
    used: u64,
}

const LIFE_S: u64 = 3_000;

impl<'a> Life<'a> {
    fn new(s: &'a Stage, owner: &Address, caller: &'a Address) -> Self {
        let expires_s = s.e.ledger().timestamp() + LIFE_S;
        let first = Generation { signing: signing(0), ends_s: expires_s };
        let id = s.client.create_api_key(
            owner,
            &s.text("program"),
            &ApiKeyKind::Ed25519,
            &public(s, &first.signing),
            &ApiScope::ReadMetrics.bit(),
            &REQUESTS_PER_MINUTE_MAX,
            &expires_s,
        );
        Self { s, caller, id, generations: vec![first], revoked: false, nonce: 0, used: 0 }
    }

    fn now_s(&self) -> u64 {
        self.s.e.ledger().timestamp()
    }

    fn rotate(&mut self, life_s: u64, overlap_s: u64) -> Result<(), Error> {
        let next = signing(self.generations.len() as u8);
        let expires_s = self.now_s() + life_s;
        let (material, client) = (public(self.s, &next), &self.s.client);
        let done = client.try_rotate_api_key(&self.id, &material, &expires_s, &overlap_s);
        let done = done.map(|_| ()).map_err(|refused| refused.expect("an error"));
        if done.is_ok() {
            let now_s = self.now_s();
            let before = self.generations.len() - 1;
            for (place, generation) in self.generations.iter_mut().enumerate() {
                let overlap_s = if place == before { overlap_s } else { 0 };
                generation.ends_s = generation.ends_s.min(now_s + overlap_s);
            }
            self.generations.push(Generation { signing: next, ends_s: expires_s });
            // Where no other generation signs any more, nonces begin anew.
            if overlap_s == 0 {
                (self.nonce, self.used) = (0, 0);
            }
        }
        done
    }

    /// Asks as a program does that signs with one generation and names another.
    fn ask(&mut self, generation: u32, signed_by: u32, use_up: bool) -> Result<(), Error> {
        self.nonce += 1;
        let signed = Signed {
            network_id: [7; 32],
            contract: self.s.id.clone(),
            key: self.id.clone(),
            generation,
            caller: self.caller.clone(),
            method: "read_metrics",
            body: b"{}",
            nonce: self.nonce,
            expires_s: self.now_s() + 60,
        };
        let signing = &self.generations[signed_by as usize].signing;
        let signature = signing.sign(&signed.payload()).to_bytes();
        let e = &self.s.e;
        let function = Symbol::new(e, if use_up { "verify_request" } else { "check_request" });
        let args: Vec<Val> = (
            self.caller,
            &self.id,
            generation,
            Symbol::new(e, signed.method),
            BytesN::from_array(e, &Sha256::digest(signed.body).into()),
            signed.nonce,
            signed.expires_s,
            ApiScope::ReadMetrics,
            BytesN::from_array(e, &signature),
        )
            .into_val(e);
        let done = e.try_invoke_contract::<(), Error>(&self.s.id, &function, args);
        let done = done.map(|_| ()).map_err(|refused| refused.expect("an error"));
        if use_up && done.is_ok() {
            self.used = self.nonce;
        }
        done
    }

    /// What the model says of a request.
    fn expected(&self, generation: u32, signed_by: u32) -> Result<(), Error> {
        let last = self.generations.last().expect("one");
        if self.revoked {
            return refused(ConnectionError::ApiKeyRevoked);
        }
        if self.now_s() >= last.ends_s {
            return refused(ConnectionError::ApiKeyExpired);
        }
        if self.now_s() >= self.generations[generation as usize].ends_s {
            return refused(ConnectionError::GenerationInvalid);
        }
        if signed_by == generation { Ok(()) } else { Err(AUTHORISATION_MISSING) }
    }
}

fn signing(generation: u8) -> SigningKey {
    SigningKey::from_bytes(&[generation + 1; 32])
}

fn public(s: &Stage, signing: &SigningKey) -> BytesN<32> {
    BytesN::from_array(&s.e, signing.verifying_key().as_bytes())
}

/// Cases on one ledger: what the mocked authorisations leave behind slows every call down.
const CASES_PER_STAGE: u32 = 20;

thread_local! {
    static STAGE: RefCell<Option<(u32, Stage)>> = const { RefCell::new(None) };
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_key_is_taken_exactly_as_long_as_its_generation_lasts(
        steps in prop::collection::vec(step(), 1..7),
    ) {
        STAGE.with_borrow_mut(|stage| {
            let (cases, s) = stage.get_or_insert_with(|| {
                let s = Stage::new();
                // Who may do what is tried elsewhere.
                s.e.mock_all_auths();
                (0, s)
            });
            let [owner, caller] = [s.account(), s.account()];
            let mut life = Life::new(s, &owner, &caller);
            for step in steps {
                let newest = life.generations.len() as u32 - 1;
                match step {
                    Step::Rotate { life_s, overlap_s } => {
                        let expected = if life.revoked {
                            refused(ConnectionError::ApiKeyRevoked)
                        } else {
                            Ok(())
                        };
                        prop_assert_eq!(life.rotate(life_s, overlap_s), expected);
                    }
                    Step::Revoke => {
                        let done = s.client.try_revoke_api_key(&life.id);
                        prop_assert_eq!(done.is_ok(), !life.revoked);
                        life.revoked = true;
                    }
                    // The clock alone: ledgers would archive what lies here for all cases.
                    Step::Wait { seconds } => {
                        s.e.ledger().with_mut(|ledger| ledger.timestamp += seconds);
                    }
                    Step::Ask { generations_back, signed_by_back, use_up } => {
                        let generation = newest.saturating_sub(generations_back);
                        let signed_by = newest.saturating_sub(signed_by_back);
                        let expected = life.expected(generation, signed_by);
                        prop_assert_eq!(life.ask(generation, signed_by, use_up), expected);
                    }
                }
            }
            let usage = s.client.api_key_usage(&life.id).expect("it exists");
            prop_assert_eq!(usage.nonce_highest, life.used);
            *cases += 1;
            if *cases == CASES_PER_STAGE {
                *stage = None;
            }
            Ok(())
        })?;
    }
}
