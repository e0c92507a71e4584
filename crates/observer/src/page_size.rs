//! How many ledgers to ask for at once.

/// Pages begin this small: a busy ledger has megabytes.
const LIMIT_FIRST: u32 = 5;
/// What nodes accept.
const LIMIT_MAX: u32 = 200;
/// Bytes of a page that are aimed at: large enough that the round trip does not matter, small
/// enough that a page is decoded at once.
const PAGE_BYTES_TARGET: usize = 16 << 20;

/// The number of ledgers in the next page, learnt from the sizes of the pages before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageSize {
    limit: u32,
}

impl Default for PageSize {
    fn default() -> Self {
        PageSize { limit: LIMIT_FIRST }
    }
}

impl PageSize {
    pub(crate) fn limit(self) -> u32 {
        self.limit
    }

    /// A page came.
    pub(crate) fn came(&mut self, ledgers: usize, bytes: usize) {
        if ledgers == 0 {
            return;
        }
        let bytes_per_ledger = (bytes / ledgers).max(1);
        let fitting = u32::try_from(PAGE_BYTES_TARGET / bytes_per_ledger).unwrap_or(LIMIT_MAX);
        self.limit = fitting.clamp(1, self.limit.saturating_mul(2)).min(LIMIT_MAX);
    }

    /// A page was too large or too slow. `false` when it cannot be smaller.
    pub(crate) fn was_too_much(&mut self) -> bool {
        let smaller = self.limit / 2;
        self.limit = smaller.max(1);
        smaller >= 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_grow_over_small_ledgers_and_shrink_over_large_ones() {
        let mut size = PageSize::default();
        for _ in 0..10 {
            size.came(size.limit() as usize, 1_000 * size.limit() as usize);
        }
        assert_eq!(size.limit(), LIMIT_MAX);
        size.came(200, 200 * (4 << 20));
        assert_eq!(size.limit(), 4);
        size.came(4, 4 * (64 << 20));
        assert_eq!(size.limit(), 1);
    }

    #[test]
    fn a_page_that_fails_is_halved_down_to_one_ledger() {
        let mut size = PageSize::default();
        assert!(size.was_too_much());
        assert_eq!(size.limit(), 2);
        assert!(size.was_too_much());
        assert_eq!(size.limit(), 1);
        assert!(!size.was_too_much());
        assert_eq!(size.limit(), 1);
    }
}
