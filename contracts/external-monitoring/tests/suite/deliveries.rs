use external_monitoring::{ConnectionChanged, DeliveryRecorded};
use lumenscope_interfaces::external_monitoring::*;
use lumenscope_interfaces::governance::{GovernanceError, Role};
use soroban_sdk::testutils::storage::Temporary as _;
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Address, Bytes, BytesN, Error, FromVal, IntoVal, Map, Symbol, Val, Vec};

use crate::stage::*;

struct Deliveries {
    s: Stage,
    owner: Address,
    id: BytesN<32>,
}

impl Deliveries {
    fn new() -> Self {
        let s = Stage::new();
        let owner = s.account();
        let id = create(&s, &owner);
        Self { s, owner, id }
    }

    fn record(&self, key: u8, outcome: DeliveryOutcome) -> Result<bool, Error> {
        self.record_up_to(key, outcome, 0)
    }

    fn record_up_to(&self, key: u8, outcome: DeliveryOutcome, cursor: u64) -> Result<bool, Error> {
        let s = &self.s;
        let args = (&s.dispatcher, &self.id, s.hash(key), outcome, cursor);
        s.call(&s.dispatcher, "record_delivery", args)
    }

    fn health(&self) -> IntegrationHealth {
        self.s.client.health(&self.id).expect("it exists")
    }
}

fn create(s: &Stage, owner: &Address) -> BytesN<32> {
    let args: Vec<Val> = (
        owner,
        s.text("channel"),
        IntegrationKind::Webhook,
        IntegrationDirection::Outbound,
        s.config(&[("endpoint", "https://hooks.example.org")]),
        IntegrationAuth::None,
        Bytes::new(&s.e),
        IntegrationFormat::Json,
        0u32,
    )
        .into_val(&s.e);
    s.call(owner, "create_integration", args).expect("it is valid")
}

fn arrived() -> DeliveryOutcome {
    DeliveryOutcome { raised_s: NOW_S - 20, delivered: true, status: 204, attempts: 2 }
}

fn given_up() -> DeliveryOutcome {
    DeliveryOutcome { raised_s: NOW_S - 20, delivered: false, status: 503, attempts: 6 }
}

#[test]
fn a_delivery_is_counted_once_however_often_it_is_recorded() {
    let d = Deliveries::new();
    assert_eq!(d.record(1, arrived()), Ok(true));
    d.s.assert_emitted(&[&DeliveryRecorded {
        dispatcher: d.s.dispatcher.clone(),
        integration: d.id.clone(),
        delivery: d.s.hash(1),
        outcome: arrived(),
    }]);
    let once = d.health();
    assert_eq!((once.delivered, once.failed, once.last_status), (1, 0, 204));
    assert_eq!((once.last_delivered_s, once.last_failed_s), (NOW_S, 0));
    assert_eq!(d.s.client.delivery(&d.id, &d.s.hash(1)), Some(arrived()));

    assert_eq!(d.record(1, arrived()), Ok(false));
    d.s.assert_silent();
    assert_eq!(d.record(1, given_up()), Ok(false));
    assert_eq!(d.health(), once);
    assert_eq!(d.s.client.delivery(&d.id, &d.s.hash(1)), Some(arrived()));
    assert_eq!(d.record(2, arrived()), Ok(true));
    assert_eq!(d.health().delivered, 2);
}

#[test]
fn a_delivery_of_one_integration_says_nothing_of_another() {
    let d = Deliveries::new();
    let other = create(&d.s, &d.s.account());
    assert_eq!(d.record(1, given_up()), Ok(true));
    assert_eq!(d.s.client.delivery(&other, &d.s.hash(1)), None);
    assert_eq!(d.s.client.health(&other).expect("it exists").failed, 0);
}

#[test]
fn receipts_are_taken_for_two_days_and_kept_for_longer() {
    let d = Deliveries::new();
    let raised_s = NOW_S - RECEIPT_AGE_MAX_S;
    assert_eq!(d.record(1, DeliveryOutcome { raised_s, ..arrived() }), Ok(true));
    for raised_s in [raised_s - 1, 0, NOW_S + 1, u64::MAX] {
        let result = d.record(2, DeliveryOutcome { raised_s, ..arrived() });
        assert_eq!(result, refused(ConnectionError::ReceiptInvalid), "{raised_s}");
    }
    assert_eq!(d.record(2, DeliveryOutcome { raised_s: NOW_S, ..arrived() }), Ok(true));
    d.s.e.as_contract(&d.s.id, || {
        let receipt = Symbol::new(&d.s.e, "receipt").to_val();
        let key: Vec<Val> = soroban_sdk::vec![&d.s.e, receipt, d.id.to_val(), d.s.hash(1).to_val()];
        let ledgers = d.s.e.storage().temporary().get_ttl(&key);
        assert_eq!(ledgers, RECEIPT_LIFE_LEDGERS);
        assert!(u64::from(ledgers) * 5 > RECEIPT_AGE_MAX_S);
    });
}

#[test]
fn a_receipt_ends_after_a_week_and_cannot_be_made_again() {
    let d = Deliveries::new();
    assert_eq!(d.record(1, arrived()), Ok(true));
    let receipt = || d.s.client.delivery(&d.id, &d.s.hash(1));
    let week_s = u64::from(RECEIPT_LIFE_LEDGERS) * 5;
    d.s.wait(week_s);
    assert_eq!(receipt(), Some(arrived()));
    // Who repeats it late is told that it is recorded, not that it is too old.
    assert_eq!(d.record(1, arrived()), Ok(false));
    d.s.wait(5);
    assert_eq!(receipt(), None);
    // What it was about is too long ago by then, so the same delivery is not counted again.
    assert_eq!(d.record(1, arrived()), refused(ConnectionError::ReceiptInvalid));
    assert_eq!(d.health().delivered, 1);
}

#[test]
fn a_receipt_holds_what_the_interface_says_and_nothing_else() {
    let d = Deliveries::new();
    let record = |key: u8, outcome: Map<Symbol, Val>| {
        let args = (&d.s.dispatcher, &d.id, d.s.hash(key), outcome, 0u64);
        d.s.call::<bool>(&d.s.dispatcher, "record_delivery", args)
    };
    let given: Val = arrived().into_val(&d.s.e);
    let whole = Map::<Symbol, Val>::from_val(&d.s.e, &given);
    let with = |name: &str, value: Val| {
        let mut outcome = whole.clone();
        outcome.set(Symbol::new(&d.s.e, name), value);
        outcome
    };
    assert_eq!(record(1, with("note", d.s.text("and more").to_val())), Ok(true));
    d.s.assert_emitted(&[&DeliveryRecorded {
        dispatcher: d.s.dispatcher.clone(),
        integration: d.id.clone(),
        delivery: d.s.hash(1),
        outcome: arrived(),
    }]);
    assert_eq!(d.s.client.delivery(&d.id, &d.s.hash(1)), Some(arrived()));
    for (name, other) in
        [("delivered", 1u32.into()), ("raised_s", true.into()), ("attempts", ().into())]
    {
        let result = record(2, with(name, other));
        assert_eq!(result, refused(ConnectionError::ShapeInvalid), "{name}");
    }
    assert_eq!(d.s.client.delivery(&d.id, &d.s.hash(2)), None);
}

#[test]
fn receipts_with_impossible_figures_are_refused() {
    let d = Deliveries::new();
    for (status, attempts) in [(99, 1), (600, 1), (200, 0), (200, ATTEMPTS_MAX + 1)] {
        let result = d.record(1, DeliveryOutcome { status, attempts, ..arrived() });
        assert_eq!(result, refused(ConnectionError::ReceiptInvalid), "{status} {attempts}");
    }
    assert_eq!(d.record(1, DeliveryOutcome { status: 0, ..given_up() }), Ok(true));
    assert_eq!(d.health().last_status, 0);
}

#[test]
fn failures_in_a_row_suspend_an_integration_until_its_owner_starts_it_again() {
    let d = Deliveries::new();
    let limit = DeliveryPolicy::DEFAULT.suspend_after as u8;
    for key in 1..limit {
        assert_eq!(d.record(key, given_up()), Ok(true));
    }
    assert_eq!(d.record(100, arrived()), Ok(true));
    assert_eq!(d.health().failed_in_a_row, 0);
    for key in 101..100 + limit {
        assert_eq!(d.record(key, given_up()), Ok(true));
        assert!(d.health().enabled);
    }
    assert_eq!(d.record(100 + limit, given_up()), Ok(true));
    d.s.assert_emitted(&[
        &DeliveryRecorded {
            dispatcher: d.s.dispatcher.clone(),
            integration: d.id.clone(),
            delivery: d.s.hash(100 + limit),
            outcome: given_up(),
        },
        &ConnectionChanged {
            owner: d.owner.clone(),
            id: d.id.clone(),
            kind: ConnectionKind::Integration,
            actor: d.s.dispatcher.clone(),
            change: change::SUSPENDED,
        },
    ]);
    assert!(!d.health().enabled);
    assert_eq!(d.record(200, given_up()), Ok(true), "what was under way is still recorded");

    assert_eq!(d.s.call(&d.owner, "set_enabled", (&d.id, true)), Ok(()));
    let health = d.health();
    assert_eq!((health.enabled, health.failed_in_a_row), (true, 0));
    assert_eq!(health.failed, u64::from(limit) * 2);
}

#[test]
fn a_cursor_moves_with_batches_that_arrive_and_never_back() {
    let d = Deliveries::new();
    assert_eq!(d.record_up_to(1, arrived(), 500), Ok(true));
    assert_eq!(d.health().cursor, 500);
    let behind = refused(ConnectionError::CursorBehind);
    assert_eq!(d.record_up_to(2, arrived(), 499), behind);
    assert_eq!(d.s.client.delivery(&d.id, &d.s.hash(2)), None);
    assert_eq!(d.record_up_to(2, arrived(), 500), Ok(true));
    assert_eq!(d.record_up_to(3, given_up(), 600), Ok(true));
    assert_eq!(d.record(4, arrived()), Ok(true));
    assert_eq!(d.health().cursor, 500);
    assert_eq!(d.record_up_to(5, arrived(), u64::MAX), Ok(true));
    assert_eq!(d.health().cursor, u64::MAX);
}

#[test]
fn a_dispatcher_that_starts_anew_goes_on_from_the_cursor_whatever_happened_in_between() {
    let d = Deliveries::new();
    let s = &d.s;
    assert_eq!(d.record_up_to(1, arrived(), 500), Ok(true));
    for enabled in [false, true] {
        assert_eq!(s.call(&d.owner, "set_enabled", (&d.id, enabled)), Ok(()));
    }
    assert_eq!(s.call(&d.owner, "request_test", (&d.id,)), Ok(()));
    let other = s.account();
    assert_eq!(s.call(&s.admin, "set_role", (&other, Role::Keeper, true)), Ok(()));
    assert_eq!(s.call(&s.admin, "set_role", (&s.dispatcher, Role::Keeper, false)), Ok(()));
    let batch = |key: u8, cursor: u64| {
        let args = (&other, &d.id, s.hash(key), arrived(), cursor);
        s.call::<bool>(&other, "record_delivery", args)
    };
    let cursor = d.health().cursor;
    assert_eq!(cursor, 500);
    assert_eq!(batch(2, cursor - 1), refused(ConnectionError::CursorBehind));
    assert_eq!(batch(1, cursor + 1), Ok(false), "the same batch again changes nothing");
    assert_eq!(d.health().cursor, cursor);
    assert_eq!(batch(2, cursor + 1), Ok(true));
    assert_eq!(d.health().cursor, cursor + 1);
}

#[test]
fn only_keepers_record_and_for_what_exists() {
    let d = Deliveries::new();
    let s = &d.s;
    let role_required = Err(Error::from_contract_error(GovernanceError::RoleRequired as u32));
    for stranger in [&s.account(), &d.owner] {
        let args = (stranger, &d.id, s.hash(1), arrived(), 0u64);
        assert_eq!(s.call::<bool>(stranger, "record_delivery", args), role_required);
        let args = (&s.dispatcher, &d.id, s.hash(1), arrived(), 0u64);
        let forged = s.call::<bool>(stranger, "record_delivery", args);
        assert_eq!(forged, Err(AUTHORISATION_MISSING));
    }
    let args = (&s.dispatcher, s.hash(7), s.hash(1), arrived(), 0u64);
    let unknown = s.call::<bool>(&s.dispatcher, "record_delivery", args);
    assert_eq!(unknown, refused(ConnectionError::Unknown));
}

#[test]
fn a_pause_does_not_stop_recording() {
    let d = Deliveries::new();
    assert_eq!(d.s.call(&d.s.admin, "pause", ()), Ok(()));
    assert_eq!(d.record(1, arrived()), Ok(true));
}

#[test]
fn recording_never_changes_the_size_of_what_is_stored() {
    let d = Deliveries::new();
    let size = || d.health().to_xdr(&d.s.e).len();
    let before = size();
    assert_eq!(d.record_up_to(1, arrived(), u64::MAX), Ok(true));
    assert_eq!(d.record(2, given_up()), Ok(true));
    assert_eq!(size(), before);
}
