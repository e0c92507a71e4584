//! Sending the plan.

use anyhow::{Context, ensure};
use lumenscope_invoke::{CallError, Outcome, Pending, Prepared};

use crate::cast::Cast;
use crate::pool;
use crate::scenario::Step;
use crate::setup::Setup;
use crate::stage::Stage;

/// What the transactions of one step came to.
#[derive(Debug)]
pub struct Played {
    /// One for each transaction, in the order in which they were applied.
    pub outcomes: Vec<Outcome>,
}

/// Plays one step of the plan, and checks that it came out as planned.
///
/// # Errors
/// When a transaction could not be sent, or came out otherwise.
pub async fn play(
    stage: &Stage,
    cast: &Cast,
    setup: &Setup,
    step: &Step,
) -> anyhow::Result<Played> {
    stage.pass(step.after_s).await?;
    let invoker = &stage.invoker;
    let account = pool::caller(cast, &step.simulated);
    let call = pool::call(&setup.pool, cast, &step.simulated)?;
    let prepared = invoker
        .prepare(&account.address(), &call, &[])
        .await
        .with_context(|| format!("simulating {:?}", step.simulated))?;
    let mut outcomes = Vec::new();
    if step.raced {
        // The same call, simulated at the same time by somebody who is faster.
        outcomes.push(send(stage, cast, step, &prepared).await?);
    }
    let sent = match step.sent == step.simulated {
        true => prepared,
        false => prepared.with_args(pool::arguments(cast, &step.sent)?)?,
    };
    outcomes.push(send(stage, cast, step, &sent).await?);
    check(step, &outcomes)?;
    Ok(Played { outcomes })
}

async fn send(
    stage: &Stage,
    cast: &Cast,
    step: &Step,
    prepared: &Prepared,
) -> anyhow::Result<Outcome> {
    let account = pool::caller(cast, &step.simulated);
    let pending: Pending = stage.invoker.submit(account, prepared).await?;
    Ok(stage.invoker.outcome(&pending).await?)
}

fn check(step: &Step, outcomes: &[Outcome]) -> anyhow::Result<()> {
    let expected = |last: bool| step.error.filter(|_| last);
    for (index, outcome) in outcomes.iter().enumerate() {
        let wanted = expected(index + 1 == outcomes.len());
        let came = match &outcome.error {
            None => None,
            Some(CallError::Contract { code }) => Some(*code),
            Some(other) => anyhow::bail!("{:?} ended with {other}", step.sent),
        };
        ensure!(came == wanted, "{:?}: expected error {wanted:?}, came {came:?}", step.sent);
    }
    Ok(())
}
