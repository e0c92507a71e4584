//! A development ledger for Soroban: the real host in enforcing mode, with the public network's
//! limits, fees and times to live.
//!
//! What holds on the network holds here: a transaction applies with the footprint, resources and
//! fee it declares; fees are charged up front and refunded; entries expire and are archived;
//! ledgers close, with real `LedgerCloseMeta`. What runs contracts is `soroban-env-host`, what
//! simulates them `soroban-simulation`; nothing of either is done again here.
//!
//! In process:
//!
//! ```no_run
//! use lumenscope_localnet::{Localnet, Options, account_id, contract_call, xdr::ScVal};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut ledger = Localnet::new(&Options::mainnet()?)?;
//! let alice = account_id([7; 32]);
//! ledger.fund(&alice, 1_000_000_000_000)?;
//!
//! let hash = ledger.upload_wasm(&alice, &std::fs::read("hello.wasm")?)?;
//! let hello = ledger.create_contract(&alice, hash, [0; 32], vec![])?;
//! let outcome = ledger.run(&alice, contract_call(&hello, "count", vec![ScVal::U32(1)])?)?;
//! assert!(outcome.is_success());
//! println!("{} stroops", outcome.fees.charged_stroops);
//! # Ok(())
//! # }
//! ```
//!
//! To simulate, change the world, and apply with what was simulated: [`Localnet::simulate`], then
//! [`Localnet::advance_time`], other transactions or [`Localnet::skip_ledgers`], then
//! [`Localnet::apply_unsigned`] with [`Unsigned::simulated`]. A clone of the ledger is a snapshot.
#![forbid(unsafe_code)]

mod accounts;
mod actions;
mod apply;
mod asset_events;
pub mod capture;
mod clock;
mod close;
mod codec;
mod configuration;
mod draft;
mod fault;
mod fees;
mod history;
mod host_error;
mod host_stack;
mod keys;
mod localnet;
mod modules;
mod outcome;
mod root;
#[cfg(feature = "server")]
pub mod server;
mod settings;
mod signing;
mod simulate;
mod state;
mod submit;
mod transaction;
mod unsigned;
mod validate;
mod world;

pub use stellar_xdr_28 as xdr;

pub use actions::contract_call;
pub use apply::ResourceUsage;
pub use clock::{LEDGER_SECONDS, TimeSource};
pub use close::{ClosedLedger, Dropped, EventRecord, REFUND_TRANSACTION_INDEX, ledger_position};
pub use codec::sha256;
pub use configuration::Configuration;
pub use fault::Fault;
pub use fees::{BASE_FEE_STROOPS, FeeParts, ResourceFee, resource_fee};
pub use history::{DEFAULT_RETENTION_LEDGERS, History};
pub use host_stack::{HOST_STACK_BYTES, on_host_stack};
pub use keys::{account_id, account_key, code_key, instance_key};
pub use localnet::{Localnet, MAX_WAITING, Options, STANDALONE_PASSPHRASE};
pub use outcome::{Failure, Outcome};
pub use root::root_key;
pub use settings::{
    CostParameters, FeeRates, LedgerLimits, NetworkSettings, RentRates, TransactionLimits,
    TtlSettings, host_cost_parameters,
};
pub use signing::{sign_authorization, sign_transaction};
pub use simulate::{
    AuthMode, Call, FootprintSimulation, SimulatedChange, Simulation, SimulationError, Simulator,
};
pub use state::PROTOCOL;
pub use submit::{ApplyError, Submission};
pub use unsigned::Unsigned;
pub use world::{Stored, TimeToLive, World};
