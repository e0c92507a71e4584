//! The oracle without a monitor, and what it records with one.

use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{
    MetricKind, MetricSpec, NO_SKETCH, PerformanceMonitorClient, RecordingMode, StreamSpec,
};
use lumenscope_sdk::Reading;
use performance_monitor::PerformanceMonitorContract;
use soroban_sdk::testutils::{Address as _, EnvTestConfig, Ledger as _, MockAuth, MockAuthInvoke};
use soroban_sdk::{Address, Env, IntoVal, Symbol, Val, Vec, symbol_short, vec};

use crate::{Oracle, OracleClient, OracleError, PRICES_MAX};

const START_S: u64 = 1_800_000_000;
const XLM: Symbol = symbol_short!("XLM");

struct World {
    e: Env,
    oracle: Address,
    admin: Address,
    updater: Address,
}

impl World {
    fn new() -> Self {
        let e = Env::new_with_config(EnvTestConfig { capture_snapshot_at_drop: false });
        e.ledger().with_mut(|ledger| {
            ledger.sequence_number = 60_000_000;
            ledger.timestamp = START_S;
            ledger.min_persistent_entry_ttl = 2_073_600;
            ledger.min_temp_entry_ttl = 17_280;
            ledger.max_entry_ttl = 3_110_400;
        });
        let [admin, updater] = [(); 2].map(|()| Address::generate(&e));
        let oracle = e.register(Oracle, (admin.clone(),));
        let world = Self { e, oracle, admin, updater };
        world.by(&[&world.admin], "set_updater", (world.updater.clone(), true));
        world.client().set_updater(&world.updater, &true);
        world
    }

    fn client(&self) -> OracleClient<'_> {
        OracleClient::new(&self.e, &self.oracle)
    }

    /// The next call is authorised by exactly these, with exactly these arguments.
    fn by(&self, who: &[&Address], function: &str, args: impl IntoVal<Env, Vec<Val>>) {
        let invoke = MockAuthInvoke {
            contract: &self.oracle,
            fn_name: function,
            args: args.into_val(&self.e),
            sub_invokes: &[],
        };
        let auths: [MockAuth<'_>; 2] = core::array::from_fn(|index| MockAuth {
            address: who[index.min(who.len() - 1)],
            invoke: &invoke,
        });
        self.e.mock_auths(&auths[..who.len()]);
    }

    fn tell(&self, updater: &Address, price: i128) -> Result<bool, OracleError> {
        self.by(&[updater], "set_price", (updater.clone(), XLM, price));
        self.client()
            .try_set_price(updater, &XLM, &price)
            .map(Result::unwrap)
            .map_err(Result::unwrap)
    }

    /// A monitor with a stream in which these metrics are counted; the oracle is linked to it.
    fn counted(&self, metrics: &[&str]) -> (Address, StreamKey) {
        self.monitored("administration", None, metrics, "count")
    }

    /// The same with a stream of these metrics in a unit.
    fn monitored(
        &self,
        function: &str,
        subject: Option<Symbol>,
        metrics: &[&str],
        unit: &str,
    ) -> (Address, StreamKey) {
        let monitor = self.e.register(PerformanceMonitorContract, (self.admin.clone(), 0u64));
        let mut specs = vec![&self.e];
        for name in metrics {
            specs.push_back(MetricSpec {
                name: Symbol::new(&self.e, name),
                unit: Symbol::new(&self.e, unit),
                kind: MetricKind::Timer,
                watched: false,
                sketch: NO_SKETCH,
            });
        }
        let stream = StreamKey {
            contract: self.oracle.clone(),
            function: Symbol::new(&self.e, function),
            subject,
            lane: None,
        };
        let spec = StreamSpec { metrics: specs, mode: RecordingMode::Rollup, witnesses: false };
        let client = PerformanceMonitorClient::new(&self.e, &monitor);
        self.e.mock_all_auths();
        client.register(&self.admin, &self.oracle, &Some(self.admin.clone()));
        client.open_stream(&stream, &spec);
        self.client().link_monitor(&monitor, &None);
        (monitor, stream)
    }
}

#[test]
fn an_updater_tells_prices_and_anybody_reads_them() {
    let world = World::new();
    let unknown = world.client().try_price(&XLM).unwrap_err().unwrap();
    assert_eq!(unknown, OracleError::AssetUnknown);
    assert_eq!(world.tell(&world.updater, 1_234_567), Ok(true));
    let price = world.client().price(&XLM);
    assert_eq!((price.price, price.at_s), (1_234_567, START_S));
    let prices = vec![&world.e, (XLM, 7), (symbol_short!("BTC"), 9)];
    world.by(&[&world.updater], "set_prices", (world.updater.clone(), prices.clone()));
    assert!(world.client().set_prices(&world.updater, &prices));
    assert_eq!(world.client().price(&symbol_short!("BTC")).price, 9);
    let quotes = vec![&world.e, 30, 10, 20];
    world.by(&[&world.updater], "set_median", (world.updater.clone(), XLM, quotes.clone()));
    assert!(world.client().set_median(&world.updater, &XLM, &quotes));
    assert_eq!(world.client().price(&XLM).price, 20);
}

#[test]
fn what_is_no_price_is_refused_by_name_and_changes_nothing() {
    let world = World::new();
    assert_eq!(world.tell(&world.updater, 5), Ok(true));
    for price in [0, -1, i128::MIN] {
        assert_eq!(world.tell(&world.updater, price), Err(OracleError::PriceInvalid));
    }
    let tell = |prices: Vec<(Symbol, i128)>| {
        world.by(&[&world.updater], "set_prices", (world.updater.clone(), prices.clone()));
        world.client().try_set_prices(&world.updater, &prices).unwrap_err().unwrap()
    };
    assert_eq!(tell(vec![&world.e]), OracleError::NothingTold);
    assert_eq!(tell(vec![&world.e, (XLM, 9), (XLM, 0)]), OracleError::PriceInvalid);
    let mut many = Vec::new(&world.e);
    for _ in 0..=PRICES_MAX {
        many.push_back((XLM, 9));
    }
    assert_eq!(tell(many), OracleError::TooManyPrices);
    let none: Vec<i128> = vec![&world.e];
    world.by(&[&world.updater], "set_median", (world.updater.clone(), XLM, none.clone()));
    let refused = world.client().try_set_median(&world.updater, &XLM, &none);
    assert_eq!(refused.unwrap_err().unwrap(), OracleError::NothingTold);
    assert_eq!(world.client().price(&XLM).price, 5);
}

#[test]
fn an_unknown_caller_gets_an_answer_that_stays_on_record() {
    let world = World::new();
    let (monitor, stream) = world.counted(&["unknown_callers"]);
    let stranger = Address::generate(&world.e);
    assert_eq!(world.tell(&stranger, 5), Ok(false));
    assert_eq!(world.client().try_price(&XLM).unwrap_err().unwrap(), OracleError::AssetUnknown);
    assert_eq!(world.tell(&world.updater, 5), Ok(true));
    world.by(&[&world.admin], "set_updater", (world.updater.clone(), false));
    world.client().set_updater(&world.updater, &false);
    assert_eq!(world.tell(&world.updater, 6), Ok(false));
    let metric = Symbol::new(&world.e, "unknown_callers");
    let reading = Reading::of(&world.e, &monitor, &stream, &metric).unwrap();
    assert_eq!(reading.totals().count, 2);
    // Whom nobody authorised is not even that.
    world.e.mock_auths(&[]);
    assert!(world.client().try_set_price(&world.updater, &XLM, &7).is_err());
}

#[test]
fn only_the_admin_administers_and_what_changes_nothing_is_refused() {
    let world = World::new();
    let next = Address::generate(&world.e);
    world.by(&[&next], "set_admin", (next.clone(),));
    assert!(world.client().try_set_admin(&next).is_err());
    world.by(&[&world.admin], "set_admin", (next.clone(),));
    assert!(world.client().try_set_admin(&next).is_err(), "nobody holds it");
    world.by(&[&world.admin], "set_admin", (world.admin.clone(),));
    let same = world.client().try_set_admin(&world.admin).unwrap_err().unwrap();
    assert_eq!(same, OracleError::AdminKnown);
    world.by(&[&world.admin], "unpause", ());
    let runs = world.client().try_unpause().unwrap_err().unwrap();
    assert_eq!(runs, OracleError::PauseKnown);
    world.by(&[&world.admin], "switch_monitor", (true,));
    let unset = world.client().try_switch_monitor(&true).unwrap_err().unwrap();
    assert_eq!(unset, OracleError::MonitorUnset);
    for function in ["pause", "unpause"] {
        world.by(&[&next], function, ());
    }
    assert!(world.client().try_pause().is_err());
    world.by(&[&world.admin, &next], "set_admin", (next.clone(),));
    world.client().set_admin(&next);
    assert_eq!(world.client().admin(), next);
}

#[test]
fn a_paused_oracle_takes_no_prices_and_each_change_is_recorded() {
    let world = World::new();
    let (monitor, stream) = world.counted(&["admin_changes", "pauses"]);
    world.by(&[&world.admin], "pause", ());
    world.client().pause();
    assert_eq!(world.tell(&world.updater, 5), Err(OracleError::OraclePaused));
    world.by(&[&world.admin], "unpause", ());
    world.client().unpause();
    assert_eq!(world.tell(&world.updater, 5), Ok(true));
    let next = Address::generate(&world.e);
    world.by(&[&world.admin, &next], "set_admin", (next.clone(),));
    world.client().set_admin(&next);
    let count = |metric: &str| {
        let metric = Symbol::new(&world.e, metric);
        Reading::of(&world.e, &monitor, &stream, &metric).unwrap().totals().count
    };
    assert_eq!((count("pauses"), count("admin_changes")), (2, 1));
}

#[test]
fn each_price_is_recorded_in_the_stream_of_its_asset() {
    let world = World::new();
    let (monitor, stream) = world.monitored("set_price", Some(XLM), &["price"], "ten_millionths");
    assert_eq!(world.tell(&world.updater, 1_000), Ok(true));
    let prices = vec![&world.e, (symbol_short!("BTC"), 9), (XLM, 2_000)];
    world.by(&[&world.updater], "set_prices", (world.updater.clone(), prices.clone()));
    assert!(world.client().set_prices(&world.updater, &prices));
    let reading = Reading::of(&world.e, &monitor, &stream, &symbol_short!("price")).unwrap();
    let totals = reading.totals();
    assert_eq!((totals.count, totals.sum, totals.last), (2, 3_000, 2_000));
}
