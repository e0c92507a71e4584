//! What becomes of each alert: when to say something, and what. Pure.

use std::collections::BTreeMap;

use crate::watch::AlertChange;

/// Numbers of alerting's conditions.
const INACTIVE: u32 = 0;
const FIRING: u32 = 2;

/// One alert that is not inactive.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Up {
    /// Its latest change.
    pub change: AlertChange,
    /// Whether it fired in this episode.
    pub fired: bool,
    /// The levels that were told, as far as seen: when each was.
    pub levels_at_s: Vec<u64>,
}

/// The alerts that are not inactive, by rule and function.
#[derive(Clone, Debug, Default)]
pub struct Alerts(BTreeMap<(usize, String), Up>);

impl Alerts {
    /// Follows a change. Returns what it is called.
    pub fn follow(&mut self, change: &AlertChange) -> &'static str {
        let key = (change.rule, change.function.clone());
        if change.condition == INACTIVE {
            let fired = self.0.remove(&key).is_some_and(|up| up.fired);
            return if fired { "Resolved" } else { "Inactive again" };
        }
        let new = Up { change: change.clone(), fired: false, levels_at_s: Vec::new() };
        let up = self.0.entry(key).or_insert_with(|| new.clone());
        if up.change.episode != change.episode {
            *up = new;
        }
        up.change = change.clone();
        up.fired |= change.condition == FIRING;
        name(change.condition)
    }

    /// The alerts that have fired and are not over.
    pub fn fired(&self) -> impl Iterator<Item = &Up> {
        self.0.values().filter(|up| up.fired)
    }

    /// Notes that levels were told, up to this one. Returns the ones that are new, from 1.
    pub fn reached(&mut self, change: &AlertChange, level: usize, at_s: u64) -> Vec<usize> {
        let Some(up) = self.0.get_mut(&(change.rule, change.function.clone())) else {
            return Vec::new();
        };
        let known = up.levels_at_s.len();
        up.levels_at_s.resize(level.max(known), at_s);
        (known + 1..=level).collect()
    }

    /// When a level, from 1, was told.
    pub fn level_at_s(&self, change: &AlertChange, level: usize) -> Option<u64> {
        let up = self.0.get(&(change.rule, change.function.clone()))?;
        up.levels_at_s.get(level.checked_sub(1)?).copied()
    }

    /// The alerts that are not inactive: rule and function.
    pub fn up(&self) -> impl Iterator<Item = (usize, &str)> {
        self.0.keys().map(|(rule, function)| (*rule, function.as_str()))
    }
}

/// Name of a state, by alerting's number.
fn name(condition: u32) -> &'static str {
    match condition {
        1 => "Pending",
        FIRING => "Firing",
        3 => "Recovering",
        4 => "NoData",
        _ => "Error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(condition: u32, episode: u32) -> AlertChange {
        AlertChange { at_s: 60, rule: 0, function: "settle".to_owned(), condition, episode }
    }

    #[test]
    fn an_episode_that_never_fired_ends_as_inactive_again_and_one_that_did_is_resolved() {
        let mut alerts = Alerts::default();
        assert_eq!(alerts.follow(&change(1, 1)), "Pending");
        assert_eq!(alerts.fired().count(), 0);
        assert_eq!(alerts.follow(&change(0, 1)), "Inactive again");
        for (condition, said) in
            [(1, "Pending"), (2, "Firing"), (3, "Recovering"), (2, "Firing"), (0, "Resolved")]
        {
            assert_eq!(alerts.follow(&change(condition, 2)), said);
        }
        assert_eq!(alerts.up().count(), 0);
    }

    #[test]
    fn each_level_is_new_once_in_an_episode() {
        let mut alerts = Alerts::default();
        alerts.follow(&change(2, 1));
        assert_eq!(alerts.reached(&change(2, 1), 1, 100), [1]);
        assert_eq!(alerts.reached(&change(2, 1), 1, 160), [0; 0]);
        assert_eq!(alerts.reached(&change(2, 1), 2, 400), [2]);
        assert_eq!(alerts.level_at_s(&change(2, 1), 1), Some(100));
        alerts.follow(&change(2, 2));
        assert_eq!(alerts.reached(&change(2, 2), 1, 900), [1]);
    }
}
