//! Reads of other contracts, each of which may fail without harm to the rest.
//!
//! The calls are those of the clients in `lumenscope-interfaces`, made in one place for all types:
//! a client of its own for each costs half a kilobyte of wasm. Tests make them against the real
//! contracts.

use lumenscope_interfaces::dashboard::DashboardError;
use soroban_sdk::xdr::ScErrorType;
use soroban_sdk::{Address, Env, Error, Map, Symbol, TryFromVal, Val, Vec};

/// An error code of the suite.
pub type Code = u32;

/// What a source gave, if it can be read.
pub fn read<T: TryFromVal<Env, Val>>(e: &Env, answer: &Val) -> Result<T, Code> {
    T::try_from_val(e, answer).map_err(|_| UNREADABLE)
}

/// What a source gave and nobody can read.
pub const UNREADABLE: Code = DashboardError::SourceUnreadable as Code;

/// The contracts to read.
pub struct Sources<'a> {
    pub e: &'a Env,
    pub links: Map<Symbol, Address>,
    /// Reads made so far.
    pub reads: u32,
}

impl Sources<'_> {
    /// Calls a function of a linked contract.
    #[inline(never)]
    pub fn ask(&mut self, link: &str, function: &str, arguments: Vec<Val>) -> Result<Val, Code> {
        self.reads = self.reads.wrapping_add(1);
        let address = self.links.get(Symbol::new(self.e, link));
        let address = address.ok_or(DashboardError::SourceUnset as Code)?;
        let function = Symbol::new(self.e, function);
        match self.e.try_invoke_contract::<Val, Error>(&address, &function, arguments) {
            Ok(Ok(answer)) => Ok(answer),
            Err(Ok(error)) if error.is_type(ScErrorType::Contract) => Err(error.get_code()),
            _ => Err(UNREADABLE),
        }
    }
}
