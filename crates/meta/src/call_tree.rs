//! From a node's diagnostic events to the tree of calls.
//!
//! The host emits `fn_call` before it opens a frame, with the caller as the event's contract, and
//! `fn_return` when the frame returned. A frame that fails emits no return: it is recognised when
//! an event comes from a frame below it, or when the events end. Which frame an event comes from
//! is known by its contract, because a contract is on the stack once: re-entry is refused. The one
//! exception, an account contract that authorises a call of itself, can only blur which of the
//! account's own two frames an error belongs to.

use crate::call::{Call, CallOutcome, CallPath, CallTree, Visibility};
use crate::operation::Action;
use crate::xdr::{ContractEventBody, ContractEventType, ContractId, DiagnosticEvent, ScVal};
use crate::{Address, CallError};

/// Calls of one transaction that are kept. The instruction limit allows some hundreds; beyond
/// this bound the tree is [`Visibility::Partial`].
pub const CALLS_PER_TRANSACTION_MAX: usize = 2_048;

/// How the operation as a whole ended.
pub(crate) enum Ending {
    Succeeded,
    /// With what the operation's or transaction's result says.
    Failed(CallError),
}

pub(crate) fn build(action: &Action, ending: Ending, events: &[DiagnosticEvent]) -> CallTree {
    let mut builder = Builder::new(action);
    for event in events {
        builder.step(event);
    }
    builder.finish(ending)
}

struct Frame {
    call: usize,
    contract: Option<[u8; 32]>,
    function: String,
    children: u32,
}

struct Builder {
    calls: Vec<Call>,
    parents: Vec<Option<usize>>,
    stack: Vec<Frame>,
    /// Whether the root is a contract call, so that the first `fn_call` is the root itself.
    root_is_call: bool,
    root_seen: bool,
    /// Whether the operation is of a kind that calls no contract.
    has_no_calls: bool,
    any_event: bool,
    complete: bool,
    root_error: Option<CallError>,
}

impl Builder {
    fn new(action: &Action) -> Self {
        let root = Call {
            path: CallPath::root(),
            contract: action.contract().cloned(),
            function: action.function().to_owned(),
            outcome: CallOutcome::Returned,
            reverted: false,
        };
        Builder {
            stack: vec![Frame { call: 0, contract: None, function: String::new(), children: 0 }],
            calls: vec![root],
            parents: vec![None],
            root_is_call: matches!(action, Action::Invoke { .. }),
            root_seen: false,
            has_no_calls: matches!(
                action,
                Action::UploadWasm { .. } | Action::ExtendTtl | Action::Restore
            ),
            any_event: false,
            complete: true,
            root_error: None,
        }
    }

    fn step(&mut self, event: &DiagnosticEvent) {
        if event.event.type_ != ContractEventType::Diagnostic {
            return;
        }
        self.any_event = true;
        let ContractEventBody::V0(body) = &event.event.body;
        let emitter = event.event.contract_id.as_ref().map(contract_bytes);
        let topics = body.topics.as_slice();
        let Some(ScVal::Symbol(name)) = topics.first() else {
            return;
        };
        match (name.0.as_slice(), &topics[1..]) {
            (b"fn_call", [ScVal::Bytes(callee), ScVal::Symbol(function)]) => {
                match <[u8; 32]>::try_from(callee.0.as_slice()) {
                    Ok(callee) => self.call(emitter, callee, function.to_string()),
                    Err(_) => self.complete = false,
                }
            }
            (b"fn_return", [ScVal::Symbol(function)]) => {
                self.return_from(emitter, &function.to_string());
            }
            (b"error", [ScVal::Error(error)]) => self.fail(emitter, CallError::from_xdr(error)),
            (b"host_fn_failed", [ScVal::Error(error)]) => {
                self.root_error = Some(CallError::from_xdr(error));
            }
            _ => {}
        }
    }

    fn call(&mut self, caller: Option<[u8; 32]>, callee: [u8; 32], function: String) {
        if self.root_is_call && !self.root_seen && caller.is_none() {
            self.root_seen = true;
            let root = &mut self.stack[0];
            root.contract = Some(callee);
            root.function = function;
            return;
        }
        if !self.unwind_to(caller) {
            return;
        }
        if self.calls.len() >= CALLS_PER_TRANSACTION_MAX {
            self.complete = false;
            return;
        }
        let Some(parent) = self.stack.last_mut() else {
            self.complete = false;
            return;
        };
        let path = self.calls[parent.call].path.child(parent.children);
        parent.children += 1;
        let parent_call = parent.call;
        self.stack.push(Frame {
            call: self.calls.len(),
            contract: Some(callee),
            function: function.clone(),
            children: 0,
        });
        self.parents.push(Some(parent_call));
        self.calls.push(Call {
            path,
            contract: Some(Address::from_contract_id(callee)),
            function,
            outcome: CallOutcome::Failed(CallError::NotReported),
            reverted: false,
        });
    }

    fn return_from(&mut self, emitter: Option<[u8; 32]>, function: &str) {
        let returned = self
            .stack
            .iter()
            .rposition(|frame| frame.contract == emitter && frame.function == function);
        let Some(position) = returned else {
            self.complete = false;
            return;
        };
        let call = self.stack[position].call;
        self.calls[call].outcome = CallOutcome::Returned;
        // The root's frame stays: it is closed by the operation's result.
        self.stack.truncate(position.max(1));
    }

    /// The last error a frame reports is the one it fails with.
    fn fail(&mut self, emitter: Option<[u8; 32]>, error: CallError) {
        let below = self.stack.last().map(|frame| frame.call);
        if !self.unwind_to(emitter) {
            return;
        }
        let Some(frame) = self.stack.last() else {
            return;
        };
        // A caller that reports the failure of its callee names the callee's error: it completes
        // a callee that reported none itself.
        if let Some(below) = below
            && below != frame.call
            && self.calls[below].outcome == CallOutcome::Failed(CallError::NotReported)
        {
            self.calls[below].outcome = CallOutcome::Failed(error.clone());
        }
        self.calls[frame.call].outcome = CallOutcome::Failed(error);
    }

    /// Closes the frames above the topmost one of that contract, which have failed. `false` when
    /// the contract has no frame: then events are missing.
    fn unwind_to(&mut self, contract: Option<[u8; 32]>) -> bool {
        let position = match contract {
            None => Some(0),
            Some(_) => self.stack.iter().rposition(|frame| frame.contract == contract),
        };
        match position {
            Some(position) => self.stack.truncate(position + 1),
            None => self.complete = false,
        }
        position.is_some()
    }

    fn finish(mut self, ending: Ending) -> CallTree {
        let root_missing =
            self.root_is_call && !self.root_seen && matches!(ending, Ending::Succeeded);
        let visibility = match (self.any_event, self.complete && !root_missing) {
            (false, _) if self.has_no_calls => Visibility::Full,
            (false, _) => Visibility::RootOnly,
            (true, true) => Visibility::Full,
            (true, false) => Visibility::Partial,
        };
        let reported = match &self.calls[0].outcome {
            CallOutcome::Failed(error) => Some(error.clone()),
            CallOutcome::Returned => None,
        };
        self.calls[0].outcome = match ending {
            Ending::Succeeded => CallOutcome::Returned,
            Ending::Failed(result) => {
                let error = self.root_error.take().or(reported);
                CallOutcome::Failed(error.unwrap_or(result))
            }
        };
        for index in 0..self.calls.len() {
            let above = self.parents[index].is_some_and(|parent| self.calls[parent].reverted);
            let failed = matches!(self.calls[index].outcome, CallOutcome::Failed(_));
            self.calls[index].reverted = above || failed;
        }
        CallTree { visibility, calls: self.calls }
    }
}

fn contract_bytes(id: &ContractId) -> [u8; 32] {
    id.0.0
}

#[cfg(test)]
mod tests;
