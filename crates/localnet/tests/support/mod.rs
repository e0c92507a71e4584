//! A ledger with a contract on it.
#![allow(dead_code)]

use lumenscope_localnet::xdr::{
    AccountId, ContractDataDurability, ContractId, HostFunction, LedgerKey, LedgerKeyContractData,
    ScAddress, ScBytes, ScSymbol, ScVal,
};
use lumenscope_localnet::{Localnet, Options, account_id, contract_call};

pub const PROBE: &str = include_str!("probe.wat");
pub const XLM: i64 = 10_000_000;

pub fn probe_wasm() -> Vec<u8> {
    wat::parse_str(PROBE).unwrap()
}

pub struct Bench {
    pub ledger: Localnet,
    pub alice: AccountId,
    pub probe: ContractId,
}

impl Bench {
    pub fn new() -> Self {
        Self::with(&Options::mainnet().unwrap())
    }

    pub fn with(options: &Options) -> Self {
        let mut ledger = Localnet::new(options).unwrap();
        let alice = account_id([7; 32]);
        ledger.fund(&alice, 100_000 * XLM).unwrap();
        let hash = ledger.upload_wasm(&alice, &probe_wasm()).unwrap();
        let probe = ledger.create_contract(&alice, hash, [0; 32], vec![]).unwrap();
        Self { ledger, alice, probe }
    }

    pub fn call(&self, function: &str, args: Vec<ScVal>) -> HostFunction {
        contract_call(&self.probe, function, args).unwrap()
    }

    pub fn key(&self, key: ScVal, durability: ContractDataDurability) -> LedgerKey {
        let contract = ScAddress::Contract(self.probe.clone());
        LedgerKey::ContractData(LedgerKeyContractData { contract, key, durability })
    }

    pub fn persistent(&self, key: ScVal) -> LedgerKey {
        self.key(key, ContractDataDurability::Persistent)
    }
}

pub fn symbol(text: &str) -> ScVal {
    ScVal::Symbol(ScSymbol(text.try_into().unwrap()))
}

pub fn bytes(length: usize) -> ScVal {
    ScVal::Bytes(ScBytes(vec![7; length].try_into().unwrap()))
}
