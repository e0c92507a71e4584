//! Calls that are made and then taken back, so that each of them finds the same world.

use std::cell::RefCell;

use soroban_sdk::testutils::{Events as _, MockAuth, MockAuthInvoke};
use soroban_sdk::xdr::{ContractEventBody, LedgerKey, ScError, ScVal};
use soroban_sdk::{
    Address, Env, Error, Symbol, Val, Vec, contract, contractimpl, panic_with_error,
};

use super::super::world::{Stored, UNAUTHORISED, settled};
use super::cast::Cast;
use super::{Call, Effect, cell};

/// What changes something and publishes no event: lives are the network's to tell, and every program
/// that asks pays for a verified request, of which its key's usage says the same.
const SILENT: [&str; 2] = ["keep_alive", "verify_request"];

/// What a call came to, before it was taken back.
struct Seen {
    answer: Result<Val, Error>,
    changed: bool,
    told: bool,
    lacks_authorisation: bool,
}

thread_local! {
    static SEEN: RefCell<Option<Seen>> = const { RefCell::new(None) };
}

/// Passes a call on, notes what it came to, and fails: the host takes everything back.
#[contract]
pub struct Rehearsal;

#[contractimpl]
impl Rehearsal {
    pub fn call(e: Env, contract: Address, function: Symbol, args: Vec<Val>) {
        let before = stored(&e);
        let answer = settled(e.try_invoke_contract(&contract, &function, args));
        let seen = Seen {
            answer,
            changed: stored(&e) != before,
            told: !e.events().all().events().is_empty(),
            lacks_authorisation: lacks_authorisation(&e),
        };
        SEEN.set(Some(seen));
        panic_with_error!(&e, Error::from_contract_error(1));
    }
}

/// Everything on the ledger but the numbers that signatures use up.
fn stored(e: &Env) -> Stored {
    let entries = e.host().get_stored_entries().expect("entries");
    let held = entries.into_iter().filter_map(|(key, held)| {
        let is_nonce = matches!(
            &*key, LedgerKey::ContractData(data) if matches!(data.key, ScVal::LedgerKeyNonce(_))
        );
        let (entry, until) = held.filter(|_| !is_nonce)?;
        Some(((*key).clone(), ((*entry).clone(), until)))
    });
    held.collect()
}

/// Whether the host said that an authorisation is missing: what a caller sees is the same as when
/// the contract traps.
fn lacks_authorisation(e: &Env) -> bool {
    let events = e.host().get_diagnostic_events().expect("diagnostic events");
    events.0.iter().any(|event| {
        let ContractEventBody::V0(body) = &event.event.body;
        body.topics.iter().any(|topic| matches!(topic, ScVal::Error(ScError::Auth(_))))
    })
}

/// What is answered to a call with these authorisations, in the words of a cell.
pub fn rehearse(
    cast: &Cast,
    contract: &Address,
    call: &Call,
    args: Vec<Val>,
    signers: &[&Address],
) -> String {
    let e = &cast.world.e;
    let function = call.entry_point;
    let invoke =
        MockAuthInvoke { contract, fn_name: function, args: args.clone(), sub_invokes: &[] };
    let signed: std::vec::Vec<MockAuth<'_>> =
        signers.iter().map(|address| MockAuth { address, invoke: &invoke }).collect();
    e.mock_auths(&signed);
    let rehearsal = RehearsalClient::new(e, &cast.rehearsal);
    let back = rehearsal.try_call(contract, &cast.world.symbol(function), &args);
    assert!(back.is_err(), "taken back");
    e.mock_auths(&[]);
    let seen = SEEN.take().expect("a call");
    let acted = seen.changed || seen.told;
    match seen.answer {
        Ok(_) if call.effect == Effect::Reads => {
            assert!(!acted, "{function} reads, and changed or told something");
            cell::YES.to_owned()
        }
        Ok(_) if acted => {
            let told = seen.told || SILENT.contains(&function);
            assert!(told, "{function} changed something, and told nobody");
            cell::YES.to_owned()
        }
        Ok(_) => cell::IDLE.to_owned(),
        Err(error) => {
            assert!(!acted, "{function} was refused, and changed or told something");
            if error == UNAUTHORISED && seen.lacks_authorisation {
                cell::AUTH.to_owned()
            } else if error.is_type(soroban_sdk::xdr::ScErrorType::Contract) {
                error.get_code().to_string()
            } else {
                format!("{error:?}")
            }
        }
    }
}
