//! How a call is refused: with a typed error, and nothing changed.

use lumenscope_interfaces::dashboard::DashboardError;
use soroban_sdk::{Env, panic_with_error};

/// Ends the call.
pub fn refuse(e: &Env, error: DashboardError) -> ! {
    panic_with_error!(e, error)
}

/// Ends the call unless `holds`.
pub fn require(e: &Env, holds: bool, error: DashboardError) {
    if !holds {
        refuse(e, error)
    }
}

/// Ends the call with the error, if there is one.
pub fn accept<T>(e: &Env, outcome: Result<T, DashboardError>) -> T {
    outcome.unwrap_or_else(|error| refuse(e, error))
}
