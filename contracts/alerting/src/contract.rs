//! The entry points. What each does, refuses and asks for is said once, at the trait that callers
//! see: [`Alerting`].

use lumenscope_interfaces::alerting::{
    AlertSummary, AlertView, Alerting, AlertingError, Evaluation, GuardConfig, GuardOverride,
    GuardVerdict, NoDataPolicy, PolicyLevel, PolicyView, RuleCondition, RuleOperator, RuleSpec,
    RuleStatistic, RuleTarget, RuleView, Severity, TARGETS_MAX,
};
use lumenscope_interfaces::governance::{self, Administration, Governance, Role, Schema};
use lumenscope_rules::slot::closed_through;
use soroban_sdk::{
    Address, BytesN, Env, IntoVal, String, Symbol, Val, Vec, contract, contractimpl, symbol_short,
};

use crate::access::{require, tell};
use crate::handling::{Act, act};
use crate::{batch, guard, policies, registry, storage, summary};

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
impl Alerting for AlertingContract {
    fn create_alert_rule(
        e: Env,
        admin: Address,
        name: String,
        contract: Option<Address>,
        metric: Symbol,
        operator: RuleOperator,
        threshold: i128,
        window_s: u32,
        min_points: u32,
        severity: Severity,
        cooldown_s: u32,
    ) -> BytesN<32> {
        let spec = RuleSpec {
            name,
            contract,
            function: None,
            subject: None,
            metric,
            statistic: RuleStatistic::Average,
            condition: RuleCondition::Threshold,
            operator,
            threshold,
            threshold_high: threshold,
            window_s,
            min_points,
            for_s: 0,
            keep_firing_for_s: 0,
            severity,
            cooldown_s,
            no_data: NoDataPolicy::KeepLast,
            policy: None,
        };
        registry::create(&e, admin, spec)
    }

    fn create_rule(e: Env, owner: Address, spec: RuleSpec) -> BytesN<32> {
        registry::create(&e, owner, spec)
    }

    fn update_rule(e: Env, caller: Address, rule: BytesN<32>, spec: RuleSpec) {
        registry::update(&e, caller, rule, spec);
    }

    fn set_rule_paused(e: Env, caller: Address, rule: BytesN<32>, paused: bool) {
        registry::set_paused(&e, caller, rule, paused);
    }

    fn delete_rule(e: Env, caller: Address, rule: BytesN<32>) {
        registry::delete(&e, caller, rule);
    }

    fn set_operator(e: Env, owner: Address, operator: Address, allowed: bool) {
        registry::set_operator(&e, owner, operator, allowed);
    }

    fn operators(e: Env, owner: Address) -> Vec<Address> {
        storage::owner(&e, &owner).operators
    }

    fn rule(e: Env, rule: BytesN<32>) -> Option<RuleView> {
        storage::rule(&e, &rule)
    }

    fn rules_on(e: Env, address: Address) -> Vec<BytesN<32>> {
        storage::rules_on(&e, &address)
    }

    fn create_policy(e: Env, owner: Address, name: String, levels: Vec<PolicyLevel>) -> BytesN<32> {
        policies::create(&e, owner, name, levels)
    }

    fn policy(e: Env, policy: BytesN<32>) -> Option<PolicyView> {
        storage::policy(&e, &policy)
    }

    fn evaluate(
        e: Env,
        caller: Address,
        targets: Vec<RuleTarget>,
        through_slot: u32,
    ) -> Vec<Evaluation> {
        batch::evaluate(&e, caller, targets, through_slot)
    }

    fn closed_slot(e: Env) -> u32 {
        closed_through(e.ledger().timestamp())
    }

    fn acknowledge(e: Env, caller: Address, target: RuleTarget, episode: u32, until_s: u64) {
        act(&e, caller, target, episode, Act::PutOff { snooze: false, until_s });
    }

    fn snooze(e: Env, caller: Address, target: RuleTarget, episode: u32, until_s: u64) {
        act(&e, caller, target, episode, Act::PutOff { snooze: true, until_s });
    }

    fn resolve(e: Env, caller: Address, target: RuleTarget, episode: u32, note: String) {
        act(&e, caller, target, episode, Act::Resolve { note });
    }

    fn is_firing(e: Env, contract: Address, min_severity: Severity) -> bool {
        summary::survey(&storage::summary(&e, &contract), min_severity).1
    }

    fn guard(e: Env, contract: Address) -> GuardVerdict {
        summary::verdict(&storage::summary(&e, &contract), e.ledger().timestamp())
    }

    fn configure_guard(e: Env, caller: Address, contract: Address, config: GuardConfig) {
        guard::configure(&e, caller, contract, config);
    }

    fn override_guard(
        e: Env,
        caller: Address,
        contract: Address,
        forced: GuardOverride,
        until_s: u64,
    ) {
        guard::force(&e, caller, contract, forced, until_s);
    }

    fn summary(e: Env, contract: Address) -> Option<AlertSummary> {
        storage::stored_summary(&e, &contract)
    }

    fn active_alerts(e: Env, contract: Address, skipped: u32, limit: u32) -> Vec<AlertView> {
        guard::active_alerts(&e, &contract, skipped, limit)
    }

    fn alert(e: Env, target: RuleTarget) -> Option<AlertView> {
        storage::alert(&e, &batch::fingerprint(&e, &target))
    }

    fn monitor(e: Env) -> Address {
        storage::monitor(&e)
    }

    fn set_monitor(e: Env, monitor: Address) {
        let admin = governance::require_admin(&e);
        storage::set_monitor(&e, &monitor);
        tell(&e, admin, symbol_short!("monitor"), monitor.as_val(), &Val::VOID.into());
    }

    fn keep_alive_alerts(e: Env, caller: Address, targets: Vec<RuleTarget>) {
        caller.require_auth();
        require(&e, (1..=TARGETS_MAX).contains(&targets.len()), AlertingError::TargetsInvalid);
        for target in targets.iter() {
            storage::keep_alive(&e, &target, &batch::fingerprint(&e, &target));
        }
        let kept = targets.len().into_val(&e);
        tell(&e, caller, symbol_short!("kept"), &kept, &Val::VOID.into());
    }
}
