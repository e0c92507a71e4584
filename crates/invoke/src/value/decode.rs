//! From contract values to Rust values.

use std::collections::BTreeMap;

use lumenscope_meta::{Address, Hash};

use crate::ValueError;
use crate::xdr::{PublicKey, ScAddress, ScMap, ScVal};

/// What can be read from a contract value.
pub trait FromVal: Sized {
    /// Reads the value.
    ///
    /// # Errors
    /// [`ValueError::Kind`] for any other kind of value.
    fn from_val(value: &ScVal) -> Result<Self, ValueError>;
}

macro_rules! plain {
    ($($type:ty, $variant:ident, $expected:literal, $read:expr;)*) => {$(
        impl FromVal for $type {
            fn from_val(value: &ScVal) -> Result<Self, ValueError> {
                match value {
                    ScVal::$variant(value) => Ok($read(value)),
                    other => Err(ValueError::kind($expected, other)),
                }
            }
        }
    )*};
}

plain! {
    bool, Bool, "a Bool", bool::clone;
    u32, U32, "a U32", u32::clone;
    i32, I32, "an I32", i32::clone;
    u64, U64, "a U64", u64::clone;
    i64, I64, "an I64", i64::clone;
    u128, U128, "a U128", u128::from;
    i128, I128, "an I128", i128::from;
}

impl FromVal for ScVal {
    fn from_val(value: &ScVal) -> Result<Self, ValueError> {
        Ok(value.clone())
    }
}

impl FromVal for () {
    fn from_val(value: &ScVal) -> Result<Self, ValueError> {
        match value {
            ScVal::Void => Ok(()),
            other => Err(ValueError::kind("Void", other)),
        }
    }
}

/// Of a contract `String` or `Symbol`; what is not UTF-8 is escaped.
impl FromVal for String {
    fn from_val(value: &ScVal) -> Result<Self, ValueError> {
        match value {
            ScVal::String(text) => Ok(text.0.to_utf8_string_lossy()),
            ScVal::Symbol(text) => Ok(text.0.to_utf8_string_lossy()),
            other => Err(ValueError::kind("a String or Symbol", other)),
        }
    }
}

impl FromVal for Vec<u8> {
    fn from_val(value: &ScVal) -> Result<Self, ValueError> {
        match value {
            ScVal::Bytes(bytes) => Ok(bytes.0.to_vec()),
            other => Err(ValueError::kind("Bytes", other)),
        }
    }
}

impl<const N: usize> FromVal for [u8; N] {
    fn from_val(value: &ScVal) -> Result<Self, ValueError> {
        let bytes = Vec::<u8>::from_val(value)?;
        bytes.try_into().map_err(|_| ValueError::kind("Bytes of another length", value))
    }
}

impl FromVal for Hash {
    fn from_val(value: &ScVal) -> Result<Self, ValueError> {
        <[u8; 32]>::from_val(value).map(Hash)
    }
}

impl FromVal for Address {
    fn from_val(value: &ScVal) -> Result<Self, ValueError> {
        match value {
            ScVal::Address(ScAddress::Contract(id)) => Ok(Address::from_contract_id(id.0.0)),
            ScVal::Address(ScAddress::Account(id)) => {
                let PublicKey::PublicKeyTypeEd25519(key) = &id.0;
                Ok(Address::from_account_key(key.0))
            }
            other => Err(ValueError::kind("the Address of an account or contract", other)),
        }
    }
}

impl<T: FromVal> FromVal for Option<T> {
    fn from_val(value: &ScVal) -> Result<Self, ValueError> {
        match value {
            ScVal::Void => Ok(None),
            value => T::from_val(value).map(Some),
        }
    }
}

/// Wraps the items of a contract `Vec`, which is otherwise taken for bytes.
macro_rules! vectors {
    ($($type:ty),*) => {$(
        impl FromVal for Vec<$type> {
            fn from_val(value: &ScVal) -> Result<Self, ValueError> {
                items(value)?.iter().map(<$type>::from_val).collect()
            }
        }
    )*};
}

vectors!(bool, u32, i32, u64, i64, u128, i128, String, Address, Hash, ScVal, Record, Vec<u8>);

fn items(value: &ScVal) -> Result<&[ScVal], ValueError> {
    match value {
        ScVal::Vec(Some(items)) => Ok(&items.0),
        other => Err(ValueError::kind("a Vec", other)),
    }
}

/// A contract struct with named fields, or a contract map with symbols as keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    fields: BTreeMap<String, ScVal>,
}

impl Record {
    /// Reads a field.
    ///
    /// # Errors
    /// [`ValueError::MissingField`], or that it is of another kind.
    pub fn get<T: FromVal>(&self, name: &str) -> Result<T, ValueError> {
        match self.fields.get(name) {
            Some(value) => T::from_val(value),
            None => Err(ValueError::MissingField(name.to_owned())),
        }
    }

    /// The fields' names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().map(String::as_str)
    }
}

impl FromVal for Record {
    fn from_val(value: &ScVal) -> Result<Self, ValueError> {
        let ScVal::Map(Some(ScMap(entries))) = value else {
            return Err(ValueError::kind("a struct", value));
        };
        let fields = entries
            .iter()
            .map(|entry| Ok((String::from_val(&entry.key)?, entry.val.clone())))
            .collect::<Result<_, ValueError>>()?;
        Ok(Record { fields })
    }
}
