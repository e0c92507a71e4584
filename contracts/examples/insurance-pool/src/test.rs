//! The pool, without a monitor: every refusal leaves everything as it was.

use soroban_sdk::testutils::{Address as _, EnvTestConfig, Ledger as _, MockAuth, MockAuthInvoke};
use soroban_sdk::{Address, Env, IntoVal, Val, Vec, token, vec};

use crate::{ClaimKey, InsurancePool, InsurancePoolClient, PolicyKey, PoolError, Terms};

const PERIOD_S: u64 = 30 * 86_400;
const COVER: i128 = 1_000_000_000;
/// 2 % of the cover.
const PREMIUM: i128 = 20_000_000;

struct World {
    e: Env,
    pool: Address,
    token: Address,
    admin: Address,
    assessor: Address,
    holder: Address,
}

impl World {
    fn new() -> Self {
        let e = Env::new_with_config(EnvTestConfig { capture_snapshot_at_drop: false });
        e.ledger().with_mut(|ledger| {
            ledger.sequence_number = 60_000_000;
            ledger.timestamp = 1_800_000_000;
            ledger.min_persistent_entry_ttl = 2_073_600;
            ledger.min_temp_entry_ttl = 17_280;
            ledger.max_entry_ttl = 3_110_400;
        });
        let [admin, assessor, holder, issuer] = [(); 4].map(|()| Address::generate(&e));
        let token = e.register_stellar_asset_contract_v2(issuer.clone()).address();
        let terms = Terms {
            admin: admin.clone(),
            assessor: assessor.clone(),
            token: token.clone(),
            rate_bps: 200,
            period_s: PERIOD_S,
            cover_max: 10 * COVER,
        };
        let pool = e.register(InsurancePool, (terms,));
        let world = Self { e, pool, token, admin, assessor, holder };
        let (to, amount) = (world.holder.clone(), 100 * COVER);
        world.authorise(&issuer, &world.token, "mint", (to.clone(), amount), &[]);
        token::StellarAssetClient::new(&world.e, &world.token).mint(&to, &amount);
        world
    }

    fn client(&self) -> InsurancePoolClient<'_> {
        InsurancePoolClient::new(&self.e, &self.pool)
    }

    /// Exactly this call by exactly this address, with what it calls in turn.
    fn authorise(
        &self,
        who: &Address,
        contract: &Address,
        function: &str,
        args: impl IntoVal<Env, Vec<Val>>,
        inner: &[MockAuthInvoke<'_>],
    ) {
        self.e.mock_auths(&[MockAuth {
            address: who,
            invoke: &MockAuthInvoke {
                contract,
                fn_name: function,
                args: args.into_val(&self.e),
                sub_invokes: inner,
            },
        }]);
    }

    fn authorise_paying(&self, function: &str, args: impl IntoVal<Env, Vec<Val>>, amount: i128) {
        let transfer = MockAuthInvoke {
            contract: &self.token,
            fn_name: "transfer",
            args: (self.holder.clone(), self.pool.clone(), amount).into_val(&self.e),
            sub_invokes: &[],
        };
        self.authorise(&self.holder, &self.pool, function, args, &[transfer]);
    }

    fn buy(&self, number: u32) {
        self.authorise_paying("buy_policy", (self.holder.clone(), number, COVER), PREMIUM);
        assert_eq!(self.client().buy_policy(&self.holder, &number, &COVER), PREMIUM);
    }

    fn file(&self, number: u32, amount: i128) -> u32 {
        let args = (self.holder.clone(), number, amount);
        self.authorise(&self.holder, &self.pool, "file_claim", args, &[]);
        self.client().file_claim(&self.holder, &number, &amount)
    }

    fn file_refused(&self, number: u32, amount: i128) -> PoolError {
        let args = (self.holder.clone(), number, amount);
        self.authorise(&self.holder, &self.pool, "file_claim", args, &[]);
        self.client().try_file_claim(&self.holder, &number, &amount).unwrap_err().unwrap()
    }

    fn key(&self, number: u32) -> PolicyKey {
        PolicyKey { holder: self.holder.clone(), number }
    }

    fn claim_key(&self, number: u32, claim: u32) -> ClaimKey {
        ClaimKey { policy: self.key(number), number: claim }
    }
}

#[test]
fn a_policy_pays_its_claims_up_to_its_cover() {
    let world = World::new();
    world.buy(1);
    world.authorise_paying("deposit", (world.holder.clone(), 5 * COVER), 5 * COVER);
    world.client().deposit(&world.holder, &(5 * COVER));
    let claim = world.claim_key(1, world.file(1, COVER));
    world.authorise(&world.assessor, &world.pool, "settle", (claim.clone(), true), &[]);
    assert_eq!(world.client().settle(&claim, &true), COVER);
    assert_eq!(world.client().reserve(), 4 * COVER + PREMIUM);
    assert_eq!(world.file_refused(1, 1), PoolError::ClaimTooLarge);
    world.authorise(&world.assessor, &world.pool, "settle", (claim.clone(), true), &[]);
    let again = world.client().try_settle(&claim, &true).unwrap_err().unwrap();
    assert_eq!(again, PoolError::ClaimSettled);
    assert_eq!(world.client().reserve(), 4 * COVER + PREMIUM);
}

#[test]
fn a_claim_that_the_pool_cannot_pay_stays_open() {
    let world = World::new();
    world.buy(1);
    let claim = world.claim_key(1, world.file(1, COVER));
    world.authorise(&world.assessor, &world.pool, "settle", (claim.clone(), true), &[]);
    let dry = world.client().try_settle(&claim, &true).unwrap_err().unwrap();
    assert_eq!(dry, PoolError::PoolDry);
    assert_eq!(world.client().claim(&claim).unwrap().payout, None);
    assert_eq!(world.file_refused(1, 1), PoolError::ClaimOpen);
}

#[test]
fn a_lapsed_policy_claims_nothing_and_revives_with_a_premium() {
    let world = World::new();
    world.buy(1);
    world.e.ledger().with_mut(|ledger| ledger.timestamp += PERIOD_S + 1);
    assert_eq!(world.file_refused(1, 5), PoolError::PolicyLapsed);
    world.authorise_paying("pay_premium", (world.holder.clone(), 1u32, PREMIUM), PREMIUM);
    let until_s = world.client().pay_premium(&world.holder, &1, &PREMIUM);
    assert_eq!(until_s, world.e.ledger().timestamp() + PERIOD_S);
    assert_eq!(world.file(1, 5), 1);
}

#[test]
fn wrong_amounts_and_unknown_things_are_refused_by_name() {
    let world = World::new();
    world.buy(1);
    let holder = &world.holder;
    world.authorise(holder, &world.pool, "buy_policy", (holder.clone(), 1u32, COVER), &[]);
    let known = world.client().try_buy_policy(holder, &1, &COVER).unwrap_err().unwrap();
    assert_eq!(known, PoolError::PolicyKnown);
    for cover in [0, -1, 10 * COVER + 1, i128::MAX] {
        world.authorise(holder, &world.pool, "buy_policy", (holder.clone(), 2u32, cover), &[]);
        let refused = world.client().try_buy_policy(holder, &2, &cover).unwrap_err().unwrap();
        assert_eq!(refused, PoolError::CoverInvalid);
    }
    let wrong = PREMIUM - 1;
    world.authorise(holder, &world.pool, "pay_premium", (holder.clone(), 1u32, wrong), &[]);
    let refused = world.client().try_pay_premium(holder, &1, &wrong).unwrap_err().unwrap();
    assert_eq!(refused, PoolError::PremiumWrong);
    assert_eq!(world.file_refused(9, 1), PoolError::PolicyUnknown);
    assert_eq!(world.file_refused(1, 0), PoolError::AmountInvalid);
    let nothing = world.claim_key(1, 1);
    world.authorise(&world.assessor, &world.pool, "settle", (nothing.clone(), true), &[]);
    let refused = world.client().try_settle(&nothing, &true).unwrap_err().unwrap();
    assert_eq!(refused, PoolError::ClaimUnknown);
}

#[test]
fn only_the_assessor_settles_and_only_the_admin_administers() {
    let world = World::new();
    world.buy(1);
    let claim = world.claim_key(1, world.file(1, 5));
    let stranger = Address::generate(&world.e);
    world.authorise(&stranger, &world.pool, "settle", (claim.clone(), true), &[]);
    assert!(world.client().try_settle(&claim, &true).is_err());
    let keys = vec![&world.e, world.key(1)];
    world.authorise(&stranger, &world.pool, "reprice", (keys.clone(),), &[]);
    assert!(world.client().try_reprice(&keys).is_err());
    world.authorise(&stranger, &world.pool, "pause", (stranger.clone(),), &[]);
    let refused = world.client().try_pause(&stranger).unwrap_err().unwrap();
    assert_eq!(refused, PoolError::NotAllowed);
    world.authorise(&world.admin, &world.pool, "switch_monitor", (true,), &[]);
    let unset = world.client().try_switch_monitor(&true).unwrap_err().unwrap();
    assert_eq!(unset, PoolError::MonitorUnset);
}

#[test]
fn a_responder_can_pause_and_never_unpause() {
    let world = World::new();
    let responder = Address::generate(&world.e);
    let some = Some(responder.clone());
    world.authorise(&world.admin, &world.pool, "set_responder", (some.clone(),), &[]);
    world.client().set_responder(&some);
    world.authorise(&responder, &world.pool, "pause", (responder.clone(),), &[]);
    world.client().pause(&responder);
    let holder = &world.holder;
    world.authorise(holder, &world.pool, "buy_policy", (holder.clone(), 1u32, COVER), &[]);
    let paused = world.client().try_buy_policy(holder, &1, &COVER).unwrap_err().unwrap();
    assert_eq!(paused, PoolError::PoolPaused);
    world.authorise(&responder, &world.pool, "unpause", (), &[]);
    assert!(world.client().try_unpause().is_err());
    world.authorise(&world.admin, &world.pool, "unpause", (), &[]);
    world.client().unpause();
    world.buy(1);
}

#[test]
fn shares_are_worth_what_was_paid_for_them_and_nobody_has_more() {
    let world = World::new();
    let holder = &world.holder;
    world.authorise_paying("invest", (holder.clone(), 3 * COVER), 3 * COVER);
    assert_eq!(world.client().invest(holder, &(3 * COVER)), 3 * COVER);
    let redeem = |amount: i128| {
        world.authorise(holder, &world.pool, "redeem", (holder.clone(), amount), &[]);
        world.client().try_redeem(holder, &amount).map(Result::unwrap).map_err(Result::unwrap)
    };
    assert_eq!(redeem(COVER), Ok(2 * COVER));
    assert_eq!((world.client().shares(holder), world.client().reserve()), (2 * COVER, 2 * COVER));
    assert_eq!(redeem(2 * COVER + 1), Err(PoolError::SharesMissing));
    assert_eq!(
        (redeem(0), redeem(-1)),
        (Err(PoolError::AmountInvalid), Err(PoolError::AmountInvalid))
    );
    // A claim that was paid leaves less than the shares are worth.
    world.buy(1);
    let claim = world.claim_key(1, world.file(1, COVER));
    world.authorise(&world.assessor, &world.pool, "settle", (claim.clone(), true), &[]);
    world.client().settle(&claim, &true);
    assert_eq!(redeem(2 * COVER), Err(PoolError::PoolDry));
    assert_eq!(world.client().shares(holder), 2 * COVER);
}

#[test]
fn repricing_is_bounded() {
    let world = World::new();
    world.buy(1);
    let mut keys = Vec::new(&world.e);
    for _ in 0..=crate::contract::REPRICE_POLICIES_MAX {
        keys.push_back(world.key(1));
    }
    world.authorise(&world.admin, &world.pool, "reprice", (keys.clone(),), &[]);
    let refused = world.client().try_reprice(&keys).unwrap_err().unwrap();
    assert_eq!(refused, PoolError::TooManyPolicies);
    let _ = keys.pop_back();
    world.authorise(&world.admin, &world.pool, "reprice", (keys.clone(),), &[]);
    assert_eq!(world.client().reprice(&keys), crate::contract::REPRICE_POLICIES_MAX);
}
