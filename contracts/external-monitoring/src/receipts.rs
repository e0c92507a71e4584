//! Delivery receipts: recorded once each, and what they say about their webhook.

use lumenscope_interfaces::external_monitoring::{
    ATTEMPTS_MAX, ConnectionChange, ConnectionError, ConnectionKind, DeliveryReceipt,
    RECEIPT_AGE_MAX_S, Webhook,
};
use soroban_sdk::{Address, Env};

use crate::access::{require, require_dispatcher};
use crate::events::{ConnectionChanged, DeliveryRecorded};
use crate::storage;

/// HTTP statuses have three digits; 0 stands for no answer.
const STATUS_MAX: u32 = 599;

pub fn record(e: &Env, dispatcher: Address, receipt: DeliveryReceipt) -> bool {
    require_dispatcher(e, &dispatcher);
    let status = receipt.status == 0 || (100..=STATUS_MAX).contains(&receipt.status);
    let attempts = (1..=ATTEMPTS_MAX).contains(&receipt.attempts);
    require(e, status && attempts, ConnectionError::ReceiptInvalid);
    let now_s = e.ledger().timestamp();
    let age_s = now_s.checked_sub(receipt.raised_s);
    let recent = age_s.is_some_and(|age_s| age_s <= RECEIPT_AGE_MAX_S);
    require(e, recent, ConnectionError::ReceiptTimeInvalid);
    let webhook = storage::load::<Webhook>(e, &receipt.webhook);
    if storage::receipt(e, &receipt.webhook, &receipt.delivery).is_some() {
        return false;
    }
    storage::save_receipt(e, &receipt);
    let mut health = storage::load_health::<Webhook>(e, &receipt.webhook);
    health.last_status = receipt.status;
    if receipt.delivered {
        health.delivered += 1;
        health.failed_in_a_row = 0;
        health.last_delivered_s = now_s;
    } else {
        health.failed += 1;
        health.failed_in_a_row += 1;
        health.last_failed_s = now_s;
    }
    let suspends = health.enabled && health.failed_in_a_row >= webhook.spec.suspend_after;
    if suspends {
        health.enabled = false;
    }
    storage::save_health::<Webhook>(e, &receipt.webhook, &health);
    DeliveryRecorded {
        dispatcher: dispatcher.clone(),
        webhook: receipt.webhook,
        delivery: receipt.delivery,
        delivered: receipt.delivered,
        status: receipt.status,
        attempts: receipt.attempts,
    }
    .publish(e);
    if suspends {
        ConnectionChanged {
            owner: webhook.owner,
            id: webhook.id,
            kind: ConnectionKind::Webhook,
            actor: dispatcher,
            change: ConnectionChange::Suspended,
        }
        .publish(e);
    }
    true
}
