//! Monitored contracts: who owns, records and reports.

use lumenscope_interfaces::governance;
use lumenscope_interfaces::performance_monitor::{
    self as seen, MonitorError, ReporterRole, WITNESSES_MAX,
};
use soroban_sdk::{Address, Env, Map, Symbol, symbol_short};

use crate::events::{self, ContractChanged};
use crate::refusal::refuse;
use crate::shapes::MonitoredContract;
use crate::storage;

/// A blob tells reporters apart by 16 bits; none is used twice.
const GENERATION_MAX: u32 = u16::MAX as u32;
/// Bits of a reporter's number that are its seat.
pub const SEAT_BITS: u32 = 2;
/// The seat of the primary reporter; those after it are the witnesses'.
const PRIMARY: u32 = 0;

pub fn register(e: &Env, caller: Address, contract: Address, owner: Address) {
    governance::require_not_paused(e);
    if caller == contract {
        caller.require_auth();
    } else if governance::require_admin(e) != caller {
        refuse(e, MonitorError::NotAllowed);
    }
    if storage::registration(e, &contract).is_some() {
        refuse(e, MonitorError::ContractKnown);
    }
    let registration = seen::MonitoredContract {
        owner: owner.clone(),
        recorder: contract.clone(),
        reporters: Map::new(e),
        next: 1,
        streams: 0,
    };
    storage::set_registration(e, &contract, &registration);
    tell(e, contract, symbol_short!("owner"), caller, owner);
}

/// The registration, with its owner's authorisation.
#[inline(never)]
pub fn owned(e: &Env, contract: &Address) -> MonitoredContract {
    let Some(registration) = storage::registration(e, contract) else {
        refuse(e, MonitorError::ContractUnknown)
    };
    registration.owner().require_auth();
    registration
}

pub fn set_recorder(e: &Env, contract: Address, recorder: Address) {
    governance::require_not_paused(e);
    let mut registration = owned(e, &contract);
    registration.set_recorder(&recorder);
    storage::set_registration(e, &contract, &registration);
    tell(e, contract, symbol_short!("recorder"), registration.owner(), recorder);
}

/// To remove one is possible while paused: it takes a right away.
pub fn set_reporter(e: &Env, contract: Address, reporter: Address, role: ReporterRole) {
    let mut registration = owned(e, &contract);
    let mut reporters = registration.reporters();
    let is_primary = role == ReporterRole::Primary;
    let former = reporters.get(reporter.clone());
    // A reporter that changes its role, or a primary one that is replaced, gives its seat up.
    reporters.remove(reporter.clone());
    let change = if role == ReporterRole::None {
        if former.is_none() {
            refuse(e, MonitorError::ReporterUnknown);
        }
        symbol_short!("removed")
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
        registration.set_next(generation + 1);
        if is_primary { symbol_short!("primary") } else { symbol_short!("witness") }
    };
    registration.set_reporters(&reporters);
    storage::set_registration(e, &contract, &registration);
    tell(e, contract, change, registration.owner(), reporter);
}

/// The seat in a reporter's number.
pub fn seat(number: u32) -> u32 {
    number & ((1 << SEAT_BITS) - 1)
}

#[inline(never)]
fn tell(e: &Env, contract: Address, change: Symbol, caller: Address, whom: Address) {
    let topics = [symbol_short!("contract").to_val(), contract.to_val(), change.to_val()];
    events::tell::<ContractChanged>(e, &topics, &[caller.to_val(), whom.to_val()]);
}
