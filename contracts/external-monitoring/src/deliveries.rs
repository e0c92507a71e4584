//! Delivery receipts: recorded once each, and what they say about their integration.

use lumenscope_interfaces::external_monitoring::{
    ATTEMPTS_MAX, ConnectionError, ConnectionKind, DeliveryOutcome, Integration, IntegrationHealth,
    RECEIPT_AGE_MAX_S, change,
};
use soroban_sdk::{Address, BytesN, Env, IntoVal};

use crate::access::{require, require_dispatcher, unknown};
use crate::events::{ConnectionChanged, DeliveryRecorded};
use crate::storage;

const KIND: ConnectionKind = ConnectionKind::Integration;
/// HTTP statuses have three digits; 0 stands for no answer.
const STATUS_MAX: u32 = 599;

pub fn record(
    e: &Env,
    dispatcher: Address,
    id: BytesN<32>,
    delivery: BytesN<32>,
    outcome: DeliveryOutcome,
    cursor: u64,
) -> bool {
    require_dispatcher(e, &dispatcher);
    let status = outcome.status == 0 || (100..=STATUS_MAX).contains(&outcome.status);
    let attempts = (1..=ATTEMPTS_MAX).contains(&outcome.attempts);
    let now_s = e.ledger().timestamp();
    let age_s = now_s.checked_sub(outcome.raised_s);
    let recent = age_s.is_some_and(|age_s| age_s <= RECEIPT_AGE_MAX_S);
    require(e, status && attempts && recent, ConnectionError::ReceiptInvalid);
    let Some(integration) = &storage::get::<Integration>(e, KIND, &id) else { unknown(e) };
    let Some(health) = &mut storage::get_state::<IntegrationHealth>(e, KIND, &id) else {
        unknown(e)
    };
    let receipt = storage::receipt(e, &id, &delivery);
    if storage::outcome(e, &receipt).is_some() {
        return false;
    }
    storage::save_outcome(e, &receipt, &outcome);
    health.last_status = outcome.status;
    if outcome.delivered {
        health.delivered += 1;
        health.failed_in_a_row = 0;
        health.last_delivered_s = now_s;
        if cursor != 0 {
            require(e, cursor >= health.cursor, ConnectionError::CursorBehind);
            health.cursor = cursor;
        }
    } else {
        health.failed += 1;
        health.failed_in_a_row += 1;
        health.last_failed_s = now_s;
    }
    let suspends = health.enabled && health.failed_in_a_row >= integration.delivery.suspend_after;
    health.enabled &= !suspends;
    storage::save_state(e, KIND, &id, (*health).into_val(e));
    let actor = dispatcher.clone();
    DeliveryRecorded { dispatcher, integration: id.clone(), delivery, outcome }.publish(e);
    if suspends {
        let (owner, kind, change) = (integration.owner.clone(), KIND, change::SUSPENDED);
        ConnectionChanged { owner, id, kind, actor, change }.publish(e);
    }
    true
}
