//! What the pool refuses.

use soroban_sdk::contracterror;

/// What the pool refuses.
#[contracterror]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u32)]
pub enum PoolError {
    /// No such policy.
    PolicyUnknown = 1,
    /// The holder already has a policy of that number.
    PolicyKnown = 2,
    /// The policy's premium was not paid in time.
    PolicyLapsed = 3,
    /// The amount is not the premium that is due.
    PremiumWrong = 4,
    /// The cover is outside the pool's limits.
    CoverInvalid = 5,
    /// The claim asks for more than the policy covers.
    ClaimTooLarge = 6,
    /// The policy has a claim that is not settled.
    ClaimOpen = 7,
    /// No such claim.
    ClaimUnknown = 8,
    /// The claim was settled before.
    ClaimSettled = 9,
    /// The pool holds less than it would have to pay.
    PoolDry = 10,
    /// An amount of zero or less.
    AmountInvalid = 11,
    /// More policies in one call than the limit.
    TooManyPolicies = 12,
    /// The pool is not taking new business.
    PoolPaused = 13,
    /// There is no monitor to switch.
    MonitorUnset = 14,
    /// The caller may not pause the pool.
    NotAllowed = 15,
    /// The contract was not constructed.
    NotConstructed = 16,
    /// An alert fires that is severe enough to stop new business.
    GuardTripped = 17,
    /// More shares than the investor has.
    SharesMissing = 18,
}
