//! Moving closed hours to history.

use lumenscope_bucket::calendar::HOUR_S;
use lumenscope_hot::{BYTES_MAX, EXPORT_BYTES_MAX};
use lumenscope_interfaces::analytics_storage::AnalyticsStorageClient;
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{FLUSH_DELAY_S, MonitorError};
use soroban_sdk::{Address, Bytes, Env, Vec};

use crate::events::StreamFlushed;
use crate::storage::{self, open_hot};
use crate::streams::{check_number, definition};

pub fn flush(
    e: &Env,
    caller: Address,
    streams: Vec<StreamKey>,
    through_hour: u32,
) -> Result<u32, MonitorError> {
    caller.require_auth();
    check_number(&streams)?;
    let closes_s = (u64::from(through_hour) + 1) * HOUR_S + FLUSH_DELAY_S;
    if e.ledger().timestamp() < closes_s {
        return Err(MonitorError::HourOpen);
    }
    let analytics = storage::analytics(e).ok_or(MonitorError::AnalyticsUnset)?;
    let analytics = AnalyticsStorageClient::new(e, &analytics);
    let mut moved = 0;
    for number in 0..streams.len() {
        let stream = streams.get_unchecked(number);
        let definition = definition(e, &stream)?;
        let (closed, buckets) = take_closed(e, &stream, through_hour)?;
        if buckets == 0 {
            continue;
        }
        // Both or neither: a refusal of history ends the transaction.
        analytics.ingest(&stream, &definition.metrics, &closed);
        let StreamKey { contract, function, subject } = stream;
        let caller = caller.clone();
        StreamFlushed { contract, function, subject, caller, through_hour, buckets }.publish(e);
        moved += buckets;
    }
    Ok(moved)
}

/// Takes the closed slots out of a hot entry, as bytes.
fn take_closed(
    e: &Env,
    stream: &StreamKey,
    through_hour: u32,
) -> Result<(Bytes, u32), MonitorError> {
    let mut buffer = [0; BYTES_MAX];
    let mut recorder = open_hot(e, stream, &mut buffer)?;
    let mut out = [0; EXPORT_BYTES_MAX];
    let bytes = recorder.view().export(through_hour, &mut out);
    let buckets = recorder.remove_through(through_hour) as u32;
    if buckets != 0 {
        storage::set_hot(e, stream, recorder.bytes());
    }
    Ok((Bytes::from_slice(e, &out[..bytes]), buckets))
}
