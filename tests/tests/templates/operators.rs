//! How far behind a node and an observer are: their operator records it of itself.

use lumenscope_invoke::{args, symbol};
use lumenscope_keeper::Stream;
use lumenscope_templates::rules::{NODE_LAGS, OBSERVER_LAGS, RuleTemplate};

use super::trial::Trial;
use super::world::World;

const fn lag(template: RuleTemplate, metrics: &'static [(&'static str, &'static str)]) -> Trial {
    Trial {
        template,
        stream: |world| Stream {
            contract: world.operator.address(),
            function: "node".to_owned(),
            subject: None,
        },
        metrics,
        before: |world| world.register(&world.operator.address()),
        ordinary: |_, _| (),
        ordinary_minutes: 3,
        unusual: |_, _| (),
        fires_in: 1,
        harmless: |_, _| (),
        harmless_minutes: 4,
    }
}

/// The operator's probe saw this lag.
fn record(world: &World, metric: &str, ledgers: u32) {
    let operator = world.operator.address();
    let none: Option<String> = None;
    let args = args![
        operator,
        symbol(metric)?,
        i128::from(ledgers),
        symbol("ledgers")?,
        symbol("node")?,
        none,
    ];
    world.call(&world.operator, &world.suite.performance_monitor, "record_metric", args);
}

/// A lag of a minute that is over in the next.
fn once(number: u32) -> u32 {
    if number.is_multiple_of(2) { 14 } else { 2 }
}

pub const NODE: Trial = Trial {
    ordinary: |world, number| record(world, "rpc_lag_ledgers", 1 + number),
    unusual: |world, _| record(world, "rpc_lag_ledgers", 13),
    harmless: |world, number| record(world, "rpc_lag_ledgers", once(number)),
    ..lag(NODE_LAGS, &[("rpc_lag_ledgers", "ledgers")])
};

pub const OBSERVER: Trial = Trial {
    ordinary: |world, number| record(world, "indexer_lag_ledgers", 1 + number),
    unusual: |world, _| record(world, "indexer_lag_ledgers", 13),
    harmless: |world, number| record(world, "indexer_lag_ledgers", once(number)),
    ..lag(OBSERVER_LAGS, &[("indexer_lag_ledgers", "ledgers")])
};
