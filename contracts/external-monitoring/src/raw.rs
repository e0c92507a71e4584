//! Values as the host holds them.
//!
//! To convert a map of the host into a type and back takes up to a kilobyte of wasm for each type.
//! So what is only passed on stays what it is, and of what is read the fields are taken out as a
//! list of values, in the order of their keys.
//!
//! The functions of the SDK that this takes are those that its generated conversions call.

use lumenscope_interfaces::external_monitoring::ConnectionError;
pub use lumenscope_interfaces::raw::{Raw, list, same};
use soroban_sdk::{Env, EnvBase, MapObject, TryFromVal, Val};

use crate::access::{refuse, require};

/// Types that the contract's interface names, of values that are not converted.
macro_rules! raw {
    ($($name:ident = $type:ty),* $(,)?) => {
        $( #[allow(non_camel_case_types)] pub type $name = Raw<$type>; )*
    };
}
raw! {
    Address = soroban_sdk::Address,
    Bytes = soroban_sdk::Bytes,
    String = soroban_sdk::String,
    Symbol = soroban_sdk::Symbol,
    u32 = core::primitive::u32,
    u64 = core::primitive::u64,
}
pub type BytesN<const N: usize> = Raw<soroban_sdk::BytesN<N>>;
pub type Map<K, V> = Raw<soroban_sdk::Map<K, V>>;

/// As many fields as the largest type has.
pub const FIELDS_MAX: usize = 13;

/// The fields of something, in the order of their names.
pub type Fields = [Val; FIELDS_MAX];

/// The values of these fields, which are in order; void for those that the map leaves out, and
/// behind the last. One size for all, because each size is a function of its own. What is no map is
/// refused with `error`.
#[inline(never)]
pub fn unpack(e: &Env, map: Val, keys: &[&str], error: ConnectionError) -> Fields {
    let mut values = [Val::VOID.into(); FIELDS_MAX];
    let Ok(map) = MapObject::try_from(map) else { refuse(e, error) };
    if let Some(values) = values.get_mut(..keys.len()) {
        let Ok(_) = e.sparse_map_unpack_to_slice(map, keys, values);
    }
    values
}

/// A map of these fields, which are in order.
#[inline(never)]
pub fn pack(e: &Env, keys: &[&str], values: &[Val]) -> Val {
    let Some(values) = values.get(..keys.len()) else { refuse(e, ConnectionError::ShapeInvalid) };
    let Ok(map) = e.map_new_from_slices(keys, values);
    map.into()
}

/// Fills `to` with what the bytes hold from `at` on.
#[inline(never)]
pub fn copy(e: &Env, of: &soroban_sdk::Bytes, at: core::primitive::u32, to: &mut [u8]) {
    let Ok(()) = e.bytes_copy_to_slice(of.to_object(), at.into(), to);
}

/// A value of a type, or the refusal of one that is of another.
pub fn typed<T: TryFromVal<Env, Val>>(e: &Env, value: Val) -> T {
    T::try_from_val(e, &value).unwrap_or_else(|_| refuse(e, ConnectionError::ShapeInvalid))
}

/// A number from `least` to `most`; another one is refused with `error`.
#[inline(never)]
pub fn number(
    e: &Env,
    value: Val,
    (least, most): (core::primitive::u32, core::primitive::u32),
    error: ConnectionError,
) -> core::primitive::u32 {
    let number = typed(e, value);
    require(e, number >= least && number <= most, error);
    number
}

/// A number as the host holds it.
pub fn value(number: core::primitive::u32) -> Val {
    Val::from_u32(number).to_val()
}
