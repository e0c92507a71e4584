//! Monitored contracts: who owns, records and reports.

use lumenscope_interfaces::governance;
use lumenscope_interfaces::performance_monitor::{
    MonitorError, MonitoredContract, Reporter, ReporterRole, WITNESSES_MAX,
};
use soroban_sdk::{Address, Env, Symbol, Vec};

use crate::events::ContractChanged;
use crate::storage;

/// A blob tells reporters apart by 16 bits; none is used twice.
const GENERATION_MAX: u32 = u16::MAX as u32;

pub fn register(
    e: &Env,
    caller: Address,
    contract: Address,
    owner: Address,
) -> Result<(), MonitorError> {
    governance::require_not_paused(e);
    if caller == contract {
        caller.require_auth();
    } else if governance::require_admin(e) != caller {
        return Err(MonitorError::NotAllowed);
    }
    if storage::registration(e, &contract).is_some() {
        return Err(MonitorError::ContractKnown);
    }
    let registration = MonitoredContract {
        owner: owner.clone(),
        recorder: contract.clone(),
        reporters: Vec::new(e),
        generation: 1,
        streams: 0,
    };
    storage::set_registration(e, &contract, &registration);
    tell(e, contract, "owner", caller, owner);
    Ok(())
}

pub fn registration(e: &Env, contract: &Address) -> Result<MonitoredContract, MonitorError> {
    storage::registration(e, contract).ok_or(MonitorError::ContractUnknown)
}

/// The registration, with its owner's authorisation.
pub fn owned(e: &Env, contract: &Address) -> Result<MonitoredContract, MonitorError> {
    let registration = registration(e, contract)?;
    registration.owner.require_auth();
    Ok(registration)
}

pub fn set_recorder(e: &Env, contract: Address, recorder: Address) -> Result<(), MonitorError> {
    governance::require_not_paused(e);
    let mut registration = owned(e, &contract)?;
    registration.recorder = recorder.clone();
    storage::set_registration(e, &contract, &registration);
    tell(e, contract, "recorder", registration.owner, recorder);
    Ok(())
}

pub fn set_reporter(
    e: &Env,
    contract: Address,
    reporter: Address,
    role: ReporterRole,
) -> Result<(), MonitorError> {
    governance::require_not_paused(e);
    let mut registration = owned(e, &contract)?;
    let is_primary = role == ReporterRole::Primary;
    // A reporter that changes its role, or a primary one that is replaced, gives its place up.
    let mut reporters = Vec::new(e);
    let mut places = [false; WITNESSES_MAX as usize];
    for number in 0..registration.reporters.len() {
        let other = registration.reporters.get_unchecked(number);
        let same_role = other.witness.is_none() == is_primary;
        if other.address == reporter && same_role {
            // Its numbers go on: to start them anew would let old reports in again.
            return Ok(());
        }
        if other.address == reporter || (same_role && is_primary) {
            continue;
        }
        if let Some(taken) = other.witness {
            places[taken as usize] = true;
        }
        reporters.push_back(other);
    }
    let witness = if is_primary {
        None
    } else {
        let free = places.iter().position(|taken| !taken).ok_or(MonitorError::TooMany)?;
        Some(free as u32)
    };
    if registration.generation > GENERATION_MAX {
        return Err(MonitorError::TooMany);
    }
    let generation = registration.generation;
    reporters.push_back(Reporter { address: reporter.clone(), generation, witness });
    registration.generation += 1;
    registration.reporters = reporters;
    storage::set_registration(e, &contract, &registration);
    let change = if is_primary { "primary" } else { "witness" };
    tell(e, contract, change, registration.owner, reporter);
    Ok(())
}

/// Possible while paused: it takes a right away.
pub fn remove_reporter(e: &Env, contract: Address, reporter: Address) -> Result<(), MonitorError> {
    let mut registration = owned(e, &contract)?;
    let place = place_of(&registration, &reporter)?;
    registration.reporters.remove_unchecked(place);
    storage::set_registration(e, &contract, &registration);
    tell(e, contract, "removed", registration.owner, reporter);
    Ok(())
}

/// The reporter of that address.
pub fn reporter(
    registration: &MonitoredContract,
    address: &Address,
) -> Result<Reporter, MonitorError> {
    Ok(registration.reporters.get_unchecked(place_of(registration, address)?))
}

#[inline(never)]
fn place_of(registration: &MonitoredContract, address: &Address) -> Result<u32, MonitorError> {
    let reporters = &registration.reporters;
    let place = (0..reporters.len()).find(|n| reporters.get_unchecked(*n).address == *address);
    place.ok_or(MonitorError::ReporterUnknown)
}

#[inline(never)]
fn tell(e: &Env, contract: Address, change: &str, caller: Address, whom: Address) {
    ContractChanged { contract, change: Symbol::new(e, change), caller, whom }.publish(e);
}
