//! Who may see and edit a dashboard.

extern crate std;

use lumenscope_interfaces::dashboard::{
    DashboardAccess, DashboardError, DashboardLayout, DashboardViewer,
    DashboardViewer::{Account, Anyone, Link},
    LINK_LIFE_MAX_S, LINKS_MAX, MEMBERS_MAX, TimeRange, WIDGETS_MAX,
};
use soroban_sdk::testutils::{Address as _, Events as _};
use soroban_sdk::{Address, BytesN, Event, IntoVal, Val, Vec};

use super::world::{DAY_S, START_S, World, refused_with, unauthorised};
use crate::events::DashboardChanged;

pub const VIEW: DashboardAccess = DashboardAccess::View;
pub const EDIT: DashboardAccess = DashboardAccess::Edit;
const NONE: DashboardAccess = DashboardAccess::None;

/// The owner's act was the last, and is told so.
fn told(world: &World, id: &BytesN<32>, change: &str, what: &[Val]) {
    let (dashboard, editor) = (id.clone(), world.owner.clone());
    let (change, what) = (world.symbol(change), Vec::from_slice(&world.e, what));
    let event = DashboardChanged { dashboard, editor, change, what, version: 0 };
    assert_eq!(world.e.events().all(), std::vec![event.to_xdr(&world.e, &world.contract)]);
}

/// Every way of looking at a dashboard is refused.
fn hidden_from(world: &World, id: &BytesN<32>, viewer: &DashboardViewer) {
    refused_to(world, id, viewer, DashboardError::NotAViewer);
}

/// Every way of looking at a dashboard is refused, for this reason.
fn refused_to(world: &World, id: &BytesN<32>, viewer: &DashboardViewer, error: DashboardError) {
    let (client, range) = (world.client(), TimeRange { from_s: START_S - DAY_S, to_s: START_S });
    refused_with(client.try_dashboard(id, viewer), error);
    refused_with(client.try_widgets(id, viewer, &0, &1), error);
    refused_with(client.try_history(id, viewer, &None), error);
    refused_with(client.try_render(id, viewer, &range, &world.over(None), &0, &WIDGETS_MAX), error);
}

/// Every way of looking at a dashboard is open.
fn shown_to(world: &World, id: &BytesN<32>, viewer: &DashboardViewer) {
    let (client, range) = (world.client(), TimeRange { from_s: START_S - DAY_S, to_s: START_S });
    assert!(client.try_dashboard(id, viewer).is_ok());
    assert!(client.try_widgets(id, viewer, &0, &1).is_ok());
    assert!(client.try_history(id, viewer, &None).is_ok());
    assert!(client.try_render(id, viewer, &range, &world.over(None), &0, &WIDGETS_MAX).is_ok());
}

#[test]
fn a_private_dashboard_is_served_to_its_owner_and_to_those_named() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Grid);
    let friend = Address::generate(&world.e);
    shown_to(&world, &id, &world.viewer());
    hidden_from(&world, &id, &Account(friend.clone()));
    hidden_from(&world, &id, &Anyone);
    world.client().share(&id, &Some(friend.clone()), &VIEW);
    shown_to(&world, &id, &Account(friend.clone()));
    hidden_from(&world, &id, &Account(world.stranger.clone()));
    hidden_from(&world, &id, &Anyone);
    world.client().share(&id, &Some(friend.clone()), &NONE);
    hidden_from(&world, &id, &Account(friend));
    assert!(world.stored(&id).members.is_empty());
}

#[test]
fn a_viewer_of_a_private_dashboard_authorises() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Grid);
    let viewer = world.viewer();
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
    shown_to(&world, &id, &Anyone);
    shown_to(&world, &id, &Account(world.stranger.clone()));
    world.everybody();
    let edit = world.client().try_put_widget(&world.stranger, &id, &0, &0, &None);
    refused_with(edit, DashboardError::NotAnEditor);
    world.client().share(&id, &None, &NONE);
    hidden_from(&world, &id, &Anyone);
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
    shown_to(&world, &id, &Account(friend.clone()));
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
    told(&world, &id, "shared", &[Val::VOID.into(), VIEW.into_val(&world.e)]);
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

fn secret(world: &World, byte: u8) -> (BytesN<32>, BytesN<32>) {
    let secret = BytesN::from_array(&world.e, &[byte; 32]);
    let hash = world.e.crypto().sha256(secret.as_ref()).to_bytes();
    (secret, hash)
}

#[test]
fn a_share_link_shows_until_its_time_is_over() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Grid);
    let (secret, link) = secret(&world, 7);
    refused_to(&world, &id, &Link(secret.clone()), DashboardError::LinkExpired);
    world.client().share_link(&id, &link, &(START_S + DAY_S));
    told(&world, &id, "linked", &[link.to_val(), (START_S + DAY_S).into_val(&world.e)]);
    world.nobody();
    shown_to(&world, &id, &Link(secret.clone()));
    refused_to(&world, &id, &Link(link.clone()), DashboardError::LinkExpired);
    hidden_from(&world, &id, &Anyone);
    world.at(START_S + DAY_S - 1);
    shown_to(&world, &id, &Link(secret.clone()));
    world.at(START_S + DAY_S);
    refused_to(&world, &id, &Link(secret.clone()), DashboardError::LinkExpired);
    // It may be made again, and ended before its time.
    world.everybody();
    world.client().share_link(&id, &link, &(START_S + 2 * DAY_S));
    shown_to(&world, &id, &Link(secret.clone()));
    world.client().share_link(&id, &link, &0);
    refused_to(&world, &id, &Link(secret), DashboardError::LinkExpired);
    refused_with(world.client().try_share_link(&id, &link, &0), DashboardError::LinkExpired);
}

#[test]
fn a_link_opens_its_own_dashboard_and_lets_nobody_edit() {
    let world = World::bare();
    let [id, other] = [(); 2].map(|()| world.create(DashboardLayout::Grid));
    let (secret, link) = secret(&world, 7);
    world.client().share_link(&id, &link, &(START_S + DAY_S));
    refused_to(&world, &other, &Link(secret.clone()), DashboardError::LinkExpired);
    let edit = world.client().try_put_widget(&world.stranger, &id, &0, &0, &None);
    refused_with(edit, DashboardError::NotAnEditor);
    let (name, over) = (world.text("Mine"), world.over(None));
    let clone = world.client().try_clone_dashboard(&world.stranger, &id, &name, &over);
    refused_with(clone, DashboardError::NotAViewer);
}

#[test]
fn links_out_of_bounds_are_refused() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Grid);
    let share =
        |byte, expires_s| world.client().try_share_link(&id, &secret(&world, byte).1, &expires_s);
    for expires_s in [1, START_S, START_S + LINK_LIFE_MAX_S + 1, u64::MAX] {
        refused_with(share(0, expires_s), DashboardError::ExpiryInvalid);
    }
    for byte in 0..LINKS_MAX as u8 {
        assert!(share(byte, START_S + LINK_LIFE_MAX_S).is_ok());
    }
    refused_with(share(99, START_S + DAY_S), DashboardError::TooManyMembers);
    assert_eq!(world.stored(&id).links.len(), LINKS_MAX);
    // One that is known may be changed, and one that is ended leaves its place.
    assert!(share(1, START_S + 1).is_ok());
    assert!(share(1, 0).is_ok());
    assert!(share(99, START_S + DAY_S).is_ok());
    let args = (id.clone(), secret(&world, 3).1, START_S + 2);
    world.only(&world.stranger, "share_link", args);
    unauthorised(share(3, START_S + 2));
}

#[test]
fn a_dashboard_changes_hands_in_two_steps() {
    let world = World::bare();
    let (id, client) = (world.create(DashboardLayout::Grid), world.client());
    let heir = Address::generate(&world.e);
    client.share(&id, &Some(heir.clone()), &VIEW);
    let own = client.create_dashboard(
        &heir,
        &world.text("Own"),
        &world.text(""),
        &DashboardLayout::Free,
        &1,
        &1,
    );
    refused_with(client.try_accept_dashboard(&id), DashboardError::NothingOffered);
    let own_offer = client.try_offer_dashboard(&id, &Some(world.owner.clone()));
    refused_with(own_offer, DashboardError::AccessInvalid);
    client.offer_dashboard(&id, &Some(world.stranger.clone()));
    told(&world, &id, "offered", &[world.stranger.to_val()]);
    // Who is offered it looks before accepting.
    client.share(&id, &Some(heir.clone()), &NONE);
    hidden_from(&world, &id, &Account(heir.clone()));
    client.offer_dashboard(&id, &Some(heir.clone()));
    assert_eq!(client.dashboard(&id, &Account(heir.clone())).heir, Some(heir.clone()));
    hidden_from(&world, &id, &Account(world.stranger.clone()));
    client.share(&id, &Some(heir.clone()), &VIEW);
    for who in [&world.stranger, &world.owner] {
        world.only(who, "accept_dashboard", (id.clone(),));
        unauthorised(client.try_accept_dashboard(&id));
    }
    world.only(&heir, "accept_dashboard", (id.clone(),));
    client.accept_dashboard(&id);
    world.everybody();
    hidden_from(&world, &id, &world.viewer());
    let taken = client.dashboard(&id, &Account(heir.clone()));
    assert_eq!((taken.owner, taken.heir, taken.members.len()), (heir.clone(), None, 0));
    assert_eq!(client.dashboards(&heir, &0, &9), soroban_sdk::vec![&world.e, own, id.clone()]);
    refused_with(client.try_accept_dashboard(&id), DashboardError::NothingOffered);
    // Who had it can no longer offer it.
    world.only(&world.owner, "offer_dashboard", (id.clone(), Some(world.owner.clone())));
    unauthorised(client.try_offer_dashboard(&id, &Some(world.owner.clone())));
}

#[test]
fn an_offer_that_was_taken_back_is_none() {
    let world = World::bare();
    let (id, client) = (world.create(DashboardLayout::Grid), world.client());
    client.offer_dashboard(&id, &Some(world.stranger.clone()));
    client.offer_dashboard(&id, &None);
    told(&world, &id, "offered", &[Val::VOID.into()]);
    refused_with(client.try_accept_dashboard(&id), DashboardError::NothingOffered);
    assert_eq!(world.stored(&id).owner, world.owner);
}

#[test]
fn public_dashboards_are_listed_in_the_order_of_their_publication() {
    let world = World::bare();
    let client = world.client();
    let ids: std::vec::Vec<_> = (0..5).map(|_| world.create(DashboardLayout::Free)).collect();
    let list = |start, limit| {
        client.public_dashboards(&start, &limit).iter().collect::<std::vec::Vec<_>>()
    };
    assert!(list(0, 9).is_empty());
    for id in [&ids[3], &ids[0], &ids[4]] {
        client.share(id, &None, &VIEW);
        // Said twice, it is listed once.
        client.share(id, &None, &VIEW);
    }
    let [first, second, third] = [&ids[3], &ids[0], &ids[4]].map(|id| Some(id.clone()));
    assert_eq!(list(0, 9), [first.clone(), second.clone(), third.clone()]);
    assert_eq!(list(1, 1), [second]);
    assert!(list(3, 9).is_empty() && list(u32::MAX, u32::MAX).is_empty());
    client.share(&ids[0], &None, &NONE);
    client.remove_dashboard(&ids[4]);
    assert_eq!(list(0, 9), [first.clone(), None, None]);
    client.share(&ids[0], &None, &VIEW);
    assert_eq!(list(0, 9), [first, None, None, Some(ids[0].clone())]);
    assert_eq!(world.stored(&ids[0]).listed, 4);
}

#[test]
fn a_removed_dashboard_is_gone_with_its_widgets() {
    let world = World::bare();
    let (id, client) = (world.create(DashboardLayout::Grid), world.client());
    client.share(&id, &Some(world.stranger.clone()), &EDIT);
    world.only(&world.stranger, "remove_dashboard", (id.clone(),));
    unauthorised(client.try_remove_dashboard(&id));
    world.only(&world.owner, "remove_dashboard", (id.clone(),));
    client.remove_dashboard(&id);
    told(&world, &id, "removed", &[]);
    world.everybody();
    let gone = DashboardError::DashboardUnknown;
    refused_to(&world, &id, &world.viewer(), gone);
    refused_with(client.try_remove_dashboard(&id), gone);
    // Another one of the owner is not that one.
    assert_ne!(world.create(DashboardLayout::Grid), id);
}
