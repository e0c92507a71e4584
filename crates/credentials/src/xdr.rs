//! The XDR of a vector of values: unambiguous, and what a contract makes of the same values.

use lumenscope_meta::Address;
use stellar_strkey::Strkey;
use stellar_xdr_30::{
    AccountId, ContractId, Hash, Limits, PublicKey, ScAddress, ScBytes, ScString, ScSymbol, ScVal,
    ScVec, Uint256, VecM, WriteXdr,
};

use crate::EncodeError;

/// More than the longest vector here.
const BYTES_MAX: usize = 4_096;
/// A vector in a value, and values in the vector.
const DEPTH_MAX: u32 = 16;

pub(crate) fn vector(values: Vec<ScVal>) -> Result<Vec<u8>, EncodeError> {
    let values: VecM<ScVal> = values.try_into().map_err(|error| unfit("a short vector", error))?;
    let limits = Limits { depth: DEPTH_MAX, len: BYTES_MAX };
    let vector = ScVal::Vec(Some(ScVec(values)));
    vector.to_xdr(limits).map_err(|error| unfit("values of a few kilobytes", error))
}

pub(crate) fn symbol(name: &str) -> Result<ScVal, EncodeError> {
    let name = name.try_into().map_err(|error| unfit("a symbol of 32 bytes at most", error))?;
    Ok(ScVal::Symbol(ScSymbol(name)))
}

pub(crate) fn bytes(bytes: &[u8]) -> Result<ScVal, EncodeError> {
    let bytes = bytes.to_vec().try_into().map_err(|error| unfit("bytes", error))?;
    Ok(ScVal::Bytes(ScBytes(bytes)))
}

pub(crate) fn string(text: &str) -> Result<ScVal, EncodeError> {
    let text = text.try_into().map_err(|error| unfit("a string", error))?;
    Ok(ScVal::String(ScString(text)))
}

pub(crate) fn address(address: &Address) -> Result<ScVal, EncodeError> {
    match Strkey::from_string(address.as_str()) {
        Ok(Strkey::PublicKeyEd25519(key)) => {
            let key = PublicKey::PublicKeyTypeEd25519(Uint256(key.0));
            Ok(ScVal::Address(ScAddress::Account(AccountId(key))))
        }
        Ok(Strkey::Contract(id)) => Ok(ScVal::Address(ScAddress::Contract(ContractId(Hash(id.0))))),
        _ => Err(EncodeError {
            expected: "the address of an account or a contract",
            reason: format!("came {address}"),
        }),
    }
}

fn unfit(expected: &'static str, error: impl ToString) -> EncodeError {
    EncodeError { expected, reason: error.to_string() }
}
