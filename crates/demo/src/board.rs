//! The dashboard as the ledger renders it: the widgets' buckets, and what a page draws of them.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow, bail};
use lumenscope_board::{Dashboard, Kind, Statistic, Variables, limits, variables_val};
use lumenscope_bucket::Statistics;
use lumenscope_bucket::packed::{Decoder, PackedBucket};
use lumenscope_invoke::{FromVal, Record, ScVal, ToVal, ValueError, args, record, symbol, vector};

use serde::Serialize;

use crate::setup::{RULE_NAMES, Setup};
use crate::stage::Stage;
use crate::streams;
use crate::units::mean;

const HOUR_S: u64 = 3_600;

/// Pages read at most: a widget of all functions takes one for each eight streams of the contract.
const PAGES_MAX: usize = 100;
/// Widgets of the largest dashboard.
const WIDGETS_MAX: u32 = 40;

/// How a page draws a kind of widget.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Drawing {
    OverTime,
    EachStream,
    OneFigure,
    Alerts,
    Text,
}

impl Drawing {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Line | Kind::Bar | Kind::Heatmap => Self::OverTime,
            Kind::Pie | Kind::Table => Self::EachStream,
            Kind::Gauge | Kind::Stat => Self::OneFigure,
            Kind::AlertList => Self::Alerts,
            Kind::Text => Self::Text,
        }
    }
}

/// Which figure is drawn.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// The mean, to the nearest.
    Average,
    /// The sum.
    Sum,
    /// The smallest value.
    Minimum,
    /// The largest value.
    Maximum,
    /// The number of samples.
    Count,
    /// The most recent value.
    Last,
    /// The sum over the count, in basis points.
    ErrorRatio,
}

impl Figure {
    /// That of a widget.
    fn drawn(statistic: Statistic) -> anyhow::Result<Self> {
        Ok(match statistic {
            Statistic::Average => Self::Average,
            Statistic::Sum => Self::Sum,
            Statistic::Minimum => Self::Minimum,
            Statistic::Maximum => Self::Maximum,
            Statistic::Count => Self::Count,
            Statistic::Last => Self::Last,
            Statistic::ErrorRatio => Self::ErrorRatio,
            Statistic::PerSecond => bail!("expected a figure that does not depend on the range"),
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Average => "mean",
            Self::Sum => "sum",
            Self::Minimum => "smallest",
            Self::Maximum => "largest",
            Self::Count => "count",
            Self::Last => "latest",
            Self::ErrorRatio => "share",
        }
    }

    /// The unit of the figure, given that of the samples. Each sample here is one call.
    fn unit(self, of_samples: &str) -> String {
        match self {
            Self::Count => "calls".to_owned(),
            Self::ErrorRatio => "basis points".to_owned(),
            _ => of_samples.to_owned(),
        }
    }

    /// The figure of some samples, `None` of none.
    fn of(self, statistics: &Statistics) -> Option<i128> {
        let count = Some(i128::from(statistics.count)).filter(|count| *count > 0)?;
        Some(match self {
            Self::Average => mean(statistics.sum, count),
            Self::Sum => statistics.sum,
            Self::Minimum => statistics.min.into(),
            Self::Maximum => statistics.max.into(),
            Self::Count => count,
            Self::Last => statistics.last.into(),
            Self::ErrorRatio => mean(statistics.sum * 10_000, count),
        })
    }
}

/// What a widget shows.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Data {
    /// Figures over time.
    Series(Series),
    /// One figure.
    Figure(i128),
    /// A figure for each stream, by function, the largest first.
    Streams(Vec<(String, i128)>),
    /// Alerts that are up: name, function.
    Alerts(Vec<(String, String)>),
    /// No samples in the range.
    Empty,
    /// An error code of the suite.
    Failed(u32),
}

/// A figure for each span of time.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Series {
    /// When the first span begins, unix seconds.
    pub from_s: u64,
    /// Hours that one span takes.
    pub step_hours: u32,
    /// Oldest first; `None` where there were no samples.
    pub points: Vec<Option<i128>>,
}

/// A widget with its data.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Panel {
    /// Its title.
    pub title: String,
    /// Which figure it shows.
    pub figure: Figure,
    /// The figure's unit; empty where there is none.
    pub unit: String,
    /// Its data.
    pub data: Data,
}

/// A dashboard, rendered.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Board {
    /// Where the range begins, unix seconds.
    pub from_s: u64,
    /// Where it ends.
    pub to_s: u64,
    /// Instructions that rendering took, in simulation.
    pub instructions: u32,
    /// The panels by slot.
    pub panels: Vec<Panel>,
}

struct Widget {
    title: String,
    drawing: Drawing,
    figure: Figure,
    unit: String,
}

/// Renders the demonstration's dashboard over a range.
///
/// # Errors
/// When the dashboard cannot be read.
pub async fn render(stage: &Stage, setup: &Setup, from_s: u64, to_s: u64) -> anyhow::Result<Board> {
    let widgets = widgets(stage, setup).await?;
    let range = record(&[("from_s", from_s.to_val()?), ("to_s", to_s.to_val()?)])?;
    let (anyone, open) = (anyone()?, variables_val(&Variables::default())?);
    let (mut parts, mut instructions, mut cursor) = (BTreeMap::new(), 0_u32, 0_u32);
    for _ in 0..PAGES_MAX {
        let args = args![setup.board, anyone, range, open, cursor, WIDGETS_MAX]?;
        let view = stage.invoker.view(&setup.dashboard, "render", args).await?;
        instructions = instructions.saturating_add(view.instructions);
        let page: Record = view.value()?;
        for (slot, data) in entries(&page.get::<ScVal>("widgets")?)? {
            parts.entry(slot).or_insert_with(Vec::new).push(part(&data, &setup.rules)?);
        }
        match page.get::<Option<u32>>("next")? {
            Some(next) => cursor = next,
            None => {
                let panels = parts.into_iter().map(|(slot, parts)| {
                    let widget = widgets.get(&slot);
                    let widget = widget.with_context(|| format!("slot {slot} has no widget"))?;
                    Ok(Panel {
                        title: widget.title.clone(),
                        figure: widget.figure,
                        unit: widget.unit.clone(),
                        data: joined(widget, parts),
                    })
                });
                let panels = panels.collect::<anyhow::Result<_>>()?;
                return Ok(Board { from_s, to_s, instructions, panels });
            }
        }
    }
    bail!("the dashboard has more than {PAGES_MAX} pages")
}

/// `DashboardViewer::Anyone`: the dashboard is public.
fn anyone() -> Result<ScVal, ValueError> {
    vector(vec![symbol("Anyone")?])
}

async fn widgets(stage: &Stage, setup: &Setup) -> anyhow::Result<BTreeMap<u32, Widget>> {
    let (mut widgets, mut start) = (BTreeMap::new(), 0_u32);
    for _ in 0..PAGES_MAX {
        let args = args![setup.board, anyone()?, start, limits::WIDGETS_PER_PAGE_MAX]?;
        let page: ScVal = stage.invoker.view(&setup.dashboard, "widgets", args).await?.value()?;
        let page = Dashboard::widget_page(&page)?;
        let Some((last, _)) = page.last() else { return Ok(widgets) };
        start = last + 1;
        for (slot, lumenscope_board::Widget { kind, statistic, metric, title, .. }) in page {
            let (drawing, figure) = (Drawing::of(kind), Figure::drawn(statistic)?);
            let unit = metric.as_deref().and_then(streams::unit);
            let unit = unit.map_or_else(String::new, |unit| figure.unit(unit));
            widgets.insert(slot, Widget { title, drawing, figure, unit });
        }
    }
    bail!("the dashboard has more than {PAGES_MAX} pages of widgets")
}

fn entries(map: &ScVal) -> anyhow::Result<Vec<(u32, ScVal)>> {
    let ScVal::Map(Some(map)) = map else { bail!("expected widgets by slot, not {map:?}") };
    map.0.iter().map(|entry| Ok((u32::from_val(&entry.key)?, entry.val.clone()))).collect()
}

/// What one page says of a widget.
enum Part {
    /// The buckets of streams, by function.
    Streams(Vec<(String, Vec<PackedBucket>)>),
    /// Alerts that are up: name, function.
    Alerts(Vec<(String, String)>),
    /// An error code of the suite.
    Failed(u32),
}

fn part(value: &ScVal, rules: &[[u8; 32]]) -> anyhow::Result<Part> {
    let parts = Vec::<ScVal>::from_val(value)?;
    let Some((case, payload)) = parts.split_first() else { bail!("expected a case of data") };
    Ok(match (String::from_val(case)?.as_str(), payload) {
        ("Metric", [streams, packed, _]) => {
            let streams = Vec::<Record>::from_val(streams)?;
            let packed = Vec::<Vec<u8>>::from_val(packed)?;
            let mut read = Vec::new();
            for (stream, bytes) in streams.iter().zip(&packed) {
                read.push((stream.get("function")?, buckets(bytes)?));
            }
            Part::Streams(read)
        }
        ("Alerts", [alerts]) => {
            let alerts = Vec::<Record>::from_val(alerts)?;
            Part::Alerts(alerts.iter().map(|alert| named(alert, rules)).collect::<Result<_, _>>()?)
        }
        ("Failed", [code]) => Part::Failed(u32::from_val(code)?),
        (other, _) => bail!("a widget's data of an unknown kind: {other}"),
    })
}

/// A widget from its parts. It failed if none of them found anything, or if one was not read: what
/// the others found would look like all.
fn joined(widget: &Widget, parts: Vec<Part>) -> Data {
    let (mut streams, mut alerts, mut failed) = (Vec::new(), Vec::new(), None);
    for part in parts {
        match part {
            Part::Streams(more) => streams.extend(more),
            Part::Alerts(more) => alerts.extend(more),
            Part::Failed(code)
                if code == limits::STREAMS_UNKNOWN || code <= limits::NOT_HELD_MAX =>
            {
                failed = failed.or(Some(code));
            }
            Part::Failed(code) => return Data::Failed(code),
        }
    }
    match failed {
        Some(code) if streams.is_empty() && alerts.is_empty() => Data::Failed(code),
        _ if widget.drawing == Drawing::Alerts => Data::Alerts(alerts),
        _ => drawn(widget, &streams),
    }
}

/// The names of an alert's rule and function.
fn named(alert: &Record, rules: &[[u8; 32]]) -> anyhow::Result<(String, String)> {
    let target = Record::from_val(&alert.get::<ScVal>("target")?)?;
    let rule: [u8; 32] = target.get("rule")?;
    let known = rules.iter().position(|known| *known == rule);
    let name = known.and_then(|index| RULE_NAMES.get(index)).context("an alert of another rule")?;
    let stream = Record::from_val(&target.get::<ScVal>("stream")?)?;
    Ok(((*name).to_owned(), stream.get("function")?))
}

fn buckets(bytes: &[u8]) -> anyhow::Result<Vec<PackedBucket>> {
    let unreadable = |error| anyhow!("expected packed buckets: {error:?}");
    Decoder::new(bytes).map_err(unreadable)?.collect::<Result<_, _>>().map_err(unreadable)
}

/// What a page draws of the buckets of each stream.
fn drawn(widget: &Widget, streams: &[(String, Vec<PackedBucket>)]) -> Data {
    let figure = widget.figure;
    match widget.drawing {
        Drawing::OverTime => series(figure, streams),
        Drawing::EachStream => {
            let mut each: Vec<(String, i128)> = streams
                .iter()
                .filter_map(|(name, buckets)| Some((name.clone(), figure.of(&merged(buckets))?)))
                .collect();
            each.sort_by(|(name, value), (other_name, other)| {
                other.cmp(value).then_with(|| name.cmp(other_name))
            });
            if each.is_empty() { Data::Empty } else { Data::Streams(each) }
        }
        _ => {
            let all = streams.iter().flat_map(|(_, buckets)| buckets);
            figure.of(&merged(all)).map_or(Data::Empty, Data::Figure)
        }
    }
}

fn merged<'b>(buckets: impl IntoIterator<Item = &'b PackedBucket>) -> Statistics {
    let mut statistics = Statistics::EMPTY;
    buckets.into_iter().for_each(|bucket| statistics.merge(&bucket.statistics));
    statistics
}

/// One point for each span of the shortest bucket's length, from the first to the last.
fn series(figure: Figure, streams: &[(String, Vec<PackedBucket>)]) -> Data {
    let all = || streams.iter().flat_map(|(_, buckets)| buckets);
    let Some(step) = all().map(|bucket| bucket.hours.max(1)).min() else { return Data::Empty };
    let first = all().map(|bucket| bucket.start_hour).min().unwrap_or(0);
    let mut points: BTreeMap<u32, Statistics> = BTreeMap::new();
    for bucket in all() {
        let point = points.entry((bucket.start_hour - first) / step).or_default();
        point.merge(&bucket.statistics);
    }
    let last = points.keys().next_back().copied().unwrap_or(0);
    let point = |at| points.get(&at).and_then(|statistics| figure.of(statistics));
    Data::Series(Series {
        from_s: u64::from(first) * HOUR_S,
        step_hours: step,
        points: (0..=last).map(point).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(start_hour: u32, values: &[i64]) -> PackedBucket {
        let mut statistics = Statistics::EMPTY;
        values.iter().for_each(|value| statistics.record(*value));
        PackedBucket { start_hour, hours: 1, statistics }
    }

    fn widget(drawing: Drawing, figure: Figure) -> Widget {
        Widget { title: String::new(), drawing, figure, unit: String::new() }
    }

    fn draw(drawing: Drawing, figure: Figure) -> Data {
        let streams = [
            ("claim".to_owned(), vec![bucket(100, &[1, 2]), bucket(102, &[9])]),
            ("buy".to_owned(), vec![bucket(100, &[30])]),
        ];
        drawn(&widget(drawing, figure), &streams)
    }

    #[test]
    fn a_series_adds_the_streams_up_by_the_hour_and_leaves_gaps() {
        let series = |points| Data::Series(Series { from_s: 360_000, step_hours: 1, points });
        let sums = series(vec![Some(33), None, Some(9)]);
        assert_eq!(draw(Drawing::OverTime, Figure::Sum), sums);
        let averages = series(vec![Some(11), None, Some(9)]);
        assert_eq!(draw(Drawing::OverTime, Figure::Average), averages);
    }

    #[test]
    fn streams_come_with_the_largest_first_and_one_figure_is_of_all() {
        let streams = vec![("buy".to_owned(), 30), ("claim".to_owned(), 12)];
        assert_eq!(draw(Drawing::EachStream, Figure::Sum), Data::Streams(streams));
        assert_eq!(draw(Drawing::OneFigure, Figure::Count), Data::Figure(4));
        assert_eq!(draw(Drawing::OneFigure, Figure::Maximum), Data::Figure(30));
    }

    #[test]
    fn an_alert_that_is_up_is_shown_by_the_names_of_its_rule_and_function() {
        let stream = record(&[("function", symbol("reprice").unwrap())]).unwrap();
        let target = record(&[("rule", [2_u8; 32].to_val().unwrap()), ("stream", stream)]).unwrap();
        let alerts = vector(vec![record(&[("target", target)]).unwrap()]).unwrap();
        let data = vector(vec![symbol("Alerts").unwrap(), alerts]).unwrap();
        let shown = part(&data, &[[1; 32], [2; 32]]).unwrap();
        let names = (RULE_NAMES[1].to_owned(), "reprice".to_owned());
        assert_eq!(
            joined(&widget(Drawing::Alerts, Figure::Count), vec![shown]),
            Data::Alerts(vec![names])
        );
        assert!(part(&data, &[[1; 32]]).is_err());
    }

    #[test]
    fn a_widget_of_several_pages_shows_what_its_parts_found() {
        let each = widget(Drawing::EachStream, Figure::Sum);
        let streams =
            |name: &str, value| Part::Streams(vec![(name.to_owned(), vec![bucket(100, &[value])])]);
        let [none, unread] = [3222, 3220].map(|code| move || Part::Failed(code));
        let parts = vec![none(), streams("claim", 4), none(), streams("buy", 5)];
        let all = vec![("buy".to_owned(), 5), ("claim".to_owned(), 4)];
        assert_eq!(joined(&each, parts), Data::Streams(all));
        assert_eq!(joined(&each, vec![none(), Part::Failed(3004)]), Data::Failed(3222));
        assert_eq!(joined(&each, vec![streams("claim", 4), unread()]), Data::Failed(3220));
    }
}
