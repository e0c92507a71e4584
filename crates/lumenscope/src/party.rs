//! Networks, accounts, contracts and hashes on the command line of what is signed and sealed.

use lumenscope_meta::{Address, Hash, Network};
use stellar_strkey::Strkey;

/// Networks that have a word: a passphrase is long, and one with a typing error is another network.
const NETWORKS: [(&str, &str); 4] = [
    ("public", "Public Global Stellar Network ; September 2015"),
    ("testnet", "Test SDF Network ; September 2015"),
    ("futurenet", "Test SDF Future Network ; October 2022"),
    ("localnet", lumenscope_localnet::STANDALONE_PASSPHRASE),
];

/// Reads a network: a word for it, its passphrase, or its id in hexadecimal; gives its id.
///
/// # Errors
/// For any other text. Every passphrase in use has a semicolon; what has none is a word.
pub fn network(text: &str) -> Result<Hash, String> {
    let known = NETWORKS.iter().find(|(word, _)| *word == text);
    let passphrase = known.map(|(_, passphrase)| *passphrase);
    match passphrase.or_else(|| text.contains(';').then_some(text)) {
        Some(passphrase) => Ok(Hash(Network::new(passphrase).id())),
        None => Hash::from_hex(text).ok_or_else(|| {
            let words: Vec<_> = NETWORKS.iter().map(|(word, _)| *word).collect();
            format!(
                "expected {}, a passphrase such as {:?}, or a network's id",
                words.join(", "),
                NETWORKS[1].1
            )
        }),
    }
}

/// Reads the address of an account or a contract.
///
/// # Errors
/// For any other text.
pub fn party(text: &str) -> Result<Address, String> {
    match Strkey::from_string(text) {
        Ok(Strkey::PublicKeyEd25519(key)) => Ok(Address::from_account_key(key.0)),
        Ok(Strkey::Contract(id)) => Ok(Address::from_contract_id(id.0)),
        _ => Err("expected the address of an account (G..) or a contract (C..)".to_owned()),
    }
}

/// Reads 32 bytes.
///
/// # Errors
/// For anything but 64 hexadecimal digits.
pub fn bytes32(text: &str) -> Result<Hash, String> {
    Hash::from_hex(text).ok_or_else(|| {
        format!("expected 64 hexadecimal digits, came {} characters", text.chars().count())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_named_by_word_passphrase_or_id_and_by_nothing_else() {
        let id = "cee0302d59844d32bdca915c8203dd44b33fbb7edc19051ea37abedf28ecd472";
        for text in ["testnet", "Test SDF Network ; September 2015", id] {
            assert_eq!(network(text).map(|id| id.to_string()).as_deref(), Ok(id), "{text}");
        }
        for text in ["", "test", "Testnet", "Test SDF Network", &id[1..]] {
            assert!(network(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_account_and_a_contract_are_parties() {
        for address in [Address::from_account_key([4; 32]), Address::from_contract_id([4; 32])] {
            assert_eq!(party(address.as_str()), Ok(address.clone()));
            let mistyped = address.as_str().to_lowercase();
            assert!(party(&mistyped).is_err());
        }
    }
}
