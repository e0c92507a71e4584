//! What evaluations write, how much of what the network allows an evaluation of 500 rules takes,
//! and what the guard costs a contract that many of them cover.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use lumenscope_interfaces::alerting::{
    Evaluation, Outcome, RuleSpec, RuleStatistic, RuleTarget, Severity, TARGETS_MAX,
};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{RecordingMode, ReporterRole, StreamSpec};
use lumenscope_localnet::xdr::{LedgerKey, ScVal};
use lumenscope_tests::stage::{Call, Stage, on_stage};
use lumenscope_tests::suite::{POOL_UNIT, Suite};
use soroban_sdk::{Address, Vec as SdkVec, vec};

const CONTRACTS: u8 = 100;
const RULES_PER_CONTRACT: u8 = 5;
/// Simulations in which all rules are evaluated.
const SIMULATIONS_MAX: usize = 10;
const FUNCTION: &str = "swap";
const METRIC: &str = "amount";
const QUIET: i128 = 10;
const THRESHOLD: i128 = 1_000;
/// What the network allows a transaction, as of July 2026.
const INSTRUCTIONS_MAX: u32 = 400_000_000;
const FOOTPRINT_MAX: usize = 400;
/// What the guard may take beyond an empty call.
const GUARD_INSTRUCTIONS_MAX: u32 = 300_000;

fn spec(suite: &Suite, contract: &Address, number: u8) -> RuleSpec {
    RuleSpec {
        statistic: RuleStatistic::Average,
        window_s: 300,
        severity: Severity::High,
        cooldown_s: 600,
        ..suite.rule(contract, FUNCTION, METRIC, THRESHOLD + i128::from(number))
    }
}

fn stream(suite: &Suite, contract: &Address) -> StreamKey {
    StreamKey { contract: contract.clone(), ..suite.stream(FUNCTION) }
}

/// Registers a contract and opens its watched stream; the caller records for it.
fn watch(suite: &mut Suite, contract: &Address) -> Result<()> {
    let caller = suite.caller.clone();
    let mut metric = suite.metric(METRIC, POOL_UNIT);
    metric.watched = true;
    let metrics = vec![suite.env(), metric];
    let spec = StreamSpec { metrics, mode: RecordingMode::Rollup, witnesses: false };
    let mut calls = Vec::new();
    if *contract != caller {
        calls.push(suite.monitor("register", (caller.clone(), contract.clone(), caller.clone())));
        calls.push(
            suite.monitor("set_reporter", (contract.clone(), caller, ReporterRole::Recorder)),
        );
    }
    calls.push(suite.monitor("open_stream", (stream(suite, contract), spec)));
    // Each needs what the one before did.
    calls.iter().try_for_each(|call| suite.stage.act(std::slice::from_ref(call)))
}

fn rule(suite: &mut Suite, contract: &Address, number: u8) -> Result<RuleTarget> {
    suite.create_rule(spec(suite, contract, number), stream(suite, contract))
}

/// A minute passes with one value in every stream.
fn minute(suite: &mut Suite, contracts: &[Address], value: i128) -> Result<()> {
    let record = |contract: &Address| {
        let samples = vec![suite.env(), (suite.stage.symbol(METRIC), value)];
        suite.monitor("record_samples", (stream(suite, contract), samples))
    };
    let calls: Vec<Call> = contracts.iter().map(record).collect();
    for calls in calls.chunks(20) {
        suite.stage.act(calls)?;
    }
    let now_s = suite.stage.ledger().close_time_s();
    suite.stage.close_at(now_s + 60)
}

/// Entries that a batch would change, within the network's limits, and what it answers.
fn batch(suite: &mut Suite, targets: &[RuleTarget]) -> Result<(usize, Vec<Evaluation>)> {
    let call = suite.evaluate(targets)?;
    let simulation =
        suite.stage.simulate(&suite.stage.through("call", std::slice::from_ref(&call))?)?;
    let footprint = &simulation.data.resources.footprint;
    let entries = footprint.read_only.len() + footprint.read_write.len();
    ensure!(
        simulation.instructions <= INSTRUCTIONS_MAX,
        "{} instructions",
        simulation.instructions
    );
    eprintln!(
        "{} targets: {} instructions, {entries} entries",
        targets.len(),
        simulation.instructions
    );
    ensure!(entries <= FOOTPRINT_MAX, "{entries} entries");
    let numbers: SdkVec<u64> = suite.stage.perform(&call)?;
    let unpacked = numbers.iter().map(|number| Evaluation::unpacked(number).context("a number"));
    Ok((simulation.changes.len(), unpacked.collect::<Result<_>>()?))
}

/// Which entries an evaluation of a rule would write and how many transitions it would tell, as
/// its simulation says; then it is sent.
fn written(suite: &mut Suite, target: &RuleTarget) -> Result<(Vec<String>, u32)> {
    let call = suite.evaluate(std::slice::from_ref(target))?;
    let function = suite.stage.through("call", std::slice::from_ref(&call))?;
    let simulation = suite.stage.simulate(&function)?;
    let keys: BTreeSet<&LedgerKey> = simulation.changes.iter().map(|change| &change.key).collect();
    let may_write = &simulation.data.resources.footprint.read_write;
    ensure!(may_write.iter().collect::<BTreeSet<_>>() == keys, "{may_write:?} for {keys:?}");
    let names = keys.into_iter().map(name).collect::<Result<_>>()?;
    let numbers: SdkVec<u64> = suite.stage.perform(&call)?;
    let answer = Evaluation::unpacked(numbers.first().context("an answer")?).context("a number")?;
    Ok((names, answer.transitions))
}

/// What alerting calls an entry of its own.
fn name(key: &LedgerKey) -> Result<String> {
    let LedgerKey::ContractData(data) = key else { bail!("{key:?}") };
    let ScVal::Vec(Some(parts)) = &data.key else { bail!("{key:?}") };
    let Some(ScVal::Symbol(name)) = parts.first() else { bail!("{key:?}") };
    Ok(name.to_utf8_string_lossy())
}

#[test]
fn what_changes_nothing_writes_nothing_and_a_transition_writes_an_alert_and_its_summary()
-> Result<()> {
    on_stage(|stage: Stage| {
        let mut suite = Suite::new(stage)?;
        let contract = suite.caller.clone();
        watch(&mut suite, &contract)?;
        let spec = RuleSpec { window_s: 60, ..spec(&suite, &contract, 0) };
        let target = suite.create_rule(spec, stream(&suite, &contract))?;
        let loud = 2 * THRESHOLD;
        let (new, nothing, both) = (&["summary"][..], &[][..], &["alert", "summary"][..]);
        let minutes = [
            (QUIET, new, 0),
            (QUIET, nothing, 0),
            (loud, both, 2),
            (loud, nothing, 0),
            (QUIET, both, 1),
            (QUIET, nothing, 0),
            (loud, both, 2),
        ];
        for (place, (value, entries, transitions)) in minutes.into_iter().enumerate() {
            minute(&mut suite, std::slice::from_ref(&contract), value)?;
            let closed_s = suite.stage.ledger().close_time_s() + 30;
            suite.stage.close_at(closed_s)?;
            let (came, told) = written(&mut suite, &target)?;
            assert_eq!(came, entries, "minute {place}");
            assert_eq!(told, transitions, "minute {place}");
        }
        Ok(())
    })
}

#[test]
fn five_hundred_rules_are_evaluated_in_ten_simulations_and_nothing_is_sent_when_nothing_changes()
-> Result<()> {
    on_stage(|stage: Stage| {
        let mut suite = Suite::new(stage)?;
        let mut targets = Vec::new();
        let mut contracts = Vec::new();
        for seed in 100..100 + CONTRACTS {
            let contract = suite.stage.account(seed)?;
            watch(&mut suite, &contract)?;
            for number in 0..RULES_PER_CONTRACT {
                targets.push(rule(&mut suite, &contract, number)?);
            }
            contracts.push(contract);
        }
        let batches = || targets.chunks(TARGETS_MAX as usize);
        assert_eq!((targets.len(), batches().count()), (500, SIMULATIONS_MAX));
        for _ in 0..3 {
            minute(&mut suite, &contracts, QUIET)?;
        }
        for targets in batches() {
            let (changed, answers) = batch(&mut suite, targets)?;
            assert_eq!(changed, targets.len() / usize::from(RULES_PER_CONTRACT), "a summary each");
            assert!(answers.iter().all(|answer| answer.outcome == Outcome::Evaluated));
        }
        for _ in 0..2 {
            minute(&mut suite, &contracts, QUIET)?;
        }
        for targets in batches() {
            let (changed, answers) = batch(&mut suite, targets)?;
            assert_eq!(changed, 0, "nothing to send");
            assert!(answers.iter().all(|answer| answer.transitions == 0 && !answer.heartbeat));
        }
        // One contract of a hundred is loud: its five rules fire, in the batch that they are in.
        minute(&mut suite, &contracts[41..42], 100 * THRESHOLD)?;
        minute(&mut suite, &contracts, QUIET)?;
        let mut sent = 0;
        for targets in batches() {
            let (changed, answers) = batch(&mut suite, targets)?;
            let fired = answers.iter().filter(|answer| answer.transitions > 0).count();
            sent += usize::from(changed > 0);
            assert!(fired == 0 || (fired, changed) == (5, 6), "{fired} {changed}");
        }
        assert_eq!(sent, 1);
        Ok(())
    })
}

#[test]
fn the_guard_of_a_contract_with_fifty_rules_takes_little_more_than_an_empty_call() -> Result<()> {
    on_stage(|stage: Stage| {
        let mut suite = Suite::new(stage)?;
        let contract = suite.caller.clone();
        watch(&mut suite, &contract)?;
        let mut targets = Vec::new();
        for number in 0..50 {
            targets.push(rule(&mut suite, &contract, number)?);
        }
        for _ in 0..3 {
            minute(&mut suite, std::slice::from_ref(&contract), QUIET)?;
        }
        let (_, answers) = batch(&mut suite, &targets)?;
        assert!(answers.iter().all(|answer| answer.outcome == Outcome::Evaluated));
        let measure = |call: Call| -> Result<(u32, usize)> {
            let simulation = suite.stage.simulate(&suite.stage.through("call", &[call])?)?;
            Ok((simulation.instructions, simulation.changes.len()))
        };
        // Reads nothing and calculates one number.
        let (empty, _) = measure(suite.alerts("closed_slot", ()))?;
        let (guard, written) = measure(suite.alerts("guard", (contract.clone(),)))?;
        assert_eq!(written, 0);
        let over = guard - empty;
        assert!(over <= GUARD_INSTRUCTIONS_MAX, "{over} instructions over an empty call");
        eprintln!("guard of 50 rules: {over} instructions over an empty call");
        Ok(())
    })
}
