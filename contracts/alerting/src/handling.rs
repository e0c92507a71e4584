//! What people do about an episode.

use lumenscope_interfaces::alerting::{
    AlertingError, NOTE_BYTES_MAX, Outcome, RuleTarget, row_through,
};
use lumenscope_rules::Transitions;
use lumenscope_rules::handling::{HandlingFault, put_off, resolve};
use lumenscope_rules::slot::closed_through;
use soroban_sdk::{Address, Env, String};

use crate::access::{refuse, require, require_rule};
use crate::batch::{Alert, Batch, fingerprint};
use crate::storage;

/// What is done.
pub enum Act {
    PutOff { snooze: bool, until_s: u64 },
    Resolve { note: String },
}

/// Brings the alert up to date, so that the act follows every slot that closed before it; then
/// acts.
pub fn act(e: &Env, caller: Address, target: RuleTarget, episode: u32, act: Act) {
    require_rule(e, &caller, &target.rule, true);
    let fingerprint = fingerprint(e, &target);
    require(e, storage::alert(e, &fingerprint).is_some(), AlertingError::AlertUnknown);

    let now_s = e.ledger().timestamp();
    let mut batch = Batch::new(e, caller, closed_through(now_s), 1);
    batch.store_all = true;
    match batch.evaluate(&target).outcome {
        Outcome::Evaluated => {}
        Outcome::SourceFailed | Outcome::Partial => refuse(e, AlertingError::SourceUnreadable),
        _ => refuse(e, AlertingError::EpisodeNotCurrent),
    }
    let Some(mut alert) = Alert::stored(e, fingerprint) else {
        refuse(e, AlertingError::AlertUnknown);
    };
    // An alert at rest is only noted as evaluated in its row: the act follows those slots too.
    let mut summary = storage::summary(e, &target.stream.contract);
    let row = summary.rows.get(alert.fingerprint.clone());
    alert.state.through = alert.state.through.max(row.map_or(0, row_through));
    let mut out = Transitions::new();
    let done = match act {
        Act::PutOff { snooze, until_s } => {
            put_off(&mut alert.state, episode, snooze, now_s, until_s, &mut out)
        }
        Act::Resolve { note } => {
            require(e, note.len() <= NOTE_BYTES_MAX, AlertingError::NoteTooLong);
            batch.note = Some(note);
            resolve(&mut alert.state, episode, now_s, &mut out)
        }
    };
    match done {
        Ok(()) => {}
        Err(HandlingFault::NotCurrent) => refuse(e, AlertingError::EpisodeNotCurrent),
        Err(HandlingFault::AlreadyHandled) => refuse(e, AlertingError::AlreadyHandled),
        Err(HandlingFault::Expiry) => refuse(e, AlertingError::ExpiryInvalid),
    }
    batch.set_row(&mut summary, &alert, alert.state.through);
    batch.store(&mut alert, out.as_slice());
}
