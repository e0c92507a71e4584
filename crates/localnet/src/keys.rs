//! Ledger keys and identifiers.

use crate::Fault;
use crate::codec::{encode, hash, sha256};
use crate::world::TimeToLive;
use crate::xdr::{
    AccountId, Asset, ContractDataDurability, ContractId, ContractIdPreimage, Hash, HashIdPreimage,
    HashIdPreimageContractId, LedgerEntry, LedgerEntryData, LedgerEntryExt, LedgerKey,
    LedgerKeyAccount, LedgerKeyContractCode, LedgerKeyContractData, MuxedAccount, PublicKey,
    ScAddress, ScVal, TtlEntry, Uint256,
};

/// The key of an account.
pub fn account_key(account: &AccountId) -> LedgerKey {
    LedgerKey::Account(LedgerKeyAccount { account_id: account.clone() })
}

/// The key of a contract's instance.
pub fn instance_key(contract: &ContractId) -> LedgerKey {
    LedgerKey::ContractData(LedgerKeyContractData {
        contract: ScAddress::Contract(contract.clone()),
        key: ScVal::LedgerKeyContractInstance,
        durability: ContractDataDurability::Persistent,
    })
}

/// The key of a wasm, by its hash.
pub fn code_key(wasm_hash: [u8; 32]) -> LedgerKey {
    LedgerKey::ContractCode(LedgerKeyContractCode { hash: Hash(wasm_hash) })
}

/// The account of an ed25519 public key.
pub fn account_id(public_key: [u8; 32]) -> AccountId {
    AccountId(PublicKey::PublicKeyTypeEd25519(Uint256(public_key)))
}

pub(crate) fn public_key(account: &AccountId) -> [u8; 32] {
    let PublicKey::PublicKeyTypeEd25519(key) = &account.0;
    key.0
}

pub(crate) fn unmuxed(account: &MuxedAccount) -> AccountId {
    account.clone().account_id()
}

/// The id of the contract that a deployer and preimage give on this network.
pub(crate) fn contract_id(
    network_id: [u8; 32],
    preimage: ContractIdPreimage,
) -> Result<ContractId, Fault> {
    let preimage = HashIdPreimage::ContractId(HashIdPreimageContractId {
        network_id: Hash(network_id),
        contract_id_preimage: preimage,
    });
    Ok(ContractId(Hash(hash(&preimage)?)))
}

/// The contract of the native asset: the one that `transfer` and `fee` events name.
pub(crate) fn native_contract(network_id: [u8; 32]) -> Result<ContractId, Fault> {
    contract_id(network_id, ContractIdPreimage::Asset(Asset::Native))
}

/// Contract data and code: what has a time to live.
pub(crate) fn is_soroban(key: &LedgerKey) -> bool {
    matches!(key, LedgerKey::ContractData(_) | LedgerKey::ContractCode(_))
}

pub(crate) fn is_temporary(key: &LedgerKey) -> bool {
    matches!(key, LedgerKey::ContractData(data)
        if data.durability == ContractDataDurability::Temporary)
}

/// The TTL entry that belongs to an entry.
pub(crate) fn ttl_entry(key: &LedgerKey, ttl: TimeToLive) -> Result<LedgerEntry, Fault> {
    Ok(LedgerEntry {
        last_modified_ledger_seq: ttl.last_modified_ledger,
        data: LedgerEntryData::Ttl(TtlEntry {
            key_hash: Hash(sha256(&encode(key)?)),
            live_until_ledger_seq: ttl.live_until_ledger,
        }),
        ext: LedgerEntryExt::V0,
    })
}
