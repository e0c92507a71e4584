//! What a widget asks, in PromQL.

use lumenscope_board::{Kind, Statistic, Variables, Widget};
use lumenscope_dictionary::prometheus::{
    Exported, LABEL_CONTRACT, LABEL_FUNCTION, LABEL_SUBJECT, Series, exported,
};
use lumenscope_dictionary::{self as dictionary, by_name};

use crate::note::Note;

/// Over which time a figure is taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Window {
    /// The step of a drawing over time.
    Step,
    /// All that is looked at.
    Range,
}

impl Window {
    /// That of a kind of drawing.
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Line | Kind::Bar | Kind::Heatmap => Window::Step,
            _ => Window::Range,
        }
    }

    fn variable(self) -> &'static str {
        match self {
            Window::Step => "$__interval",
            Window::Range => "$__range",
        }
    }
}

/// Which streams a widget reads.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Streams {
    /// The contract, where the widget says it.
    pub contract: Option<String>,
    /// The function, where the widget says it.
    pub function: Option<String>,
    /// The subject.
    pub subject: Subject,
}

/// The subject of the streams.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Subject {
    /// The widget says it.
    Said(String),
    /// The one without subject, since somebody says a function and nobody a subject.
    None,
    /// As the viewer chooses.
    Open,
}

impl Streams {
    /// Those of a widget, given what its dashboard says.
    pub fn of(widget: &Widget, variables: &Variables) -> Self {
        let function_said = widget.function.is_some() || variables.function.is_some();
        let subject = match (&widget.subject, &variables.subject) {
            (Some(subject), _) => Subject::Said(subject.clone()),
            (None, None) if function_said => Subject::None,
            _ => Subject::Open,
        };
        let contract = widget.contract.as_ref().map(ToString::to_string);
        Streams { contract, function: widget.function.clone(), subject }
    }

    /// The label matchers.
    fn matchers(&self) -> String {
        let contract = match &self.contract {
            Some(contract) => format!("{LABEL_CONTRACT}=\"{contract}\""),
            None => format!("{LABEL_CONTRACT}=\"$contract\""),
        };
        let function = match &self.function {
            Some(function) => format!("{LABEL_FUNCTION}=\"{function}\""),
            None => format!("{LABEL_FUNCTION}=~\"$function\""),
        };
        let subject = match &self.subject {
            Subject::Said(subject) => format!("{LABEL_SUBJECT}=\"{subject}\""),
            Subject::None => format!("{LABEL_SUBJECT}=\"\""),
            Subject::Open => format!("{LABEL_SUBJECT}=~\"$subject\""),
        };
        format!("{contract},{function},{subject}")
    }
}

/// The query of a widget's metric, or that there is none, with what has to be said of it. With
/// `earlier_s` that of so many seconds earlier.
pub fn query(
    widget: &Widget,
    metric: &str,
    variables: &Variables,
    earlier_s: u32,
) -> (Option<String>, Vec<Note>) {
    let streams = Streams::of(widget, variables);
    let asked = Asked {
        exported: exported(metric),
        is_level: by_name(metric).is_some_and(|known| known.kind == dictionary::Kind::Gauge),
        is_own: by_name(metric).is_none(),
        matchers: streams.matchers(),
        window: Window::of(widget.kind),
        earlier_s,
        each: is_each(widget),
    };
    let mut notes = Vec::new();
    let query = asked.figure(widget.statistic, &mut notes);
    let Some(query) = query else { return (None, vec![Note::Missing(widget.statistic)]) };
    if widget.top == 0 {
        return (Some(query), notes);
    }
    if Window::of(widget.kind) == Window::Step {
        notes.push(Note::TopAtEachPoint);
    }
    (Some(format!("topk({}, {query})", widget.top)), notes)
}

/// Whether each stream is drawn, not all as one: shares, rows and colours, those at the top, and the
/// last values of several, of which none is the last.
pub fn is_each(widget: &Widget) -> bool {
    let each = matches!(widget.kind, Kind::Pie | Kind::Table | Kind::Heatmap);
    let several = widget.function.is_none();
    each || widget.top > 0 || (several && widget.statistic == Statistic::Last)
}

struct Asked<'a> {
    exported: Exported<'a>,
    is_level: bool,
    is_own: bool,
    matchers: String,
    window: Window,
    earlier_s: u32,
    each: bool,
}

impl Asked<'_> {
    fn figure(&self, statistic: Statistic, notes: &mut Vec<Note>) -> Option<String> {
        let Exported { sum, count, last, .. } = self.exported;
        let summed = matches!(
            statistic,
            Statistic::Average | Statistic::Sum | Statistic::ErrorRatio | Statistic::PerSecond
        );
        if self.is_own && summed {
            notes.push(Note::NonNegative);
        }
        match statistic {
            Statistic::Sum => Some(self.over("sum", "increase", sum?)),
            Statistic::Count => Some(self.over("sum", "increase", count?)),
            Statistic::PerSecond => Some(self.over("sum", "rate", sum?)),
            Statistic::Average | Statistic::Minimum | Statistic::Maximum if self.is_level => {
                notes.push(Note::Scraped);
                let (aggregate, over) = match statistic {
                    Statistic::Minimum => ("min", "min_over_time"),
                    Statistic::Maximum => ("max", "max_over_time"),
                    _ => ("avg", "avg_over_time"),
                };
                Some(self.over(aggregate, over, last?))
            }
            Statistic::Average | Statistic::ErrorRatio => {
                let (sum, count) = (sum?, count?);
                let samples = self.over("sum", "increase", count);
                // Nothing is the mean of no samples.
                Some(format!("{} / ({samples} > 0)", self.over("sum", "increase", sum)))
            }
            Statistic::Last => Some(self.over("max", "last_over_time", last?)),
            Statistic::Minimum | Statistic::Maximum => None,
        }
    }

    fn over(&self, aggregate: &str, function: &str, series: Series<'_>) -> String {
        let by = if self.each {
            format!(" by ({LABEL_FUNCTION}, {LABEL_SUBJECT})")
        } else {
            String::new()
        };
        let offset = match self.earlier_s {
            0 => String::new(),
            earlier_s => format!(" offset {earlier_s}s"),
        };
        let (matchers, window) = (&self.matchers, self.window.variable());
        format!("{aggregate}{by} ({function}({series}{{{matchers}}}[{window}]{offset}))")
    }
}

/// The series that a widget's query names, for the variables to choose from.
pub fn series(metric: &str) -> impl Iterator<Item = String> {
    let Exported { sum, count, last, .. } = exported(metric);
    [sum, count, last].into_iter().flatten().map(|series| series.to_string())
}
