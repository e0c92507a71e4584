//! What matched and what did not, by class.

use std::collections::BTreeMap;
use std::fmt::Write;

/// The tally of a replay.
#[derive(Default)]
pub struct Report {
    matched: u64,
    /// By what differed: where.
    differences: BTreeMap<String, Vec<String>>,
}

impl Report {
    /// Notes an operation: what differed, if anything, and where that was.
    pub fn note(&mut self, difference: Option<String>, place: impl FnOnce() -> String) {
        match difference {
            None => self.matched += 1,
            Some(difference) => self.differences.entry(difference).or_default().push(place()),
        }
    }

    /// Operations that came out the same.
    pub fn matched(&self) -> u64 {
        self.matched
    }

    /// The share of `counted` operations that came out the same, in percent; 0 of none.
    pub fn percent_of(&self, counted: u64) -> f64 {
        if counted == 0 { 0.0 } else { 100.0 * self.matched as f64 / counted as f64 }
    }

    /// A line per class of difference, the most frequent first.
    pub fn details(&self, verbose: bool) -> String {
        let mut classes: Vec<_> = self.differences.iter().collect();
        classes.sort_by_key(|(_, places)| std::cmp::Reverse(places.len()));
        let mut text = String::new();
        for (difference, places) in classes {
            let shown = if verbose { places.len() } else { 1 };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{:6}  {difference}", places.len());
            for place in places.iter().take(shown) {
                let _ = writeln!(text, "        e.g. {place}");
            }
        }
        text
    }
}
