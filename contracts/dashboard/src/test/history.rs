//! What a dashboard was before, and making it so again.

extern crate std;

use lumenscope_interfaces::dashboard::{
    DashboardError,
    DashboardItem::{Details, Nothing, Widget as Item},
    DashboardLayout, DashboardRevision, REVISIONS_MAX, WIDGETS_MAX, Widget, WidgetKind,
};
use proptest::prelude::*;
use soroban_sdk::testutils::{Address as _, Events as _};
use soroban_sdk::{Address, BytesN, Event, symbol_short, vec};
use std::collections::BTreeMap;
use std::vec::Vec;

use super::world::{START_S, World, refused_with, unauthorised};
use crate::events::DashboardChanged;

fn history(world: &World, id: &BytesN<32>, slot: Option<u32>) -> Vec<DashboardRevision> {
    world.client().history(id, &world.viewer(), &slot).iter().collect()
}

#[test]
fn revisions_say_who_made_what_of_a_widget_when() {
    let world = World::bare();
    let (id, client) = (world.create(DashboardLayout::Grid), world.client());
    assert!(history(&world, &id, Some(0)).is_empty());
    let friend = Address::generate(&world.e);
    client.share(&id, &Some(friend.clone()), &super::sharing::EDIT);
    let line = world.line([0, 0, 6, 3]);
    world.put(&id, 0, &line);
    world.at(START_S + 60);
    let moved = Widget { x: 6, ..line.clone() };
    client.put_widget(&friend, &id, &1, &0, &Some(moved.clone()));
    world.at(START_S + 90);
    client.put_widget(&world.owner, &id, &2, &0, &None);
    let revision = |version, at_s, editor: &Address, item| DashboardRevision {
        version,
        at_s,
        editor: editor.clone(),
        item,
    };
    let expected = [
        revision(3, START_S + 90, &world.owner, Nothing),
        revision(2, START_S + 60, &friend, Item(moved)),
        revision(1, START_S, &world.owner, Item(line)),
    ];
    assert_eq!(history(&world, &id, Some(0)), expected);
    assert!(history(&world, &id, Some(1)).is_empty());
    world.client().update_dashboard(&world.owner, &id, &3, &world.details("Pool"));
    for beyond in [WIDGETS_MAX, u32::MAX] {
        assert!(history(&world, &id, Some(beyond)).is_empty(), "not the dashboard's own");
    }
}

#[test]
fn details_are_kept_as_they_were_created_and_changed() {
    let world = World::bare();
    let (id, client) = (world.create(DashboardLayout::Grid), world.client());
    let created = world.stored(&id).details;
    assert!(history(&world, &id, None).is_empty());
    let mut changed = world.details("New");
    changed.variables = world.over(Some(&world.pool));
    client.update_dashboard(&world.owner, &id, &0, &changed);
    let details: Vec<_> = history(&world, &id, None)
        .into_iter()
        .map(|revision| (revision.version, revision.item))
        .collect();
    let expected = [(1, Details(changed)), (0, Details(created.clone()))];
    assert_eq!(details, expected);
    client.restore(&world.owner, &id, &1, &0);
    assert_eq!(world.stored(&id).details, created);
    assert_eq!(world.stored(&id).version, 2);
}

#[test]
fn what_was_restored_can_be_taken_back_too() {
    let world = World::bare();
    let (id, client) = (world.create(DashboardLayout::Grid), world.client());
    let [left, right] = [[0, 0, 6, 3], [6, 0, 6, 3]].map(|place| world.line(place));
    world.put(&id, 0, &left);
    world.put(&id, 1, &right);
    // The two change places, which no single edit may do.
    client.put_widget(&world.owner, &id, &2, &1, &None);
    world.put(&id, 0, &Widget { x: 6, ..left.clone() });
    world.put(&id, 1, &Widget { x: 0, ..right.clone() });
    client.restore(&world.owner, &id, &5, &2);
    let event = DashboardChanged {
        dashboard: id.clone(),
        editor: world.owner.clone(),
        change: symbol_short!("restored"),
        what: vec![&world.e, 2u32.into()],
        version: 6,
    };
    assert_eq!(world.e.events().all(), std::vec![event.to_xdr(&world.e, &world.contract)]);
    let widgets = || client.widgets(&id, &world.viewer(), &0, &9);
    assert_eq!(widgets().get(0), Some(left.clone()));
    assert_eq!(widgets().get(1), Some(right));
    client.restore(&world.owner, &id, &6, &3);
    assert_eq!(widgets().keys(), vec![&world.e, 0]);
    assert_eq!(widgets().get(0), Some(left));
}

#[test]
fn what_was_not_there_is_gone_again() {
    let world = World::bare();
    let (id, client) = (world.create(DashboardLayout::Grid), world.client());
    world.put(&id, 0, &world.line([0, 0, 6, 3]));
    world.put(&id, 39, &world.line([6, 0, 6, 3]));
    client.restore(&world.owner, &id, &2, &1);
    assert_eq!(world.stored(&id).places.keys(), vec![&world.e, 0]);
    client.restore(&world.owner, &id, &3, &0);
    assert!(world.stored(&id).places.is_empty());
    assert!(client.widgets(&id, &world.viewer(), &0, &9).is_empty());
}

#[test]
fn what_cannot_be_restored_is_refused_whole() {
    let world = World::bare();
    let (id, client) = (world.create(DashboardLayout::Grid), world.client());
    let line = world.line([0, 0, 6, 3]);
    for x in 0..REVISIONS_MAX + 1 {
        world.put(&id, 0, &Widget { x, ..line.clone() });
    }
    let version = REVISIONS_MAX + 1;
    let before = world.stored(&id);
    assert_eq!(history(&world, &id, Some(0)).len() as u32, REVISIONS_MAX);
    let restore = |to| client.try_restore(&world.owner, &id, &version, &to);
    for to in [0, 1, version, version + 1, u32::MAX] {
        refused_with(restore(to), DashboardError::RevisionGone);
    }
    let stale = client.try_restore(&world.owner, &id, &(version - 1), &2);
    refused_with(stale, DashboardError::VersionStale);
    let stranger = client.try_restore(&world.stranger, &id, &version, &2);
    refused_with(stranger, DashboardError::NotAnEditor);
    world.nobody();
    unauthorised(restore(2));
    world.everybody();
    assert_eq!(world.stored(&id), before);
    assert!(restore(2).is_ok());
    assert_eq!(client.widgets(&id, &world.viewer(), &0, &9).get_unchecked(0).x, 1);
}

/// What a slot holds: where a widget begins.
type Slots = BTreeMap<u32, u32>;

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(64)
    })]

    #[test]
    fn a_restored_dashboard_is_what_it_was(
        edits in prop::collection::vec((0..4u32, 0..4u32, any::<u8>()), 1..24),
    ) {
        let world = World::bare();
        let (id, client) = (world.create(DashboardLayout::Free), world.client());
        let mut past: Vec<Slots> = std::vec![Slots::new()];
        // At which versions each slot changed.
        let mut changed = std::vec![Vec::new(); 4];
        for (slot, x, how) in edits {
            let version = past.len() as u32 - 1;
            let mut changes = std::vec![slot];
            let mut now = past[version as usize].clone();
            if how < 64 && version > 0 {
                let to = u32::from(how) % version;
                let restored = client.try_restore(&world.owner, &id, &version, &to).is_ok();
                let since = |slot: &u32| {
                    changed[*slot as usize].iter().filter(|at| **at > to).count()
                };
                changes = (0..4).filter(|slot| since(slot) > 0).collect();
                let known = changes.iter().all(|slot| since(slot) < REVISIONS_MAX as usize);
                prop_assert_eq!(restored, known);
                if !restored {
                    continue;
                }
                now = past[to as usize].clone();
            } else if how < 96 {
                if now.remove(&slot).is_none() {
                    continue;
                }
                client.put_widget(&world.owner, &id, &version, &slot, &None);
            } else {
                let widget = Widget { kind: WidgetKind::Stat, ..world.line([x, slot, 1, 1]) };
                client.put_widget(&world.owner, &id, &version, &slot, &Some(widget));
                now.insert(slot, x);
            }
            let seen: Slots = client
                .widgets(&id, &world.viewer(), &0, &9)
                .iter()
                .map(|(slot, widget)| (slot, widget.x))
                .collect();
            prop_assert_eq!(&seen, &now);
            let placed: Slots = world.stored(&id).places.iter()
                .map(|(slot, place)| (slot, place & 0xff))
                .collect();
            prop_assert_eq!(&placed, &now);
            past.push(now);
            changes.into_iter().for_each(|slot| changed[slot as usize].push(version + 1));
        }
    }
}
