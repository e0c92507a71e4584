//! `getLedgerEntries`: entries by their keys.

use super::RpcError;
use super::format::XdrFormat;
use super::params;
use crate::Localnet;
use crate::keys::is_temporary;
use crate::xdr::LedgerKey;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Keys in a request at most.
const MAX_KEYS: usize = 200;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Params {
    keys: Vec<String>,
    #[serde(default)]
    xdr_format: XdrFormat,
}

pub(super) fn answer(ledger: &Localnet, params: Value) -> Result<Value, RpcError> {
    let Params { keys, xdr_format } = params::read(params)?;
    if keys.len() > MAX_KEYS {
        return Err(RpcError::InvalidParams(format!(
            "key count ({}) exceeds maximum supported ({MAX_KEYS})",
            keys.len()
        )));
    }
    let mut entries = Vec::new();
    for (index, encoded) in keys.iter().enumerate() {
        let key: LedgerKey = params::xdr(&format!("keys[{index}]"), encoded)?;
        if matches!(key, LedgerKey::Ttl(_)) {
            return Err(RpcError::InvalidParams(
                "ledger ttl entries cannot be queried directly".into(),
            ));
        }
        let Some(stored) = ledger.entry(&key) else { continue };
        // An expired temporary entry is gone; an archived one can still be restored.
        if is_temporary(&key) && !stored.is_live_in(ledger.sequence()) {
            continue;
        }
        let mut entry = Map::new();
        match xdr_format {
            XdrFormat::Base64 => {
                entry.insert("key".into(), encoded.as_str().into());
                entry.insert("xdr".into(), xdr_format.write(&stored.entry.data)?);
            }
            XdrFormat::Json => {
                entry.insert("keyJson".into(), xdr_format.write(&key)?);
                entry.insert("dataJson".into(), xdr_format.write(&stored.entry.data)?);
            }
        }
        let modified = stored.entry.last_modified_ledger_seq;
        entry.insert("lastModifiedLedgerSeq".into(), modified.into());
        if let Some(ttl) = stored.ttl {
            entry.insert("liveUntilLedgerSeq".into(), ttl.live_until_ledger.into());
        }
        entries.push(Value::Object(entry));
    }
    Ok(json!({ "entries": entries, "latestLedger": ledger.sequence() }))
}
