//! Invalid input to performance-monitor, one line for each kind: the call is refused by name, and
//! afterwards nothing is different, neither a hot entry nor a registration, a definition or
//! history, and nothing was told. What is only just valid is recorded.

use lumenscope_bucket::{Statistics, VALUE_LIMIT, fixed};
use lumenscope_hot::View;
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{
    BATCH_SAMPLES_MAX, BatchSample, METADATA_BYTES_MAX, MetricKind, MetricSpec, MonitorError,
    NO_SKETCH, RecordingMode, ReporterRole, StreamBatch, StreamSpec,
};
use soroban_sdk::testutils::{Address as _, Events as _};
use soroban_sdk::xdr::{ScErrorCode, ScErrorType, ScSymbol};
use soroban_sdk::{
    Address, BytesN, Env, EnvBase as _, Error, IntoVal, String, Symbol, Val, Vec, contract,
    contractimpl, vec,
};

use super::world::{HOUR_S, START_S, Stored, World, refused};

/// The longest name that a symbol holds.
const LONGEST: &str = "a_name_of_thirty_two_characters_";
/// The reporter's last sequence number.
const SEEN: u64 = 7;
const NEXT: u64 = SEEN + 1;
/// Values of an execution.
const EXECUTION_VALUES: usize = 12;

/// A monitored contract that passes calls on as they come, with its own authorisation.
#[contract]
struct Author;

#[contractimpl]
impl Author {
    pub fn pass(e: Env, contract: Address, function: Symbol, args: Vec<Val>) -> Val {
        e.invoke_contract(&contract, &function, args)
    }
}

/// A call of performance-monitor.
struct Call {
    by: By,
    function: &'static str,
    args: Vec<Val>,
}

/// Whose authorisation a call has.
enum By {
    /// A contract's own, which makes the call.
    Contract(Address),
    /// Of whoever signs it.
    Signer(Address),
}

/// A registered contract with history and samples of the open hour, its reporters, and a contract
/// that is not registered.
struct Ground {
    world: World,
    author: Address,
    unregistered: Address,
    reporter: Address,
    witness: Address,
}

impl Ground {
    /// Streams `pay` and `claim`, of the same metrics; no stream for functions unknown. The first
    /// hour is flushed.
    fn new() -> Self {
        let world = World::new();
        let [author, unregistered] = [(); 2].map(|()| world.e.register(Author, ()));
        let [reporter, witness] = [(); 2].map(|()| Address::generate(&world.e));
        let ground = Self { world, author, unregistered, reporter, witness };
        let World { monitor, admin, owner, .. } = &ground.world;
        let registration = (admin.clone(), ground.author.clone(), owner.clone());
        ground.world.must(admin, monitor, "register", registration);
        let roles =
            [(&ground.reporter, ReporterRole::Primary), (&ground.witness, ReporterRole::Witness)];
        for (who, role) in roles {
            let args = (ground.author.clone(), who.clone(), role);
            ground.world.must(owner, monitor, "set_reporter", args);
        }
        for function in ["pay", "claim"] {
            ground.opened(&ground.open(function, None, "premium", "stroops"));
        }
        ground.accepted("recorded", &ground.record("premium", "stroops", "pay", None));
        ground.world.buy(1).expect("bought");
        ground.world.advance(HOUR_S + 400);
        ground.flush("pay");
        assert_eq!(ground.world.flush("buy_policy"), Ok(1));
        ground.accepted("recorded", &ground.record("premium", "stroops", "pay", None));
        let reported = ground.report(&ground.reporter, "premium", 1, ground.now_s(), SEEN);
        ground.accepted("reported", &reported);
        ground
    }

    fn flush(&self, function: &str) {
        let who = &self.world.stranger;
        let through_hour = u32::try_from(START_S / HOUR_S).expect("an hour");
        let streams = vec![&self.world.e, self.stream(function, None)];
        self.world.must(who, &self.world.monitor, "flush", (who.clone(), streams, through_hour));
    }

    fn now_s(&self) -> u64 {
        self.world.now_s()
    }

    fn symbol(&self, name: &str) -> Symbol {
        self.world.symbol(name)
    }

    fn stream(&self, function: &str, subject: Option<&str>) -> StreamKey {
        let (contract, function) = (self.author.clone(), self.symbol(function));
        StreamKey { contract, function, subject: subject.map(|s| self.symbol(s)), lane: None }
    }

    fn signed(
        &self,
        who: &Address,
        function: &'static str,
        args: impl IntoVal<Env, Vec<Val>>,
    ) -> Call {
        Call { by: By::Signer(who.clone()), function, args: args.into_val(&self.world.e) }
    }

    fn recorded_by(
        &self,
        contract: &Address,
        metric: &str,
        value: i128,
        unit: &str,
        function: &str,
        metadata: Option<u32>,
    ) -> Call {
        let [metric, unit, function] = [metric, unit, function].map(|name| self.symbol(name));
        let text = |bytes| String::from_bytes(&self.world.e, &std::vec![b'x'; bytes as usize]);
        let metadata = metadata.map(text);
        let args = (contract.clone(), metric, value, unit, function, metadata);
        let args = args.into_val(&self.world.e);
        Call { by: By::Contract(contract.clone()), function: "record_metric", args }
    }

    /// `record_metric` by the contract, with metadata of so many bytes.
    fn record(&self, metric: &str, unit: &str, function: &str, metadata: Option<u32>) -> Call {
        self.recorded_by(&self.author, metric, 1, unit, function, metadata)
    }

    fn record_unregistered(&self) -> Call {
        self.recorded_by(&self.unregistered, "premium", 1, "stroops", "pay", None)
    }

    /// `record_samples` by the contract: each value is a sample of the metric.
    fn samples(
        &self,
        function: &str,
        subject: Option<&str>,
        metric: &str,
        values: &[i128],
    ) -> Call {
        let mut samples = vec![&self.world.e];
        values.iter().for_each(|value| samples.push_back((self.symbol(metric), *value)));
        let args = (self.stream(function, subject), samples).into_val(&self.world.e);
        Call { by: By::Contract(self.author.clone()), function: "record_samples", args }
    }

    fn report(&self, who: &Address, metric: &str, value: i128, at_s: u64, sequence: u64) -> Call {
        let stream = self.stream("pay", None);
        let args = (who.clone(), stream, self.symbol(metric), value, at_s, sequence);
        self.signed(who, "report", args)
    }

    /// `record_execution` with these values.
    fn execution(&self, who: &Address, at_s: u64, values: &[i64], sequence: u64) -> Call {
        let values = Vec::from_slice(&self.world.e, values);
        let args = (who.clone(), self.stream("pay", None), at_s, values, sequence);
        self.signed(who, "record_execution", args)
    }

    fn aggregate(&self, metric: &str, at_s: u64, statistics: &Statistics) -> Vec<BatchSample> {
        let packed = BytesN::from_array(&self.world.e, &fixed::encode(statistics));
        vec![&self.world.e, (self.symbol(metric), at_s, packed)]
    }

    /// So many samples of now.
    fn many(&self, number: u32) -> Vec<BatchSample> {
        let mut samples = vec![&self.world.e];
        (0..number).for_each(|_| samples.append(&self.one("premium", self.now_s())));
        samples
    }

    fn one(&self, metric: &str, at_s: u64) -> Vec<BatchSample> {
        self.aggregate(metric, at_s, &Statistics::of(1))
    }

    fn part(&self, function: &str, sequence: u64, samples: Vec<BatchSample>) -> StreamBatch {
        StreamBatch { stream: self.stream(function, None), sequence, samples }
    }

    fn batch(&self, who: &Address, parts: &[&StreamBatch]) -> Call {
        let mut batches = vec![&self.world.e];
        parts.iter().for_each(|part| batches.push_back((*part).clone()));
        self.signed(who, "record_batch", (who.clone(), batches))
    }

    fn backfill(&self, who: &Address, part: &StreamBatch) -> Call {
        self.signed(who, "backfill", (who.clone(), part.clone()))
    }

    /// `open_stream` with that metric, and one of executions. Witnesses are kept.
    fn open(&self, function: &str, subject: Option<&str>, metric: &str, unit: &str) -> Call {
        let spec = |name, unit| MetricSpec {
            name: self.symbol(name),
            unit: self.symbol(unit),
            kind: MetricKind::Timer,
            watched: true,
            sketch: NO_SKETCH,
        };
        let metrics = vec![&self.world.e, spec(metric, unit), spec("instructions", "insns")];
        let spec = StreamSpec { metrics, mode: RecordingMode::Full, witnesses: true };
        self.signed(&self.world.owner, "open_stream", (self.stream(function, subject), spec))
    }

    fn send(&self, call: &Call) -> Result<Val, Error> {
        let monitor = &self.world.monitor;
        match &call.by {
            By::Signer(who) => self.world.call(who, monitor, call.function, call.args.clone(), &[]),
            By::Contract(contract) => {
                let args = (monitor.clone(), self.symbol(call.function), call.args.clone());
                self.world.call(&self.world.stranger, contract, "pass", args, &[])
            }
        }
    }

    /// Everything that performance-monitor holds (hot entries, registrations, definitions), that
    /// analytics-storage does, and all other contracts.
    fn stored(&self) -> Stored {
        let World { monitor, history, alerting, dashboard, pool, token, .. } = &self.world;
        let contracts = [monitor, history, alerting, dashboard, pool, token, &self.author];
        self.world.stored(&contracts)
    }

    fn refused(&self, what: &str, call: &Call, expected: Error) {
        let before = self.stored();
        assert_eq!(self.send(call).err(), Some(expected), "{what}");
        assert!(self.world.e.events().all().events().is_empty(), "{what}: something was told");
        assert!(self.stored() == before, "{what}: something changed");
    }

    /// It is recorded: told once, and one entry of the whole ledger changed.
    fn accepted(&self, what: &str, call: &Call) {
        let before = self.stored();
        let answer = self.send(call);
        assert!(answer.is_ok(), "{what}: {answer:?}");
        assert_eq!(self.world.e.events().all().events().len(), 1, "{what}: told once");
        let now = self.stored();
        let changed = now.iter().filter(|(key, held)| before.get(key) != Some(held)).count();
        assert_eq!((changed, now.len()), (1, before.len()), "{what}: one entry changed");
    }

    fn opened(&self, call: &Call) {
        let answer = self.send(call);
        assert!(answer.is_ok(), "{answer:?}");
    }

    /// Of a metric of `pay`: how many samples ever, their sum, and how many were clamped. And what
    /// the witness reported of it, count and sum.
    fn kept(&self, metric: &str) -> [i128; 5] {
        let stream = self.stream("pay", None);
        let names = self.world.monitor().stream_definition(&stream).expect("open").metrics;
        let place = names.first_index_of(self.symbol(metric)).expect("held") as usize;
        let bytes: std::vec::Vec<u8> = self.world.monitor().hot(&stream).iter().collect();
        let view = View::parse(&bytes).expect("an entry");
        let totals = view.totals(place);
        // The witness is the second reporter that the contract ever had.
        let seen = view.witnessed(place, 0, 2);
        let clamped = view.clamped(place).into();
        [totals.count.into(), totals.sum, clamped, seen.count.into(), seen.sum]
    }
}

/// Statistics that no samples have, each from those of 1 and 5.
fn contradictions() -> [(&'static str, Statistics); 13] {
    let mut of = Statistics::of(1);
    of.record(5);
    let beyond = VALUE_LIMIT + 1;
    [
        ("of no samples", Statistics::EMPTY),
        ("of no samples, with a sum", Statistics { count: 0, ..of }),
        ("the smallest above the largest", Statistics { min: 5, max: 1, ..of }),
        ("the last above the largest", Statistics { last: 6, ..of }),
        ("the last below the smallest", Statistics { last: 0, ..of }),
        ("a sum above what the extremes allow", Statistics { sum: 7, ..of }),
        ("a sum below what the extremes allow", Statistics { sum: 5, ..of }),
        ("squares above what the extremes allow", Statistics { sum_of_squares: 27, ..of }),
        ("squares below what the sum takes", Statistics { sum_of_squares: 17, ..of }),
        ("squares below 0", Statistics { sum_of_squares: -1, ..of }),
        ("one sample that is not its sum", Statistics { sum: 2, ..Statistics::of(1) }),
        ("a sample above the limit", Statistics::of(beyond)),
        ("a sample below the limit", Statistics::of(-beyond)),
    ]
}

#[test]
fn what_is_invalid_is_refused_by_name_and_changes_nothing() {
    use MonitorError as E;
    let ground = Ground::new();
    let g = &ground;
    let (reporter, witness, stranger) = (&g.reporter, &g.witness, &g.world.stranger);
    let (now_s, flushed_s) = (g.now_s(), START_S + 1);
    let (closed_s, future_s) = (START_S + HOUR_S - 1, now_s + 1);
    let values = [1; EXECUTION_VALUES + 1];
    let executed = &values[1..];
    let too_many = BATCH_SAMPLES_MAX + 1;

    // Parts of batches: what is wrong with them.
    let pay = |sequence, samples| g.part("pay", sequence, samples);
    let [good, past, future, first] =
        [now_s, flushed_s, future_s, 0].map(|at_s| pay(NEXT, g.one("premium", at_s)));
    let [unknown, unknown_past] = [now_s, flushed_s].map(|at_s| pay(NEXT, g.one("price", at_s)));
    let (seen, seen_past) = (pay(SEEN, good.samples.clone()), pay(SEEN, past.samples.clone()));
    let (empty, full) = (pay(NEXT, g.many(0)), pay(NEXT, g.many(BATCH_SAMPLES_MAX)));
    let over = pay(NEXT, g.many(too_many));
    let lend = g.part("lend", NEXT, good.samples.clone());
    let nobodys = StreamKey { contract: g.unregistered.clone(), ..g.stream("pay", None) };
    let of_nobody = StreamBatch { stream: nobodys.clone(), ..good.clone() };
    let told_of_nobody = (reporter.clone(), nobodys, g.symbol("premium"), 1i128, now_s, NEXT);
    let after_good = |part: &StreamBatch| {
        let claim = g.part("claim", NEXT, good.samples.clone());
        g.batch(reporter, &[&claim, part])
    };

    let recorded = |metric, unit, function| g.record(metric, unit, function, None);
    let reported = |at_s, sequence| g.report(reporter, "premium", 1, at_s, sequence);
    let batch = |part: &StreamBatch| g.batch(reporter, &[part]);
    let backfill = |part: &StreamBatch| g.backfill(reporter, part);
    let unit = "stroops";
    #[rustfmt::skip] // A line for each: what it is, the call, the error.
    let rows = [
        ("an unknown metric", recorded("price", unit, "pay"), E::MetricUnknown),
        ("one of several", g.samples("pay", None, "price", &[1]), E::MetricUnknown),
        ("one reported", g.report(reporter, "price", 1, now_s, NEXT), E::MetricUnknown),
        ("one in a batch", batch(&unknown), E::MetricUnknown),
        ("one of a past hour", backfill(&unknown_past), E::MetricUnknown),

        ("an unknown reporter", g.report(stranger, "premium", 1, now_s, 1), E::ReporterUnknown),
        ("its execution", g.execution(stranger, now_s, executed, 1), E::ReporterUnknown),
        ("its batch", g.batch(stranger, &[&good]), E::ReporterUnknown),
        ("its past hour", g.backfill(stranger, &past), E::ReporterUnknown),
        ("the owner as a reporter", g.batch(&g.world.owner, &[&good]), E::ReporterUnknown),
        ("a witness's past hour", g.backfill(witness, &past), E::NotKept),

        ("a wrong unit", recorded("premium", "s", "pay"), E::UnitMismatch),
        ("another metric's unit", recorded("premium", "insns", "pay"), E::UnitMismatch),
        ("a standard metric in seconds", g.open("lend", None, "time_us", "s"), E::UnitMismatch),

        ("a future time", reported(future_s, NEXT), E::TimeInFuture),
        ("the last time there is", reported(u64::MAX, NEXT), E::TimeInFuture),
        ("a future execution", g.execution(reporter, future_s, executed, NEXT), E::TimeInFuture),
        ("a future time in a batch", batch(&future), E::TimeInFuture),
        ("one of a witness", g.report(witness, "premium", 1, future_s, 1), E::TimeInFuture),
        ("one as a past hour", backfill(&future), E::TimeInFuture),
        ("an hour that was flushed", reported(flushed_s, NEXT), E::TimeFlushed),
        ("its last second", reported(closed_s, NEXT), E::TimeFlushed),
        ("an execution in it", g.execution(reporter, flushed_s, executed, NEXT), E::TimeFlushed),
        ("it in a batch", batch(&past), E::TimeFlushed),
        ("the first second of 1970", reported(0, NEXT), E::TimeFlushed),
        ("that second in a batch", batch(&first), E::TimeFlushed),
        ("an open hour as a past one", backfill(&good), E::NotFlushed),

        ("65 samples", g.samples("pay", None, "premium", &[1; 65]), E::TooMany),
        ("65 samples in a batch", batch(&over), E::TooMany),
        ("65 samples of two streams", after_good(&full), E::TooMany),
        ("65 samples of past hours", backfill(&over), E::TooMany),

        ("the same sequence", reported(now_s, SEEN), E::SequenceSeen),
        ("a lower sequence", reported(now_s, SEEN - 1), E::SequenceSeen),
        ("the sequence 0", reported(now_s, 0), E::SequenceSeen),
        ("a witness's 0", g.report(witness, "premium", 1, now_s, 0), E::SequenceSeen),
        ("the same in an execution", g.execution(reporter, now_s, executed, SEEN), E::SequenceSeen),
        ("the same in a batch", batch(&seen), E::SequenceSeen),
        ("the same twice in a batch", g.batch(reporter, &[&good, &good]), E::SequenceSeen),
        ("the same of a past hour", backfill(&seen_past), E::SequenceSeen),

        ("an empty metric", recorded("", unit, "pay"), E::MetricUnknown),
        ("an empty unit", recorded("premium", "", "pay"), E::UnitMismatch),
        ("an empty function", recorded("premium", unit, ""), E::StreamUnknown),
        ("an empty subject", g.samples("pay", Some(""), "premium", &[1]), E::StreamUnknown),
        ("a stream's empty metric", g.open("lend", None, "", unit), E::Empty),
        ("a stream's empty unit", g.open("lend", None, "premium", ""), E::Empty),
        ("a stream's empty function", g.open("", None, "premium", unit), E::Empty),
        ("a stream's empty subject", g.open("pay", Some(""), "premium", unit), E::Empty),
        ("the longest metric", recorded(LONGEST, unit, "pay"), E::MetricUnknown),
        ("the longest unit", recorded("premium", LONGEST, "pay"), E::UnitMismatch),
        ("the longest function", recorded("premium", unit, LONGEST), E::StreamUnknown),
        ("the longest subject", g.samples("pay", Some(LONGEST), "premium", &[1]), E::StreamUnknown),

        ("129 B of metadata", g.record("premium", unit, "pay", Some(129)), E::MetadataTooLong),

        ("a contract not registered", g.record_unregistered(), E::ContractUnknown),
        ("a report of it", g.signed(reporter, "report", told_of_nobody), E::ContractUnknown),
        ("a batch of it", batch(&of_nobody), E::ContractUnknown),
        ("a past hour of it", backfill(&of_nobody), E::ContractUnknown),
        ("an unknown stream", recorded("premium", unit, "lend"), E::StreamUnknown),
        ("one in a batch", batch(&lend), E::StreamUnknown),
        ("one of a past hour", backfill(&lend), E::StreamUnknown),

        ("no samples", g.samples("pay", None, "premium", &[]), E::Empty),
        ("no streams in a batch", g.batch(reporter, &[]), E::Empty),
        ("no samples in a batch", batch(&empty), E::Empty),
        ("no samples of past hours", backfill(&empty), E::Empty),
        ("an execution of nothing", g.execution(reporter, now_s, &[], NEXT), E::Empty),
        ("a value too few", g.execution(reporter, now_s, &executed[1..], NEXT), E::Empty),
        ("a value too many", g.execution(reporter, now_s, &values, NEXT), E::Empty),

        ("a good part, then an unknown metric", after_good(&unknown), E::MetricUnknown),
        ("a good part, then a future time", after_good(&future), E::TimeInFuture),
        ("a good part, then a flushed hour", after_good(&past), E::TimeFlushed),
        ("a good part, then a number seen", after_good(&seen), E::SequenceSeen),
        ("a good part, then an unknown stream", after_good(&lend), E::StreamUnknown),
        ("a good part, then an unknown contract", after_good(&of_nobody), E::ContractUnknown),
        ("a good part, then no samples", after_good(&empty), E::Empty),
    ];
    for (what, call, expected) in &rows {
        g.refused(what, call, refused(*expected as u32));
    }
    for (what, statistics) in contradictions() {
        let [now, past] =
            [now_s, flushed_s].map(|at_s| pay(NEXT, g.aggregate("premium", at_s, &statistics)));
        let calls = [batch(&now), after_good(&now), g.batch(witness, &[&now]), backfill(&past)];
        for call in &calls {
            g.refused(what, call, refused(E::StatisticsInvalid as u32));
        }
    }
}

#[test]
fn what_is_only_just_valid_is_recorded() {
    let ground = Ground::new();
    let g = &ground;
    let now_s = g.now_s();
    g.opened(&g.open(LONGEST, Some(LONGEST), LONGEST, LONGEST));
    g.opened(&g.open(LONGEST, None, LONGEST, LONGEST));
    let most = [1; BATCH_SAMPLES_MAX as usize];
    let full = g.part("pay", NEXT + 2, g.many(BATCH_SAMPLES_MAX));
    let reported = |at_s, sequence| g.report(&g.reporter, "premium", 1, at_s, sequence);
    let metadata = Some(METADATA_BYTES_MAX);
    let rows = [
        ("128 B of metadata", g.record("premium", "stroops", "pay", metadata)),
        ("64 samples", g.samples("pay", None, "premium", &most)),
        ("now", reported(now_s, NEXT)),
        ("the first second that is open", reported(START_S + HOUR_S, NEXT + 1)),
        ("64 samples in a batch", g.batch(&g.reporter, &[&full])),
        ("a witness's first number", g.report(&g.witness, "premium", 1, now_s, 1)),
        ("the last number", reported(now_s, u64::MAX)),
        ("metric, function and subject of 32", g.samples(LONGEST, Some(LONGEST), LONGEST, &[1])),
        ("metric, unit and function of 32", g.record(LONGEST, LONGEST, LONGEST, None)),
    ];
    for (what, call) in &rows {
        g.accepted(what, call);
    }
}

#[test]
fn a_batch_may_have_64_samples_of_all_its_streams() {
    let ground = Ground::new();
    let part = |function| ground.part(function, NEXT, ground.many(BATCH_SAMPLES_MAX / 2));
    let batch = ground.batch(&ground.reporter, &[&part("pay"), &part("claim")]);
    assert!(ground.send(&batch).is_ok());
    let [count, ..] = ground.kept("premium");
    assert_eq!(count, 3 + 32);
}

#[test]
fn extreme_values_are_recorded_at_the_limit_and_counted() {
    let ground = Ground::new();
    let g = &ground;
    let limit = i128::from(VALUE_LIMIT);
    let now_s = g.now_s();
    let is_clamped = |what: &str, call: &Call, metric: &str, at_limit: i128| {
        let [count, sum, clamped, ..] = g.kept(metric);
        g.accepted(what, call);
        let now = [count + 1, sum + at_limit, clamped + 1];
        assert_eq!(g.kept(metric)[..3], now, "{what}: recorded, and counted as out of range");
    };
    // A witness's sums begin where the totals are.
    g.accepted("of a witness", &g.report(&g.witness, "premium", 1, now_s, 1));
    let extremes = [i128::MAX, i128::MIN, i64::MAX.into(), limit + 1, -limit - 1];
    for (value, sequence) in extremes.into_iter().zip(NEXT..) {
        let at_limit = value.signum() * limit;
        let one = g.recorded_by(&g.author, "premium", value, "stroops", "pay", None);
        is_clamped("of the contract", &one, "premium", at_limit);
        let several = g.samples("pay", None, "premium", &[value]);
        is_clamped("of several", &several, "premium", at_limit);
        let reported = g.report(&g.reporter, "premium", value, now_s, sequence);
        is_clamped("of the reporter", &reported, "premium", at_limit);
        // A witness's value enters its own sums, at the limit, and is counted nowhere else.
        let [count, sum, clamped, seen, seen_sum] = g.kept("premium");
        g.accepted("of a witness", &g.report(&g.witness, "premium", value, now_s, sequence));
        assert_eq!(g.kept("premium"), [count, sum, clamped, seen + 1, seen_sum + at_limit]);
    }
    for (value, sequence) in [(i64::MAX, u64::MAX - 1), (i64::MIN, u64::MAX)] {
        let executed = g.execution(&g.reporter, now_s, &[value; EXECUTION_VALUES], sequence);
        let at_limit = i128::from(value).signum() * limit;
        is_clamped("of an execution", &executed, "instructions", at_limit);
    }

    let [count, sum, clamped, ..] = g.kept("premium");
    g.accepted("the limit itself", &g.samples("pay", None, "premium", &[limit, -limit, limit]));
    assert_eq!(g.kept("premium")[..3], [count + 3, sum + limit, clamped]);
}

/// What a transaction cannot carry and the host does not make, no contract has to refuse.
#[test]
fn a_name_of_33_characters_is_no_symbol() {
    let world = World::new();
    let longer = format!("{LONGEST}x");
    let made = |name: &str| world.e.host().symbol_new_from_slice(name.as_bytes());
    assert!(made(LONGEST).is_ok());
    let invalid = Error::from_type_and_code(ScErrorType::Value, ScErrorCode::InvalidInput);
    assert_eq!(made(&longer).err().map(|refused| refused.error), Some(invalid));
    assert!(ScSymbol::try_from(LONGEST).is_ok());
    assert!(ScSymbol::try_from(longer.as_str()).is_err());
}
