//! What an oracle tells, and what it no longer tells: the oracle records each price.

use lumenscope_keeper::Stream;
use lumenscope_templates::rules::{ORACLE_DEVIATES, ORACLE_STALE, RuleTemplate};

use super::trial::Trial;
use super::world::ASSET;

const PRICE: i128 = 1_000_000;

const fn told(template: RuleTemplate) -> Trial {
    Trial {
        template,
        stream: |world| Stream {
            contract: world.oracle.clone(),
            function: "set_price".to_owned(),
            subject: Some(ASSET.to_owned()),
        },
        metrics: &[("price", "ten_millionths")],
        before: |_| (),
        // Up and down by one in a hundred.
        ordinary: |world, number| world.tell_price(PRICE + i128::from(number % 2) * PRICE / 100),
        ordinary_minutes: 4,
        unusual: |_, _| (),
        fires_in: 0,
        harmless: |_, _| (),
        harmless_minutes: 1,
    }
}

pub const DEVIATION: Trial = Trial {
    // From 1,010,000.
    unusual: |world, _| world.tell_price(1_065_000),
    // Almost a twentieth a minute, four times.
    harmless: |world, number| {
        world.tell_price([1_060_000, 1_010_000, 1_060_000, 1_112_000][number as usize]);
    },
    harmless_minutes: 4,
    ..told(ORACLE_DEVIATES)
};

pub const SILENCE: Trial = Trial {
    fires_in: 14,
    // The next price comes in the last minute.
    harmless: |world, number| {
        if number % 15 == 14 {
            world.tell_price(PRICE);
        }
    },
    harmless_minutes: 29,
    ..told(ORACLE_STALE)
};
