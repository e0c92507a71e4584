//! What people do about an episode.

use lumenscope_interfaces::alerting::{
    AlertHandling, AlertingError, NOTE_BYTES_MAX, Outcome, RuleTarget,
};
use lumenscope_rules::Transitions;
use lumenscope_rules::handling::{HandlingFault, put_off, resolve};
use lumenscope_rules::slot::closed_through;
use soroban_sdk::{Address, Env, String};

use crate::access::{refuse, require, require_handler};
use crate::batch::{Alert, Batch, fingerprint};
use crate::events::EpisodeHandled;
use crate::storage;

/// What is done.
pub enum Act {
    Acknowledge { until_s: u64 },
    Snooze { until_s: u64 },
    Resolve { note: String },
}

/// Brings the alert up to date, so that the act follows every slot that closed before it; then
/// acts.
pub fn act(e: &Env, caller: Address, target: RuleTarget, episode: u32, act: Act) {
    let rule = storage::require_rule(e, &target.rule);
    require_handler(e, &caller, &rule);
    let fingerprint = fingerprint(e, &target);
    require(e, storage::alert(e, &fingerprint).is_some(), AlertingError::AlertUnknown);

    let now_s = e.ledger().timestamp();
    let mut batch = Batch::new(e, caller.clone(), closed_through(now_s), 1);
    batch.store_all = true;
    match batch.evaluate(&target).outcome {
        Outcome::Evaluated => {}
        Outcome::SourceFailed | Outcome::Partial => refuse(e, AlertingError::SourceUnreadable),
        _ => refuse(e, AlertingError::EpisodeNotCurrent),
    }
    let Some(stored) = storage::alert(e, &fingerprint) else {
        refuse(e, AlertingError::AlertUnknown);
    };
    let state = storage::state(e, &stored);
    let mut alert = Alert { fingerprint, stored, state };
    let mut out = Transitions::new();
    let (handling, until_s, note) = match act {
        Act::Acknowledge { until_s } => (AlertHandling::Acknowledged, until_s, None),
        Act::Snooze { until_s } => (AlertHandling::Snoozed, until_s, None),
        Act::Resolve { note } => {
            require(e, note.len() <= NOTE_BYTES_MAX, AlertingError::NoteTooLong);
            (AlertHandling::Resolved, 0, Some(note))
        }
    };
    let done = match handling {
        AlertHandling::Resolved => resolve(&mut alert.state, episode, now_s, &mut out),
        _ => {
            let snooze = handling == AlertHandling::Snoozed;
            put_off(&mut alert.state, episode, snooze, now_s, until_s, &mut out)
        }
    };
    match done {
        Ok(()) => {}
        Err(HandlingFault::NotCurrent) => refuse(e, AlertingError::EpisodeNotCurrent),
        Err(HandlingFault::AlreadyHandled) => refuse(e, AlertingError::AlreadyHandled),
        Err(HandlingFault::Expiry) => refuse(e, AlertingError::ExpiryInvalid),
    }
    let fingerprint = alert.fingerprint.clone();
    EpisodeHandled { caller, rule: target.rule, fingerprint, episode, handling, until_s, note }
        .publish(e);
    batch.store(alert, out.as_slice());
    batch.close();
}
