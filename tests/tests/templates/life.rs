//! How long a contract lives: a keeper reports what the ledger says of it.

use lumenscope_invoke::Operation;
use lumenscope_keeper::Stream;
use lumenscope_meta::Address;
use lumenscope_templates::rules::LIFE_LOW;

use super::trial::Trial;
use super::world::{DAY_LEDGERS, World};

/// They live 120 days from now again, as anybody may pay for.
fn extend(world: &World, keys: Vec<String>) {
    world.act(&world.stranger, Operation::ExtendTtl { keys, ledgers: 120 * DAY_LEDGERS }, &[]);
}

/// The instance is extended, and the code forgotten.
fn forget_code(world: &World, contract: &Address) {
    let [instance, _] = world.life_keys(contract);
    extend(world, vec![instance]);
    world.skip_ledgers(3 * DAY_LEDGERS);
}

/// Any other contract's life, told from the world.
macro_rules! of {
    ($contract:expr) => {{
        const CONTRACT: fn(&World) -> &Address = $contract;
        Trial {
            stream: |world| Stream::of_life(CONTRACT(world)),
            before: |world| world.register(CONTRACT(world)),
            unusual: |world, _| forget_code(world, CONTRACT(world)),
            ..LIFE
        }
    }};
}

/// The suite's own contracts, which are watched like any other.
pub const SUITE: [Trial; 5] = [
    of!(|world| &world.suite.performance_monitor),
    of!(|world| &world.suite.analytics_storage),
    of!(|world| &world.suite.alerting),
    of!(|world| &world.dashboard),
    of!(|world| &world.suite.external_monitoring),
];

pub const LIFE: Trial = Trial {
    template: LIFE_LOW,
    stream: |world| Stream::of_life(&world.pool),
    metrics: &[("ttl_ledgers", "ledgers")],
    before: |_| (),
    // Of 120 days.
    ordinary: |world, _| world.skip_ledgers(29 * DAY_LEDGERS),
    ordinary_minutes: 2,
    unusual: |world, _| forget_code(world, &world.pool),
    fires_in: 0,
    harmless: |world, _| {
        extend(world, world.life_keys(&world.pool).to_vec());
        world.skip_ledgers(29 * DAY_LEDGERS);
    },
    harmless_minutes: 3,
};
