//! What whoever sends may choose.

use std::time::Duration;

/// How transactions are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvokerOptions {
    /// Offered for inclusion, in stroops. 100 is the least; a busy network wants more.
    pub inclusion_fee_stroops: i64,
    /// For how many ledgers a transaction and its signatures stay valid.
    pub ledgers_valid: u32,
    /// How long an outcome is waited for, by the clock.
    pub wait: Duration,
}

impl Default for InvokerOptions {
    /// Sixty ledgers are five minutes at five seconds a ledger; a node that shows no outcome for
    /// two minutes is in trouble, and says so sooner than that by its health.
    fn default() -> Self {
        InvokerOptions {
            inclusion_fee_stroops: 100,
            ledgers_valid: 60,
            wait: Duration::from_secs(120),
        }
    }
}
