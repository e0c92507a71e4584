//! What dashboards and people read.

use lumenscope_interfaces::alerting::{
    ACTIVE_PAGE_MAX, ActiveAlert, ActivePage, AlertView, RuleTarget, TransitionView,
};
use lumenscope_rules::slot::{SLOT_S, end_s};
use soroban_sdk::{Address, BytesN, Env, String, Vec};

use crate::batch::{fingerprint, policy_of};
use crate::storage;

pub fn active_alerts(e: &Env, contract: &Address, cursor: u32, limit: u32) -> ActivePage {
    let mut alerts = Vec::new(e);
    let mut next = None;
    let summary = storage::summary(e, contract);
    let rows = summary.as_ref().map_or(&[][..], |summary| summary.rows());
    for (place, row) in (0..).zip(rows).skip(cursor as usize).filter(|(_, row)| row.firing) {
        if alerts.len() == limit.clamp(1, ACTIVE_PAGE_MAX) {
            next = Some(place);
            break;
        }
        if let Some(alert) = active(e, &row.fingerprint) {
            alerts.push_back(alert);
        }
    }
    ActivePage { alerts, next }
}

fn active(e: &Env, fingerprint: &[u8; 16]) -> Option<ActiveAlert> {
    let stored = storage::alert(e, &BytesN::from_array(e, fingerprint))?;
    let state = storage::state(e, &stored);
    let name = storage::rule(e, &stored.target.rule).map(|rule| rule.spec.name);
    Some(ActiveAlert {
        rule: stored.target.rule,
        name: name.unwrap_or_else(|| String::from_str(e, "")),
        stream: stored.target.stream,
        severity: state.severity.into(),
        condition: state.status().into(),
        handling: state.handling.into(),
        level: u32::from(state.level),
        episode: state.episode,
        since_s: end_s(state.since) - u64::from(SLOT_S),
        value: state.value,
    })
}

/// The alert of a target, if it was ever evaluated.
pub fn alert(e: &Env, target: RuleTarget) -> Option<AlertView> {
    let fingerprint = fingerprint(e, &target);
    let summary = storage::summary(e, &target.stream.contract);
    let row = summary.and_then(|summary| {
        let place = summary.find(&fingerprint.to_array())?;
        summary.rows().get(place).copied()
    });
    let stored = storage::alert(e, &fingerprint);
    let rule = storage::rule(e, &target.rule);
    let state = match (&stored, &row, &rule) {
        (Some(stored), _, _) => storage::state(e, stored),
        (None, Some(_), Some(rule)) => lumenscope_rules::State::new(&crate::rules::compile(
            e,
            &rule.spec,
            rule.active_from_slot,
        )),
        _ => return None,
    };
    Some(AlertView {
        rule: target.rule,
        stream: target.stream,
        fingerprint,
        condition: state.status().into(),
        firing: state.is_firing(),
        handling: state.handling.into(),
        handling_until_s: state.handling_until_s,
        severity: state.severity.into(),
        episode: state.episode,
        since_slot: state.since,
        through_slot: row.map_or(0, |row| row.through).max(state.through),
        level: u32::from(state.level),
        escalation_slot: state.due,
        policy: stored.and_then(|stored| policy_of(e, &stored)),
        value: state.value,
        points: state.points,
        fired: state.fired_total,
        suppressed: state.suppressed,
        unwitnessed_slots: state.unwitnessed,
    })
}

pub fn history(e: &Env, target: &RuleTarget) -> Vec<TransitionView> {
    let mut views = Vec::new(e);
    if let Some(stored) = storage::alert(e, &fingerprint(e, target)) {
        for record in storage::state(e, &stored).history() {
            views.push_back(TransitionView {
                slot: record.slot,
                episode: record.episode,
                ordinal: record.ordinal,
                kind: record.kind.into(),
                reason: record.reason.into(),
                condition: record.to.into(),
                value: record.value,
            });
        }
    }
    views
}
