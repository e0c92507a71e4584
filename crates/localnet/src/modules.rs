//! Parsed wasm, shared by every transaction.
//!
//! Without it the host parses a contract again, metered, at every apply, and a transaction could
//! pass the budget that simulation promised. As on the network, a wasm enters the cache when the
//! ledger that uploaded it has closed.

use crate::Fault;
use crate::xdr::{ContractCostParams, VecM};
use soroban_env_host::budget::{AsBudget, Budget};
use soroban_env_host::{CompilationContext, Error, ErrorHandler, HostError, ModuleCache, Val};

/// The cache of one ledger. Clones share it, which is sound: the host asks storage first.
#[derive(Clone)]
pub(crate) struct Modules {
    cache: ModuleCache,
}

impl Modules {
    pub(crate) fn new() -> Result<Self, Fault> {
        Ok(Self { cache: ModuleCache::new(&Unmetered::new()?)? })
    }

    /// Parses a wasm. One that does not parse stays out: calls of it fail in the host.
    pub(crate) fn add(&self, protocol: u32, wasm: &[u8]) -> Result<(), Fault> {
        // A wasm that the host refuses to parse is the caller's failure, not the cache's.
        let _refused =
            self.cache.parse_and_cache_module_simple(&Unmetered::new()?, protocol, wasm).err();
        Ok(())
    }

    pub(crate) fn host_cache(&self) -> ModuleCache {
        self.cache.clone()
    }
}

/// Parsing outside of any transaction is nobody's cost.
#[derive(Clone)]
struct Unmetered(Budget);

impl Unmetered {
    fn new() -> Result<Self, Fault> {
        let free = || ContractCostParams(VecM::default());
        Ok(Self(Budget::try_from_configs(u64::MAX, u64::MAX, free(), free())?))
    }
}

impl AsBudget for Unmetered {
    fn as_budget(&self) -> &Budget {
        &self.0
    }
}

impl ErrorHandler for Unmetered {
    fn map_err<T, E>(&self, result: Result<T, E>) -> Result<T, HostError>
    where
        Error: From<E>,
        E: std::fmt::Debug,
    {
        result.map_err(|error| HostError::from(Error::from(error)))
    }

    fn error(&self, error: Error, _message: &str, _arguments: &[Val]) -> HostError {
        HostError::from(error)
    }
}

impl CompilationContext for Unmetered {}
