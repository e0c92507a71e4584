//! What a contract is at the moment: its code, its names, how long it lives.

use lumenscope_meta::{
    Address, ContractSpec, Executable, Hash, NetworkLimits, code_key, instance_key, limit_keys,
    parse_code, parse_instance, parse_limits, parse_spec,
};
use lumenscope_rpc::{LedgerEntries, LedgerSource};
use serde::Serialize;

use crate::ObserveError;

/// How long an entry lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct EntryLife {
    /// The last ledger of its time to live.
    pub live_until_ledger: u32,
    /// Ledgers from the latest to that; 0 when it is archived already.
    pub ledgers_left: u32,
    /// Size of the entry's data.
    pub bytes: u32,
}

/// A contract as of the latest ledger.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ContractFacts {
    /// The contract.
    pub contract: Address,
    /// The ledger.
    pub latest_ledger: u32,
    /// What it runs.
    pub executable: Executable,
    /// Its instance.
    pub instance: EntryLife,
    /// Its code; `None` for a contract without code of its own, or whose code is gone.
    pub code: Option<EntryLife>,
    /// Its functions and errors; `None` where there is no code, or none that says.
    pub spec: Option<ContractSpec>,
}

impl ContractFacts {
    /// Ledgers until its instance or its code is archived, whichever comes first: the dictionary's
    /// `ttl_ledgers`. 0 where one of them is archived or gone.
    #[must_use]
    pub fn ttl_ledgers(&self) -> u32 {
        let code = match (&self.executable, &self.code) {
            (Executable::Wasm { .. }, None) => 0,
            (_, code) => code.map_or(u32::MAX, |code| code.ledgers_left),
        };
        code.min(self.instance.ledgers_left)
    }
}

/// Reads contracts and settings from a node.
#[derive(Clone, Copy, Debug)]
pub struct ContractReader<'a, S> {
    source: &'a S,
}

impl<'a, S: LedgerSource> ContractReader<'a, S> {
    /// Reads from this source.
    #[must_use]
    pub fn new(source: &'a S) -> Self {
        ContractReader { source }
    }

    /// The contract as of the latest ledger; `None` when there is none at this address.
    ///
    /// # Errors
    /// [`ObserveError`].
    pub async fn facts(&self, contract: &Address) -> Result<Option<ContractFacts>, ObserveError> {
        let key = instance_key(contract)?;
        let entries = self.source.entries(std::slice::from_ref(&key)).await?;
        let Some(entry) = entries.get(&key) else {
            return Ok(None);
        };
        let instance = parse_instance(&entry.xdr)?;
        let (code, spec) = match &instance.executable {
            Executable::Wasm { hash } => self.code(*hash).await?,
            Executable::StellarAsset | Executable::Reference => (None, None),
        };
        Ok(Some(ContractFacts {
            contract: contract.clone(),
            latest_ledger: entries.latest_ledger,
            executable: instance.executable,
            instance: life(&entries, entry.live_until_ledger, instance.bytes),
            code,
            spec,
        }))
    }

    async fn code(
        &self,
        hash: Hash,
    ) -> Result<(Option<EntryLife>, Option<ContractSpec>), ObserveError> {
        let key = code_key(hash)?;
        let entries = self.source.entries(std::slice::from_ref(&key)).await?;
        let Some(entry) = entries.get(&key) else {
            return Ok((None, None));
        };
        let code = parse_code(&entry.xdr)?;
        let bytes = u32::try_from(code.wasm.len()).unwrap_or(u32::MAX);
        let spec = match parse_spec(&code.wasm) {
            Ok(spec) => Some(spec),
            Err(error) => {
                tracing::warn!(%hash, %error, "errors and functions have no names");
                None
            }
        };
        Ok((Some(life(&entries, entry.live_until_ledger, bytes)), spec))
    }

    /// The network's limits for one transaction.
    ///
    /// # Errors
    /// [`ObserveError`].
    pub async fn limits(&self) -> Result<NetworkLimits, ObserveError> {
        let entries = self.source.entries(&limit_keys()?).await?;
        let data = entries.entries.iter().map(|entry| entry.xdr.as_str());
        Ok(parse_limits(data)?)
    }
}

fn life(entries: &LedgerEntries, live_until: Option<u32>, bytes: u32) -> EntryLife {
    let live_until_ledger = live_until.unwrap_or(0);
    let ledgers_left = live_until_ledger.saturating_sub(entries.latest_ledger);
    EntryLife { live_until_ledger, ledgers_left, bytes }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(executable: Executable, code: Option<u32>) -> ContractFacts {
        let life = |ledgers_left| EntryLife { live_until_ledger: 0, ledgers_left, bytes: 0 };
        ContractFacts {
            contract: Address::from_contract_id([1; 32]),
            latest_ledger: 1,
            executable,
            instance: life(100),
            code: code.map(life),
            spec: None,
        }
    }

    #[test]
    fn a_contract_lives_as_long_as_its_instance_and_its_code_do() {
        let wasm = || Executable::Wasm { hash: Hash([0; 32]) };
        assert_eq!(facts(wasm(), Some(150)).ttl_ledgers(), 100);
        assert_eq!(facts(wasm(), Some(50)).ttl_ledgers(), 50);
        assert_eq!(facts(wasm(), None).ttl_ledgers(), 0);
        assert_eq!(facts(Executable::StellarAsset, None).ttl_ledgers(), 100);
    }
}
