//! Values as the host holds them.
//!
//! Of a stored struct a call needs a field or two, and of what a caller gives most only passes
//! through, to a key, to the entry, to an event. So nothing is converted on entry: a field taken
//! out of a map costs a tenth of the code that turns the whole map into a struct and back, and what
//! is read is checked where it is read. What callers see are the types in [`lumenscope_interfaces`].

use core::marker::PhantomData;

use soroban_sdk::unwrap::{UnwrapInfallible, UnwrapOptimized};
use soroban_sdk::{
    ConversionError, Env, EnvBase, Map, SpecShakingMarker, Symbol, TryFromVal, Val, Vec,
    symbol_short,
};

/// What callers see.
mod seen {
    pub use lumenscope_interfaces::common::*;
    pub use lumenscope_interfaces::performance_monitor::*;
    pub use soroban_sdk::{Address, Bytes, String, Symbol, Vec};
}

/// A value that the contract's interface says is a `T`, and that is not converted.
pub struct Raw<T> {
    e: Env,
    value: Val,
    of: PhantomData<T>,
}

/// Types of the interface, of values that are not converted.
pub mod raw {
    use super::{Raw, seen};

    macro_rules! raw {
        ($($name:ident = $type:ty),* $(,)?) => {
            $( #[allow(non_camel_case_types)] pub type $name = Raw<$type>; )*
        };
    }
    raw! {
        Address = seen::Address,
        Bytes = seen::Bytes,
        MonitoredContract = seen::MonitoredContract,
        ReporterRole = seen::ReporterRole,
        StreamBatch = seen::StreamBatch,
        StreamDefinition = seen::StreamDefinition,
        StreamKey = seen::StreamKey,
        StreamSpec = seen::StreamSpec,
        String = seen::String,
        Symbol = seen::Symbol,
        i128 = core::primitive::i128,
        i64 = core::primitive::i64,
        u32 = core::primitive::u32,
        u64 = core::primitive::u64,
    }
    pub type BytesN<const N: usize> = Raw<soroban_sdk::BytesN<N>>;
    pub type Option<T> = Raw<core::option::Option<T>>;
    pub type Vec<T> = Raw<seen::Vec<T>>;
}

pub use raw::{MonitoredContract, StreamDefinition, StreamKey, StreamSpec};

impl<T> Clone for Raw<T> {
    fn clone(&self) -> Self {
        Self::new(&self.e, self.value)
    }
}

impl<T> TryFromVal<Env, Val> for Raw<T> {
    type Error = ConversionError;

    #[inline(always)]
    fn try_from_val(e: &Env, value: &Val) -> Result<Self, ConversionError> {
        Ok(Self::new(e, *value))
    }
}

impl<T> TryFromVal<Env, Raw<T>> for Val {
    type Error = ConversionError;

    #[inline(always)]
    fn try_from_val(_: &Env, value: &Raw<T>) -> Result<Self, ConversionError> {
        Ok(value.value)
    }
}

impl<T> TryFromVal<Env, &Raw<T>> for Val {
    type Error = ConversionError;

    #[inline(always)]
    fn try_from_val(_: &Env, value: &&Raw<T>) -> Result<Self, ConversionError> {
        Ok(value.value)
    }
}

impl<T: SpecShakingMarker> SpecShakingMarker for Raw<T> {
    #[inline(always)]
    fn spec_shaking_marker() {
        T::spec_shaking_marker();
    }
}

impl<T> Raw<T> {
    #[inline(always)]
    pub fn new(e: &Env, value: Val) -> Self {
        Self { e: e.clone(), value, of: PhantomData }
    }

    #[inline(always)]
    pub fn to_val(&self) -> Val {
        self.value
    }

    /// Whether there is nothing.
    pub fn is_none(&self) -> bool {
        self.value.is_void()
    }

    /// The value converted, or the end of the call if it is of another type.
    #[inline(always)]
    pub fn typed(&self) -> T
    where
        T: TryFromVal<Env, Val>,
    {
        typed(&self.e, self.value)
    }

    #[inline(always)]
    fn get<U: TryFromVal<Env, Val>>(&self, name: Symbol) -> U {
        typed(&self.e, field(&self.e, self.value, name))
    }

    #[inline(always)]
    fn with(&self, name: Symbol, value: Val) -> Self {
        Self::new(&self.e, with(&self.e, self.value, name, value))
    }
}

impl StreamKey {
    pub fn of(e: &Env, contract: Val, function: Val) -> Self {
        Self::new(e, Map::<Symbol, Val>::new(e).to_val())
            .with(symbol_short!("contract"), contract)
            .with(symbol_short!("function"), function)
    }

    pub fn contract(&self) -> seen::Address {
        self.get(symbol_short!("contract"))
    }

    pub fn function(&self) -> Symbol {
        self.get(symbol_short!("function"))
    }

    /// `None` may be said by leaving it out.
    #[inline(never)]
    pub fn subject(&self) -> Option<Symbol> {
        typed(&self.e, get(&self.e, self.value, symbol_short!("subject")))
    }

    #[inline(never)]
    pub fn subject_val(&self) -> Val {
        self.subject().map_or(Val::VOID.into(), |subject| subject.to_val())
    }

    /// Void for the stream itself, which may be said by leaving it out. One name for each lane, so
    /// that nobody counts one twice: 0 is none.
    #[inline(never)]
    pub fn lane_val(&self) -> Val {
        get(&self.e, self.value, symbol_short!("lane"))
    }

    /// Whether it is the stream itself, or one of the lanes that it may have.
    pub fn is_openable(&self) -> bool {
        let lane = self.lane_val();
        lane.is_void() || typed::<u32>(&self.e, lane).wrapping_sub(1) < seen::LANES_MAX
    }

    /// The same stream, without anything else that a caller put beside its fields.
    pub fn plain(&self, e: &Env) -> Self {
        Self::of(e, self.contract().to_val(), self.function().to_val())
            .with(symbol_short!("lane"), self.lane_val())
            .with(symbol_short!("subject"), self.subject_val())
    }
}

impl MonitoredContract {
    /// Nobody, of a contract that is not registered, or is no more.
    #[inline(never)]
    pub fn owner(&self) -> Option<seen::Address> {
        if self.is_none() { None } else { self.get(symbol_short!("owner")) }
    }

    pub fn with_owner(&self, owner: Val) -> Self {
        self.with(symbol_short!("owner"), owner)
    }

    pub fn recorder(&self) -> seen::Address {
        self.get(symbol_short!("recorder"))
    }

    pub fn with_recorder(&self, recorder: Val) -> Self {
        self.with(symbol_short!("recorder"), recorder)
    }

    pub fn reporters(&self) -> Map<seen::Address, u32> {
        self.get(symbol_short!("reporters"))
    }

    pub fn with_reporters(&self, reporters: &Map<seen::Address, u32>) -> Self {
        self.with(symbol_short!("reporters"), reporters.to_val())
    }

    pub fn next(&self) -> u32 {
        self.get(symbol_short!("next"))
    }

    pub fn with_next(&self, next: u32) -> Self {
        self.with(symbol_short!("next"), next.into())
    }

    pub fn streams(&self) -> u32 {
        self.get(symbol_short!("streams"))
    }

    pub fn with_streams(&self, streams: u32) -> Self {
        self.with(symbol_short!("streams"), streams.into())
    }
}

impl StreamDefinition {
    pub fn metrics(&self) -> Val {
        field(&self.e, self.value, symbol_short!("metrics"))
    }

    pub fn units(&self) -> Val {
        field(&self.e, self.value, symbol_short!("units"))
    }

    pub fn mode(&self) -> u32 {
        self.get(symbol_short!("mode"))
    }

    pub fn place(&self) -> u32 {
        self.get(symbol_short!("place"))
    }

    pub fn watched(&self) -> u16 {
        self.get::<u32>(symbol_short!("watched")) as u16
    }
}

impl StreamSpec {
    pub fn metrics(&self) -> Vec<Val> {
        self.get(symbol_short!("metrics"))
    }

    pub fn mode(&self) -> u32 {
        self.get(symbol_short!("mode"))
    }

    pub fn witnesses(&self) -> bool {
        self.get(symbol_short!("witnesses"))
    }
}

/// A value of a type; one of another ends the call.
#[inline(never)]
pub fn typed<T: TryFromVal<Env, Val>>(e: &Env, value: Val) -> T {
    T::try_from_val(e, &value).unwrap_optimized()
}

#[inline(always)]
fn map_of(e: &Env, map: Val) -> Map<Symbol, Val> {
    Map::try_from_val(e, &map).unwrap_optimized()
}

/// A field of a map; void for one that is not there.
#[inline(never)]
pub fn get(e: &Env, map: Val, name: Symbol) -> Val {
    map_of(e, map).get(name).unwrap_or(Val::VOID.into())
}

/// A field of a map; a map without it ends the call.
#[inline(never)]
pub fn field(e: &Env, map: Val, name: Symbol) -> Val {
    map_of(e, map).get_unchecked(name)
}

/// The map with another value of a field.
#[inline(never)]
pub fn with(e: &Env, map: Val, name: Symbol, value: Val) -> Val {
    let mut map = map_of(e, map);
    map.set(name, value);
    map.to_val()
}

#[inline(always)]
fn list_of(e: &Env, list: Val) -> Vec<Val> {
    Vec::try_from_val(e, &list).unwrap_optimized()
}

/// An item of a list.
#[inline(never)]
pub fn item(e: &Env, list: Val, place: u32) -> Val {
    list_of(e, list).get_unchecked(place)
}

/// How many items a list has.
#[inline(never)]
pub fn count(e: &Env, list: Val) -> u32 {
    list_of(e, list).len()
}

/// Where [`place_in`] says that an item is which the list does not hold.
pub const NOWHERE: u32 = u32::MAX;

/// The place of an item in a list.
#[inline(never)]
pub fn place_in(e: &Env, list: Val, item: Val) -> u32 {
    list_of(e, list).first_index_of(item).unwrap_or(NOWHERE)
}

/// Whether two names are the same. The host compares them: what it takes to compare names of up to
/// nine characters without it is larger.
#[inline(never)]
pub fn same(e: &Env, a: Val, b: Val) -> bool {
    place_in(e, list(e, &[a]), b) == 0
}

/// A list of the host.
#[inline(never)]
pub fn list(e: &Env, items: &[Val]) -> Val {
    e.vec_new_from_slice(items).unwrap_infallible().to_val()
}
