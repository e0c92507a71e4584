//! Contract transactions from an argument list to a result: built, simulated, signed, sent,
//! followed until a ledger decided.
//!
//! [`Invoker`] is the way in. What it sends is exactly what the simulation returned (resources,
//! authorisation, fee), so that what applies is what was tried. A transaction that the network
//! applied and that failed is an [`Outcome`] with the contract's error code; an [`InvokeError`]
//! says that there is no outcome, and whether there may still be one.
//!
//! Any number of transactions may be in flight, from any number of accounts: an [`Account`] hands
//! out its sequence numbers one at a time, and the network holds one waiting transaction for each
//! account.
#![forbid(unsafe_code)]

mod account;
mod auth;
mod envelope;
mod error;
mod invoker;
mod key;
mod operations;
mod outcome;
mod prepared;
mod value;
mod xdr;

pub use account::Account;
pub use error::InvokeError;
pub use invoker::{Invoker, InvokerOptions, ViewResult};
pub use key::{Keypair, KeypairError};
pub use operations::{Operation, contract_address, native_asset_address};
pub use outcome::Outcome;
pub use prepared::{Pending, Prepared};
pub use value::{
    FromVal, Record, ScVal, ToVal, ValueError, bytes, record, symbol, variant, vector,
};

pub use lumenscope_meta::{Address, CallError, Hash};

/// The arguments of a call, each anything that is [`ToVal`]: `args![owner, 5_i128, symbol("x")?]?`.
#[macro_export]
macro_rules! args {
    ($($argument:expr),* $(,)?) => {
        (|| -> ::core::result::Result<::std::vec::Vec<$crate::ScVal>, $crate::ValueError> {
            ::core::result::Result::Ok(::std::vec![$($crate::ToVal::to_val(&$argument)?),*])
        })()
    };
}
