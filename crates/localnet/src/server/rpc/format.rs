//! XDR in answers: base64, or JSON where the client asks for it.

use super::RpcError;
use crate::xdr::{Limits, WriteXdr};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How XDR is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum XdrFormat {
    #[default]
    #[serde(alias = "")]
    Base64,
    Json,
}

impl XdrFormat {
    /// Adds `name` to an answer: `nameXdr` or `nameJson`.
    pub fn add(
        self,
        answer: &mut Map<String, Value>,
        name: &str,
        value: &(impl WriteXdr + Serialize),
    ) -> Result<(), RpcError> {
        answer.insert(self.named(name), self.write(value)?);
        Ok(())
    }

    pub fn write(self, value: &(impl WriteXdr + Serialize)) -> Result<Value, RpcError> {
        match self {
            XdrFormat::Base64 => Ok(Value::String(base64(value)?)),
            XdrFormat::Json => Ok(serde_json::to_value(value)?),
        }
    }

    pub fn write_all<'a, T: WriteXdr + Serialize + 'a>(
        self,
        values: impl IntoIterator<Item = &'a T>,
    ) -> Result<Value, RpcError> {
        let values = values.into_iter().map(|value| self.write(value));
        Ok(Value::Array(values.collect::<Result<_, _>>()?))
    }

    pub fn named(self, name: &str) -> String {
        match self {
            XdrFormat::Base64 => format!("{name}Xdr"),
            XdrFormat::Json => format!("{name}Json"),
        }
    }
}

pub(super) fn base64(value: &impl WriteXdr) -> Result<String, RpcError> {
    Ok(value.to_xdr_base64(Limits::none())?)
}

pub(super) fn base64_bytes(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
