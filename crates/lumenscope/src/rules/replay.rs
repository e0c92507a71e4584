//! A rule, stepped through past slots by the state machine that alerting runs. Pure.

use lumenscope_rules::{OutOfOrder, Reading, Rule, Slot, State, Transition, step};

use super::history::Run;

/// What a rule would have done.
#[derive(Clone, Debug)]
pub struct Replay {
    /// Oldest first.
    pub transitions: Vec<Transition>,
    /// Where it stands after the last slot.
    pub state: State,
    /// Slots that were stepped.
    pub slots: u32,
    /// Slots at whose end the alert was up.
    pub slots_up: u32,
    /// The most of them in a row.
    pub slots_up_longest: u32,
    /// Slots of which nothing is known.
    pub slots_unknown: u32,
    /// The smallest and the largest figure read, rounded toward zero.
    pub figures: Option<(i128, i128)>,
}

/// Steps a rule of which nothing is known through slots that follow each other, from its first on.
///
/// # Errors
/// [`OutOfOrder`] when they do not.
pub fn replay(rule: &Rule, runs: &[Run]) -> Result<Replay, OutOfOrder> {
    let mut of = Replay {
        transitions: Vec::new(),
        state: State::new(rule),
        slots: 0,
        slots_up: 0,
        slots_up_longest: 0,
        slots_unknown: 0,
        figures: None,
    };
    let mut up_now = 0;
    let mut last_data = 0;
    for run in runs {
        if let Reading::Value { figure, .. } = run.reading {
            let value = figure.rounded();
            let (least, most) = of.figures.unwrap_or((value, value));
            of.figures = Some((least.min(value), most.max(value)));
        }
        for index in run.first..=run.last {
            if run.has_samples {
                last_data = index;
            }
            let slot = Slot { index, reading: run.reading, last_data };
            let (state, transitions) = step(rule, &of.state, &slot)?;
            of.state = state;
            of.transitions.extend_from_slice(transitions.as_slice());
            of.slots += 1;
            of.slots_unknown += u32::from(run.reading == Reading::Lost);
            up_now = if state.is_firing() { up_now + 1 } else { 0 };
            of.slots_up += u32::from(state.is_firing());
            of.slots_up_longest = of.slots_up_longest.max(up_now);
        }
    }
    Ok(of)
}

#[cfg(test)]
mod tests {
    use lumenscope_bucket::Statistics;
    use lumenscope_bucket::packed::PackedBucket;
    use lumenscope_rules::rule::HOUR_SLOTS;
    use lumenscope_rules::{Kind, MinuteSlot, Ring, Transitions, advance};
    use proptest::prelude::*;

    use super::super::compile::compile;
    use super::super::history::{History, window_start};
    use super::super::spec::Spec;
    use super::super::spec::tests::spec;
    use super::*;

    /// An hour in 2027 that begins a day.
    const START: u32 = 500_040;

    fn history(values: &[Option<i64>]) -> History {
        let bucket = |(hour, value): (u32, &Option<i64>)| {
            let statistics = Statistics::of((*value)?);
            Some(PackedBucket { start_hour: START + hour, hours: 1, statistics })
        };
        History::new((0..).zip(values).filter_map(bucket).collect())
    }

    /// Tries a rule on all hours but those before its first window.
    fn tried(spec: &Spec, values: &[Option<i64>]) -> (Rule, Replay) {
        let hours = START..START + values.len() as u32;
        let rule = compile(spec, (START + 1) * HOUR_SLOTS - 1).expect("a rule");
        let runs = history(values).windows(&rule, hours, u32::MAX);
        let replay = replay(&rule, &runs).expect("in order");
        (rule, replay)
    }

    #[test]
    fn it_is_up_for_each_hour_that_follows_a_loud_one() {
        let values = [Some(5), Some(2_000), Some(3_000), Some(5), None, Some(2_000)];
        let (_, replay) = tried(&Spec { no_data: 1, ..spec() }, &values);
        assert_eq!((replay.state.fired_total, replay.slots), (2, 6 * 60));
        assert_eq!((replay.slots_up, replay.slots_up_longest), (3 * 60, 2 * 60));
        assert_eq!(replay.figures, Some((5, 3_000)));
        assert!(replay.state.is_firing());
        let slots: Vec<_> = replay.transitions.iter().map(|of| (of.kind, of.slot)).collect();
        let end = |hour: u32| (START + hour + 1) * HOUR_SLOTS - 1;
        let expected = [
            (Kind::Pending, end(1)),
            (Kind::Firing, end(1)),
            (Kind::Resolved, end(3)),
            (Kind::Pending, end(5)),
            (Kind::Firing, end(5)),
        ];
        assert_eq!(slots, expected);
    }

    #[test]
    fn durations_count_in_minutes_although_readings_are_of_hours() {
        let (_, replay) = tried(&Spec { for_s: 600, ..spec() }, &[Some(2_000)]);
        let fired = replay.transitions.iter().find(|of| of.kind == Kind::Firing).expect("fired");
        assert_eq!(fired.slot, (START + 1) * HOUR_SLOTS - 1 + 10);
    }

    #[test]
    fn a_silence_counts_from_the_end_of_the_last_hour_with_a_sample() {
        let spec = Spec { condition: 5, window_s: 900, ..spec() };
        let rule = compile(&spec, START * HOUR_SLOTS).expect("a rule");
        let values = [Some(1), None, Some(1), Some(1)];
        let runs = history(&values).presence(START..START + 4, u32::MAX);
        let replay = replay(&rule, &runs).expect("in order");
        let seen: Vec<_> = replay.transitions.iter().map(|of| (of.kind, of.slot)).collect();
        let begins = (START + 1) * HOUR_SLOTS;
        let expected = [
            (Kind::Pending, begins + 14),
            (Kind::Firing, begins + 14),
            (Kind::Resolved, begins + HOUR_SLOTS),
        ];
        assert_eq!(seen, expected);
    }

    /// What alerting does for a keeper that comes every minute.
    fn on_the_ledger(
        rule: &Rule,
        values: &[Option<i64>],
        through: u32,
    ) -> (State, Vec<Transition>) {
        let mut state = State::new(rule);
        let mut all = Vec::new();
        while state.through < through {
            let next = state.through + 1;
            let over = (next + 1) / HOUR_SLOTS;
            let first = window_start(over, rule.window_slots() / HOUR_SLOTS).max(START);
            let mut sum = Statistics::EMPTY;
            for hour in first..over {
                if let Some(Some(value)) = values.get((hour - START) as usize) {
                    sum.merge(&Statistics::of(*value));
                }
            }
            let Statistics { count, sum, min, max, last, .. } = sum;
            let total = MinuteSlot { minute: next, count, sum, min, max, last };
            let mut out = Transitions::new();
            advance(rule, &mut state, &Ring::of_history(&total), next, &mut out);
            all.extend_from_slice(out.as_slice());
        }
        (state, all)
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 64, failure_persistence: None, ..ProptestConfig::default()
        })]

        #[test]
        fn a_dry_run_over_hours_is_what_alerting_does(
            values in prop::collection::vec(prop::option::of(0..2_000_i64), 1..120),
            hours in prop_oneof![1_u32..6, 40_u32..60],
            (statistic, operator) in (0_u32..8, 0_u32..7),
            (for_s, keep_firing_for_s) in (0_u32..3, 0_u32..3),
            (no_data, min_points) in (0_u32..4, 1_u32..4),
            threshold in -100_i128..2_500,
        ) {
            let spec = Spec {
                statistic,
                operator,
                threshold,
                threshold_high: threshold + 500,
                window_s: hours * 3_600,
                for_s: for_s * 1_900,
                keep_firing_for_s: keep_firing_for_s * 2_400,
                no_data,
                min_points,
                ..spec()
            };
            let (rule, replay) = tried(&spec, &values);
            let through = (START + values.len() as u32 + 1) * HOUR_SLOTS - 2;
            let (state, transitions) = on_the_ledger(&rule, &values, through);
            prop_assert_eq!(&replay.transitions, &transitions);
            // Which minute of an hour had samples history does not tell; a threshold does not ask.
            let mut stands = replay.state;
            stands.last_data = state.last_data;
            prop_assert_eq!(stands, state);
        }
    }
}
