//! What is known about which ledgers. Absence of rows means "nothing happened" only where a
//! ledger is [`SpanState::Indexed`].

use lumenscope_meta::Fidelity;
use serde::Serialize;

/// How a ledger's facts were obtained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Whole ledgers from a node.
    Ledgers,
    /// Transactions from a node, without their ledgers' hashes.
    Transactions,
    /// Files of an archive.
    Archive,
}

/// What is known about a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SpanState {
    /// Nobody was watching.
    NotWatched,
    /// Wanted, not done yet.
    Pending,
    /// All calls are rows.
    Indexed {
        /// The lowest fidelity among the calls; `None` where there were none.
        fidelity: Option<Fidelity>,
    },
    /// It could not be decoded, or contradicts itself.
    Failed {
        /// Why, for a person.
        reason: String,
    },
    /// No node kept it.
    BeyondRetention,
}

/// Ledgers of which the same is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The first ledger.
    pub from: u32,
    /// The last ledger.
    pub to: u32,
    /// What is known.
    #[serde(flatten)]
    pub state: SpanState,
    /// The decoder that found it out.
    pub decoder_version: u32,
    /// Where it was found out.
    pub source: Source,
}

impl Span {
    fn can_join(&self, next: &Span) -> bool {
        self.to.checked_add(1) == Some(next.from)
            && self.decoder_version == next.decoder_version
            && self.source == next.source
            && joined(&self.state, &next.state).is_some()
    }
}

/// Ledgers without calls take on the fidelity of their neighbours: otherwise a contract that is
/// called in every other ledger would have a span for each.
fn joined(one: &SpanState, other: &SpanState) -> Option<SpanState> {
    match (one, other) {
        (SpanState::Indexed { fidelity: None }, SpanState::Indexed { fidelity })
        | (SpanState::Indexed { fidelity }, SpanState::Indexed { fidelity: None }) => {
            Some(SpanState::Indexed { fidelity: *fidelity })
        }
        (one, other) => (one == other).then(|| one.clone()),
    }
}

/// The coverage of one subject: spans in order, without overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Coverage {
    spans: Vec<Span>,
}

impl Coverage {
    /// What is known about one ledger.
    #[must_use]
    pub fn at(&self, ledger: u32) -> SpanState {
        let after = self.spans.partition_point(|span| span.from <= ledger);
        match after.checked_sub(1).map(|index| &self.spans[index]) {
            Some(span) if span.to >= ledger => span.state.clone(),
            _ => SpanState::NotWatched,
        }
    }

    /// The spans in order; ledgers in none of them were not watched.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Replaces what was known about these ledgers. A span that ends before it begins changes
    /// nothing.
    pub fn set(&mut self, span: Span) {
        if span.from > span.to {
            return;
        }
        if let Some(last) = self.spans.last_mut()
            && last.can_join(&span)
        {
            extend(last, &span);
            return;
        }
        let mut spans = Vec::with_capacity(self.spans.len() + 2);
        for old in self.spans.drain(..) {
            if old.from < span.from {
                let to = old.to.min(span.from - 1);
                spans.push(Span { to, ..old.clone() });
            }
            if old.to > span.to {
                let from = old.from.max(span.to + 1);
                spans.push(Span { from, ..old });
            }
        }
        spans.push(span);
        spans.sort_by_key(|span| span.from);
        for span in spans {
            match self.spans.last_mut() {
                Some(last) if last.can_join(&span) => extend(last, &span),
                _ => self.spans.push(span),
            }
        }
    }

    /// The parts of a range that are not indexed, with what is known about them.
    #[must_use]
    pub fn missing(&self, from: u32, to: u32) -> Vec<(u32, u32, SpanState)> {
        let mut missing: Vec<(u32, u32, SpanState)> = Vec::new();
        let mut add = |from: u32, to: u32, state: SpanState| {
            if from <= to {
                missing.push((from, to, state));
            }
        };
        let mut next = u64::from(from);
        for span in self.spans.iter().filter(|span| span.to >= from && span.from <= to) {
            let start = span.from.max(from);
            if u64::from(start) > next {
                let next = u32::try_from(next).unwrap_or(u32::MAX);
                add(next, start - 1, SpanState::NotWatched);
            }
            if !matches!(span.state, SpanState::Indexed { .. }) {
                add(start, span.to.min(to), span.state.clone());
            }
            next = u64::from(span.to) + 1;
        }
        if let Ok(next) = u32::try_from(next) {
            add(next, to, SpanState::NotWatched);
        }
        missing
    }
}

fn extend(last: &mut Span, next: &Span) {
    last.to = next.to;
    if let Some(state) = joined(&last.state, &next.state) {
        last.state = state;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(from: u32, to: u32, state: SpanState) -> Span {
        Span { from, to, state, decoder_version: 1, source: Source::Ledgers }
    }

    fn indexed() -> SpanState {
        SpanState::Indexed { fidelity: Some(Fidelity::Measured) }
    }

    fn state() -> impl Strategy<Value = SpanState> {
        prop_oneof![
            Just(SpanState::Pending),
            Just(indexed()),
            Just(SpanState::BeyondRetention),
            Just(SpanState::Failed { reason: "x".to_owned() }),
        ]
    }

    #[test]
    fn what_was_never_watched_is_not_a_zero() {
        let mut coverage = Coverage::default();
        coverage.set(span(60_000_010, 60_000_020, indexed()));
        assert_eq!(coverage.at(60_000_009), SpanState::NotWatched);
        assert_eq!(coverage.at(60_000_010), indexed());
        assert_eq!(
            coverage.missing(60_000_005, 60_000_022),
            [
                (60_000_005, 60_000_009, SpanState::NotWatched),
                (60_000_021, 60_000_022, SpanState::NotWatched),
            ]
        );
    }

    #[test]
    fn ledgers_without_calls_join_their_neighbours() {
        let mut coverage = Coverage::default();
        let quiet = SpanState::Indexed { fidelity: None };
        for ledger in 1..=100 {
            let state = if ledger % 2 == 0 { indexed() } else { quiet.clone() };
            coverage.set(span(ledger, ledger, state));
        }
        assert_eq!(coverage.spans(), [span(1, 100, indexed())]);
        let declared = SpanState::Indexed { fidelity: Some(Fidelity::Declared) };
        coverage.set(span(101, 101, declared));
        assert_eq!(coverage.spans().len(), 2, "fidelities are not mixed");
    }

    proptest! {
        #[test]
        fn spans_answer_as_a_table_of_ledgers_does(
            changes in prop::collection::vec((0_u32..60, 0_u32..20, state()), 0..40)
        ) {
            let mut coverage = Coverage::default();
            let mut table = vec![SpanState::NotWatched; 100];
            for (from, length, state) in changes {
                coverage.set(span(from, from + length, state.clone()));
                table[from as usize..=(from + length) as usize].fill(state);
            }
            let missing = coverage.missing(0, 99);
            for (ledger, expected) in (0_u32..).zip(&table) {
                prop_assert_eq!(&coverage.at(ledger), expected);
                let listed = missing.iter().find(|(from, to, _)| (*from..=*to).contains(&ledger));
                prop_assert_eq!(listed.is_none(), *expected == indexed());
            }
            for pair in coverage.spans().windows(2) {
                prop_assert!(pair[0].to < pair[1].from);
                prop_assert!(!pair[0].can_join(&pair[1]), "not joined: {:?}", pair);
            }
        }
    }
}
