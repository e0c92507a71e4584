//! Rates, anomalies and patterns: what each asks, and when it says nothing.

mod support;

use lumenscope_rules::{
    Baseline, Compare, Condition, Kind, NoData, Operator, Per, Reason, Rule, Statistic, Status,
};
use support::{FIRST, World, above, above_zero};

fn rate(per: Per, threshold: i128, window_slots: u32) -> Rule {
    let compare = Compare {
        statistic: Statistic::Sum,
        operator: Operator::Gte,
        window_slots,
        ..above(threshold)
    };
    Rule { condition: Condition::Rate { compare, per }, ..above_zero() }
}

/// Records values minute by minute. Returns the minutes, from 0, in which it began to fire.
fn fires(world: &mut World, minutes: impl IntoIterator<Item = Vec<i64>>) -> Vec<usize> {
    let minutes = minutes.into_iter().enumerate();
    minutes
        .filter_map(|(minute, values)| {
            world.kinds(&values).contains(&Kind::Firing).then_some(minute)
        })
        .collect()
}

#[test]
fn a_rise_of_half_fires_from_one_window_to_the_next() {
    // A window of fewer than two samples is none.
    let mut world = World::new(Rule { min_points: 2, ..rate(Per::Base, 5_000, 2) });
    let minutes = [[10], [10], [10], [15], [15]].map(Vec::from);
    assert_eq!(fires(&mut world, minutes), [4]);
    let fired = world.trace.iter().find(|came| came.kind == Kind::Firing).unwrap();
    assert_eq!((fired.value, fired.slot), (5_000, FIRST + 4), "expected the change");
}

#[test]
fn a_change_is_measured_by_what_it_was_also_below_nought() {
    for (before, after, basis_points) in [
        (100, 150, 5_000),
        (100, 50, -5_000),
        (-100, -50, 5_000),
        (-100, 100, 20_000),
        (3, 4, 3_333),
    ] {
        let mut world = World::new(rate(Per::Base, 1 << 80, 1));
        world.minute(&[before]);
        world.minute(&[after]);
        assert_eq!(world.state.value, basis_points, "{before} to {after}");
    }
    // Of large figures the change is told to 32 bits.
    let mut world = World::new(rate(Per::Base, 1 << 80, 1));
    world.minute(&[1 << 42]);
    world.minute(&[(1 << 42) + (1 << 41)]);
    assert_eq!(world.state.value, 5_000);
}

#[test]
fn a_change_a_second_is_told_in_thousandths() {
    let mut world = World::new(rate(Per::Second, 100, 1));
    world.minute(&[0]);
    assert_eq!(world.kinds(&[6]), [Kind::Pending, Kind::Firing]);
    assert_eq!(world.state.value, 100);
    assert_eq!(world.kinds(&[11]), [Kind::Resolved]);
    assert_eq!(world.state.value, 83);
}

#[test]
fn there_is_no_change_without_a_window_before() {
    let rule = Rule { no_data: NoData::NoData, ..rate(Per::Base, 1, 1) };
    let mut world = World::new(rule);
    world.minute(&[5]);
    assert_eq!(world.state.status(), Status::NoData, "nothing before");
    world.minute(&[10]);
    assert_eq!(world.state.status(), Status::Firing);
    world.minute(&[]);
    assert_eq!(world.state.status(), Status::NoData);
    world.minute(&[10]);
    assert_eq!(world.state.status(), Status::NoData, "the window before is empty");
    world.minute(&[0]);
    world.minute(&[7]);
    let came = world.trace.last().unwrap();
    assert_eq!((came.kind, came.reason), (Kind::DataLost, Reason::NoBase), "a share of 0");
    // In thousandths a second there is one.
    let mut world = World::new(Rule { no_data: NoData::NoData, ..rate(Per::Second, 1, 1) });
    world.minute(&[0]);
    assert_eq!(world.kinds(&[7]), [Kind::DataReturned, Kind::Pending, Kind::Firing]);
}

fn anomaly(quiet_slots: u32) -> Rule {
    let compare = Compare { statistic: Statistic::Average, ..above(400) };
    let baseline = Baseline { smoothing: 4, warm_up: 15, quiet_slots };
    Rule { condition: Condition::Anomaly { compare, baseline }, ..above_zero() }
}

/// Around 100.
fn usual(minutes: usize) -> Vec<Vec<i64>> {
    (0..minutes as i64).map(|number| vec![95 + number * 7 % 11]).collect()
}

#[test]
fn what_is_unusual_fires_and_what_is_usual_resolves_it() {
    let mut world = World::new(anomaly(0));
    let mut minutes = usual(30);
    minutes[29] = vec![500];
    minutes.extend(usual(5));
    assert_eq!(fires(&mut world, minutes), [29]);
    assert_eq!(world.state.status(), Status::Inactive);
    // Before enough is learned, nothing fires.
    let mut world = World::new(anomaly(0));
    let mut minutes = usual(14);
    minutes[13] = vec![5_000];
    assert_eq!(fires(&mut world, minutes), Vec::<usize>::new());
}

#[test]
fn after_an_anomaly_none_begins_for_the_quiet_time() {
    let spikes = |quiet| {
        let mut world = World::new(anomaly(quiet));
        let mut minutes = usual(80);
        for at in [30, 55, 76] {
            minutes[at] = vec![3_000];
        }
        fires(&mut world, minutes)
    };
    assert_eq!(spikes(0), [30, 55, 76]);
    // From the end of the first, minute 31, on; then from that of the second.
    assert_eq!(spikes(24), [30, 76]);
    assert_eq!(spikes(23), [30, 55]);
}

#[test]
fn what_was_learned_of_one_figure_is_forgotten_with_it() {
    let mut world = World::new(anomaly(0));
    fires(&mut world, usual(30));
    assert_eq!(world.state.seen, 30);
    let Condition::Anomaly { compare, baseline } = world.rule.condition else { unreachable!() };
    let compare = Compare { statistic: Statistic::Count, ..compare };
    world.rule.condition = Condition::Anomaly { compare, baseline };
    assert_eq!(fires(&mut world, usual(1)), Vec::<usize>::new());
    assert_eq!(world.state.seen, 1);
    // A threshold in between leaves what was learned alone.
    let learned = world.state;
    world.rule.condition = Condition::Threshold(above(1_000));
    fires(&mut world, usual(3));
    assert_eq!((world.state.memory, world.state.seen), (learned.memory, 1));
}

fn pattern(at_least: u32, of_slots: u32) -> Rule {
    Rule { condition: Condition::Pattern { compare: above(0), at_least, of_slots }, ..above_zero() }
}

#[test]
fn a_pattern_fires_in_the_slot_that_completes_it_and_ends_as_slots_pass() {
    let mut world = World::new(pattern(3, 5));
    let minutes = [1, 0, 1, 0, 1, 0, 0, 0].map(|value| vec![value]);
    assert_eq!(fires(&mut world, minutes), [4]);
    let resolved = world.trace.iter().find(|came| came.kind == Kind::Resolved).unwrap();
    assert_eq!(resolved.slot, FIRST + 5, "the first has passed");
    let minutes = [1, 0, 0, 1, 0, 1, 0, 0].map(|value| vec![value]);
    assert_eq!(fires(&mut World::new(pattern(3, 5)), minutes), Vec::<usize>::new());
}

#[test]
fn a_minute_without_data_is_not_met_and_ends_no_pattern_by_itself() {
    let mut world = World::new(pattern(2, 4));
    for values in [&[1][..], &[1]] {
        world.minute(values);
    }
    assert!(world.state.is_firing());
    for _ in 0..10 {
        world.minute(&[]);
    }
    assert!(world.state.is_firing(), "nothing resolves for want of data");
    world.minute(&[0]);
    assert!(!world.state.is_firing(), "of the last four none was met");
}

#[test]
fn years_without_anyone_are_passed_in_few_steps() {
    for rule in [pattern(3, 60), anomaly(5), rate(Per::Base, 1, 5)] {
        for no_data in NoData::ALL {
            let mut world = World::new(Rule { no_data: *no_data, ..rule });
            for number in 0..70 {
                world.minute(&[number % 2]);
            }
            // Ten years: stepped one by one they would take minutes.
            world.evaluate_through(FIRST + 5_256_000);
            assert_eq!(world.state.through, FIRST + 5_256_000);
        }
    }
}
