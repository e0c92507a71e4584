//! What the node says about itself: health, network, version, latest ledger.

use super::RpcError;
use super::format::{base64, base64_bytes};
use super::paging::Kept;
use crate::Localnet;
use serde_json::{Value, json};

pub(super) fn health(ledger: &Localnet) -> Result<Value, RpcError> {
    let kept = Kept::of(ledger)?;
    Ok(json!({
        "status": "healthy",
        "latestLedger": kept.latest,
        "latestLedgerCloseTime": kept.latest_close_s.to_string(),
        "oldestLedger": kept.oldest,
        "oldestLedgerCloseTime": kept.oldest_close_s.to_string(),
        "ledgerRetentionWindow": ledger.history().retention_ledgers(),
    }))
}

pub(super) fn network(ledger: &Localnet, friendbot_url: &str) -> Value {
    json!({
        "friendbotUrl": friendbot_url,
        "passphrase": ledger.passphrase(),
        "protocolVersion": ledger.protocol(),
    })
}

pub(super) fn version_info(ledger: &Localnet) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    json!({
        "version": format!("lumenscope-localnet {version}"),
        // Clients require these strings; a development build has no commit or time of its own.
        "commitHash": "",
        "buildTimestamp": "",
        "captiveCoreVersion": format!("none: lumenscope-localnet {version}"),
        "protocolVersion": ledger.protocol(),
    })
}

pub(super) fn latest_ledger(ledger: &Localnet) -> Result<Value, RpcError> {
    let latest = ledger.history().latest();
    let latest = latest.ok_or_else(|| RpcError::Internal("no ledger has closed yet".into()))?;
    Ok(json!({
        "id": hex::encode(latest.hash),
        "protocolVersion": ledger.protocol(),
        "sequence": latest.sequence,
        "closeTime": latest.close_time_s.to_string(),
        "headerXdr": base64(&latest.header)?,
        "metadataXdr": base64_bytes(&latest.meta),
    }))
}
