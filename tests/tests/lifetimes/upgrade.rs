//! Contracts whose code is replaced in the midst of their life.

use anyhow::{Result, ensure};
use lumenscope_interfaces::governance::GovernanceError;
use lumenscope_tests::stage::{Stage, on_stage};
use lumenscope_tests::suite::Suite;
use soroban_sdk::xdr::ScVal;
use soroban_sdk::{Address, BytesN, Map, Symbol, Val};

use crate::state::Life;

#[test]
fn code_that_is_replaced_finds_everything_and_goes_on() -> Result<()> {
    on_stage(|stage| {
        let mut life = Life::lead(Suite::new(stage)?)?;
        let before = life.answers()?;
        for (package, contract) in life.contracts() {
            let stage = &mut life.suite.stage;
            let hash = stage.upload_variant(package)?;
            replace(stage, &contract, hash)?;
        }
        let after = life.answers()?;
        ensure_kept(&life, &before, &after)?;
        goes_on(&mut life, &after)
    })
}

/// By way of code with a schema of its own, which reads what each contract of the suite stored of its
/// administration, migrates it once, and is replaced itself.
#[test]
fn state_is_migrated_once_by_the_code_that_comes_next() -> Result<()> {
    on_stage(|stage| {
        let mut life = Life::lead(Suite::new(stage)?)?;
        let before = life.answers()?;
        let next = life.suite.stage.upload("probe-next")?;
        for (package, contract) in life.contracts() {
            let stage = &mut life.suite.stage;
            let own = stage.runs(&contract)?;
            let held = administration(stage, &contract)?;
            replace(stage, &contract, next)?;
            ensure!(schema(stage, &contract)? == 1, "{package}: the state is of the code before");
            let migrate = stage.call(&contract, "migrate", ());
            stage.act(&[migrate])?;
            let found = stage.call(&contract, "migrated_from", ());
            ensure!(stage.perform::<Option<u32>>(&found)? == Some(1), "{package}: not migrated");
            ensure!(schema(stage, &contract)? == 2, "{package}: the state is of the next code");
            let migrated = administration(stage, &contract)?;
            for (key, value) in held.iter().filter(|(key, _)| *key != stage.symbol("schema")) {
                let value: ScVal = stage.encode(value)?;
                let now = migrated.get(key.clone()).map(|now| stage.encode(now)).transpose()?;
                ensure!(now == Some(value), "{package}: {key:?} is another one");
            }
            refused(stage, &contract)?;
            replace(stage, &contract, own)?;
            refused(stage, &contract)?;
        }
        let after = life.answers()?;
        ensure_kept(&life, &before, &after)?;
        goes_on(&mut life, &after)
    })
}

fn replace(stage: &mut Stage, contract: &Address, hash: [u8; 32]) -> Result<()> {
    let wasm = BytesN::from_array(stage.env(), &hash);
    let proposal = stage.call(contract, "propose_upgrade", (wasm,));
    stage.act(&[proposal])?;
    let apply = stage.call(contract, "apply_upgrade", ());
    stage.act(&[apply])?;
    ensure!(stage.runs(contract)? == hash, "it runs the old code");
    Ok(())
}

fn administration(stage: &mut Stage, contract: &Address) -> Result<Map<Symbol, Val>> {
    let call = stage.call(contract, "administration", ());
    stage.perform(&call)
}

fn schema(stage: &mut Stage, contract: &Address) -> Result<u32> {
    let held = administration(stage, contract)?;
    let schema = held.get(stage.symbol("schema")).map(|schema| stage.encode(schema)).transpose()?;
    match schema {
        Some(ScVal::U32(schema)) => Ok(schema),
        other => anyhow::bail!("expected a schema, came {other:?}"),
    }
}

/// State of this schema, or of a later one, is not migrated.
fn refused(stage: &mut Stage, contract: &Address) -> Result<()> {
    let migrate = stage.call(contract, "migrate", ());
    let refused = stage.act(&[migrate]).err().map(|error| format!("{error:#}"));
    let expected = format!("Contract({})", GovernanceError::NothingToChange as u32);
    ensure!(refused.as_ref().is_some_and(|error| error.contains(&expected)), "{refused:?}");
    Ok(())
}

fn ensure_kept(life: &Life, before: &[ScVal], after: &[ScVal]) -> Result<()> {
    for ((call, before), after) in life.reads().iter().zip(before).zip(after) {
        // What waits, and who decided it, is of the upgrade.
        if call.function != "administration" {
            ensure!(before == after, "{}: {before:?}, now {after:?}", call.function);
        }
    }
    Ok(())
}

fn goes_on(life: &mut Life, answers: &[ScVal]) -> Result<()> {
    life.record_hours(2)?;
    life.fire()?;
    for call in [life.edit(1), life.request(2), life.delivery(2)] {
        life.suite.stage.act(&[call])?;
    }
    ensure!(life.answers()? != answers, "nothing went on");
    Ok(())
}
