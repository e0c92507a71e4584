//! All data of a dashboard in one call.

use lumenscope_interfaces::analytics_storage::Granularity;
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::dashboard::{
    ALERTS_PER_WIDGET_MAX, Dashboard, DashboardError, LINK_ALERTS, LINK_HISTORY, LINK_STREAMS,
    PAGE_BYTES_MAX, PAGE_READS_MAX, RenderedPage, STREAMS_PER_WIDGET_MAX, TimeRange, Widget,
    WidgetData, WidgetKind,
};
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{
    Address, Bytes, BytesN, Env, FromVal, IntoVal, Map, Symbol, TryFromVal, Val, Vec, contracttype,
    vec,
};

use crate::refusal::require;
use crate::source::{Code, Sources, UNREADABLE, read};
use crate::span::granularity;
use crate::storage;

/// Bytes of a reply that a widget takes besides its data.
const SLOT_BYTES: u32 = 8;

/// A [`StreamKey`] as it came: on the wire a struct is a map of its fields.
type Passed = Map<Symbol, Val>;

/// [`RangeQuery`](lumenscope_interfaces::analytics_storage::RangeQuery) whose stream is passed on:
/// taking it apart would only put it together again.
#[contracttype]
struct PassedQuery {
    stream: Passed,
    metric: Symbol,
    granularity: Granularity,
    from_s: u64,
    to_s: u64,
    include_open: bool,
}

/// Renders the widgets from slot `cursor` on, as many as one call may hold.
pub fn render(
    e: &Env,
    id: &BytesN<32>,
    dashboard: &Dashboard,
    range: &TimeRange,
    cursor: u32,
) -> RenderedPage {
    require(e, range.from_s < range.to_s, DashboardError::TimeRangeInvalid);
    let sources = Sources { e, links: storage::links(e), reads: 0 };
    let mut renderer = Renderer { dashboard, range, sources };
    let mut widgets = Map::<u32, Val>::new(e);
    let (mut bytes, mut next) = (0, None);
    for slot in dashboard.places.keys().iter().filter(|slot| *slot >= cursor) {
        let widget: Widget = storage::widget(e, id, slot);
        if widget.kind == WidgetKind::Text {
            continue;
        }
        if renderer.may_read(&widget) {
            let data = renderer.widget(widget).unwrap_or_else(WidgetData::Failed);
            let data: Val = data.into_val(e);
            bytes += SLOT_BYTES + data.to_xdr(e).len();
            // A widget that fits no page has one of its own.
            if bytes <= PAGE_BYTES_MAX || widgets.is_empty() {
                widgets.set(slot, data);
                continue;
            }
        }
        next = Some(slot);
        break;
    }
    RenderedPage { version: dashboard.version, widgets: Map::from_val(e, &widgets.to_val()), next }
}

/// The arguments that ask for the first of a contract's.
fn first(e: &Env, contract: &Address, limit: u32) -> Vec<Val> {
    vec![e, contract.to_val(), 0u32.into(), limit.into()]
}

struct Renderer<'a> {
    dashboard: &'a Dashboard,
    range: &'a TimeRange,
    sources: Sources<'a>,
}

impl Renderer<'_> {
    fn may_read(&self, widget: &Widget) -> bool {
        // One more for the list of streams.
        let most = if widget.function.is_some() { 1 } else { 1 + STREAMS_PER_WIDGET_MAX };
        self.sources.reads + most <= PAGE_READS_MAX
    }

    fn widget(&mut self, widget: Widget) -> Result<WidgetData, Code> {
        let e = self.sources.e;
        let Widget { contract, function, subject, metric, max_points, .. } = widget;
        let contract = contract.or_else(|| self.dashboard.contract.clone());
        let contract = contract.ok_or(DashboardError::ContractUnset as Code)?;
        let Some(metric) = metric else {
            let arguments = first(e, &contract, ALERTS_PER_WIDGET_MAX);
            let alerts = self.sources.ask(LINK_ALERTS, "active_alerts", arguments)?;
            let alerts = read(e, &alerts)?;
            return Ok(WidgetData::Alerts(alerts));
        };
        let granularity = granularity(self.range, max_points).map_err(|error| error as Code)?;
        let several = function.is_none();
        let mut failed = DashboardError::StreamsUnknown as Code;
        let named: Vec<Passed> = match function {
            Some(function) => {
                let stream: Val = StreamKey { contract, function, subject, lane: None }.into_val(e);
                vec![e, Passed::from_val(e, &stream)]
            }
            None => {
                let arguments = first(e, &contract, STREAMS_PER_WIDGET_MAX);
                read(e, &self.sources.ask(LINK_STREAMS, "streams", arguments)?)?
            }
        };
        let (mut streams, mut buckets) = (Vec::new(e), Vec::new(e));
        for stream in named.iter() {
            let query = PassedQuery {
                stream: stream.clone(),
                metric: metric.clone(),
                granularity,
                from_s: self.range.from_s,
                to_s: self.range.to_s,
                include_open: true,
            };
            let packed = self.sources.ask(LINK_HISTORY, "range_packed", vec![e, query.into_val(e)]);
            match packed.and_then(|packed| read::<Bytes>(e, &packed)) {
                Ok(packed) => {
                    streams.push_back(stream);
                    buckets.push_back(packed);
                }
                // Not every function of a contract holds the metric.
                Err(code) if several => failed = code,
                Err(code) => return Err(code),
            }
        }
        if streams.is_empty() {
            return Err(failed);
        }
        let streams = Vec::try_from_val(e, streams.as_val()).map_err(|_| UNREADABLE)?;
        Ok(WidgetData::Metric(streams, buckets))
    }
}
