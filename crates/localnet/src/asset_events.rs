//! Events that the native asset's contract is said to emit: fees and classic transfers.

use crate::Fault;
use crate::xdr::{
    AccountId, ContractEvent, ContractEventBody, ContractEventType, ContractEventV0, ContractId,
    ExtensionPoint, ScAddress, ScString, ScSymbol, ScVal,
};

/// A classic payment or account creation.
pub(crate) fn transfer_event(
    native_contract: &ContractId,
    from: &AccountId,
    to: &AccountId,
    amount_stroops: i64,
) -> Result<ContractEvent, Fault> {
    let native = ScVal::String(ScString("native".try_into()?));
    let topics = vec![symbol("transfer")?, address(from), address(to), native];
    event(native_contract, topics, amount_stroops)
}

/// A fee that was charged, or, when negative, refunded.
pub(crate) fn fee_event(
    native_contract: &ContractId,
    payer: &AccountId,
    amount_stroops: i64,
) -> Result<ContractEvent, Fault> {
    event(native_contract, vec![symbol("fee")?, address(payer)], amount_stroops)
}

fn event(
    native_contract: &ContractId,
    topics: Vec<ScVal>,
    amount_stroops: i64,
) -> Result<ContractEvent, Fault> {
    Ok(ContractEvent {
        ext: ExtensionPoint::V0,
        contract_id: Some(native_contract.clone()),
        type_: ContractEventType::Contract,
        body: ContractEventBody::V0(ContractEventV0 {
            topics: topics.try_into()?,
            data: ScVal::from(i128::from(amount_stroops)),
        }),
    })
}

fn symbol(text: &str) -> Result<ScVal, Fault> {
    Ok(ScVal::Symbol(ScSymbol(text.try_into()?)))
}

fn address(account: &AccountId) -> ScVal {
    ScVal::Address(ScAddress::Account(account.clone()))
}
