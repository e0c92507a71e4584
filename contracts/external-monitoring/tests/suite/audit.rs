//! The audit log against a list of everything that happened.

use lumenscope_interfaces::external_monitoring::*;
use lumenscope_interfaces::governance::Role;
use proptest::prelude::*;
use soroban_sdk::testutils::storage::Persistent as _;
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Address, Bytes, BytesN, IntoVal, Symbol, Val, Vec};

use crate::integrations::Draft;
use crate::stage::*;

fn all(s: &Stage, owner: &Address) -> std::vec::Vec<AuditRecord> {
    s.client.audit(owner, &0, &u64::MAX).into_iter().collect()
}

fn record(
    s: &Stage,
    actor: &Address,
    kind: ConnectionKind,
    id: &BytesN<32>,
    change: Symbol,
) -> AuditRecord {
    let at_s = s.e.ledger().timestamp();
    AuditRecord { at_s, actor: actor.clone(), kind, id: id.clone(), change }
}

fn entry(s: &Stage, owner: &Address) -> (Bytes, u32) {
    let key: Vec<Val> =
        soroban_sdk::vec![&s.e, Symbol::new(&s.e, "audit").to_val(), owner.to_val()];
    s.e.as_contract(&s.id, || {
        let stored = s.e.storage().persistent();
        (stored.get(&key).expect("an audit log"), stored.get_ttl(&key))
    })
}

#[test]
fn every_act_of_an_owner_is_remembered_with_who_what_and_when() {
    let s = Stage::new();
    let owner = s.account();
    let mut expected = vec![];
    let draft = Draft::new(&s);
    let kind = ConnectionKind::Integration;
    let id = draft.create(&s, &owner).expect("valid");
    expected.push(record(&s, &owner, kind, &id, change::CREATED));
    s.wait(10);
    draft.update(&s, &owner, &id).expect("valid");
    expected.push(record(&s, &owner, kind, &id, change::UPDATED));
    let rotated = Draft { sealed: s.sealed(2, 100), ..draft };
    rotated.update(&s, &owner, &id).expect("valid");
    expected.push(record(&s, &owner, kind, &id, change::ROTATED));
    for (enabled, change) in [(false, change::DISABLED), (true, change::ENABLED)] {
        assert_eq!(s.call(&owner, "set_enabled", (&id, enabled)), Ok(()));
        expected.push(record(&s, &owner, kind, &id, change));
    }
    assert_eq!(s.call(&owner, "request_test", (&id,)), Ok(()));
    expected.push(record(&s, &owner, kind, &id, change::TEST));
    assert_eq!(s.call(&owner, "remove", (kind, &id)), Ok(()));
    expected.push(record(&s, &owner, kind, &id, change::REMOVED));

    s.wait(10);
    let kind = ConnectionKind::ApiKey;
    let expires_s = NOW_S + DAY_S;
    let args = (&owner, s.text("program"), ApiKeyKind::Ed25519, s.hash(1), 1u32, 60u32, expires_s);
    let id: BytesN<32> = s.call(&owner, "create_api_key", args).expect("valid");
    expected.push(record(&s, &owner, kind, &id, change::CREATED));
    let args = (&id, s.hash(2), expires_s, 0u64);
    assert_eq!(s.call(&owner, "rotate_api_key", args), Ok(()));
    expected.push(record(&s, &owner, kind, &id, change::ROTATED));
    assert_eq!(s.call(&owner, "revoke_api_key", (&id,)), Ok(()));
    expected.push(record(&s, &owner, kind, &id, change::REVOKED));
    expected.reverse();
    assert_eq!(all(&s, &owner), expected);
    assert_eq!(s.client.audit(&s.account(), &0, &u64::MAX).len(), 0);
}

#[test]
fn an_account_that_acts_is_told_from_a_contract_of_the_same_bytes() {
    let s = Stage::new();
    s.e.mock_all_auths();
    // What the stage calls an account is a contract.
    for bytes in [[0; 32], [4; 32], [255; 32]] {
        let account = format!("{}", stellar_strkey::ed25519::PublicKey(bytes));
        let contract = format!("{}", stellar_strkey::Contract(bytes));
        for owner in [account, contract] {
            let owner = Address::from_str(&s.e, &owner);
            let (material, expires_s) = (s.hash(1), NOW_S + DAY_S);
            let kind = ApiKeyKind::Ed25519;
            let name = s.text("program");
            let id = s.client.create_api_key(&owner, &name, &kind, &material, &1, &60, &expires_s);
            let created = record(&s, &owner, ConnectionKind::ApiKey, &id, change::CREATED);
            assert_eq!(all(&s, &owner), [created]);
        }
    }
}

#[test]
fn what_is_asked_for_is_from_one_second_to_before_another() {
    let s = Stage::new();
    let owner = s.account();
    let mut times = vec![];
    for _ in 0..3 {
        Draft::new(&s).create(&s, &owner).expect("valid");
        times.push(s.e.ledger().timestamp());
        s.wait(10);
    }
    let [first, second, third] = times[..] else { panic!("three") };
    let found = |from_s: u64, to_s: u64| {
        let records = s.client.audit(&owner, &from_s, &to_s).into_iter();
        records.map(|record| record.at_s).collect::<std::vec::Vec<_>>()
    };
    assert_eq!(found(first, third), [second, first]);
    assert_eq!(found(first + 1, third + 1), [third, second]);
    assert!(found(third + 1, u64::MAX).is_empty());
    assert!(found(third, first).is_empty());
    assert!(found(0, first).is_empty());
}

#[test]
fn a_dispatcher_that_suspends_is_told_apart_and_recording_alone_leaves_no_record() {
    let s = Stage::new();
    let owner = s.account();
    let draft = Draft::new(&s);
    let id = draft.create(&s, &owner).expect("valid");
    let failed = DeliveryOutcome { raised_s: NOW_S, delivered: false, status: 500, attempts: 1 };
    for key in 1..=DeliveryPolicy::DEFAULT.suspend_after as u8 {
        assert_eq!(all(&s, &owner).len(), 1);
        let args = (&s.dispatcher, &id, s.hash(key), failed, 0u64);
        assert_eq!(s.call(&s.dispatcher, "record_delivery", args), Ok(true));
    }
    let kind = ConnectionKind::Integration;
    let suspended = record(&s, &s.dispatcher, kind, &id, change::SUSPENDED);
    assert_eq!(all(&s, &owner)[0], suspended);
    assert_eq!(all(&s, &s.dispatcher), []);
}

#[test]
fn the_contract_remembers_its_service_key_and_who_holds_roles() {
    let s = Stage::new();
    let keeper_key = |account: &Address| {
        let xdr = account.to_xdr(&s.e);
        let key = xdr.slice(xdr.len() - 32..);
        BytesN::<32>::try_from(key).expect("32 bytes")
    };
    let kind = ConnectionKind::Contract;
    let key = BytesN::from_array(&s.e, &SERVICE_KEY);
    let mut expected = vec![
        record(&s, &s.admin, kind, &key, change::UPDATED),
        record(&s, &s.admin, kind, &keeper_key(&s.dispatcher), change::GRANTED),
    ];
    assert_eq!(all(&s, &s.id), expected);
    let args = (&s.dispatcher, Role::Keeper, false);
    assert_eq!(s.call(&s.admin, "set_role", args), Ok(()));
    expected.insert(0, record(&s, &s.admin, kind, &keeper_key(&s.dispatcher), change::REVOKED));
    assert_eq!(all(&s, &s.id), expected);
    // The contract's own log is not an owner's.
    assert_eq!(all(&s, &s.admin), []);
}

#[test]
fn the_log_has_its_size_from_the_first_record_and_no_other_owner_touches_it() {
    let s = Stage::new();
    let [owner, other] = [s.account(), s.account()];
    let draft = Draft::new(&s);
    let id = draft.create(&s, &owner).expect("valid");
    let (first, ttl) = entry(&s, &owner);
    assert_eq!((first.len(), ttl), (1_296, 120 * DAY_LEDGERS - 1));
    for _ in 0..2 * AUDIT_RECORDS {
        draft.create(&s, &other).expect("valid");
    }
    assert_eq!(entry(&s, &owner).0, first);
    for _ in 0..2 * AUDIT_RECORDS {
        assert_eq!(s.call(&owner, "request_test", (&id,)), Ok(()));
    }
    assert_eq!(entry(&s, &owner).0.len(), first.len());
    assert_eq!(all(&s, &owner).len(), AUDIT_RECORDS);
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Test { owner: usize },
    Toggle { owner: usize },
    Wait { seconds: u64 },
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0..2_usize).prop_map(|owner| Act::Test { owner }),
        3 => (0..2_usize).prop_map(|owner| Act::Toggle { owner }),
        2 => (0..50_u64).prop_map(|seconds| Act::Wait { seconds }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// The model keeps everything; the ledger has the end of it.
    #[test]
    fn the_log_is_the_end_of_what_happened(
        acts in prop::collection::vec(act(), 1..60),
        from in 0..1_500_u64,
        length in 0..1_500_u64,
    ) {
        let s = Stage::new();
        let owners = [s.account(), s.account()];
        let draft = Draft::new(&s);
        let ids = owners.clone().map(|owner| draft.create(&s, &owner).expect("valid"));
        let kind = ConnectionKind::Integration;
        let mut models = [0, 1]
            .map(|owner| vec![record(&s, &owners[owner], kind, &ids[owner], change::CREATED)]);
        let mut enabled = [true; 2];
        for act in acts {
            let (owner, change) = match act {
                Act::Wait { seconds } => {
                    s.wait(seconds);
                    continue;
                }
                Act::Test { owner } => {
                    let done = s.call(&owners[owner], "request_test", (&ids[owner],));
                    prop_assert_eq!(done, Ok(()));
                    (owner, change::TEST)
                }
                Act::Toggle { owner } => {
                    enabled[owner] = !enabled[owner];
                    let args: Vec<Val> = (&ids[owner], enabled[owner]).into_val(&s.e);
                    prop_assert_eq!(s.call(&owners[owner], "set_enabled", args), Ok(()));
                    (owner, if enabled[owner] { change::ENABLED } else { change::DISABLED })
                }
            };
            models[owner].push(record(&s, &owners[owner], kind, &ids[owner], change));
        }
        let (from_s, to_s) = (NOW_S + from, NOW_S + from + length);
        for (owner, model) in owners.iter().zip(&models) {
            let last: std::vec::Vec<_> = model.iter().rev().take(AUDIT_RECORDS).cloned().collect();
            prop_assert_eq!(&all(&s, owner), &last);
            let between = last.into_iter().filter(|one| (from_s..to_s).contains(&one.at_s));
            let found = s.client.audit(owner, &from_s, &to_s).into_iter();
            prop_assert!(found.eq(between));
        }
    }
}
