//! What keeping costs.

use lumenscope_invoke::Outcome;

/// What a keeper's transactions cost.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Bill {
    /// How many were sent.
    pub transactions: u32,
    /// What was charged after refunds.
    pub fee_stroops: i64,
    /// The rent in it: paid ahead, for entries that are new, larger, or were to expire.
    pub rent_stroops: i64,
}

impl Bill {
    pub(crate) fn add(&mut self, outcome: &Outcome) {
        self.transactions += 1;
        self.fee_stroops += outcome.fee_charged_stroops;
        let parts = outcome.transaction.fees.exact().and_then(|fees| fees.resource);
        self.rent_stroops += parts.map_or(0, |parts| parts.rent_stroops);
    }
}
