//! What happens to the pool: a deterministic afternoon with an incident in it.
//!
//! A plan follows its own model of the pool, so that what is meant to succeed succeeds and what
//! is meant to fail fails with the error that the plan names. Failures come about as they do on a
//! network: a client sends an amount it did not simulate, or two clients race for one thing.

use crate::model::{PolicyId, Pool};
use crate::random::Random;

/// How many holders insure themselves.
pub const HOLDERS: usize = 8;
/// Policies that each holder buys before anything else happens.
pub const POLICIES_PER_HOLDER: u32 = 4;
/// The cover of a policy, stroops.
pub const COVER_STROOPS: i128 = 500_000_000;
/// Basis points of the cover that one period costs.
pub const RATE_BPS: u32 = 200;

/// One call of the pool.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Action {
    /// The investor pays in.
    Deposit {
        /// Stroops.
        amount: i128,
    },
    /// A holder buys a policy.
    Buy {
        /// Holder and number.
        policy: PolicyId,
    },
    /// A holder pays a premium.
    Pay {
        /// Holder and number.
        policy: PolicyId,
        /// Stroops.
        amount: i128,
    },
    /// A holder files a claim.
    File {
        /// Holder and number.
        policy: PolicyId,
        /// Stroops.
        amount: i128,
    },
    /// The assessor settles a claim.
    Settle {
        /// Holder and number.
        policy: PolicyId,
        /// The claim's number.
        claim: u32,
        /// Paid or refused.
        approve: bool,
    },
    /// The admin reprices the first policies of every holder.
    Reprice {
        /// How many.
        policies: usize,
    },
}

impl Action {
    /// The pool's function.
    pub fn function(&self) -> &'static str {
        match self {
            Self::Deposit { .. } => "deposit",
            Self::Buy { .. } => "buy_policy",
            Self::Pay { .. } => "pay_premium",
            Self::File { .. } => "file_claim",
            Self::Settle { .. } => "settle",
            Self::Reprice { .. } => "reprice",
        }
    }
}

/// The part of the afternoon.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Phase {
    /// Policies are bought.
    Opening,
    /// The usual mix.
    Usual,
    /// Repricing runs wild, and clients send wrong amounts.
    Incident,
    /// The usual mix again, and at the end a stretch in which nothing fails.
    Recovery,
}

/// One transaction of the plan.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Step {
    /// Where in the afternoon.
    pub phase: Phase,
    /// Seconds since the step before.
    pub after_s: u64,
    /// What the client simulates.
    pub simulated: Action,
    /// What it sends: something else where a client's figures were wrong.
    pub sent: Action,
    /// Whether another client sends the same simulated call first, as a transaction of its own.
    pub raced: bool,
    /// The pool's error code that must come of it; of the second transaction where raced.
    pub error: Option<u32>,
}

impl Step {
    /// How many transactions the step sends.
    pub fn transactions(&self) -> usize {
        1 + usize::from(self.raced)
    }
}

/// Steps of the usual mix before the incident, of the incident, and after it.
const USUAL_STEPS: usize = 130;
const INCIDENT_STEPS: usize = 72;
const RECOVERY_STEPS: usize = 44;
/// Steps without failures at the end. A rule keeps its last answer while it has too few calls to
/// judge, so an alert ends by calls that go well, and by nothing else.
const CALM_STEPS: usize = 36;
/// One in so many of them is a repricing; the rest are the calls that fail at other times.
const CALM_REPRICES_ONE_IN: usize = 18;
/// Seconds between steps: the whole afternoon is a little over two hours.
const STEP_S: u64 = 24;
/// One in so many calls of the usual mix is meant to fail: a tenth of all, with the incident's.
const USUAL_FAILS_ONE_IN: usize = 10;
/// One in so many during the incident.
const INCIDENT_FAILS_ONE_IN: usize = 5;
/// Policies of a usual repricing, and of one in the incident.
const REPRICE_USUAL: usize = 2;
const REPRICE_INCIDENT: usize = 30;

/// The plan that a seed gives.
pub fn plan(seed: u64) -> Vec<Step> {
    let mut planner = Planner { pool: Pool::default(), random: Random::new(seed), steps: vec![] };
    planner.opening();
    planner.mix(Phase::Usual, USUAL_STEPS, USUAL_FAILS_ONE_IN, REPRICE_USUAL);
    planner.mix(Phase::Incident, INCIDENT_STEPS, INCIDENT_FAILS_ONE_IN, REPRICE_INCIDENT);
    planner.mix(Phase::Recovery, RECOVERY_STEPS, USUAL_FAILS_ONE_IN, REPRICE_USUAL);
    planner.calm();
    planner.steps
}

struct Planner {
    pool: Pool,
    random: Random,
    steps: Vec<Step>,
}

impl Planner {
    fn opening(&mut self) {
        let amount = COVER_STROOPS * 40;
        self.succeed(Phase::Opening, Action::Deposit { amount });
        for number in 1..=POLICIES_PER_HOLDER {
            for holder in 0..HOLDERS {
                self.succeed(Phase::Opening, Action::Buy { policy: PolicyId { holder, number } });
            }
        }
    }

    fn mix(&mut self, phase: Phase, steps: usize, fails_one_in: usize, reprice: usize) {
        // In the incident repricing crowds out the rest.
        let reprice_weight = if phase == Phase::Incident { 30 } else { 6 };
        let offset = self.random.below(fails_one_in);
        for step in 0..steps {
            if step % fails_one_in == offset {
                self.fail(phase);
                continue;
            }
            let action = match self.random.weighted(&[44, 22, 20, 8, reprice_weight]) {
                0 => self.pay(),
                1 => self.file(),
                2 => self.settle(),
                3 => Action::Deposit { amount: COVER_STROOPS },
                _ => Action::Reprice { policies: reprice },
            };
            self.succeed(phase, action);
        }
    }

    fn calm(&mut self) {
        for step in 0..CALM_STEPS {
            let action = match step % 3 {
                _ if (step + 1).is_multiple_of(CALM_REPRICES_ONE_IN) => {
                    Action::Reprice { policies: REPRICE_USUAL }
                }
                0 => self.file_now(),
                1 => self.settle(),
                _ => self.pay(),
            };
            self.succeed(Phase::Recovery, action);
        }
    }

    fn succeed(&mut self, phase: Phase, action: Action) {
        self.pool.apply(&action);
        let (simulated, sent) = (action.clone(), action);
        self.push(phase, simulated, sent, false, None);
    }

    fn fail(&mut self, phase: Phase) {
        let kinds = if self.pool.open_claims() == 0 { 3 } else { 4 };
        match self.random.below(kinds) {
            0 => {
                let policy = self.any_policy();
                let due = self.pool.premium();
                let simulated = Action::Pay { policy, amount: due };
                let sent = Action::Pay { policy, amount: due - 1 };
                self.push(phase, simulated, sent, false, Some(pool_error::PREMIUM_WRONG));
            }
            1 => {
                let policy = self.claimable();
                let simulated = Action::File { policy, amount: 1_000 };
                let sent = Action::File { policy, amount: COVER_STROOPS + 1 };
                self.push(phase, simulated, sent, false, Some(pool_error::CLAIM_TOO_LARGE));
            }
            2 => {
                let policy = self.claimable();
                let simulated = Action::File { policy, amount: COVER_STROOPS / 100 };
                self.pool.apply(&simulated);
                let sent = simulated.clone();
                self.push(phase, simulated, sent, true, Some(pool_error::CLAIM_OPEN));
            }
            _ => {
                let simulated = self.settle();
                self.pool.apply(&simulated);
                let sent = simulated.clone();
                self.push(phase, simulated, sent, true, Some(pool_error::CLAIM_SETTLED));
            }
        }
    }

    fn push(
        &mut self,
        phase: Phase,
        simulated: Action,
        sent: Action,
        raced: bool,
        error: Option<u32>,
    ) {
        self.steps.push(Step { phase, after_s: STEP_S, simulated, sent, raced, error });
    }

    fn any_policy(&mut self) -> PolicyId {
        let holder = self.random.below(HOLDERS);
        let policies = usize::try_from(POLICIES_PER_HOLDER).unwrap_or(1);
        let number = 1 + u32::try_from(self.random.below(policies)).unwrap_or(0);
        PolicyId { holder, number }
    }

    /// A policy without an open claim. There always is one: see [`Pool::OPEN_CLAIMS_MAX`].
    fn claimable(&mut self) -> PolicyId {
        loop {
            let policy = self.any_policy();
            if self.pool.open_claim(policy).is_none() && self.pool.cover_left(policy) > 10_000 {
                return policy;
            }
        }
    }

    fn pay(&mut self) -> Action {
        Action::Pay { policy: self.any_policy(), amount: self.pool.premium() }
    }

    fn file(&mut self) -> Action {
        if self.pool.open_claims() >= Pool::OPEN_CLAIMS_MAX {
            return self.settle();
        }
        self.file_now()
    }

    fn file_now(&mut self) -> Action {
        let policy = self.claimable();
        let percent = 1 + i128::try_from(self.random.below(8)).unwrap_or(0);
        Action::File { policy, amount: self.pool.cover_left(policy) * percent / 100 }
    }

    fn settle(&mut self) -> Action {
        match self.pool.oldest_open() {
            Some((policy, claim)) => {
                Action::Settle { policy, claim, approve: self.random.below(5) != 0 }
            }
            None => self.pay(),
        }
    }
}

/// The pool's error codes that a plan provokes.
mod pool_error {
    pub const PREMIUM_WRONG: u32 = 4;
    pub const CLAIM_TOO_LARGE: u32 = 6;
    pub const CLAIM_OPEN: u32 = 7;
    pub const CLAIM_SETTLED: u32 = 9;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::{FAILING, KEEP_FIRING_S};

    /// Seconds from the last slot's end to when it is evaluated, at most.
    const EVALUATED_WITHIN_S: u64 = 120;

    #[test]
    fn a_seed_gives_one_plan_of_at_least_300_transactions_with_a_tenth_failing() {
        for seed in 0..50 {
            let steps = plan(seed);
            assert_eq!(steps, plan(seed));
            let sent: usize = steps.iter().map(Step::transactions).sum();
            let failing = steps.iter().filter(|step| step.error.is_some()).count();
            assert!(sent >= 300, "{sent} transactions");
            let share = failing as f64 / sent as f64;
            assert!((0.09..0.12).contains(&share), "a share of {share} fails");
        }
    }

    #[test]
    fn the_incident_multiplies_the_work_of_repricing() {
        let steps = plan(1);
        let largest = |phase| {
            let of_phase = steps.iter().filter(move |step| step.phase == phase);
            of_phase.filter_map(|step| match step.sent {
                Action::Reprice { policies } => Some(policies),
                _ => None,
            })
        };
        assert!(largest(Phase::Incident).count() > 10);
        assert_eq!(largest(Phase::Incident).max(), Some(REPRICE_INCIDENT));
        assert_eq!(largest(Phase::Usual).max(), Some(REPRICE_USUAL));
    }

    #[test]
    fn every_plan_ends_with_enough_good_calls_for_each_alert_to_end() {
        for seed in 0..50 {
            let steps = plan(seed);
            let calm_s = u64::from(FAILING.window_s) + u64::from(KEEP_FIRING_S);
            let calm =
                steps.len() - usize::try_from((calm_s + EVALUATED_WITHIN_S) / STEP_S).unwrap();
            assert!(steps[calm..].iter().all(|step| step.error.is_none()), "seed {seed}");
            // What the rules see when they have to find that all is well.
            let window = usize::try_from(u64::from(FAILING.window_s) / STEP_S).unwrap();
            let seen = &steps[calm..][..window];
            let failing = steps.iter().filter(|step| step.error.is_some());
            for function in failing.map(|step| step.sent.function()) {
                let calls = seen.iter().filter(|step| step.sent.function() == function).count();
                let needed = usize::try_from(FAILING.min_points).unwrap();
                assert!(calls >= needed, "seed {seed}: {calls} calls of {function}");
            }
            assert!(seen.iter().any(|step| step.sent.function() == "reprice"), "seed {seed}");
        }
    }

    #[test]
    fn policies_are_bought_before_an_alert_can_close_the_pool() {
        for seed in 0..50 {
            for step in plan(seed) {
                let buys = matches!(step.sent, Action::Buy { .. });
                assert!(!buys || step.phase == Phase::Opening, "seed {seed}");
            }
        }
    }
}
