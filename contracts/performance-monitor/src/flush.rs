//! Moving closed hours to history.

use lumenscope_bucket::calendar::HOUR_S;
use lumenscope_hot::BYTES_MAX;
use lumenscope_interfaces::performance_monitor::{FLUSH_DELAY_S, FLUSH_STREAMS_MAX, MonitorError};
use soroban_sdk::{Address, Bytes, Env, Val, symbol_short};

use crate::events::{StreamFlushed, tell_of};
use crate::recording::check_number;
use crate::refusal::{Call, refuse};
use crate::shapes::{StreamKey, count, item, list, raw, typed};
use crate::storage::{self, open_hot};
use crate::streams::definition;

pub fn flush(e: &Env, caller: Address, streams: Val, through_hour: u32) -> raw::u32 {
    caller.require_auth();
    let count = count(e, streams);
    check_number(&Call::new(e), count, FLUSH_STREAMS_MAX);
    let closes_s = (u64::from(through_hour) + 1) * HOUR_S + FLUSH_DELAY_S;
    if e.ledger().timestamp() < closes_s {
        refuse(e, MonitorError::HourOpen);
    }
    let mut moved: u32 = 0;
    for number in 0..count {
        let stream = StreamKey::new(e, item(e, streams, number));
        let metrics = definition(e, &stream).metrics();
        let mut buffer = [0; BYTES_MAX];
        let mut recorder = open_hot(e, &stream, &mut buffer);
        let slots = recorder.view().slots_through(through_hour);
        if slots == 0 {
            continue;
        }
        let closed = recorder.export(slots, |export, sketches| {
            let mut closed = Bytes::from_slice(e, export);
            closed.extend_from_slice(sketches);
            closed
        });
        recorder.remove_through(through_hour);
        storage::set_hot(e, &stream, recorder.bytes());
        let buckets = slots as u32;
        hand_over(e, &stream, metrics, closed);
        let mut data = [Val::VOID.into(), caller.to_val(), through_hour.into(), buckets.into()];
        tell_of::<StreamFlushed>(e, symbol_short!("flushed"), &stream, &mut data);
        // At most four for each of 20 streams.
        moved = moved.wrapping_add(buckets);
    }
    raw::u32::new(e, moved.into())
}

/// Hands closed hours over to history. Both or neither: a refusal of history ends the transaction.
/// Without hours it keeps nothing, and refuses metrics that it would have no place for.
#[inline(never)]
pub fn hand_over(e: &Env, stream: &StreamKey, metrics: Val, closed: Bytes) {
    let analytics = storage::analytics(e);
    if analytics.is_void() {
        refuse(e, MonitorError::NotKept);
    }
    let arguments = list(e, &[stream.to_val(), metrics, closed.to_val()]);
    let analytics = typed(e, analytics);
    e.invoke_contract::<Val>(&analytics, &symbol_short!("ingest"), typed(e, arguments));
}
