//! What is told about every change of state.

use lumenscope_interfaces::performance_monitor::RecordingMode;
use soroban_sdk::{
    Address, Env, Event, SpecShakingMarker, String, Symbol, Val, Vec, contractevent,
};

use crate::shapes::{StreamKey, list, typed};

/// A contract was registered, or its owner changed who records or reports for it; or the admin
/// chose where history is kept.
#[contractevent(topics = ["contract"], data_format = "vec")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ContractChanged {
    /// The monitored contract; for `analytics` this one.
    #[topic]
    pub contract: Address,
    /// What changed: `owner` (it was registered, or given to another), `gone` (its owner let it go),
    /// `recorder`, `primary` or `witness` (a reporter
    /// of that role was added), `removed` (a reporter was), or `analytics`.
    #[topic]
    pub change: Symbol,
    /// Who did it.
    pub caller: Address,
    /// Who owns, owned, records, reports, or no longer reports now, or keeps history.
    pub whom: Address,
}

/// A stream was opened, or its metrics or mode were changed.
#[contractevent(topics = ["defined"], data_format = "vec")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StreamDefined {
    /// The monitored contract.
    #[topic]
    pub contract: Address,
    /// The function.
    #[topic]
    pub function: Symbol,
    /// What the contract distinguishes within the function.
    pub subject: Option<Symbol>,
    /// Who did it.
    pub owner: Address,
    /// The metrics now, in the order of the hot entry.
    pub metrics: Vec<Symbol>,
    /// What recording leaves on the ledger now.
    pub mode: RecordingMode,
    /// Bytes of the hot entry.
    pub bytes: u32,
}

/// A contract recorded values of one stream. Their units are those of the stream's definition.
#[contractevent(topics = ["recorded"], data_format = "vec")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SamplesRecorded {
    /// The monitored contract.
    #[topic]
    pub contract: Address,
    /// The function as the caller named it, also when its contract's `other` stream took it.
    #[topic]
    pub function: Symbol,
    /// What the contract distinguishes within the function.
    pub subject: Option<Symbol>,
    /// The metrics and their values as they came, before clamping.
    pub samples: Vec<(Symbol, i128)>,
    /// The stream's sequence number; 0 for a stream that is recorded by events only.
    pub sequence: u64,
    /// What the caller added.
    pub metadata: Option<String>,
}

/// A reporter told samples of one stream: a single one, those of an execution or of a batch.
#[contractevent(topics = ["reported"], data_format = "vec")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SamplesReported {
    /// The monitored contract.
    #[topic]
    pub contract: Address,
    /// The function.
    #[topic]
    pub function: Symbol,
    /// What the contract distinguishes within the function.
    pub subject: Option<Symbol>,
    /// Who reported them.
    pub reporter: Address,
    /// The reporter's number for this report.
    pub sequence: u64,
    /// How many, aggregates counted once.
    pub samples: u32,
    /// Those of an execution: the dictionary's metrics in its order. Otherwise none.
    pub values: Vec<i64>,
}

/// Closed hours of a stream moved to history.
#[contractevent(topics = ["flushed"], data_format = "vec")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StreamFlushed {
    /// The monitored contract.
    #[topic]
    pub contract: Address,
    /// The function.
    #[topic]
    pub function: Symbol,
    /// What the contract distinguishes within the function.
    pub subject: Option<Symbol>,
    /// Who did it.
    pub caller: Address,
    /// Last hour that was to move, since 1970-01-01.
    pub through_hour: u32,
    /// How many buckets moved.
    pub buckets: u32,
}

/// What an event of this module comes to.
struct Told<'a> {
    topics: &'a [Val],
    data: &'a [Val],
}

impl Event for Told<'_> {
    fn topics(&self, e: &Env) -> Vec<Val> {
        typed(e, list(e, self.topics))
    }

    fn data(&self, e: &Env) -> Val {
        list(e, self.data)
    }
}

/// Publishes the event `E`: its name and topics, and its data in the order of its fields. The one
/// place that turns events into values, instead of one for each of them; tests compare what comes
/// with the structs.
pub fn tell<E: SpecShakingMarker>(e: &Env, topics: &[Val], data: &[Val]) {
    E::spec_shaking_marker();
    publish(e, topics, data);
}

/// As [`tell`], of a stream: which one is said in the same places of each event.
pub fn tell_of<E: SpecShakingMarker>(e: &Env, name: Symbol, stream: &StreamKey, data: &mut [Val]) {
    E::spec_shaking_marker();
    publish_of(e, name, stream, data);
}

/// Publishes an event that the interface does not name.
#[inline(never)]
pub fn publish(e: &Env, topics: &[Val], data: &[Val]) {
    e.events().publish_event(&Told { topics, data });
}

/// The first of the data is the stream's subject.
#[inline(never)]
fn publish_of(e: &Env, name: Symbol, stream: &StreamKey, data: &mut [Val]) {
    let topics = [name.to_val(), stream.contract().to_val(), stream.function().to_val()];
    if let Some(subject) = data.first_mut() {
        *subject = stream.subject_val();
    }
    publish(e, &topics, data);
}
