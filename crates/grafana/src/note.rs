//! Where a panel says something else than the widget it comes from.

use lumenscope_board::Statistic;

/// A difference.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Note {
    /// The exported series do not say this statistic: the panel has no query.
    Missing(Statistic),
    /// Of a level: of what was scraped, not of all samples.
    Scraped,
    /// A sum of what may go down: Prometheus takes a sum that goes down for a restart.
    NonNegative,
    /// The greatest streams at each point of time, not over the whole range.
    TopAtEachPoint,
    /// What it was earlier is not drawn beside it.
    NotCompared,
    /// Steps of 30 days for months.
    MonthOfThirtyDays,
    /// Grafana's list shows alerts of Grafana and its data sources, not the ledger's.
    AlertsElsewhere,
}

/// A note on a widget.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Noted {
    /// The widget's place in the document, from 0.
    pub widget: usize,
    /// What differs.
    pub note: Note,
}

impl Note {
    /// The note in a sentence, as the panel's description has it.
    #[must_use]
    pub fn sentence(self) -> String {
        let text = match self {
            Note::Missing(statistic) => {
                return format!(
                    "The exported series do not say this metric's {}; the ledger does.",
                    named(statistic)
                );
            }
            Note::Scraped => "Of the values that were scraped: those in between are missed.",
            Note::NonNegative => {
                "Right as long as no sample is negative: a sum that goes down is taken for a \
                 restart."
            }
            Note::TopAtEachPoint => "The greatest streams at each point of time.",
            Note::NotCompared => "What it was earlier is not drawn in this kind of panel.",
            Note::MonthOfThirtyDays => "A month is taken for 30 days.",
            Note::AlertsElsewhere => {
                "Alerts of Grafana and its data sources; those on the ledger are not exported."
            }
        };
        text.to_owned()
    }
}

fn named(statistic: Statistic) -> &'static str {
    match statistic {
        Statistic::ErrorRatio => "share",
        Statistic::PerSecond => "sum a second",
        statistic => statistic.name(),
    }
}
