//! Structs as the host holds them: maps from names to values.
//!
//! Of a stored struct a call needs a field or two, and of what a caller gives some fields only pass
//! through. A field taken out of the map costs a tenth of the code that turns the whole map into a
//! struct and back. What callers see are the structs of the same names in
//! [`lumenscope_interfaces`].

use soroban_sdk::unwrap::{UnwrapInfallible, UnwrapOptimized};
use soroban_sdk::{
    Address, ConversionError, Env, EnvBase, FromVal, Map, SpecShakingMarker, Symbol, TryFromVal,
    Val, Vec, symbol_short,
};

/// What callers see.
mod seen {
    pub use lumenscope_interfaces::common::*;
    pub use lumenscope_interfaces::performance_monitor::*;
}

macro_rules! as_map {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Map<Symbol, Val>);

        impl SpecShakingMarker for $name {
            #[inline(always)]
            fn spec_shaking_marker() {
                seen::$name::spec_shaking_marker();
            }
        }

        impl TryFromVal<Env, Val> for $name {
            type Error = ConversionError;

            #[inline(always)]
            fn try_from_val(e: &Env, value: &Val) -> Result<Self, ConversionError> {
                Map::try_from_val(e, value).map(Self)
            }
        }

        impl TryFromVal<Env, $name> for Val {
            type Error = ConversionError;

            #[inline(always)]
            fn try_from_val(_: &Env, value: &$name) -> Result<Self, ConversionError> {
                Ok(value.0.to_val())
            }
        }

        impl TryFromVal<Env, &$name> for Val {
            type Error = ConversionError;

            #[inline(always)]
            fn try_from_val(_: &Env, value: &&$name) -> Result<Self, ConversionError> {
                Ok(value.0.to_val())
            }
        }

        impl $name {
            #[allow(dead_code, reason = "what is only made is not read")]
            #[inline(always)]
            fn get<T: TryFromVal<Env, Val>>(&self, name: Symbol) -> T {
                field(&self.0, name)
            }
        }
    )*};
}

as_map! {
    /// Of [`seen::StreamKey`]. Its fields are what they should be where a stream is opened; where
    /// it is looked up, something else is not found.
    StreamKey
    /// Of [`seen::Totals`].
    Totals
    /// Of [`seen::MonitoredContract`].
    MonitoredContract
    /// Of [`seen::StreamDefinition`].
    StreamDefinition
    /// Of [`seen::StreamSpec`].
    StreamSpec
    /// Of [`seen::MetricSpec`].
    MetricSpec
    /// Of [`seen::SketchRange`].
    SketchRange
    /// Of [`seen::StreamBatch`].
    StreamBatch
}

impl StreamKey {
    pub fn new(e: &Env, contract: &Address, function: &Symbol) -> Self {
        let mut fields = Map::new(e);
        fields.set(symbol_short!("contract"), contract.to_val());
        fields.set(symbol_short!("function"), function.to_val());
        Self(fields)
    }

    pub fn contract(&self) -> Address {
        self.get(symbol_short!("contract"))
    }

    pub fn function(&self) -> Symbol {
        self.get(symbol_short!("function"))
    }

    /// `None` may be said by leaving it out.
    #[inline(never)]
    pub fn subject(&self) -> Option<Symbol> {
        let subject = self.0.get(symbol_short!("subject"))?;
        Option::try_from_val(self.0.env(), &subject).unwrap_optimized()
    }

    #[inline(never)]
    pub fn subject_val(&self) -> Val {
        self.subject().map_or(Val::VOID.into(), |subject| subject.to_val())
    }

    /// The same stream, without anything else that a caller put beside its fields.
    pub fn plain(&self, e: &Env) -> Self {
        let mut plain = Self::new(e, &self.contract(), &self.function());
        plain.0.set(symbol_short!("subject"), self.subject_val());
        plain
    }

    pub fn to_val(&self) -> Val {
        self.0.to_val()
    }
}

impl Totals {
    pub fn new(e: &Env, count: u64, sum: i128, last: i64) -> Self {
        let mut fields = Map::new(e);
        fields.set(symbol_short!("count"), Val::from_val(e, &count));
        fields.set(symbol_short!("sum"), Val::from_val(e, &sum));
        fields.set(symbol_short!("last"), Val::from_val(e, &last));
        Self(fields)
    }

    pub fn to_val(&self) -> Val {
        self.0.to_val()
    }
}

impl MonitoredContract {
    pub fn owner(&self) -> Address {
        self.get(symbol_short!("owner"))
    }

    pub fn recorder(&self) -> Address {
        self.get(symbol_short!("recorder"))
    }

    pub fn set_recorder(&mut self, recorder: &Address) {
        self.0.set(symbol_short!("recorder"), recorder.to_val());
    }

    pub fn reporters(&self) -> Map<Address, u32> {
        self.get(symbol_short!("reporters"))
    }

    pub fn set_reporters(&mut self, reporters: &Map<Address, u32>) {
        self.0.set(symbol_short!("reporters"), reporters.to_val());
    }

    pub fn next(&self) -> u32 {
        self.get(symbol_short!("next"))
    }

    pub fn set_next(&mut self, next: u32) {
        self.0.set(symbol_short!("next"), next.into());
    }

    pub fn streams(&self) -> u32 {
        self.get(symbol_short!("streams"))
    }

    pub fn set_streams(&mut self, streams: u32) {
        self.0.set(symbol_short!("streams"), streams.into());
    }
}

impl StreamDefinition {
    /// `numbers` are kinds, watched, mode and place.
    pub fn new(e: &Env, metrics: &Vec<Val>, units: &Vec<Val>, numbers: [u32; 4]) -> Self {
        let [kinds, watched, mode, place] = numbers.map(Val::from);
        let mut fields = Map::new(e);
        fields.set(symbol_short!("metrics"), metrics.to_val());
        fields.set(symbol_short!("units"), units.to_val());
        fields.set(symbol_short!("kinds"), kinds);
        fields.set(symbol_short!("watched"), watched);
        fields.set(symbol_short!("mode"), mode);
        fields.set(symbol_short!("place"), place);
        Self(fields)
    }

    pub fn metrics(&self) -> Vec<Val> {
        self.get(symbol_short!("metrics"))
    }

    pub fn units(&self) -> Vec<Val> {
        self.get(symbol_short!("units"))
    }

    pub fn mode(&self) -> u32 {
        self.get(symbol_short!("mode"))
    }

    pub fn place(&self) -> u32 {
        self.get(symbol_short!("place"))
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

impl MetricSpec {
    pub fn name(&self) -> Symbol {
        self.get(symbol_short!("name"))
    }

    pub fn unit(&self) -> Symbol {
        self.get(symbol_short!("unit"))
    }

    pub fn kind(&self) -> u32 {
        self.get(symbol_short!("kind"))
    }

    pub fn watched(&self) -> bool {
        self.get(symbol_short!("watched"))
    }

    pub fn sketch(&self) -> SketchRange {
        self.get(symbol_short!("sketch"))
    }
}

impl SketchRange {
    pub fn min(&self) -> i64 {
        self.get(symbol_short!("min"))
    }

    pub fn max(&self) -> i64 {
        self.get(symbol_short!("max"))
    }

    pub fn bins(&self) -> u32 {
        self.get(symbol_short!("bins"))
    }
}

impl StreamBatch {
    pub fn stream(&self) -> StreamKey {
        self.get(symbol_short!("stream"))
    }

    pub fn sequence(&self) -> u64 {
        self.get(symbol_short!("sequence"))
    }

    /// Each a [`seen::BatchSample`].
    pub fn samples(&self) -> Vec<Val> {
        self.get(symbol_short!("samples"))
    }
}

/// A field of a map; a map without it, or with something else there, ends the call.
#[inline(never)]
fn field<T: TryFromVal<Env, Val>>(map: &Map<Symbol, Val>, name: Symbol) -> T {
    let value = map.get_unchecked(name);
    T::try_from_val(map.env(), &value).unwrap_optimized()
}

/// An item of a list.
#[inline(never)]
pub fn item<T: TryFromVal<Env, Val>>(list: &Vec<Val>, place: u32) -> T {
    T::try_from_val(list.env(), &list.get_unchecked(place)).unwrap_optimized()
}

/// Where [`place_in`] says that an item is which the list does not hold.
pub const NOWHERE: u32 = u32::MAX;

/// The place of an item in a list.
#[inline(never)]
pub fn place_in(list: &Vec<Val>, item: &Symbol) -> u32 {
    list.first_index_of(item.to_val()).unwrap_or(NOWHERE)
}

/// Whether two names are the same. The host compares them: what it takes to compare names of up to
/// nine characters without it is larger.
#[inline(never)]
pub fn same(e: &Env, a: &Symbol, b: &Symbol) -> bool {
    place_in(&list(e, &[a.to_val()]), b) == 0
}

/// A list of the host.
#[inline(never)]
pub fn list(e: &Env, items: &[Val]) -> Vec<Val> {
    let list = e.vec_new_from_slice(items).unwrap_infallible();
    Vec::try_from_val(e, &list.to_val()).unwrap_optimized()
}
