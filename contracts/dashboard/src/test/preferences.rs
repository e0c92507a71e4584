//! How a user likes to look at dashboards.

extern crate std;

use lumenscope_interfaces::dashboard::{
    DEFAULT_RANGE_MAX_S, DashboardError, FAVOURITES_MAX, REFRESH_MAX_S, REFRESH_MIN_S,
    TIME_ZONE_BYTES_MAX, UserPreferences,
};
use soroban_sdk::testutils::Events as _;
use soroban_sdk::{BytesN, Event, Vec};
use std::string::String as StdString;

use super::world::{World, refused_with, unauthorised};
use crate::events::PreferencesChanged;

fn preferences(world: &World) -> UserPreferences {
    UserPreferences {
        dark: Some(true),
        time_zone: world.text("America/Argentina/Buenos_Aires"),
        default_range_s: 86_400,
        refresh_s: 30,
        favourites: Vec::from_array(
            &world.e,
            [1, 2].map(|id| BytesN::from_array(&world.e, &[id; 32])),
        ),
    }
}

#[test]
fn preferences_are_kept_for_each_user() {
    let world = World::bare();
    let wanted = preferences(&world);
    assert_eq!(world.client().preferences(&world.owner), None);
    world.client().set_preferences(&world.owner, &wanted);
    let changed = PreferencesChanged { user: world.owner.clone() };
    assert_eq!(world.e.events().all(), std::vec![changed.to_xdr(&world.e, &world.contract)]);
    assert_eq!(world.client().preferences(&world.owner), Some(wanted.clone()));
    assert_eq!(world.client().preferences(&world.stranger), None);
    let other = UserPreferences { dark: None, ..wanted };
    world.client().set_preferences(&world.owner, &other);
    assert_eq!(world.client().preferences(&world.owner), Some(other));
}

#[test]
fn preferences_are_set_by_their_user_alone() {
    let world = World::bare();
    let wanted = preferences(&world);
    world.only(&world.stranger, "set_preferences", (world.owner.clone(), wanted.clone()));
    unauthorised(world.client().try_set_preferences(&world.owner, &wanted));
    assert_eq!(world.client().preferences(&world.owner), None);
}

#[test]
fn preferences_out_of_bounds_are_refused() {
    let world = World::bare();
    let good = preferences(&world);
    let set = |wanted: UserPreferences| world.client().try_set_preferences(&world.owner, &wanted);
    let zone = |bytes: u32| {
        let name = StdString::from_utf8(std::vec![b'x'; bytes as usize]).unwrap();
        UserPreferences { time_zone: world.text(&name), ..good.clone() }
    };
    refused_with(set(zone(0)), DashboardError::TimeZoneInvalid);
    refused_with(set(zone(TIME_ZONE_BYTES_MAX + 1)), DashboardError::TimeZoneInvalid);
    assert!(set(zone(TIME_ZONE_BYTES_MAX)).is_ok());
    for default_range_s in [0, DEFAULT_RANGE_MAX_S + 1] {
        let wanted = UserPreferences { default_range_s, ..good.clone() };
        refused_with(set(wanted), DashboardError::PeriodInvalid);
    }
    for refresh_s in [1, REFRESH_MIN_S - 1, REFRESH_MAX_S + 1] {
        let wanted = UserPreferences { refresh_s, ..good.clone() };
        refused_with(set(wanted), DashboardError::PeriodInvalid);
    }
    for refresh_s in [0, REFRESH_MIN_S, REFRESH_MAX_S] {
        assert!(set(UserPreferences { refresh_s, ..good.clone() }).is_ok());
    }
    let mut favourites = Vec::new(&world.e);
    for id in 0..=FAVOURITES_MAX {
        favourites.push_back(BytesN::from_array(&world.e, &[id as u8; 32]));
    }
    let wanted = UserPreferences { favourites: favourites.clone(), ..good.clone() };
    refused_with(set(wanted), DashboardError::TooManyFavourites);
    favourites.pop_back();
    assert!(set(UserPreferences { favourites, ..good }).is_ok());
}
