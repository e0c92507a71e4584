//! A stranger who would make calls of somebody else's contract dearer, and what an owner can make
//! their own callers pay at most.
//!
//! Instructions are compared where a call sees nothing but its footprint, in `apply_stability`: here
//! they grow with all that the ledger holds.

use lumenscope_hot::BYTES_MAX;
use lumenscope_interfaces::alerting::RuleSpec;
use lumenscope_interfaces::common::{LANES_MAX, StreamKey};
use lumenscope_interfaces::performance_monitor::{
    INLINE_RULES_MAX, METRICS_PER_STREAM_MAX, MetricKind, MetricSpec, NO_SKETCH, RecordingMode,
    ReporterRole, StreamSpec, WITNESSES_MAX,
};
use soroban_sdk::testutils::Address as _;
use soroban_sdk::{Address, vec};

use super::super::watched::{FUNCTION, METRIC, QUIET, create, open, record, spec};
use super::super::world::{HOUR_S, World};
use super::Neighbours;

/// What a call takes.
#[derive(Debug, Eq, PartialEq)]
struct Taken {
    /// Read and written.
    entries: (u32, u32),
    written_bytes: u32,
    event_bytes: u32,
}

/// The pool records one value.
fn recorded(world: &World) -> Taken {
    record(world, &world.stream(FUNCTION), QUIET);
    let of = world.e.cost_estimate().resources();
    Taken {
        entries: (of.memory_read_entries, of.write_entries),
        written_bytes: of.write_bytes,
        event_bytes: of.contract_events_size_bytes,
    }
}

/// Everything that takes nobody's signature but the stranger's, around the pool's stream.
fn busy(n: &Neighbours) {
    let w = &n.world;
    let stranger = &w.stranger;
    for number in 0..8 {
        let contract = Address::generate(&w.e);
        let registration = (contract.clone(), contract.clone(), Some(stranger.clone()));
        w.must(&contract, &w.monitor, "register", registration);
        // Of the same function as the pool's, and others.
        let function = if number == 0 { FUNCTION.to_owned() } else { format!("f{number}") };
        for lane in 0..=LANES_MAX {
            let lane = Some(lane).filter(|lane| *lane > 0);
            n.open_theirs(&StreamKey { lane, ..n.their_stream(&function) });
        }
        create(w, stranger, &RuleSpec { contract: None, ..spec(w) });
    }
    w.flush(FUNCTION).expect("flushed");
    let streams = vec![&w.e, w.stream(FUNCTION)];
    for function in ["compact", "prune", "keep_alive_history"] {
        w.must(stranger, &w.history, function, (stranger.clone(), streams.clone()));
    }
    for contract in [&w.monitor, &w.history, &w.alerting] {
        w.must(stranger, contract, "keep_alive", ());
    }
}

#[test]
fn nothing_that_a_stranger_does_makes_a_call_of_anothers_contract_dearer() {
    let n = Neighbours::new();
    let w = &n.world;
    open(w, &w.owner, &w.stream(FUNCTION));
    record(w, &w.stream(FUNCTION), QUIET);
    w.advance(HOUR_S + 400);
    let before = recorded(w);
    busy(&n);
    let after = recorded(w);
    assert_eq!(after, before);
}

/// The owner makes the pool's stream as large as may be.
fn enlarge(w: &World) {
    for role in std::iter::once(ReporterRole::Primary)
        .chain((0..WITNESSES_MAX).map(|_| ReporterRole::Witness))
    {
        let args = (w.pool.clone(), Address::generate(&w.e), role);
        w.must(&w.owner, &w.monitor, "set_reporter", args);
    }
    let mut metrics = vec![&w.e];
    for number in 0..METRICS_PER_STREAM_MAX {
        let name = if number == 0 { METRIC.to_owned() } else { format!("m{number}") };
        metrics.push_back(MetricSpec {
            name: w.symbol(&name),
            unit: w.symbol("stroops"),
            kind: MetricKind::Timer,
            watched: true,
            sketch: if number < 2 { (1, 14_000, 96) } else { NO_SKETCH },
        });
    }
    let shape = StreamSpec { metrics, mode: RecordingMode::Full, witnesses: true };
    w.must(&w.owner, &w.monitor, "open_stream", (w.stream(FUNCTION), shape));
    let mut rules = vec![&w.e];
    for _ in 0..INLINE_RULES_MAX {
        rules.push_back(create(w, &w.owner, &spec(w)));
    }
    let args = (w.stream(FUNCTION), w.alerting.clone(), rules);
    w.must(&w.owner, &w.monitor, "set_inline_rules", args);
}

#[test]
fn what_an_owner_makes_their_callers_pay_is_one_entry_of_bounded_size() {
    let n = Neighbours::new();
    let w = &n.world;
    open(w, &w.owner, &w.stream(FUNCTION));
    let usual = recorded(w);
    enlarge(w);
    let dearest = recorded(w);
    assert_eq!(dearest.entries, usual.entries);
    assert!(dearest.written_bytes - usual.written_bytes <= BYTES_MAX as u32, "{dearest:?}");
}
