//! Making dashboards, changing their details, listing them.

extern crate std;

use lumenscope_interfaces::common::PAGE_ITEMS_MAX;
use lumenscope_interfaces::dashboard::{
    COLUMNS_MAX, DASHBOARD_NAME_BYTES_MAX, DEFAULT_RANGE_MAX_S, DESCRIPTION_BYTES_MAX,
    DashboardDetails, DashboardError, DashboardLayout, DashboardViewer, DashboardViewer::Account,
    ROWS_MAX, WIDGETS_MAX,
};
use lumenscope_interfaces::governance::GovernanceError;
use soroban_sdk::testutils::{Address as _, Events as _};
use soroban_sdk::{Address, Error, Event, Map, symbol_short};
use std::string::String as StdString;

use super::world::{World, refused_with, unauthorised};
use crate::DashboardContractClient;
use crate::events::{DashboardChanged, DashboardLinksChanged};

#[test]
fn a_new_dashboard_is_empty_private_and_at_version_0() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Rows);
    let created = DashboardChanged {
        dashboard: id.clone(),
        editor: world.owner.clone(),
        change: symbol_short!("created"),
        what: soroban_sdk::Vec::new(&world.e),
        version: 0,
    };
    let event = created.to_xdr(&world.e, &world.contract);
    assert_eq!(world.e.events().all(), std::vec![event]);
    let dashboard = world.stored(&id);
    assert_eq!((dashboard.owner, dashboard.heir), (world.owner.clone(), None));
    let mut details = world.details("Pool");
    details.description = world.text("What it costs");
    details.layout = DashboardLayout::Rows;
    assert_eq!(dashboard.details, details);
    assert_eq!((dashboard.version, dashboard.listed, dashboard.origin), (0, 0, None));
    assert!(dashboard.links.is_empty());
    assert!(dashboard.places.is_empty() && dashboard.members.is_empty());
}

#[test]
fn creating_is_authorised_by_the_owner() {
    let world = World::bare();
    let (name, none) = (world.text("Pool"), world.text(""));
    let layout = DashboardLayout::Grid;
    let create =
        || world.client().try_create_dashboard(&world.owner, &name, &none, &layout, &1, &1);
    let args = (world.owner.clone(), name.clone(), none.clone(), layout, 1u32, 1u32);
    world.only(&world.stranger, "create_dashboard", args.clone());
    unauthorised(create());
    world.only(&world.owner, "create_dashboard", args);
    assert!(create().is_ok());
}

#[test]
fn details_out_of_bounds_are_refused_each_with_its_own_error() {
    let world = World::bare();
    let text =
        |bytes: u32| world.text(&StdString::from_utf8(std::vec![b'x'; bytes as usize]).unwrap());
    let longest = (text(DASHBOARD_NAME_BYTES_MAX), text(DESCRIPTION_BYTES_MAX));
    let create = |name, description, columns, rows| {
        let layout = DashboardLayout::Grid;
        world.client().try_create_dashboard(
            &world.owner,
            name,
            description,
            &layout,
            &columns,
            &rows,
        )
    };
    assert!(create(&longest.0, &longest.1, COLUMNS_MAX, ROWS_MAX).is_ok());
    let (name, none) = (text(1), text(0));
    refused_with(create(&none, &none, 1, 1), DashboardError::NameInvalid);
    let long = text(DASHBOARD_NAME_BYTES_MAX + 1);
    refused_with(create(&long, &none, 1, 1), DashboardError::NameInvalid);
    let long = text(DESCRIPTION_BYTES_MAX + 1);
    refused_with(create(&name, &long, 1, 1), DashboardError::DescriptionTooLong);
    for (columns, rows) in [(0, 1), (1, 0), (COLUMNS_MAX + 1, 1), (1, ROWS_MAX + 1)] {
        refused_with(create(&name, &none, columns, rows), DashboardError::GridInvalid);
    }
    assert_eq!(world.client().dashboards(&world.owner, &0, &10).len(), 1);
}

#[test]
fn ids_are_counted_by_owner_and_listed_in_pages() {
    let world = World::bare();
    let ids: std::vec::Vec<_> =
        (0..PAGE_ITEMS_MAX + 3).map(|_| world.create(DashboardLayout::Free)).collect();
    let list = |owner: &Address, start, limit| {
        world.client().dashboards(owner, &start, &limit).iter().collect::<std::vec::Vec<_>>()
    };
    assert_eq!(list(&world.owner, 0, u32::MAX), ids[..PAGE_ITEMS_MAX as usize]);
    assert_eq!(list(&world.owner, PAGE_ITEMS_MAX, u32::MAX), ids[PAGE_ITEMS_MAX as usize..]);
    assert_eq!(list(&world.owner, 4, 2), ids[4..6]);
    assert!(list(&world.owner, u32::MAX, u32::MAX).is_empty());
    assert!(list(&world.stranger, 0, 10).is_empty());
    let (name, layout) = (world.text("Pool"), DashboardLayout::Free);
    let other = world.client().create_dashboard(&world.stranger, &name, &name, &layout, &1, &1);
    assert!(!ids.contains(&other));
    assert_eq!(list(&world.stranger, 0, 10), [other]);
}

#[test]
fn a_dashboard_that_nobody_made_is_unknown() {
    let world = World::bare();
    let id = soroban_sdk::BytesN::from_array(&world.e, &[7; 32]);
    let client = world.client();
    refused_with(
        client.try_dashboard(&id, &DashboardViewer::Anyone),
        DashboardError::DashboardUnknown,
    );
    let put = client.try_put_widget(&world.owner, &id, &0, &0, &None);
    refused_with(put, DashboardError::DashboardUnknown);
}

#[test]
fn details_are_replaced_and_the_version_rises() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Grid);
    let mut details = world.details("New");
    details.layout = DashboardLayout::Rows;
    (details.columns, details.rows, details.range_s) = (6, 7, 86_400);
    details.variables = world.over(Some(&world.pool));
    let client = world.client();
    client.update_dashboard(&world.owner, &id, &0, &details);
    let dashboard = world.stored(&id);
    assert_eq!((&dashboard.details, dashboard.version), (&details, 1));
    let stale = client.try_update_dashboard(&world.owner, &id, &0, &details);
    refused_with(stale, DashboardError::VersionStale);
    details.range_s = DEFAULT_RANGE_MAX_S + 1;
    let far = client.try_update_dashboard(&world.owner, &id, &1, &details);
    refused_with(far, DashboardError::SpanTooLong);
    assert_eq!(world.stored(&id), dashboard);
}

#[test]
fn a_grid_cannot_shrink_below_its_widgets_nor_take_a_layout_they_break() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Free);
    world.put(&id, 0, &world.line([0, 0, 6, 3]));
    world.put(&id, 1, &world.line([5, 1, 6, 3]));
    let try_update = |version: u32, layout, columns, rows| {
        let details = DashboardDetails { layout, columns, rows, ..world.details("Pool") };
        world.client().try_update_dashboard(&world.owner, &id, &version, &details)
    };
    let update = |layout, columns, rows| try_update(2, layout, columns, rows);
    refused_with(update(DashboardLayout::Free, 10, 20), DashboardError::OutsideGrid);
    refused_with(update(DashboardLayout::Free, 12, 3), DashboardError::OutsideGrid);
    refused_with(update(DashboardLayout::Grid, 12, 20), DashboardError::WidgetsOverlap);
    world.put(&id, 1, &world.line([6, 1, 6, 3]));
    assert_eq!(world.stored(&id).version, 3);
    let rows = |version| try_update(version, DashboardLayout::Rows, 12, 20);
    refused_with(rows(3), DashboardError::RowsUneven);
    world.put(&id, 1, &world.line([6, 0, 6, 3]));
    assert!(rows(4).is_ok());
}

#[test]
fn a_clone_has_its_own_widgets_and_remembers_its_origin() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Grid);
    for slot in 0..WIDGETS_MAX {
        let place = [slot % 4 * 3, slot / 4 * 2, 3, 2];
        world.put(&id, slot, &world.line(place));
    }
    let viewer = Address::generate(&world.e);
    world.client().share(&id, &Some(viewer.clone()), &super::sharing::VIEW);
    let name = world.text("Mine");
    let over = world.over(Some(&world.stranger));
    let copy = world.client().clone_dashboard(&viewer, &id, &name, &over);
    let (original, cloned) =
        (world.stored(&id), world.client().dashboard(&copy, &Account(viewer.clone())));
    let expected = DashboardDetails {
        name: name.clone(),
        variables: over.clone(),
        ..original.details.clone()
    };
    assert_eq!((cloned.owner, cloned.details), (viewer.clone(), expected));
    assert_eq!((cloned.version, cloned.listed), (0, 0));
    assert_eq!(cloned.origin, Some(id.clone()));
    assert!(cloned.members.is_empty() && cloned.links.is_empty());
    assert_eq!(cloned.places, original.places);
    let widgets = |id, who: &Address| {
        let mut all = Map::new(&world.e);
        for start in [0, 18, 36] {
            for (slot, widget) in world.client().widgets(id, &Account(who.clone()), &start, &18) {
                all.set(slot, widget);
            }
        }
        all
    };
    assert_eq!(widgets(&copy, &viewer), widgets(&id, &world.owner));
    assert_eq!(widgets(&copy, &viewer).len(), WIDGETS_MAX);
    world.client().put_widget(&viewer, &copy, &0, &0, &None);
    assert_eq!(world.stored(&id).places.len(), WIDGETS_MAX);
    let refused = world.client().try_clone_dashboard(&world.stranger, &id, &name, &over);
    refused_with(refused, DashboardError::NotAViewer);
}

#[test]
fn nothing_new_is_made_while_the_contract_is_paused_and_edits_go_on() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Grid);
    DashboardContractClient::new(&world.e, &world.contract).pause();
    let none = soroban_sdk::Vec::new(&world.e);
    let refused = world.client().try_instantiate(&world.owner, &world.details("Pool"), &none);
    assert_eq!(refused, Err(Ok(Error::from_contract_error(GovernanceError::Paused as u32))));
    world.put(&id, 0, &world.line([0, 0, 3, 2]));
    assert_eq!(world.stored(&id).version, 1);
}

#[test]
fn links_are_set_by_the_admin_alone() {
    let world = World::bare();
    let links = world.links();
    world.only(&world.stranger, "set_links", (links.clone(),));
    unauthorised(world.client().try_set_links(&links));
    assert!(world.client().links().is_empty());
    world.only(&world.admin, "set_links", (links.clone(),));
    world.client().set_links(&links);
    let changed = DashboardLinksChanged { admin: world.admin.clone(), links: links.clone() };
    let event = changed.to_xdr(&world.e, &world.contract);
    assert_eq!(world.e.events().all(), std::vec![event]);
    assert_eq!(world.client().links(), links);
}
