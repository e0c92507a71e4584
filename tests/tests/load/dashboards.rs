//! What rendering a large dashboard takes.

use anyhow::{Context, Result, ensure};
use lumenscope_interfaces::dashboard::{RenderedPage, WidgetData};
use lumenscope_tests::costs::scenarios::{Scenario, all};
use lumenscope_tests::stage::{Stage, on_stage};
use lumenscope_tests::suite::Suite;

/// What one simulation of 20 widgets of 60 points over 30 days may take.
const INSTRUCTIONS_MAX: u32 = 100_000_000;
const MEMORY_MAX_BYTES: u64 = 16 * 1_024 * 1_024;
const KEYS_MAX: usize = 150;
const WIDGETS: u32 = 20;
/// Days of a range that does not begin at midnight.
const BUCKETS: usize = 30;

fn scenario() -> Result<Scenario> {
    let found = all().into_iter().find(|scenario| scenario.case.starts_with("20 widgets"));
    found.context("no scenario of 20 widgets")
}

#[test]
fn twenty_widgets_over_thirty_days_are_one_simulation() -> Result<()> {
    on_stage(|stage: Stage| {
        let mut suite = Suite::new(stage)?;
        let call = (scenario()?.prepare)(&mut suite)?;
        let function = suite.stage.through("call", std::slice::from_ref(&call))?;
        let recording = suite.stage.record(&function)?;
        let keys = recording.footprint.read_only.len() + recording.footprint.read_write.len();
        let (instructions, memory_bytes) = (recording.instructions, recording.memory_bytes);
        eprintln!("{instructions} instructions, {memory_bytes} B of memory, {keys} keys");
        ensure!(instructions <= INSTRUCTIONS_MAX, "{instructions} instructions");
        ensure!(memory_bytes <= MEMORY_MAX_BYTES, "{memory_bytes} B of memory");
        ensure!(keys <= KEYS_MAX, "{keys} keys");

        let page: RenderedPage = suite.stage.perform(&call)?;
        ensure!((page.widgets.len(), page.next) == (WIDGETS, None), "{page:?}");
        for data in page.widgets.values() {
            let WidgetData::Metric(_, series, _) = data else {
                anyhow::bail!("expected a metric, came {data:?}")
            };
            let bytes: Vec<u8> = series.get_unchecked(0).iter().collect();
            let decoder = lumenscope_bucket::packed::Decoder::new(&bytes);
            let buckets = decoder.map_err(|error| anyhow::anyhow!("{error:?}"))?.count();
            ensure!(buckets == BUCKETS, "{buckets} buckets");
        }
        Ok(())
    })
}
