//! Rules that a stream steps while it records: as alerting has them, and to the same end.

use lumenscope_interfaces::alerting::{
    NoDataPolicy, RuleCondition, RuleOperator, RuleSpec, RuleStatistic, RuleTarget,
};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{InlineState, MonitorError};
use lumenscope_rules::codec::decode;
use lumenscope_rules::{Inline, Ladder, MinuteSlot, Phase, Rule, slot};
use proptest::prelude::*;
use soroban_sdk::{BytesN, Error, vec};

use super::watched::{self, FUNCTION, LIMIT, LOUD, METRIC, QUIET};
use super::world::{START_S, World, refused};

/// Averages; a minute without samples is a usual one.
pub fn spec(world: &World) -> RuleSpec {
    let (statistic, no_data) = (RuleStatistic::Average, NoDataPolicy::Normal);
    RuleSpec { statistic, no_data, ..watched::spec(world) }
}

pub fn create(world: &World, spec: RuleSpec) -> BytesN<32> {
    watched::create(world, &world.owner, &spec)
}

fn set(world: &World, stream: StreamKey, rules: &[&BytesN<32>]) -> Result<(), Error> {
    let mut ids = vec![&world.e];
    rules.iter().for_each(|rule| ids.push_back((*rule).clone()));
    let args = (stream, world.alerting.clone(), ids);
    world.call(&world.owner, &world.monitor, "set_inline_rules", args, &[])
}

/// A world with a watched stream.
pub fn watched() -> World {
    let world = World::new();
    world.e.cost_estimate().budget().reset_unlimited();
    assert_eq!(world.open(FUNCTION, &[METRIC, "other"]), Ok(()));
    world
}

pub fn record(world: &World, value: i128) {
    let samples = vec![&world.e, (world.symbol(METRIC), value)];
    let args = (world.stream(FUNCTION), samples);
    world.must(&world.pool, &world.monitor, "record_samples", args);
}

fn states(world: &World) -> Vec<InlineState> {
    let numbers = world.monitor().inline_rules(&world.stream(FUNCTION));
    numbers.iter().map(|number| InlineState::unpacked(number).expect("a state")).collect()
}

fn firing(world: &World) -> Vec<bool> {
    states(world).iter().map(InlineState::is_firing).collect()
}

/// Phase and episode.
fn evaluated(world: &World, target: &RuleTarget) -> (Phase, u32) {
    let slot = world.alerting().closed_slot();
    let args = (world.admin.clone(), vec![&world.e, target.clone()], slot);
    world.must(&world.admin, &world.alerting, "evaluate", args);
    let Some(alert) = world.alerting().alert(target) else { return (Phase::Inactive, 0) };
    let state = decode(&alert.state.to_array()).expect("a state");
    (state.phase, state.episode)
}

#[test]
fn a_stream_knows_at_the_next_minute_and_no_keeper_has_to_come() {
    let world = watched();
    let rule = create(&world, spec(&world));
    assert_eq!(set(&world, world.stream(FUNCTION), &[&rule]), Ok(()));
    record(&world, LOUD);
    assert_eq!(firing(&world), [false], "the minute is open");
    // The minute is over and reports of it can no longer come.
    world.advance(90);
    assert_eq!(firing(&world), [true], "before anybody records");
    record(&world, QUIET);
    assert_eq!(firing(&world), [true]);
    // A day of silence: no data is normal here.
    world.advance(86_400);
    assert_eq!(firing(&world), [false]);
    record(&world, LOUD);
    world.advance(90);
    assert_eq!(states(&world)[0].episode, 2);
}

#[test]
fn what_passed_in_hours_without_a_keeper_is_not_missed() {
    let world = watched();
    let steady = RuleSpec { no_data: NoDataPolicy::KeepLast, ..spec(&world) };
    let rule = create(&world, steady);
    assert_eq!(set(&world, world.stream(FUNCTION), &[&rule]), Ok(()));
    for value in [LOUD, QUIET, LOUD, QUIET, LOUD] {
        record(&world, value);
        world.advance(20 * 60);
    }
    assert_eq!(firing(&world), [true]);
    assert_eq!(states(&world)[0].episode, 3, "each of them was an episode");
}

#[test]
fn a_rule_that_the_stream_cannot_step_is_refused_and_nothing_changes() {
    let world = watched();
    let fits = create(&world, spec(&world));
    let absence = RuleSpec { condition: RuleCondition::Absence, window_s: 600, ..spec(&world) };
    let absence = create(&world, absence);
    let of_hours = create(&world, RuleSpec { window_s: 3_600, ..spec(&world) });
    assert_eq!(world.open("pay", &[METRIC]), Ok(()));
    let elsewhere = RuleSpec { function: Some(world.symbol("pay")), ..spec(&world) };
    let elsewhere = create(&world, elsewhere);
    // The rule covers the stream that watches no such metric.
    assert_eq!(world.open("plain", &["premium"]), Ok(()));
    let everywhere = RuleSpec { function: None, ..spec(&world) };
    let everywhere = create(&world, everywhere);
    let nobodys = BytesN::from_array(&world.e, &[9; 32]);
    let stream = world.stream(FUNCTION);
    let before = world.monitor().hot(&stream);
    for (rule, what) in [
        (&absence, "absence"),
        (&of_hours, "of hours"),
        (&elsewhere, "elsewhere"),
        (&nobodys, "nobody's"),
    ] {
        let unfit = Err(refused(MonitorError::RuleUnfit as u32));
        assert_eq!(set(&world, stream.clone(), &[&fits, rule]), unfit, "{what}");
    }
    let unfit = Err(refused(MonitorError::RuleUnfit as u32));
    assert_eq!(set(&world, world.stream("plain"), &[&everywhere]), unfit);
    let many = Err(refused(MonitorError::TooMany as u32));
    assert_eq!(set(&world, stream.clone(), &[&fits, &fits, &fits]), many);
    let unknown = Err(refused(MonitorError::StreamUnknown as u32));
    assert_eq!(set(&world, world.stream("nowhere"), &[&fits]), unknown);
    let args = (stream.clone(), world.alerting.clone(), vec![&world.e, fits.clone()]);
    let by_stranger =
        world.call::<()>(&world.stranger, &world.monitor, "set_inline_rules", args, &[]);
    assert_eq!(by_stranger, Err(super::world::UNAUTHORISED));
    assert_eq!(world.monitor().hot(&stream), before);
    assert_eq!(set(&world, stream, &[&fits, &everywhere]), Ok(()));
    assert_eq!(states(&world).len(), 2);
}

#[test]
fn rules_go_on_when_they_are_set_again_or_the_stream_changes_and_leave_with_their_metric() {
    let world = watched();
    let first = create(&world, spec(&world));
    let second = create(&world, RuleSpec { window_s: 300, ..spec(&world) });
    let stream = || world.stream(FUNCTION);
    assert_eq!(set(&world, stream(), &[&first]), Ok(()));
    record(&world, LOUD);
    world.advance(90);
    assert_eq!(set(&world, stream(), &[&second, &first]), Ok(()));
    assert_eq!(firing(&world), [false, true], "one begins now, one goes on");
    // Metrics change places.
    assert_eq!(world.open(FUNCTION, &["new", METRIC, "other"]), Ok(()));
    assert_eq!(firing(&world), [false, true]);
    record(&world, QUIET);
    world.advance(90);
    record(&world, LOUD);
    world.advance(90);
    assert_eq!(firing(&world), [true, true]);
    // A rule of other words begins anew.
    let args = (world.owner.clone(), first.clone(), RuleSpec { threshold: 7, ..spec(&world) });
    world.must(&world.owner, &world.alerting, "update_rule", args);
    assert_eq!(set(&world, stream(), &[&first]), Ok(()));
    assert_eq!(firing(&world), [false]);
    // The metric goes, once its hours are in history.
    assert_eq!(set(&world, stream(), &[&second]), Ok(()));
    world.advance(2 * 3_600);
    assert_eq!(world.flush(FUNCTION), Ok(1));
    assert_eq!(world.open(FUNCTION, &["new", "other"]), Ok(()));
    assert!(states(&world).is_empty());
    assert_eq!(world.open(FUNCTION, &["new", "other", METRIC]), Ok(()));
    assert_eq!(set(&world, stream(), &[&second]), Ok(()));
    assert_eq!(states(&world).len(), 1);
    assert_eq!(set(&world, stream(), &[]), Ok(()));
    assert!(states(&world).is_empty());
}

proptest! {
    // Each history is about a hundred calls through the host.
    #![proptest_config(ProptestConfig {
        cases: 24, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn contract_stream_and_pure_rule_come_to_the_same(
        minutes in prop::collection::vec(prop::option::weighted(0.7, prop::bool::ANY), 20),
        window in 1_u32..6,
        for_s in prop::sample::select(std::vec![0_u32, 60, 180]),
        keep_firing_for_s in prop::sample::select(std::vec![0_u32, 120]),
        (statistic, operator, threshold) in prop::sample::select(std::vec![
            (RuleStatistic::Average, RuleOperator::Gt, LIMIT),
            (RuleStatistic::Sum, RuleOperator::Gte, LOUD + 1),
            (RuleStatistic::Count, RuleOperator::Lt, 2),
            (RuleStatistic::Minimum, RuleOperator::OutsideBand, 0),
            (RuleStatistic::PerSecond, RuleOperator::Ne, 16),
        ]),
        no_data in prop::sample::select(std::vec![
            NoDataPolicy::Alert, NoDataPolicy::Normal, NoDataPolicy::NoData, NoDataPolicy::KeepLast,
        ]),
    ) {
        let world = watched();
        let spec = RuleSpec {
            statistic, operator, threshold, window_s: 60 * window, for_s, keep_firing_for_s, no_data,
            ..spec(&world)
        };
        let rule = create(&world, spec.clone());
        prop_assert_eq!(set(&world, world.stream(FUNCTION), &[&rule]), Ok(()));
        let target = RuleTarget { rule, stream: world.stream(FUNCTION) };
        let begun = slot::slot_of(START_S);
        let mut pure = Inline::of(&machine(&spec, begun)).expect("a threshold");
        let mut kept: Vec<MinuteSlot> = Vec::new();
        for (minute, value) in (begun..).zip(minutes) {
            if let Some(loud) = value {
                let value = if loud { LOUD } else { QUIET };
                record(&world, value);
                let (value, sum) = (value as i64, value);
                kept.push(MinuteSlot { minute, count: 1, sum, min: value, max: value, last: value });
            }
            world.advance(60);
            let closed = slot::closed_through(world.now_s());
            pure.advance(kept.last().map_or(0, |slot| slot.minute), closed, |first, last| {
                total(&kept, first, last)
            });
            let expected = (Phase::from_code(pure.phase as u8).expect("a phase"), pure.episode);
            let inline = states(&world)[0];
            prop_assert_eq!((inline.phase, inline.episode), expected);
            prop_assert_eq!(evaluated(&world, &target), expected);
        }
    }
}

/// The rule as the pure crate has it.
fn machine(spec: &RuleSpec, active_from: u32) -> Rule {
    use lumenscope_rules::{self as rules, Compare, Condition};
    Rule {
        condition: Condition::Threshold(Compare {
            statistic: rules::Statistic::from_code(spec.statistic as u8).expect("a statistic"),
            operator: rules::Operator::from_code(spec.operator as u8).expect("an operator"),
            threshold: spec.threshold,
            threshold_high: spec.threshold_high,
            window_slots: spec.window_s / 60,
        }),
        min_points: spec.min_points,
        for_s: spec.for_s,
        keep_firing_for_s: spec.keep_firing_for_s,
        severity: rules::Severity::High,
        cooldown_s: spec.cooldown_s,
        no_data: rules::NoData::from_code(spec.no_data as u8).expect("a policy"),
        ladder: Ladder::EMPTY,
        active_from,
    }
}

fn total(kept: &[MinuteSlot], first: u32, last: u32) -> MinuteSlot {
    let none = MinuteSlot { min: i64::MAX, max: i64::MIN, ..MinuteSlot::default() };
    let within = kept.iter().filter(|slot| (first..=last).contains(&slot.minute));
    within.fold(none, |total, slot| MinuteSlot {
        minute: 0,
        count: total.count + slot.count,
        sum: total.sum + slot.sum,
        min: total.min.min(slot.min),
        max: total.max.max(slot.max),
        last: slot.last,
    })
}
