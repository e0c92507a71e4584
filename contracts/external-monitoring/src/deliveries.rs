//! Delivery receipts: recorded once each, and what they say about their integration.

use lumenscope_interfaces::external_monitoring::{
    ATTEMPTS_MAX, ConnectionError, ConnectionKind, RECEIPT_AGE_MAX_S, change,
};
use soroban_sdk::{Address, BytesN, Env, IntoVal, Val};

use crate::access::{require, require_dispatcher};
use crate::events::{delivery_recorded, tell};
use crate::integrations::suspend_after;
use crate::raw::{number, pack, typed, unpack, value};
use crate::storage::{self, STATE};

const KIND: ConnectionKind = ConnectionKind::Integration;
/// HTTP statuses have three digits; 0 stands for no answer.
const STATUSES: (u32, u32) = (100, 599);

/// The fields of a `DeliveryOutcome`.
pub const OUTCOME_KEYS: [&str; 4] = ["attempts", "delivered", "raised_s", "status"];

/// The fields of an `IntegrationHealth`.
pub const HEALTH_KEYS: [&str; 8] = [
    "cursor",
    "delivered",
    "enabled",
    "failed",
    "failed_in_a_row",
    "last_delivered_s",
    "last_failed_s",
    "last_status",
];
/// The places of fields in the order of their names.
pub mod health {
    use soroban_sdk::{Env, IntoVal, Val};

    use crate::raw::value;

    pub const CURSOR: usize = 0;
    pub const DELIVERED: usize = 1;
    pub const ENABLED: usize = 2;
    pub const FAILED: usize = 3;
    pub const FAILED_IN_A_ROW: usize = 4;
    pub const LAST_DELIVERED_S: usize = 5;
    pub const LAST_FAILED_S: usize = 6;
    pub const LAST_STATUS: usize = 7;

    /// That of an integration that has not been told anything.
    pub fn unused(e: &Env) -> [Val; 8] {
        let none = 0_u64.into_val(e);
        [none, none, true.into(), none, value(0), none, none, value(0)]
    }
}
use health::{
    CURSOR, DELIVERED, ENABLED, FAILED, FAILED_IN_A_ROW, LAST_DELIVERED_S, LAST_FAILED_S,
    LAST_STATUS,
};

pub fn record(e: &Env, dispatcher: Val, id: Val, delivery: Val, outcome: Val, cursor: u64) -> bool {
    let invalid = ConnectionError::ReceiptInvalid;
    let account: Address = typed(e, dispatcher);
    require_dispatcher(e, &account);
    let _: BytesN<32> = typed(e, delivery);
    let outcome = unpack(e, outcome, &OUTCOME_KEYS, invalid);
    let [attempts, delivered, raised_s, status, ..] = outcome;
    number(e, attempts, (1, ATTEMPTS_MAX), invalid);
    if typed::<u32>(e, status) != 0 {
        number(e, status, STATUSES, invalid);
    }
    let (delivered, raised_s): (bool, u64) = (typed(e, delivered), typed(e, raised_s));
    let (suspend_after, owner) = suspend_after(e, id);
    let fields = &mut storage::load(e, STATE, KIND, id, &HEALTH_KEYS);
    let receipt = storage::receipt(e, id, delivery);
    if !storage::outcome(e, &receipt).is_void() {
        return false;
    }
    let now_s = e.ledger().timestamp();
    let age_s = now_s.checked_sub(raised_s);
    require(e, age_s.is_some_and(|age_s| age_s <= RECEIPT_AGE_MAX_S), invalid);
    let outcome = pack(e, &OUTCOME_KEYS, &outcome);
    storage::save_outcome(e, &receipt, outcome);
    fields[LAST_STATUS] = status;
    let mut failed = 0;
    let (counter, last) = if delivered {
        if cursor != 0 {
            let forward = cursor >= typed(e, fields[CURSOR]);
            require(e, forward, ConnectionError::CursorBehind);
            fields[CURSOR] = cursor.into_val(e);
        }
        (DELIVERED, LAST_DELIVERED_S)
    } else {
        failed = typed::<u32>(e, fields[FAILED_IN_A_ROW]) + 1;
        (FAILED, LAST_FAILED_S)
    };
    fields[FAILED_IN_A_ROW] = value(failed);
    let count: u64 = typed(e, fields[counter]);
    fields[counter] = (count + 1).into_val(e);
    fields[last] = now_s.into_val(e);
    let suspends = fields[ENABLED].is_true() && failed >= suspend_after;
    if suspends {
        fields[ENABLED] = false.into();
    }
    storage::save(e, STATE, KIND, id, &HEALTH_KEYS, fields);
    delivery_recorded(e, dispatcher, id, delivery, outcome);
    if suspends {
        tell(e, owner, KIND, id, dispatcher, change::SUSPENDED);
    }
    true
}
