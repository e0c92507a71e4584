//! Where a stream stands.

use lumenscope_hot::View;

const HOUR_S: u64 = 3_600;

/// What a report needs to know of a stream.
#[derive(Clone, Debug)]
pub(crate) struct Hot {
    pub(crate) reported_ledger: u32,
    /// The first second of the hours that are not flushed.
    pub(crate) open_from_s: u64,
    pub(crate) execution_metrics: Vec<usize>,
}

impl Hot {
    pub(crate) fn of(view: &View<'_>) -> Self {
        let codes = 1..=lumenscope_dictionary::EXECUTION_METRICS.len();
        let held = codes.filter(|code| {
            u16::try_from(*code).is_ok_and(|code| view.metric_of_code(code).is_some())
        });
        Self {
            reported_ledger: u32::try_from(view.primary_sequence()).unwrap_or(u32::MAX),
            open_from_s: u64::from(view.flushed_before()) * HOUR_S,
            execution_metrics: held.map(|code| code - 1).collect(),
        }
    }
}
