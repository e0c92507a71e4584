//! Shares of the pool's reserve: the pool records how many it mints, and what it holds.

use lumenscope_invoke::{ScVal, args};
use lumenscope_keeper::Stream;
use lumenscope_templates::rules::{LIQUIDITY_DROP, MINTING_UNUSUAL, RuleTemplate};

use super::trial::Trial;
use super::world::World;

/// What the reserve holds before the first minute.
const RESERVE_STROOPS: i128 = 1_000_000_000;

const fn of_shares(template: RuleTemplate) -> Trial {
    Trial {
        template,
        stream: |world| Stream {
            contract: world.pool.clone(),
            function: "shares".to_owned(),
            subject: None,
        },
        metrics: &[("minted", "stroops"), ("liquidity", "stroops")],
        before: |world| {
            invest(world, RESERVE_STROOPS);
        },
        ordinary: |_, _| (),
        ordinary_minutes: 0,
        unusual: |_, _| (),
        fires_in: 0,
        harmless: |_, _| (),
        harmless_minutes: 1,
    }
}

fn invest(world: &World, amount: i128) -> ScVal {
    world.call(&world.holder, &world.pool, "invest", args![world.holder.address(), amount])
}

fn redeem(world: &World, amount: i128) -> ScVal {
    world.call(&world.holder, &world.pool, "redeem", args![world.holder.address(), amount])
}

pub const DROP: Trial = Trial {
    // A hundredth in, a hundredth out.
    ordinary: |world, number| {
        let change = if number.is_multiple_of(2) { invest } else { redeem };
        change(world, RESERVE_STROOPS / 100);
    },
    ordinary_minutes: 6,
    unusual: |world, _| {
        redeem(world, RESERVE_STROOPS * 21 / 100);
    },
    harmless: |world, _| {
        redeem(world, RESERVE_STROOPS * 19 / 100);
    },
    ..of_shares(LIQUIDITY_DROP)
};

/// Between nine tenths and eleven tenths of a usual minute.
fn usual_amount(number: u32) -> i128 {
    900_000 + 20_000 * i128::from(number * 7 % 11)
}

pub const MINTING: Trial = Trial {
    ordinary: |world, number| {
        invest(world, usual_amount(number));
    },
    // The first thirty are learned from.
    ordinary_minutes: 33,
    unusual: |world, _| {
        invest(world, 2_000_000);
    },
    // The largest yet, and twice within a minute what is usual in all.
    harmless: |world, number| {
        invest(world, if number == 0 { 1_150_000 } else { 550_000 });
        if number > 0 {
            invest(world, 550_000);
        }
    },
    harmless_minutes: 2,
    ..of_shares(MINTING_UNUSUAL)
};
