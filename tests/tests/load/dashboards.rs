//! What rendering a large dashboard takes.

use anyhow::{Result, ensure};
use lumenscope_interfaces::dashboard::{RenderedPage, WidgetData};
use lumenscope_tests::costs::scenarios::dashboard::render_twenty;
use lumenscope_tests::stage::{Call, Stage, on_stage};
use lumenscope_tests::suite::Suite;
use soroban_sdk::IntoVal as _;

/// What one simulation of 20 widgets of up to 60 points over 30 days may take.
const INSTRUCTIONS_MAX: u32 = 100_000_000;
const MEMORY_MAX_BYTES: u64 = 16 * 1_024 * 1_024;
const KEYS_MAX: usize = 150;
const WIDGETS: u32 = 20;
/// Days of a range that does not begin at midnight.
const BUCKETS: usize = 30;

/// A day of data takes a bucket: thirty days have no more than thirty, whatever a widget may show.
#[test]
fn twenty_widgets_over_thirty_days_are_one_simulation() -> Result<()> {
    on_stage(|stage: Stage| {
        let mut suite = Suite::new(stage)?;
        let call = render_twenty(&mut suite, 0)?;
        let (instructions, memory_bytes, keys) = simulated(&suite, &call)?;
        ensure!(instructions <= INSTRUCTIONS_MAX, "{instructions} instructions");
        ensure!(memory_bytes <= MEMORY_MAX_BYTES, "{memory_bytes} B of memory");
        ensure!(keys <= KEYS_MAX, "{keys} keys");

        let page: RenderedPage = suite.stage.perform(&call)?;
        ensure!((page.widgets.len(), page.next) == (WIDGETS, None), "{page:?}");
        for data in page.widgets.values() {
            ensure!(buckets(&data)? == [BUCKETS], "{data:?}");
        }
        Ok(())
    })
}

/// Thirty days compared with the thirty before: sixty points of each widget. One reply has no room for
/// the data of twenty such widgets, so that they are two pages, each within the same limits.
#[test]
fn twenty_widgets_of_sixty_points_are_two_pages() -> Result<()> {
    on_stage(|stage: Stage| {
        let mut suite = Suite::new(stage)?;
        let mut call = render_twenty(&mut suite, 30)?;
        let start = call.arguments.len() - 2;
        let (mut pages, mut shown, mut cursor) = (0, 0, Some(0));
        while let Some(next) = cursor {
            call.arguments.set(start, next.into_val(suite.env()));
            let (instructions, memory_bytes, keys) = simulated(&suite, &call)?;
            ensure!(instructions <= INSTRUCTIONS_MAX, "{instructions} instructions");
            ensure!(memory_bytes <= MEMORY_MAX_BYTES, "{memory_bytes} B of memory");
            ensure!(keys <= KEYS_MAX, "{keys} keys");
            let page: RenderedPage = suite.stage.perform(&call)?;
            for data in page.widgets.values() {
                let buckets = buckets(&data)?;
                // The day in which the earlier range begins is half in it, and so is the last.
                ensure!(buckets == [BUCKETS, BUCKETS + 1], "{buckets:?}");
                shown += 1;
            }
            pages += 1;
            cursor = page.next;
        }
        ensure!((pages, shown) == (2, WIDGETS), "{shown} widgets on {pages} pages");
        Ok(())
    })
}

/// What a simulation of the call takes: instructions, bytes of memory, keys.
fn simulated(suite: &Suite, call: &Call) -> Result<(u32, u64, usize)> {
    let function = suite.stage.through("call", std::slice::from_ref(call))?;
    let recording = suite.stage.record(&function)?;
    let keys = recording.footprint.read_only.len() + recording.footprint.read_write.len();
    let (instructions, memory_bytes) = (recording.instructions, recording.memory_bytes);
    eprintln!("{instructions} instructions, {memory_bytes} B of memory, {keys} keys");
    Ok((instructions, memory_bytes, keys))
}

/// How many buckets each series of a widget has.
fn buckets(data: &WidgetData) -> Result<Vec<usize>> {
    let WidgetData::Metric(_, series, before) = data else {
        anyhow::bail!("expected a metric, came {data:?}")
    };
    let count = |bytes: soroban_sdk::Bytes| -> Result<usize> {
        let bytes: Vec<u8> = bytes.iter().collect();
        let decoder = lumenscope_bucket::packed::Decoder::new(&bytes);
        Ok(decoder.map_err(|error| anyhow::anyhow!("{error:?}"))?.count())
    };
    series.iter().chain(before.iter()).map(count).collect()
}
