//! The plan's actions as calls of the insurance pool.

use lumenscope_invoke::{
    Account, Address, Operation, ScVal, ToVal, ValueError, args, record, vector,
};

use crate::cast::Cast;
use crate::model::PolicyId;
use crate::scenario::{Action, COVER_STROOPS, HOLDERS, POLICIES_PER_HOLDER, RATE_BPS};

/// Length of a premium period: longer than the afternoon, so that nobody lapses in it.
const PERIOD_S: u64 = 30 * 86_400;

/// The pool's constructor's arguments.
pub fn constructor(cast: &Cast, token: &Address) -> Result<Vec<ScVal>, ValueError> {
    let terms = record(&[
        ("admin", cast.admin.address().to_val()?),
        ("assessor", cast.assessor.address().to_val()?),
        ("token", token.to_val()?),
        ("rate_bps", RATE_BPS.to_val()?),
        ("period_s", PERIOD_S.to_val()?),
        ("cover_max", (COVER_STROOPS * 2).to_val()?),
    ])?;
    args![terms]
}

/// Who makes a call.
pub fn caller<'a>(cast: &'a Cast, action: &Action) -> &'a Account {
    match action {
        Action::Deposit { .. } => &cast.investor,
        Action::Buy { policy } | Action::Pay { policy, .. } | Action::File { policy, .. } => {
            &cast.holders[policy.holder]
        }
        Action::Settle { .. } => &cast.assessor,
        Action::Reprice { .. } => &cast.admin,
    }
}

/// The arguments of a call.
pub fn arguments(cast: &Cast, action: &Action) -> Result<Vec<ScVal>, ValueError> {
    let holder = |policy: &PolicyId| cast.holders[policy.holder].address();
    match action {
        Action::Deposit { amount } => args![cast.investor.address(), *amount],
        Action::Buy { policy } => args![holder(policy), policy.number, COVER_STROOPS],
        Action::Pay { policy, amount } | Action::File { policy, amount } => {
            args![holder(policy), policy.number, *amount]
        }
        Action::Settle { policy, claim, approve } => {
            let key =
                record(&[("policy", policy_key(cast, *policy)?), ("number", claim.to_val()?)])?;
            args![key, *approve]
        }
        Action::Reprice { policies } => {
            let keys = (0..*policies).map(|index| policy_key(cast, nth_policy(index)));
            args![vector(keys.collect::<Result<_, _>>()?)?]
        }
    }
}

/// A call of the pool.
pub fn call(pool: &Address, cast: &Cast, action: &Action) -> Result<Operation, ValueError> {
    Ok(Operation::Invoke {
        contract: pool.clone(),
        function: action.function().to_owned(),
        args: arguments(cast, action)?,
    })
}

fn policy_key(cast: &Cast, policy: PolicyId) -> Result<ScVal, ValueError> {
    let holder = cast.holders[policy.holder].address();
    record(&[("holder", holder.to_val()?), ("number", policy.number.to_val()?)])
}

/// The policies in the order in which they were bought.
fn nth_policy(index: usize) -> PolicyId {
    let number = u32::try_from(index / HOLDERS).unwrap_or(0) % POLICIES_PER_HOLDER + 1;
    PolicyId { holder: index % HOLDERS, number }
}
