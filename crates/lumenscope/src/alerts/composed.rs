//! What `alerts` shows of composites, as plain data. Pure.

use lumenscope_notify::alert::severity_name;
use lumenscope_notify::config::OwnerConfig;
use lumenscope_notify::{Alert, Composite, Composites, Fingerprint, Member};
use lumenscope_rules::compose::Ask;
use lumenscope_rules::slot::SLOT_S;
use lumenscope_rules::{Coverage, OutOfOrder, Phase, State, Status};
use serde::Serialize;

use super::members::Span;
use super::play::{Candidate, Played, Source, Unevaluated, Unknown, play};
use super::view::Outcome;
use crate::words;

const UNKNOWN: &str = "unknown";
const FIRING: &str = "firing";
const QUIET: &str = "quiet";

/// A composite.
#[derive(Clone, Debug, Serialize)]
pub struct CompositeRow {
    pub fingerprint: Fingerprint,
    pub severity: &'static str,
    pub name: String,
    pub owner: String,
    /// What it asks of its members.
    pub asks: String,
    /// As of an alert; or `unknown`.
    pub status: &'static str,
    /// Why it is not known whether it fires.
    pub unknown: Option<String>,
    /// When its episode began, while one is up.
    pub since_s: Option<u64>,
    /// Whether it may have begun before: `since_s` is as far as history goes.
    pub or_before: bool,
    pub members: Vec<MemberRow>,
    /// What would become of a message about it; none while it is not up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Outcome>,
}

/// A member of a composite.
#[derive(Clone, Debug, Serialize)]
pub struct MemberRow {
    /// The name of its rule, or of the composite.
    pub rule: String,
    /// Of an alert.
    pub contract: Option<String>,
    pub function: Option<String>,
    pub subject: Option<String>,
    pub lane: Option<u32>,
    /// `firing`, `quiet` or `unknown`.
    pub status: &'static str,
    /// Why it is not known.
    pub unknown: Option<&'static str>,
    /// Until when it was evaluated, if that is too long ago.
    pub evaluated_s: Option<u64>,
}

/// A composite with its alert, as decisions about messages see it.
#[derive(Clone, Debug)]
pub struct Composed {
    pub row: CompositeRow,
    /// None where it is not known whether it fires.
    pub alert: Option<Alert>,
}

/// The places of an owner's composites that read alerts of a contract, at once or through others.
pub fn concerned(composites: &Composites, is_asked: impl Fn(&str) -> bool) -> Vec<usize> {
    let mut is_concerned = vec![false; composites.as_slice().len()];
    for place in composites.order() {
        let Some(composite) = composites.as_slice().get(*place) else { continue };
        let reads = |member: &Member| match member {
            Member::Alerts { contract, .. } => is_asked(contract),
            Member::Composite(name) => {
                composites.find(name).is_some_and(|(at, _)| is_concerned.get(at) == Some(&true))
            }
        };
        let reads = composite.members.iter().any(reads);
        if let Some(is_concerned) = is_concerned.get_mut(*place) {
            *is_concerned = reads;
        }
    }
    (0..is_concerned.len()).filter(|place| is_concerned.get(*place) == Some(&true)).collect()
}

/// The members of these composites, and of those that they read.
pub fn members<'c>(composites: &'c Composites, places: &[usize]) -> Vec<&'c Member> {
    let mut waiting = places.to_vec();
    let mut is_seen = vec![false; composites.as_slice().len()];
    let mut members = Vec::new();
    while let Some(place) = waiting.pop() {
        let Some(composite) = composites.as_slice().get(place) else { continue };
        if std::mem::replace(&mut is_seen[place], true) {
            continue;
        }
        members.extend(&composite.members);
        let reads = composite.members.iter().filter_map(|member| match member {
            Member::Composite(name) => composites.find(name).map(|(at, _)| at),
            Member::Alerts { .. } => None,
        });
        waiting.extend(reads);
    }
    members
}

/// Composites of an owner, at these places, after the last slot of a span.
///
/// # Errors
/// Never: slots follow each other.
pub fn composed(
    of: &OwnerConfig,
    places: &[usize],
    candidates: &[Candidate],
    span: Span,
) -> Result<Vec<Composed>, OutOfOrder> {
    let composites = of.composites();
    let played = play(composites, candidates, span.start..=span.through)?;
    let one = |place: &usize| {
        let (composite, one) = (composites.as_slice().get(*place)?, played.get(*place)?);
        let members = one.members.iter().filter_map(|source| match source {
            Source::Alert(at) => candidates.get(*at).map(|of| alert(of, span.through)),
            Source::Composite(at) => {
                let (composite, played) = (composites.as_slice().get(*at)?, played.get(*at)?);
                Some(self::composite(composite, played))
            }
        });
        let row = row(composite, one, members.collect(), of);
        let alert = one.stands.as_ref().ok().map(|state| {
            let (fingerprint, labels) = (row.fingerprint, composite.alert_labels());
            Alert::new(fingerprint, of.owner().clone(), labels, *state)
        });
        Some(Composed { row, alert })
    };
    Ok(places.iter().filter_map(one).collect())
}

fn row(
    composite: &Composite,
    played: &Played,
    members: Vec<MemberRow>,
    of: &OwnerConfig,
) -> CompositeRow {
    let state = played.stands.as_ref().ok();
    let up = state.filter(|state| state.phase != Phase::Inactive);
    CompositeRow {
        fingerprint: composite.fingerprint(of.owner()),
        severity: severity_name(composite.severity),
        name: composite.name.clone(),
        owner: of.owner().to_string(),
        asks: asks(composite.asks),
        status: state.map_or(UNKNOWN, |state| words::status(state.status())),
        unknown: played.stands.as_ref().err().map(|why| match why {
            Unknown::Members(fault) => fault.clone(),
            Unknown::Forgotten => "its history is too short".to_owned(),
            Unknown::HeldLonger => "held since before its history".to_owned(),
            Unknown::NoFigure => "members unknown so far".to_owned(),
        }),
        since_s: up.map(|state| u64::from(state.since) * u64::from(SLOT_S)),
        or_before: up.is_some() && !played.is_begin_known,
        members,
        message: None,
    }
}

fn alert(of: &Candidate, through: u32) -> MemberRow {
    let moment = of.past.at(through);
    let (status, unknown) = known(moment.map(|moment| moment.state).as_ref());
    let label = |name: &str| of.alert.label(name).to_owned();
    let why = match of.unevaluated {
        Some(Unevaluated::Paused) => Some("paused"),
        Some(Unevaluated::Never) => Some("never evaluated"),
        Some(Unevaluated::Since(_)) => Some("not evaluated"),
        None => unknown,
    };
    MemberRow {
        rule: label("rule"),
        contract: Some(label("contract")),
        function: Some(label("function")),
        subject: Some(label("subject")).filter(|subject| !subject.is_empty()),
        lane: of.lane,
        status,
        unknown: why.filter(|_| status == UNKNOWN),
        evaluated_s: match of.unevaluated {
            Some(Unevaluated::Since(at_s)) => Some(at_s),
            _ => None,
        },
    }
}

fn composite(composite: &Composite, played: &Played) -> MemberRow {
    let (status, unknown) = known(played.stands.as_ref().ok());
    MemberRow {
        rule: composite.name.clone(),
        contract: None,
        function: None,
        subject: None,
        lane: None,
        status,
        unknown,
        evaluated_s: None,
    }
}

/// What a composite makes of a member's state.
fn known(state: Option<&State>) -> (&'static str, Option<&'static str>) {
    match state {
        None => (UNKNOWN, Some("not known")),
        Some(state) if state.fault || state.coverage != Coverage::Present => {
            let is_error = state.fault || state.coverage == Coverage::Error;
            let status = if is_error { Status::Error } else { Status::NoData };
            (UNKNOWN, Some(words::status(status)))
        }
        Some(state) if state.is_firing() => (FIRING, None),
        Some(_) => (QUIET, None),
    }
}

fn asks(asks: Ask) -> String {
    match asks {
        Ask::All => "all".to_owned(),
        Ask::Any => "any".to_owned(),
        Ask::AtLeast(needed) => format!("at least {needed}"),
        Ask::Then { within_s } => {
            format!("one after the other within {}", crate::times::duration(u64::from(within_s)))
        }
    }
}
