//! Moving closed hours to history.

use lumenscope_bucket::calendar::HOUR_S;
use lumenscope_hot::BYTES_MAX;
use lumenscope_interfaces::performance_monitor::{FLUSH_DELAY_S, MonitorError};
use soroban_sdk::{Address, Bytes, Env, Val, Vec, symbol_short};

use crate::events::{StreamFlushed, tell_of};
use crate::refusal::refuse;
use crate::shapes::{StreamKey, list};
use crate::storage::{self, open_hot};
use crate::streams::{check_number, definition};

pub fn flush(e: &Env, caller: Address, streams: Vec<StreamKey>, through_hour: u32) -> u32 {
    caller.require_auth();
    check_number(e, &streams);
    let closes_s = (u64::from(through_hour) + 1) * HOUR_S + FLUSH_DELAY_S;
    if e.ledger().timestamp() < closes_s {
        refuse(e, MonitorError::HourOpen);
    }
    let Some(analytics) = storage::analytics(e) else { refuse(e, MonitorError::AnalyticsUnset) };
    let mut moved = 0;
    for number in 0..streams.len() {
        let stream = streams.get_unchecked(number);
        let metrics = definition(e, &stream).metrics();
        let mut buffer = [0; BYTES_MAX];
        let mut recorder = open_hot(e, &stream, &mut buffer);
        let slots = recorder.view().slots_through(through_hour);
        if slots == 0 {
            continue;
        }
        let mut closed = Bytes::new(e);
        recorder.export(slots, &mut |export| closed = Bytes::from_slice(e, export));
        recorder.remove_through(through_hour);
        storage::set_hot(e, &stream, recorder.bytes());
        let buckets = slots as u32;
        // Both or neither: a refusal of history ends the transaction.
        let arguments = list(e, &[stream.to_val(), metrics.to_val(), closed.to_val()]);
        e.invoke_contract::<Val>(&analytics, &symbol_short!("ingest"), arguments);
        let mut data = [Val::VOID.into(), caller.to_val(), through_hour.into(), buckets.into()];
        tell_of::<StreamFlushed>(e, symbol_short!("flushed"), &stream, &mut data);
        moved += buckets;
    }
    moved
}
