use lumenscope_hot::Export;
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::MonitorError;
use soroban_sdk::testutils::Events as _;
use soroban_sdk::{Bytes, Error, Event, Symbol, Vec, symbol_short, vec};

use super::world::{HOUR_S, START_HOUR, World, error, unauthorised};
use crate::events::StreamFlushed;

impl World {
    fn flush(&self, function: &str, through_hour: u32) -> u32 {
        let streams = vec![&self.e, self.stream(function)];
        let caller = &self.stranger;
        self.by(caller, "flush", (caller.clone(), streams.clone(), through_hour));
        self.client().flush(caller, &streams, &through_hour)
    }

    fn flush_refused(&self, streams: &Vec<StreamKey>, through_hour: u32) -> Error {
        let caller = &self.stranger;
        self.refused(|| {
            self.by(caller, "flush", (caller.clone(), streams.clone(), through_hour));
            self.client().try_flush(caller, streams, &through_hour)
        })
    }

    fn last_ingest(&self) -> (StreamKey, Vec<Symbol>, Bytes) {
        let key = symbol_short!("last");
        self.e.as_contract(&self.history, || self.e.storage().instance().get(&key).unwrap())
    }

    fn ingests(&self) -> u32 {
        let key = symbol_short!("calls");
        self.e.as_contract(&self.history, || self.e.storage().instance().get(&key).unwrap_or(0))
    }
}

#[test]
fn anyone_moves_closed_hours_to_history_exactly_once() {
    let world = World::new();
    world.pay(100);
    world.advance(HOUR_S);
    world.pay(50);
    world.pay(51);
    world.advance(HOUR_S);
    world.pay(7);
    world.advance(300);
    assert_eq!(world.flush("pay", START_HOUR + 1), 2);
    let told = StreamFlushed {
        contract: world.host.clone(),
        function: world.symbol("pay"),
        subject: None,
        caller: world.stranger.clone(),
        through_hour: START_HOUR + 1,
        buckets: 2,
    };
    assert_eq!(world.e.events().all().events(), [told.to_xdr(&world.e, &world.monitor)]);
    let (stream, metrics, closed) = world.last_ingest();
    assert_eq!(stream, world.stream("pay"));
    assert_eq!(metrics, vec![&world.e, world.symbol("premium"), world.symbol("waited")]);
    let closed: std::vec::Vec<u8> = closed.iter().collect();
    let export = Export::parse(&closed).unwrap();
    let buckets: std::vec::Vec<_> = export
        .buckets()
        .map(|bucket| (bucket.span.start_hour, bucket.span.end_hour, bucket.statistics(0).sum))
        .collect();
    assert_eq!(buckets, [(START_HOUR, START_HOUR, 100), (START_HOUR + 1, START_HOUR + 1, 101)]);

    let before = world.stored();
    assert_eq!(world.flush("pay", START_HOUR + 1), 0);
    assert_eq!(world.stored(), before);
    assert_eq!(world.ingests(), 1);
    let totals = world.totals(&world.stream("pay"), &world.symbol("premium"));
    assert_eq!((totals.count, totals.sum, totals.last), (4, 208, 7));
    assert_eq!(world.unflushed(&world.stream("pay"), "premium").len(), 1);
}

#[test]
fn an_hour_is_flushed_once_late_reports_had_their_time() {
    let world = World::new();
    world.pay(100);
    let streams = vec![&world.e, world.stream("pay")];
    let open = error(MonitorError::HourOpen);
    assert_eq!(world.flush_refused(&streams, START_HOUR), open);
    assert_eq!(world.flush_refused(&streams, u32::MAX), open);
    world.advance(HOUR_S + 299);
    assert_eq!(world.flush_refused(&streams, START_HOUR), open);
    world.advance(1);
    assert_eq!(world.flush("pay", START_HOUR), 1);
}

#[test]
fn a_history_that_refuses_leaves_everything_where_it_was() {
    let world = World::new();
    world.pay(100);
    world.advance(2 * HOUR_S);
    world.e.as_contract(&world.history, || {
        world.e.storage().instance().set(&symbol_short!("refuse"), &true);
    });
    let streams = vec![&world.e, world.stream("pay")];
    let before = world.stored();
    world.by(&world.stranger, "flush", (world.stranger.clone(), streams.clone(), START_HOUR));
    assert!(world.client().try_flush(&world.stranger, &streams, &START_HOUR).is_err());
    assert_eq!(world.stored(), before);
    world.e.as_contract(&world.history, || {
        world.e.storage().instance().set(&symbol_short!("refuse"), &false);
    });
    assert_eq!(world.flush("pay", START_HOUR), 1);
}

#[test]
fn each_refusal_of_a_flush_has_its_name() {
    let world = World::new();
    world.advance(2 * HOUR_S);
    let unknown = vec![&world.e, world.stream("pay"), world.stream("claim")];
    assert_eq!(world.flush_refused(&unknown, START_HOUR), error(MonitorError::StreamUnknown));
    assert_eq!(world.flush_refused(&vec![&world.e], START_HOUR), error(MonitorError::Empty));
    let mut many = vec![&world.e];
    (0..21).for_each(|_| many.push_back(world.stream("pay")));
    assert_eq!(world.flush_refused(&many, START_HOUR), error(MonitorError::TooMany));
    let streams = vec![&world.e, world.stream("pay")];
    let forged = world.refused(|| {
        world.nobody();
        world.client().try_flush(&world.stranger, &streams, &START_HOUR)
    });
    assert_eq!(forged, unauthorised());

    let world = World::unlinked();
    world.pay(100);
    world.advance(2 * HOUR_S);
    let streams = vec![&world.e, world.stream("pay")];
    assert_eq!(world.flush_refused(&streams, START_HOUR), error(MonitorError::NotKept));
}

#[test]
fn nothing_to_move_is_no_error_and_calls_nobody() {
    let world = World::new();
    world.advance(2 * HOUR_S);
    let before = world.stored();
    assert_eq!(world.flush("pay", START_HOUR), 0);
    assert!(world.e.events().all().events().is_empty());
    assert_eq!((world.stored(), world.ingests()), (before, 0));
}
