//! What calls cost, and which of them fail: a keeper reports what the ledger says of them.

use lumenscope_invoke::{ScVal, ToVal, args, record, symbol, vector};
use lumenscope_keeper::Stream;
use lumenscope_templates::rules::{
    ERRORS_BURN, EVENT_FLOOD, FEE_SPIKE, NEAR_INSTRUCTION_LIMIT, RENT_SPIKE, RuleTemplate,
};

use super::trial::{OF_EXECUTIONS, Trial};
use super::world::{ASSET, DAY_LEDGERS, PREMIUM_STROOPS, World};

/// The pool's `PremiumWrong`.
const PREMIUM_WRONG: u32 = 4;

const fn of_calls(template: RuleTemplate, stream: fn(&World) -> Stream) -> Trial {
    Trial {
        template,
        stream,
        metrics: &OF_EXECUTIONS,
        before: |_| (),
        ordinary: |_, _| (),
        ordinary_minutes: 0,
        unusual: |_, _| (),
        fires_in: 0,
        harmless: |_, _| (),
        harmless_minutes: 1,
    }
}

fn of_pool(world: &World, function: &str) -> Stream {
    Stream::of_executions(&world.pool, function)
}

fn of_oracle(world: &World, function: &str) -> Stream {
    Stream::of_executions(&world.oracle, function)
}

/// A premium; one that is a stroop short is refused.
fn pay_premium(world: &World, is_right: bool) {
    let holder = world.holder.address();
    let right = args![holder, 1_u32, PREMIUM_STROOPS];
    if is_right {
        world.call(&world.holder, &world.pool, "pay_premium", right);
    } else {
        let short = args![holder, 1_u32, PREMIUM_STROOPS - 1];
        let sender = (&world.holder, &[][..]);
        world.call_failing(sender, &world.pool, "pay_premium", (right, short), PREMIUM_WRONG);
    }
}

/// Four premiums, one of them refused or none.
fn four_premiums(world: &World, is_one_refused: bool) {
    for payment in 0..4 {
        pay_premium(world, !(is_one_refused && payment == 1));
    }
}

pub const ERRORS: Trial = Trial {
    before: |world| world.buy_policy(1),
    // One in twenty.
    ordinary: |world, number| four_premiums(world, number == 0),
    ordinary_minutes: 4,
    // One in four: a tenth of five minutes in the first minute, and for a minute in the second.
    unusual: |world, _| four_premiums(world, true),
    fires_in: 1,
    // Once more within five minutes: a tenth, but not for a minute.
    harmless: |world, number| four_premiums(world, number == 0),
    harmless_minutes: 6,
    ..of_calls(ERRORS_BURN, |world| of_pool(world, "pay_premium"))
};

/// The first policies of the holder get a new premium.
fn reprice(world: &World, policies: u32) {
    let key = |number: u32| {
        record(&[
            ("holder", world.holder.address().to_val().expect("a value")),
            ("number", number.to_val().expect("a value")),
        ])
    };
    let keys = (1..=policies).map(key).collect::<Result<_, _>>().and_then(vector);
    world.by_admin(&world.pool, "reprice", args![keys.expect("a list")]);
}

pub const FEES: Trial = Trial {
    before: |world| (1..=8).for_each(|number| world.buy_policy(number)),
    ordinary: |world, _| reprice(world, 2),
    ordinary_minutes: 9,
    // Almost three times the fee, and in two minutes of five.
    unusual: |world, _| reprice(world, 8),
    fires_in: 1,
    harmless: |world, number| reprice(world, 2 + number % 2),
    harmless_minutes: 5,
    ..of_calls(FEE_SPIKE, |world| of_pool(world, "reprice"))
};

/// The policies that were bought long ago; all others are of the day.
const OLD_POLICIES: std::ops::Range<u32> = 100..105;

fn file_claim(world: &World, policy: u32) -> ScVal {
    let args = args![world.holder.address(), policy, 1_000_i128];
    world.call(&world.holder, &world.pool, "file_claim", args)
}

pub const RENT: Trial = Trial {
    before: |world| {
        OLD_POLICIES.for_each(|number| world.buy_policy(number));
        world.skip_ledgers(110 * DAY_LEDGERS);
        (0..15).for_each(|number| world.buy_policy(number));
    },
    // A claim of a new policy pays for its own life,
    ordinary: |world, number| {
        file_claim(world, number);
    },
    ordinary_minutes: 9,
    // and one of an old policy for the policy's next 110 days as well: 2.3 times the rent, and in
    // four minutes of five.
    unusual: |world, number| {
        file_claim(world, OLD_POLICIES.start + number);
    },
    fires_in: 3,
    harmless: |world, number| {
        file_claim(world, if number == 2 { OLD_POLICIES.start } else { 9 + number });
    },
    harmless_minutes: 5,
    ..of_calls(RENT_SPIKE, |world| of_pool(world, "file_claim"))
};

/// The updater tells what so many sources quote.
fn set_median(world: &World, sources: i128) {
    let quotes = (0..sources).map(|source| 1_000_000 - source).collect::<Vec<i128>>();
    let args = args![world.updater.address(), symbol(ASSET)?, quotes];
    world.call(&world.updater, &world.oracle, "set_median", args);
}

pub const INSTRUCTIONS: Trial = Trial {
    ordinary: |world, _| set_median(world, 9),
    ordinary_minutes: 1,
    // 342 million instructions; the network allows 400.
    unusual: |world, _| set_median(world, 500),
    // 220 million.
    harmless: |world, _| set_median(world, 400),
    ..of_calls(NEAR_INSTRUCTION_LIMIT, |world| of_oracle(world, "set_median"))
};

/// The updater tells the prices of so many assets.
fn set_prices(world: &World, assets: i128) {
    let price =
        |asset: i128| vector(vec![symbol(&format!("ASSET_{asset}"))?, (1 + asset).to_val()?]);
    let prices = (0..assets).map(price).collect::<Result<Vec<_>, _>>();
    let args = args![world.updater.address(), prices?];
    world.call(&world.updater, &world.oracle, "set_prices", args);
}

/// More than a kilobyte of events for each second of a minute: 200 bytes a price.
fn flood(world: &World) {
    for _ in 0..8 {
        set_prices(world, 40);
    }
}

pub const EVENTS: Trial = Trial {
    ordinary: |world, _| set_prices(world, 5),
    ordinary_minutes: 1,
    unusual: |world, _| flood(world),
    fires_in: 1,
    // Not for a minute.
    harmless: |world, number| if number == 0 { flood(world) } else { set_prices(world, 5) },
    harmless_minutes: 2,
    ..of_calls(EVENT_FLOOD, |world| of_oracle(world, "set_prices"))
};
