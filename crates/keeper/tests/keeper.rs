//! A keeper at work on a served ledger with the suite on wasm.

use lumenscope_invoke::{Address, ScVal, ToVal, args, record, symbol};
use lumenscope_keeper::{Keeper, KeeperError, Life, RuleTarget, Stream, Suite};
use lumenscope_testbed::{AboveRule, Testbed};

const HOUR_S: u64 = 3_600;

/// A deployed suite with streams of one metric; the account is the monitored contract as well.
struct Bench {
    bed: Testbed,
    suite: Suite,
    reports: u64,
}

impl Bench {
    async fn start() -> Self {
        let bed = Testbed::start().await;
        let suite = Suite {
            performance_monitor: bed.contract("performance-monitor"),
            analytics_storage: bed.contract("analytics-storage"),
            alerting: bed.contract("alerting"),
            external_monitoring: bed.contract("external-monitoring"),
        };
        bed.monitor(&bed.account.address()).await;
        Bench { bed, suite, reports: 0 }
    }

    async fn deploy(&mut self, name: &str, args: Vec<ScVal>) -> Address {
        let wasm = lumenscope_contract_wasm::read(name).expect("built");
        let (hash, _) = self.bed.invoker.upload(&self.bed.account, wasm).await.expect("uploaded");
        self.reports += 1;
        let salt = [u8::try_from(self.reports).expect("few"); 32];
        let made =
            self.bed.invoker.create(&self.bed.account, hash, salt, args).await.expect("made");
        made.0
    }

    fn stream(&self, function: &str) -> Stream {
        let contract = self.bed.account.address();
        Stream { contract, function: function.to_owned(), subject: None }
    }

    async fn open(&self, function: &str) -> Stream {
        let stream = self.stream(function);
        self.open_of(&stream, "size", "bytes").await;
        stream
    }

    async fn open_of(&self, stream: &Stream, metric: &str, unit: &str) {
        self.bed.open_stream(stream, (metric, unit), (0, 0, 0)).await;
    }

    async fn report(&mut self, stream: &Stream, value: i128) {
        self.reports += 1;
        self.bed.report(stream, "size", value, self.reports).await;
    }

    /// A rule that is up while the last size of a minute is above a threshold.
    async fn rule(&self, stream: &Stream, threshold: i128) -> RuleTarget {
        let rule = AboveRule {
            name: "too large",
            contract: &stream.contract,
            function: &stream.function,
            metric: "size",
            threshold,
            severity: 3,
            policy: None,
            labels: &[],
        };
        RuleTarget { rule: self.bed.create_rule(rule).await, stream: stream.clone() }
    }

    /// Lets a minute pass.
    async fn pass_minute(&self) {
        self.bed.advance_to(self.bed.now_s().await + 60).await;
    }

    /// Lets whole hours pass, to a time at which the last of them may be flushed. Returns it.
    async fn pass_hours(&self, hours: u64) -> u32 {
        let now_s = (self.bed.now_s().await / HOUR_S + hours) * HOUR_S + 400;
        self.bed.advance_to(now_s).await;
        u32::try_from(now_s / HOUR_S - 1).expect("an hour")
    }

    /// Count and sum of everything that history holds of a stream.
    async fn history(&self, stream: &Stream) -> Option<(u64, i128)> {
        let query = record(&[
            ("stream", stream.to_val().expect("a value")),
            ("metric", symbol("size").expect("a name")),
            ("granularity", 0_u32.to_val().expect("a value")),
            ("from_s", 0_u64.to_val().expect("a value")),
            ("to_s", self.bed.now_s().await.to_val().expect("a value")),
            ("include_open", false.to_val().expect("a value")),
        ]);
        let history = &self.suite.analytics_storage;
        let args = vec![query.expect("a record")];
        let view = self.bed.invoker.view(history, "aggregate", args).await.ok()?;
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
    let mut keeper = Keeper::new(&bench.bed.invoker, &bench.bed.account, &suite);
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
    let mut keeper = Keeper::new(&bench.bed.invoker, &bench.bed.account, &suite);
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
    let mut keeper = Keeper::new(&bench.bed.invoker, &bench.bed.account, &suite);
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
    let me = bench.bed.account.address();
    let stream = bench.open("swap").await;
    let targets = vec![bench.rule(&stream, 100).await];
    let suite = bench.suite.clone();
    let monitoring = suite.external_monitoring.clone();
    let manner = |manner: u32| args![manner, monitoring].expect("args");
    let traps = bench.deploy("probe-responder", manner(4)).await;
    let counts = bench.deploy("probe-responder", manner(0)).await;
    let keeper = args![me, 1_u32, true].expect("args");
    bench.bed.send(&monitoring, "set_role", keeper).await;
    for responder in [&traps, &counts] {
        let args = args![me, suite.alerting, me, responder, 0_u32].expect("args");
        bench.bed.send(&monitoring, "create_responder", args).await;
    }
    bench.report(&stream, 1_000).await;
    bench.pass_minute().await;
    bench.pass_minute().await;
    let now = slot(&bench).await;
    let mut keeper = Keeper::new(&bench.bed.invoker, &bench.bed.account, &suite);
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
        let view = bench.bed.invoker.view(responder, "calls", vec![]).await.expect("read");
        assert_eq!(view.value::<u32>().expect("a number"), calls);
    }
}

#[tokio::test]
async fn how_long_a_contract_lives_is_reported_once_for_each_ledger_where_its_stream_is_open() {
    let bench = Bench::start().await;
    let (suite, contract) = (bench.suite.clone(), bench.bed.account.address());
    let life = |ledger: u32, at_s| Life { ledger, at_s, ttl_ledgers: 2_000_000 - ledger % 1_000 };
    let at_s = bench.bed.now_s().await;
    let mut keeper = Keeper::new(&bench.bed.invoker, &bench.bed.account, &suite);
    assert!(!keeper.report_life(&contract, &life(7, at_s)).await.expect("no stream"));
    assert_eq!(keeper.bill.transactions, 0);
    let stream = Stream::of_life(&contract);
    bench.open_of(&stream, "ttl_ledgers", "ledgers").await;
    let mut keeper = Keeper::new(&bench.bed.invoker, &bench.bed.account, &suite);
    let mut reported = Vec::new();
    for ledger in [7, 7, 6, 8] {
        reported.push(keeper.report_life(&contract, &life(ledger, at_s)).await.expect("read"));
    }
    assert_eq!(reported, [true, false, false, true]);
    let totals = args![stream].expect("args");
    let view =
        bench.bed.invoker.view(&suite.performance_monitor, "hot", totals).await.expect("read");
    let hot: Vec<u8> = view.value().expect("bytes");
    let totals = lumenscope_hot::View::parse(&hot).expect("an entry").totals(0);
    assert_eq!((totals.count, totals.sum, totals.last), (2, 3_999_985, 1_999_992));
}

/// The last slot that may be evaluated.
async fn slot(bench: &Bench) -> u32 {
    let view = bench.bed.invoker.view(&bench.suite.alerting, "closed_slot", vec![]).await;
    let ScVal::U32(slot) = view.expect("read").value else { panic!("not a number") };
    slot
}

#[tokio::test]
async fn a_responder_does_nothing_in_the_keepers_name() {
    let mut bench = Bench::start().await;
    let me = bench.bed.account.address();
    let stream = bench.open("swap").await;
    let targets = vec![bench.rule(&stream, 100).await];
    let suite = bench.suite.clone();
    let monitoring = suite.external_monitoring.clone();
    // It knows the keeper's address, as everybody does, and has alerting name it an operator of the keeper's.
    let thief = bench.deploy("probe-responder", args![6_u32, me].expect("args")).await;
    let args = args![me, suite.alerting, me, thief, 0_u32].expect("args");
    bench.bed.send(&monitoring, "create_responder", args).await;
    bench.report(&stream, 1_000).await;
    bench.pass_minute().await;
    bench.pass_minute().await;
    let now = slot(&bench).await;
    let mut keeper = Keeper::new(&bench.bed.invoker, &bench.bed.account, &suite);
    let responders = keeper.responders(&me).await.expect("read");
    let evaluated = keeper.evaluate(&targets, now).await.expect("evaluated");
    let reacted = keeper.react(&targets, &evaluated, &responders).await;
    let operators =
        bench.bed.invoker.view(&suite.alerting, "operators", args![me].expect("args")).await;
    let operators: Vec<Address> = operators.expect("read").value().expect("addresses");
    assert_eq!(operators, [], "{reacted:?}: a stranger's contract acts for the keeper");
}

/// One XLM, for one call of one responder.
const DEAR_STROOPS: i64 = 10_000_000;

#[tokio::test]
async fn a_responder_does_not_store_at_the_keepers_expense() {
    let mut bench = Bench::start().await;
    let me = bench.bed.account.address();
    let stream = bench.open("swap").await;
    let targets = vec![bench.rule(&stream, 100).await];
    let suite = bench.suite.clone();
    let monitoring = suite.external_monitoring.clone();
    let hoarder = bench.deploy("probe-responder", args![7_u32, me].expect("args")).await;
    let args = args![me, suite.alerting, me, hoarder, 0_u32].expect("args");
    bench.bed.send(&monitoring, "create_responder", args).await;
    bench.report(&stream, 1_000).await;
    bench.pass_minute().await;
    bench.pass_minute().await;
    let now = slot(&bench).await;
    let mut keeper = Keeper::new(&bench.bed.invoker, &bench.bed.account, &suite);
    let responders = keeper.responders(&me).await.expect("read");
    let evaluated = keeper.evaluate(&targets, now).await.expect("evaluated");
    let before = keeper.bill.fee_stroops;
    let reacted = keeper.react(&targets, &evaluated, &responders).await;
    let paid = keeper.bill.fee_stroops - before;
    println!("{paid} stroops, {reacted:?}");
    assert!(paid < DEAR_STROOPS, "{paid} stroops");
}
