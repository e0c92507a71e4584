//! Keys, and every access to storage.
//!
//! Recording reads [`Registration`] and [`Definition`] and writes one hot entry; it extends no
//! lifetime, which would change the rent between simulation and application. New entries live for
//! the network's minimum, 120 days; `keep_alive_streams` extends them.

use lumenscope_hot::{BYTES_MAX, Recorder};
use lumenscope_interfaces::common::{StreamKey, TTL_TARGET_LEDGERS};
use lumenscope_interfaces::governance::{KEEP_ALIVE_MAX_LEDGERS, KEEP_ALIVE_MIN_LEDGERS};
use lumenscope_interfaces::performance_monitor::{MonitorError, RecordingMode};
use soroban_sdk::{Address, Bytes, Env, Symbol, Vec, contracttype, panic_with_error};

/// Keys. Those of streams hold the triple itself: no index has to be read to find them.
#[contracttype]
enum Key {
    /// Instance: the contract that keeps history.
    Analytics,
    /// A monitored contract's [`Registration`].
    Contract(Address),
    /// A stream's [`Definition`].
    Stream(Address, Symbol, Option<Symbol>),
    /// A stream's blob.
    Hot(Address, Symbol, Option<Symbol>),
    /// The n-th stream that a contract opened.
    Opened(Address, u32),
}

/// A monitored contract.
#[contracttype]
#[derive(Clone)]
pub struct Registration {
    pub owner: Address,
    pub recorder: Address,
    pub reporters: Vec<Reporter>,
    /// The number that the next reporter gets: see [`lumenscope_hot::Reporter::generation`].
    pub generation: u32,
    pub streams: u32,
}

/// A reporter of a contract.
#[contracttype]
#[derive(Clone)]
pub struct Reporter {
    pub address: Address,
    pub generation: u32,
    /// `None` for the primary reporter, else the place of its sums.
    pub witness: Option<u32>,
}

/// What a stream's metrics are called and how they are meant. What they keep is in the blob.
#[contracttype]
#[derive(Clone)]
pub struct Definition {
    pub metrics: Vec<Symbol>,
    pub units: Vec<Symbol>,
    /// Two bits for each metric.
    pub kinds: u32,
    pub mode: RecordingMode,
    /// The place in the contract's list of streams.
    pub place: u32,
}

pub fn analytics(e: &Env) -> Option<Address> {
    e.storage().instance().get(&Key::Analytics)
}

pub fn set_analytics(e: &Env, analytics: &Address) {
    e.storage().instance().set(&Key::Analytics, analytics);
}

pub fn registration(e: &Env, contract: &Address) -> Option<Registration> {
    e.storage().persistent().get(&Key::Contract(contract.clone()))
}

pub fn set_registration(e: &Env, contract: &Address, registration: &Registration) {
    e.storage().persistent().set(&Key::Contract(contract.clone()), registration);
}

pub fn definition(e: &Env, stream: &StreamKey) -> Option<Definition> {
    e.storage().persistent().get(&definition_key(stream))
}

pub fn set_definition(e: &Env, stream: &StreamKey, definition: &Definition) {
    e.storage().persistent().set(&definition_key(stream), definition);
}

/// The stream that a contract opened at that place.
pub fn opened(e: &Env, contract: &Address, place: u32) -> Option<StreamKey> {
    e.storage().persistent().get(&Key::Opened(contract.clone(), place))
}

pub fn set_opened(e: &Env, place: u32, stream: &StreamKey) {
    e.storage().persistent().set(&Key::Opened(stream.contract.clone(), place), stream);
}

/// A stream's blob; empty for one that does not exist.
pub fn hot(e: &Env, stream: &StreamKey) -> Bytes {
    e.storage().persistent().get(&hot_key(stream)).unwrap_or_else(|| Bytes::new(e))
}

pub fn set_hot(e: &Env, stream: &StreamKey, blob: &[u8]) {
    e.storage().persistent().set(&hot_key(stream), &Bytes::from_slice(e, blob));
}

/// Opens a stream's blob for `work`, and stores it again if `work` says that it changed.
pub fn with_hot(
    e: &Env,
    stream: &StreamKey,
    work: &mut dyn FnMut(&mut Recorder) -> Result<bool, MonitorError>,
) -> Result<(), MonitorError> {
    let stored = hot(e, stream);
    let mut result = Ok(());
    with_buffer(stored.len() as usize, &mut |blob| {
        stored.copy_into_slice(blob);
        let changed = match Recorder::parse(blob) {
            Ok(mut recorder) => work(&mut recorder),
            Err(_) => Err(MonitorError::BlobVersion),
        };
        match changed {
            Ok(true) => set_hot(e, stream, blob),
            Ok(false) => {}
            Err(error) => result = Err(error),
        }
    });
    result
}

/// Extends the life of what a stream needs to be recorded into, listed and flushed.
pub fn keep_alive(e: &Env, stream: &StreamKey, place: u32) {
    let contract = stream.contract.clone();
    let keys = [
        Key::Contract(contract.clone()),
        Key::Opened(contract, place),
        definition_key(stream),
        hot_key(stream),
    ];
    for key in keys {
        e.storage().persistent().extend_ttl_with_limits(
            &key,
            TTL_TARGET_LEDGERS,
            KEEP_ALIVE_MIN_LEDGERS,
            KEEP_ALIVE_MAX_LEDGERS,
        );
    }
}

/// A buffer of that length on the stack. Zeroing is paid by the byte, so the common sizes do not
/// pay for the largest.
pub fn with_buffer(bytes: usize, work: &mut dyn FnMut(&mut [u8])) {
    match bytes {
        0..=1_024 => work(&mut [0; 1_024][..bytes]),
        1_025..=4_096 => work(&mut [0; 4_096][..bytes]),
        _ => work(&mut [0; BYTES_MAX][..bytes]),
    }
}

/// Ends the call with the error, or goes on.
pub fn or_fail<T>(e: &Env, result: Result<T, MonitorError>) -> T {
    result.unwrap_or_else(|error| panic_with_error!(e, error))
}

fn definition_key(stream: &StreamKey) -> Key {
    Key::Stream(stream.contract.clone(), stream.function.clone(), stream.subject.clone())
}

fn hot_key(stream: &StreamKey) -> Key {
    Key::Hot(stream.contract.clone(), stream.function.clone(), stream.subject.clone())
}
