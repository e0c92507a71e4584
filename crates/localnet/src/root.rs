//! The root account: it holds everything at first, and its key follows from the passphrase.

use crate::accounts::new_account;
use crate::close::TOTAL_COINS_STROOPS;
use crate::codec::sha256;
use crate::keys::account_id;
use crate::xdr::AccountEntry;
use ed25519_dalek::SigningKey;

/// The root account's key. Known to everyone who knows the passphrase: never on a real network.
pub fn root_key(passphrase: &str) -> SigningKey {
    SigningKey::from_bytes(&sha256(passphrase.as_bytes()))
}

pub(crate) fn root_account(passphrase: &str) -> AccountEntry {
    let id = account_id(root_key(passphrase).verifying_key().to_bytes());
    new_account(id, TOTAL_COINS_STROOPS, 0)
}
