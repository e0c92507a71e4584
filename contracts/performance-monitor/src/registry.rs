//! Monitored contracts: who owns, records and reports. And the contract that keeps history.

use lumenscope_interfaces::governance;
use lumenscope_interfaces::performance_monitor::{
    self as seen, MonitorError, ReporterRole, WITNESSES_MAX,
};
use soroban_sdk::{Address, Env, IntoVal, Map, Symbol, Val, symbol_short};

use crate::events::{self, ContractChanged};
use crate::refusal::refuse;
use crate::shapes::{MonitoredContract, typed};
use crate::storage;

/// A blob tells reporters apart by 16 bits; none is used twice.
const GENERATION_MAX: u32 = u16::MAX as u32;
/// Bits of a reporter's number that are its seat.
pub const SEAT_BITS: u32 = 2;
/// The seat of the primary reporter; those after it are the witnesses'.
const PRIMARY: u32 = 0;

/// Registers a contract that is nobody's; or, for its owner, hands it to another one, or lets it go.
pub fn register(e: &Env, caller: Address, contract: Address, owner: Option<Address>) {
    governance::require_not_paused(e);
    let held = storage::registration(e, contract.to_val());
    let whom = owner.clone().unwrap_or(caller.clone());
    let mut change = symbol_short!("owner");
    let registration = if let Some(former) = held.owner() {
        if former != caller {
            refuse(e, MonitorError::Twice);
        }
        caller.require_auth();
        if owner.is_none() {
            change = symbol_short!("gone");
        } else if caller != whom {
            // Nobody gets a contract, or loses one to a mistyped address, unasked.
            whom.require_auth();
        }
        held.with_owner(owner.into_val(e)).to_val()
    } else {
        if caller == contract {
            caller.require_auth();
        } else if governance::require_admin(e) != caller {
            refuse(e, MonitorError::NotAllowed);
        }
        if owner.is_none() {
            refuse(e, MonitorError::ContractUnknown);
        }
        let (mut next, mut streams) = (1, 0);
        if !held.is_none() {
            // Numbers of reporters are not used again, and streams are still there.
            (next, streams) = (held.next(), held.streams());
        }
        let (recorder, reporters) = (contract.clone(), Map::new(e));
        seen::MonitoredContract { owner, recorder, reporters, next, streams }.into_val(e)
    };
    let contract = contract.to_val();
    storage::set_registration(e, contract, registration);
    tell(e, contract, change, caller, whom);
}

/// The registration, with its owner's authorisation.
#[inline(never)]
pub fn owned(e: &Env, contract: Val) -> MonitoredContract {
    let registration = storage::registration(e, contract);
    match registration.owner() {
        Some(owner) => owner.require_auth(),
        None => refuse(e, MonitorError::ContractUnknown),
    }
    registration
}

/// To remove one is possible while paused: it takes a right away.
pub fn set_reporter(e: &Env, contract: Val, reporter: Address, role: Val) {
    let mut registration = owned(e, contract);
    let mut reporters = registration.reporters();
    let role: u32 = typed(e, role);
    let is_primary = role == ReporterRole::Primary as u32;
    let former = reporters.get(reporter.clone());
    // A reporter that changes its role, or a primary one that is replaced, gives its seat up.
    reporters.remove(reporter.clone());
    let change = if role == ReporterRole::None as u32 {
        if former.is_none() {
            refuse(e, MonitorError::ReporterUnknown);
        }
        symbol_short!("removed")
    } else if role == ReporterRole::Recorder as u32 {
        governance::require_not_paused(e);
        registration = registration.with_recorder(reporter.to_val());
        symbol_short!("recorder")
    } else {
        governance::require_not_paused(e);
        if former.is_some_and(|number| (seat(number) == PRIMARY) == is_primary) {
            // Its numbers go on: to start them anew would let old reports in again.
            return;
        }
        let others = reporters.keys();
        let mut taken = 1;
        for place in 0..others.len() {
            let other = others.get_unchecked(place);
            let seat = seat(reporters.get_unchecked(other.clone()));
            if is_primary && seat == PRIMARY {
                reporters.remove(other);
            }
            taken |= 1 << seat;
        }
        let seat = if is_primary { PRIMARY } else { u32::trailing_ones(taken) };
        let generation = registration.next();
        if seat > WITNESSES_MAX || generation > GENERATION_MAX {
            refuse(e, MonitorError::TooMany);
        }
        reporters.set(reporter.clone(), generation << SEAT_BITS | seat);
        registration = registration.with_next(generation.wrapping_add(1));
        if is_primary { symbol_short!("primary") } else { symbol_short!("witness") }
    };
    registration = registration.with_reporters(&reporters);
    storage::set_registration(e, contract, registration.to_val());
    let Some(owner) = registration.owner() else { return };
    tell(e, contract, change, owner, reporter);
}

/// The seat in a reporter's number.
pub fn seat(number: u32) -> u32 {
    number & ((1 << SEAT_BITS) - 1)
}

pub fn set_analytics(e: &Env, analytics: Address) {
    let admin = governance::require_admin(e);
    storage::set_analytics(e, analytics.clone());
    let this = e.current_contract_address().to_val();
    tell(e, this, symbol_short!("analytics"), admin, analytics);
}

#[inline(never)]
fn tell(e: &Env, contract: Val, change: Symbol, caller: Address, whom: Address) {
    let topics = [symbol_short!("contract").to_val(), contract, change.to_val()];
    events::tell::<ContractChanged>(e, &topics, &[caller.to_val(), whom.to_val()]);
}
