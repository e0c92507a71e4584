//! What should never happen unseen to a contract: the oracle counts it when it does.

use lumenscope_invoke::{Account, Operation, ScVal, args};
use lumenscope_keeper::Stream;
use lumenscope_templates::rules::{
    ADMIN_CHANGED, CODE_UPGRADED, PAUSED, RuleTemplate, UNKNOWN_CALLER,
};

use super::trial::Trial;
use super::world::World;

const PRICE: i128 = 1_000_000;
/// The oracle's `AdminKnown`.
const ADMIN_KNOWN: u32 = 8;

const fn counted(template: RuleTemplate) -> Trial {
    Trial {
        template,
        stream: |world| Stream {
            contract: world.oracle.clone(),
            function: "administration".to_owned(),
            subject: None,
        },
        metrics: &[
            ("admin_changes", "count"),
            ("upgrades", "count"),
            ("pauses", "count"),
            ("unknown_callers", "count"),
        ],
        before: |_| (),
        ordinary: |world, _| world.tell_price(PRICE),
        ordinary_minutes: 2,
        unusual: |_, _| (),
        fires_in: 0,
        harmless: |_, _| (),
        harmless_minutes: 2,
    }
}

/// The admin hands the oracle over, and who gets it signs as well.
fn hand_over(world: &World) {
    let next = world.operator.keypair();
    let args = args![next.address()];
    world.call_signed(&world.admin, &world.oracle, "set_admin", args, &[next]);
}

/// The admin names who is the admin already, with signatures for somebody else.
fn set_same_admin(world: &World) {
    let next = world.operator.keypair();
    let arguments = (args![next.address()], args![world.admin.address()]);
    let sender = (&world.admin, &[next][..]);
    world.call_failing(sender, &world.oracle, "set_admin", arguments, ADMIN_KNOWN);
}

pub const ADMIN: Trial = Trial {
    unusual: |world, _| hand_over(world),
    harmless: |world, _| set_same_admin(world),
    ..counted(ADMIN_CHANGED)
};

pub const CODE: Trial = Trial {
    unusual: |world, _| {
        let code = world.upload_other_code();
        world.by_admin(&world.oracle, "upgrade", args![code]);
    },
    harmless: |world, _| {
        world.upload_other_code();
    },
    ..counted(CODE_UPGRADED)
};

pub const PAUSE: Trial = Trial {
    unusual: |world, _| {
        world.by_admin(&world.oracle, "pause", args![]);
    },
    // Another contract of the same admin.
    harmless: |world, number| {
        let (function, args) = match number {
            0 => ("pause", args![world.admin.address()]),
            _ => ("unpause", args![]),
        };
        world.by_admin(&world.pool, function, args);
    },
    ..counted(PAUSED)
};

fn name_updater(world: &World, updater: &Account, allowed: bool) {
    world.by_admin(&world.oracle, "set_updater", args![updater.address(), allowed]);
}

pub const CALLER: Trial = Trial {
    unusual: |world, _| {
        let taken = world.tell_price_as(&world.stranger, 2 * PRICE);
        assert_eq!(taken, ScVal::Bool(false));
    },
    // One whom the admin has just named, and payments between strangers.
    harmless: |world, _| {
        name_updater(world, &world.operator, true);
        assert_eq!(world.tell_price_as(&world.operator, PRICE), ScVal::Bool(true));
        let destination = world.updater.address();
        let pay = Operation::Pay { destination, amount_stroops: 1 };
        world.act(&world.stranger, pay, &[]);
    },
    ..counted(UNKNOWN_CALLER)
};
