//! alerting.

use lumenscope_interfaces::alerting::{
    GuardOverride, PolicyLevel, RuleOperator, RuleSpec, RuleTarget, Severity,
};
use lumenscope_rules::slot::closed_through;
use soroban_sdk::{Address, BytesN, Env, IntoVal, Val, Vec as SdkVec, vec};

use super::super::watched;
use super::super::world::HOUR_S;
use super::cast::{Cast, METRIC};
use super::{Asked, Call, acts, reads};

const CONTRACT: &str = "alerting";

pub const CALLS: [Call; 28] = [
    acts("create_alert_rule", "on a contract", |cast| {
        let contract = cast.who("contract");
        cast.name(move |who| alert_rule(cast, who, Some(contract.clone())))
    }),
    acts("create_alert_rule", "on all contracts of its author", |cast| {
        cast.name(|who| alert_rule(cast, who, None))
    }),
    acts("create_rule", "on a contract", |cast| {
        let spec = spec(cast);
        cast.name(move |who| (who, spec.clone()))
    }),
    acts("create_rule", "on all contracts of its author", |cast| {
        let spec = RuleSpec { contract: None, ..spec(cast) };
        cast.name(move |who| (who, spec.clone()))
    }),
    acts("update_rule", "", |cast| {
        let rule = ruled(cast);
        let spec = RuleSpec { threshold: 7, ..spec(cast) };
        cast.name(move |who| (who, rule.clone(), spec.clone()))
    }),
    acts("set_rule_paused", "", |cast| {
        let rule = ruled(cast);
        cast.name(move |who| (who, rule.clone(), true))
    }),
    acts("delete_rule", "", |cast| {
        let rule = ruled(cast);
        cast.name(move |who| (who, rule.clone()))
    }),
    acts("set_operator", "", |cast| cast.name(|who| (who, cast.who("newcomer"), true))),
    acts("create_policy", "", |cast| cast.name(|who| policy(cast, who))),
    acts("evaluate", "of a rule on one function", |cast| {
        let target = cast.fired();
        cast.record(watched::QUIET);
        cast.world.advance(watched::CLOSES_S);
        evaluate(cast, target)
    }),
    acts("evaluate", "the first of a rule on all functions", |cast| {
        let spec = RuleSpec { function: None, ..spec(cast) };
        let rule = watched::create(&cast.world, cast.role("owner"), &spec);
        cast.record(watched::LOUD);
        cast.world.advance(watched::CLOSES_S);
        let stream = cast.stream();
        evaluate(cast, RuleTarget { rule, stream })
    }),
    acts("acknowledge", "", put_off),
    acts("snooze", "", put_off),
    acts("resolve", "", |cast| {
        let target = handled(cast);
        let note = cast.world.text("expected");
        cast.name(move |who| (who, target.clone(), 1_u32, note.clone()))
    }),
    acts("configure_guard", "", |cast| {
        cast.name(|who| (who, cast.who("contract"), Severity::Critical, 600_u32, true, 3_600_u32))
    }),
    acts("override_guard", "", |cast| {
        let until_s = cast.world.now_s() + HOUR_S;
        cast.name(move |who| (who, cast.who("contract"), GuardOverride::Open, until_s))
    }),
    acts("set_monitor", "", |cast| cast.ask((cast.who("newcomer"),))),
    reads("operators", "", |cast| cast.ask((cast.who("owner"),))),
    reads("rule", "", |cast| cast.ask((ruled(cast),))),
    reads("rules_on", "", |cast| cast.ask((cast.who("contract"),))),
    reads("policy", "", |cast| {
        let args = policy(cast, cast.who("owner"));
        let policy: BytesN<32> = cast.get("owner", CONTRACT, "create_policy", args);
        cast.ask((policy,))
    }),
    reads("closed_slot", "", |cast| cast.ask(())),
    reads("is_firing", "", |cast| cast.ask((cast.who("contract"), Severity::Low))),
    reads("guard", "", |cast| cast.ask((cast.who("contract"),))),
    reads("summary", "", |cast| cast.ask((cast.who("contract"),))),
    reads("active_alerts", "", |cast| {
        cast.fired();
        cast.ask((cast.who("contract"), 0_u32, 5_u32))
    }),
    reads("alert", "", |cast| cast.ask((cast.fired(),))),
    reads("monitor", "", |cast| cast.ask(())),
];

fn spec(cast: &Cast) -> RuleSpec {
    RuleSpec { contract: Some(cast.who("contract")), ..watched::spec(&cast.world) }
}

fn alert_rule(
    cast: &Cast,
    who: Address,
    contract: Option<Address>,
) -> impl IntoVal<Env, SdkVec<Val>> + use<> {
    let (name, metric) = (cast.world.text("too high"), cast.world.symbol(METRIC));
    let (above, threshold, severity) = (RuleOperator::Gt, 5_i128, Severity::High);
    (who, name, contract, metric, above, threshold, 60_u32, 1_u32, severity, 0_u32)
}

fn policy(cast: &Cast, owner: Address) -> impl IntoVal<Env, SdkVec<Val>> + use<> {
    let e = &cast.world.e;
    let channels = vec![e, BytesN::from_array(e, &[5; 32])];
    let level = PolicyLevel { delay_s: 0, repeat_s: 300, repeats: 3, channels };
    (owner, cast.world.text("on call"), vec![e, level])
}

/// The owner's rule; the owner lets an operator handle its alerts.
fn ruled(cast: &Cast) -> BytesN<32> {
    allow(cast);
    cast.ruled().rule
}

fn allow(cast: &Cast) {
    let args = (cast.who("owner"), cast.who("owner's operator"), true);
    cast.must("owner", CONTRACT, "set_operator", args);
}

fn evaluate(cast: &Cast, target: RuleTarget) -> Asked<'_> {
    let through = closed_through(cast.world.now_s());
    cast.name(move |who| (who, vec![&cast.world.e, target.clone()], through))
}

/// The owner's alert, which fires.
fn handled(cast: &Cast) -> RuleTarget {
    allow(cast);
    cast.fired()
}

fn put_off(cast: &Cast) -> Asked<'_> {
    let target = handled(cast);
    let until_s = cast.world.now_s() + HOUR_S;
    cast.name(move |who| (who, target.clone(), 1_u32, until_s))
}
