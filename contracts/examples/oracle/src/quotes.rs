//! The price that several sources agree on.

use soroban_sdk::Vec;

/// The middle one of the quotes; of an even number the lower of the two in the middle. `None` of
/// none.
///
/// Each quote is compared with all: no copy of the list, and cheap for the handful of sources that an
/// asset has. The work grows with the square of the list.
pub fn median(quotes: &Vec<i128>) -> Option<i128> {
    let middle = quotes.len().checked_sub(1)? / 2;
    quotes.iter().find(|quote| {
        let (mut below, mut equal) = (0, 0);
        for other in quotes.iter() {
            below += u32::from(other < *quote);
            equal += u32::from(other == *quote);
        }
        below <= middle && middle < below + equal
    })
}

#[cfg(test)]
mod test {
    use soroban_sdk::{Env, Vec};

    use super::median;

    fn of(quotes: &[i128]) -> Option<i128> {
        median(&Vec::from_slice(&Env::default(), quotes))
    }

    #[test]
    fn the_middle_quote_is_the_price_in_whatever_order_they_come() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[7]), Some(7));
        assert_eq!(of(&[9, 1]), Some(1));
        assert_eq!(of(&[3, 9, 1]), Some(3));
        assert_eq!(of(&[5, 4, 4, i128::MAX, 1, 1]), Some(4));
    }
}
