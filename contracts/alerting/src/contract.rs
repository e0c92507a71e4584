//! The entry points. What each does, refuses and asks for is said once, at the trait that callers
//! see: [`lumenscope_interfaces::alerting::Alerting`]. It is not implemented by name, because what
//! is only passed on has a type of its own here; the tests call through its client.

use lumenscope_interfaces::alerting::{self as interface, GuardVerdict, Severity};
use lumenscope_interfaces::governance::{self, Administration, Governance, Role, Schema};
use lumenscope_rules::slot::closed_through;
use soroban_sdk::{
    Address, BytesN, Env, Map, String, Val, Vec, contract, contractimpl, symbol_short,
};

use crate::events::alerting_changed;
use crate::handling::{Kind, act};
use crate::raw::{self, Raw, list, typed};
use crate::rules::{Spec, THRESHOLDS};
use crate::storage::{ALERT, OPERATORS, POLICY, RULE, RULES, SUMMARY};
use crate::target::Target;
use crate::{batch, guard, policies, registry, storage, summary};

// Types that are checked and read where they matter, and passed on as they are.
type AlertSummary = Raw<interface::AlertSummary>;
type AlertView = Raw<interface::AlertView>;
type GuardOverride = Raw<interface::GuardOverride>;
type PolicyLevel = Raw<interface::PolicyLevel>;
type PolicyView = Raw<interface::PolicyView>;
type RuleOperator = Raw<interface::RuleOperator>;
type RuleSpec = Raw<interface::RuleSpec>;
type RuleTarget = Raw<interface::RuleTarget>;
type RuleView = Raw<interface::RuleView>;

/// The alerting contract.
#[contract]
pub struct AlertingContract;

#[contractimpl]
impl AlertingContract {
    /// `admin` administers; samples are read from `monitor`; upgrades wait `upgrade_delay_s`
    /// seconds.
    pub fn __constructor(e: &Env, admin: Address, monitor: Address, upgrade_delay_s: u64) {
        governance::construct::<Self>(e, &admin, upgrade_delay_s);
        storage::set_monitor(e, &monitor);
    }
}

impl Schema for AlertingContract {
    const VERSION: u32 = 1;
}

#[contractimpl(contracttrait)]
impl Governance for AlertingContract {}

#[contractimpl]
#[allow(clippy::too_many_arguments)]
impl AlertingContract {
    pub fn create_alert_rule(
        e: Env,
        admin: Address,
        name: raw::String,
        contract: Option<raw::Address>,
        metric: raw::Symbol,
        operator: RuleOperator,
        threshold: raw::i128,
        window_s: raw::u32,
        min_points: raw::u32,
        severity: raw::Severity,
        cooldown_s: raw::u32,
    ) -> BytesN<32> {
        let no_number = Val::from_u32(0).to_val();
        let nothing = Val::VOID.to_val();
        let no_labels = Map::<Val, Val>::new(&e).to_val();
        let spec = Spec([
            no_labels,
            Val::from_u32(THRESHOLDS).to_val(),
            contract.map_or(nothing, |contract| contract.0),
            cooldown_s.0,
            no_number,
            nothing,
            no_number,
            no_labels,
            metric.0,
            min_points.0,
            name.0,
            Val::from_u32(interface::NoDataPolicy::KeepLast as u32).to_val(),
            operator.0,
            list(&e, &[]).to_val(),
            nothing,
            severity.0,
            Val::from_u32(interface::RuleStatistic::Average as u32).to_val(),
            nothing,
            threshold.0,
            threshold.0,
            window_s.0,
        ]);
        registry::create(&e, admin, spec)
    }

    pub fn create_rule(e: Env, owner: Address, spec: RuleSpec) -> BytesN<32> {
        registry::create(&e, owner, Spec::unpack(&e, &spec.0))
    }

    pub fn update_rule(e: Env, caller: Address, rule: raw::BytesN<32>, spec: RuleSpec) {
        registry::update(&e, caller, rule.0, Spec::unpack(&e, &spec.0));
    }

    pub fn set_rule_paused(e: Env, caller: Address, rule: raw::BytesN<32>, paused: bool) {
        registry::set_paused(&e, caller, rule.0, paused);
    }

    pub fn delete_rule(e: Env, caller: Address, rule: raw::BytesN<32>) {
        registry::delete(&e, caller, rule.0);
    }

    pub fn set_operator(e: Env, owner: Address, operator: Address, allowed: bool) {
        registry::set_operator(&e, owner, operator, allowed);
    }

    pub fn operators(e: Env, owner: Address) -> Vec<Address> {
        typed(&e, storage::list(&e, OPERATORS, &owner).as_val())
    }

    pub fn rule(e: Env, rule: raw::BytesN<32>) -> Option<RuleView> {
        Some(storage::shown(&e, RULE, &rule.0).into())
    }

    pub fn rules_on(e: Env, address: Address) -> Vec<BytesN<32>> {
        typed(&e, storage::list(&e, RULES, &address).as_val())
    }

    pub fn create_policy(
        e: Env,
        owner: Address,
        name: String,
        levels: Vec<PolicyLevel>,
    ) -> BytesN<32> {
        policies::create(&e, owner, name, levels.to_vals())
    }

    pub fn policy(e: Env, policy: raw::BytesN<32>) -> Option<PolicyView> {
        Some(storage::shown(&e, POLICY, &policy.0).into())
    }

    pub fn evaluate(
        e: Env,
        caller: Address,
        targets: Vec<RuleTarget>,
        through_slot: u32,
    ) -> Vec<u64> {
        batch::evaluate(&e, caller, targets.to_vals(), through_slot)
    }

    pub fn closed_slot(e: Env) -> u32 {
        closed_through(e.ledger().timestamp())
    }

    pub fn acknowledge(
        e: Env,
        caller: Address,
        target: RuleTarget,
        episode: raw::u32,
        until_s: raw::u64,
    ) {
        act(&e, caller, &target.0, &episode.0, Kind::Acknowledge, &until_s.0);
    }

    pub fn snooze(
        e: Env,
        caller: Address,
        target: RuleTarget,
        episode: raw::u32,
        until_s: raw::u64,
    ) {
        act(&e, caller, &target.0, &episode.0, Kind::Snooze, &until_s.0);
    }

    pub fn resolve(
        e: Env,
        caller: Address,
        target: RuleTarget,
        episode: raw::u32,
        note: raw::String,
    ) {
        act(&e, caller, &target.0, &episode.0, Kind::Resolve, &note.0);
    }

    pub fn is_firing(e: Env, contract: Address, min_severity: Severity) -> bool {
        storage::summary(&e, contract.as_val()).fires(min_severity as u32)
    }

    pub fn guard(e: Env, contract: Address) -> GuardVerdict {
        summary::verdict(&e, &storage::summary(&e, contract.as_val()), e.ledger().timestamp())
    }

    pub fn configure_guard(
        e: Env,
        caller: Address,
        contract: Address,
        min_severity: raw::Severity,
        stale_after_s: raw::u32,
        fail_closed: raw::bool,
        trip_max_s: raw::u32,
    ) {
        let trips = [min_severity.0, stale_after_s.0, fail_closed.0, trip_max_s.0];
        guard::configure(&e, caller, contract, trips);
    }

    pub fn override_guard(
        e: Env,
        caller: Address,
        contract: Address,
        forced: GuardOverride,
        until_s: raw::u64,
    ) {
        guard::force(&e, caller, contract, forced.0, until_s.0);
    }

    pub fn summary(e: Env, contract: raw::Address) -> Option<AlertSummary> {
        Some(storage::shown(&e, SUMMARY, &contract.0).into())
    }

    pub fn active_alerts(e: Env, contract: Address, skipped: u32, limit: u32) -> Vec<AlertView> {
        typed(&e, guard::active_alerts(&e, &contract, skipped, limit).as_val())
    }

    pub fn alert(e: Env, target: RuleTarget) -> Option<AlertView> {
        let fingerprint = Target::unpack(&e, &target.0).fingerprint;
        Some(storage::shown(&e, ALERT, fingerprint.as_val()).into())
    }

    pub fn monitor(e: Env) -> Address {
        storage::monitor(&e)
    }

    pub fn set_monitor(e: Env, monitor: Address) {
        let admin = governance::require_admin(&e);
        storage::set_monitor(&e, &monitor);
        alerting_changed(&e, admin, symbol_short!("monitor"), monitor.to_val(), Val::VOID.into());
    }
}
