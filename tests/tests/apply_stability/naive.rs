//! Whether the harness would notice: a deliberately naive monitor, one mistake at a time.

use anyhow::Result;
use lumenscope_localnet::Failure;
use lumenscope_tests::apply_stability::{
    Change, Dimension, Expectation, Monitored, Trial, run, violations,
};
use lumenscope_tests::stage::{Call, Stage, on_stage};
use soroban_sdk::Address;

const HOUR_S: u64 = 3_600;

/// A monitor with one mistake.
#[derive(Clone)]
struct Naive {
    stage: Stage,
    contract: Address,
    function: &'static str,
}

impl Monitored for Naive {
    fn stage(&mut self) -> &mut Stage {
        &mut self.stage
    }

    fn calls(&mut self, count: u32) -> Result<Vec<Call>> {
        let caller = self.stage.caller()?;
        let call = |number: u32| {
            let metric = self.stage.symbol(&format!("metric_{number}"));
            self.stage.call(&self.contract, self.function, (caller.clone(), metric, 7_i128))
        };
        Ok((0..count).map(call).collect())
    }
}

impl Naive {
    fn new(mut stage: Stage, function: &'static str) -> Result<Self> {
        let contract = stage.deploy("probe-naive", ())?;
        Ok(Self { stage, contract, function })
    }
}

/// In the middle of an hour, with every metric recorded once in it.
fn in_mid_hour(naive: &mut Naive) -> Result<()> {
    let hour = naive.stage.ledger().close_time_s() / HOUR_S + 1;
    naive.stage.close_at(hour * HOUR_S + HOUR_S / 2)?;
    let calls = naive.calls(8)?;
    naive.stage.act(&calls)
}

const NOTHING: Change<Naive> = Change {
    name: "nothing",
    before: in_mid_hour,
    between: |_| Ok(()),
    expectation: Expectation::Stable,
};

const HOUR_PASSES: Change<Naive> = Change {
    name: "an hour passes",
    before: in_mid_hour,
    between: |naive| naive.stage.close_at(naive.stage.ledger().close_time_s() + HOUR_S),
    expectation: Expectation::Stable,
};

fn trial(function: &'static str, change: &Change<Naive>) -> Result<Trial> {
    on_stage(|stage| {
        let naive = Naive::new(stage, function)?;
        let trials = run(&naive, std::slice::from_ref(change))?;
        trials.into_iter().next().ok_or_else(|| anyhow::anyhow!("expected a trial"))
    })
}

/// The harness must see this mistake, transactions must fail of it in this way, and nothing must
/// be seen where nothing happens.
fn fails(function: &'static str, dimension: Dimension, failure: &Failure) -> Result<()> {
    fails_in_one_of(function, dimension, std::slice::from_ref(failure))
}

fn fails_in_one_of(
    function: &'static str,
    dimension: Dimension,
    expected: &[Failure],
) -> Result<()> {
    let quiet = trial(function, &NOTHING)?;
    assert_eq!(violations(&[quiet]), Vec::<String>::new());
    let trial = trial(function, &HOUR_PASSES)?;
    assert!(trial.moved().contains(&dimension), "{:?}", trial.violations());
    let failures: Vec<&Failure> =
        trial.applied.iter().filter_map(|applied| applied.failure.as_ref()).collect();
    let any = failures.iter().any(|failure| expected.contains(failure));
    assert!(any, "{:?}", trial.violations());
    assert!(violations(&[trial]).len() > 1);
    Ok(())
}

#[test]
fn the_harness_sees_a_key_derived_from_the_time() -> Result<()> {
    fails("key_of_time", Dimension::Keys, &Failure::Trapped)
}

#[test]
fn the_harness_sees_an_entry_that_grows_at_the_boundary() -> Result<()> {
    fails("growing", Dimension::Size, &Failure::ResourceLimitExceeded)
}

#[test]
fn the_harness_sees_an_extension_on_the_way() -> Result<()> {
    fails("extending", Dimension::Rent, &Failure::InsufficientRefundableFee)
}

#[test]
fn the_harness_sees_work_that_is_done_only_at_the_boundary() -> Result<()> {
    // Which one depends on where the instructions run out: wasm stops before it passes the limit,
    // which the network calls a trap, and the host only after.
    let failures = [Failure::ResourceLimitExceeded, Failure::Trapped];
    fails_in_one_of("branching", Dimension::Cpu, &failures)
}

#[test]
fn the_harness_sees_an_event_that_was_not_simulated() -> Result<()> {
    fails("announcing", Dimension::Events, &Failure::InsufficientRefundableFee)
}
