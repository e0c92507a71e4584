//! The plan's own view of the pool: which claims are open, what covers are left.

use std::collections::{BTreeMap, VecDeque};

use crate::scenario::{Action, COVER_STROOPS, RATE_BPS};

/// A policy: which holder, and the holder's number.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct PolicyId {
    /// Index of the holder.
    pub holder: usize,
    /// The holder's number, from 1.
    pub number: u32,
}

/// What the plan knows of one policy.
#[derive(Clone, Debug, Default)]
struct Policy {
    paid_out: i128,
    claims: u32,
    open: Option<i128>,
}

/// What the plan knows of the pool.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    policies: BTreeMap<PolicyId, Policy>,
    open: VecDeque<(PolicyId, u32)>,
}

impl Pool {
    /// Open claims before one is settled first: a quarter of the policies, so that one without an
    /// open claim is soon found.
    pub const OPEN_CLAIMS_MAX: usize = 8;

    /// The premium of every policy: all have the same cover.
    pub fn premium(&self) -> i128 {
        (COVER_STROOPS * i128::from(RATE_BPS) + 9_999) / 10_000
    }

    /// The claim of a policy that waits, if any.
    pub fn open_claim(&self, policy: PolicyId) -> Option<i128> {
        self.policies.get(&policy).and_then(|known| known.open)
    }

    /// What a policy may still pay.
    pub fn cover_left(&self, policy: PolicyId) -> i128 {
        COVER_STROOPS - self.policies.get(&policy).map_or(0, |known| known.paid_out)
    }

    /// How many claims wait.
    pub fn open_claims(&self) -> usize {
        self.open.len()
    }

    /// The claim that waits longest.
    pub fn oldest_open(&self) -> Option<(PolicyId, u32)> {
        self.open.front().copied()
    }

    /// Follows a call that succeeds.
    pub fn apply(&mut self, action: &Action) {
        match *action {
            Action::Buy { policy } => {
                self.policies.entry(policy).or_default();
            }
            Action::File { policy, amount } => {
                let known = self.policies.entry(policy).or_default();
                known.claims += 1;
                known.open = Some(amount);
                self.open.push_back((policy, known.claims));
            }
            Action::Settle { policy, claim, approve } => {
                let known = self.policies.entry(policy).or_default();
                let amount = known.open.take().unwrap_or(0);
                known.paid_out += if approve { amount } else { 0 };
                self.open.retain(|open| *open != (policy, claim));
            }
            Action::Deposit { .. } | Action::Pay { .. } | Action::Reprice { .. } => {}
        }
    }
}
