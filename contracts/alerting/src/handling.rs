//! What people do about an episode.

use lumenscope_interfaces::alerting::{AlertingError, NOTE_BYTES_MAX, Outcome};
use lumenscope_rules::handling::{HandlingFault, put_off, resolve};
use lumenscope_rules::slot::closed_through;
use lumenscope_rules::transition::PER_CALL_MAX;
use lumenscope_rules::{State, Transitions};
use soroban_sdk::{Address, Env, String, Val};

use crate::access::{refuse, require, require_rule};
use crate::batch::Batch;
use crate::raw::typed;
use crate::storage;
use crate::target::Target;

/// What a person does about an episode.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Acknowledge,
    Snooze,
    Resolve,
}

/// Who does what to which episode.
pub struct Act {
    episode: u32,
    kind: Kind,
    /// When an acknowledgement or a snooze ends.
    until_s: u64,
}

impl Act {
    /// Does it to an alert that is up to date.
    pub fn apply(&self, e: &Env, state: &mut State, now_s: u64, out: &mut Transitions) {
        let done = if self.kind == Kind::Resolve {
            resolve(state, self.episode, now_s, out)
        } else {
            let is_snooze = self.kind == Kind::Snooze;
            put_off(state, self.episode, is_snooze, now_s, self.until_s, out)
        };
        match done {
            Ok(()) => {}
            Err(HandlingFault::NotCurrent) => refuse(e, AlertingError::EpisodeNotCurrent),
            Err(HandlingFault::AlreadyHandled) => refuse(e, AlertingError::AlreadyHandled),
            Err(HandlingFault::Expiry) => refuse(e, AlertingError::ExpiryInvalid),
        }
    }
}

/// Brings the alert up to date, so that the act follows every slot that closed before it; then
/// acts. `more` is the note of a resolution, or the end of what puts the episode off.
pub fn act(e: &Env, caller: Address, target: &Val, episode: &Val, kind: Kind, more: &Val) {
    let target = Target::unpack(e, target);
    require_rule(e, &caller, &target.rule, true);
    let is_known = storage::stored(e, storage::ALERT, target.fingerprint.as_val()).is_some();
    require(e, is_known, AlertingError::AlertUnknown);

    let mut batch = Batch::new(e, caller, closed_through(e.ledger().timestamp()));
    let mut act = Act { episode: typed(e, episode), kind, until_s: 0 };
    if kind == Kind::Resolve {
        let note: String = typed(e, more);
        require(e, note.len() <= NOTE_BYTES_MAX, AlertingError::NoteTooLong);
        batch.note = *more;
    } else {
        act.until_s = typed(e, more);
    }
    batch.act = Some(act);
    // One place is the act's.
    batch.room = PER_CALL_MAX as u32 - 1;
    const SOURCE_FAILED: u8 = Outcome::SourceFailed as u8;
    const PARTIAL: u8 = Outcome::Partial as u8;
    match batch.evaluate(&target) as u8 {
        SOURCE_FAILED | PARTIAL => refuse(e, AlertingError::SourceUnreadable),
        outcome => {
            require(e, outcome == Outcome::Evaluated as u8, AlertingError::EpisodeNotCurrent);
        }
    }
}
