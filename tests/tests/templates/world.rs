//! A served ledger with the suite, the insurance pool and the oracle on wasm, and the people that use
//! them. Everything that happens on it is a transaction of one of them.

use lumenscope_deploy::deploy;
use lumenscope_invoke::{
    Account, Address, CallError, Hash, Invoker, Keypair, Operation, Outcome, ScVal, ToVal,
    ValueError, args, native_asset_address, record,
};
use lumenscope_keeper::Suite;
use lumenscope_localnet::server::{ClosePolicy, Running, ServerOptions, serve};
use lumenscope_localnet::{Localnet, Options, TimeSource};
use lumenscope_meta::{Executable, code_key, instance_key};
use lumenscope_observer::ContractReader;
use tokio::runtime::Runtime;

/// Each ledger is a second: what happens in one minute has room in it.
const LEDGER_S: u64 = 1;
/// 100,000 XLM.
const BALANCE_STROOPS: i64 = 1_000_000_000_000;
/// Ledgers of a day.
pub const DAY_LEDGERS: u32 = 17_280;
/// The cover of every policy.
pub const COVER_STROOPS: i128 = 1_000_000_000;
/// 2 % of the cover.
pub const PREMIUM_STROOPS: i128 = 20_000_000;
/// The asset whose price is watched.
pub const ASSET: &str = "XLM";

/// The arguments of a call, as [`args!`] makes them.
pub type Arguments = Result<Vec<ScVal>, ValueError>;

/// The ledger, the contracts, and the people.
pub struct World {
    runtime: Runtime,
    running: Running,
    pub rpc_url: String,
    pub invoker: Invoker,
    pub suite: Suite,
    pub dashboard: Address,
    pub pool: Address,
    pub oracle: Address,
    /// Runs the suite, the pool and the oracle, and owns their streams and rules.
    pub admin: Account,
    /// Reports and evaluates.
    pub keeper: Account,
    /// Insured, and has shares of the reserve.
    pub holder: Account,
    /// Tells prices.
    pub updater: Account,
    /// Has nothing to do with any of it.
    pub stranger: Account,
    /// Runs a node, and records of itself how it does.
    pub operator: Account,
}

impl World {
    pub fn new() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let (running, rpc_url) = runtime.block_on(serve_ledger());
        let invoker = runtime.block_on(Invoker::connect(&rpc_url)).expect("connected");
        let people = [1, 2, 3, 4, 5, 6].map(|seed| Account::new(Keypair::from_seed([seed; 32])));
        for account in &people {
            runtime.block_on(invoker.fund(&account.address())).expect("funded");
        }
        let [admin, keeper, holder, updater, stranger, operator] = people;
        let (suite, dashboard) = runtime.block_on(deploy_suite(&invoker, &admin));
        let nobody = suite.alerting.clone();
        let mut world = Self {
            runtime,
            running,
            rpc_url,
            invoker,
            suite,
            dashboard,
            pool: nobody.clone(),
            oracle: nobody,
            admin,
            keeper,
            holder,
            updater,
            stranger,
            operator,
        };
        // 1: a keeper, who may begin alerts.
        let keeper = args![world.keeper.address(), 1_u32, true];
        world.by_admin(&world.suite.alerting, "set_role", keeper);
        world.pool = world.create("insurance-pool", world.terms());
        world.oracle = world.create("example-oracle", args![world.admin.address()]);
        world.by_admin(&world.oracle, "set_updater", args![world.updater.address(), true]);
        world
    }

    fn terms(&self) -> Arguments {
        let token = native_asset_address(self.invoker.network().id()).expect("an address");
        self.act(&self.admin, Operation::CreateNativeAsset, &[]);
        let admin = self.admin.address();
        let terms = record(&[
            ("admin", admin.to_val()?),
            ("assessor", admin.to_val()?),
            ("token", token.to_val()?),
            ("rate_bps", 200_u32.to_val()?),
            ("period_s", (30 * 86_400_u64).to_val()?),
            ("cover_max", COVER_STROOPS.to_val()?),
        ])?;
        args![terms]
    }

    /// A contract, linked and registered, of which the keeper is the reporter.
    fn create(&self, package: &str, args: Arguments) -> Address {
        let code =
            lumenscope_contract_wasm::read(package).unwrap_or_else(|error| panic!("{error}"));
        let (hash, _) = self.wait(self.invoker.upload(&self.admin, code)).expect("uploaded");
        let args = args.expect("arguments");
        let created = self.wait(self.invoker.create(&self.admin, hash, hash.0, args));
        let (contract, _) = created.expect("created");
        let Suite { performance_monitor, alerting, .. } = &self.suite;
        let links = args![performance_monitor, Some(alerting.clone())];
        self.by_admin(&contract, "link_monitor", links);
        self.register(&contract);
        contract
    }

    /// Registers what is monitored; the admin owns its streams.
    pub fn register(&self, contract: &Address) {
        let (monitor, admin) = (&self.suite.performance_monitor, self.admin.address());
        self.by_admin(monitor, "register", args![admin, contract, admin]);
        // 0: the primary reporter.
        self.by_admin(monitor, "set_reporter", args![contract, self.keeper.address(), 0_u32]);
    }

    /// Waits for it.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// A transaction that must succeed.
    pub fn act(&self, who: &Account, operation: Operation, signers: &[&Keypair]) -> Outcome {
        let said = format!("{operation:?}");
        let outcome = self.wait(self.invoker.run_signed(who, operation, signers));
        let outcome = outcome.and_then(Outcome::require_success);
        outcome.unwrap_or_else(|error| panic!("{said:.200}: {error}"))
    }

    /// A call that must succeed; gives what it returned.
    pub fn call(
        &self,
        who: &Account,
        contract: &Address,
        function: &str,
        args: Arguments,
    ) -> ScVal {
        self.call_signed(who, contract, function, args, &[])
    }

    /// The same, authorised by others as well.
    pub fn call_signed(
        &self,
        who: &Account,
        contract: &Address,
        function: &str,
        args: Arguments,
        signers: &[&Keypair],
    ) -> ScVal {
        let call = invoke(contract, function, args);
        self.act(who, call, signers).return_value.unwrap_or(ScVal::Void)
    }

    pub fn by_admin(&self, contract: &Address, function: &str, args: Arguments) -> ScVal {
        self.call(&self.admin, contract, function, args)
    }

    /// A call that a ledger applies and that fails with the contract's error: its sender simulated
    /// other arguments, with which it would have succeeded.
    pub fn call_failing(
        &self,
        (who, signers): (&Account, &[&Keypair]),
        contract: &Address,
        function: &str,
        (simulated, sent): (Arguments, Arguments),
        error: u32,
    ) {
        let call = invoke(contract, function, simulated);
        let sent = sent.expect("arguments");
        let outcome = self.wait(async {
            let prepared = self.invoker.prepare(&who.address(), &call, signers).await?;
            let pending = self.invoker.submit(who, &prepared.with_args(sent)?).await?;
            self.invoker.outcome(&pending).await
        });
        let came = outcome.expect("applied").error;
        assert_eq!(came, Some(CallError::Contract { code: error }), "{function}");
    }

    /// What a call would return.
    pub fn view(&self, contract: &Address, function: &str, args: Arguments) -> ScVal {
        let view = self.invoker.view(contract, function, args.expect("arguments"));
        self.wait(view).unwrap_or_else(|error| panic!("{function}: {error}")).value
    }

    /// The oracle's updater tells the price of the watched asset.
    pub fn tell_price(&self, price: i128) {
        let taken = self.tell_price_as(&self.updater, price);
        assert_eq!(taken, ScVal::Bool(true));
    }

    /// Somebody tells it; gives whether it was taken.
    pub fn tell_price_as(&self, who: &Account, price: i128) -> ScVal {
        let asset = lumenscope_invoke::symbol(ASSET).expect("a name");
        self.call(who, &self.oracle, "set_price", args![who.address(), asset, price])
    }

    /// The holder buys a policy.
    pub fn buy_policy(&self, number: u32) {
        let args = args![self.holder.address(), number, COVER_STROOPS];
        self.call(&self.holder, &self.pool, "buy_policy", args);
    }

    /// The oracle's code with a section more that nobody reads, uploaded: other code.
    pub fn upload_other_code(&self) -> Hash {
        /// Id 0, length 2, a name of one character.
        const CUSTOM_SECTION: [u8; 4] = [0, 2, 1, b'v'];
        let mut code = lumenscope_contract_wasm::read("example-oracle").expect("built");
        code.extend(CUSTOM_SECTION);
        self.wait(self.invoker.upload(&self.admin, code)).expect("uploaded").0
    }

    /// The keys of a contract's instance and of its code, the entries that it lives by.
    pub fn life_keys(&self, contract: &Address) -> [String; 2] {
        let facts = self.wait(ContractReader::new(&**self.invoker.client()).facts(contract));
        let Executable::Wasm { hash } = facts.expect("read").expect("a contract").executable else {
            panic!("a contract with code of its own")
        };
        let keys = [instance_key(contract), code_key(hash)];
        keys.map(|key| key.expect("a key"))
    }

    /// Close time of the latest ledger.
    pub fn now_s(&self) -> u64 {
        self.on_ledger(|ledger| ledger.close_time_s())
    }

    /// A ledger closes at that time.
    pub fn close_at(&self, time_s: u64) {
        self.on_ledger(move |ledger| {
            assert!(ledger.close_time_s() < time_s, "a minute holds no more");
            ledger.set_next_close_time(time_s);
            ledger.close_ledger().map(drop)
        })
        .expect("closed");
    }

    /// So many ledgers pass without transactions, and a second of time.
    pub fn skip_ledgers(&self, ledgers: u32) {
        self.on_ledger(move |ledger| ledger.skip_ledgers(ledgers).map(drop)).expect("closed");
    }

    fn on_ledger<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Localnet) -> T + Send + 'static,
    ) -> T {
        self.wait(self.running.ledger.with(work)).expect("a ledger")
    }
}

fn invoke(contract: &Address, function: &str, args: Arguments) -> Operation {
    let (contract, function) = (contract.clone(), function.to_owned());
    Operation::Invoke { contract, function, args: args.expect("arguments") }
}

async fn serve_ledger() -> (Running, String) {
    let mut options = Options::mainnet().expect("settings");
    options.time_source = TimeSource::Stepped { seconds_per_ledger: LEDGER_S };
    let server = ServerOptions {
        listen: "127.0.0.1:0".parse().expect("an address"),
        admin_port: 0,
        allow_remote: false,
        close: ClosePolicy::OnSend,
        friendbot_stroops: BALANCE_STROOPS,
    };
    let ledger = Localnet::new(&options).expect("a ledger");
    let running = serve(ledger, &server).await.expect("served");
    let url = format!("http://{}", running.rpc_address);
    (running, url)
}

/// What a keeper works with, and the dashboards.
async fn deploy_suite(invoker: &Invoker, admin: &Account) -> (Suite, Address) {
    let options = lumenscope_deploy::Options { label: "test".to_owned(), upgrade_delay_s: 0 };
    let wasm =
        |name: &str| lumenscope_contract_wasm::read(name).map_err(|error| format!("{error:#}"));
    let deployed = deploy(invoker, admin, &options, wasm, |_| ()).await.expect("deployed");
    let find = |name| Address::contract(deployed.address(name).expect("there")).expect("good");
    let suite = Suite {
        performance_monitor: find("performance-monitor"),
        analytics_storage: find("analytics-storage"),
        alerting: find("alerting"),
        external_monitoring: find("external-monitoring"),
    };
    (suite, find("dashboard"))
}
