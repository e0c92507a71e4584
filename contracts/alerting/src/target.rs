//! What an alert is about: a rule and a stream, as the host holds them.
//!
//! Their parts need no check of their types: a stream whose parts are of others is one that
//! performance-monitor does not know.

use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Bytes, BytesN, Env, Val};

use crate::raw::{pack, typed, unpack};

const STREAM: [&str; 4] = ["contract", "function", "lane", "subject"];
const TARGET: [&str; 2] = ["rule", "stream"];

/// One stream.
pub struct Stream {
    /// Its contract, function and subject.
    pub parts: [Val; 3],
    /// The map of all three and the lane, also when its author left one out.
    pub map: Val,
}

impl Stream {
    pub fn unpack(e: &Env, map: &Val) -> Stream {
        let [contract, function, lane, subject, ..] = unpack(e, map, &STREAM);
        let map = pack(e, &STREAM, &[contract, function, lane, subject]);
        Stream { parts: [contract, function, subject], map }
    }
}

/// A rule and a stream that it covers.
pub struct Target {
    pub rule: Val,
    pub stream: Stream,
    pub map: Val,
    /// What identifies the alert.
    pub fingerprint: BytesN<16>,
}

impl Target {
    pub fn unpack(e: &Env, map: &Val) -> Target {
        let [rule, stream, ..] = unpack(e, map, &TARGET);
        let stream = Stream::unpack(e, &stream);
        let map = pack(e, &TARGET, &[rule, stream.map]);
        let hash = e.crypto().sha256(&map.to_xdr(e)).to_bytes();
        let fingerprint = typed(e, Bytes::from(hash).slice(..16).as_val());
        Target { rule, stream, map, fingerprint }
    }
}
