//! Responders: contracts that act on alerts.

use soroban_sdk::{Address, BytesN, Env, contractclient, contracttype};

use crate::alerting::RuleTarget;

/// Calls of a responder that may fail in a row before it is suspended: one may be a keeper's bad luck,
/// and every further one costs a transaction.
pub const RESPONDER_FAILURES_MAX: u32 = 3;

/// A contract that acts on alerts, within the ledger: `react` calls its [`AlertResponder::respond`]
/// once for each episode of an alert that fires.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Responder {
    /// Its id.
    pub id: BytesN<32>,
    /// Who owns it, the contract, and the rules whose alerts it acts on. It does nothing once the
    /// contract is another owner's.
    pub owner: Address,
    /// The alerting contract whose alerts those are.
    pub alerting: Address,
    /// The contract that they are on.
    pub contract: Address,
    /// The contract that acts.
    pub responder: Address,
    /// The least severity that it acts on, from 0 (info) to 4 (critical).
    pub min_severity: u32,
    /// Calls that failed in a row; with [`RESPONDER_FAILURES_MAX`] it is suspended for good.
    pub failed_in_a_row: u32,
}

/// What a responder offers.
#[contractclient(name = "AlertResponderClient")]
pub trait AlertResponder {
    /// An alert of the alerting contract fires. It is called by external-monitoring, so it begins with
    /// `require_auth()` of that contract's address, and refuses any `alerting` but the one that it
    /// trusts: anybody may create a responder of any address, with an alerting contract of their own
    /// that says what they like. Then it looks at whose alert this is: the stream's contract is in the
    /// target. It may stop things; what starts them again is a person.
    fn respond(e: Env, alerting: Address, target: RuleTarget, episode: u32);
}
