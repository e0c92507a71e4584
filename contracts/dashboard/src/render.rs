//! All data of a dashboard in one call.

use lumenscope_interfaces::analytics_storage::AnalyticsError;
use lumenscope_interfaces::common::PAGE_ITEMS_MAX;
use lumenscope_interfaces::dashboard::{
    ALERTS_PER_WIDGET_MAX, CURSOR_SLOT_BITS, DashboardError, LINK_ALERTS, LINK_HISTORY,
    LINK_STREAMS, PAGE_BYTES_MAX, PAGE_READS_MAX, STREAMS_PER_WIDGET_MAX, TimeRange, WidgetKind,
};
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Bytes, Env, IntoVal, Map, Val, Vec, symbol_short};

use crate::board::{Board, field};
use crate::edits;
use crate::raw::{self, list, number_at, pack, tag, typed, values};
use crate::refusal::require;
use crate::shape::{VARIABLES, details, widget};
use crate::source::{Code, Sources, UNREADABLE, read};
use crate::span::granularity;
use crate::storage;

/// Bytes of buckets in a part of a widget, before the last stream that it has: four days of hours of
/// that one, compared, are 5,900 where values are as far apart as they are kept, and the names of eight
/// streams 2,000.
const PART_BYTES_MAX: u32 = 8_200;
/// Bytes of a reply that a widget takes besides its data.
const SLOT_BYTES: u32 = 8;

/// Renders the widgets from a cursor on, as many as one call may hold and as are asked for: a
/// `RenderedPage`.
pub fn render(
    e: &Env,
    id: &Val,
    board: &Board,
    range: &TimeRange,
    variables: &Val,
    (cursor, limit): (u32, u32),
) -> Val {
    require(e, range.from_s < range.to_s, DashboardError::TimeRangeInvalid);
    let fields: Vec<Val> = board.get(field::DETAILS);
    let own: Vec<Val> = typed(e, &fields.get_unchecked(details::VARIABLES));
    let chosen = VARIABLES.read(e, variables);
    let sources = Sources { e, links: storage::links(e), reads: 0 };
    let mut renderer = Renderer { chosen, own, range, sources, limit, place: 0 };
    let first = cursor & ((1 << CURSOR_SLOT_BITS) - 1);
    let mut widgets = Map::<u32, Val>::new(e);
    let (mut bytes, mut next) = (0u32, Val::VOID.to_val());
    let slots = board.places().keys().to_vals();
    for place in 0..slots.len() {
        let slot = number_at(&slots, place);
        if slot < first {
            continue;
        }
        let widget = edits::widget(e, id, slot);
        if number_at(&widget, widget::KIND) == WidgetKind::Text as u32 {
            continue;
        }
        let mut at = if slot == first { cursor } else { slot };
        if widgets.len() < limit && renderer.may_read(&widget) {
            renderer.place = at >> CURSOR_SLOT_BITS;
            let data = match renderer.widget(&widget) {
                Ok(data) => data,
                Err(code) => list(e, &[symbol_short!("Failed").to_val(), code.into()]).to_val(),
            };
            bytes = data.to_xdr(e).len().wrapping_add(SLOT_BYTES).wrapping_add(bytes);
            // A widget that fits no page has one of its own.
            if bytes <= PAGE_BYTES_MAX || widgets.is_empty() {
                widgets.set(slot, data);
                if renderer.place == 0 {
                    continue;
                }
                at = slot | renderer.place << CURSOR_SLOT_BITS;
            }
        }
        next = at.into();
        break;
    }
    let version = board.version().into();
    pack(e, &["next", "version", "widgets"], &[next, version, widgets.to_val()])
}

struct Renderer<'a> {
    /// The variables that the viewer chose.
    chosen: Vec<Val>,
    /// The dashboard's.
    own: Vec<Val>,
    range: &'a TimeRange,
    sources: Sources<'a>,
    /// Most streams, or alerts, of a widget.
    limit: u32,
    /// Of the contract's streams, or of its alerts, the first one that this page looks at for the
    /// widget, and after it that of the next page; 0 if there is none.
    place: u32,
}

impl Renderer<'_> {
    /// What the widget says of one of the variables, or else the viewer, or else the dashboard.
    #[inline(never)]
    fn named(&self, widget: &Vec<Val>, place: u32, variable: u32) -> Val {
        let mut named = widget.get_unchecked(place);
        for variables in [&self.chosen, &self.own] {
            if named.is_void() {
                named = variables.get_unchecked(variable);
            }
        }
        named
    }

    fn function(&self, widget: &Vec<Val>) -> Val {
        self.named(widget, widget::FUNCTION, 1)
    }

    fn may_read(&self, widget: &Vec<Val>) -> bool {
        // One more for the list of streams.
        let mut most = if self.function(widget).is_void() { 1 + STREAMS_PER_WIDGET_MAX } else { 1 };
        if number_at(widget, widget::COMPARE_S) != 0 {
            most <<= 1;
        }
        self.sources.reads.wrapping_add(most) <= PAGE_READS_MAX
    }

    /// A `WidgetData`.
    fn widget(&mut self, widget: &Vec<Val>) -> Result<Val, Code> {
        let e = self.sources.e;
        let start = core::mem::take(&mut self.place);
        let contract = self.named(widget, widget::CONTRACT, 0);
        if contract.is_void() {
            return Err(DashboardError::ContractUnset as Code);
        }
        let page = |limit: u32| list(e, &[contract, start.into(), limit.into()]);
        let metric = widget.get_unchecked(widget::METRIC);
        if metric.is_void() {
            let limit = self.limit.min(ALERTS_PER_WIDGET_MAX);
            let alerts = self.sources.ask(LINK_ALERTS, "active_alerts", page(limit))?;
            let shown: Vec<Val> = read(e, &alerts)?;
            if shown.len() == limit {
                self.place = start.wrapping_add(limit);
            }
            return Ok(list(e, &[symbol_short!("Alerts").to_val(), alerts]).to_val());
        }
        let [finest, points] =
            [widget::GRANULARITY, widget::MAX_POINTS].map(|place| number_at(widget, place));
        let granularity = granularity(self.range, points, finest).map_err(|error| error as Code)?;
        let function = self.function(widget);
        let subject = self.named(widget, widget::SUBJECT, 2);
        let several = function.is_void();
        let named: Vec<Val> = if several {
            let streams = self.sources.ask(LINK_STREAMS, "streams", page(PAGE_ITEMS_MAX))?;
            read(e, &streams)?
        } else {
            let stream = [contract, function, Val::VOID.into(), subject];
            list(e, &[pack(e, &STREAM, &stream)])
        };
        if named.len() == PAGE_ITEMS_MAX {
            self.place = start.wrapping_add(PAGE_ITEMS_MAX);
        }
        let mut left = self.limit.min(STREAMS_PER_WIDGET_MAX);
        let mut bytes = 0u32;
        let mut failed = 0;
        let earlier_s = u64::from(number_at(widget, widget::COMPARE_S));
        let [mut streams, mut buckets, mut before] = [(); 3].map(|()| Vec::<Val>::new(e));
        for place in 0..named.len() {
            let stream = named.get_unchecked(place);
            if several {
                if raw::tag(stream) != tag::MAP {
                    return Err(UNREADABLE);
                }
                let of = values(e, &stream, &STREAM);
                let is_other = list(e, &[of.get_unchecked(3)]) != list(e, &[subject]);
                // The history of a lane is its stream's, which would count twice.
                if !of.get_unchecked(2).is_void() || (is_other && !subject.is_void()) {
                    continue;
                }
                if left == 0 || bytes > PART_BYTES_MAX {
                    self.place = start.wrapping_add(place);
                    break;
                }
                left = left.wrapping_sub(1);
            }
            let mut ask = |earlier_s: u64| -> Result<Val, Code> {
                let time = |at_s: u64| at_s.saturating_sub(earlier_s).into_val(e);
                let query = [
                    time(self.range.from_s),
                    granularity.into(),
                    true.into(),
                    metric,
                    stream,
                    time(self.range.to_s),
                ];
                let query = list(e, &[pack(e, &QUERY, &query)]);
                let packed = self.sources.ask(LINK_HISTORY, "range_packed", query)?;
                bytes = bytes.wrapping_add(read::<Bytes>(e, &packed)?.len());
                Ok(packed)
            };
            let now = ask(0);
            let earlier = if earlier_s == 0 { now } else { ask(earlier_s) };
            match (now, earlier) {
                (Ok(now), Ok(earlier)) => {
                    streams.push_back(stream);
                    buckets.push_back(now);
                    if earlier_s != 0 {
                        before.push_back(earlier);
                    }
                }
                (Err(code), _) | (_, Err(code)) => failed = failed.max(code),
            }
        }
        // Not every function of a contract holds the metric. Whatever else was refused, what is not
        // known is not left out.
        if streams.is_empty() || failed > NOT_HELD_MAX {
            return Err(if failed == 0 { DashboardError::StreamsUnknown as Code } else { failed });
        }
        let data =
            [symbol_short!("Metric").to_val(), streams.to_val(), buckets.to_val(), before.to_val()];
        Ok(list(e, &data).to_val())
    }
}

/// The last of the codes that say that a stream, or its history, holds no such metric: those of
/// performance-monitor come before.
const NOT_HELD_MAX: Code = AnalyticsError::HistoryMetricUnknown as Code;
/// The fields of `StreamKey`.
const STREAM: [&str; 4] = ["contract", "function", "lane", "subject"];
/// The fields of `RangeQuery`.
const QUERY: [&str; 6] = ["from_s", "granularity", "include_open", "metric", "stream", "to_s"];
