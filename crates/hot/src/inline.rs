//! The rules that a stream steps while it records: here they are bytes; `lumenscope_rules` knows what
//! they mean.

use crate::bytes::{put, u8_at};
use crate::layout::{AT_INLINE_METRIC, INLINE_BYTES};
use crate::record::Recorder;
use crate::view::View;

impl<'a, B: AsRef<[u8]> + ?Sized> View<'a, B> {
    /// How many rules are stepped while it records.
    pub fn inline_rules(&self) -> usize {
        self.shape.inline
    }

    /// One of them, below [`View::inline_rules`], [`INLINE_BYTES`] long.
    pub fn inline_rule(&self, number: usize) -> &'a [u8] {
        let at = self.shape.inline_at(number);
        &self.bytes()[at..at + INLINE_BYTES]
    }

    /// The ring that one of them reads, if there is such a metric and it is watched.
    pub fn inline_ring(&self, number: usize) -> Option<&'a [u8]> {
        self.ring(u8_at(self.inline_rule(number), AT_INLINE_METRIC).into())
    }
}

impl<B: AsRef<[u8]> + AsMut<[u8]> + ?Sized> Recorder<'_, B> {
    /// Stores where one of them stands, below [`View::inline_rules`]: all of its bytes.
    pub fn set_inline_rule(&mut self, number: usize, rule: &[u8; INLINE_BYTES]) {
        put(self.room.as_mut(), self.shape.inline_at(number), rule);
    }
}
