//! `rules try`: a dry run, what a rule would have done in the past.

use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use lumenscope_bucket::calendar::{DAY_HOURS, Period};
use lumenscope_meta::Hash;
use lumenscope_rules::Rule;
use lumenscope_rules::rule::HOUR_SLOTS;
use lumenscope_rules::slot::closed_through;

use super::compile::{compare, compile};
use super::history::{self, History, Run, days_before, window_start};
use super::outcome::{Gaps, Outcome, render};
use super::plan::{Plan, Way, plan};
use super::read::Suite;
use super::replay::replay;
use super::spec::Spec;
use super::stream::{Stream, stream};
use crate::exit::Usage;
use crate::output;
use crate::suite::SuiteArgs;
use crate::times::{When, time};

/// Longest range: a leap year. Beyond it a rule is better tried on a part.
const HOURS_MAX: u32 = 366 * DAY_HOURS;

/// Says what a rule would have done in the past: a dry run over history, which keeps hours.
///
/// Nothing is sent. The rule begins with nothing known of its alert; nobody acknowledges or
/// silences it, and it escalates to nobody.
#[derive(Args, Clone, Debug)]
pub struct TryArgs {
    /// A rule's id.
    #[arg(value_name = "RULE", value_parser = super::id,
          required_unless_present = "spec", conflicts_with = "spec")]
    rule: Option<Hash>,
    /// The JSON of a rule instead, as `rules show --as-spec` and `rules template` write it; - reads
    /// it from standard input.
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// The stream, contract:function or contract:function:subject; not needed where the rule names
    /// one.
    #[arg(long, value_name = "STREAM", value_parser = stream)]
    stream: Option<Stream>,
    /// From when on: 2027-01-15, 2027-01-15T12:00Z, unix seconds, or 36h or 7d before the latest
    /// ledger. Rounded down to an hour.
    #[arg(long, value_name = "TIME", value_parser = time)]
    from: When,
    /// Until when, in the same forms; hours that are not over are left out.
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "now")]
    to: When,
    /// Asks the same over this window instead, whole hours: for rules over minutes, of which history
    /// keeps none.
    #[arg(long, value_name = "SECONDS")]
    window_s: Option<u32>,
    /// A quantile instead of the rule's statistic, over whole days: history keeps sketches by day.
    #[arg(long, value_name = "QUANTILE")]
    statistic: Option<Quantile>,
    #[command(flatten)]
    suite: SuiteArgs,
    /// JSON with every transition instead of a table.
    #[arg(long)]
    json: bool,
}

/// A quantile that history's sketches answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Quantile {
    P50,
    P90,
    P95,
    P99,
}

impl Quantile {
    /// Thousandths of the samples that are at or below it.
    pub fn per_mille(self) -> u32 {
        match self {
            Quantile::P50 => 500,
            Quantile::P90 => 900,
            Quantile::P95 => 950,
            Quantile::P99 => 990,
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Quantile::P50 => "p50",
            Quantile::P90 => "p90",
            Quantile::P95 => "p95",
            Quantile::P99 => "p99",
        }
    }
}

/// Tries the rule.
///
/// # Errors
/// When the rule cannot be tried on hours, a file is not what it should be, or the node does not
/// answer.
pub async fn run(args: TryArgs) -> anyhow::Result<()> {
    let written = args.spec.as_deref().map(read_spec).transpose()?;
    let deployment = args.suite.deployment()?;
    let invoker = args.suite.connect(&deployment).await?;
    let suite = Suite::new(&invoker, &deployment)?;
    let asked = |error| args.suite.node.asked(error);
    let spec = match (written, &args.rule) {
        (Some(spec), _) => spec,
        (None, Some(id)) => suite.rule(id).await.map_err(asked)?.spec,
        (None, None) => return Err(Usage("expected a rule's id, or --spec".to_owned()).into()),
    };
    let plan = plan(&spec, args.window_s, args.statistic).map_err(usage)?;
    let stream = covered(args.stream.clone(), &spec)?;
    let now_s = args.suite.latest_close_s(&invoker).await?;
    let hours = range(&plan, args.from.at_s(now_s), args.to.at_s(now_s), now_s)?;
    let rule = compile(&plan.spec, first_slot(&plan, &hours)).map_err(usage)?;
    let through = closed_through(now_s);
    let (runs, gaps) =
        read(&suite, &plan, &stream, &rule, hours.clone(), through).await.map_err(asked)?;
    let replay = replay(&rule, &runs)?;
    let outcome = Outcome::new(&plan, &stream, hours, gaps, &replay);
    if args.json {
        return output::json(&outcome);
    }
    output::print(&render(&outcome))
}

fn usage(fault: impl std::fmt::Display) -> anyhow::Error {
    Usage(fault.to_string()).into()
}

fn read_spec(file: &Path) -> anyhow::Result<Spec> {
    let shown = file.display();
    let text = if file == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(file)
    };
    let text = text.with_context(|| format!("cannot read {shown}"))?;
    serde_json::from_str(&text).map_err(|error| usage(format!("{shown} holds no rule: {error}")))
}

/// The stream that is asked for, or the one that the rule names.
fn covered(asked: Option<Stream>, spec: &Spec) -> anyhow::Result<Stream> {
    let Some(stream) = asked.or_else(|| Stream::of_rule(spec)) else {
        return Err(usage("the rule covers several streams: say which one with --stream"));
    };
    if !stream.is_covered(spec) {
        return Err(usage(format!("expected a stream that the rule covers, came {stream}")));
    }
    Ok(stream)
}

/// The hours to try, those that are over alone; whole days where the rule asks for such.
fn range(plan: &Plan, from_s: u64, to_s: u64, now_s: u64) -> anyhow::Result<Range<u32>> {
    let period = if matches!(plan.way, Way::Quantile { .. }) { Period::Day } else { Period::Hour };
    let whole = |at_s| period.start_hour(period.of(at_s));
    let hours = whole(from_s)..whole(to_s.min(now_s));
    let unit = if period == Period::Day { "day" } else { "hour" };
    if hours.is_empty() {
        return Err(usage(format!(
            "expected at least one {unit} that is over between --from and --to, UTC; there is none"
        )));
    }
    if hours.end - hours.start > HOURS_MAX {
        return Err(usage(format!(
            "expected at most {HOURS_MAX} hours, a year, came {}",
            hours.end - hours.start
        )));
    }
    Ok(hours)
}

fn first_slot(plan: &Plan, hours: &Range<u32>) -> u32 {
    match plan.way {
        Way::Hours => (hours.start + 1) * HOUR_SLOTS - 1,
        Way::Absence => hours.start * HOUR_SLOTS,
        Way::Quantile { .. } => (hours.start + DAY_HOURS) * HOUR_SLOTS - 1,
    }
}

/// What the rule reads in each slot, and what of the hours is not known.
async fn read(
    suite: &Suite<'_>,
    plan: &Plan,
    stream: &Stream,
    rule: &Rule,
    hours: Range<u32>,
    through: u32,
) -> anyhow::Result<(Vec<Run>, Gaps)> {
    let metric = &plan.spec.metric;
    if let Way::Quantile { quantile, window_days } = plan.way {
        let mut days = Vec::new();
        for start in hours.clone().step_by(DAY_HOURS as usize) {
            let end = start + DAY_HOURS;
            let window = days_before(end, window_days);
            let read = suite.distribution(stream, metric, window, quantile.per_mille()).await?;
            in_range(&plan.spec, read.min, read.max)?;
            days.push((end, read));
        }
        let runs = history::days(&days, through);
        return Ok((runs, Gaps::of_days(&days)));
    }
    let reach = rule.window_slots() / HOUR_SLOTS;
    // A day or a month whose hours are no longer kept begins with the day or the month.
    let from = window_start(hours.start + 1, reach.max(1));
    let from = Period::Month.start_hour(Period::Month.of_hour(from));
    let history = History::new(suite.hours(stream, metric, (from, hours.end)).await?);
    let runs = match plan.way {
        Way::Absence => history.presence(hours.clone(), through),
        _ => history.windows(rule, hours.clone(), through),
    };
    Ok((runs, Gaps::of_hours(&history, hours)))
}

/// Beyond a sketch's range only the side is known.
fn in_range(spec: &Spec, min: i64, max: i64) -> anyhow::Result<()> {
    let compare = compare(spec).map_err(usage)?;
    let band = compare.operator == lumenscope_rules::Operator::OutsideBand;
    for threshold in [Some(compare.threshold), band.then_some(compare.threshold_high)] {
        if let Some(came) = threshold
            && !(i128::from(min)..=i128::from(max)).contains(&came)
        {
            return Err(usage(format!(
                "expected a threshold within the sketch's range, {min} to {max}, came {came}: \
                 beyond it quantiles are not known"
            )));
        }
    }
    Ok(())
}
