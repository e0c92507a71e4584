//! What an operation does and how it ended, by name.

use serde::Serialize;

use crate::xdr::{
    self, ContractIdPreimage, CreateContractArgs, CreateContractArgsV2, HashIdPreimage,
    HashIdPreimageContractId, HostFunction, OperationBody, OperationResult, OperationResultTr,
    ScAddress,
};
use crate::{Address, Hash, MetaError};

/// One operation of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Operation {
    /// Its kind, as the protocol names it: `Payment`, `InvokeHostFunction`...
    pub kind: &'static str,
    /// Its result, as the protocol names it: `Success`, `Trapped`...; `None` when the transaction
    /// failed before its operations were applied.
    pub result: Option<&'static str>,
    /// What it does, when it is a Soroban operation.
    pub action: Option<Action>,
}

/// What a Soroban operation does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// Calls a function of a contract.
    Invoke {
        /// The contract; `None` if the address is not a contract's, which the host refuses.
        contract: Option<Address>,
        /// The function, escaped to printable ASCII. Chosen by a stranger.
        function: String,
    },
    /// Creates a contract, running its constructor if it has one.
    CreateContract {
        /// The address it gets.
        contract: Address,
    },
    /// Uploads code.
    UploadWasm {
        /// The code's hash.
        hash: Hash,
        /// The code's size.
        bytes: u32,
    },
    /// Extends the time to live of the read-only footprint.
    ExtendTtl,
    /// Restores the archived entries of the read-write footprint.
    Restore,
}

impl Action {
    /// The contract that a call of this kind is attributed to.
    #[must_use]
    pub fn contract(&self) -> Option<&Address> {
        match self {
            Action::Invoke { contract, .. } => contract.as_ref(),
            Action::CreateContract { contract } => Some(contract),
            Action::UploadWasm { .. } | Action::ExtendTtl | Action::Restore => None,
        }
    }

    /// The function's name, or a name that no function can have.
    #[must_use]
    pub fn function(&self) -> &str {
        match self {
            Action::Invoke { function, .. } => function,
            Action::CreateContract { .. } => "@create_contract",
            Action::UploadWasm { .. } => "@upload_wasm",
            Action::ExtendTtl => "@extend_ttl",
            Action::Restore => "@restore",
        }
    }

    pub(crate) fn from_xdr(
        body: &OperationBody,
        network_id: [u8; 32],
    ) -> Result<Option<Self>, MetaError> {
        let invoke = match body {
            OperationBody::InvokeHostFunction(invoke) => invoke,
            OperationBody::ExtendFootprintTtl(_) => return Ok(Some(Action::ExtendTtl)),
            OperationBody::RestoreFootprint(_) => return Ok(Some(Action::Restore)),
            _ => return Ok(None),
        };
        Ok(Some(match &invoke.host_function {
            HostFunction::InvokeContract(call) => Action::Invoke {
                contract: match &call.contract_address {
                    ScAddress::Contract(id) => Some(Address::from_contract_id(id.0.0)),
                    _ => None,
                },
                function: call.function_name.to_string(),
            },
            HostFunction::CreateContract(CreateContractArgs { contract_id_preimage, .. })
            | HostFunction::CreateContractV2(CreateContractArgsV2 {
                contract_id_preimage, ..
            }) => {
                let contract = created_contract(contract_id_preimage, network_id)?;
                Action::CreateContract { contract }
            }
            HostFunction::UploadContractWasm(code) => Action::UploadWasm {
                hash: Hash::of(code.as_slice()),
                bytes: u32::try_from(code.len()).unwrap_or(u32::MAX),
            },
        }))
    }
}

fn created_contract(
    preimage: &ContractIdPreimage,
    network_id: [u8; 32],
) -> Result<Address, MetaError> {
    let preimage = HashIdPreimage::ContractId(HashIdPreimageContractId {
        network_id: xdr::Hash(network_id),
        contract_id_preimage: preimage.clone(),
    });
    Ok(Address::from_contract_id(Hash::of(&xdr::write("HashIdPreimage", &preimage)?).0))
}

pub(crate) fn result_name(result: &OperationResult) -> &'static str {
    let OperationResult::OpInner(inner) = result else {
        return result.name();
    };
    match inner {
        OperationResultTr::CreateAccount(result) => result.name(),
        OperationResultTr::Payment(result) => result.name(),
        OperationResultTr::PathPaymentStrictReceive(result) => result.name(),
        OperationResultTr::ManageSellOffer(result) => result.name(),
        OperationResultTr::CreatePassiveSellOffer(result) => result.name(),
        OperationResultTr::SetOptions(result) => result.name(),
        OperationResultTr::ChangeTrust(result) => result.name(),
        OperationResultTr::AllowTrust(result) => result.name(),
        OperationResultTr::AccountMerge(result) => result.name(),
        OperationResultTr::Inflation(result) => result.name(),
        OperationResultTr::ManageData(result) => result.name(),
        OperationResultTr::BumpSequence(result) => result.name(),
        OperationResultTr::ManageBuyOffer(result) => result.name(),
        OperationResultTr::PathPaymentStrictSend(result) => result.name(),
        OperationResultTr::CreateClaimableBalance(result) => result.name(),
        OperationResultTr::ClaimClaimableBalance(result) => result.name(),
        OperationResultTr::BeginSponsoringFutureReserves(result) => result.name(),
        OperationResultTr::EndSponsoringFutureReserves(result) => result.name(),
        OperationResultTr::RevokeSponsorship(result) => result.name(),
        OperationResultTr::Clawback(result) => result.name(),
        OperationResultTr::ClawbackClaimableBalance(result) => result.name(),
        OperationResultTr::SetTrustLineFlags(result) => result.name(),
        OperationResultTr::LiquidityPoolDeposit(result) => result.name(),
        OperationResultTr::LiquidityPoolWithdraw(result) => result.name(),
        OperationResultTr::InvokeHostFunction(result) => result.name(),
        OperationResultTr::ExtendFootprintTtl(result) => result.name(),
        OperationResultTr::RestoreFootprint(result) => result.name(),
    }
}
