//! Code and contracts.

use lumenscope_meta::{Address, Hash};
use lumenscope_rpc::{Clock, Transport};

use super::Invoker;
use crate::value::ScVal;
use crate::{Account, InvokeError, Operation, Outcome, operations};

impl<T: Transport, C: Clock> Invoker<T, C> {
    /// Uploads code unless it is there and live. Returns its hash, and the outcome if there was a
    /// transaction.
    ///
    /// # Errors
    /// [`InvokeError`], also when the transaction failed.
    pub async fn upload(
        &self,
        account: &Account,
        wasm: Vec<u8>,
    ) -> Result<(Hash, Option<Outcome>), InvokeError> {
        let hash = Hash::of(&wasm);
        let key = lumenscope_meta::code_key(hash)?;
        let entries = self.client.entries(std::slice::from_ref(&key)).await?;
        let live_until = entries.get(&key).and_then(|entry| entry.live_until_ledger);
        if live_until.is_some_and(|live_until| live_until > entries.latest_ledger) {
            return Ok((hash, None));
        }
        let outcome = self.run(account, Operation::Upload { wasm }).await?;
        Ok((hash, Some(outcome.require_success()?)))
    }

    /// Creates a contract from uploaded code. Returns its address.
    ///
    /// # Errors
    /// [`InvokeError`], also when the transaction failed, as it does when the address is taken.
    pub async fn create(
        &self,
        account: &Account,
        wasm_hash: Hash,
        salt: [u8; 32],
        args: Vec<ScVal>,
    ) -> Result<(Address, Outcome), InvokeError> {
        let deployer = account.address();
        let contract = operations::contract_address(self.network.id(), &deployer, salt)?;
        let operation = Operation::Create { deployer, wasm_hash, salt, args };
        let outcome = self.run(account, operation).await?.require_success()?;
        Ok((contract, outcome))
    }
}
