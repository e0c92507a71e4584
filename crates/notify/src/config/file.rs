//! The file as it is written, before it is checked.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::value::Datetime;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    #[serde(default)]
    pub global_silence: Vec<Silence>,
    #[serde(default)]
    pub owner: Vec<Owner>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    pub address: String,
    #[serde(default)]
    pub silence: Vec<Silence>,
    #[serde(default)]
    pub inhibition: Vec<Inhibition>,
    #[serde(default)]
    pub mute: Vec<Mute>,
    #[serde(default)]
    pub composite: Vec<Composite>,
    #[serde(default)]
    pub rotation: Vec<Rotation>,
    #[serde(default)]
    pub route: Vec<Route>,
    #[serde(default)]
    pub rate: Rate,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Silence {
    pub id: String,
    pub matchers: Vec<String>,
    pub starts: Datetime,
    pub ends: Option<Datetime>,
    #[serde(default)]
    pub until_resolved: bool,
    pub author: String,
    #[serde(default)]
    pub comment: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inhibition {
    pub name: String,
    pub sources: Vec<String>,
    pub targets: Vec<String>,
    #[serde(default)]
    pub equal: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mute {
    pub name: String,
    #[serde(default)]
    pub matchers: Vec<String>,
    pub zone: String,
    #[serde(default)]
    pub times: Vec<String>,
    #[serde(default)]
    pub weekdays: Vec<String>,
    #[serde(default)]
    pub days_of_month: Vec<String>,
    #[serde(default)]
    pub months: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    pub name: String,
    pub members: Vec<String>,
    pub shift: Shift,
    pub handover: String,
    pub zone: String,
    pub start: Datetime,
    #[serde(default, rename = "override")]
    pub overrides: Vec<Override>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Shift {
    Hours(u32),
    Days(u32),
    Weeks(u32),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    pub from: Datetime,
    pub to: Datetime,
    pub who: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    #[serde(default)]
    pub matchers: Vec<String>,
    #[serde(default)]
    pub rotations: Vec<String>,
    #[serde(default)]
    pub channels: Vec<String>,
    #[serde(default, rename = "continue")]
    pub goes_on: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    pub rule: Option<Limit>,
    pub owner: Option<Limit>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    pub messages: u32,
    pub within_s: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Composite {
    pub name: String,
    pub severity: Severity,
    pub asks: Ask,
    pub members: Vec<Member>,
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    #[serde(default)]
    pub no_data: NoData,
    #[serde(default)]
    pub for_s: u32,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    All,
    Any,
    AtLeast(u32),
    ThenWithinS(u32),
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoData {
    Alert,
    Normal,
    #[default]
    #[serde(rename = "no_data")]
    Shown,
    KeepLast,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    pub contract: Option<String>,
    pub rule: Option<String>,
    pub matchers: Option<Vec<String>>,
    pub composite: Option<String>,
}
