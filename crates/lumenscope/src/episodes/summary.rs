//! An alert's episodes, summed up. Pure.

use std::collections::BTreeMap;

use lumenscope_meta::Address;
use lumenscope_notify::Fingerprint;
use serde::Serialize;

use super::read::{ACKNOWLEDGED, FIRED, RESOLVED, Told};

/// What one alert did in the time that was read.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Summary {
    pub fingerprint: Option<Fingerprint>,
    pub contract: Option<Address>,
    pub rule: String,
    pub function: String,
    pub subject: Option<String>,
    /// Episodes that fired.
    pub fired: u32,
    /// Seconds in which it was up, those of an episode that still is up to now.
    pub up_s: u64,
    /// The longest of them.
    pub longest_s: u64,
    /// Whether it is up.
    pub is_up: bool,
    /// Episodes that somebody acknowledged.
    pub acknowledged: u32,
    /// Seconds from firing to the first acknowledgement, on average over those.
    pub acknowledged_after_s: Option<u64>,
    /// Seconds from firing to the end, on average over the episodes that ended.
    pub resolved_after_s: Option<u64>,
}

/// An episode of an alert.
#[derive(Clone, Copy, Debug, Default)]
struct Episode {
    fired_s: Option<u64>,
    acknowledged_s: Option<u64>,
    ended_s: Option<u64>,
}

/// Each alert, in the order in which they were first told of.
pub fn of(told: &[Told], now_s: u64) -> Vec<Summary> {
    let mut order = Vec::new();
    let mut alerts: BTreeMap<Fingerprint, (Summary, BTreeMap<u32, Episode>)> = BTreeMap::new();
    for one in told {
        let (_, episodes) = alerts.entry(one.fingerprint).or_insert_with(|| {
            order.push(one.fingerprint);
            let summary = Summary {
                fingerprint: Some(one.fingerprint),
                contract: Some(one.contract.clone()),
                rule: one.rule.clone(),
                function: one.function.clone(),
                subject: one.subject.clone(),
                ..Summary::default()
            };
            (summary, BTreeMap::new())
        });
        let episode = episodes.entry(one.episode).or_default();
        match one.kind {
            FIRED => episode.fired_s = Some(one.at_s),
            ACKNOWLEDGED => {
                episode.acknowledged_s.get_or_insert(one.at_s);
            }
            RESOLVED => episode.ended_s = Some(one.at_s),
            _ => {}
        }
    }
    let summed = order.iter().filter_map(|fingerprint| alerts.remove(fingerprint));
    summed.map(|(summary, episodes)| sum(summary, &episodes, now_s)).collect()
}

fn sum(mut summary: Summary, episodes: &BTreeMap<u32, Episode>, now_s: u64) -> Summary {
    let (mut acknowledged_s, mut ended, mut ended_s) = (0, 0, 0);
    for episode in episodes.values() {
        // One that began before what was read: how long it was up is not known.
        let Some(fired_s) = episode.fired_s else { continue };
        summary.fired += 1;
        let up_s = episode.ended_s.unwrap_or(now_s).saturating_sub(fired_s);
        summary.up_s += up_s;
        summary.longest_s = summary.longest_s.max(up_s);
        summary.is_up |= episode.ended_s.is_none();
        if let Some(at_s) = episode.acknowledged_s {
            summary.acknowledged += 1;
            acknowledged_s += at_s.saturating_sub(fired_s);
        }
        if episode.ended_s.is_some() {
            ended += 1;
            ended_s += up_s;
        }
    }
    summary.acknowledged_after_s = acknowledged_s.checked_div(summary.acknowledged.into());
    summary.resolved_after_s = ended_s.checked_div(ended);
    summary
}

#[cfg(test)]
mod tests {
    use lumenscope_meta::Hash;

    use super::*;

    fn told(kind: &'static str, at_s: u64, episode: u32, alert: u8) -> Told {
        Told {
            ledger: 1,
            at_s,
            contract: Address::from_contract_id([9; 32]),
            rule_id: Hash([alert; 32]),
            rule: format!("rule {alert}"),
            fingerprint: Fingerprint([alert; 16]),
            function: "pay".to_owned(),
            subject: None,
            kind,
            reason: "condition",
            from: "inactive",
            to: "firing",
            severity: "high",
            episode,
            value: None,
            caller: Address::from_account_key([7; 32]),
            note: None,
        }
    }

    #[test]
    fn episodes_are_counted_from_firing_to_their_end() {
        let told = [
            told("resolved", 50, 1, 2),
            told("pending", 60, 1, 1),
            told("firing", 120, 1, 1),
            told("acknowledged", 150, 1, 1),
            told("acknowledged", 170, 1, 1),
            told("resolved", 420, 1, 1),
            told("firing", 600, 2, 1),
            told("resolved", 700, 2, 1),
            told("firing", 900, 3, 1),
        ];
        let alerts = of(&told, 1_000);
        assert_eq!((alerts[0].rule.as_str(), alerts[0].fired), ("rule 2", 0));
        let one = &alerts[1];
        assert_eq!((one.fired, one.up_s, one.longest_s, one.is_up), (3, 500, 300, true));
        assert_eq!((one.acknowledged, one.acknowledged_after_s), (1, Some(30)));
        assert_eq!(one.resolved_after_s, Some(200));
    }
}
