use external_monitoring::usage::{Claim, Terms, accept};
use lumenscope_interfaces::external_monitoring::{
    ApiKeyUsage, ConnectionError, RATE_WINDOW_S, REQUEST_LIFE_MAX_S,
};
use proptest::prelude::*;

use crate::stage::NOW_S;

const EXPIRES_S: u64 = NOW_S + 1_000_000;

const TERMS: Terms = Terms {
    revoked: false,
    expires_s: EXPIRES_S,
    signs: true,
    generation: 4,
    previous_until_s: NOW_S + 100,
    scopes: 0b0_0101,
    requests_per_minute: 3,
};

fn claim() -> Claim {
    Claim { generation: 4, nonce: 10, expires_s: NOW_S + 60, scope: 0b0_0001 }
}

fn taken(change: impl Fn(&mut Terms, &mut Claim)) -> Result<ApiKeyUsage, ConnectionError> {
    let (mut key, mut claim, mut usage) = (TERMS, claim(), ApiKeyUsage::default());
    change(&mut key, &mut claim);
    accept(&mut usage, &key, &claim, NOW_S).map(|()| usage)
}

#[test]
fn a_request_within_all_bounds_is_taken_and_remembered() {
    let usage = taken(|_, _| {}).expect("it is within all bounds");
    assert_eq!((usage.last_used_s, usage.window_requests), (NOW_S, 1));
    assert_eq!((usage.nonce_highest, usage.nonces_used, usage.nonces_used_before), (10, 1, 0));
}

#[test]
fn each_bound_is_kept_to_the_second() {
    use ConnectionError::*;
    type Change = fn(&mut Terms, &mut Claim);
    let cases: [(&str, Change, Result<(), ConnectionError>); 15] = [
        ("revoked", |key, _| key.revoked = true, Err(ApiKeyRevoked)),
        ("ends now", |key, _| key.expires_s = NOW_S, Err(ApiKeyExpired)),
        ("ends next second", |key, _| key.expires_s = NOW_S + 1, Ok(())),
        ("a hash", |key, _| key.signs = false, Err(ApiKeyCannotSign)),
        ("the generation before", |_, claim| claim.generation = 3, Ok(())),
        ("two generations before", |_, claim| claim.generation = 2, Err(GenerationInvalid)),
        ("a generation to come", |_, claim| claim.generation = 5, Err(GenerationInvalid)),
        (
            "the generation before, as its overlap ends",
            |key, claim| (key.previous_until_s, claim.generation) = (NOW_S, 3),
            Err(GenerationInvalid),
        ),
        (
            "no generation before the first",
            |key, claim| (key.generation, claim.generation) = (0, u32::MAX),
            Err(GenerationInvalid),
        ),
        ("a scope it lacks", |_, claim| claim.scope = 0b0_0010, Err(ScopeMissing)),
        ("another scope it has", |_, claim| claim.scope = 0b0_0100, Ok(())),
        ("its last second", |_, claim| claim.expires_s = NOW_S, Ok(())),
        ("expired", |_, claim| claim.expires_s = NOW_S - 1, Err(RequestExpiryInvalid)),
        ("lives an hour", |_, claim| claim.expires_s = NOW_S + REQUEST_LIFE_MAX_S, Ok(())),
        (
            "lives a second more",
            |_, claim| claim.expires_s = NOW_S + REQUEST_LIFE_MAX_S + 1,
            Err(RequestExpiryInvalid),
        ),
    ];
    for (name, change, expected) in cases {
        assert_eq!(taken(change).map(|_| ()), expected, "{name}");
    }
}

#[test]
fn requests_are_counted_by_the_minute() {
    let (key, mut usage) = (TERMS, ApiKeyUsage::default());
    let minute = NOW_S - NOW_S % RATE_WINDOW_S;
    let mut nonce = 0;
    let mut ask = |now_s| {
        nonce += 1;
        accept(&mut usage, &key, &Claim { nonce, expires_s: now_s, ..claim() }, now_s)
    };
    for second in [0, 30, 59] {
        assert_eq!(ask(minute + second), Ok(()));
    }
    assert_eq!(ask(minute + 59), Err(ConnectionError::RateExceeded));
    assert_eq!(ask(minute + 60), Ok(()));
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Rotate { life_s: u64, overlap_s: u64 },
    Revoke,
    Wait { seconds: u64 },
    Ask { generations_back: u32, nonce_ahead: u64, life_s: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (1..5_000_u64, 0..2_000_u64)
            .prop_map(|(life_s, overlap_s)| Step::Rotate { life_s, overlap_s }),
        1 => Just(Step::Revoke),
        4 => (0..900_u64).prop_map(|seconds| Step::Wait { seconds }),
        12 => (0..4_u32, 0..4_u64, 0..5_000_u64).prop_map(|(generations_back, nonce_ahead, life_s)| {
            Step::Ask { generations_back, nonce_ahead, life_s }
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// The model keeps every generation's own end and every nonce taken.
    #[test]
    fn no_life_of_a_key_takes_a_request_it_should_not(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut key =
            Terms { generation: 0, previous_until_s: 0, expires_s: NOW_S + 3_000, ..TERMS };
        let mut ends_s = vec![key.expires_s];
        let (mut now_s, mut usage) = (NOW_S, ApiKeyUsage::default());
        let mut nonces = std::collections::BTreeSet::new();
        for step in steps {
            match step {
                Step::Rotate { life_s, overlap_s } => {
                    key.previous_until_s = key.expires_s.min(now_s + overlap_s);
                    *ends_s.last_mut().expect("one") = key.previous_until_s;
                    key.expires_s = now_s + life_s;
                    key.generation += 1;
                    ends_s.push(key.expires_s);
                }
                Step::Revoke => key.revoked = true,
                Step::Wait { seconds } => now_s += seconds,
                Step::Ask { generations_back, nonce_ahead, life_s } => {
                    let Some(generation) = key.generation.checked_sub(generations_back) else {
                        continue;
                    };
                    let nonce = usage.nonce_highest.saturating_sub(1) + nonce_ahead;
                    let expires_s = now_s + life_s;
                    let claim = Claim { generation, nonce, expires_s, scope: 1 };
                    let before = usage;
                    if accept(&mut usage, &key, &claim, now_s).is_ok() {
                        prop_assert!(!key.revoked);
                        prop_assert!(now_s < key.expires_s);
                        prop_assert!(now_s < ends_s[generation as usize]);
                        prop_assert!(generations_back < 2);
                        prop_assert!(life_s <= REQUEST_LIFE_MAX_S);
                        prop_assert!(nonces.insert(nonce), "{nonce} taken twice");
                        prop_assert!(usage.window_requests <= key.requests_per_minute);
                    } else {
                        prop_assert_eq!(usage, before);
                    }
                }
            }
        }
    }
}
