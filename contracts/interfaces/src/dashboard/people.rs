//! Who looks at dashboards, who may, and how they like to.

use soroban_sdk::{Address, BytesN, String, Vec, contracttype};

#[allow(unused_imports, reason = "what the documentation names")]
use super::*;

/// Who looks at a dashboard. Nobody is asked who looks at a public one.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DashboardViewer {
    /// Anybody.
    Anyone,
    /// An account, which authorises.
    Account(Address),
    /// Whoever has the secret of a share link: 32 random bytes.
    Link(BytesN<32>),
}

/// What a named account may do.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum DashboardAccess {
    /// Nothing, unless the dashboard is public.
    None = 0,
    /// See it.
    View = 1,
    /// See and edit it.
    Edit = 2,
}

/// How a user likes to look at dashboards.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UserPreferences {
    /// The theme: light on dark, dark on light, or (`None`) as the system says.
    pub dark: Option<bool>,
    /// A name of the IANA database, `UTC` or `Europe/Prague`: 1 to [`TIME_ZONE_BYTES_MAX`] bytes,
    /// not compared with the database.
    pub time_zone: String,
    /// How far back a page looks at first, seconds: 1 to [`DEFAULT_RANGE_MAX_S`].
    pub default_range_s: u32,
    /// How often a page asks again, seconds: 0 for never, or [`REFRESH_MIN_S`] to
    /// [`REFRESH_MAX_S`].
    pub refresh_s: u32,
    /// Dashboards to list first, at most [`FAVOURITES_MAX`]; the first of them is the home
    /// dashboard, which opens first. They may be gone.
    pub favourites: Vec<BytesN<32>>,
}
