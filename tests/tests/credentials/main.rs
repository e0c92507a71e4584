//! What the crate of credentials makes, judged by the contract itself: same bytes, same answers.

mod agreement;
mod constants;
mod ledger;
mod sealed;
mod signed;
