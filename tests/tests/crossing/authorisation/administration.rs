//! What every contract has: each call is prepared on the contract that the cast administers.

use lumenscope_interfaces::governance::Role;
use soroban_sdk::{Bytes, BytesN, Env, IntoVal, Map, Symbol, Val, Vec as SdkVec, symbol_short};

use super::cast::Cast;
use super::{Call, acts, reads};

pub const CALLS: [Call; 12] = [
    reads("admin", "", |cast| cast.ask(())),
    reads("administration", "", |cast| cast.ask(())),
    acts("transfer_admin", "", |cast| {
        let until = cast.world.e.ledger().sequence() + 1_000;
        cast.ask((cast.who("newcomer"), until))
    }),
    acts("accept_admin", "", |cast| cast.ask(())),
    acts("set_role", "", |cast| cast.ask((cast.who("newcomer"), Role::Keeper, true))),
    acts("pause", "", |cast| cast.ask(())),
    acts("unpause", "", |cast| {
        administer(cast, "pause", ());
        cast.ask(())
    }),
    acts("propose_upgrade", "", |cast| cast.ask((code(cast),))),
    acts("cancel_upgrade", "", |cast| {
        administer(cast, "propose_upgrade", (code(cast),));
        cast.ask(())
    }),
    acts("apply_upgrade", "", |cast| {
        administer(cast, "propose_upgrade", (code(cast),));
        cast.ask(())
    }),
    acts("migrate", "", |cast| {
        let e = &cast.world.e;
        // As if an older version of the code had stored it.
        e.as_contract(cast.administered(), || {
            let key = symbol_short!("govern");
            let state: Option<Map<Symbol, Val>> = e.storage().instance().get(&key);
            let mut state = state.expect("administration");
            state.set(symbol_short!("schema"), 0_u32.into());
            e.storage().instance().set(&key, &state);
        });
        cast.ask(())
    }),
    acts("keep_alive", "", |cast| cast.ask(())),
];

fn administer(cast: &Cast, function: &str, args: impl IntoVal<Env, SdkVec<Val>>) {
    cast.world.must(cast.role("admin"), cast.administered(), function, args);
}

/// Code that may be upgraded to.
fn code(cast: &Cast) -> BytesN<32> {
    let e = &cast.world.e;
    let wasm = lumenscope_contract_wasm::read("external-monitoring").expect("built");
    e.deployer().upload_contract_wasm(Bytes::from_slice(e, &wasm))
}
