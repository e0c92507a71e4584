//! A ledger in process with contracts on wasm: mainnet's limits, fees and times to live, a
//! sequence near 60,000,000, a host in enforcing mode.
//!
//! Everything is called through the probe `probe-caller`, which is also every contract's admin,
//! owner and reporter: a contract authorises what it calls directly, so calls carry neither
//! signatures nor nonces, and what they cost is what they cost a monitored contract.

mod recording;

pub use recording::encoded_bytes;
pub use recording::{Recording, Written};

use std::rc::Rc;

use anyhow::{Context, Result, bail, ensure};
use lumenscope_localnet::{
    AuthMode, FeeParts, Localnet, Options, Outcome, Simulation, Unsigned, contract_call,
    on_host_stack,
    xdr::{
        AccountId, ContractDataDurability, ContractExecutable, ContractId, Hash, HostFunction,
        LedgerEntryData, LedgerKey, LedgerKeyContractCode, LedgerKeyContractData, PublicKey,
        ScAddress, ScContractInstance, ScVal, Uint256,
    },
};
use soroban_sdk::testutils::EnvTestConfig;
use soroban_sdk::{Address, Env, IntoVal, Symbol, TryFromVal, Val, Vec as SdkVec};

/// The account whose transactions these are. It signs nothing: no contract knows it.
const SOURCE: [u8; 32] = [9; 32];
/// Enough for every upload and every rent: 10 million lumens.
const BALANCE_STROOPS: i64 = 100_000_000_000_000;

/// One call of a contract.
#[derive(Clone, Debug)]
pub struct Call {
    /// The contract.
    pub contract: Address,
    /// Its function.
    pub function: &'static str,
    /// The arguments.
    pub arguments: SdkVec<Val>,
}

/// The ledger with its contracts. A clone is another future of the same past.
#[derive(Clone)]
pub struct Stage {
    ledger: Localnet,
    env: Rc<Env>,
    source: AccountId,
    caller: ContractId,
    deployed: u8,
}

/// Runs `work` with a fresh stage, on a thread whose stack is large enough for the host.
///
/// # Errors
/// Those of `work`, and those of preparing the stage.
pub fn on_stage<T: Send>(work: impl FnOnce(Stage) -> Result<T> + Send) -> Result<T> {
    on_host_stack(|| work(Stage::new()?))?
}

impl Stage {
    fn new() -> Result<Self> {
        let mut ledger = Localnet::new(&Options::mainnet()?)?;
        let source = AccountId(PublicKey::PublicKeyTypeEd25519(Uint256(SOURCE)));
        ledger.fund(&source, BALANCE_STROOPS)?;
        let env = Env::new_with_config(EnvTestConfig { capture_snapshot_at_drop: false });
        // It only encodes arguments; nothing runs in it.
        env.cost_estimate().budget().reset_unlimited();
        let mut stage =
            Self { ledger, env: Rc::new(env), source, caller: ContractId::default(), deployed: 0 };
        stage.caller = stage.create("probe-caller", SdkVec::new(stage.env()))?;
        Ok(stage)
    }

    /// The environment that encodes arguments.
    #[must_use]
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// The ledger.
    #[must_use]
    pub fn ledger(&self) -> &Localnet {
        &self.ledger
    }

    /// The contract that makes every call.
    ///
    /// # Errors
    /// When its address cannot be encoded.
    pub fn caller(&self) -> Result<Address> {
        self.address(&self.caller)
    }

    /// The symbol of a name.
    #[must_use]
    pub fn symbol(&self, name: &str) -> Symbol {
        Symbol::new(&self.env, name)
    }

    /// Deploys the built wasm of a package with the constructor's arguments.
    ///
    /// # Errors
    /// When it is not built, or the constructor fails.
    pub fn deploy(
        &mut self,
        package: &str,
        arguments: impl IntoVal<Env, SdkVec<Val>>,
    ) -> Result<Address> {
        let arguments = arguments.into_val(self.env());
        let id = self.create(package, arguments)?;
        self.address(&id)
    }

    /// Uploads the built wasm of a package; gives its hash.
    ///
    /// # Errors
    /// When it is not built, or the host refuses it.
    pub fn upload(&mut self, package: &str) -> Result<[u8; 32]> {
        let wasm = lumenscope_contract_wasm::read(package)?;
        let uploaded = self.ledger.upload_wasm(&self.source, &wasm);
        uploaded.with_context(|| format!("uploading {package}"))
    }

    /// Uploads the built wasm of a package with a custom section more: other bytes, and so another
    /// hash, of the same behaviour.
    ///
    /// # Errors
    /// When it is not built, or the host refuses it.
    pub fn upload_variant(&mut self, package: &str) -> Result<[u8; 32]> {
        /// Id 0, length 2, a name of one character.
        const CUSTOM_SECTION: [u8; 4] = [0, 2, 1, b'v'];
        let mut wasm = lumenscope_contract_wasm::read(package)?;
        wasm.extend(CUSTOM_SECTION);
        let uploaded = self.ledger.upload_wasm(&self.source, &wasm);
        uploaded.with_context(|| format!("uploading a variant of {package}"))
    }

    fn create(&mut self, package: &str, arguments: SdkVec<Val>) -> Result<ContractId> {
        let hash = self.upload(package)?;
        self.deployed += 1;
        let arguments = self.encode_all(&arguments)?;
        let created =
            self.ledger.create_contract(&self.source, hash, [self.deployed; 32], arguments);
        created.with_context(|| format!("creating {package}"))
    }

    /// A call, with its arguments as a tuple.
    pub fn call(
        &self,
        contract: &Address,
        function: &'static str,
        arguments: impl IntoVal<Env, SdkVec<Val>>,
    ) -> Call {
        let arguments = arguments.into_val(self.env());
        Call { contract: contract.clone(), function, arguments }
    }

    /// A call as another deployed `probe-caller` makes it, which authorises it thereby.
    ///
    /// # Errors
    /// When an argument cannot be encoded.
    pub fn made_by(&self, other: &Address, call: &Call) -> Result<Call> {
        let calls = self.decode(&list(vec![self.encode_call(call)?])?)?;
        Ok(self.call(other, "call", (calls,)))
    }

    /// Makes the calls in one transaction of their own.
    ///
    /// # Errors
    /// When one of them fails: with what the host said about it.
    pub fn act(&mut self, calls: &[Call]) -> Result<()> {
        let function = self.through("call", calls)?;
        let simulation = self.simulate(&function)?;
        ensure_all_succeeded(calls, &simulation)?;
        let outcome = self.apply(&function, &simulation, None)?;
        match outcome.failure() {
            None => Ok(()),
            Some(failure) => bail!("applying {}: {failure:?}", names(calls)),
        }
    }

    /// Simulates the calls and applies them in one transaction of their own.
    ///
    /// # Errors
    /// When they fail in simulation.
    pub fn send(&mut self, calls: &[Call]) -> Result<std::sync::Arc<Outcome>> {
        let function = self.through("call", calls)?;
        let simulation = self.simulate(&function)?;
        ensure_all_succeeded(calls, &simulation)?;
        self.apply(&function, &simulation, None)
    }

    /// The keys of all persistent entries of a contract but its instance.
    #[must_use]
    pub fn entries_of(&self, contract: &Address) -> Vec<LedgerKey> {
        let owner = ScAddress::from(contract);
        let entries = self.ledger.world().iter().map(|(key, _)| key);
        let is_own = |key: &&LedgerKey| match key {
            LedgerKey::ContractData(data) => {
                data.contract == owner
                    && data.durability == ContractDataDurability::Persistent
                    && data.key != ScVal::LedgerKeyContractInstance
            }
            _ => false,
        };
        entries.filter(is_own).cloned().collect()
    }

    /// Extends the lives of entries, with the network's own operation.
    ///
    /// # Errors
    /// When the operation fails.
    pub fn extend_entries(
        &mut self,
        keys: &[LedgerKey],
        extend_to: u32,
    ) -> Result<std::sync::Arc<Outcome>> {
        let extended = self.ledger.simulator().extend(keys, extend_to)?;
        let unsigned = Unsigned::extension(self.source.clone(), extend_to, extended.data);
        let outcome = self.ledger.apply_unsigned(&unsigned)?;
        match outcome.failure() {
            None => Ok(outcome),
            Some(failure) => bail!("extending {} entries: {failure:?}", keys.len()),
        }
    }

    /// The keys of everything that a contract has on the ledger for as long as somebody extends it:
    /// its code, its instance, its persistent entries.
    ///
    /// # Errors
    /// When it is no contract.
    pub fn everything_of(&self, contract: &Address) -> Result<Vec<LedgerKey>> {
        let instance = LedgerKey::ContractData(LedgerKeyContractData {
            contract: ScAddress::from(contract),
            key: ScVal::LedgerKeyContractInstance,
            durability: ContractDataDurability::Persistent,
        });
        let hash = Hash(self.runs(contract)?);
        let code = LedgerKey::ContractCode(LedgerKeyContractCode { hash });
        let mut keys = self.entries_of(contract);
        keys.extend([instance, code]);
        Ok(keys)
    }

    /// The hash of the code that a contract runs.
    ///
    /// # Errors
    /// When it is no contract.
    pub fn runs(&self, contract: &Address) -> Result<[u8; 32]> {
        let key = LedgerKey::ContractData(LedgerKeyContractData {
            contract: ScAddress::from(contract),
            key: ScVal::LedgerKeyContractInstance,
            durability: ContractDataDurability::Persistent,
        });
        let stored = self.ledger.entry(&key).context("no such contract")?;
        let LedgerEntryData::ContractData(data) = &stored.entry.data else {
            bail!("expected an instance, not {:?}", stored.entry.data)
        };
        match &data.val {
            ScVal::ContractInstance(ScContractInstance {
                executable: ContractExecutable::Wasm(hash),
                ..
            }) => Ok(hash.0),
            other => bail!("expected an instance that runs wasm, not {other:?}"),
        }
    }

    /// Restores archived entries, with the network's own operation; gives what that cost.
    ///
    /// # Errors
    /// When the operation fails.
    pub fn restore_entries(&mut self, keys: &[LedgerKey]) -> Result<FeeParts> {
        let restored = self.ledger.simulator().restore(keys)?;
        let unsigned = Unsigned::restoration(self.source.clone(), restored.data);
        let outcome = self.ledger.apply_unsigned(&unsigned)?;
        match outcome.failure() {
            None => Ok(outcome.fees),
            Some(failure) => bail!("restoring {} entries: {failure:?}", keys.len()),
        }
    }

    /// The ledger, to be changed past its rules.
    pub fn ledger_mut(&mut self) -> &mut Localnet {
        &mut self.ledger
    }

    /// The host function by which the caller makes one call and gives its answer.
    ///
    /// # Errors
    /// When an argument cannot be encoded.
    pub fn answering(&self, call: &Call) -> Result<HostFunction> {
        Ok(contract_call(&self.caller, "answer", vec![self.encode_call(call)?])?)
    }

    /// Lets time and ledgers pass, without what would happen in them.
    ///
    /// # Errors
    /// When the sequence would pass its end.
    pub fn pass(&mut self, seconds: u64, ledgers: u32) -> Result<()> {
        let time_s = self.ledger.close_time_s() + seconds;
        self.ledger.set_next_close_time(time_s);
        self.ledger.skip_ledgers(ledgers)?;
        Ok(())
    }

    /// Extends the lives of all entries that the calls need, as anybody may who pays: with the
    /// network's own operation.
    ///
    /// # Errors
    /// When a call fails in simulation, or the operation does.
    pub fn extend(&mut self, calls: &[Call], extend_to: u32) -> Result<()> {
        let function = self.through("call", calls)?;
        let footprint = self.simulate(&function)?.data.resources.footprint;
        let keys = [footprint.read_only.as_slice(), footprint.read_write.as_slice()].concat();
        self.extend_entries(&keys, extend_to).map(drop)
    }

    /// Makes one call in a transaction of its own and gives what it returned.
    ///
    /// # Errors
    /// When it fails, or returned something else than a `T`.
    pub fn perform<T: TryFromVal<Env, Val>>(&mut self, call: &Call) -> Result<T> {
        let function = self.answering(call)?;
        let simulation =
            self.simulate(&function).with_context(|| format!("calling {}", call.function))?;
        let outcome = self.apply(&function, &simulation, None)?;
        let Some(value) = outcome.return_value() else {
            bail!("applying {}: {:?}", call.function, outcome.failure());
        };
        let value = self.decode(value)?;
        T::try_from_val(self.env(), &value)
            .map_err(|_| anyhow::anyhow!("{} returned something else: {value:?}", call.function))
    }

    /// The host function by which the caller makes these calls (`call`), or takes them and makes
    /// none (`noop`).
    ///
    /// # Errors
    /// When an argument cannot be encoded.
    pub fn through(&self, function: &'static str, calls: &[Call]) -> Result<HostFunction> {
        let calls = calls.iter().map(|call| self.encode_call(call)).collect::<Result<Vec<_>>>()?;
        Ok(contract_call(&self.caller, function, vec![list(calls)?])?)
    }

    /// Simulates as Stellar RPC does, margins included.
    ///
    /// # Errors
    /// When the host function fails.
    pub fn simulate(&self, function: &HostFunction) -> Result<Simulation> {
        Ok(self.ledger.simulate(&self.source, function.clone(), AuthMode::Record)?)
    }

    /// Measures without margins.
    ///
    /// # Errors
    /// When the host function fails.
    pub fn record(&self, function: &HostFunction) -> Result<Recording> {
        recording::record(&self.ledger, &self.source, function)
    }

    /// Applies with the simulation's footprint, resources and fee enforced, in a ledger of its
    /// own, as a transaction of `size_bytes` where that is given.
    ///
    /// # Errors
    /// When it does not get into a ledger. One that is in and fails is an [`Outcome`].
    pub fn apply(
        &mut self,
        function: &HostFunction,
        simulation: &Simulation,
        size_bytes: Option<u32>,
    ) -> Result<std::sync::Arc<Outcome>> {
        let unsigned = Unsigned::simulated(self.source.clone(), function.clone(), simulation)?;
        Ok(self.ledger.apply_unsigned(&Unsigned { size_bytes, ..unsigned })?)
    }

    /// Closes an empty ledger at a time, in seconds since 1970: the next simulation sees it.
    ///
    /// # Errors
    /// When the time is not after the last ledger's.
    pub fn close_at(&mut self, time_s: u64) -> Result<()> {
        let last_s = self.ledger.close_time_s();
        ensure!(time_s > last_s, "expected a time after the last ledger's {last_s}, not {time_s}");
        self.ledger.set_next_close_time(time_s);
        self.ledger.close_ledger()?;
        Ok(())
    }

    /// Lets the next ledger close at a time, in seconds since 1970.
    pub fn next_close_at(&mut self, time_s: u64) {
        self.ledger.set_next_close_time(time_s);
    }

    /// An account that nobody else uses, as an address.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn account(&self, seed: u8) -> Result<Address> {
        let account = AccountId(PublicKey::PublicKeyTypeEd25519(Uint256([seed; 32])));
        self.sdk_address(ScAddress::Account(account))
    }

    fn address(&self, id: &ContractId) -> Result<Address> {
        self.sdk_address(ScAddress::Contract(id.clone()))
    }

    fn sdk_address(&self, address: ScAddress) -> Result<Address> {
        Address::try_from_val(self.env(), &address)
            .map_err(|_| anyhow::anyhow!("expected an address of an account or a contract"))
    }

    /// A value of the sdk as XDR.
    ///
    /// # Errors
    /// When it has no XDR form.
    pub fn encode(&self, value: impl IntoVal<Env, Val>) -> Result<ScVal> {
        let value: Val = value.into_val(self.env());
        ScVal::try_from_val(self.env(), &value)
            .map_err(|error| anyhow::anyhow!("encoding an argument: {error:?}"))
    }

    /// A value in XDR as one of the sdk.
    ///
    /// # Errors
    /// When contracts have no such value.
    pub fn decode(&self, value: &ScVal) -> Result<Val> {
        Val::try_from_val(self.env(), value)
            .map_err(|error| anyhow::anyhow!("decoding a value: {error:?}"))
    }

    fn encode_all(&self, values: &SdkVec<Val>) -> Result<Vec<ScVal>> {
        values.iter().map(|value| self.encode(value)).collect()
    }

    fn encode_call(&self, call: &Call) -> Result<ScVal> {
        let arguments = self.encode_all(&call.arguments)?;
        list(vec![
            self.encode(call.contract.clone())?,
            self.encode(self.symbol(call.function))?,
            list(arguments)?,
        ])
    }
}

/// The host function that uploads wasm.
///
/// # Errors
/// When it is longer than the format allows.
pub fn upload(wasm: &[u8]) -> Result<HostFunction> {
    Ok(HostFunction::UploadContractWasm(wasm.to_vec().try_into()?))
}

/// A vector or tuple of a contract as XDR.
///
/// # Errors
/// When it is longer than the format allows.
pub fn list(values: Vec<ScVal>) -> Result<ScVal> {
    Ok(ScVal::Vec(Some(values.try_into()?)))
}

/// The caller reports how many of its calls succeeded; this fails unless all did.
fn ensure_all_succeeded(calls: &[Call], simulation: &Simulation) -> Result<()> {
    let expected = ScVal::U32(u32::try_from(calls.len())?);
    if simulation.return_value == expected {
        return Ok(());
    }
    let said: Vec<String> = simulation
        .diagnostics
        .iter()
        .map(|event| format!("{:?}", event.event.body))
        .filter(|event| event.contains("error"))
        .collect();
    bail!(
        "expected {} calls to succeed ({}), not {:?}; the host said:\n{}",
        calls.len(),
        names(calls),
        simulation.return_value,
        said.join("\n")
    )
}

fn names(calls: &[Call]) -> String {
    calls.iter().map(|call| call.function).collect::<Vec<_>>().join(", ")
}
