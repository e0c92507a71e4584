//! The pool's records.

use soroban_sdk::{Address, contracttype};

/// The pool's terms, set at construction.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Terms {
    /// Runs the pool: reprices, pauses, switches monitoring.
    pub admin: Address,
    /// Settles claims.
    pub assessor: Address,
    /// What is paid in and out: any SEP-41 token.
    pub token: Address,
    /// Premium of one period, in basis points of the cover.
    pub rate_bps: u32,
    /// Length of a premium period, seconds.
    pub period_s: u64,
    /// Largest cover of one policy.
    pub cover_max: i128,
}

/// A policy is named by its holder and a number that the holder chooses.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyKey {
    /// Who is insured.
    pub holder: Address,
    /// The holder's own number.
    pub number: u32,
}

/// One policy.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Policy {
    /// Most that claims pay in total.
    pub cover: i128,
    /// Premium of one period.
    pub premium: i128,
    /// Insured until, unix seconds.
    pub paid_until_s: u64,
    /// Paid out so far.
    pub paid_out: i128,
    /// Claims filed so far; the last one's number.
    pub claims: u32,
}

/// A claim is named by its policy and its number within it, from 1.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClaimKey {
    /// The policy.
    pub policy: PolicyKey,
    /// The claim's number.
    pub number: u32,
}

/// One claim.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Claim {
    /// What the holder asks for.
    pub amount: i128,
    /// When it was filed, unix seconds.
    pub filed_s: u64,
    /// Whether it was settled, and with what payout.
    pub payout: Option<i128>,
}
