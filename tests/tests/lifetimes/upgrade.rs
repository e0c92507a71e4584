//! Contracts whose code is replaced in the midst of their life.

use anyhow::{Result, ensure};
use lumenscope_tests::stage::on_stage;
use lumenscope_tests::suite::Suite;
use soroban_sdk::BytesN;

use crate::state::Life;

#[test]
fn code_that_is_replaced_finds_everything_and_goes_on() -> Result<()> {
    on_stage(|stage| {
        let mut life = Life::lead(Suite::new(stage)?)?;
        let before = life.answers()?;
        for (package, contract) in life.contracts() {
            let stage = &mut life.suite.stage;
            let hash = stage.upload_variant(package)?;
            let hash = BytesN::from_array(stage.env(), &hash);
            let proposal = stage.call(&contract, "propose_upgrade", (hash.clone(),));
            stage.act(&[proposal])?;
            let apply = stage.call(&contract, "apply_upgrade", ());
            stage.act(&[apply])?;
            ensure!(stage.runs(&contract)? == hash.to_array(), "{package} runs the old code");
        }
        let after = life.answers()?;
        for ((call, before), after) in life.reads().iter().zip(&before).zip(&after) {
            // What waits, and who decided it, is of the upgrade.
            if call.function != "administration" {
                ensure!(before == after, "{}: {before:?}, now {after:?}", call.function);
            }
        }
        life.record_hours(2)?;
        life.fire()?;
        for call in [life.edit(1), life.request(2), life.delivery(2)] {
            life.suite.stage.act(&[call])?;
        }
        ensure!(life.answers()? != after, "nothing went on");
        Ok(())
    })
}
