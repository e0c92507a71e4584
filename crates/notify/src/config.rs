//! The file that a team writes: who is told of its alerts, and who is not.
//!
//! Reading it checks everything; what is wrong is named by its path, such as
//! `owner[0].silence[2].matchers[1]`. The guide (`docs/guides/notifications.md`) has a whole example.

mod composites;
mod file;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use thiserror::Error;

use crate::alert::{Owner, OwnerFault};
use crate::calendar::CalendarFault;
use crate::composite::{CompositeFault, Composites};
use crate::inhibition::{Inhibition, InhibitionFault, Inhibitions};
use crate::matcher::{Matcher, MatcherFault, Matchers};
use crate::mute::{MuteFault, MuteWindow, WINDOWS_MAX};
use crate::on_call::{Override, ROTATIONS_MAX, Rotation, RotationFault, RotationSpec, Shift};
use crate::rate::{Limit, LimitFault};
use crate::route::{ROUTES_MAX, Route, RouteFault};
use crate::silence::{Ends, SILENCES_MAX, Scope, Silence, SilenceFault};
use crate::zone::{UnknownZone, Zone};

/// Bytes of a file: what a team can still read.
pub const CONFIG_BYTES_MAX: usize = 512 * 1_024;
/// Owners in one file.
pub const OWNERS_MAX: usize = 64;

/// What is wrong with a field.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum FieldFault {
    /// It is no TOML, has a field that means nothing, lacks one, or one of another type.
    #[error("{0}")]
    Form(String),
    /// The file is longer than [`CONFIG_BYTES_MAX`].
    #[error("expected a file of at most {CONFIG_BYTES_MAX} bytes, came {came}")]
    Length {
        /// The bytes that came.
        came: usize,
    },
    /// A list has more members than it may.
    #[error("expected at most {max}, came {came}")]
    TooMany {
        /// How many there may be.
        max: usize,
        /// How many came.
        came: usize,
    },
    /// Two have one name.
    #[error("expected names that differ, came {came:?} twice")]
    Twice {
        /// The name.
        came: String,
    },
    /// Neither of two fields of which one is needed, or both.
    #[error("expected either {one} or {other}, came {came}")]
    OneOf {
        /// The one.
        one: &'static str,
        /// The other.
        other: &'static str,
        /// "both" or "none".
        came: &'static str,
    },
    /// A time without its offset, or before 1970.
    #[error("expected a time with its offset, such as 2027-01-15T18:00:00Z, came {came}")]
    Time {
        /// What came.
        came: String,
    },
    /// A date that is none.
    #[error("expected a date such as 2027-01-15, came {came}")]
    Date {
        /// What came.
        came: String,
    },
    /// A rotation that its owner does not have.
    #[error("expected the name of a rotation of the same owner, came {came:?}")]
    UnknownRotation {
        /// What came.
        came: String,
    },
    /// A composite that its owner does not have.
    #[error("expected the name of a composite of the same owner, came {came:?}")]
    UnknownComposite {
        /// What came.
        came: String,
    },
    /// A composite as a member has a name, and nothing else that tells it from others.
    #[error("expected no {field} beside composite")]
    BesideComposite {
        /// What came beside it.
        field: &'static str,
    },
    /// See there.
    #[error(transparent)]
    Owner(#[from] OwnerFault),
    /// See there.
    #[error(transparent)]
    Matcher(#[from] MatcherFault),
    /// See there.
    #[error(transparent)]
    Silence(#[from] SilenceFault),
    /// See there.
    #[error(transparent)]
    Inhibition(#[from] InhibitionFault),
    /// See there.
    #[error(transparent)]
    Composite(#[from] CompositeFault),
    /// See there.
    #[error(transparent)]
    Calendar(#[from] CalendarFault),
    /// See there.
    #[error(transparent)]
    Zone(#[from] UnknownZone),
    /// See there.
    #[error(transparent)]
    Mute(#[from] MuteFault),
    /// See there.
    #[error(transparent)]
    Rotation(#[from] RotationFault),
    /// See there.
    #[error(transparent)]
    Limit(#[from] LimitFault),
    /// See there.
    #[error(transparent)]
    Route(#[from] RouteFault),
}

/// A field of the file that is wrong.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("{path}: {fault}")]
pub struct ConfigFault {
    /// Where it is: the names of fields, and places in lists from 0.
    pub path: String,
    /// What is wrong with it.
    pub fault: FieldFault,
}

fn at<T, F: Into<FieldFault>>(
    path: impl fmt::Display,
    read: Result<T, F>,
) -> Result<T, ConfigFault> {
    read.map_err(|fault| ConfigFault { path: path.to_string(), fault: fault.into() })
}

/// What one owner decided.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OwnerConfig {
    owner: Owner,
    silences: Vec<Silence>,
    inhibitions: Inhibitions,
    mute_windows: Vec<MuteWindow>,
    composites: Composites,
    rotations: Vec<Rotation>,
    routes: Vec<Route>,
    rule_limit: Option<Limit>,
    owner_limit: Option<Limit>,
}

impl OwnerConfig {
    /// Whose it is.
    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    /// What is silenced, and for how long.
    pub fn silences(&self) -> &[Silence] {
        &self.silences
    }

    /// Which alerts explain others.
    pub fn inhibitions(&self) -> &Inhibitions {
        &self.inhibitions
    }

    /// When nobody is told.
    pub fn mute_windows(&self) -> &[MuteWindow] {
        &self.mute_windows
    }

    /// Rules over other alerts.
    pub fn composites(&self) -> &Composites {
        &self.composites
    }

    /// Who is on call.
    pub fn rotations(&self) -> &[Rotation] {
        &self.rotations
    }

    /// One rotation.
    pub fn rotation(&self, name: &str) -> Option<&Rotation> {
        self.rotations.iter().find(|rotation| rotation.name() == name)
    }

    /// Who is told of what.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// How many messages there may be about one rule.
    pub fn rule_limit(&self) -> Option<Limit> {
        self.rule_limit
    }

    /// How many messages there may be about all rules.
    pub fn owner_limit(&self) -> Option<Limit> {
        self.owner_limit
    }
}

/// What all owners decided, and the admin for everybody.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Config {
    global_silences: Vec<Silence>,
    owners: Vec<OwnerConfig>,
}

impl Config {
    /// Reads a file and checks all of it.
    ///
    /// # Errors
    ///
    /// The first [`ConfigFault`] found.
    pub fn parse(text: &str) -> Result<Self, ConfigFault> {
        let came = text.len();
        if came > CONFIG_BYTES_MAX {
            return at("the file", Err(FieldFault::Length { came }));
        }
        let form = |error: toml::de::Error| FieldFault::Form(error.to_string().trim().to_owned());
        let document = at("the file", toml::Deserializer::parse(text).map_err(form))?;
        let file: file::File = serde_path_to_error::deserialize(document).map_err(|error| {
            ConfigFault { path: error.path().to_string(), fault: form(error.into_inner()) }
        })?;
        checked(&file)
    }

    /// Silences over everybody's alerts, by the suite's admin.
    pub fn global_silences(&self) -> &[Silence] {
        &self.global_silences
    }

    /// What one owner decided.
    pub fn of(&self, owner: &Owner) -> Option<&OwnerConfig> {
        self.owners.iter().find(|config| config.owner == *owner)
    }

    /// What each owner decided.
    pub fn owners(&self) -> &[OwnerConfig] {
        &self.owners
    }
}

fn checked(file: &file::File) -> Result<Config, ConfigFault> {
    at_most("owner", file.owner.len(), OWNERS_MAX)?;
    let global = silences("global_silence", &file.global_silence, &Scope::Global)?;
    let owners = each(&file.owner, |place, owner| owner_config(&format!("owner[{place}]"), owner))?;
    distinct("owner", owners.iter().map(|owner| owner.owner.as_str()))?;
    Ok(Config { global_silences: global, owners })
}

fn owner_config(path: &str, from: &file::Owner) -> Result<OwnerConfig, ConfigFault> {
    let owner = at(format!("{path}.address"), Owner::new(&from.address))?;
    let scope = Scope::Owner(owner.clone());
    let rotations = rotations(&format!("{path}.rotation"), &from.rotation)?;
    let limit = |name: &str, from: &Option<file::Limit>| {
        let Some(from) = from else { return Ok(None) };
        let limit = Limit { messages: from.messages, within_s: from.within_s };
        at(format!("{path}.rate.{name}"), limit.check()).map(|()| Some(limit))
    };
    Ok(OwnerConfig {
        silences: silences(&format!("{path}.silence"), &from.silence, &scope)?,
        inhibitions: inhibitions(&format!("{path}.inhibition"), &from.inhibition, &owner)?,
        mute_windows: mute_windows(&format!("{path}.mute"), &from.mute)?,
        composites: composites::read(&format!("{path}.composite"), &from.composite)?,
        routes: routes(&format!("{path}.route"), &from.route, &rotations)?,
        rotations,
        rule_limit: limit("rule", &from.rate.rule)?,
        owner_limit: limit("owner", &from.rate.owner)?,
        owner,
    })
}

fn silences(
    path: &str,
    from: &[file::Silence],
    scope: &Scope,
) -> Result<Vec<Silence>, ConfigFault> {
    at_most(path, from.len(), SILENCES_MAX)?;
    let all = each(from, |place, from| {
        let path = format!("{path}[{place}]");
        let ends = match (from.ends, from.until_resolved) {
            (Some(ends), false) => Ends::At(time_s(&format!("{path}.ends"), &ends)?),
            (None, true) => Ends::UntilResolved,
            (ends, _) => {
                let came = if ends.is_some() { "both" } else { "none" };
                let (one, other) = ("ends", "until_resolved = true");
                return at(path, Err(FieldFault::OneOf { one, other, came }));
            }
        };
        let silence = Silence {
            id: from.id.clone(),
            scope: scope.clone(),
            matchers: matchers(&format!("{path}.matchers"), &from.matchers)?,
            starts_s: time_s(&format!("{path}.starts"), &from.starts)?,
            ends,
            author: from.author.clone(),
            comment: from.comment.clone(),
        };
        at(path, silence.check())?;
        Ok(silence)
    })?;
    distinct(path, all.iter().map(|silence| silence.id.as_str()))?;
    Ok(all)
}

fn inhibitions(
    path: &str,
    from: &[file::Inhibition],
    owner: &Owner,
) -> Result<Inhibitions, ConfigFault> {
    let all = each(from, |place, from| {
        let path = format!("{path}[{place}]");
        Ok(Inhibition {
            name: from.name.clone(),
            sources: matchers(&format!("{path}.sources"), &from.sources)?,
            targets: matchers(&format!("{path}.targets"), &from.targets)?,
            equal: from.equal.clone(),
        })
    })?;
    distinct(path, all.iter().map(|inhibition| inhibition.name.as_str()))?;
    at(path, Inhibitions::new(owner.clone(), all))
}

fn mute_windows(path: &str, from: &[file::Mute]) -> Result<Vec<MuteWindow>, ConfigFault> {
    at_most(path, from.len(), WINDOWS_MAX)?;
    let all = each(from, |place, from| {
        let path = format!("{path}[{place}]");
        let window = MuteWindow {
            name: from.name.clone(),
            matchers: matchers(&format!("{path}.matchers"), &from.matchers)?,
            zone: at(format!("{path}.zone"), Zone::named(&from.zone))?,
            times: parsed(&format!("{path}.times"), &from.times)?,
            weekdays: parsed(&format!("{path}.weekdays"), &from.weekdays)?,
            days_of_month: parsed(&format!("{path}.days_of_month"), &from.days_of_month)?,
            months: parsed(&format!("{path}.months"), &from.months)?,
        };
        at(path, window.check())?;
        Ok(window)
    })?;
    distinct(path, all.iter().map(|window| window.name.as_str()))?;
    Ok(all)
}

fn rotations(path: &str, from: &[file::Rotation]) -> Result<Vec<Rotation>, ConfigFault> {
    at_most(path, from.len(), ROTATIONS_MAX)?;
    let all = each(from, |place, from| {
        let path = format!("{path}[{place}]");
        let shift = match from.shift {
            file::Shift::Hours(hours) => Shift::Hours(hours),
            file::Shift::Days(days) => Shift::Days(days),
            file::Shift::Weeks(weeks) => Shift::Weeks(weeks),
        };
        let overrides = each(&from.overrides, |place, from| {
            let path = format!("{path}.override[{place}]");
            Ok(Override {
                from_s: time_s(&format!("{path}.from"), &from.from)?,
                to_s: time_s(&format!("{path}.to"), &from.to)?,
                who: from.who.clone(),
            })
        })?;
        let spec = RotationSpec {
            name: from.name.clone(),
            members: from.members.clone(),
            shift,
            handover: at(format!("{path}.handover"), from.handover.parse())?,
            zone: at(format!("{path}.zone"), Zone::named(&from.zone))?,
            start: date(&format!("{path}.start"), &from.start)?,
            overrides,
        };
        at(path, Rotation::new(spec))
    })?;
    distinct(path, all.iter().map(Rotation::name))?;
    Ok(all)
}

fn routes(
    path: &str,
    from: &[file::Route],
    rotations: &[Rotation],
) -> Result<Vec<Route>, ConfigFault> {
    at_most(path, from.len(), ROUTES_MAX)?;
    each(from, |place, from| {
        let path = format!("{path}[{place}]");
        let route = Route {
            matchers: matchers(&format!("{path}.matchers"), &from.matchers)?,
            rotations: from.rotations.clone(),
            channels: from.channels.clone(),
            goes_on: from.goes_on,
        };
        for (place, name) in route.rotations.iter().enumerate() {
            if !rotations.iter().any(|rotation| rotation.name() == name) {
                let fault = FieldFault::UnknownRotation { came: name.clone() };
                return at(format!("{path}.rotations[{place}]"), Err(fault));
            }
        }
        at(path, route.check())?;
        Ok(route)
    })
}

fn matchers(path: &str, from: &[String]) -> Result<Matchers, ConfigFault> {
    let matchers: Vec<Matcher> = parsed(path, from)?;
    at(path, Matchers::new(matchers))
}

/// Each of a list of texts, read.
fn parsed<T: FromStr<Err: Into<FieldFault>>>(
    path: &str,
    from: &[String],
) -> Result<Vec<T>, ConfigFault> {
    each(from, |place, text| at(format!("{path}[{place}]"), text.parse()))
}

fn each<F, T>(
    from: &[F],
    read: impl Fn(usize, &F) -> Result<T, ConfigFault>,
) -> Result<Vec<T>, ConfigFault> {
    from.iter().enumerate().map(|(place, from)| read(place, from)).collect()
}

fn at_most(path: &str, came: usize, max: usize) -> Result<(), ConfigFault> {
    if came > max { at(path, Err(FieldFault::TooMany { max, came })) } else { Ok(()) }
}

fn distinct<'a>(path: &str, names: impl Iterator<Item = &'a str>) -> Result<(), ConfigFault> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return at(path, Err(FieldFault::Twice { came: name.to_owned() }));
        }
    }
    Ok(())
}

/// The unix seconds of a time, which has to have its offset.
fn time_s(path: &str, from: &toml::value::Datetime) -> Result<u64, ConfigFault> {
    let came = from.to_string();
    let at_s = came.parse::<Timestamp>().ok().and_then(|at| u64::try_from(at.as_second()).ok());
    at(path, at_s.ok_or(FieldFault::Time { came }))
}

fn date(path: &str, from: &toml::value::Datetime) -> Result<Date, ConfigFault> {
    let came = from.to_string();
    let date = if from.time.is_none() { came.parse().ok() } else { None };
    at(path, date.ok_or(FieldFault::Date { came }))
}
