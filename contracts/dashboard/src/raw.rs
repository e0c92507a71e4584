//! Values as the host holds them.
//!
//! To convert a map of the host into a type and back takes up to a kilobyte of wasm for each type. So
//! what comes as a map is stored as the list of its values, in the order of their keys, which is also
//! half as long; and a list is shown as the map again.

use lumenscope_interfaces::dashboard::DashboardError;
pub use lumenscope_interfaces::raw::{Raw, list, pack};
use soroban_sdk::{Env, EnvBase, MapObject, TryFromVal, Val, Vec};

use crate::refusal::refuse;

/// An account, a contract that are not converted.
pub type Address = Raw<soroban_sdk::Address>;
/// An id, a hash that is not converted.
pub type BytesN<const N: usize> = Raw<soroban_sdk::BytesN<N>>;
/// A text that is not converted.
pub type String = Raw<soroban_sdk::String>;
/// A number that is not converted.
#[allow(non_camel_case_types)]
pub type u32 = Raw<core::primitive::u32>;
/// A number that is not converted.
#[allow(non_camel_case_types)]
pub type u64 = Raw<core::primitive::u64>;

/// As many fields as any map has.
const FIELDS_MAX: usize = 16;

/// The values of these fields, which are in order; void for those that the map leaves out.
#[inline(never)]
pub fn values(e: &Env, map: &Val, keys: &[&str]) -> Vec<Val> {
    let mut values = [Val::VOID.to_val(); FIELDS_MAX];
    let Ok(map) = MapObject::try_from(*map) else { refuse(e, DashboardError::ShapeInvalid) };
    let values = &mut values[..keys.len()];
    let Ok(_) = e.sparse_map_unpack_to_slice(map, keys, values);
    list(e, values)
}

/// The map of these fields, which are in order.
#[inline(never)]
pub fn map(e: &Env, keys: &[&str], list: &Vec<Val>) -> Val {
    let mut values = [Val::VOID.to_val(); FIELDS_MAX];
    let values = &mut values[..keys.len()];
    for (place, value) in (0..).zip(values.iter_mut()) {
        *value = list.get_unchecked(place);
    }
    pack(e, keys, values)
}

/// A value of a type, or the refusal of one that is of another.
pub fn typed<T: TryFromVal<Env, Val>>(e: &Env, value: &Val) -> T {
    T::try_from_val(e, value).unwrap_or_else(|_| refuse(e, DashboardError::ShapeInvalid))
}

/// The number of a value that is one of 32 bits.
pub fn number(value: Val) -> core::primitive::u32 {
    (value.get_payload() >> 32) as core::primitive::u32
}

/// The number in a list of values at a place where there is one of 32 bits.
pub fn number_at(list: &Vec<Val>, place: core::primitive::u32) -> core::primitive::u32 {
    number(list.get_unchecked(place))
}

/// The tags of values, as CAP-46 numbers them.
pub mod tag {
    /// False is 0 and true 1.
    pub const VOID: u8 = 2;
    pub const U32: u8 = 4;
    pub const SYMBOL_SMALL: u8 = 14;
    pub const BYTES: u8 = 72;
    pub const STRING: u8 = 73;
    pub const SYMBOL: u8 = 74;
    pub const LIST: u8 = 75;
    pub const MAP: u8 = 76;
    pub const ADDRESS: u8 = 77;
}

/// Of which type a value is.
pub fn tag(value: Val) -> u8 {
    value.get_payload() as u8
}
