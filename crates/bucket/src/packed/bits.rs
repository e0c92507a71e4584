//! Numbers as bits, the highest bit of a byte first.
//!
//! Writing and reading go through the same functions: each takes the value to write and returns
//! the value that was written or read. So the order of what is in a series is told once.
//!
//! Wrapping arithmetic throughout: every count of bits is below 128 and every shift below 64, and
//! checks that cannot fail would only take room in a contract. For the same reason nothing is
//! indexed.

use core::slice::{Iter, IterMut};

/// Differences of width further from 0 than this are sent as the width itself.
const UNARY_MAX: u64 = 6;
/// Bits of a width that is sent itself.
const WIDTH_BITS: u32 = 8;

/// Number of bits of a value: 0 for 0.
pub(super) fn bit_len(value: u64) -> u32 {
    u64::BITS - value.leading_zeros()
}

/// A signed value with its sign in the lowest bit, so that small ones stay small.
fn unsigned(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// The inverse of [`unsigned`].
fn signed(value: u64) -> i64 {
    (value >> 1) as i64 ^ ((value & 1) as i64).wrapping_neg()
}

fn low_bits(value: u64, bits: u32) -> u64 {
    value & 1u64.wrapping_shl(bits).wrapping_sub(1)
}

/// Writes bits or reads them. What does not fit is dropped, beyond the end bits are 0; both is
/// said.
#[derive(Debug)]
pub(super) struct Bits<'a> {
    input: Iter<'a, u8>,
    output: IterMut<'a, u8>,
    pub writes: bool,
    /// Whether the bytes did not suffice.
    pub ended: bool,
    written: usize,
    pending: u64,
    pending_bits: u32,
}

impl<'a> Bits<'a> {
    pub fn new(input: &'a [u8], output: &'a mut [u8], writes: bool) -> Self {
        let (input, output) = (input.iter(), output.iter_mut());
        Self { input, output, writes, ended: false, written: 0, pending: 0, pending_bits: 0 }
    }

    /// The low `bits` of a value, at most 64.
    #[inline(never)]
    pub fn code(&mut self, value: u64, bits: u32) -> u64 {
        let mut high = 0;
        if bits > 32 {
            high = self.code_half(value >> 32, bits.wrapping_sub(32)) << 32;
        }
        high | self.code_half(value, bits.min(32))
    }

    #[inline(never)]
    fn code_half(&mut self, value: u64, bits: u32) -> u64 {
        let (mut pending, mut pending_bits) = (self.pending, self.pending_bits);
        let mut value = low_bits(value, bits);
        if self.writes {
            pending = pending.wrapping_shl(bits) | value;
            pending_bits = pending_bits.wrapping_add(bits);
            while pending_bits >= 8 {
                pending_bits = pending_bits.wrapping_sub(8);
                match self.output.next() {
                    Some(place) => *place = pending.wrapping_shr(pending_bits) as u8,
                    None => self.ended = true,
                }
                self.written = self.written.wrapping_add(1);
            }
        } else {
            while pending_bits < bits {
                pending <<= 8;
                match self.input.next() {
                    Some(byte) => pending |= u64::from(*byte),
                    None => self.ended = true,
                }
                pending_bits = pending_bits.wrapping_add(8);
            }
            pending_bits = pending_bits.wrapping_sub(bits);
            value = low_bits(pending.wrapping_shr(pending_bits), bits);
        }
        (self.pending, self.pending_bits) = (pending, pending_bits);
        value
    }

    /// As [`Bits::code_adaptive`], of a value that may be negative.
    #[inline(never)]
    pub fn code_signed(&mut self, value: i64, width: &mut u8) -> i64 {
        signed(self.code_adaptive(unsigned(value), width))
    }

    /// A value by its width against that of the last one. A width beyond 64 is as an end.
    #[inline(never)]
    pub fn code_adaptive(&mut self, value: u64, width: &mut u8) -> u64 {
        self.code_width(bit_len(value), width, 64);
        self.code_below(value, (*width).into())
    }

    /// As [`Bits::code_adaptive`], of at most 128 bits.
    pub fn code_adaptive_wide(&mut self, value: u128, width: &mut u8) -> u128 {
        let (high, low) = ((value >> 64) as u64, value as u64);
        let bits = if high == 0 { bit_len(low) } else { bit_len(high).wrapping_add(64) };
        self.code_width(bits, width, 128);
        match u32::from(*width).checked_sub(64) {
            Some(beyond) if beyond > 0 => {
                let high = self.code_below(high, beyond);
                u128::from(high) << 64 | u128::from(self.code(low, 64))
            }
            _ => self.code_below(low, (*width).into()).into(),
        }
    }

    /// A value of `bits`, whose highest bit is neither written nor read.
    #[inline(never)]
    fn code_below(&mut self, value: u64, bits: u32) -> u64 {
        match bits.checked_sub(1) {
            Some(below) => 1u64.wrapping_shl(below) | self.code(value, below),
            None => 0,
        }
    }

    #[inline(never)]
    fn code_width(&mut self, bits: u32, width: &mut u8, bits_max: i64) {
        let last = i64::from(*width);
        let difference = unsigned(i64::from(bits).wrapping_sub(last));
        let zeros = self.code_zeros(difference);
        let mut bits = if zeros > UNARY_MAX {
            self.code_half(bits.into(), WIDTH_BITS) as i64
        } else {
            last.wrapping_add(signed(zeros))
        };
        if !(0..=bits_max).contains(&bits) {
            self.ended = true;
            bits = 0;
        }
        *width = bits as u8;
    }

    /// A number as so many zeros and then a one; from [`UNARY_MAX`] on, only the zeros.
    #[inline(never)]
    fn code_zeros(&mut self, zeros: u64) -> u64 {
        if self.writes {
            let bits = zeros.min(UNARY_MAX).wrapping_add(1);
            self.code_half((zeros <= UNARY_MAX).into(), bits as u32);
            return zeros;
        }
        // A width is nearly always told by one to three bits: a call for each would be most of what
        // reading a series takes.
        let (mut pending, mut pending_bits, mut zeros) = (self.pending, self.pending_bits, 0u64);
        loop {
            if pending_bits == 0 {
                pending = match self.input.next() {
                    Some(byte) => u64::from(*byte),
                    None => {
                        self.ended = true;
                        0
                    }
                };
                pending_bits = 8;
            }
            pending_bits = pending_bits.wrapping_sub(1);
            if pending.wrapping_shr(pending_bits) & 1 == 1 {
                break;
            }
            zeros = zeros.wrapping_add(1);
            if zeros > UNARY_MAX {
                break;
            }
        }
        (self.pending, self.pending_bits) = (pending, pending_bits);
        zeros
    }

    /// The bytes of which nothing was read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.input.as_slice()
    }

    /// Fills the last byte and returns the number of bytes written.
    pub fn finish(&mut self) -> usize {
        self.code(0, self.pending_bits.wrapping_neg() & 7);
        self.written
    }
}
