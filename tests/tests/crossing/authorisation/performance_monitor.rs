//! performance-monitor.

use lumenscope_bucket::{Statistics, fixed};
use lumenscope_interfaces::performance_monitor::{ReporterRole, StreamBatch};
use soroban_sdk::{Address, BytesN, String, Vec as SdkVec, vec};

use super::super::world::{HOUR_S, START_S};
use super::cast::{Cast, FUNCTION, METRIC, UNIT};
use super::{Asked, Call, acts, reads};

const CONTRACT: &str = "performance-monitor";
/// Values of an execution.
const EXECUTION_VALUES: usize = 12;

pub const CALLS: [Call; 25] = [
    acts("register", "nobody's", |cast| {
        let gone = (cast.who("owner"), cast.who("contract"), None::<Address>);
        cast.must("owner", CONTRACT, "register", gone);
        cast.name(|who| (who, cast.who("contract"), Some(cast.who("owner"))))
    }),
    acts("register", "handed over, the next owner signs too", |cast| {
        let asked = cast.name(|who| (who, cast.who("contract"), Some(cast.who("newcomer"))));
        Asked { also: Some(cast.who("newcomer")), ..asked }
    }),
    acts("register", "handed over, the next owner does not sign", |cast| {
        cast.name(|who| (who, cast.who("contract"), Some(cast.who("newcomer"))))
    }),
    acts("register", "let go", |cast| {
        cast.name(|who| (who, cast.who("contract"), None::<Address>))
    }),
    acts("set_reporter", "", |cast| {
        cast.ask((cast.who("contract"), cast.who("newcomer"), ReporterRole::Witness))
    }),
    acts("open_stream", "", |cast| {
        let mut stream = cast.stream();
        stream.function = cast.world.symbol("claim");
        cast.ask((stream, cast.shape()))
    }),
    acts("set_inline_rules", "", |cast| {
        let rules = vec![&cast.world.e, cast.ruled().rule];
        cast.ask((cast.stream(), cast.world.alerting.clone(), rules))
    }),
    acts("record_metric", "", record_metric),
    acts("record_metric", "for itself", |cast| {
        records_itself(cast);
        record_metric(cast)
    }),
    acts("record_samples", "", record_samples),
    acts("record_samples", "for itself", |cast| {
        records_itself(cast);
        record_samples(cast)
    }),
    acts("report", "", |cast| {
        let (stream, metric) = (cast.stream(), cast.world.symbol(METRIC));
        let now_s = cast.world.now_s();
        cast.name(move |who| (who, stream.clone(), metric.clone(), 5_i128, now_s, 1_u64))
    }),
    acts("record_execution", "", |cast| {
        let values = SdkVec::from_array(&cast.world.e, [1_i64; EXECUTION_VALUES]);
        let now_s = cast.world.now_s();
        cast.name(move |who| (who, cast.stream(), now_s, values.clone(), 1_u64))
    }),
    acts("record_batch", "", |cast| {
        let batches = vec![&cast.world.e, batch(cast, cast.world.now_s())];
        cast.name(move |who| (who, batches.clone()))
    }),
    acts("backfill", "", |cast| {
        let batch = batch(cast, START_S + 1);
        cast.name(move |who| (who, batch.clone()))
    }),
    acts("flush", "", |cast| {
        cast.world.advance(HOUR_S + 400);
        cast.name(|who| cast.flushing(who))
    }),
    acts("set_analytics", "", |cast| cast.ask((cast.who("newcomer"),))),
    reads("analytics", "", |cast| cast.ask(())),
    reads("monitored_contract", "", |cast| cast.ask((cast.who("contract"),))),
    reads("streams", "", |cast| cast.ask((cast.who("contract"), 0_u32, 5_u32))),
    reads("stream_definition", "", |cast| cast.ask((cast.stream(),))),
    reads("hot", "", |cast| cast.ask((cast.stream(),))),
    reads("metric", "", |cast| cast.ask((cast.stream(), cast.world.symbol(METRIC)))),
    reads("window", "", |cast| {
        let hour = u32::try_from(START_S / HOUR_S).expect("an hour");
        cast.ask((cast.stream(), cast.world.symbol(METRIC), hour, hour + 1))
    }),
    reads("inline_rules", "", |cast| cast.ask((cast.stream(),))),
];

/// The contract records with its own authorisation, as it does unless its owner changed that.
fn records_itself(cast: &Cast) {
    let contract = cast.who("contract");
    cast.must(
        "owner",
        CONTRACT,
        "set_reporter",
        (contract.clone(), contract, ReporterRole::Recorder),
    );
}

fn record_metric(cast: &Cast) -> Asked<'_> {
    let [metric, unit, function] = [METRIC, UNIT, FUNCTION].map(|name| cast.world.symbol(name));
    cast.ask((cast.who("contract"), metric, 5_i128, unit, function, None::<String>))
}

fn record_samples(cast: &Cast) -> Asked<'_> {
    let samples = vec![&cast.world.e, (cast.world.symbol(METRIC), 5_i128)];
    cast.ask((cast.stream(), samples))
}

/// One sample of then.
fn batch(cast: &Cast, at_s: u64) -> StreamBatch {
    let e = &cast.world.e;
    let packed = BytesN::from_array(e, &fixed::encode(&Statistics::of(5)));
    let samples = vec![e, (cast.world.symbol(METRIC), at_s, packed)];
    StreamBatch { stream: cast.stream(), sequence: 1, samples }
}
