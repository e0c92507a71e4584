//! What is deployed, and where.

use sha2::{Digest, Sha256};

/// The contracts of the suite, by package name, in the order in which they are created: each
/// after those its constructor names.
pub const CONTRACTS: [&str; 5] =
    ["performance-monitor", "analytics-storage", "alerting", "dashboard", "external-monitoring"];

/// The salt of a contract's address. `label` sets apart several suites of one deployer.
pub fn salt(label: &str, contract: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    // The length keeps ("ab", "c") apart from ("a", "bc").
    hash.update((label.len() as u64).to_be_bytes());
    hash.update(label.as_bytes());
    hash.update(contract.as_bytes());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_contracts_never_share_an_address() {
        let mut salts: Vec<_> =
            CONTRACTS.iter().flat_map(|name| [salt("", name), salt("two", name)]).collect();
        salts.push(salt("performance-", "monitor"));
        let count = salts.len();
        salts.sort_unstable();
        salts.dedup();
        assert_eq!(salts.len(), count);
    }
}
