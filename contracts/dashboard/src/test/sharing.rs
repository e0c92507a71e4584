//! Who may see and edit a dashboard.

extern crate std;

use lumenscope_interfaces::dashboard::{
    DashboardAccess, DashboardError, DashboardLayout, MEMBERS_MAX, TimeRange,
};
use soroban_sdk::testutils::{Address as _, Events as _};
use soroban_sdk::{Address, BytesN, Event};

use super::world::{DAY_S, START_S, World, refused_with, unauthorised};
use crate::events::DashboardShared;

pub const VIEW: DashboardAccess = DashboardAccess::View;
const EDIT: DashboardAccess = DashboardAccess::Edit;
const NONE: DashboardAccess = DashboardAccess::None;

/// Every way of looking at a dashboard is refused.
fn hidden_from(world: &World, id: &BytesN<32>, viewer: &Option<Address>) {
    let (client, range) = (world.client(), TimeRange { from_s: START_S - DAY_S, to_s: START_S });
    refused_with(client.try_dashboard(id, viewer), DashboardError::NotAViewer);
    refused_with(client.try_widgets(id, viewer, &0, &1), DashboardError::NotAViewer);
    refused_with(client.try_render(id, viewer, &range, &0), DashboardError::NotAViewer);
}

/// Every way of looking at a dashboard is open.
fn shown_to(world: &World, id: &BytesN<32>, viewer: &Option<Address>) {
    let (client, range) = (world.client(), TimeRange { from_s: START_S - DAY_S, to_s: START_S });
    assert!(client.try_dashboard(id, viewer).is_ok());
    assert!(client.try_widgets(id, viewer, &0, &1).is_ok());
    assert!(client.try_render(id, viewer, &range, &0).is_ok());
}

#[test]
fn a_private_dashboard_is_served_to_its_owner_and_to_those_named() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Grid);
    let friend = Address::generate(&world.e);
    shown_to(&world, &id, &Some(world.owner.clone()));
    hidden_from(&world, &id, &Some(friend.clone()));
    hidden_from(&world, &id, &None);
    world.client().share(&id, &Some(friend.clone()), &VIEW);
    shown_to(&world, &id, &Some(friend.clone()));
    hidden_from(&world, &id, &Some(world.stranger.clone()));
    hidden_from(&world, &id, &None);
    world.client().share(&id, &Some(friend.clone()), &NONE);
    hidden_from(&world, &id, &Some(friend));
    assert!(world.stored(&id).members.is_empty());
}

#[test]
fn a_viewer_of_a_private_dashboard_authorises() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Grid);
    let viewer = Some(world.owner.clone());
    world.nobody();
    unauthorised(world.client().try_dashboard(&id, &viewer));
    world.only(&world.owner, "dashboard", (id.clone(), viewer.clone()));
    assert!(world.client().try_dashboard(&id, &viewer).is_ok());
}

#[test]
fn a_public_dashboard_is_served_to_everybody_and_asks_nobody() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Grid);
    world.client().share(&id, &None, &VIEW);
    world.nobody();
    shown_to(&world, &id, &None);
    shown_to(&world, &id, &Some(world.stranger.clone()));
    world.everybody();
    let edit = world.client().try_put_widget(&world.stranger, &id, &0, &0, &None);
    refused_with(edit, DashboardError::NotAnEditor);
    world.client().share(&id, &None, &NONE);
    hidden_from(&world, &id, &None);
}

#[test]
fn an_editor_edits_and_a_viewer_does_not() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Grid);
    let friend = Address::generate(&world.e);
    let widget = Some(world.line([0, 0, 3, 2]));
    let put = |version| world.client().try_put_widget(&friend, &id, &version, &0, &widget);
    refused_with(put(0), DashboardError::NotAnEditor);
    world.client().share(&id, &Some(friend.clone()), &VIEW);
    refused_with(put(0), DashboardError::NotAnEditor);
    world.client().share(&id, &Some(friend.clone()), &EDIT);
    assert!(put(0).is_ok());
    shown_to(&world, &id, &Some(friend.clone()));
    world.client().share(&id, &Some(friend.clone()), &NONE);
    refused_with(put(1), DashboardError::NotAnEditor);
}

#[test]
fn sharing_is_authorised_by_the_owner_alone_and_says_so() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Grid);
    let friend = Some(Address::generate(&world.e));
    world.client().share(&id, &friend, &EDIT);
    let share = || world.client().try_share(&id, &None, &VIEW);
    let args = (id.clone(), None::<Address>, VIEW);
    world.only(friend.as_ref().unwrap(), "share", args.clone());
    unauthorised(share());
    world.only(&world.owner, "share", args);
    assert!(share().is_ok());
    let (dashboard, owner) = (id.clone(), world.owner.clone());
    let shared = DashboardShared { dashboard, owner, account: None, access: VIEW };
    assert_eq!(world.e.events().all(), std::vec![shared.to_xdr(&world.e, &world.contract)]);
    world.everybody();
    assert_eq!(world.stored(&id).version, 0);
}

#[test]
fn sharing_out_of_bounds_is_refused() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Grid);
    let share = |account: Option<Address>, access| world.client().try_share(&id, &account, &access);
    refused_with(share(None, EDIT), DashboardError::AccessInvalid);
    for access in [NONE, VIEW, EDIT] {
        refused_with(share(Some(world.owner.clone()), access), DashboardError::AccessInvalid);
    }
    for _ in 0..MEMBERS_MAX {
        assert!(share(Some(Address::generate(&world.e)), VIEW).is_ok());
    }
    let known = world.stored(&id).members.keys().first();
    let one_more = share(Some(Address::generate(&world.e)), VIEW);
    refused_with(one_more, DashboardError::TooManyMembers);
    assert_eq!(world.stored(&id).members.len(), MEMBERS_MAX);
    assert!(share(known.clone(), EDIT).is_ok());
    assert!(share(known, NONE).is_ok());
    assert!(share(Some(Address::generate(&world.e)), VIEW).is_ok());
}
