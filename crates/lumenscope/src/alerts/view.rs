//! What `alerts` shows, as plain data: the JSON form is this, the table is drawn from it. Pure.

use std::collections::BTreeMap;

use lumenscope_meta::{Address, Hash};
use lumenscope_notify::alert::severity_name;
use lumenscope_notify::silence::Silence;
use lumenscope_notify::text::text;
use lumenscope_notify::{
    Alert, Config, Decision, Fingerprint, Memory, Message, Owner, Question, Rates, Reason, decide,
};
use lumenscope_rules::slot::SLOT_S;
use lumenscope_rules::{Handling, Phase, Severity};
use serde::Serialize;

use super::composed::{Composed, CompositeRow};
use super::read::{Rule, Up, labels, short};
use crate::words;

/// How long before its end a silence is named, seconds: time enough to decide on another one.
const EXPIRING_S: u64 = 3_600;
/// Version of the document: raised when a field changes its meaning.
const DOCUMENT_VERSION: u32 = 1;

/// Everything that is up.
#[derive(Clone, Debug, Serialize)]
pub struct View {
    pub version: u32,
    pub network: String,
    /// The time of the decisions, unix seconds.
    pub at_s: u64,
    /// Whether that is another time than the ledger's.
    pub as_if: bool,
    pub contracts: Vec<Address>,
    /// Whether it was decided who would be told.
    pub decided: bool,
    /// The most urgent first, then the longest up.
    pub alerts: Vec<Row>,
    /// Composites of the configuration that read alerts of the contracts, whether or not they are
    /// up; as they were written.
    pub composites: Vec<CompositeRow>,
    /// Silences that end within the hour.
    pub expiring: Vec<Expiring>,
}

/// A silence that ends soon.
#[derive(Clone, Debug, Serialize)]
pub struct Expiring {
    pub id: String,
    pub author: String,
    pub ends_s: u64,
}

/// One alert.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub fingerprint: Fingerprint,
    pub severity: &'static str,
    /// Its name, or the beginning of its id if it was deleted.
    pub rule: String,
    pub rule_id: Hash,
    pub owner: Option<Address>,
    pub contract: Address,
    pub function: String,
    pub subject: Option<String>,
    pub lane: Option<u32>,
    pub metric: Option<String>,
    pub status: &'static str,
    pub episode: u32,
    pub since_s: u64,
    pub handling: &'static str,
    /// When an acknowledgement or a snooze ends.
    pub handling_until_s: Option<u64>,
    pub level: u8,
    /// In the statistic's unit, rounded toward zero; nothing while the last minute had no data.
    pub value: Option<i128>,
    /// The rule's annotations, their names filled in.
    pub texts: BTreeMap<String, String>,
    #[serde(skip)]
    pub asked: Option<Rule>,
    /// What would become of a message about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Outcome>,
}

/// What would become of a message.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// None is made: somebody acknowledged or snoozed the alert, until then.
    Handled { until_s: u64 },
    /// Nobody knows whose it is: its rule was deleted.
    RuleDeleted,
    #[serde(untagged)]
    Decided(Decision),
}

impl View {
    /// The view at a time, which may be another one than the ledger's, of what was read.
    pub fn new(
        passphrase: &str,
        (now_s, as_if): (u64, bool),
        contracts: &[Address],
        up: Vec<Up>,
        composed: Vec<Composed>,
        config: Option<&Config>,
    ) -> Self {
        // Composites explain alerts, and alerts composites.
        let of_composites = composed.iter().filter_map(|composed| composed.alert.clone());
        let alerts: Vec<Alert> = up.iter().filter_map(alert).chain(of_composites).collect();
        let composites = composed.into_iter().map(|composed| {
            let Composed { mut row, alert } = composed;
            let up = alert.as_ref().filter(|alert| alert.state.phase != Phase::Inactive);
            row.message = config
                .zip(up)
                .map(|(config, alert)| told(alert, Vec::new(), &alerts, config, now_s));
            row
        });
        let composites = composites.collect();
        let mut rows: Vec<_> = up
            .into_iter()
            .map(|up| {
                let message = config.map(|config| outcome(&up, &alerts, config, now_s));
                (up.state.severity, Row::new(up, message))
            })
            .collect();
        rows.sort_by_key(|(severity, row)| (std::cmp::Reverse(*severity), row.since_s));
        View {
            version: DOCUMENT_VERSION,
            network: passphrase.to_owned(),
            at_s: now_s,
            as_if,
            contracts: contracts.to_vec(),
            decided: config.is_some(),
            alerts: rows.into_iter().map(|(_, row)| row).collect(),
            composites,
            expiring: config.map_or_else(Vec::new, |config| expiring(config, now_s)),
        }
    }

    /// Leaves out alerts below a severity.
    pub fn leave_out_below(&mut self, least: Severity) {
        let is_urgent = |severity: &str| {
            Severity::ALL.iter().any(|of| *of >= least && severity_name(*of) == severity)
        };
        self.alerts.retain(|row| is_urgent(row.severity));
        self.composites.retain(|row| is_urgent(row.severity));
    }

    /// The rule of an alert, or the composite, by its fingerprint.
    pub fn rule_of(&self, fingerprint: Fingerprint) -> Option<&str> {
        let alerts = self.alerts.iter().map(|row| (row.fingerprint, row.rule.as_str()));
        let composites = self.composites.iter().map(|row| (row.fingerprint, row.name.as_str()));
        alerts.chain(composites).find(|(of, _)| *of == fingerprint).map(|(_, name)| name)
    }
}

impl Row {
    fn new(up: Up, message: Option<Outcome>) -> Self {
        let state = &up.state;
        let is_put_off = matches!(state.handling, Handling::Acknowledged | Handling::Snoozed);
        let has_figure = state.points > 0;
        let texts = alert(&up).zip(up.rule.as_ref()).map_or_else(BTreeMap::new, |(alert, rule)| {
            let made =
                |(name, template): (&String, &String)| (name.clone(), text(template, &alert));
            rule.annotations.iter().map(made).collect()
        });
        Row {
            fingerprint: up.fingerprint,
            severity: severity_name(state.severity),
            rule: up.rule.as_ref().map_or_else(|| short(&up.rule_id), |rule| rule.name.clone()),
            rule_id: up.rule_id,
            owner: up.rule.as_ref().map(|rule| rule.owner.clone()),
            contract: up.contract,
            function: up.function,
            subject: up.subject,
            lane: up.lane,
            metric: up.rule.as_ref().map(|rule| rule.metric.clone()),
            status: words::status(state.status()),
            episode: state.episode,
            since_s: u64::from(state.since) * u64::from(SLOT_S),
            handling: handling_name(state.handling),
            handling_until_s: is_put_off.then_some(state.handling_until_s),
            level: state.level,
            value: has_figure.then_some(state.value),
            texts,
            asked: up.rule,
            message,
        }
    }
}

fn expiring(config: &Config, now_s: u64) -> Vec<Expiring> {
    let of_owners = config.owners().iter().flat_map(|owner| owner.silences());
    let ending = |silence: &&Silence| silence.expiring(now_s, EXPIRING_S).is_some();
    let silences = config.global_silences().iter().chain(of_owners).filter(ending);
    silences
        .map(|silence| Expiring {
            id: silence.id.clone(),
            author: silence.author.clone(),
            ends_s: silence.latest_end_s(),
        })
        .collect()
}

/// The alert as decisions see it; none if nobody knows whose it is.
fn alert(up: &Up) -> Option<Alert> {
    let rule = up.rule.as_ref()?;
    let owner = Owner::new(rule.owner.as_str()).ok()?;
    let stream = (up.contract.as_str(), up.function.as_str(), up.subject.as_deref());
    let labels = labels(&rule.labels, (&rule.name, &rule.metric), stream);
    Some(Alert::new(up.fingerprint, owner, labels, up.state))
}

fn outcome(up: &Up, alerts: &[Alert], config: &Config, now_s: u64) -> Outcome {
    let state = &up.state;
    let is_put_off = matches!(state.handling, Handling::Acknowledged | Handling::Snoozed);
    if is_put_off && state.handling_until_s > now_s {
        return Outcome::Handled { until_s: state.handling_until_s };
    }
    let Some(alert) = alert(up) else { return Outcome::RuleDeleted };
    told(&alert, up.channels.clone(), alerts, config, now_s)
}

/// What would become of a first message about an alert that fires.
fn told(
    alert: &Alert,
    channels: Vec<String>,
    alerts: &[Alert],
    config: &Config,
    now_s: u64,
) -> Outcome {
    let episode = alert.state.episode;
    let message = Message { reason: Reason::Firing, episode, suppressed: 0, channels };
    // What was sent before is not on the ledger: as if it were the first message.
    let decided = decide(&Question {
        message: &message,
        alert,
        config,
        alerts,
        memory: &Memory::default(),
        rates: &Rates::default(),
        now_s,
    });
    Outcome::Decided(decided.decision)
}

fn handling_name(handling: Handling) -> &'static str {
    match handling {
        Handling::Open => "open",
        Handling::Acknowledged => "acknowledged",
        Handling::Snoozed => "snoozed",
        Handling::Resolved => "resolved",
    }
}

/// Whether somebody should look at it now.
pub fn is_urgent(severity: &str) -> bool {
    [Severity::High, Severity::Critical].map(severity_name).contains(&severity)
}

#[cfg(test)]
mod tests {
    use lumenscope_rules::{Operator, State, Statistic};

    use super::*;

    /// 2027-01-15T12:00Z.
    const NOW_S: u64 = 1_800_014_400;

    fn contract() -> Address {
        Address::from_contract_id([9; 32])
    }

    fn owner() -> Address {
        Address::from_account_key([7; 32])
    }

    /// A firing alert that began so many minutes ago.
    fn up(number: u8, name: &str, severity: Severity, minutes: u32) -> Up {
        let mut state = State::EMPTY;
        (state.phase, state.severity) = (Phase::Firing, severity);
        state.since = (NOW_S / 60) as u32 - minutes;
        let rule = Rule {
            owner: owner(),
            name: name.to_owned(),
            metric: "size".to_owned(),
            statistic: Statistic::Last,
            condition: 1,
            operator: Operator::Gt,
            threshold: 10,
            threshold_high: 0,
            labels: Default::default(),
            annotations: BTreeMap::from([(
                "summary".to_owned(),
                "{rule}: {value} {nothing".to_owned(),
            )]),
        };
        Up {
            fingerprint: Fingerprint([number; 16]),
            rule_id: Hash([number; 32]),
            rule: Some(rule),
            contract: contract(),
            function: "settle".to_owned(),
            subject: None,
            lane: None,
            state,
            channels: vec!["team".to_owned()],
        }
    }

    fn view(up: Vec<Up>, config: Option<&str>) -> View {
        let config = config.map(|parts| {
            let text = format!("[[owner]]\naddress = \"{}\"\n{parts}", owner());
            Config::parse(&text).unwrap_or_else(|fault| panic!("{fault}"))
        });
        View::new("here", (NOW_S, false), &[contract()], up, Vec::new(), config.as_ref())
    }

    #[test]
    fn the_most_urgent_come_first_and_among_them_the_longest_up() {
        let of = |name, severity, minutes| up(1, name, severity, minutes);
        let view = view(
            vec![
                of("new", Severity::Low, 1),
                of("old", Severity::Low, 9),
                of("urgent", Severity::Critical, 0),
            ],
            None,
        );
        let names = |view: &View| -> Vec<String> {
            view.alerts.iter().map(|row| row.rule.clone()).collect()
        };
        assert_eq!(names(&view), ["urgent", "old", "new"]);
        assert!(view.alerts.iter().all(|row| row.message.is_none() && row.value.is_none()));
        let mut urgent = view.clone();
        urgent.leave_out_below(Severity::Low);
        assert_eq!(names(&urgent), ["urgent", "old", "new"]);
        urgent.leave_out_below(Severity::Medium);
        assert_eq!(names(&urgent), ["urgent"]);
    }

    #[test]
    fn an_annotation_that_cannot_be_made_is_shown_with_the_reason() {
        let row = view(vec![up(1, "large", Severity::High, 5)], None).alerts.remove(0);
        let text = &row.texts["summary"];
        assert!(text.starts_with("{rule}: {value} {nothing [this text cannot be made"), "{text}");
    }

    #[test]
    fn an_alert_in_hand_gets_no_message_until_that_expires() {
        let put_off = |until_s| {
            let mut up = up(1, "large", Severity::High, 5);
            (up.state.handling, up.state.handling_until_s) = (Handling::Acknowledged, until_s);
            view(vec![up], Some("")).alerts.remove(0)
        };
        let row = put_off(NOW_S + 60);
        assert!(matches!(row.message, Some(Outcome::Handled { until_s }) if until_s == NOW_S + 60));
        assert!(matches!(put_off(NOW_S).message, Some(Outcome::Decided(Decision::Tell { .. }))));
    }

    #[test]
    fn a_silence_that_ends_within_the_hour_is_named_with_its_author() {
        let silence = |ends: &str| {
            let parts = format!(
                "[[owner.silence]]\nid = \"s\"\nauthor = \"anna\"\nmatchers = ['rule=x']\n\
                 starts = 2027-01-15T11:00:00Z\nends = {ends}\n"
            );
            view(Vec::new(), Some(&parts)).expiring
        };
        assert_eq!(silence("2027-01-15T13:00:01Z").len(), 0);
        let ending = silence("2027-01-15T13:00:00Z").remove(0);
        assert_eq!((ending.author.as_str(), ending.ends_s), ("anna", NOW_S + 3_600));
    }

    #[test]
    fn who_explains_an_alert_is_named_by_its_rule() {
        const INHIBITION: &str = "[[owner.inhibition]]\nname = \"i\"\n\
            sources = ['rule=\"huge\"']\ntargets = ['rule!=\"huge\"']\nequal = [\"function\"]\n";
        let (large, huge) =
            (up(1, "large", Severity::High, 5), up(2, "huge", Severity::Critical, 5));
        let view = view(vec![large, huge], Some(INHIBITION));
        let messages: Vec<_> =
            view.alerts.iter().map(|row| serde_json::json!(row.message)).collect();
        assert!(messages[0]["tell"].is_object(), "{messages:?}");
        assert_eq!(messages[1]["withhold"]["source"], "02".repeat(16));
        assert_eq!(view.rule_of(Fingerprint([2; 16])), Some("huge"));
    }

    #[test]
    fn an_alert_whose_rule_was_deleted_has_its_id_and_nobody_to_tell() {
        let orphan = Up { rule: None, ..up(0xab, "", Severity::Low, 5) };
        let view = view(vec![orphan], Some(""));
        assert_eq!(view.alerts[0].rule, "abababab");
        assert!(matches!(view.alerts[0].message, Some(Outcome::RuleDeleted)));
    }
}
