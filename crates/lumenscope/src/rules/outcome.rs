//! What a dry run found, as data and drawn. Pure.

use std::fmt::Write as _;
use std::ops::Range;

use comfy_table::{Cell, Color};
use lumenscope_bucket::calendar::{DAY_HOURS, HOUR_S};
use lumenscope_observer::for_terminal;
use lumenscope_rules::slot::{SLOT_S, end_s};
use lumenscope_rules::{Reading, Reason, Status, Transition};
use serde::Serialize;

use super::compile;
use super::history::{Distribution, History};
use super::list::table;
use super::plan::{Plan, Way};
use super::replay::Replay;
use super::spec::Spec;
use super::stream::Stream;
use super::words;
use crate::times::{date, duration};
use crate::units::{counted, grouped};
use crate::words::{percent, status};

/// Version of the document: raised when a field changes its meaning.
const DOCUMENT_VERSION: u32 = 1;
/// Basis points of a whole.
const BASIS_POINTS: u64 = 10_000;

/// Hours of which something is missing.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Gaps {
    /// Hours without samples.
    pub hours_without_samples: u32,
    /// Hours that are known only as a part of a longer span, or not at all.
    pub hours_unknown: u32,
}

impl Gaps {
    /// Of hours.
    pub fn of_hours(history: &History, hours: Range<u32>) -> Self {
        let (hours_without_samples, hours_unknown) = history.gaps(hours);
        Gaps { hours_without_samples, hours_unknown }
    }

    /// Of days, each by what its window reads.
    pub fn of_days(days: &[(u32, Distribution)]) -> Self {
        let hours = |reading: Reading| {
            let days = days.iter().filter(|(_, day)| day.reading() == reading).count();
            u32::try_from(days).unwrap_or(u32::MAX).saturating_mul(DAY_HOURS)
        };
        Gaps { hours_without_samples: hours(Reading::Empty), hours_unknown: hours(Reading::Lost) }
    }
}

/// What a rule would have done.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    pub version: u32,
    /// As it was tried.
    pub spec: Spec,
    /// What was asked, in words.
    pub asks: String,
    /// The quantile asked instead of the rule's statistic.
    pub quantile: Option<&'static str>,
    pub stream: String,
    pub from_s: u64,
    pub to_s: u64,
    /// In what this differs from what the rule itself does.
    pub notes: Vec<String>,
    pub transitions: Vec<Moved>,
    pub summary: Summary,
    #[serde(skip)]
    shown: Shown,
}

/// One transition.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    /// The end of the minute that caused it, unix seconds.
    pub at_s: u64,
    pub episode: u32,
    pub from: &'static str,
    pub to: &'static str,
    /// The figure, rounded toward zero; nothing without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<i128>,
    /// Samples behind it.
    pub points: u32,
    pub reason: &'static str,
    /// Whether somebody would be told, if nobody silenced it.
    pub notify: bool,
}

/// What it comes to.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Summary {
    /// Episodes that fired.
    pub fired: u32,
    /// Messages, if nobody silences any.
    pub messages: u32,
    /// How long it was up, and was evaluated.
    pub up_s: u64,
    pub evaluated_s: u64,
    /// The longest that it was up.
    pub longest_up_s: u64,
    /// The part of the time that it was up, in basis points.
    pub up_bp: u64,
    /// Where it stands in the end.
    pub status: &'static str,
    /// The smallest and the largest figure.
    pub figures: Option<(i128, i128)>,
    #[serde(flatten)]
    pub gaps: Gaps,
    pub hours: u32,
}

/// How figures are shown.
#[derive(Clone, Copy, Debug)]
enum Shown {
    Statistic(lumenscope_rules::Statistic),
    Plain,
    /// There are none.
    Absence,
}

impl Outcome {
    /// Of a dry run over these hours.
    pub fn new(
        plan: &Plan,
        stream: &Stream,
        hours: Range<u32>,
        gaps: Gaps,
        replay: &Replay,
    ) -> Self {
        let (shown, quantile) = match (plan.way, compile::compare(&plan.spec)) {
            (Way::Absence, _) => (Shown::Absence, None),
            (Way::Hours, Ok(compare)) => (Shown::Statistic(compare.statistic), None),
            (Way::Quantile { quantile, .. }, _) => (Shown::Plain, Some(quantile.name())),
            (Way::Hours, Err(_)) => (Shown::Plain, None),
        };
        let seconds = |slots: u32| u64::from(slots) * u64::from(SLOT_S);
        let notified = replay.transitions.iter().filter(|of| of.notify).count();
        let moved = |of: &Transition| moved(of, shown);
        Outcome {
            version: DOCUMENT_VERSION,
            asks: asks(plan, quantile),
            quantile,
            spec: plan.spec.clone(),
            stream: stream.to_string(),
            from_s: u64::from(hours.start) * HOUR_S,
            to_s: u64::from(hours.end) * HOUR_S,
            notes: plan.notes.clone(),
            transitions: replay.transitions.iter().map(moved).collect(),
            summary: Summary {
                fired: replay.state.fired_total,
                messages: u32::try_from(notified).unwrap_or(u32::MAX),
                up_s: seconds(replay.slots_up),
                evaluated_s: seconds(replay.slots),
                longest_up_s: seconds(replay.slots_up_longest),
                up_bp: u64::from(replay.slots_up) * BASIS_POINTS / u64::from(replay.slots.max(1)),
                status: status(replay.state.status()),
                figures: replay.figures.filter(|_| !matches!(shown, Shown::Absence)),
                gaps,
                hours: hours.end - hours.start,
            },
            shown,
        }
    }
}

fn asks(plan: &Plan, quantile: Option<&'static str>) -> String {
    let Some(quantile) = quantile else { return words::asks(&plan.spec) };
    let compared = compile::compare(&plan.spec).map(|compare| {
        let plain = lumenscope_rules::Statistic::Last;
        words::compared(&lumenscope_rules::Compare { statistic: plain, ..compare })
    });
    let window = duration(plan.spec.window_s.into());
    let metric = for_terminal(&plan.spec.metric);
    format!("{quantile}({metric}) over {window} {}", compared.unwrap_or_default())
}

fn moved(of: &Transition, shown: Shown) -> Moved {
    let has_figure = of.points > 0 && !matches!(shown, Shown::Absence);
    Moved {
        at_s: end_s(of.slot),
        episode: of.episode,
        from: status(of.from),
        to: status(of.to),
        value: has_figure.then_some(of.value),
        points: of.points,
        reason: reason(of, shown),
        notify: of.notify,
    }
}

fn reason(of: &Transition, shown: Shown) -> &'static str {
    let is_up = matches!(of.to, Status::Pending | Status::Firing);
    match (of.reason, shown) {
        (Reason::Condition, Shown::Absence) if is_up => "no sample for so long",
        (Reason::Condition, Shown::Absence) => "a sample came",
        (Reason::Condition, _) if is_up => "the condition is true",
        (Reason::Condition, _) => "the condition is false",
        (Reason::NoSamples, _) => "no samples",
        (Reason::TooFewPoints, _) => "too few samples",
        (Reason::Elapsed, _) => "time passed",
        (Reason::Overflow, _) => "the figure is too large",
        (Reason::NoBase, _) => "the window before reads 0",
        // Of people, of changes and of failures there are none in a dry run.
        _ => "something else",
    }
}

/// Draws the outcome.
pub fn render(outcome: &Outcome) -> String {
    let Summary { hours, .. } = outcome.summary;
    let mut text = format!(
        "{}: {}\n{}\n{} to {} UTC, {}\n",
        for_terminal(&outcome.spec.name),
        outcome.asks,
        for_terminal(&outcome.stream),
        date(outcome.from_s),
        date(outcome.to_s),
        counted(hours.into(), "hour", "hours"),
    );
    for note in &outcome.notes {
        let _ = writeln!(text, "note: {}", wrapped(note));
    }
    if !outcome.transitions.is_empty() {
        let _ = writeln!(text, "{}", moves(outcome));
    }
    text.push_str(&summed_up(outcome));
    text
}

/// The transitions; those of one minute as one.
fn moves(outcome: &Outcome) -> comfy_table::Table {
    let mut table = table(&["at, UTC", "episode", "from", "to", "figure", "why", "message"]);
    let same_minute = |one: &Moved, next: &Moved| one.at_s == next.at_s;
    for minute in outcome.transitions.chunk_by(same_minute) {
        let (Some(first), Some(last)) = (minute.first(), minute.last()) else { continue };
        let figure = last.value.map(|value| figure(outcome.shown, value)).unwrap_or_default();
        let to = Cell::new(last.to);
        table.add_row(vec![
            Cell::new(date(last.at_s)),
            Cell::new(last.episode),
            Cell::new(first.from),
            if last.to == status(Status::Firing) { to.fg(Color::Red) } else { to },
            Cell::new(figure),
            Cell::new(last.reason),
            Cell::new(if minute.iter().any(|of| of.notify) { "sent" } else { "" }),
        ]);
    }
    table
}

fn figure(shown: Shown, value: i128) -> String {
    match shown {
        Shown::Statistic(statistic) => words::figure(statistic, value),
        Shown::Plain | Shown::Absence => grouped(value),
    }
}

fn summed_up(outcome: &Outcome) -> String {
    let Summary { fired, messages, up_s, longest_up_s, up_bp, hours, gaps, .. } = outcome.summary;
    let mut text = if fired == 0 {
        "never fired".to_owned()
    } else {
        format!(
            "fired {}, up {} ({}), the longest {}; {}, if nobody silences any",
            counted(fired.into(), "time", "times"),
            duration(up_s),
            percent(up_bp.into()),
            duration(longest_up_s),
            counted(messages.into(), "message", "messages"),
        )
    };
    if let Some((least, most)) = outcome.summary.figures {
        let (least, most) = (figure(outcome.shown, least), figure(outcome.shown, most));
        let _ = write!(text, "\nfigures from {least} to {most}");
    }
    if outcome.summary.status != status(Status::Inactive) {
        let _ = write!(text, "\nin the end: {}", outcome.summary.status);
    }
    let _ = write!(
        text,
        "\n{} of {} without samples",
        grouped(gaps.hours_without_samples.into()),
        counted(hours.into(), "hour", "hours")
    );
    if gaps.hours_unknown > 0 {
        let unknown = grouped(gaps.hours_unknown.into());
        let _ = write!(text, "; {unknown} known only as part of a longer span");
    }
    text.push('\n');
    text
}

/// A note in lines that fit a terminal.
fn wrapped(note: &str) -> String {
    const COLUMNS: usize = 92;
    let mut text = String::new();
    let mut column = 0;
    for word in note.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > COLUMNS {
            text.push_str("\n      ");
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text
}
