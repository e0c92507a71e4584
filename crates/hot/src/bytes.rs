//! Reading and writing integers at places of a blob.

use lumenscope_bucket::{Statistics, fixed};

pub(crate) fn take<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut taken = [0; N];
    taken.copy_from_slice(&bytes[at..at + N]);
    taken
}

pub(crate) fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

pub(crate) fn u8_at(bytes: &[u8], at: usize) -> u8 {
    bytes[at]
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(take(bytes, at))
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(take(bytes, at))
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(take(bytes, at))
}

/// Statistics of which only the first `N` bytes are stored; the fields beyond are 0.
pub(crate) fn statistics_at<const N: usize>(bytes: &[u8], at: usize) -> Statistics {
    let mut whole = [0; fixed::BYTES];
    whole[..N].copy_from_slice(&bytes[at..at + N]);
    fixed::decode(&whole)
}

/// Stores the first `N` bytes of statistics.
pub(crate) fn put_statistics<const N: usize>(bytes: &mut [u8], at: usize, value: &Statistics) {
    put(bytes, at, &fixed::encode(value)[..N]);
}
