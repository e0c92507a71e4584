//! The dashboards that come with the contract.

extern crate std;

use lumenscope_dictionary::by_name;
use lumenscope_interfaces::dashboard::{
    Dashboard, DashboardLayout, DashboardTemplate, Widget, WidgetKind,
};
use soroban_sdk::{Map, Symbol};

use super::world::World;

const ALL: [(DashboardTemplate, &str); 6] = [
    (DashboardTemplate::Executive, "Executive"),
    (DashboardTemplate::Technical, "Technical"),
    (DashboardTemplate::Business, "Business"),
    (DashboardTemplate::Security, "Security"),
    (DashboardTemplate::Oracle, "Oracle"),
    (DashboardTemplate::Insurance, "Insurance"),
];

fn instantiate(world: &World, template: DashboardTemplate) -> (Dashboard, Map<u32, Widget>) {
    let client = world.client();
    let id = client.instantiate(&template, &world.owner, &world.pool);
    let viewer = Some(world.owner.clone());
    (client.dashboard(&id, &viewer), client.widgets(&id, &viewer, &0, &20))
}

#[test]
fn every_template_keeps_the_rules_that_users_are_held_to() {
    for (template, name) in ALL {
        let world = World::bare();
        let (dashboard, widgets) = instantiate(&world, template);
        assert_eq!(dashboard.name, world.text(name));
        assert_eq!(dashboard.layout, DashboardLayout::Grid);
        assert_eq!((dashboard.contract, dashboard.version), (Some(world.pool.clone()), 0));
        assert_eq!(widgets.keys(), dashboard.places.keys());
        assert!(widgets.len() >= 6, "{name}");
        // What the contract made itself, a user may make as well.
        let id = world.create(DashboardLayout::Grid);
        for (slot, widget) in widgets {
            world.put(&id, slot, &widget);
        }
    }
}

#[test]
fn general_templates_speak_of_standard_metrics_of_any_contract() {
    let world = World::bare();
    let general = ALL.iter().filter(|(template, _)| {
        !matches!(template, DashboardTemplate::Oracle | DashboardTemplate::Insurance)
    });
    for (template, name) in general {
        for (slot, widget) in instantiate(&world, *template).1 {
            assert_eq!((widget.contract, widget.function), (None, None));
            if let Some(metric) = widget.metric {
                let known = by_name(&std::string::ToString::to_string(&metric)).is_some();
                assert!(known, "{name} {slot}: {metric:?}");
            } else {
                assert_eq!(widget.kind, WidgetKind::AlertList);
            }
        }
    }
}

#[test]
fn the_insurance_template_shows_what_the_insurance_pool_records() {
    let world = World::bare();
    let widgets = instantiate(&world, DashboardTemplate::Insurance).1;
    let shows = |title: &str, function: Option<&str>, metric: &str| {
        let symbol = |name: &str| Symbol::new(&world.e, name);
        widgets.values().iter().any(|widget| {
            widget.title == world.text(title)
                && widget.function == function.map(symbol)
                && widget.metric == Some(symbol(metric))
        })
    };
    assert!(shows("Premiums", None, "premium"));
    assert!(shows("Payouts", Some("settle"), "payout"));
    assert!(shows("Claims", Some("file_claim"), "amount"));
    assert!(shows("Time to settle", Some("settle"), "waited"));
    assert!(widgets.values().iter().any(|widget| widget.kind == WidgetKind::AlertList));
}
