//! The entry points. What each does, refuses and asks for is said once, at the trait that callers
//! see: [`PerformanceMonitor`].

use lumenscope_interfaces::common::{StatisticsView, StreamKey};
use lumenscope_interfaces::governance::{self, Administration, Governance, Role, Schema};
use lumenscope_interfaces::performance_monitor::{
    MinuteSlot, MonitoredContract, PerformanceMonitor, RecordingMode, ReporterRole, StreamBatch,
    StreamDefinition, StreamSpec,
};
use soroban_sdk::{Address, Bytes, BytesN, Env, String, Symbol, Vec, contract, contractimpl, vec};

use crate::events::AnalyticsChanged;
use crate::reports::{self, Report};
use crate::storage::{self, or_fail};
use crate::{flush, reads, recording, registry, streams};

/// The ingest contract.
#[contract]
pub struct PerformanceMonitorContract;

#[contractimpl]
impl PerformanceMonitorContract {
    /// `admin` administers; upgrades wait `upgrade_delay_s` seconds.
    pub fn __constructor(e: &Env, admin: Address, upgrade_delay_s: u64) {
        governance::construct::<Self>(e, &admin, upgrade_delay_s);
    }
}

impl Schema for PerformanceMonitorContract {
    const VERSION: u32 = 1;
}

#[contractimpl(contracttrait)]
impl Governance for PerformanceMonitorContract {}

#[contractimpl]
impl PerformanceMonitor for PerformanceMonitorContract {
    fn register(e: Env, caller: Address, contract: Address, owner: Address) {
        or_fail(&e, registry::register(&e, caller, contract, owner));
    }

    fn set_recorder(e: Env, contract: Address, recorder: Address) {
        or_fail(&e, registry::set_recorder(&e, contract, recorder));
    }

    fn set_reporter(e: Env, contract: Address, reporter: Address, role: ReporterRole) {
        or_fail(&e, registry::set_reporter(&e, contract, reporter, role));
    }

    fn remove_reporter(e: Env, contract: Address, reporter: Address) {
        or_fail(&e, registry::remove_reporter(&e, contract, reporter));
    }

    fn open_stream(e: Env, stream: StreamKey, spec: StreamSpec) {
        or_fail(&e, streams::define(&e, stream, spec, None));
    }

    fn reshape_stream(e: Env, stream: StreamKey, spec: StreamSpec) {
        let former = or_fail(&e, streams::definition(&e, &stream));
        or_fail(&e, streams::define(&e, stream, spec, Some(former)));
    }

    fn set_mode(e: Env, stream: StreamKey, mode: RecordingMode) {
        or_fail(&e, streams::set_mode(&e, stream, mode));
    }

    fn record_metric(
        e: Env,
        contract_address: Address,
        metric: Symbol,
        value: i128,
        unit: Symbol,
        function: Symbol,
        metadata: Option<String>,
    ) -> u64 {
        let stream = StreamKey { contract: contract_address, function, subject: None };
        let samples = vec![&e, (metric, value)];
        or_fail(&e, recording::record(&e, stream, samples, Some(unit), metadata))
    }

    fn record_samples(e: Env, stream: StreamKey, samples: Vec<(Symbol, i128)>) -> u64 {
        or_fail(&e, recording::record(&e, stream, samples, None, None))
    }

    fn report(
        e: Env,
        reporter: Address,
        stream: StreamKey,
        metric: Symbol,
        value: i128,
        at_s: u64,
        sequence: u64,
    ) -> u64 {
        let report = Report { reporter: &reporter, stream: &stream, sequence };
        or_fail(&e, reports::report(&e, &report, metric, value, at_s))
    }

    fn record_execution(
        e: Env,
        reporter: Address,
        stream: StreamKey,
        at_s: u64,
        values: Vec<i64>,
        sequence: u64,
    ) -> u64 {
        let report = Report { reporter: &reporter, stream: &stream, sequence };
        or_fail(&e, reports::record_execution(&e, &report, at_s, values))
    }

    fn record_batch(e: Env, reporter: Address, batches: Vec<StreamBatch>) -> u32 {
        or_fail(&e, reports::record_batch(&e, &reporter, batches))
    }

    fn flush(e: Env, caller: Address, streams: Vec<StreamKey>, through_hour: u32) -> u32 {
        or_fail(&e, flush::flush(&e, caller, streams, through_hour))
    }

    fn keep_alive_streams(e: Env, caller: Address, streams: Vec<StreamKey>) {
        or_fail(&e, streams::keep_alive(&e, caller, streams));
    }

    fn set_analytics(e: Env, analytics: Address) {
        let admin = governance::require_admin(&e);
        storage::set_analytics(&e, &analytics);
        AnalyticsChanged { admin, analytics }.publish(&e);
    }

    fn analytics(e: Env) -> Option<Address> {
        storage::analytics(&e)
    }

    fn monitored_contract(e: Env, contract: Address) -> Option<MonitoredContract> {
        storage::registration(&e, &contract)
    }

    fn streams(e: Env, contract: Address, start: u32, limit: u32) -> Vec<StreamKey> {
        reads::streams(&e, &contract, start, limit)
    }

    fn stream_definition(e: Env, stream: StreamKey) -> Option<StreamDefinition> {
        storage::definition(&e, &stream)
    }

    fn sequence(e: Env, stream: StreamKey) -> u64 {
        or_fail(&e, reads::sequence(&e, &stream))
    }

    fn hot(e: Env, stream: StreamKey) -> Bytes {
        or_fail(&e, streams::definition(&e, &stream));
        storage::hot(&e, &stream)
    }

    fn totals(e: Env, stream: StreamKey, metric: Symbol) -> StatisticsView {
        or_fail(&e, reads::totals(&e, &stream, &metric))
    }

    fn unflushed(e: Env, stream: StreamKey, metric: Symbol) -> Bytes {
        or_fail(&e, reads::unflushed(&e, &stream, &metric))
    }

    fn minutes(
        e: Env,
        stream: StreamKey,
        metric: Symbol,
        from_minute: u32,
        through_minute: u32,
    ) -> Vec<MinuteSlot> {
        or_fail(&e, reads::minutes(&e, &stream, &metric, from_minute, through_minute))
    }

    fn quantile(e: Env, stream: StreamKey, metric: Symbol, per_mille: u32) -> Option<i64> {
        or_fail(&e, reads::quantile(&e, &stream, &metric, per_mille))
    }
}
