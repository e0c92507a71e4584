//! Reading and writing integers at places of a blob.
//!
//! Few functions that are never inlined: a contract that links this crate pays rent for every
//! byte of its code, and hardly anything for a call.

use lumenscope_bucket::{Statistics, fixed};

/// The 8 bytes from `at` on. A field that is narrower takes its part of them; beyond the end of a
/// blob, which has 8 bytes at least, there are zeros.
#[inline(never)]
pub(crate) fn word(bytes: &[u8], at: usize) -> u64 {
    let start = at.min(bytes.len().wrapping_sub(8));
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[start..start + 8]);
    u64::from_le_bytes(word) >> (8 * (at - start))
}

/// Writes `value` at `at`.
#[inline(never)]
pub(crate) fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

/// Writes the low `width` bytes of `value` at `at`.
#[inline(never)]
pub(crate) fn set(bytes: &mut [u8], at: usize, width: usize, value: u64) {
    bytes[at..at + width].copy_from_slice(&value.to_le_bytes()[..width]);
}

#[inline(always)]
pub(crate) fn u8_at(bytes: &[u8], at: usize) -> u8 {
    word(bytes, at) as u8
}

#[inline(always)]
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    word(bytes, at) as u16
}

#[inline(always)]
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    word(bytes, at) as u32
}

#[inline(always)]
pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    word(bytes, at)
}

/// Adds to a counter of 4 bytes, which stays at its limit.
#[inline(never)]
pub(crate) fn count_up(bytes: &mut [u8], at: usize, by: u64) {
    let count = u64::from(u32_at(bytes, at)) + by.min(u32::MAX.into());
    set(bytes, at, 4, count.min(u32::MAX.into()));
}

/// Statistics of which only the first `width` bytes are stored; the fields beyond are 0.
#[inline(never)]
pub(crate) fn statistics_at(bytes: &[u8], at: usize, width: usize) -> Statistics {
    let mut whole = [0; fixed::BYTES];
    whole[..width].copy_from_slice(&bytes[at..at + width]);
    fixed::decode(&whole)
}

/// Stores the first `width` bytes of statistics.
#[inline(never)]
pub(crate) fn put_statistics(bytes: &mut [u8], at: usize, width: usize, value: &Statistics) {
    put(bytes, at, &fixed::encode(value)[..width]);
}

/// Adds to statistics of which the first `width` bytes are stored; what was there counts if it is
/// to be kept.
#[inline(never)]
pub(crate) fn grow(bytes: &mut [u8], at: usize, width: usize, by: &Statistics, keep: bool) {
    let mut held = if keep { statistics_at(bytes, at, width) } else { Statistics::EMPTY };
    held.merge(by);
    put_statistics(bytes, at, width, &held);
}
