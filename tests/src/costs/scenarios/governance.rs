//! Administration, which is the same code in every contract: measured on performance-monitor.

use anyhow::Result;
use lumenscope_interfaces::governance::Role;
use soroban_sdk::BytesN;

use super::Scenario;
use crate::stage::Call;
use crate::suite::Suite;

/// Ledgers that an offered administration may wait.
const OFFER_LEDGERS: u32 = 17_280;

const fn scenario(
    entry_point: &'static str,
    case: &'static str,
    prepare: fn(&mut Suite) -> Result<Call>,
) -> Scenario {
    Scenario { contract: "performance-monitor", entry_point, case, prepare }
}

/// In the order of the table.
pub(super) const SCENARIOS: [Scenario; 10] = [
    scenario("transfer_admin", "offered", transfer_admin),
    scenario("accept_admin", "by the admin itself", |suite| {
        let offer = transfer_admin(suite)?;
        suite.stage.act(&[offer])?;
        Ok(suite.monitor("accept_admin", ()))
    }),
    scenario("set_role", "the first", |suite| Ok(set_role(suite, true))),
    scenario("set_role", "the last goes", |suite| {
        let grant = set_role(suite, true);
        suite.stage.act(&[grant])?;
        Ok(set_role(suite, false))
    }),
    scenario("pause", "", |suite| Ok(suite.monitor("pause", ()))),
    scenario("unpause", "", |suite| {
        let pause = suite.monitor("pause", ());
        suite.stage.act(&[pause])?;
        Ok(suite.monitor("unpause", ()))
    }),
    scenario("propose_upgrade", "", propose_upgrade),
    scenario("cancel_upgrade", "", |suite| {
        let proposal = propose_upgrade(suite)?;
        suite.stage.act(&[proposal])?;
        Ok(suite.monitor("cancel_upgrade", ()))
    }),
    scenario("apply_upgrade", "", |suite| {
        let proposal = propose_upgrade(suite)?;
        suite.stage.act(&[proposal])?;
        Ok(suite.monitor("apply_upgrade", ()))
    }),
    scenario("keep_alive", "instance and code, 120 days old", |suite| {
        Ok(suite.monitor("keep_alive", ()))
    }),
];

fn transfer_admin(suite: &mut Suite) -> Result<Call> {
    let until = suite.stage.ledger().sequence() + OFFER_LEDGERS;
    Ok(suite.monitor("transfer_admin", (suite.caller.clone(), until)))
}

fn set_role(suite: &Suite, held: bool) -> Call {
    suite.monitor("set_role", (suite.caller.clone(), Role::Keeper, held))
}

fn propose_upgrade(suite: &mut Suite) -> Result<Call> {
    let hash = suite.stage.upload_variant("performance-monitor")?;
    let hash = BytesN::from_array(suite.env(), &hash);
    Ok(suite.monitor("propose_upgrade", (hash,)))
}
