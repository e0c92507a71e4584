//! The dashboard as the ledger renders it.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use lumenscope_invoke::{FromVal, Record, ScVal, ToVal, args, record};

use crate::setup::Setup;
use crate::stage::Stage;

/// Pages read at most: a dashboard of 40 widgets has fewer.
const PAGES_MAX: usize = 40;
/// Numbers of `WidgetKind`.
const KIND_TEXT: u32 = 8;
/// The eight bytes of a point without samples.
const NO_SAMPLES: i64 = i64::MIN;

/// What a widget shows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Data {
    /// A figure for each bucket, oldest first.
    Series(Vec<Option<i128>>),
    /// One figure.
    Figure(i64),
    /// A figure for each stream: function, subject, figure.
    Streams(Vec<(String, Option<String>, i64)>),
    /// Alerts that are up: name, function.
    Alerts(Vec<(String, String)>),
    /// No samples in the range.
    Empty,
    /// An error code of the suite.
    Failed(u32),
}

/// A widget with its data.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Panel {
    /// Its title.
    pub title: String,
    /// Which metric it shows.
    pub metric: Option<String>,
    /// Its data.
    pub data: Data,
}

/// Renders the demonstration's dashboard over a range. Returns the panels by slot, and the
/// instructions that rendering took.
///
/// # Errors
/// When the dashboard cannot be read.
pub async fn render(
    stage: &Stage,
    setup: &Setup,
    from_s: u64,
    to_s: u64,
) -> anyhow::Result<(Vec<Panel>, u32)> {
    let mut titles = titles(stage, setup).await?;
    let range = record(&[("from_s", from_s.to_val()?), ("to_s", to_s.to_val()?)])?;
    let (mut panels, mut instructions, mut cursor) = (Vec::new(), 0_u32, 0_u32);
    for _ in 0..PAGES_MAX {
        let args = args![setup.board, ScVal::Void, range, cursor]?;
        let view = stage.invoker.view(&setup.dashboard, "render", args).await?;
        instructions = instructions.saturating_add(view.instructions);
        let page: Record = view.value()?;
        for (slot, data) in entries(&page.get::<ScVal>("widgets")?)? {
            let (title, metric) = titles.remove(&slot).unwrap_or_default();
            panels.push(Panel { title, metric, data: data_of(&data)? });
        }
        match page.get::<Option<u32>>("next")? {
            Some(next) => cursor = next,
            None => return Ok((panels, instructions)),
        }
    }
    bail!("the dashboard has more than {PAGES_MAX} pages")
}

type Titles = BTreeMap<u32, (String, Option<String>)>;

async fn titles(stage: &Stage, setup: &Setup) -> anyhow::Result<Titles> {
    let (mut titles, mut start) = (BTreeMap::new(), 0_u32);
    for _ in 0..PAGES_MAX {
        let args = args![setup.board, ScVal::Void, start, 16_u32]?;
        let page: Record = stage.invoker.view(&setup.dashboard, "widgets", args).await?.value()?;
        for placed in page.get::<Vec<Record>>("widgets")? {
            let widget = Record::from_val(&placed.get::<ScVal>("widget")?)?;
            if widget.get::<u32>("kind")? != KIND_TEXT {
                let title = (widget.get("title")?, widget.get("metric")?);
                titles.insert(placed.get("slot")?, title);
            }
        }
        match page.get::<Option<u32>>("next")? {
            Some(next) => start = next,
            None => return Ok(titles),
        }
    }
    bail!("the dashboard has more than {PAGES_MAX} pages of widgets")
}

fn entries(map: &ScVal) -> anyhow::Result<Vec<(u32, ScVal)>> {
    let ScVal::Map(Some(map)) = map else { bail!("expected the widgets as a map") };
    map.0.iter().map(|entry| Ok((u32::from_val(&entry.key)?, entry.val.clone()))).collect()
}

fn data_of(value: &ScVal) -> anyhow::Result<Data> {
    let parts = Vec::<ScVal>::from_val(value)?;
    let case = String::from_val(parts.first().context("expected a case")?)?;
    let payload = parts.get(1).unwrap_or(&ScVal::Void);
    Ok(match case.as_str() {
        "Series" => Data::Series(points(&Record::from_val(payload)?.get::<Vec<u8>>("points")?)),
        "Figure" => Data::Figure(i64::from_val(payload)?),
        "Streams" => Data::Streams(
            Vec::<Record>::from_val(payload)?
                .iter()
                .map(|one| Ok((one.get("function")?, one.get("subject")?, one.get("value")?)))
                .collect::<anyhow::Result<_>>()?,
        ),
        "Alerts" => Data::Alerts(
            Vec::<Record>::from_val(payload)?
                .iter()
                .map(|one| {
                    let stream = Record::from_val(&one.get::<ScVal>("stream")?)?;
                    Ok((one.get("name")?, stream.get("function")?))
                })
                .collect::<anyhow::Result<_>>()?,
        ),
        "Empty" => Data::Empty,
        "Failed" => Data::Failed(u32::from_val(payload)?),
        other => bail!("a widget's data of an unknown kind: {other}"),
    })
}

fn points(bytes: &[u8]) -> Vec<Option<i128>> {
    bytes
        .chunks_exact(8)
        .map(|point| {
            let value = point.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
            Some(value.cast_signed()).filter(|value| *value != NO_SAMPLES).map(i128::from)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::points;

    #[test]
    fn points_are_signed_and_big_endian_with_gaps() {
        let mut bytes = 5_i64.to_be_bytes().to_vec();
        bytes.extend((-1_i64).to_be_bytes());
        bytes.extend(i64::MIN.to_be_bytes());
        assert_eq!(points(&bytes), vec![Some(5), Some(-1), None]);
    }
}
