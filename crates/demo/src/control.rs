//! What the sdk adds to a call: the same calls, with monitoring on and then off.

use std::collections::BTreeMap;

use anyhow::Context;
use lumenscope_invoke::{Outcome, args};

use crate::cast::Cast;
use crate::model::PolicyId;
use crate::pool;
use crate::scenario::{Action, COVER_STROOPS, RATE_BPS};
use crate::setup::Setup;
use crate::stage::Stage;

/// Numbers of the policies that only these calls use: with monitoring on, and off.
const POLICIES: [u32; 2] = [101, 102];

/// Charged for one call of each function, on minus off, stroops.
///
/// # Errors
/// When a transaction fails.
pub async fn sdk_stroops_per_call(
    stage: &Stage,
    cast: &Cast,
    setup: &Setup,
) -> anyhow::Result<BTreeMap<String, i64>> {
    let on = fees(stage, cast, setup, POLICIES[0]).await?;
    switch(stage, cast, setup, false).await?;
    let off = fees(stage, cast, setup, POLICIES[1]).await?;
    switch(stage, cast, setup, true).await?;
    Ok(on
        .into_iter()
        .map(|(function, fee)| {
            let without = off.get(&function).copied().unwrap_or(0);
            (function, fee - without)
        })
        .collect())
}

async fn switch(stage: &Stage, cast: &Cast, setup: &Setup, on: bool) -> anyhow::Result<()> {
    let args = args![on]?;
    let outcome = stage.invoker.invoke(&cast.admin, &setup.pool, "switch_monitor", args).await;
    outcome.and_then(Outcome::require_success).context("switching monitoring")?;
    Ok(())
}

async fn fees(
    stage: &Stage,
    cast: &Cast,
    setup: &Setup,
    number: u32,
) -> anyhow::Result<BTreeMap<String, i64>> {
    let policy = PolicyId { holder: 0, number };
    let premium = (COVER_STROOPS * i128::from(RATE_BPS) + 9_999) / 10_000;
    let actions = [
        Action::Buy { policy },
        Action::Pay { policy, amount: premium },
        Action::File { policy, amount: 1_000_000 },
        Action::Settle { policy, claim: 1, approve: true },
        Action::Deposit { amount: COVER_STROOPS },
        Action::Reprice { policies: 2 },
    ];
    let mut fees = BTreeMap::new();
    for action in actions {
        let call = pool::call(&setup.pool, cast, &action)?;
        let outcome = stage.invoker.run(pool::caller(cast, &action), call).await;
        let outcome = outcome.and_then(Outcome::require_success);
        let outcome = outcome.with_context(|| format!("the control call {action:?}"))?;
        fees.insert(action.function().to_owned(), outcome.fee_charged_stroops);
    }
    Ok(fees)
}
