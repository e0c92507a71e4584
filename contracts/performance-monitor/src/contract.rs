//! The entry points. What each does, refuses and asks for is said once, at the trait that callers
//! see: [`PerformanceMonitor`](lumenscope_interfaces::performance_monitor::PerformanceMonitor).
//!
//! They are not written as an implementation of that trait, because their arguments and replies
//! are values as the host holds them ([`crate::shapes`]), which have the types' names. That both
//! agree is what all tests rely on: they call through the trait's client.

use lumenscope_interfaces::governance::{self, Administration, Governance, Role, Schema};
use soroban_sdk::{Address, BytesN, Env, contract, contractimpl};

use crate::recording::Form;
use crate::shapes::{StreamKey, raw, typed};
use crate::storage;
use crate::{flush, inline, reads, recording, registry, reports, streams};

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
    pub fn register(
        e: Env,
        caller: raw::Address,
        contract: raw::Address,
        owner: raw::Option<raw::Address>,
    ) {
        let owner = typed(&e, owner.to_val());
        registry::register(&e, caller.typed(), contract.typed(), owner);
    }

    pub fn set_reporter(
        e: Env,
        contract: raw::Address,
        reporter: raw::Address,
        role: raw::ReporterRole,
    ) {
        registry::set_reporter(&e, contract.to_val(), reporter.typed(), role.to_val());
    }

    pub fn open_stream(e: Env, stream: raw::StreamKey, spec: raw::StreamSpec) {
        streams::open(&e, stream, spec);
    }

    pub fn set_inline_rules(
        e: Env,
        stream: raw::StreamKey,
        alerting: raw::Address,
        rules: raw::Vec<raw::BytesN<32>>,
    ) {
        inline::set(&e, &stream, &alerting.typed(), rules.to_val());
    }

    pub fn record_metric(
        e: Env,
        contract_address: raw::Address,
        metric: raw::Symbol,
        value: raw::i128,
        unit: raw::Symbol,
        function: raw::Symbol,
        metadata: raw::Option<raw::String>,
    ) -> raw::u64 {
        let stream = StreamKey::of(&e, contract_address.to_val(), function.to_val());
        let samples = recording::one(&e, metric.to_val(), value.to_val());
        recording::record(&e, stream, samples, unit.to_val(), metadata.to_val())
    }

    pub fn record_samples(
        e: Env,
        stream: raw::StreamKey,
        samples: raw::Vec<(raw::Symbol, raw::i128)>,
    ) -> raw::u64 {
        let void = soroban_sdk::Val::VOID.into();
        recording::record(&e, stream, samples.to_val(), void, void)
    }

    pub fn report(
        e: Env,
        reporter: raw::Address,
        stream: raw::StreamKey,
        metric: raw::Symbol,
        value: raw::i128,
        at_s: raw::u64,
        sequence: raw::u64,
    ) -> raw::u64 {
        let items = recording::one(&e, metric.to_val(), value.to_val());
        reports::report(&e, reporter.typed(), stream, sequence, items, Form::Values, at_s)
    }

    pub fn record_execution(
        e: Env,
        reporter: raw::Address,
        stream: raw::StreamKey,
        at_s: raw::u64,
        values: raw::Vec<raw::i64>,
        sequence: raw::u64,
    ) -> raw::u64 {
        let (items, form) = (values.to_val(), Form::Execution);
        reports::report(&e, reporter.typed(), stream, sequence, items, form, at_s)
    }

    pub fn record_batch(
        e: Env,
        reporter: raw::Address,
        batches: raw::Vec<raw::StreamBatch>,
    ) -> raw::u32 {
        reports::record_batch(&e, reporter.typed(), batches.to_val())
    }

    pub fn backfill(e: Env, reporter: raw::Address, batch: raw::StreamBatch) -> raw::u64 {
        reports::backfill(&e, reporter.typed(), batch.to_val())
    }

    pub fn flush(
        e: Env,
        caller: raw::Address,
        streams: raw::Vec<raw::StreamKey>,
        through_hour: raw::u32,
    ) -> raw::u32 {
        flush::flush(&e, caller.typed(), streams.to_val(), through_hour.typed())
    }

    pub fn set_analytics(e: Env, analytics: raw::Address) {
        registry::set_analytics(&e, analytics.typed());
    }

    pub fn analytics(e: Env) -> raw::Option<raw::Address> {
        raw::Option::new(&e, storage::analytics(&e))
    }

    pub fn monitored_contract(
        e: Env,
        contract: raw::Address,
    ) -> raw::Option<raw::MonitoredContract> {
        raw::Option::new(&e, storage::registration(&e, contract.to_val()).to_val())
    }

    pub fn streams(
        e: Env,
        contract: raw::Address,
        start: raw::u32,
        limit: raw::u32,
    ) -> raw::Vec<raw::StreamKey> {
        reads::streams(&e, contract.to_val(), start.typed(), limit.typed())
    }

    pub fn stream_definition(e: Env, stream: raw::StreamKey) -> raw::Option<raw::StreamDefinition> {
        raw::Option::new(&e, storage::definition(&e, &stream).to_val())
    }

    pub fn hot(e: Env, stream: raw::StreamKey) -> raw::Bytes {
        streams::definition(&e, &stream);
        raw::Bytes::new(&e, storage::hot(&e, &stream))
    }

    pub fn metric(e: Env, stream: raw::StreamKey, metric: raw::Symbol) -> raw::Bytes {
        raw::Bytes::new(&e, reads::metric(&e, &stream, metric.to_val()))
    }
    pub fn window(
        e: Env,
        stream: raw::StreamKey,
        metric: raw::Symbol,
        from_hour: raw::u32,
        to_hour: raw::u32,
    ) -> raw::Bytes {
        let asked = [stream.to_val(), metric.to_val(), from_hour.to_val(), to_hour.to_val()];
        raw::Bytes::new(&e, reads::window(&e, &asked))
    }

    pub fn inline_rules(e: Env, stream: raw::StreamKey) -> raw::Vec<raw::u64> {
        inline::states(&e, &stream)
    }
}
