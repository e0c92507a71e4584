//! The entry points. The lines that speak to `Monitor` are all that monitoring takes.

use lumenscope_sdk::{Monitor, switch};
use soroban_sdk::{Address, BytesN, ContractExecutable, Env, Symbol, Vec, contract, contractimpl};

use crate::errors::OracleError;
use crate::events::{
    AdminChanged, CallerUnknown, CodeUpgraded, MonitoringChanged, OraclePauseChanged, PriceUpdated,
    UpdaterChanged,
};
use crate::quotes;
use crate::storage;
use crate::types::Price;

/// Prices in one `set_prices`: each is a written entry, an event and a call of the monitor. With half
/// as many again a call has no room in the memory that the network allows it.
pub const PRICES_MAX: u32 = 40;

/// The unit of the prices that the oracle reports.
const UNIT: &str = "ten_millionths";

/// The stream of what should never happen unseen. One for all of it: an entry pays rent whether
/// anything happens or not.
const WATCHED: &str = "administration";

/// A price oracle.
#[contract]
pub struct Oracle;

#[contractimpl]
impl Oracle {
    /// Names the admin.
    pub fn __constructor(e: &Env, admin: Address) {
        storage::set_admin(e, &admin);
    }

    /// Tells the price of an asset. Authorised by `updater`. Returns whether it was taken: `false`
    /// for an address that may not tell prices.
    pub fn set_price(
        e: &Env,
        updater: Address,
        asset: Symbol,
        price: i128,
    ) -> Result<bool, OracleError> {
        if !may_tell(e, &updater)? {
            return Ok(false);
        }
        tell(e, &updater, &asset, price)?;
        Ok(true)
    }

    /// Tells the prices of several assets, as [`Oracle::set_price`] does of one.
    pub fn set_prices(
        e: &Env,
        updater: Address,
        prices: Vec<(Symbol, i128)>,
    ) -> Result<bool, OracleError> {
        if !may_tell(e, &updater)? {
            return Ok(false);
        }
        if prices.is_empty() {
            return Err(OracleError::NothingTold);
        }
        if prices.len() > PRICES_MAX {
            return Err(OracleError::TooManyPrices);
        }
        for (asset, price) in prices.iter() {
            tell(e, &updater, &asset, price)?;
        }
        Ok(true)
    }

    /// Tells what several sources quote for an asset, of which the median becomes its price, as
    /// [`Oracle::set_price`] does. The oracle's dearest call: its cost grows faster than the list.
    pub fn set_median(
        e: &Env,
        updater: Address,
        asset: Symbol,
        quotes: Vec<i128>,
    ) -> Result<bool, OracleError> {
        if !may_tell(e, &updater)? {
            return Ok(false);
        }
        let price = quotes::median(&quotes).ok_or(OracleError::NothingTold)?;
        tell(e, &updater, &asset, price)?;
        Ok(true)
    }

    /// Lets an address tell prices, or no longer. Authorised by the admin.
    pub fn set_updater(e: &Env, updater: Address, allowed: bool) -> Result<(), OracleError> {
        admin(e)?.require_auth();
        storage::set_updater(e, &updater, allowed);
        UpdaterChanged { updater, allowed }.publish(e);
        Ok(())
    }

    /// Hands the oracle over. Authorised by the admin, and by `admin`: an address that nobody holds
    /// cannot get it.
    pub fn set_admin(e: &Env, admin: Address) -> Result<(), OracleError> {
        let before = self::admin(e)?;
        if admin == before {
            return Err(OracleError::AdminKnown);
        }
        before.require_auth();
        admin.require_auth();
        storage::set_admin(e, &admin);
        AdminChanged { before, admin }.publish(e);
        Monitor::of(e).function(WATCHED).count("admin_changes");
        Ok(())
    }

    /// Takes no prices from now on. Authorised by the admin.
    pub fn pause(e: &Env) -> Result<(), OracleError> {
        set_paused(e, true)
    }

    /// Takes prices again. Authorised by the admin.
    pub fn unpause(e: &Env) -> Result<(), OracleError> {
        set_paused(e, false)
    }

    /// Runs other code from the next call on, which must be uploaded. Authorised by the admin.
    pub fn upgrade(e: &Env, wasm_hash: BytesN<32>) -> Result<(), OracleError> {
        let admin = admin(e)?;
        admin.require_auth();
        e.deployer().update_current_contract(ContractExecutable::Wasm(wasm_hash.clone()));
        CodeUpgraded { admin, wasm_hash }.publish(e);
        Monitor::of(e).function(WATCHED).count("upgrades");
        Ok(())
    }

    /// Links the oracle to a monitor and switches it on. Authorised by the admin.
    pub fn link_monitor(
        e: &Env,
        performance_monitor: Address,
        alerting: Option<Address>,
    ) -> Result<(), OracleError> {
        let admin = admin(e)?;
        admin.require_auth();
        switch::install(e, &performance_monitor, alerting);
        MonitoringChanged { admin, enabled: true }.publish(e);
        Ok(())
    }

    /// Switches monitoring on or off: the way out when the monitor itself is what fails.
    /// Authorised by the admin.
    pub fn switch_monitor(e: &Env, enabled: bool) -> Result<(), OracleError> {
        let admin = admin(e)?;
        admin.require_auth();
        if !switch::set_enabled(e, enabled) {
            return Err(OracleError::MonitorUnset);
        }
        MonitoringChanged { admin, enabled }.publish(e);
        Ok(())
    }

    /// What an asset is worth. Whoever uses it decides how old it may be.
    pub fn price(e: &Env, asset: Symbol) -> Result<Price, OracleError> {
        storage::price(e, &asset).ok_or(OracleError::AssetUnknown)
    }

    /// Who runs the oracle.
    pub fn admin(e: &Env) -> Result<Address, OracleError> {
        admin(e)
    }
}

fn admin(e: &Env) -> Result<Address, OracleError> {
    storage::admin(e).ok_or(OracleError::NotConstructed)
}

/// Whether a caller may tell prices, and an attempt on the record of one that may not.
fn may_tell(e: &Env, updater: &Address) -> Result<bool, OracleError> {
    updater.require_auth();
    if !storage::is_updater(e, updater) {
        CallerUnknown { caller: updater.clone() }.publish(e);
        Monitor::of(e).function(WATCHED).count("unknown_callers");
        return Ok(false);
    }
    if storage::is_paused(e) {
        return Err(OracleError::OraclePaused);
    }
    Ok(true)
}

fn tell(e: &Env, updater: &Address, asset: &Symbol, price: i128) -> Result<(), OracleError> {
    if price <= 0 {
        return Err(OracleError::PriceInvalid);
    }
    storage::set_price(e, asset, &Price { price, at_s: e.ledger().timestamp() });
    PriceUpdated { asset: asset.clone(), updater: updater.clone(), price }.publish(e);
    Monitor::of(e).subject_of("set_price", asset).gauge("price", UNIT, price);
    Ok(())
}

fn set_paused(e: &Env, paused: bool) -> Result<(), OracleError> {
    let admin = admin(e)?;
    admin.require_auth();
    if storage::is_paused(e) == paused {
        return Err(OracleError::PauseKnown);
    }
    storage::set_paused(e, paused);
    OraclePauseChanged { admin, paused }.publish(e);
    Monitor::of(e).function(WATCHED).count("pauses");
    Ok(())
}
