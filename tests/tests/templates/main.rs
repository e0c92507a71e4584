//! Every rule template on a ledger with the contracts on wasm: real transactions of the insurance
//! pool, of the oracle and of an operator make it fire in the minute that its window and its `for`
//! say, and others that look like them do not.
//!
//! What contracts record of themselves they record in these calls, through the sdk; what calls cost
//! is read from the ledger by the observer and reported by the keeper. [`trial`] says how a minute
//! goes; each of the other modules has the trials of one kind of metric.

mod administration;
mod calls;
mod life;
mod operators;
mod prices;
mod reserve;
mod trial;
mod world;

use lumenscope_templates::rules::{RULES, RuleTemplate};

use trial::Trial;

/// The trials, each with the names of its two tests: how the template fires, and how it does not.
macro_rules! trials {
    ($($module:ident::$trial:ident: $fires:ident, $keeps_quiet:ident;)*) => {
        const TRIALS: &[Trial] = &[$($module::$trial),*];

        $(
            #[test]
            fn $fires() {
                $module::$trial.fires();
            }

            #[test]
            fn $keeps_quiet() {
                $module::$trial.keeps_quiet();
            }
        )*
    };
}

trials! {
    administration::ADMIN:
        admin_changed_fires_when_the_oracle_is_handed_over,
        admin_changed_keeps_quiet_when_the_admin_is_named_again;
    administration::CODE:
        code_upgraded_fires_when_the_oracle_runs_other_code,
        code_upgraded_keeps_quiet_while_other_code_is_only_uploaded;
    administration::PAUSE:
        paused_fires_when_the_oracle_takes_no_prices,
        paused_keeps_quiet_when_another_contract_is_paused;
    administration::CALLER:
        unknown_caller_fires_when_a_stranger_tells_a_price,
        unknown_caller_keeps_quiet_when_a_new_updater_does;
    calls::ERRORS:
        errors_burn_fires_when_one_premium_in_four_is_refused,
        errors_burn_keeps_quiet_when_a_tenth_fails_for_less_than_a_minute;
    calls::FEES:
        fee_spike_fires_when_repricing_takes_four_times_the_policies,
        fee_spike_keeps_quiet_when_repricing_takes_a_policy_more;
    calls::RENT:
        rent_spike_fires_when_claims_extend_old_policies,
        rent_spike_keeps_quiet_when_one_claim_of_five_does;
    calls::INSTRUCTIONS:
        near_instruction_limit_fires_on_a_median_of_hundreds_of_quotes,
        near_instruction_limit_keeps_quiet_on_four_fifths_of_them;
    calls::EVENTS:
        event_flood_fires_when_all_prices_are_told_eight_times_a_minute,
        event_flood_keeps_quiet_when_that_lasts_a_minute;
    life::LIFE:
        life_low_fires_when_nobody_extends_the_pools_code,
        life_low_keeps_quiet_when_somebody_extends_all_of_it;
    prices::DEVIATION:
        oracle_deviates_fires_when_a_price_jumps,
        oracle_deviates_keeps_quiet_when_it_moves_a_little_less_each_minute;
    prices::SILENCE:
        oracle_stale_fires_fifteen_minutes_after_the_last_price,
        oracle_stale_keeps_quiet_when_a_price_comes_a_minute_before;
    reserve::DROP:
        liquidity_drop_fires_when_a_fifth_is_redeemed,
        liquidity_drop_keeps_quiet_when_a_little_less_is;
    reserve::MINTING:
        minting_unusual_fires_when_twice_the_usual_is_invested,
        minting_unusual_keeps_quiet_when_a_little_more_is;
    operators::NODE:
        node_lags_fires_when_it_lags_for_two_minutes,
        node_lags_keeps_quiet_when_it_catches_up_within_one;
    operators::OBSERVER:
        observer_lags_fires_when_it_lags_for_two_minutes,
        observer_lags_keeps_quiet_when_it_catches_up_within_one;
}

#[test]
fn every_template_is_tried() {
    let is_tried = |rule: &RuleTemplate| TRIALS.iter().any(|trial| trial.template == *rule);
    let left_out = RULES.iter().filter(|rule| !is_tried(rule)).map(|rule| rule.name);
    assert_eq!(left_out.collect::<Vec<_>>(), Vec::<&str>::new());
    assert_eq!(TRIALS.len(), RULES.len(), "each once");
}

#[test]
fn life_low_fires_for_every_contract_of_the_suite() {
    life::SUITE.iter().for_each(Trial::fires);
}
