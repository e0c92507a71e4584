//! Answers kept for those who ask the same thing often: the revision of the history that one is of, 4
//! bytes, little endian, and its samples as a series of one bucket.

use lumenscope_bucket::packed::{BUCKET_BYTES_MAX, HEADER_BYTES, PackedBucket, Series};
use lumenscope_interfaces::analytics_storage::{AnalyticsError, RangeQuery};
use lumenscope_interfaces::common::StatisticsView;
use soroban_sdk::{Address, Bytes, Env, symbol_short};

use crate::calendar::hour_of_day;
use crate::events::changed;
use crate::history::{History, Mark};
use crate::query::find;
use crate::reply::view;
use crate::sheet::{copy, refuse};
use crate::storage;
use crate::timeline::{Timeline, too_long};

const REVISION_BYTES: usize = 4;
const ANSWER_BYTES_MAX: usize = REVISION_BYTES + HEADER_BYTES + BUCKET_BYTES_MAX;

/// Keeps the answer to a query whose days were all made.
pub fn warm(e: &Env, caller: &Address, query: &RangeQuery) -> StatisticsView {
    caller.require_auth();
    let history = History::load(&query.stream);
    let mut timeline = Timeline::new(&history);
    timeline.mask = 0;
    find(&mut timeline, query, u32::MAX);
    if query.include_open || timeline.to > hour_of_day(history.get(Mark::DaysMade)) {
        storage::fail(e, AnalyticsError::RangeOpen);
    }
    let mut kept = [0; ANSWER_BYTES_MAX];
    kept[..REVISION_BYTES].copy_from_slice(&history.get(Mark::Revision).to_le_bytes());
    let Some(len) = timeline.pack(&mut kept[REVISION_BYTES..]) else { too_long(e) };
    let len = len.wrapping_add(REVISION_BYTES);
    let kept = Bytes::from_slice(e, kept.get(..len).unwrap_or_default());
    storage::keep_answer(e, query, &kept);
    changed(&history, symbol_short!("warmed"), caller, timeline.from, timeline.to);
    view(timeline.sum())
}

/// The answer that was kept, if it is still true.
pub fn cached(e: &Env, query: &RangeQuery) -> Option<StatisticsView> {
    if query.include_open {
        return None;
    }
    let kept = storage::answer(e, query)?;
    let mut bytes = [0; ANSWER_BYTES_MAX];
    copy(e, &kept, 0, kept.len(), &mut bytes);
    let (revision, series) = bytes.split_at(REVISION_BYTES);
    if revision != History::load(&query.stream).get(Mark::Revision).to_le_bytes() {
        return None;
    }
    let mut bucket = PackedBucket::default();
    let mut series = Series::reader(series);
    // Without a bucket there are no samples.
    if series.left() > 0 && !series.code(&mut bucket) {
        refuse(e);
    }
    Some(view(&bucket.statistics))
}
