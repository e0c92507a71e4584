//! What performance-monitor holds of a metric now, for contracts that decide by it.

use lumenscope_hot::{BYTES_MAX, View, minutes};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::PerformanceMonitorClient;
use soroban_sdk::{Address, Bytes, Env, Symbol};

pub use lumenscope_hot::Statistics;
pub use lumenscope_sketch::Quantile;

const HOUR_S: u64 = 3_600;
const MINUTE_S: u64 = 60;
const ONE_BP: u128 = 10_000;
/// Bits of a reporter's number that are its seat.
const SEAT_BITS: u32 = 2;

/// A metric of a stream, as performance-monitor held it when it was asked: one cross-contract call
/// that reads two entries and writes none. Everything here is then a matter of bytes.
pub struct Reading {
    bytes: [u8; BYTES_MAX],
    len: usize,
    now_s: u64,
}

/// How far a witness is from the primary source, counted from when the witness began: above 0, the
/// witness saw more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Disagreement {
    /// Samples.
    pub count: i64,
    /// Their sum, in the metric's unit.
    pub sum: i128,
}

impl Reading {
    /// Asks for a metric; `None` when there is no such stream or metric, or no answer.
    pub fn of(e: &Env, monitor: &Address, stream: &StreamKey, metric: &Symbol) -> Option<Self> {
        let answer = PerformanceMonitorClient::new(e, monitor).try_metric(stream, metric);
        Self::parse(&answer.ok()?.ok()?, e.ledger().timestamp())
    }

    /// Reads what `metric` of performance-monitor answered at a time, seconds UTC; `None` if this
    /// version cannot.
    pub fn parse(entry: &Bytes, now_s: u64) -> Option<Self> {
        let mut bytes = [0; BYTES_MAX];
        let len = entry.len() as usize;
        entry.copy_into_slice(bytes.get_mut(..len)?);
        View::parse(&bytes[..len]).ok().filter(|view| view.metrics() == 1)?;
        Some(Self { bytes, len, now_s })
    }

    fn view(&self) -> Option<View<'_>> {
        View::parse(&self.bytes[..self.len]).ok()
    }

    /// Everything ever recorded: count, sum and the most recent sample; the other fields are 0. The
    /// count stops at 2^32 - 1.
    pub fn totals(&self) -> Statistics {
        self.view().map_or(Statistics::EMPTY, |view| view.totals(0))
    }

    /// The open hour.
    pub fn hour(&self) -> Statistics {
        let hour = (self.now_s / HOUR_S) as u32;
        let mut all = Statistics::EMPTY;
        if let Some(view) = self.view() {
            for slot in view.slots().filter(|slot| slot.span.end_hour == hour) {
                all.merge(&view.statistics(0, slot.index));
            }
        }
        all
    }

    /// The last `count` minutes of a watched metric, the open one included; the ring holds 12. The
    /// sum of squares is not kept, and 0. `None` when the metric is not watched.
    pub fn minutes(&self, count: u32) -> Option<Statistics> {
        let ring = self.view()?.ring(0)?;
        let after = ((self.now_s / MINUTE_S) as u32).saturating_sub(count);
        let mut all = Statistics::EMPTY;
        for slot in minutes(ring).filter(|slot| slot.minute > after) {
            all.merge(&slot.statistics);
        }
        Some(all)
    }

    /// A quantile, in parts per thousand, of the samples since the last flush that left no closed
    /// hour behind and of those between it and the one before, within 5 % inside the sketch's range;
    /// outside it says below or above, never a guess. `None` without a sketch.
    pub fn quantile(&self, per_mille: u16) -> Option<Quantile> {
        self.view()?.quantile(0, per_mille.min(1_000))
    }

    /// How far a witness is from the primary source. `reporter` is its number in the contract's
    /// registration; `None` for one that never reported here.
    pub fn disagreement(&self, reporter: u32) -> Option<Disagreement> {
        let (seat, generation) =
            (reporter & ((1 << SEAT_BITS) - 1), (reporter >> SEAT_BITS) as u16);
        let (view, witness) = (self.view()?, (seat as usize).checked_sub(1)?);
        if view.last_sequence(Some(witness), generation) == 0 {
            return None;
        }
        let (seen, totals) = (view.witnessed(0, witness, generation), view.totals(0));
        let count = seen.count as i64 - totals.count as i64;
        Some(Disagreement { count, sum: seen.sum - totals.sum })
    }
}

/// The ratio of a sum to a count in basis points: of a metric that is 0 or 1 for each event, such as
/// `failed`, its rate. `None` without samples.
pub fn ratio_bp(statistics: &Statistics) -> Option<u32> {
    let sum = statistics.sum.max(0) as u128;
    let ratio = sum.saturating_mul(ONE_BP).checked_div(statistics.count.into())?;
    Some(ratio.min(u32::MAX.into()) as u32)
}
