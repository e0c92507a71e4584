//! What a stream costs in a year: every transaction of its keeper, simulated and applied on a
//! ledger of its own, hour by hour, with the fees that the network charges for it.

use anyhow::{Context, Result, bail};
use lumenscope_interfaces::analytics_storage::{HOUR_RETENTION_DAYS_DEFAULT, PLAIN_BUCKET_BYTES};
use lumenscope_interfaces::common::{DAY_LEDGERS, TTL_TARGET_LEDGERS};
use serde::Serialize;
use soroban_env_host::fees::{LedgerEntryRentChange, RentFeeConfiguration, compute_rent_fee};
use soroban_sdk::vec;

use super::price::{LEDGERS_PER_YEAR, RENT_STRESS_FACTOR, stressed};
use crate::stage::{Call, on_stage};
use crate::suite::Suite;

const HOUR_S: u64 = 3_600;
const DAY_HOURS: u64 = 24;
/// Hours of a year of 365 days.
pub const YEAR_HOURS: u64 = 365 * DAY_HOURS;
/// Into the hour, when late reports are in.
const LATE_S: u64 = 600;
/// Ledgers of an hour, at five seconds each.
const HOUR_LEDGERS: u32 = LEDGERS_PER_YEAR / YEAR_HOURS as u32;
/// Lives are extended this often: well before the 120 days of a new entry are over.
const EXTEND_DAYS: u64 = 60;
/// A key that names stream, metric and hour, and what an entry has beside key and value.
const PLAIN_KEY_BYTES: u32 = 200;
const FUNCTION: &str = "pay_premium";
/// The metrics of the stream: instructions, fees, entries and bytes of executions.
const METRICS: u32 = 8;
/// The range of a sketch: a tenth of the values of the series lie below it.
const SKETCH: (i64, i64, u32) = (400_000, 4_194_303, 64);
/// A small generator's constants (Knuth's MMIX), so that the series is the same on every run.
const MULTIPLIER: u64 = 6_364_136_223_846_793_005;
const INCREMENT: u64 = 1_442_695_040_888_963_407;

/// How a stream is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Keeping {
    /// Days whose hours are kept.
    pub hour_days: u32,
    /// How often its hours move to history, in hours.
    pub flush_hours: u64,
    /// Metrics with a sketch.
    pub sketches: u32,
}

/// The choices that are compared; the first is the default.
pub const KEEPINGS: [Keeping; 6] = [
    Keeping { hour_days: HOUR_RETENTION_DAYS_DEFAULT, flush_hours: 1, sketches: 0 },
    Keeping { hour_days: HOUR_RETENTION_DAYS_DEFAULT, flush_hours: 3, sketches: 0 },
    Keeping { hour_days: 2, flush_hours: 1, sketches: 0 },
    Keeping { hour_days: 30, flush_hours: 1, sketches: 0 },
    Keeping { hour_days: 62, flush_hours: 1, sketches: 0 },
    Keeping { hour_days: HOUR_RETENTION_DAYS_DEFAULT, flush_hours: 1, sketches: 1 },
];

/// What keeping a stream took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// The keeper's transactions.
    pub transactions: u32,
    /// Their fees without rent: inclusion, size, resources, events.
    pub fees_stroops: i64,
    /// The rent of everything that the stream has on the ledger, paid through the year's end.
    pub rent_stroops: i64,
}

impl Kept {
    /// All of it.
    #[must_use]
    pub fn total_stroops(&self) -> i64 {
        self.fees_stroops + self.rent_stroops
    }

    /// All of it at ten times today's rent.
    #[must_use]
    pub fn total_10x_stroops(&self) -> i64 {
        self.fees_stroops + RENT_STRESS_FACTOR * self.rent_stroops
    }
}

/// Keeps a stream of eight metrics for so many hours, one call recorded in each; what recording
/// costs is its callers', and in the table of calls.
///
/// # Errors
/// When a call fails.
pub fn keep(keeping: Keeping, hours: u64) -> Result<Kept> {
    on_stage(|stage| Keeper::new(Suite::new(stage)?, keeping)?.keep(hours))
}

struct Keeper {
    suite: Suite,
    keeping: Keeping,
    kept: Kept,
    random: u64,
}

impl Keeper {
    fn new(suite: Suite, keeping: Keeping) -> Result<Self> {
        let mut keeper = Self { suite, keeping, kept: Kept::default(), random: 2026 };
        let now_s = keeper.suite.stage.ledger().close_time_s();
        keeper.suite.stage.close_at((now_s / HOUR_S + 1) * HOUR_S + LATE_S)?;
        let mut metrics = vec![keeper.suite.env()];
        let of_execution = keeper.suite.execution_metrics();
        for (place, mut metric) in (0..METRICS).zip(of_execution.iter()) {
            if place < keeping.sketches {
                metric.sketch = SKETCH;
            }
            metrics.push_back(metric);
        }
        let spec = keeper.suite.spec(metrics);
        let open = keeper.suite.monitor("open_stream", (keeper.suite.stream(FUNCTION), spec));
        keeper.pay(&[open])?;
        Ok(keeper)
    }

    fn keep(mut self, hours: u64) -> Result<Kept> {
        let mut is_retained = self.keeping.hour_days == HOUR_RETENTION_DAYS_DEFAULT;
        for hour in 1..=hours {
            self.record()?;
            let now_s = self.suite.stage.ledger().close_time_s();
            let next_s = (now_s / HOUR_S + 1) * HOUR_S + LATE_S;
            self.suite.stage.pass(next_s - now_s, HOUR_LEDGERS)?;
            if hour % self.keeping.flush_hours == 0 {
                self.flush()?;
                if !is_retained {
                    let stream = self.suite.stream(FUNCTION);
                    let days = (stream, self.keeping.hour_days, 0u32, 0u32, None::<bool>);
                    let call = self.suite.analytics("set_retention", days);
                    self.pay(&[call])?;
                    is_retained = true;
                }
            }
            if hour % DAY_HOURS == 0 {
                self.compact()?;
            }
            if hour % (EXTEND_DAYS * DAY_HOURS) == 0 {
                self.extend()?;
            }
        }
        Ok(self.kept)
    }

    /// One call of the monitored contract.
    fn record(&mut self) -> Result<()> {
        let mut samples = vec![self.suite.env()];
        for metric in self.suite.execution_metrics().iter().take(METRICS as usize) {
            self.random = self.random.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT);
            samples.push_back((metric.name, i128::from(self.random >> 42)));
        }
        let call = self.suite.monitor("record_samples", (self.suite.stream(FUNCTION), samples));
        self.suite.stage.act(&[call])
    }

    fn flush(&mut self) -> Result<()> {
        let through_hour = u32::try_from(self.suite.stage.ledger().close_time_s() / HOUR_S - 1)?;
        let streams = vec![self.suite.env(), self.suite.stream(FUNCTION)];
        let call = (self.suite.caller.clone(), streams, through_hour);
        self.pay(&[self.suite.monitor("flush", call)])
    }

    fn compact(&mut self) -> Result<()> {
        let streams = vec![self.suite.env(), self.suite.stream(FUNCTION)];
        self.pay(&[self.suite.analytics("compact", (self.suite.caller.clone(), streams))])
    }

    /// The lives of everything that the stream has in both contracts.
    fn extend(&mut self) -> Result<()> {
        // Code and instances are the suite's, whoever's streams it has.
        let of_suite = [self.suite.monitor("analytics", ()), self.suite.analytics("monitor", ())];
        self.suite.stage.extend(&of_suite, TTL_TARGET_LEDGERS)?;
        let streams = vec![self.suite.env(), self.suite.stream(FUNCTION)];
        let call = (self.suite.caller.clone(), streams);
        self.pay(&[self.suite.analytics("keep_alive_history", call)])?;
        let own = self.suite.stage.entries_of(&self.suite.performance_monitor);
        let outcome = self.suite.stage.extend_entries(&own, TTL_TARGET_LEDGERS)?;
        self.add(&outcome);
        Ok(())
    }

    fn pay(&mut self, calls: &[Call]) -> Result<()> {
        let outcome = self.suite.stage.send(calls)?;
        if let Some(failure) = outcome.failure() {
            bail!("a keeper's transaction failed: {failure:?}");
        }
        self.add(&outcome);
        Ok(())
    }

    fn add(&mut self, outcome: &lumenscope_localnet::Outcome) {
        let fees = &outcome.fees;
        self.kept.transactions += 1;
        self.kept.fees_stroops += fees.charged_stroops - fees.rent_stroops;
        self.kept.rent_stroops += fees.rent_stroops;
    }
}

/// The rent of the plain way, at today's rate and at ten times that: an entry for each hour and
/// metric, as a contract stores a struct, that is kept to the year's end. What writing them takes
/// comes on top.
///
/// # Errors
/// When there is no ledger to take the rates from.
pub fn plain_rent_stroops(metrics: i64) -> Result<[i64; 2]> {
    on_stage(|stage| {
        let rates = &stage.ledger().configuration().network.rent_fee_configuration;
        let sequence = stage.ledger().sequence();
        let rent = |rates: &RentFeeConfiguration| {
            let entry = |hour: u32| {
                let change = LedgerEntryRentChange {
                    is_persistent: true,
                    is_code_entry: false,
                    old_size_bytes: 0,
                    new_size_bytes: PLAIN_BUCKET_BYTES + PLAIN_KEY_BYTES,
                    old_live_until_ledger: 0,
                    new_live_until_ledger: sequence + LEDGERS_PER_YEAR - hour * HOUR_LEDGERS,
                };
                compute_rent_fee(&[change], rates, sequence)
            };
            metrics * (0..YEAR_HOURS as u32).map(entry).sum::<i64>()
        };
        Ok([rent(rates), rent(&stressed(rates))])
    })
}

/// The rent of a kilobyte that is on the ledger already, for a day: what the bytes of
/// `storage_statistics` are to be multiplied with, which no contract can know.
///
/// # Errors
/// When there is no ledger to take the rates from.
pub fn day_rent_stroops() -> Result<i64> {
    on_stage(|stage| {
        let rates = &stage.ledger().configuration().network.rent_fee_configuration;
        let sequence = stage.ledger().sequence();
        // A thousand of them, so that rounding does not count.
        let change = LedgerEntryRentChange {
            is_persistent: true,
            is_code_entry: false,
            old_size_bytes: 1_024_000,
            new_size_bytes: 1_024_000,
            old_live_until_ledger: sequence + DAY_LEDGERS,
            new_live_until_ledger: sequence + 2 * DAY_LEDGERS,
        };
        Ok(compute_rent_fee(&[change], rates, sequence) / 1_000)
    })
}

/// The table of a year.
///
/// # Errors
/// When a call fails.
pub fn table() -> Result<String> {
    let xlm = |stroops: i64| stroops as f64 / 1e7;
    let mut text = String::from(
        "| hours kept, days | flushed every, hours | sketches | transactions | fees, XLM | rent, XLM | together, \
         XLM | at 10 x rent, XLM |\n|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for keeping in KEEPINGS {
        let Keeping { hour_days, flush_hours, sketches } = keeping;
        eprintln!(
            "a year with {hour_days} days of hours, flushed every {flush_hours} h, {sketches} sketches .."
        );
        let kept = keep(keeping, YEAR_HOURS).context("keeping a stream for a year")?;
        text += &format!(
            "| {hour_days} | {flush_hours} | {sketches} | {} | {:.2} | {:.2} | {:.2} | {:.2} |\n",
            kept.transactions,
            xlm(kept.fees_stroops),
            xlm(kept.rent_stroops),
            xlm(kept.total_stroops()),
            xlm(kept.total_10x_stroops()),
        );
    }
    let [today, stress] = plain_rent_stroops(i64::from(METRICS))?;
    text += &format!(
        "\nAn entry for each hour and metric would take {:.0} XLM of rent, {:.0} at ten times the \
         rate.\n",
        xlm(today),
        xlm(stress)
    );
    text += &format!(
        "\nA kilobyte of what `storage_statistics` counts takes {} stroops of rent a day.\n",
        day_rent_stroops()?
    );
    Ok(text)
}
