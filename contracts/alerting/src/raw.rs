//! Values as the host holds them.
//!
//! To convert a map of the host into a type and back takes up to a kilobyte of wasm for each type.
//! So what is only passed on stays what it is, and of what is read the fields are taken out as a
//! list of values, in the order of their keys.
//!
//! The functions of the SDK that this takes are those that its generated conversions call.

use lumenscope_interfaces::alerting::AlertingError;
pub use lumenscope_interfaces::raw::{Raw, list, pack, same};
use soroban_sdk::{Env, EnvBase, MapObject, TryFromVal, Val};

use crate::access::refuse;

/// Types that the contract's interface names, of values that are not converted.
macro_rules! raw {
    ($($name:ident = $type:ty),* $(,)?) => {
        $( #[allow(non_camel_case_types)] pub type $name = Raw<$type>; )*
    };
}
raw! {
    Address = soroban_sdk::Address,
    String = soroban_sdk::String,
    Symbol = soroban_sdk::Symbol,
    bool = core::primitive::bool,
    Severity = lumenscope_interfaces::alerting::Severity,
    i128 = core::primitive::i128,
    u32 = core::primitive::u32,
    u64 = core::primitive::u64,
}
pub type BytesN<const N: usize> = Raw<soroban_sdk::BytesN<N>>;

/// More fields than any type has that is unpacked.
pub const FIELDS_MAX: usize = 21;

/// The values of these fields, which are in order; void for those that the map leaves out, and
/// behind the last. One size for all, because each size is a function of its own.
#[inline(never)]
pub fn unpack(e: &Env, map: &Val, keys: &[&str]) -> [Val; FIELDS_MAX] {
    let mut values = [Val::VOID.into(); FIELDS_MAX];
    let Ok(map) = MapObject::try_from(*map) else { refuse(e, AlertingError::ShapeInvalid) };
    if let Some(values) = values.get_mut(..keys.len()) {
        let Ok(_) = e.sparse_map_unpack_to_slice(map, keys, values);
    }
    values
}

/// A value of a type, or the refusal of one that is of another.
pub fn typed<T: TryFromVal<Env, Val>>(e: &Env, value: &Val) -> T {
    T::try_from_val(e, value).unwrap_or_else(|_| refuse(e, AlertingError::ShapeInvalid))
}

/// The number of a value that is one of 32 bits.
pub fn number(value: &Val) -> core::primitive::u32 {
    (value.get_payload() >> 32) as core::primitive::u32
}

/// Whether a number is at least `least` and at most `most`.
pub fn is_within<T: PartialOrd>(value: T, least: T, most: T) -> core::primitive::bool {
    value >= least && value <= most
}
