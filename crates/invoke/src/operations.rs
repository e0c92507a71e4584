//! What a transaction can do.

use lumenscope_meta::{Address, Hash};

use crate::value::{ScVal, contract_sc_address, sc_address};
use crate::xdr::{
    self, AccountId, Asset, ContractExecutable, ContractIdPreimage, ContractIdPreimageFromAddress,
    CreateAccountOp, CreateContractArgsV2, ExtendFootprintTtlOp, ExtensionPoint, HashIdPreimage,
    HashIdPreimageContractId, HostFunction, InvokeContractArgs, InvokeHostFunctionOp, MuxedAccount,
    OperationBody, PaymentOp, PublicKey, RestoreFootprintOp, Uint256, VecM,
};
use crate::{InvokeError, ValueError};

/// One operation; a contract transaction has exactly one.
#[derive(Clone, Debug)]
pub enum Operation {
    /// Calls a function.
    Invoke {
        /// The contract.
        contract: Address,
        /// The function, a symbol.
        function: String,
        /// Its arguments in order; see [`args!`](crate::args).
        args: Vec<ScVal>,
    },
    /// Uploads code.
    Upload {
        /// The wasm.
        wasm: Vec<u8>,
    },
    /// Creates a contract from uploaded code, calling its constructor.
    Create {
        /// Whose contract it is: with the salt, this makes the address. Must authorise.
        deployer: Address,
        /// The code.
        wasm_hash: Hash,
        /// 32 bytes of the deployer's choice.
        salt: [u8; 32],
        /// The constructor's arguments; empty for none.
        args: Vec<ScVal>,
    },
    /// Creates the contract through which contracts hold and move XLM (SEP-41). Anyone may.
    CreateNativeAsset,
    /// Extends the time to live of what is in the given read-only footprint.
    ExtendTtl {
        /// `LedgerKey`s in base64.
        keys: Vec<String>,
        /// Ledgers from now to which it is extended.
        ledgers: u32,
    },
    /// Restores archived entries.
    Restore {
        /// `LedgerKey`s in base64.
        keys: Vec<String>,
    },
    /// Creates an account.
    CreateAccount {
        /// The new account.
        destination: Address,
        /// What it starts with, in stroops.
        starting_balance_stroops: i64,
    },
    /// Pays XLM.
    Pay {
        /// An existing account.
        destination: Address,
        /// In stroops.
        amount_stroops: i64,
    },
}

impl Operation {
    /// Whether it must be simulated.
    pub(crate) fn is_soroban(&self) -> bool {
        !matches!(self, Operation::CreateAccount { .. } | Operation::Pay { .. })
    }

    pub(crate) fn body(&self) -> Result<OperationBody, InvokeError> {
        Ok(match self {
            Operation::Invoke { contract, function, args } => {
                host_function(HostFunction::InvokeContract(InvokeContractArgs {
                    contract_address: contract_sc_address(contract)?,
                    function_name: crate::value::sc_symbol(function)?,
                    args: list("arguments", args.clone())?,
                }))
            }
            Operation::Upload { wasm } => host_function(HostFunction::UploadContractWasm(
                wasm.clone().try_into().map_err(|error| xdr::malformed("wasm", error))?,
            )),
            Operation::Create { deployer, wasm_hash, salt, args } => {
                host_function(HostFunction::CreateContractV2(CreateContractArgsV2 {
                    contract_id_preimage: id_preimage(deployer, *salt)?,
                    executable: ContractExecutable::Wasm(xdr::Hash(wasm_hash.0)),
                    constructor_args: list("arguments", args.clone())?,
                }))
            }
            Operation::CreateNativeAsset => {
                host_function(HostFunction::CreateContractV2(CreateContractArgsV2 {
                    contract_id_preimage: ContractIdPreimage::Asset(Asset::Native),
                    executable: ContractExecutable::StellarAsset,
                    constructor_args: VecM::default(),
                }))
            }
            Operation::ExtendTtl { ledgers, .. } => {
                OperationBody::ExtendFootprintTtl(ExtendFootprintTtlOp {
                    ext: ExtensionPoint::V0,
                    extend_to: *ledgers,
                })
            }
            Operation::Restore { .. } => {
                OperationBody::RestoreFootprint(RestoreFootprintOp { ext: ExtensionPoint::V0 })
            }
            Operation::CreateAccount { destination, starting_balance_stroops } => {
                OperationBody::CreateAccount(CreateAccountOp {
                    destination: AccountId(PublicKey::PublicKeyTypeEd25519(Uint256(account_key(
                        destination,
                    )?))),
                    starting_balance: *starting_balance_stroops,
                })
            }
            Operation::Pay { destination, amount_stroops } => OperationBody::Payment(PaymentOp {
                destination: MuxedAccount::Ed25519(Uint256(account_key(destination)?)),
                asset: Asset::Native,
                amount: *amount_stroops,
            }),
        })
    }
}

fn host_function(host_function: HostFunction) -> OperationBody {
    OperationBody::InvokeHostFunction(InvokeHostFunctionOp { host_function, auth: VecM::default() })
}

pub(crate) fn list<T, const MAX: u32>(
    what: &str,
    items: Vec<T>,
) -> Result<VecM<T, MAX>, InvokeError> {
    items.try_into().map_err(|error| xdr::malformed(what, error))
}

pub(crate) fn account_key(address: &Address) -> Result<[u8; 32], ValueError> {
    stellar_strkey::ed25519::PublicKey::from_string(address.as_str())
        .map(|key| key.0)
        .map_err(|_| ValueError::expected("an account address (G...)", address.as_str()))
}

fn id_preimage(deployer: &Address, salt: [u8; 32]) -> Result<ContractIdPreimage, InvokeError> {
    Ok(ContractIdPreimage::Address(ContractIdPreimageFromAddress {
        address: sc_address(deployer)?,
        salt: Uint256(salt),
    }))
}

/// The address that [`Operation::Create`] gives the contract.
///
/// # Errors
/// [`InvokeError::Value`] when the deployer is no address.
pub fn contract_address(
    network_id: [u8; 32],
    deployer: &Address,
    salt: [u8; 32],
) -> Result<Address, InvokeError> {
    address_of(network_id, id_preimage(deployer, salt)?)
}

/// The address that [`Operation::CreateNativeAsset`] gives the contract of XLM.
///
/// # Errors
/// [`InvokeError::Xdr`].
pub fn native_asset_address(network_id: [u8; 32]) -> Result<Address, InvokeError> {
    address_of(network_id, ContractIdPreimage::Asset(Asset::Native))
}

fn address_of(
    network_id: [u8; 32],
    contract_id_preimage: ContractIdPreimage,
) -> Result<Address, InvokeError> {
    let preimage = HashIdPreimage::ContractId(HashIdPreimageContractId {
        network_id: xdr::Hash(network_id),
        contract_id_preimage,
    });
    Ok(Address::from_contract_id(Hash::of(&xdr::encode(&preimage)?).0))
}
