//! Entries that nobody extended: what a suite costs to bring back, and that it comes back whole. The
//! alarm that comes before is tried in the suite of templates (`life`).

use anyhow::{Context as _, Result, ensure};
use lumenscope_localnet::xdr::LedgerKey;
use lumenscope_tests::stage::on_stage;
use lumenscope_tests::suite::Suite;

use crate::state::Life;

/// Longer than anything lives that nobody extends: 120 days and an hour.
const LIFE_S: u64 = 120 * 86_400 + 3_600;
const LEDGER_S: u64 = 5;
/// Entries of one restoring transaction: the network allows 200 written ones.
const RESTORED_AT_ONCE: usize = 100;

#[test]
fn an_archived_suite_is_restored_whole_for_a_bill_that_is_told() -> Result<()> {
    on_stage(|stage| {
        let mut life = Life::lead(Suite::new(stage)?)?;
        let before = life.answers()?;
        life.suite.stage.pass(LIFE_S, u32::try_from(LIFE_S / LEDGER_S)?)?;
        // The contract that asks is no part of the suite, and as dead.
        let caller = life.suite.caller.clone();
        let keys = life.suite.stage.everything_of(&caller)?;
        life.suite.stage.restore_entries(&keys)?;

        let now = life.suite.stage.ledger().sequence();
        for (package, contract) in life.contracts() {
            let keys = life.suite.stage.everything_of(&contract)?;
            for key in &keys {
                let stored =
                    life.suite.stage.ledger().entry(key).context("an entry that is gone")?;
                ensure!(!stored.is_live_in(now), "{package}: {key:?} is alive");
            }
            let (mut bytes, mut fee_stroops) = (0, 0);
            for keys in keys.chunks(RESTORED_AT_ONCE) {
                bytes += bytes_of(&life, keys)?;
                fee_stroops += life.suite.stage.restore_entries(keys)?.charged_stroops;
            }
            eprintln!(
                "{package}: {} entries of {bytes} B with the code, {fee_stroops} stroops",
                keys.len()
            );
            // Rent of the least life, on code above all: as dear as uploading it anew, not dearer.
            ensure!((1..BILL_MAX_STROOPS).contains(&fee_stroops), "{package}: {fee_stroops}");
        }
        let after = life.answers()?;
        for ((call, before), after) in life.reads().iter().zip(&before).zip(&after) {
            ensure!(before == after, "{}: {before:?}, now {after:?}", call.function);
        }
        life.record_hours(1)?;
        for call in [life.edit(1), life.request(2), life.delivery(2)] {
            life.suite.stage.act(&[call])?;
        }
        Ok(())
    })
}

/// Fifty XLM: the dearest contract's code takes 45 for as long.
const BILL_MAX_STROOPS: i64 = 500_000_000;

fn bytes_of(life: &Life, keys: &[LedgerKey]) -> Result<usize> {
    let mut bytes = 0;
    for key in keys {
        let stored = life.suite.stage.ledger().entry(key).context("an entry that is gone")?;
        bytes += lumenscope_tests::stage::encoded_bytes(stored.entry.as_ref())?;
    }
    Ok(bytes)
}
