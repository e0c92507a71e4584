//! The entry points. The lines that speak to `Monitor` are all that monitoring takes.

use lumenscope_sdk::{Monitor, switch};
use soroban_sdk::{Address, Env, Vec, contract, contractimpl, token};

use crate::errors::PoolError;
use crate::events::{
    CapitalDeposited, ClaimFiled, ClaimPaid, MonitoringChanged, PoliciesRepriced, PolicyBought,
    PoolPauseChanged, PremiumPaid, ResponderChanged, SharesChanged,
};
use crate::pricing;
use crate::storage;
use crate::types::{Claim, ClaimKey, Policy, PolicyKey, Terms};

/// Policies in one `reprice`: each is a written entry, and a ledger's limit is 200 a transaction.
pub const REPRICE_POLICIES_MAX: u32 = 40;

/// The unit of every amount that the pool reports.
const UNIT: &str = "stroops";

/// An insurance pool.
#[contract]
pub struct InsurancePool;

#[contractimpl]
impl InsurancePool {
    /// Sets the pool's terms, for good.
    pub fn __constructor(e: &Env, terms: Terms) -> Result<(), PoolError> {
        if terms.rate_bps == 0 || terms.cover_max <= 0 || terms.period_s == 0 {
            return Err(PoolError::CoverInvalid);
        }
        storage::set_terms(e, &terms);
        Ok(())
    }

    /// Pays into the pool's reserve.
    pub fn deposit(e: &Env, investor: Address, amount: i128) -> Result<(), PoolError> {
        investor.require_auth();
        let terms = terms(e)?;
        if amount <= 0 {
            return Err(PoolError::AmountInvalid);
        }
        receive(e, &terms, &investor, amount);
        CapitalDeposited { investor, amount }.publish(e);
        Monitor::of(e).function("deposit").observe("amount", UNIT, amount);
        Ok(())
    }

    /// Pays into the pool's reserve for shares, one for each stroop: who gives them back gets as much,
    /// while the reserve holds it. Returns how many the investor has now.
    pub fn invest(e: &Env, investor: Address, amount: i128) -> Result<i128, PoolError> {
        investor.require_auth();
        let terms = terms(e)?;
        if amount <= 0 {
            return Err(PoolError::AmountInvalid);
        }
        receive(e, &terms, &investor, amount);
        let shares = storage::shares(e, &investor).saturating_add(amount);
        storage::set_shares(e, &investor, shares);
        SharesChanged { investor, minted: amount, shares }.publish(e);
        let liquidity = reserve(e, &terms);
        Monitor::of(e).function("shares").record(&[("minted", amount), ("liquidity", liquidity)]);
        Ok(shares)
    }

    /// Gives shares back for what was paid for them. Returns how many the investor still has.
    pub fn redeem(e: &Env, investor: Address, amount: i128) -> Result<i128, PoolError> {
        investor.require_auth();
        let terms = terms(e)?;
        if amount <= 0 {
            return Err(PoolError::AmountInvalid);
        }
        let held = storage::shares(e, &investor);
        if amount > held {
            return Err(PoolError::SharesMissing);
        }
        let shares = held.saturating_sub(amount);
        storage::set_shares(e, &investor, shares);
        pay_out(e, &terms, &investor, amount)?;
        SharesChanged { investor, minted: amount.saturating_neg(), shares }.publish(e);
        Monitor::of(e).function("shares").gauge("liquidity", UNIT, reserve(e, &terms));
        Ok(shares)
    }

    /// Buys a policy with the first period's premium. `number` is the holder's own choice.
    pub fn buy_policy(
        e: &Env,
        holder: Address,
        number: u32,
        cover: i128,
    ) -> Result<i128, PoolError> {
        holder.require_auth();
        let terms = terms(e)?;
        if storage::is_paused(e) {
            return Err(PoolError::PoolPaused);
        }
        let monitor = Monitor::of(e);
        // Only new business stops: who is insured stays so. No answer stops too, or buyers would
        // choose whether there is one.
        if monitor.guard().stops() {
            return Err(PoolError::GuardTripped);
        }
        let key = PolicyKey { holder: holder.clone(), number };
        if storage::policy(e, &key).is_some() {
            return Err(PoolError::PolicyKnown);
        }
        let premium = premium(&terms, cover)?;
        receive(e, &terms, &holder, premium);
        let paid_until_s = pricing::paid_until_s(e.ledger().timestamp(), 0, terms.period_s);
        let policy = Policy { cover, premium, paid_until_s, paid_out: 0, claims: 0 };
        storage::set_policy(e, &key, &policy);
        PolicyBought { holder, number, cover }.publish(e);
        monitor.function("buy_policy").record(&[("premium", premium), ("cover", cover)]);
        Ok(premium)
    }

    /// Pays one more period. A lapsed policy revives from now.
    pub fn pay_premium(
        e: &Env,
        holder: Address,
        number: u32,
        amount: i128,
    ) -> Result<u64, PoolError> {
        holder.require_auth();
        let terms = terms(e)?;
        let key = PolicyKey { holder: holder.clone(), number };
        let mut policy = policy(e, &key)?;
        if amount != policy.premium {
            return Err(PoolError::PremiumWrong);
        }
        receive(e, &terms, &holder, amount);
        let now_s = e.ledger().timestamp();
        policy.paid_until_s = pricing::paid_until_s(now_s, policy.paid_until_s, terms.period_s);
        storage::set_policy(e, &key, &policy);
        let paid_until_s = policy.paid_until_s;
        PremiumPaid { holder, number, amount, paid_until_s }.publish(e);
        Monitor::of(e).function("pay_premium").observe("premium", UNIT, amount);
        Ok(paid_until_s)
    }

    /// Files a claim on a paid policy. Returns its number.
    pub fn file_claim(
        e: &Env,
        holder: Address,
        number: u32,
        amount: i128,
    ) -> Result<u32, PoolError> {
        holder.require_auth();
        let key = PolicyKey { holder: holder.clone(), number };
        let mut policy = policy(e, &key)?;
        let now_s = e.ledger().timestamp();
        if policy.paid_until_s < now_s {
            return Err(PoolError::PolicyLapsed);
        }
        if amount <= 0 {
            return Err(PoolError::AmountInvalid);
        }
        if amount > policy.cover.saturating_sub(policy.paid_out) {
            return Err(PoolError::ClaimTooLarge);
        }
        let last = ClaimKey { policy: key.clone(), number: policy.claims };
        if storage::claim(e, &last).is_some_and(|claim| claim.payout.is_none()) {
            return Err(PoolError::ClaimOpen);
        }
        policy.claims = policy.claims.saturating_add(1);
        storage::set_policy(e, &key, &policy);
        let claim = ClaimKey { policy: key, number: policy.claims };
        storage::set_claim(e, &claim, &Claim { amount, filed_s: now_s, payout: None });
        ClaimFiled { holder, number, claim: claim.number, amount }.publish(e);
        Monitor::of(e).function("file_claim").observe("amount", UNIT, amount);
        Ok(claim.number)
    }

    /// Settles a claim: pays it, or refuses it with a payout of 0. Authorised by the assessor.
    pub fn settle(e: &Env, claim: ClaimKey, approve: bool) -> Result<i128, PoolError> {
        let terms = terms(e)?;
        terms.assessor.require_auth();
        let mut policy = policy(e, &claim.policy)?;
        let mut record = storage::claim(e, &claim).ok_or(PoolError::ClaimUnknown)?;
        if record.payout.is_some() {
            return Err(PoolError::ClaimSettled);
        }
        let payout = if approve { record.amount } else { 0 };
        if approve {
            pay_out(e, &terms, &claim.policy.holder, payout)?;
            policy.paid_out = policy.paid_out.saturating_add(payout);
            storage::set_policy(e, &claim.policy, &policy);
        }
        let waited_s = e.ledger().timestamp().saturating_sub(record.filed_s);
        record.payout = Some(payout);
        storage::set_claim(e, &claim, &record);
        let PolicyKey { holder, number } = claim.policy;
        ClaimPaid { holder, number, claim: claim.number, payout }.publish(e);
        Monitor::of(e)
            .function("settle")
            .record(&[("payout", payout), ("waited", i128::from(waited_s))]);
        Ok(payout)
    }

    /// Recomputes the premium of the named policies. Authorised by the admin. The pool's dearest
    /// call: its cost grows with the list.
    pub fn reprice(e: &Env, policies: Vec<PolicyKey>) -> Result<u32, PoolError> {
        let terms = terms(e)?;
        terms.admin.require_auth();
        if policies.len() > REPRICE_POLICIES_MAX {
            return Err(PoolError::TooManyPolicies);
        }
        for key in policies.iter() {
            let mut policy = policy(e, &key)?;
            policy.premium = premium(&terms, policy.cover)?;
            storage::set_policy(e, &key, &policy);
        }
        let count = policies.len();
        PoliciesRepriced { admin: terms.admin, policies: count }.publish(e);
        Monitor::of(e).function("reprice").gauge("policies", "count", i128::from(count));
        Ok(count)
    }

    /// Stops new policies. Authorised by `caller`, who is the admin or a linked responder.
    /// A responder can pause, never unpause.
    pub fn pause(e: &Env, caller: Address) -> Result<(), PoolError> {
        caller.require_auth();
        let responder = storage::responder(e);
        if caller != terms(e)?.admin && Some(&caller) != responder.as_ref() {
            return Err(PoolError::NotAllowed);
        }
        storage::set_paused(e, true);
        PoolPauseChanged { caller, paused: true }.publish(e);
        Ok(())
    }

    /// Takes new policies again. Authorised by the admin.
    pub fn unpause(e: &Env) -> Result<(), PoolError> {
        let admin = terms(e)?.admin;
        admin.require_auth();
        storage::set_paused(e, false);
        PoolPauseChanged { caller: admin, paused: false }.publish(e);
        Ok(())
    }

    /// Lets `responder` pause the pool, or nobody. Authorised by the admin.
    pub fn set_responder(e: &Env, responder: Option<Address>) -> Result<(), PoolError> {
        let admin = terms(e)?.admin;
        admin.require_auth();
        storage::set_responder(e, &responder);
        ResponderChanged { admin, responder }.publish(e);
        Ok(())
    }

    /// Links the pool to a monitor and switches it on. Authorised by the admin.
    pub fn link_monitor(
        e: &Env,
        performance_monitor: Address,
        alerting: Option<Address>,
    ) -> Result<(), PoolError> {
        let admin = terms(e)?.admin;
        admin.require_auth();
        switch::install(e, &performance_monitor, alerting);
        MonitoringChanged { admin, enabled: true }.publish(e);
        Ok(())
    }

    /// Switches monitoring on or off: the way out when the monitor itself is what fails.
    /// Authorised by the admin.
    pub fn switch_monitor(e: &Env, enabled: bool) -> Result<(), PoolError> {
        let admin = terms(e)?.admin;
        admin.require_auth();
        if !switch::set_enabled(e, enabled) {
            return Err(PoolError::MonitorUnset);
        }
        MonitoringChanged { admin, enabled }.publish(e);
        Ok(())
    }

    /// The pool's terms.
    pub fn terms(e: &Env) -> Result<Terms, PoolError> {
        terms(e)
    }

    /// A policy, if there is one.
    pub fn policy(e: &Env, key: PolicyKey) -> Option<Policy> {
        storage::policy(e, &key)
    }

    /// A claim, if there is one.
    pub fn claim(e: &Env, key: ClaimKey) -> Option<Claim> {
        storage::claim(e, &key)
    }

    /// What the pool holds.
    pub fn reserve(e: &Env) -> Result<i128, PoolError> {
        Ok(reserve(e, &terms(e)?))
    }

    /// How many shares an investor has.
    pub fn shares(e: &Env, investor: Address) -> i128 {
        storage::shares(e, &investor)
    }
}

fn terms(e: &Env) -> Result<Terms, PoolError> {
    storage::terms(e).ok_or(PoolError::NotConstructed)
}

fn policy(e: &Env, key: &PolicyKey) -> Result<Policy, PoolError> {
    storage::policy(e, key).ok_or(PoolError::PolicyUnknown)
}

fn premium(terms: &Terms, cover: i128) -> Result<i128, PoolError> {
    if cover <= 0 || cover > terms.cover_max {
        return Err(PoolError::CoverInvalid);
    }
    pricing::premium(cover, terms.rate_bps).ok_or(PoolError::CoverInvalid)
}

fn reserve(e: &Env, terms: &Terms) -> i128 {
    token::TokenClient::new(e, &terms.token).balance(&e.current_contract_address())
}

fn receive(e: &Env, terms: &Terms, from: &Address, amount: i128) {
    let pool = e.current_contract_address();
    token::TokenClient::new(e, &terms.token).transfer(from, &pool, &amount);
}

fn pay_out(e: &Env, terms: &Terms, to: &Address, amount: i128) -> Result<(), PoolError> {
    let pool = e.current_contract_address();
    let token = token::TokenClient::new(e, &terms.token);
    if token.balance(&pool) < amount {
        return Err(PoolError::PoolDry);
    }
    token.transfer(&pool, to, &amount);
    Ok(())
}
