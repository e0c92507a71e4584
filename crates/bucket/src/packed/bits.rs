//! Numbers as bits, the highest bit of a byte first.
//!
//! Wrapping arithmetic throughout: every count of bits is below 128 and every shift below 64, and
//! checks that cannot fail would only take room in a contract. For the same reason nothing is
//! indexed.

use core::slice::{Iter, IterMut};

/// Differences of width further from 0 than this are sent as the width itself.
const UNARY_MAX: u32 = 6;
/// Bits of a width that is sent itself.
const WIDTH_BITS: u32 = 8;

/// Number of bits of a value: 0 for 0.
pub(super) fn bit_len(value: u64) -> u32 {
    u64::BITS - value.leading_zeros()
}

/// A signed value with its sign in the lowest bit, so that small ones stay small.
pub(super) fn unsigned(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// The inverse of [`unsigned`].
pub(super) fn signed(value: u64) -> i64 {
    (value >> 1) as i64 ^ ((value & 1) as i64).wrapping_neg()
}

fn low_bits(value: u64, bits: u32) -> u64 {
    value & 1u64.wrapping_shl(bits).wrapping_sub(1)
}

/// Appends bits; what does not fit is dropped, and said.
#[derive(Debug)]
pub(super) struct BitWriter<'a> {
    out: IterMut<'a, u8>,
    written: usize,
    pending: u64,
    pending_bits: u32,
    full: bool,
}

impl<'a> BitWriter<'a> {
    pub fn new(out: &'a mut [u8]) -> Self {
        Self { out: out.iter_mut(), written: 0, pending: 0, pending_bits: 0, full: false }
    }

    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Appends the low `bits` of `value`, at most 64.
    pub fn put(&mut self, value: u64, bits: u32) {
        if bits > 32 {
            self.put_half(value >> 32, bits.wrapping_sub(32));
        }
        self.put_half(value, bits.min(32));
    }

    #[inline(never)]
    fn put_half(&mut self, value: u64, bits: u32) {
        self.pending = self.pending.wrapping_shl(bits) | low_bits(value, bits);
        self.pending_bits = self.pending_bits.wrapping_add(bits);
        while self.pending_bits >= 8 {
            self.pending_bits = self.pending_bits.wrapping_sub(8);
            let byte = self.pending.wrapping_shr(self.pending_bits) as u8;
            match self.out.next() {
                Some(place) => *place = byte,
                None => self.full = true,
            }
            self.written = self.written.wrapping_add(1);
        }
    }

    /// Appends a value by its width against that of the last one.
    #[inline(never)]
    pub fn put_adaptive(&mut self, value: u64, width: &mut u8) {
        let bits = bit_len(value);
        self.put_width(bits, width);
        self.put(value, bits.saturating_sub(1));
    }

    /// As [`BitWriter::put_adaptive`].
    pub fn put_adaptive_wide(&mut self, value: u128, width: &mut u8) {
        let (high, low) = ((value >> 64) as u64, value as u64);
        if high == 0 {
            return self.put_adaptive(low, width);
        }
        let bits = bit_len(high);
        self.put_width(bits.wrapping_add(64), width);
        self.put(high, bits.wrapping_sub(1));
        self.put(low, 64);
    }

    #[inline(never)]
    fn put_width(&mut self, bits: u32, width: &mut u8) {
        let difference = unsigned(i64::from(bits).wrapping_sub(i64::from(*width))) as u32;
        if difference <= UNARY_MAX {
            self.put(1, difference.wrapping_add(1));
        } else {
            self.put(bits.into(), UNARY_MAX + 1 + WIDTH_BITS);
        }
        *width = bits as u8;
    }

    /// Fills the last byte and returns the number of bytes.
    pub fn finish(mut self) -> usize {
        self.put(0, self.pending_bits.wrapping_neg() & 7);
        self.written
    }
}

/// Takes bits; beyond the end they are 0, and it is said.
#[derive(Clone, Debug)]
pub(super) struct BitReader<'a> {
    bytes: Iter<'a, u8>,
    pending: u64,
    pending_bits: u32,
    past_end: bool,
}

impl<'a> BitReader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes: bytes.iter(), pending: 0, pending_bits: 0, past_end: false }
    }

    pub fn is_past_end(&self) -> bool {
        self.past_end
    }

    /// Takes `bits`, at most 64.
    pub fn take(&mut self, bits: u32) -> u64 {
        let high = if bits > 32 { self.take_half(bits.wrapping_sub(32)) << 32 } else { 0 };
        high | self.take_half(bits.min(32))
    }

    #[inline(never)]
    fn take_half(&mut self, bits: u32) -> u64 {
        while self.pending_bits < bits {
            let byte = self.bytes.next().copied();
            self.past_end |= byte.is_none();
            self.pending = self.pending << 8 | u64::from(byte.unwrap_or(0));
            self.pending_bits = self.pending_bits.wrapping_add(8);
        }
        self.pending_bits = self.pending_bits.wrapping_sub(bits);
        low_bits(self.pending.wrapping_shr(self.pending_bits), bits)
    }

    /// Takes a value written by [`BitWriter::put_adaptive`]. A width beyond 64 is as an end.
    #[inline(never)]
    pub fn take_adaptive(&mut self, width: &mut u8) -> u64 {
        let bits = self.take_width(width);
        self.past_end |= bits > 64;
        self.take_below(bits.min(64))
    }

    /// Takes a value written by [`BitWriter::put_adaptive_wide`]. A width beyond 128 is as an end.
    pub fn take_adaptive_wide(&mut self, width: &mut u8) -> u128 {
        let bits = self.take_width(width);
        self.past_end |= bits > 128;
        if bits <= 64 {
            return self.take_below(bits).into();
        }
        let high = self.take_below(bits.min(128).wrapping_sub(64));
        u128::from(high) << 64 | u128::from(self.take(64))
    }

    /// A value of `bits` whose highest bit was not sent.
    fn take_below(&mut self, bits: u32) -> u64 {
        match bits.checked_sub(1) {
            Some(below) => 1u64.wrapping_shl(below) | self.take(below),
            None => 0,
        }
    }

    #[inline(never)]
    fn take_width(&mut self, width: &mut u8) -> u32 {
        let mut zeros = 0u32;
        while zeros <= UNARY_MAX && self.take_half(1) == 0 {
            zeros = zeros.wrapping_add(1);
        }
        let bits = if zeros > UNARY_MAX {
            self.take_half(WIDTH_BITS) as i64
        } else {
            i64::from(*width).wrapping_add(signed(zeros.into()))
        };
        self.past_end |= bits < 0;
        *width = bits.max(0) as u8;
        (*width).into()
    }
}
