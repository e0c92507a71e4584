//! A dashboard as it is stored: the list of its fields' values, in the order of their keys.

use soroban_sdk::{Address, Env, IntoVal, Map, TryFromVal, Val, Vec};

use crate::raw::{list, map, number, typed};
use crate::shape::{self, VARIABLES, details};

/// The fields of `Dashboard`, in order.
const KEYS: [&str; 9] =
    ["details", "heir", "links", "listed", "members", "origin", "owner", "places", "version"];

/// The places of a dashboard's fields.
pub mod field {
    pub const DETAILS: u32 = 0;
    pub const HEIR: u32 = 1;
    pub const LINKS: u32 = 2;
    pub const LISTED: u32 = 3;
    pub const MEMBERS: u32 = 4;
    pub const OWNER: u32 = 6;
    pub const PLACES: u32 = 7;
    pub const VERSION: u32 = 8;
}
use field::*;

/// A dashboard.
pub struct Board {
    pub e: Env,
    /// What is stored.
    pub fields: Vec<Val>,
}

impl Board {
    /// A private dashboard without widgets, at version 0.
    pub fn new(e: &Env, owner: &Val, details: &Vec<Val>, origin: Val) -> Self {
        let nothing = Val::VOID.to_val();
        let none = Map::<Val, Val>::new(e).to_val();
        let zero = Val::from_u32(0).to_val();
        let fields = [details.to_val(), nothing, none, zero, none, origin, *owner, none, zero];
        Self { e: e.clone(), fields: list(e, &fields) }
    }

    pub fn get<T: TryFromVal<Env, Val>>(&self, place: u32) -> T {
        typed(&self.e, &self.fields.get_unchecked(place))
    }

    pub fn set<T: IntoVal<Env, Val>>(&mut self, place: u32, value: T) {
        self.fields.set(place, value.into_val(&self.e));
    }

    pub fn owner(&self) -> Address {
        self.get(OWNER)
    }

    pub fn version(&self) -> u32 {
        number(self.fields.get_unchecked(VERSION))
    }

    pub fn is_public(&self) -> bool {
        number(self.fields.get_unchecked(LISTED)) != 0
    }

    pub fn places(&self) -> Map<u32, u32> {
        self.get(PLACES)
    }

    /// The dashboard as it is shown.
    pub fn shown(&self) -> Val {
        let mut fields = self.fields.clone();
        fields.set(DETAILS, shown_details(&self.e, &self.get(DETAILS)));
        map(&self.e, &KEYS, &fields)
    }
}

/// Details as they are shown: as they are stored, variables are a list too.
pub fn shown_details(e: &Env, stored: &Vec<Val>) -> Val {
    let mut shown = stored.clone();
    let variables = typed(e, &stored.get_unchecked(details::VARIABLES));
    shown.set(details::VARIABLES, map(e, VARIABLES.keys, &variables));
    map(e, shape::DETAILS.keys, &shown)
}
