//! From Rust values to contract values.

use lumenscope_meta::{Address, Hash};

use crate::ValueError;
use crate::xdr::{
    self, AccountId, ContractId, PublicKey, ScAddress, ScBytes, ScMap, ScMapEntry, ScString,
    ScSymbol, ScVal, ScVec, StringM, Uint256,
};

/// What can be passed to a contract. A Rust string becomes a contract `String`; for a `Symbol`
/// use [`symbol`].
pub trait ToVal {
    /// The contract value.
    ///
    /// # Errors
    /// [`ValueError`] when the protocol has no such value.
    fn to_val(&self) -> Result<ScVal, ValueError>;
}

macro_rules! infallible {
    ($($type:ty),*) => {$(
        impl ToVal for $type {
            fn to_val(&self) -> Result<ScVal, ValueError> {
                Ok(ScVal::from(*self))
            }
        }
    )*};
}

infallible!(bool, u32, i32, u64, i64, u128, i128, ());

impl<T: ToVal + ?Sized> ToVal for &T {
    fn to_val(&self) -> Result<ScVal, ValueError> {
        (**self).to_val()
    }
}

impl ToVal for ScVal {
    fn to_val(&self) -> Result<ScVal, ValueError> {
        Ok(self.clone())
    }
}

impl ToVal for str {
    fn to_val(&self) -> Result<ScVal, ValueError> {
        let text: StringM = self.try_into().map_err(|_| ValueError::TooLong("a string"))?;
        Ok(ScVal::String(ScString(text)))
    }
}

impl ToVal for String {
    fn to_val(&self) -> Result<ScVal, ValueError> {
        self.as_str().to_val()
    }
}

impl ToVal for Address {
    fn to_val(&self) -> Result<ScVal, ValueError> {
        Ok(ScVal::Address(sc_address(self)?))
    }
}

impl ToVal for Hash {
    fn to_val(&self) -> Result<ScVal, ValueError> {
        bytes(&self.0)
    }
}

impl<const N: usize> ToVal for [u8; N] {
    fn to_val(&self) -> Result<ScVal, ValueError> {
        bytes(self)
    }
}

impl<T: ToVal> ToVal for Option<T> {
    fn to_val(&self) -> Result<ScVal, ValueError> {
        self.as_ref().map_or(Ok(ScVal::Void), ToVal::to_val)
    }
}

impl<T: ToVal> ToVal for Vec<T> {
    fn to_val(&self) -> Result<ScVal, ValueError> {
        vector(self.iter().map(ToVal::to_val).collect::<Result<_, _>>()?)
    }
}

/// A contract `Bytes` or `BytesN`.
///
/// # Errors
/// [`ValueError::TooLong`].
pub fn bytes(bytes: &[u8]) -> Result<ScVal, ValueError> {
    let bytes = bytes.try_into().map_err(|_| ValueError::TooLong("a byte string"))?;
    Ok(ScVal::Bytes(ScBytes(bytes)))
}

/// A contract `Symbol`: at most 32 letters, digits and underscores.
///
/// # Errors
/// [`ValueError::Kind`] for any other text.
pub fn symbol(text: &str) -> Result<ScVal, ValueError> {
    Ok(ScVal::Symbol(sc_symbol(text)?))
}

/// A contract `Vec` of any values.
///
/// # Errors
/// [`ValueError::TooLong`].
pub fn vector(items: Vec<ScVal>) -> Result<ScVal, ValueError> {
    let items = items.try_into().map_err(|_| ValueError::TooLong("a vector"))?;
    Ok(ScVal::Vec(Some(ScVec(items))))
}

/// A contract struct with named fields, in any order.
///
/// # Errors
/// [`ValueError::Kind`] for a field name that is no symbol.
pub fn record(fields: &[(&str, ScVal)]) -> Result<ScVal, ValueError> {
    let mut entries = fields
        .iter()
        .map(|(name, val)| Ok(ScMapEntry { key: symbol(name)?, val: val.clone() }))
        .collect::<Result<Vec<_>, ValueError>>()?;
    // The host refuses a map whose keys are out of order.
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    let entries = entries.try_into().map_err(|_| ValueError::TooLong("a struct"))?;
    Ok(ScVal::Map(Some(ScMap(entries))))
}

/// A case of a contract enum whose cases have names.
///
/// # Errors
/// [`ValueError::Kind`] for a name that is no symbol.
pub fn variant(name: &str, values: Vec<ScVal>) -> Result<ScVal, ValueError> {
    let mut items = vec![symbol(name)?];
    items.extend(values);
    vector(items)
}

pub(crate) fn sc_symbol(text: &str) -> Result<ScSymbol, ValueError> {
    let expected = "a symbol (at most 32 of a-z A-Z 0-9 _)";
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !text.bytes().all(allowed) {
        return Err(ValueError::expected(expected, text));
    }
    text.try_into().map(ScSymbol).map_err(|_| ValueError::expected(expected, text))
}

pub(crate) fn sc_address(address: &Address) -> Result<ScAddress, ValueError> {
    if address.contract_id().is_some() {
        return contract_sc_address(address);
    }
    let key = crate::operations::account_key(address)?;
    Ok(ScAddress::Account(AccountId(PublicKey::PublicKeyTypeEd25519(Uint256(key)))))
}

pub(crate) fn contract_sc_address(address: &Address) -> Result<ScAddress, ValueError> {
    let id = address
        .contract_id()
        .ok_or_else(|| ValueError::expected("a contract address (C...)", address.as_str()))?;
    Ok(ScAddress::Contract(ContractId(xdr::Hash(id))))
}
