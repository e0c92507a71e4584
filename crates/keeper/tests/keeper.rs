//! A keeper at work on a served ledger with the suite on wasm.

use lumenscope_deploy::deploy;
use lumenscope_invoke::{
    Account, Address, Invoker, Keypair, ScVal, ToVal, args, record, symbol, vector,
};
use lumenscope_keeper::{Keeper, KeeperError, Life, RuleTarget, Stream, Suite};
use lumenscope_localnet::server::{ClosePolicy, Running, ServerOptions, serve};
use lumenscope_localnet::{Localnet, Options};

const HOUR_S: u64 = 3_600;
/// `ReporterRole::Primary` and `RecordingMode::Rollup`.
const PRIMARY: u32 = 0;
const ROLLUP: u32 = 1;

/// A deployed suite with streams of one metric; one account does everything, and is the monitored
/// contract as well.
struct Bench {
    running: Running,
    invoker: Invoker,
    account: Account,
    suite: Suite,
    reports: u64,
}

impl Bench {
    async fn start() -> Self {
        let ledger = Localnet::new(&Options::mainnet().expect("settings")).expect("a ledger");
        let options = ServerOptions {
            listen: "127.0.0.1:0".parse().expect("an address"),
            admin_port: 0,
            allow_remote: false,
            close: ClosePolicy::OnSend,
            friendbot_stroops: 1_000_000_000_000,
        };
        let running = serve(ledger, &options).await.expect("served");
        let url = format!("http://{}", running.rpc_address);
        let invoker = Invoker::connect(&url).await.expect("connected");
        let account = Account::new(Keypair::from_seed([1; 32]));
        invoker.fund(&account.address()).await.expect("funded");
        let options = lumenscope_deploy::Options { label: "test".to_owned(), upgrade_delay_s: 0 };
        let wasm =
            |name: &str| lumenscope_contract_wasm::read(name).map_err(|error| format!("{error:#}"));
        let deployed = deploy(&invoker, &account, &options, wasm, |_| ()).await.expect("deployed");
        let find = |name| Address::contract(deployed.address(name).expect("there")).expect("good");
        let suite = Suite {
            performance_monitor: find("performance-monitor"),
            analytics_storage: find("analytics-storage"),
            alerting: find("alerting"),
            external_monitoring: find("external-monitoring"),
        };
        let mut bench = Bench { running, invoker, account, suite, reports: 0 };
        let me = bench.account.address();
        bench.monitor("register", args![me, me, me].expect("args")).await;
        bench.monitor("set_reporter", args![me, me, PRIMARY].expect("args")).await;
        bench
    }

    async fn monitor(&mut self, function: &str, args: Vec<ScVal>) {
        let monitor = &self.suite.performance_monitor;
        let outcome = self.invoker.invoke(&self.account, monitor, function, args).await;
        outcome.expect("made").require_success().expect("succeeded");
    }

    async fn call(&mut self, contract: &Address, function: &str, args: Vec<ScVal>) {
        let outcome = self.invoker.invoke(&self.account, contract, function, args).await;
        outcome.expect("made").require_success().expect("succeeded");
    }

    async fn deploy(&mut self, name: &str, args: Vec<ScVal>) -> Address {
        let wasm = lumenscope_contract_wasm::read(name).expect("built");
        let (hash, _) = self.invoker.upload(&self.account, wasm).await.expect("uploaded");
        self.reports += 1;
        let salt = [u8::try_from(self.reports).expect("few"); 32];
        let made = self.invoker.create(&self.account, hash, salt, args).await.expect("made");
        made.0
    }

    fn stream(&self, function: &str) -> Stream {
        let contract = self.account.address();
        Stream { contract, function: function.to_owned(), subject: None }
    }

    async fn open(&mut self, function: &str) -> Stream {
        let stream = self.stream(function);
        self.open_of(&stream, "size", "bytes").await;
        stream
    }

    async fn open_of(&mut self, stream: &Stream, metric: &str, unit: &str) {
        let metric = record(&[
            ("name", symbol(metric).expect("a name")),
            ("unit", symbol(unit).expect("a name")),
            ("kind", 0_u32.to_val().expect("a value")),
            ("watched", true.to_val().expect("a value")),
            ("sketch", vector(args![0_i64, 0_i64, 0_u32].expect("args")).expect("a list")),
        ]);
        let spec = record(&[
            ("metrics", vector(vec![metric.expect("a record")]).expect("a list")),
            ("mode", ROLLUP.to_val().expect("a value")),
            ("witnesses", false.to_val().expect("a value")),
        ]);
        self.monitor("open_stream", args![stream, spec.expect("a record")].expect("args")).await;
    }

    async fn report(&mut self, stream: &Stream, value: i128) {
        self.reports += 1;
        let (me, metric) = (self.account.address(), symbol("size").expect("a name"));
        let now_s = self.now_s().await;
        let args = args![me, stream, metric, value, now_s, self.reports];
        self.monitor("report", args.expect("args")).await;
    }

    /// A rule that is up while the last size of a minute is above a threshold.
    async fn rule(&mut self, stream: &Stream, threshold: i128) -> RuleTarget {
        let number = |number: u32| number.to_val().expect("a value");
        let spec = record(&[
            ("name", "too large".to_val().expect("a text")),
            ("contract", Some(&stream.contract).to_val().expect("a value")),
            ("function", symbol(&stream.function).expect("a name")),
            ("subject", ScVal::Void),
            ("metric", symbol("size").expect("a name")),
            ("statistic", number(5)),
            ("condition", number(1)),
            ("parameters", vector(vec![]).expect("a list")),
            ("operator", number(0)),
            ("threshold", threshold.to_val().expect("a value")),
            ("threshold_high", 0_i128.to_val().expect("a value")),
            ("window_s", number(60)),
            ("min_points", number(1)),
            ("for_s", number(0)),
            ("keep_firing_for_s", number(0)),
            ("severity", number(3)),
            ("cooldown_s", number(0)),
            ("no_data", number(3)),
            ("policy", ScVal::Void),
            ("labels", ScVal::Map(Some(Default::default()))),
            ("annotations", ScVal::Map(Some(Default::default()))),
        ]);
        let args = args![self.account.address(), spec.expect("a record")].expect("args");
        let alerting = self.suite.alerting.clone();
        let made = self.invoker.invoke(&self.account, &alerting, "create_rule", args).await;
        let answer = made.expect("made").require_success().expect("succeeded").return_value;
        let Some(ScVal::Bytes(rule)) = answer else { panic!("{answer:?}") };
        let rule = <[u8; 32]>::try_from(rule.as_slice()).expect("an id");
        RuleTarget { rule, stream: stream.clone() }
    }

    /// Lets a minute pass.
    async fn pass_minute(&self) {
        let now_s = self.now_s().await + 60;
        let closed = self.running.ledger.with(move |ledger| {
            ledger.set_next_close_time(now_s);
            ledger.close_ledger().map(drop)
        });
        closed.await.expect("a ledger").expect("closed");
    }

    async fn now_s(&self) -> u64 {
        self.running.ledger.with(|ledger| ledger.close_time_s()).await.expect("a ledger")
    }

    /// Lets whole hours pass, to a time at which the last of them may be flushed. Returns it.
    async fn pass_hours(&self, hours: u64) -> u32 {
        let now_s = (self.now_s().await / HOUR_S + hours) * HOUR_S + 400;
        let closed = self.running.ledger.with(move |ledger| {
            ledger.set_next_close_time(now_s);
            ledger.close_ledger().map(drop)
        });
        closed.await.expect("a ledger").expect("closed");
        u32::try_from(now_s / HOUR_S - 1).expect("an hour")
    }

    /// Count and sum of everything that history holds of a stream.
    async fn history(&self, stream: &Stream) -> Option<(u64, i128)> {
        let query = record(&[
            ("stream", stream.to_val().expect("a value")),
            ("metric", symbol("size").expect("a name")),
            ("granularity", 0_u32.to_val().expect("a value")),
            ("from_s", 0_u64.to_val().expect("a value")),
            ("to_s", self.now_s().await.to_val().expect("a value")),
            ("include_open", false.to_val().expect("a value")),
        ]);
        let history = &self.suite.analytics_storage;
        let args = vec![query.expect("a record")];
        let view = self.invoker.view(history, "aggregate", args).await.ok()?;
        let ScVal::Map(Some(fields)) = view.value else { panic!("{:?}", view.value) };
        let field = |name: &str| {
            let key = symbol(name).expect("a name");
            fields.iter().find(|field| field.key == key).map(|field| field.val.clone())
        };
        let number = |name: &str| match field(name) {
            Some(ScVal::U64(number)) => i128::from(number),
            Some(ScVal::I128(parts)) => i128::from(parts.hi) << 64 | i128::from(parts.lo),
            other => panic!("{name}: {other:?}"),
        };
        Some((u64::try_from(number("count")).expect("a count"), number("sum")))
    }
}

#[tokio::test]
async fn one_stream_that_cannot_be_flushed_keeps_no_other_from_it() {
    let mut bench = Bench::start().await;
    let mut streams = Vec::new();
    for function in ["buy", "claim", "pay"] {
        let stream = bench.open(function).await;
        bench.report(&stream, 7).await;
        streams.push(stream);
    }
    // A stream that nobody opened ends the transaction of everybody in its batch.
    let missing = bench.stream("missing");
    let mut with_missing = streams.clone();
    with_missing.insert(1, missing.clone());
    let through_hour = bench.pass_hours(1).await;

    let suite = bench.suite.clone();
    let mut keeper = Keeper::new(&bench.invoker, &bench.account, &suite);
    let moved = keeper.flush(&with_missing, through_hour).await.expect("the others are flushed");
    assert_eq!(moved, 3);
    assert_eq!(keeper.flush(&with_missing, through_hour).await.expect("nothing is left"), 0);
    let alone = keeper.flush(std::slice::from_ref(&missing), through_hour).await;
    assert!(matches!(alone, Err(KeeperError::Invoke { .. })), "{alone:?}");
    for stream in &streams {
        assert_eq!(bench.history(stream).await, Some((1, 7)), "{stream:?}");
    }
    assert_eq!(bench.history(&missing).await, None);
}

#[tokio::test]
async fn rules_that_change_every_minute_keep_no_other_from_being_evaluated() {
    let mut bench = Bench::start().await;
    let restless = bench.open("restless").await;
    let calm = bench.open("calm").await;
    let mut targets = Vec::new();
    for threshold in 0..8 {
        targets.push(bench.rule(&restless, 100 + threshold).await);
    }
    for threshold in 0..4 {
        targets.push(bench.rule(&calm, 100 + threshold).await);
    }
    let suite = bench.suite.clone();
    bench.report(&restless, 1).await;
    bench.report(&calm, 1).await;
    bench.pass_minute().await;
    bench.pass_minute().await;
    let begun = slot(&bench).await;
    let mut keeper = Keeper::new(&bench.invoker, &bench.account, &suite);
    let evaluated = keeper.evaluate(&targets, begun).await.expect("evaluated");
    assert_eq!(evaluated.len(), targets.len());
    // Up and down for eight minutes that nobody evaluates: two or three transitions of each
    // restless rule in each of them. The calm ones have one to tell, in the last minute.
    for minute in 0..8 {
        bench.report(&restless, if minute % 2 == 0 { 1_000 } else { 1 }).await;
        bench.report(&calm, if minute == 7 { 1_000 } else { 1 }).await;
        bench.pass_minute().await;
    }
    bench.pass_minute().await;
    let now = slot(&bench).await;
    let mut keeper = Keeper::new(&bench.invoker, &bench.account, &suite);
    let evaluated = keeper.evaluate(&targets, now).await.expect("evaluated");
    for answer in &evaluated {
        assert_eq!(answer.outcome, 0, "{answer:?}");
        let (transitions, condition) = if answer.target < 8 { (12, 0) } else { (2, 2) };
        assert_eq!((answer.transitions, answer.condition), (transitions, condition), "{answer:?}");
    }
    assert_eq!(evaluated.len(), targets.len());
    assert!(keeper.bill.transactions > 1, "more than one transaction can publish");
    let again = keeper.evaluate(&targets, now).await.expect("evaluated");
    assert!(again.iter().all(|answer| answer.transitions == 0));
}

#[tokio::test]
async fn responders_act_once_an_episode_and_one_that_fails_keeps_no_other_from_it() {
    let mut bench = Bench::start().await;
    let me = bench.account.address();
    let stream = bench.open("swap").await;
    let targets = vec![bench.rule(&stream, 100).await];
    let suite = bench.suite.clone();
    let monitoring = suite.external_monitoring.clone();
    let manner = |manner: u32| args![manner, monitoring].expect("args");
    let traps = bench.deploy("probe-responder", manner(4)).await;
    let counts = bench.deploy("probe-responder", manner(0)).await;
    let keeper = args![me, 1_u32, true].expect("args");
    bench.call(&monitoring, "set_role", keeper).await;
    for responder in [&traps, &counts] {
        let args = args![me, suite.alerting, me, responder, 0_u32].expect("args");
        bench.call(&monitoring, "create_responder", args).await;
    }
    bench.report(&stream, 1_000).await;
    bench.pass_minute().await;
    bench.pass_minute().await;
    let now = slot(&bench).await;
    let mut keeper = Keeper::new(&bench.invoker, &bench.account, &suite);
    let responders = keeper.responders(&me).await.expect("read");
    assert_eq!(responders.len(), 2);
    let evaluated = keeper.evaluate(&targets, now).await.expect("evaluated");
    assert_eq!((evaluated[0].condition, evaluated[0].episode), (2, 1));
    let mut acted = Vec::new();
    for _ in 0..5 {
        let reacted = keeper.react(&targets, &evaluated, &responders).await;
        acted.push(reacted.iter().map(|one| one.acted).collect::<Vec<_>>());
    }
    // One did its work at once. The other was tried again, until it was suspended.
    assert_eq!(acted, [vec![false, true], vec![false], vec![false], vec![], vec![]]);
    assert_eq!(keeper.bill.transactions, 1 + 4, "nothing to do is no transaction");
    for (responder, calls) in [(&traps, 0_u32), (&counts, 1)] {
        let view = bench.invoker.view(responder, "calls", vec![]).await.expect("read");
        assert_eq!(view.value::<u32>().expect("a number"), calls);
    }
}

#[tokio::test]
async fn how_long_a_contract_lives_is_reported_once_for_each_ledger_where_its_stream_is_open() {
    let mut bench = Bench::start().await;
    let (suite, contract) = (bench.suite.clone(), bench.account.address());
    let life = |ledger: u32, at_s| Life { ledger, at_s, ttl_ledgers: 2_000_000 - ledger % 1_000 };
    let at_s = bench.now_s().await;
    let mut keeper = Keeper::new(&bench.invoker, &bench.account, &suite);
    assert!(!keeper.report_life(&contract, &life(7, at_s)).await.expect("no stream"));
    assert_eq!(keeper.bill.transactions, 0);
    let stream = Stream::of_life(&contract);
    bench.open_of(&stream, "ttl_ledgers", "ledgers").await;
    let mut keeper = Keeper::new(&bench.invoker, &bench.account, &suite);
    let mut reported = Vec::new();
    for ledger in [7, 7, 6, 8] {
        reported.push(keeper.report_life(&contract, &life(ledger, at_s)).await.expect("read"));
    }
    assert_eq!(reported, [true, false, false, true]);
    let totals = args![stream].expect("args");
    let view = bench.invoker.view(&suite.performance_monitor, "hot", totals).await.expect("read");
    let hot: Vec<u8> = view.value().expect("bytes");
    let totals = lumenscope_hot::View::parse(&hot).expect("an entry").totals(0);
    assert_eq!((totals.count, totals.sum, totals.last), (2, 3_999_985, 1_999_992));
}

/// The last slot that may be evaluated.
async fn slot(bench: &Bench) -> u32 {
    let view = bench.invoker.view(&bench.suite.alerting, "closed_slot", vec![]).await;
    let ScVal::U32(slot) = view.expect("read").value else { panic!("not a number") };
    slot
}

#[tokio::test]
async fn a_responder_does_nothing_in_the_keepers_name() {
    let mut bench = Bench::start().await;
    let me = bench.account.address();
    let stream = bench.open("swap").await;
    let targets = vec![bench.rule(&stream, 100).await];
    let suite = bench.suite.clone();
    let monitoring = suite.external_monitoring.clone();
    // It knows the keeper's address, as everybody does, and has alerting name it an operator of the keeper's.
    let thief = bench.deploy("probe-responder", args![6_u32, me].expect("args")).await;
    let args = args![me, suite.alerting, me, thief, 0_u32].expect("args");
    bench.call(&monitoring, "create_responder", args).await;
    bench.report(&stream, 1_000).await;
    bench.pass_minute().await;
    bench.pass_minute().await;
    let now = slot(&bench).await;
    let mut keeper = Keeper::new(&bench.invoker, &bench.account, &suite);
    let responders = keeper.responders(&me).await.expect("read");
    let evaluated = keeper.evaluate(&targets, now).await.expect("evaluated");
    let reacted = keeper.react(&targets, &evaluated, &responders).await;
    let operators =
        bench.invoker.view(&suite.alerting, "operators", args![me].expect("args")).await;
    let operators: Vec<Address> = operators.expect("read").value().expect("addresses");
    assert_eq!(operators, [], "{reacted:?}: a stranger's contract acts for the keeper");
}

/// One XLM, for one call of one responder.
const DEAR_STROOPS: i64 = 10_000_000;

#[tokio::test]
async fn a_responder_does_not_store_at_the_keepers_expense() {
    let mut bench = Bench::start().await;
    let me = bench.account.address();
    let stream = bench.open("swap").await;
    let targets = vec![bench.rule(&stream, 100).await];
    let suite = bench.suite.clone();
    let monitoring = suite.external_monitoring.clone();
    let hoarder = bench.deploy("probe-responder", args![7_u32, me].expect("args")).await;
    let args = args![me, suite.alerting, me, hoarder, 0_u32].expect("args");
    bench.call(&monitoring, "create_responder", args).await;
    bench.report(&stream, 1_000).await;
    bench.pass_minute().await;
    bench.pass_minute().await;
    let now = slot(&bench).await;
    let mut keeper = Keeper::new(&bench.invoker, &bench.account, &suite);
    let responders = keeper.responders(&me).await.expect("read");
    let evaluated = keeper.evaluate(&targets, now).await.expect("evaluated");
    let before = keeper.bill.fee_stroops;
    let reacted = keeper.react(&targets, &evaluated, &responders).await;
    let paid = keeper.bill.fee_stroops - before;
    println!("{paid} stroops, {reacted:?}");
    assert!(paid < DEAR_STROOPS, "{paid} stroops");
}
