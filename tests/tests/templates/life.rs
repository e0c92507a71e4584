//! How long a contract lives: a keeper reports what the ledger says of it.

use lumenscope_invoke::Operation;
use lumenscope_keeper::Stream;
use lumenscope_templates::rules::LIFE_LOW;

use super::trial::Trial;
use super::world::{DAY_LEDGERS, World};

/// They live 120 days from now again, as anybody may pay for.
fn extend(world: &World, keys: Vec<String>) {
    world.act(&world.stranger, Operation::ExtendTtl { keys, ledgers: 120 * DAY_LEDGERS }, &[]);
}

pub const LIFE: Trial = Trial {
    template: LIFE_LOW,
    stream: |world| Stream::of_life(&world.pool),
    metrics: &[("ttl_ledgers", "ledgers")],
    before: |_| (),
    // Of 120 days.
    ordinary: |world, _| world.skip_ledgers(29 * DAY_LEDGERS),
    ordinary_minutes: 2,
    // The instance is extended, and the code forgotten.
    unusual: |world, _| {
        let [instance, _] = world.life_keys(&world.pool);
        extend(world, vec![instance]);
        world.skip_ledgers(3 * DAY_LEDGERS);
    },
    fires_in: 0,
    harmless: |world, _| {
        extend(world, world.life_keys(&world.pool).to_vec());
        world.skip_ledgers(29 * DAY_LEDGERS);
    },
    harmless_minutes: 3,
};
