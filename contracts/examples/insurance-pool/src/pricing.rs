//! What a policy costs. Pure.

/// Basis points in one.
const ONE_BPS: i128 = 10_000;

/// The premium of one period: `rate_bps` of the cover, rounded up so that no cover is free.
/// `None` where the product does not fit.
pub fn premium(cover: i128, rate_bps: u32) -> Option<i128> {
    let product = cover.checked_mul(i128::from(rate_bps))?;
    Some(product.checked_add(ONE_BPS - 1)? / ONE_BPS)
}

/// The end of insurance after paying one more period: from now, or from the paid end when that
/// is later.
pub fn paid_until_s(now_s: u64, paid_s: u64, period_s: u64) -> u64 {
    now_s.max(paid_s).saturating_add(period_s)
}

#[cfg(test)]
mod test {
    use super::{paid_until_s, premium};

    #[test]
    fn no_cover_is_free_and_no_product_overflows() {
        assert_eq!(premium(1, 1), Some(1));
        assert_eq!(premium(10_000, 200), Some(200));
        assert_eq!(premium(10_001, 200), Some(201));
        assert_eq!(premium(i128::MAX, 2), None);
    }

    #[test]
    fn a_period_starts_where_the_paid_time_ends() {
        assert_eq!(paid_until_s(100, 0, 30), 130);
        assert_eq!(paid_until_s(100, 120, 30), 150);
        assert_eq!(paid_until_s(u64::MAX, 0, 30), u64::MAX);
    }
}
