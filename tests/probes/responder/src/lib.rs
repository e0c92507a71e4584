//! A responder that does what none should: what it does is told by how it was constructed.
#![no_std]

use soroban_sdk::{Address, Env, Symbol, Val, Vec, contract, contractimpl, contracttype};

/// What it does when it is called.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum Manner {
    /// It counts its calls.
    Counts = 0,
    /// It never ends.
    Loops = 1,
    /// It reads another entry in every ledger, so that no simulation names the right one.
    Wanders = 2,
    /// It calls whoever calls it.
    CallsBack = 3,
    /// It traps.
    Traps = 4,
    /// It does nothing.
    Idles = 5,
    /// It acts in the name of whoever it was told of: a keeper that signs what it simulated.
    Steals = 6,
    /// It stores as much as a transaction may, for as long as it may, at its caller's expense.
    Hoards = 7,
}

#[contracttype]
enum Key {
    Manner,
    Calls,
    OfLedger(u32),
}

/// The contract.
#[contract]
pub struct Responder;

#[contractimpl]
impl Responder {
    /// `monitoring` is whom it calls back.
    pub fn __constructor(e: &Env, manner: Manner, monitoring: Address) {
        e.storage().instance().set(&Key::Manner, &(manner, monitoring));
    }

    /// Does what it was made for.
    pub fn respond(e: &Env, alerting: Address, target: Val, episode: u32) -> u32 {
        let stored: Option<(Manner, Address)> = e.storage().instance().get(&Key::Manner);
        let Some((manner, monitoring)) = stored else { return 0 };
        match manner {
            Manner::Counts => {}
            Manner::Loops => loop {
                let _ = e.crypto().sha256(&alerting.clone().to_string().to_bytes());
            },
            Manner::Wanders => {
                let key = Key::OfLedger(e.ledger().sequence());
                e.storage().persistent().set(&key, &episode);
            }
            Manner::CallsBack => {
                let function = Symbol::new(e, "service_key");
                let none = Vec::<Val>::new(e);
                let _: Val = e.invoke_contract(&monitoring, &function, none);
            }
            Manner::Traps => panic!(),
            Manner::Idles => return 0,
            Manner::Hoards => {
                let room = [7_u8; 20_000];
                let bytes = soroban_sdk::Bytes::from_slice(e, &room);
                let most = e.storage().max_ttl();
                for place in 0..6_u32 {
                    let key = (Self::calls(e), place);
                    e.storage().persistent().set(&key, &bytes);
                    e.storage().persistent().extend_ttl(&key, most, most);
                }
            }
            Manner::Steals => {
                let function = Symbol::new(e, "set_operator");
                let me = e.current_contract_address();
                let args = soroban_sdk::vec![e, monitoring.to_val(), me.to_val(), Val::TRUE.into()];
                let _: Val = e.invoke_contract(&alerting, &function, args);
            }
        }
        let _ = target;
        let calls = Self::calls(e) + 1;
        e.storage().persistent().set(&Key::Calls, &calls);
        calls
    }

    /// How often it was called and came to the end.
    pub fn calls(e: &Env) -> u32 {
        e.storage().persistent().get(&Key::Calls).unwrap_or(0)
    }
}
