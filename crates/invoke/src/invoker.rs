//! From an operation to its outcome.

use std::sync::Arc;
use std::time::Duration;

use lumenscope_meta::{Address, Hash, Network};
use lumenscope_rpc::{
    Client, Clock, Http, NetworkInfo, SendStatus, Simulated, Simulation, SystemClock,
    TransactionStatus, Transport,
};

use crate::envelope::{self, Draft};
use crate::prepared::simulated_error;
use crate::value::ScVal;
use crate::xdr::{
    self, OperationBody, SorobanAuthorizationEntry, SorobanTransactionData, TransactionResult,
};
use crate::{
    Account, InvokeError, Keypair, Operation, Outcome, Pending, Prepared, auth, operations,
};

mod accounts;
mod deployment;
mod options;
mod view;

pub use options::InvokerOptions;
pub use view::ViewResult;

/// Pause before the node is asked again, in milliseconds: doubled up to the maximum.
const POLL_MIN_MS: u64 = 100;
const POLL_MAX_MS: u64 = 2_000;
/// How often a refused sequence number is looked up again before the refusal is believed.
const SEQUENCE_RELOADS_MAX: u32 = 3;

/// Sends transactions to one network.
#[derive(Debug)]
pub struct Invoker<T = Http, C = SystemClock> {
    client: Arc<Client<T, C>>,
    network: Network,
    friendbot_url: Option<String>,
    options: InvokerOptions,
}

impl<T, C> Clone for Invoker<T, C> {
    fn clone(&self) -> Self {
        Invoker {
            client: self.client.clone(),
            network: self.network.clone(),
            friendbot_url: self.friendbot_url.clone(),
            options: self.options,
        }
    }
}

impl Invoker {
    /// Asks the node at this URL for its network.
    ///
    /// # Errors
    /// [`InvokeError::Rpc`].
    pub async fn connect(url: &str) -> Result<Self, InvokeError> {
        Invoker::over(Arc::new(Client::new(url)?), InvokerOptions::default()).await
    }
}

impl<T: Transport, C: Clock> Invoker<T, C> {
    /// Asks the node behind this client for its network.
    ///
    /// # Errors
    /// [`InvokeError::Rpc`].
    pub async fn over(
        client: Arc<Client<T, C>>,
        options: InvokerOptions,
    ) -> Result<Self, InvokeError> {
        let NetworkInfo { passphrase, friendbot_url, .. } = client.network().await?;
        Ok(Invoker { client, network: Network::new(&passphrase), friendbot_url, options })
    }

    /// The same with other options.
    #[must_use]
    pub fn with_options(mut self, options: InvokerOptions) -> Self {
        self.options = options;
        self
    }

    /// The options.
    #[must_use]
    pub fn options(&self) -> InvokerOptions {
        self.options
    }

    /// The client.
    #[must_use]
    pub fn client(&self) -> &Arc<Client<T, C>> {
        &self.client
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Simulates, signs, sends and waits.
    ///
    /// # Errors
    /// [`InvokeError`]. A transaction that was applied and failed is an [`Outcome`].
    pub async fn run(
        &self,
        account: &Account,
        operation: Operation,
    ) -> Result<Outcome, InvokeError> {
        self.run_signed(account, operation, &[]).await
    }

    /// The same with keys for the authorisations of other accounts.
    ///
    /// # Errors
    /// [`InvokeError`]. A transaction that was applied and failed is an [`Outcome`].
    pub async fn run_signed(
        &self,
        account: &Account,
        operation: Operation,
        signers: &[&Keypair],
    ) -> Result<Outcome, InvokeError> {
        let prepared = self.prepare(&account.address(), &operation, signers).await?;
        self.finish(account, &prepared).await
    }

    /// Sends what was prepared, and waits.
    ///
    /// # Errors
    /// [`InvokeError`]. A transaction that was applied and failed is an [`Outcome`].
    pub async fn finish(
        &self,
        account: &Account,
        prepared: &Prepared,
    ) -> Result<Outcome, InvokeError> {
        let pending = self.submit(account, prepared).await?;
        self.outcome(&pending).await
    }

    /// Calls a function.
    ///
    /// # Errors
    /// [`InvokeError`]. A call that was applied and failed is an [`Outcome`].
    pub async fn invoke(
        &self,
        account: &Account,
        contract: &Address,
        function: &str,
        args: Vec<ScVal>,
    ) -> Result<Outcome, InvokeError> {
        let (contract, function) = (contract.clone(), function.to_owned());
        self.run(account, Operation::Invoke { contract, function, args }).await
    }

    /// Reads from a contract without a transaction: simulates a call and gives its value.
    ///
    /// # Errors
    /// [`InvokeError::Simulation`] when the call fails.
    pub async fn view(
        &self,
        contract: &Address,
        function: &str,
        args: Vec<ScVal>,
    ) -> Result<ViewResult, InvokeError> {
        let (contract, function) = (contract.clone(), function.to_owned());
        let operation = Operation::Invoke { contract, function, args };
        // Nobody's account: a simulation needs no sequence number and no signature.
        let nobody = Address::from_account_key([0; 32]);
        let simulated = self.simulate(&nobody, operation.body()?, None).await?;
        let data: SorobanTransactionData = xdr::decode_base64(&simulated.transaction_data)?;
        let Some(result) = simulated.result else {
            return Err(xdr::malformed("simulation", "a call without a result"));
        };
        Ok(ViewResult {
            value: xdr::decode_base64(&result.xdr)?,
            ledger: simulated.latest_ledger,
            instructions: data.resources.instructions,
        })
    }

    /// Simulates, and signs the authorisations that accounts other than the source must give.
    ///
    /// # Errors
    /// [`InvokeError::Simulation`], [`InvokeError::NeedsRestore`], [`InvokeError::NoSigner`].
    pub async fn prepare(
        &self,
        source: &Address,
        operation: &Operation,
        signers: &[&Keypair],
    ) -> Result<Prepared, InvokeError> {
        let mut body = operation.body()?;
        let inclusion_fee_stroops = self.options.inclusion_fee_stroops;
        if !operation.is_soroban() {
            let latest_ledger = self.client.health().await?.latest_ledger;
            return Ok(Prepared {
                body,
                data: None,
                inclusion_fee_stroops,
                latest_ledger,
                value: None,
            });
        }
        let hint = envelope::data_for_simulation(operation)?;
        let mut simulated = self.simulate(source, body.clone(), hint.clone()).await?;
        if self.authorise(&mut body, &simulated, signers)? {
            // The signatures are in place now: this time their verification is measured.
            simulated = self.simulate(source, body.clone(), hint).await?;
        }
        let mut data: SorobanTransactionData = xdr::decode_base64(&simulated.transaction_data)?;
        data.resource_fee = simulated.min_resource_fee_stroops;
        let value = simulated.result.map(|result| xdr::decode_base64(&result.xdr)).transpose()?;
        Ok(Prepared {
            body,
            data: Some(data),
            inclusion_fee_stroops,
            latest_ledger: simulated.latest_ledger,
            value,
        })
    }

    /// Puts the authorisations of the simulation into the operation, signed. Returns whether any
    /// needed a signature of its own.
    fn authorise(
        &self,
        body: &mut OperationBody,
        simulated: &Simulated,
        signers: &[&Keypair],
    ) -> Result<bool, InvokeError> {
        let (OperationBody::InvokeHostFunction(invoke), Some(result)) = (body, &simulated.result)
        else {
            return Ok(false);
        };
        let mut entries: Vec<SorobanAuthorizationEntry> =
            result.auth.iter().map(|entry| xdr::decode_base64(entry)).collect::<Result<_, _>>()?;
        let expiration = simulated.latest_ledger.saturating_add(self.options.ledgers_valid);
        let signed = auth::sign_all(&mut entries, signers, &self.network, expiration)?;
        invoke.auth = operations::list("authorisations", entries)?;
        Ok(signed)
    }

    async fn simulate(
        &self,
        source: &Address,
        body: OperationBody,
        data: Option<SorobanTransactionData>,
    ) -> Result<Simulated, InvokeError> {
        let fee = self.options.inclusion_fee_stroops;
        let draft = Draft { source, sequence: 0, body, data, fee, last_ledger: 0 };
        let envelope = xdr::encode_base64(&envelope::unsigned(draft.transaction()?))?;
        match self.client.simulate(&envelope).await? {
            Simulation::Ready(simulated) => Ok(simulated),
            Simulation::NeedsRestore { preamble, .. } => Err(InvokeError::NeedsRestore {
                fee_stroops: preamble.min_resource_fee_stroops,
                keys: envelope::restored_keys(&preamble.transaction_data)?,
            }),
            Simulation::Failed { error, .. } => {
                Err(InvokeError::Simulation { error: simulated_error(&error), message: error })
            }
        }
    }

    /// Signs and hands over. When it returns, the node has the transaction, or did not answer and
    /// may have it: [`Invoker::outcome`] tells. The account's next one may follow. A transaction is
    /// never applied twice.
    ///
    /// # Errors
    /// [`InvokeError::Refused`], [`InvokeError::NoAccount`], [`InvokeError::Unresolved`]: then it
    /// will not be applied.
    pub async fn submit(
        &self,
        account: &Account,
        prepared: &Prepared,
    ) -> Result<Pending, InvokeError> {
        let _turn = account.turn().await;
        let started_ms = self.client.clock().now_ms();
        let mut latest_ledger = prepared.latest_ledger;
        let mut reloads = 0;
        let mut pause_ms = POLL_MIN_MS;
        loop {
            let sequence = self.next_sequence(account).await?;
            let last_ledger = latest_ledger.saturating_add(self.options.ledgers_valid);
            let (envelope, hash) = self.signed(account, prepared, sequence, last_ledger)?;
            let pending = Pending { account: account.clone(), hash, last_ledger };
            let sent = match self.client.send(&envelope).await {
                Ok(sent) => sent,
                Err(error) if error.is_transient() => {
                    // It may have arrived: the ledgers it is valid for will tell.
                    tracing::warn!(%hash, %error, "no answer to a transaction that was sent");
                    account.set_last_sequence(None);
                    return Ok(pending);
                }
                Err(error) => return Err(error.into()),
            };
            match sent.status {
                SendStatus::Pending | SendStatus::Duplicate => {
                    account.set_last_sequence(Some(sequence));
                    return Ok(pending);
                }
                SendStatus::TryAgainLater => {
                    latest_ledger = latest_ledger.max(sent.latest_ledger);
                    self.pause(hash, started_ms, &mut pause_ms).await?;
                }
                SendStatus::Error => {
                    let result = refusal(sent.error_result_xdr.as_deref())?;
                    if result != "TxBadSeq" || reloads >= SEQUENCE_RELOADS_MAX {
                        return Err(InvokeError::Refused { hash, result });
                    }
                    // The answer to the first sending was lost, and this one came after it was
                    // applied: sending it under another number would do it twice.
                    let status = self.client.transaction(&hash.to_string()).await?;
                    if matches!(status, TransactionStatus::Applied(_)) {
                        account.set_last_sequence(Some(sequence));
                        return Ok(pending);
                    }
                    reloads += 1;
                    account.set_last_sequence(None);
                    self.pause(hash, started_ms, &mut pause_ms).await?;
                }
            }
        }
    }

    fn signed(
        &self,
        account: &Account,
        prepared: &Prepared,
        sequence: i64,
        last_ledger: u32,
    ) -> Result<(String, Hash), InvokeError> {
        let draft = Draft {
            source: &account.address(),
            sequence,
            body: prepared.body.clone(),
            data: prepared.data.clone(),
            fee: prepared.inclusion_fee_stroops.saturating_add(prepared.resource_fee_stroops()),
            last_ledger,
        };
        envelope::sign(draft.transaction()?, &self.network, account.keypair())
    }

    async fn next_sequence(&self, account: &Account) -> Result<i64, InvokeError> {
        if let Some(last) = account.last_sequence() {
            return Ok(last + 1);
        }
        let address = account.address();
        match self.account_entry(&address).await? {
            Some(entry) => Ok(entry.seq_num.0 + 1),
            None => Err(InvokeError::NoAccount(address)),
        }
    }

    async fn pause(
        &self,
        hash: Hash,
        started_ms: u64,
        pause_ms: &mut u64,
    ) -> Result<(), InvokeError> {
        let waited_ms = self.client.clock().now_ms().saturating_sub(started_ms);
        if u128::from(waited_ms) >= self.options.wait.as_millis() {
            return Err(InvokeError::Unresolved { hash, waited_ms });
        }
        self.client.clock().sleep(Duration::from_millis(*pause_ms)).await;
        *pause_ms = (*pause_ms * 2).min(POLL_MAX_MS);
        Ok(())
    }

    /// Waits until a ledger applied the transaction, or none can any more.
    ///
    /// # Errors
    /// [`InvokeError::Expired`], [`InvokeError::Unresolved`].
    pub async fn outcome(&self, pending: &Pending) -> Result<Outcome, InvokeError> {
        let Pending { account, hash, last_ledger } = pending;
        let started_ms = self.client.clock().now_ms();
        let mut pause_ms = POLL_MIN_MS;
        loop {
            match self.client.transaction(&hash.to_string()).await? {
                TransactionStatus::Applied(record) => return Outcome::read(&record, &self.network),
                TransactionStatus::NotFound { latest_ledger } if latest_ledger > *last_ledger => {
                    // Its sequence number was not used.
                    account.set_last_sequence(None);
                    return Err(InvokeError::Expired { hash: *hash, last_ledger: *last_ledger });
                }
                TransactionStatus::NotFound { .. } => {
                    self.pause(*hash, started_ms, &mut pause_ms).await?;
                }
            }
        }
    }
}

/// The result's name of a refused transaction.
fn refusal(result: Option<&str>) -> Result<String, InvokeError> {
    let Some(result) = result else {
        return Ok("no reason given".to_owned());
    };
    let result: TransactionResult = xdr::decode_base64(result)?;
    Ok(result.result.name().to_owned())
}
