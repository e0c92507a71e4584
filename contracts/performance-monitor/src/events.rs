//! What is told about every change of state.

use lumenscope_interfaces::performance_monitor::{RecordingMode, ReporterRole};
use soroban_sdk::{Address, String, Symbol, Vec, contractevent};

/// A contract was registered.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ContractRegistered {
    /// The monitored contract.
    #[topic]
    pub contract: Address,
    /// Who registered it: the contract itself or the admin.
    pub caller: Address,
    /// Who manages its streams.
    pub owner: Address,
}

/// The owner chose whose authorisation recording asks for.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RecorderChanged {
    /// The monitored contract.
    #[topic]
    pub contract: Address,
    /// Who did it.
    pub owner: Address,
    /// The recorder now.
    pub recorder: Address,
}

/// The owner added, replaced or removed a reporter.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReporterChanged {
    /// The monitored contract.
    #[topic]
    pub contract: Address,
    /// Who did it.
    pub owner: Address,
    /// The reporter.
    pub reporter: Address,
    /// What its figures count as now; nothing when it was removed.
    pub role: Option<ReporterRole>,
}

/// A stream was opened, or its metrics or mode were changed.
#[contractevent]
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

/// A contract recorded one value. The unit is that of the stream's definition.
#[contractevent(data_format = "vec")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MetricRecorded {
    /// The monitored contract.
    #[topic]
    pub contract: Address,
    /// The function as the caller named it, also when its contract's `other` stream took it.
    #[topic]
    pub function: Symbol,
    /// The metric.
    #[topic]
    pub metric: Symbol,
    /// The value as it came, before clamping.
    pub value: i128,
    /// The stream's sequence number; 0 for a stream that is recorded by events only.
    pub sequence: u64,
    /// What the caller added.
    pub metadata: Option<String>,
}

/// A contract recorded several values of one stream.
#[contractevent(data_format = "vec")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SamplesRecorded {
    /// The monitored contract.
    #[topic]
    pub contract: Address,
    /// The function.
    #[topic]
    pub function: Symbol,
    /// What the contract distinguishes within the function.
    pub subject: Option<Symbol>,
    /// The metrics.
    pub metrics: Vec<Symbol>,
    /// Their values as they came, before clamping.
    pub values: Vec<i128>,
    /// The stream's sequence number; 0 for a stream that is recorded by events only.
    pub sequence: u64,
}

/// A reporter told what one execution cost.
#[contractevent(data_format = "vec")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ExecutionReported {
    /// The monitored contract.
    #[topic]
    pub contract: Address,
    /// The function.
    #[topic]
    pub function: Symbol,
    /// What the contract distinguishes within the function.
    pub subject: Option<Symbol>,
    /// Who reported it.
    pub reporter: Address,
    /// When it was executed, seconds UTC.
    pub at_s: u64,
    /// The dictionary's metrics of an execution, in its order.
    pub values: Vec<i64>,
    /// The reporter's number for this report.
    pub sequence: u64,
}

/// A reporter told samples of one stream: a single one, or those of a batch.
#[contractevent(data_format = "vec")]
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
    /// How many, aggregates counted once.
    pub samples: u32,
    /// The reporter's number for this report.
    pub sequence: u64,
}

/// Which sample made a batch fail. Seen in the diagnostic events of a simulation or of a failed
/// transaction only, because the batch takes it along.
#[contractevent(data_format = "vec")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BatchRefused {
    /// Place of the stream in the batch.
    pub stream: u32,
    /// Place of the sample in the stream's part; the number of samples when the part as a whole
    /// is wrong.
    pub sample: u32,
}

/// Closed hours of a stream moved to history.
#[contractevent]
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

/// The entries of streams live longer.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StreamsKeptAlive {
    /// Who paid for it.
    #[topic]
    pub caller: Address,
    /// How many streams.
    pub streams: u32,
}

/// The admin chose where history is kept.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AnalyticsChanged {
    /// Who did it.
    #[topic]
    pub admin: Address,
    /// The contract that keeps history.
    pub analytics: Address,
}
