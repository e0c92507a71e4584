//! Function names are chosen by strangers: anybody can call a contract with any name, and every
//! distinct name is a series.

use std::collections::{BTreeSet, HashMap};

use lumenscope_meta::Address;

/// What calls of names beyond the bound are counted under.
pub const UNKNOWN_FUNCTION: &str = "_unknown";

/// Distinct names that are kept for a contract whose spec is not known. The largest contracts on
/// mainnet have fewer than a hundred functions.
pub const NAMES_PER_CONTRACT_MAX: usize = 128;

/// Contracts without a spec for which names are kept apart. Only watching a whole network meets
/// more.
const CONTRACTS_MAX: usize = 10_000;

/// Names that the host itself calls.
const HOST_FUNCTIONS: [&str; 2] = ["__constructor", "__check_auth"];

/// Decides under which name a call is counted.
#[derive(Clone, Debug, Default)]
pub struct FunctionNames {
    specs: HashMap<Address, BTreeSet<String>>,
    seen: HashMap<Address, BTreeSet<String>>,
}

impl FunctionNames {
    /// From now on, only names of the contract's spec are kept for it.
    pub fn set_spec(&mut self, contract: Address, functions: BTreeSet<String>) {
        self.specs.insert(contract, functions);
    }

    /// The name under which a call is counted.
    pub fn canonical(&mut self, contract: Option<&Address>, function: &str) -> String {
        if function.starts_with('@') || HOST_FUNCTIONS.contains(&function) {
            return function.to_owned();
        }
        let Some(contract) = contract else {
            return UNKNOWN_FUNCTION.to_owned();
        };
        let known = match self.specs.get(contract) {
            Some(functions) => functions.contains(function),
            None => self.remember(contract, function),
        };
        if known { function.to_owned() } else { UNKNOWN_FUNCTION.to_owned() }
    }

    fn remember(&mut self, contract: &Address, function: &str) -> bool {
        if !self.seen.contains_key(contract) {
            if self.seen.len() >= CONTRACTS_MAX {
                return false;
            }
            self.seen.insert(contract.clone(), BTreeSet::new());
        }
        let Some(names) = self.seen.get_mut(contract) else {
            return false;
        };
        if names.contains(function) {
            return true;
        }
        names.len() < NAMES_PER_CONTRACT_MAX && names.insert(function.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract(id: u8) -> Address {
        Address::from_contract_id([id; 32])
    }

    #[test]
    fn with_a_spec_only_its_functions_have_a_name() {
        let mut names = FunctionNames::default();
        names.set_spec(contract(1), ["deposit".to_owned()].into());
        assert_eq!(names.canonical(Some(&contract(1)), "deposit"), "deposit");
        assert_eq!(names.canonical(Some(&contract(1)), "deposit2"), UNKNOWN_FUNCTION);
        assert_eq!(names.canonical(Some(&contract(1)), "__check_auth"), "__check_auth");
        assert_eq!(names.canonical(None, "@upload_wasm"), "@upload_wasm");
    }

    #[test]
    fn without_a_spec_a_stranger_can_add_only_so_many_names() {
        let mut names = FunctionNames::default();
        let mut distinct = BTreeSet::new();
        for call in 0..10_000 {
            distinct.insert(names.canonical(Some(&contract(1)), &format!("f{call}")));
        }
        assert_eq!(distinct.len(), NAMES_PER_CONTRACT_MAX + 1);
        assert_eq!(names.canonical(Some(&contract(1)), "f0"), "f0", "first come, kept");
        assert_eq!(names.canonical(Some(&contract(2)), "f9999"), "f9999", "each contract its own");
    }
}
