//! The entry points. What each does, refuses and asks for is said once, at the trait that callers
//! see: [`PerformanceMonitor`](lumenscope_interfaces::performance_monitor::PerformanceMonitor).
//!
//! They are not written as an implementation of that trait, because structs come and go as maps
//! of the host ([`crate::shapes`]), which have the structs' names. That both agree is what all tests
//! rely on: they call through the trait's client.

use lumenscope_interfaces::governance::{self, Administration, Governance, Role, Schema};
use lumenscope_interfaces::performance_monitor::ReporterRole;
use soroban_sdk::{
    Address, Bytes, BytesN, Env, IntoVal, String, Symbol, Vec, contract, contractimpl, symbol_short,
};

use crate::events::{AnalyticsChanged, tell};
use crate::reads::Read;
use crate::recording::{Form, Samples};
use crate::shapes::{
    MonitoredContract, StreamBatch, StreamDefinition, StreamKey, StreamSpec, Totals,
};
use crate::storage;
use crate::{flush, reads, recording, registry, reports, streams};

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
#[allow(missing_docs, reason = "the documentation is at the trait")]
impl PerformanceMonitorContract {
    pub fn register(e: Env, caller: Address, contract: Address, owner: Address) {
        registry::register(&e, caller, contract, owner);
    }

    pub fn set_recorder(e: Env, contract: Address, recorder: Address) {
        registry::set_recorder(&e, contract, recorder);
    }

    pub fn set_reporter(e: Env, contract: Address, reporter: Address, role: ReporterRole) {
        registry::set_reporter(&e, contract, reporter, role);
    }

    pub fn open_stream(e: Env, stream: StreamKey, spec: StreamSpec) {
        streams::open(&e, stream, spec);
    }

    pub fn record_metric(
        e: Env,
        contract_address: Address,
        metric: Symbol,
        value: i128,
        unit: Symbol,
        function: Symbol,
        metadata: Option<String>,
    ) -> u64 {
        let stream = StreamKey::new(&e, &contract_address, &function);
        let samples = recording::one(&e, &metric, value);
        recording::record(&e, stream, samples, Some(unit), metadata)
    }

    pub fn record_samples(e: Env, stream: StreamKey, samples: Vec<(Symbol, i128)>) -> u64 {
        recording::record(&e, stream, samples.to_val().into_val(&e), None, None)
    }

    pub fn report(
        e: Env,
        reporter: Address,
        stream: StreamKey,
        metric: Symbol,
        value: i128,
        at_s: u64,
        sequence: u64,
    ) -> u64 {
        let items = recording::one(&e, &metric, value);
        let samples = Samples { items, form: Form::Values, at_s, unit: None };
        reports::report(&e, reporter, stream, sequence, samples)
    }

    pub fn record_execution(
        e: Env,
        reporter: Address,
        stream: StreamKey,
        at_s: u64,
        values: Vec<i64>,
        sequence: u64,
    ) -> u64 {
        let samples = reports::of_execution(&e, values.to_val().into_val(&e), at_s);
        reports::report(&e, reporter, stream, sequence, samples)
    }

    pub fn record_batch(e: Env, reporter: Address, batches: Vec<StreamBatch>) -> u32 {
        reports::record_batch(&e, &reporter, batches)
    }

    pub fn flush(e: Env, caller: Address, streams: Vec<StreamKey>, through_hour: u32) -> u32 {
        flush::flush(&e, caller, streams, through_hour)
    }

    pub fn keep_alive_streams(e: Env, streams: Vec<StreamKey>) {
        streams::keep_alive(&e, streams);
    }

    pub fn set_analytics(e: Env, analytics: Address) {
        let admin = governance::require_admin(&e);
        storage::set_analytics(&e, &analytics);
        let topics = [symbol_short!("analytics").to_val(), admin.to_val()];
        tell::<AnalyticsChanged>(&e, &topics, &[analytics.to_val()]);
    }

    pub fn analytics(e: Env) -> Option<Address> {
        storage::analytics(&e)
    }

    pub fn monitored_contract(e: Env, contract: Address) -> Option<MonitoredContract> {
        storage::registration(&e, &contract)
    }

    pub fn streams(e: Env, contract: Address, start: u32, limit: u32) -> Vec<StreamKey> {
        reads::streams(&e, &contract, start, limit)
    }

    pub fn stream_definition(e: Env, stream: StreamKey) -> Option<StreamDefinition> {
        storage::definition(&e, &stream)
    }

    pub fn hot(e: Env, stream: StreamKey) -> Bytes {
        streams::definition(&e, &stream);
        storage::hot(&e, &stream)
    }

    pub fn totals(e: Env, stream: StreamKey, metric: Symbol) -> Totals {
        reads::read(&e, &stream, &metric, Read::Totals).into_val(&e)
    }

    pub fn unflushed(e: Env, stream: StreamKey, metric: Symbol) -> Bytes {
        reads::read(&e, &stream, &metric, Read::Unflushed).into_val(&e)
    }

    pub fn minutes(e: Env, stream: StreamKey, metric: Symbol) -> Bytes {
        reads::read(&e, &stream, &metric, Read::Minutes).into_val(&e)
    }

    pub fn quantile(e: Env, stream: StreamKey, metric: Symbol, per_mille: u32) -> Option<i64> {
        reads::read(&e, &stream, &metric, Read::Quantile { per_mille }).into_val(&e)
    }
}
