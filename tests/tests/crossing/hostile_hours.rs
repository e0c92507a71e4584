//! Rules over hours, with everything against them: least retention, silence, a history that lies.

use lumenscope_bucket::fixed;
use lumenscope_interfaces::alerting::{
    AlertingError, Evaluation, NoDataPolicy, Outcome, RuleOperator, RuleSpec, RuleStatistic,
    RuleTarget, Severity,
};
use lumenscope_rules::codec::decode;
use lumenscope_rules::{Phase, State};
use soroban_sdk::{Bytes, Env, Val, contract, contractimpl, vec};

use super::inline::{create, record, spec, watched};
use super::world::{HOUR_S, World, refused};

const FUNCTION: &str = "swap";
const METRIC: &str = "amount";
const FLUSHED_AFTER_S: u64 = 400;

fn long(world: &World, hours: u32, threshold: i128) -> RuleSpec {
    RuleSpec {
        statistic: RuleStatistic::Sum,
        operator: RuleOperator::Gt,
        threshold,
        window_s: hours * 3_600,
        no_data: NoDataPolicy::Normal,
        ..spec(world)
    }
}

fn target(world: &World, hours: u32, threshold: i128) -> RuleTarget {
    let rule = create(world, long(world, hours, threshold));
    RuleTarget { rule, stream: world.stream(FUNCTION) }
}

fn evaluate(world: &World, target: &RuleTarget) -> Evaluation {
    let slot = world.alerting().closed_slot();
    let args = (world.admin.clone(), vec![&world.e, target.clone()], slot);
    let answers: soroban_sdk::Vec<u64> =
        world.call(&world.admin, &world.alerting, "evaluate", args, &[]).expect("evaluated");
    Evaluation::unpacked(answers.get_unchecked(0)).expect("an evaluation")
}

fn state(world: &World, target: &RuleTarget) -> Option<State> {
    let alert = world.alerting().alert(target)?;
    Some(decode(&alert.state.to_array()).expect("a state"))
}

fn known(world: &World, target: &RuleTarget) -> (Phase, u32) {
    state(world, target).map_or((Phase::Inactive, 0), |state| (state.phase, state.episode))
}

fn to_hour(world: &World, after_s: u64) {
    let now_s = world.now_s();
    world.advance((now_s / HOUR_S + 1) * HOUR_S + after_s - now_s);
}

fn sum(w: &World, hours: u32) -> i128 {
    let now_hour = u32::try_from(w.now_s() / HOUR_S).expect("fits");
    let stream = w.stream(FUNCTION);
    let packed = w.monitor().window(&stream, &w.symbol(METRIC), &(now_hour - hours), &now_hour);
    let mut bytes = [0; fixed::BYTES];
    packed.copy_into_slice(&mut bytes);
    fixed::decode(&bytes).sum
}

/// Hours, flushed one by one; days are made each day.
fn pass(w: &World, hours: u32) {
    for _ in 0..hours {
        record(w, 1);
        to_hour(w, FLUSHED_AFTER_S);
        w.flush(FUNCTION).expect("flushed");
        let args = (w.stranger.clone(), vec![&w.e, w.stream(FUNCTION)]);
        w.must(&w.stranger, &w.history, "compact", args);
    }
}

#[test]
fn two_days_are_whole_with_the_least_retention_of_hours() {
    let w = watched();
    pass(&w, 1);
    let args = (w.stream(FUNCTION), 2_u32, 0_u32, 0_u32, None::<bool>);
    w.must(&w.owner, &w.history, "set_retention", args);
    pass(&w, 24 * 4);
    let mut wrong = Vec::new();
    for _ in 0..24 {
        pass(&w, 1);
        for hours in [24, 25, 26, 36, 48] {
            let sum = sum(&w, hours);
            // Of more than a day, from the beginning of the first one.
            let end = w.now_s() / HOUR_S;
            let more = if hours > 24 { (end - u64::from(hours)) % 24 } else { 0 };
            if sum != i128::from(hours) + i128::from(more) {
                wrong.push((end % 24, hours, sum));
            }
        }
    }
    assert!(wrong.is_empty(), "hour of day, hours, found: {wrong:?}");
}

#[contract]
struct Short;

#[contractimpl]
impl Short {
    pub fn window(e: Env, _s: Val, _m: Val, _f: u32, _t: u32) -> Bytes {
        Bytes::from_slice(&e, &[1, 2, 3])
    }
}

#[test]
fn history_of_another_length_is_a_source_that_failed() {
    let w = watched();
    let target = target(&w, 1, 1_000);
    record(&w, 1);
    to_hour(&w, FLUSHED_AFTER_S);
    w.flush(FUNCTION).expect("flushed");
    evaluate(&w, &target);
    to_hour(&w, FLUSHED_AFTER_S);
    let short = w.e.register(Short, ());
    w.must(&w.admin, &w.monitor, "set_analytics", (short,));
    assert_eq!(evaluate(&w, &target).outcome, Outcome::SourceFailed);
}

/// The guard's age of what is stale is the owner's choice, up to a week.
/// 22 hours: the most that the guard takes.
const STALE_AFTER_MAX_S: u32 = 79_200;

fn fires_after_quiet_hours(stale_after_s: u32, quiet: u32) -> (Phase, u32) {
    let w = watched();
    let guard = (w.owner.clone(), w.pool.clone(), Severity::High, stale_after_s, false, 3_600_u32);
    w.must(&w.owner, &w.alerting, "configure_guard", guard);
    let target = target(&w, 1, 1_000);
    for hour in 0..quiet + 30 {
        record(&w, if hour == quiet { 5_000 } else { 1 });
        to_hour(&w, FLUSHED_AFTER_S);
        w.flush(FUNCTION).expect("flushed");
        for _ in 0..4 {
            evaluate(&w, &target);
        }
    }
    known(&w, &target)
}

#[test]
fn an_alert_of_hours_goes_on_after_quiet_hours_whatever_counts_as_stale() {
    for stale_after_s in [300, 3 * 3_600, STALE_AFTER_MAX_S] {
        assert_eq!(fires_after_quiet_hours(stale_after_s, 20), (Phase::Inactive, 1));
    }
    let w = watched();
    let longer = STALE_AFTER_MAX_S + 1;
    let guard = (w.owner.clone(), w.pool.clone(), Severity::High, longer, false, 3_600_u32);
    let refusal =
        w.call::<()>(&w.owner, &w.alerting, "configure_guard", guard, &[]).expect_err("too long");
    assert_eq!(refusal, refused(AlertingError::GuardInvalid as u32));
}
