//! Events and values, rendered so that anything can show or store them.

use serde::Serialize;

use crate::xdr::{self, ContractEventBody, ContractEventType, ScVal};
use crate::{Address, MetaError};

/// A contract value in the ecosystem's JSON form of XDR (SEP-51): `{"symbol":"transfer"}`,
/// `{"i128":"10"}`. Everything in it was chosen by a stranger: escape before showing it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Value(pub serde_json::Value);

impl Value {
    pub(crate) fn from_xdr(value: &ScVal) -> Result<Self, MetaError> {
        serde_json::to_value(value)
            .map(Value)
            .map_err(|error| xdr::unsupported("contract value", error))
    }

    /// The text of a symbol, if it is one.
    #[must_use]
    pub fn symbol(&self) -> Option<&str> {
        self.0.get("symbol")?.as_str()
    }
}

/// What emitted an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The host itself, such as a change of a contract's code.
    System,
    /// A contract.
    Contract,
}

/// An event that the ledger keeps: emitted by a transaction that succeeded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContractEvent {
    /// Who emitted it.
    pub contract: Option<Address>,
    /// Contract or system.
    pub kind: EventKind,
    /// At most four, by protocol.
    pub topics: Vec<Value>,
    /// The payload.
    pub data: Value,
}

impl ContractEvent {
    /// `None` for a diagnostic event, which the ledger does not keep.
    pub(crate) fn from_xdr(event: &xdr::ContractEvent) -> Result<Option<Self>, MetaError> {
        let kind = match event.type_ {
            ContractEventType::System => EventKind::System,
            ContractEventType::Contract => EventKind::Contract,
            ContractEventType::Diagnostic => return Ok(None),
        };
        let ContractEventBody::V0(body) = &event.body;
        Ok(Some(ContractEvent {
            contract: event.contract_id.as_ref().map(|id| Address::from_contract_id(id.0.0)),
            kind,
            topics: body.topics.iter().map(Value::from_xdr).collect::<Result<_, _>>()?,
            data: Value::from_xdr(&body.data)?,
        }))
    }
}
