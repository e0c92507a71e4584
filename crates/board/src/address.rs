//! Addresses in a document: the strkey of a contract or an account.

use lumenscope_invoke::Address;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize as _, Serializer};
use stellar_strkey::Strkey;

pub fn serialize<S: Serializer>(
    address: &Option<Address>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    address.serialize(serializer)
}

pub fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Address>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    match Strkey::from_string(&text) {
        Ok(Strkey::PublicKeyEd25519(key)) => Ok(Some(Address::from_account_key(key.0))),
        Ok(Strkey::Contract(id)) => Ok(Some(Address::from_contract_id(id.0))),
        _ => Err(D::Error::custom(format!(
            "expected the address of a contract (C and 55 more characters) or of an account (G and \
             55 more), came {text:?}"
        ))),
    }
}
