//! Values as the host holds them.
//!
//! To convert a map of the host into a type and back takes up to a kilobyte of wasm for each type. So
//! what is only passed on stays what it is.

use core::marker::PhantomData;

use soroban_sdk::{ConversionError, Env, EnvBase, SpecShakingMarker, TryFromVal, Val, Vec};

/// A value that the contract's interface says is a `T`, and that is not converted.
pub struct Raw<T>(pub Val, PhantomData<T>);

impl<T> Clone for Raw<T> {
    fn clone(&self) -> Self {
        self.0.into()
    }
}

impl<T> From<Val> for Raw<T> {
    fn from(value: Val) -> Self {
        Raw(value, PhantomData)
    }
}

impl<T> TryFromVal<Env, Val> for Raw<T> {
    type Error = ConversionError;

    fn try_from_val(_: &Env, value: &Val) -> Result<Self, ConversionError> {
        Ok((*value).into())
    }
}

impl<T> TryFromVal<Env, Raw<T>> for Val {
    type Error = ConversionError;

    fn try_from_val(_: &Env, value: &Raw<T>) -> Result<Self, ConversionError> {
        Ok(value.0)
    }
}

impl<T> TryFromVal<Env, &Raw<T>> for Val {
    type Error = ConversionError;

    fn try_from_val(_: &Env, value: &&Raw<T>) -> Result<Self, ConversionError> {
        Ok(value.0)
    }
}

impl<T: SpecShakingMarker> SpecShakingMarker for Raw<T> {
    #[inline(always)]
    fn spec_shaking_marker() {
        T::spec_shaking_marker();
    }
}

/// A map of these fields, which are in order.
#[inline(never)]
pub fn pack(e: &Env, keys: &[&str], values: &[Val]) -> Val {
    let Ok(map) = e.map_new_from_slices(keys, values);
    map.into()
}

/// A list of values; the library's own takes a loop for each length.
#[inline(never)]
pub fn list(e: &Env, values: &[Val]) -> Vec<Val> {
    let Ok(list) = e.vec_new_from_slice(values);
    let Ok(list) = Vec::try_from_val(e, &list);
    list
}

/// Whether two values are equal.
#[inline(never)]
pub fn same(e: &Env, one: &Val, other: &Val) -> bool {
    list(e, &[*one]) == list(e, &[*other])
}
