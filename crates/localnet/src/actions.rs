//! Whole actions: apply, fund, call, upload, create.

use crate::Fault;
use crate::codec::sha256;
use crate::keys::{account_id, contract_id};
use crate::localnet::Localnet;
use crate::outcome::Outcome;
use crate::root::root_key;
use crate::signing::sign_transaction;
use crate::simulate::{AuthMode, Call, Simulation};
use crate::submit::{ApplyError, Submission};
use crate::transaction::ParsedTransaction;
use crate::unsigned::Unsigned;
use crate::validate::Signatures;
use crate::xdr::{
    AccountId, ContractExecutable, ContractId, ContractIdPreimage, ContractIdPreimageFromAddress,
    CreateAccountOp, CreateContractArgsV2, Hash, HostFunction, InvokeContractArgs, Memo,
    MuxedAccount, Operation, OperationBody, PaymentOp, Preconditions, ScAddress, ScSymbol, ScVal,
    SequenceNumber, Transaction, TransactionEnvelope, TransactionExt, Uint256,
};
use std::sync::Arc;

impl Localnet {
    /// Submits a transaction and closes a ledger with it.
    ///
    /// # Errors
    /// When it does not get into the ledger. One that is in and fails is an [`Outcome`].
    pub fn apply(&mut self, envelope: TransactionEnvelope) -> Result<Arc<Outcome>, ApplyError> {
        let submission = self.submit(envelope)?;
        self.close_with(submission)
    }

    /// Applies a host function that nobody signed: the way of harnesses. Everything but the
    /// signatures is checked, and everything after is the same code.
    ///
    /// # Errors
    /// When it does not get into the ledger. One that is in and fails is an [`Outcome`].
    pub fn apply_unsigned(&mut self, unsigned: &Unsigned) -> Result<Arc<Outcome>, ApplyError> {
        let transaction = self.unsigned_transaction(unsigned)?;
        let submission = self.queue(transaction, Signatures::NotRequired)?;
        self.close_with(submission)
    }

    fn close_with(&mut self, submission: Submission) -> Result<Arc<Outcome>, ApplyError> {
        let hash = match submission {
            Submission::Pending { hash } => hash,
            Submission::Duplicate { .. } => {
                return Err(ApplyError::NotIncluded("this very transaction came before"));
            }
            Submission::TryAgainLater { .. } => {
                return Err(ApplyError::NotIncluded("its account has a transaction waiting"));
            }
            Submission::Rejected { result, reason, .. } => {
                return Err(ApplyError::Rejected { result: Box::new(result), reason });
            }
            Submission::Unreadable(reason) => return Err(ApplyError::NotIncluded(reason)),
        };
        self.close_ledger()?;
        let outcome = self.history().transaction(&hash).cloned();
        outcome.ok_or(ApplyError::NotIncluded("the ledger had no room, or it had become invalid"))
    }

    /// Simulates a host function against the last ledger, as Stellar RPC does.
    ///
    /// # Errors
    /// When the function fails.
    pub fn simulate(
        &self,
        source: &AccountId,
        host_function: HostFunction,
        auth: AuthMode,
    ) -> Result<Simulation, ApplyError> {
        let call = Call { source: source.clone(), host_function, auth, instruction_leeway: 0 };
        Ok(self.simulator().call(&call)?)
    }

    /// Simulates a host function, then applies it with what simulation gave.
    ///
    /// # Errors
    /// When it fails in simulation or does not get into the ledger.
    pub fn run(
        &mut self,
        source: &AccountId,
        host_function: HostFunction,
    ) -> Result<Arc<Outcome>, ApplyError> {
        let simulation = self.simulate(source, host_function.clone(), AuthMode::Record)?;
        let unsigned = Unsigned::simulated(source.clone(), host_function, &simulation)?;
        self.apply_unsigned(&unsigned)
    }

    /// Creates an account with a starting balance, or pays it when it exists. The root account
    /// pays.
    ///
    /// # Errors
    /// When the balance is below the reserve of an account.
    pub fn fund(&mut self, account: &AccountId, stroops: i64) -> Result<Arc<Outcome>, ApplyError> {
        let body = match self.world().account(account) {
            None => OperationBody::CreateAccount(CreateAccountOp {
                destination: account.clone(),
                starting_balance: stroops,
            }),
            Some(_) => OperationBody::Payment(PaymentOp {
                destination: MuxedAccount::Ed25519(Uint256(crate::keys::public_key(account))),
                asset: crate::xdr::Asset::Native,
                amount: stroops,
            }),
        };
        let envelope = self.root_transaction(body)?;
        let outcome = self.apply(envelope)?;
        outcome.failure().map_or(Ok(outcome), |failure| Err(ApplyError::Failed(failure)))
    }

    /// A transaction of the root account with one classic operation, signed.
    pub(crate) fn root_transaction(
        &self,
        body: OperationBody,
    ) -> Result<TransactionEnvelope, Fault> {
        let key = root_key(self.passphrase());
        let public = key.verifying_key().to_bytes();
        let root = account_id(public);
        let account = self.world().account(&root);
        let account = account.ok_or_else(|| Fault::MissingAccount(root.to_string()))?;
        let transaction = Transaction {
            source_account: MuxedAccount::Ed25519(Uint256(public)),
            fee: u32::try_from(crate::BASE_FEE_STROOPS)
                .map_err(|_| Fault::TooLarge("the base fee"))?,
            seq_num: SequenceNumber(account.seq_num.0.saturating_add(1)),
            cond: Preconditions::None,
            memo: Memo::None,
            operations: vec![Operation { source_account: None, body }].try_into()?,
            ext: TransactionExt::V0,
        };
        sign_transaction(transaction, self.network_id(), &[&key])
    }

    /// Uploads a wasm; gives its hash. One that is there already costs nothing but the call.
    ///
    /// # Errors
    /// When the host refuses the wasm.
    pub fn upload_wasm(&mut self, source: &AccountId, wasm: &[u8]) -> Result<[u8; 32], ApplyError> {
        let hash = sha256(wasm);
        let wasm = wasm.to_vec().try_into().map_err(Fault::from)?;
        self.succeed(source, HostFunction::UploadContractWasm(wasm))?;
        Ok(hash)
    }

    /// Creates a contract from an uploaded wasm and runs its constructor.
    ///
    /// # Errors
    /// When the constructor fails, or the salt was used before by this deployer.
    pub fn create_contract(
        &mut self,
        deployer: &AccountId,
        wasm_hash: [u8; 32],
        salt: [u8; 32],
        constructor_args: Vec<ScVal>,
    ) -> Result<ContractId, ApplyError> {
        let preimage = ContractIdPreimage::Address(ContractIdPreimageFromAddress {
            address: ScAddress::Account(deployer.clone()),
            salt: Uint256(salt),
        });
        let id = contract_id(self.network_id(), preimage.clone())?;
        self.succeed(
            deployer,
            HostFunction::CreateContractV2(CreateContractArgsV2 {
                contract_id_preimage: preimage,
                executable: ContractExecutable::Wasm(Hash(wasm_hash)),
                constructor_args: constructor_args.try_into().map_err(Fault::from)?,
            }),
        )?;
        Ok(id)
    }

    fn succeed(
        &mut self,
        source: &AccountId,
        host_function: HostFunction,
    ) -> Result<Arc<Outcome>, ApplyError> {
        let outcome = self.run(source, host_function)?;
        outcome.failure().map_or(Ok(outcome), |failure| Err(ApplyError::Failed(failure)))
    }

    fn unsigned_transaction(&self, unsigned: &Unsigned) -> Result<ParsedTransaction, Fault> {
        let envelope = unsigned.envelope(self)?;
        let parsed = ParsedTransaction::parse(envelope, self.network_id())?;
        let mut parsed = parsed.ok_or(Fault::TooLarge("an unsigned transaction"))?;
        if let Some(size_bytes) = unsigned.size_bytes {
            parsed.size_bytes = size_bytes;
        }
        Ok(parsed)
    }
}

/// A call of a contract, as a host function.
///
/// # Errors
/// When the name is longer than a symbol, or there are too many arguments.
pub fn contract_call(
    contract: &ContractId,
    function: &str,
    args: Vec<ScVal>,
) -> Result<HostFunction, Fault> {
    Ok(HostFunction::InvokeContract(InvokeContractArgs {
        contract_address: ScAddress::Contract(contract.clone()),
        function_name: ScSymbol(function.try_into()?),
        args: args.try_into()?,
    }))
}
