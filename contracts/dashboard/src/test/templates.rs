//! Dashboards with all their widgets in one call: the templates.

extern crate std;

use lumenscope_dictionary::by_name;
use lumenscope_interfaces::alerting::RuleStatistic;
use lumenscope_interfaces::dashboard::{
    Dashboard, DashboardError, DashboardLayout, WIDGETS_MAX, Widget, WidgetKind,
};
use lumenscope_templates::{
    BUSINESS, COLUMNS, EXECUTIVE, Figure, INSURANCE, Kind, POINTS, ROWS, SECURITY, TECHNICAL,
    TEMPLATES, Template,
};
use soroban_sdk::{Map, Symbol, TryFromVal, Val, Vec};

use super::world::{World, refused_with};

fn instantiate(world: &World, template: &Template) -> (Dashboard, Map<u32, Widget>) {
    let client = world.client();
    let symbol = |name: &str| world.symbol(name);
    let mut widgets = Vec::new(&world.e);
    for draft in template.widgets {
        let [x, y, width, height] = draft.place;
        let number = |number: u32| Val::from(number);
        widgets.push_back(Widget {
            kind: WidgetKind::try_from_val(&world.e, &number(draft.kind as u32)).unwrap(),
            x,
            y,
            width,
            height,
            title: world.text(draft.title),
            contract: None,
            function: draft.function.map(symbol),
            subject: None,
            metric: draft.metric.map(symbol),
            statistic: RuleStatistic::try_from_val(&world.e, &number(draft.figure as u32)).unwrap(),
            max_points: POINTS,
            ..world.line(draft.place)
        });
    }
    let mut details = world.details(template.name);
    (details.columns, details.rows) = (COLUMNS, ROWS);
    details.variables = world.over(Some(&world.pool));
    let id = client.instantiate(&world.owner, &details, &widgets);
    let viewer = world.viewer();
    (client.dashboard(&id, &viewer), client.widgets(&id, &viewer, &0, &20))
}

#[test]
fn numbers_of_kinds_and_figures_are_the_contracts() {
    assert_eq!(Kind::AlertList as u32, WidgetKind::AlertList as u32);
    assert_eq!(Kind::Heatmap as u32, WidgetKind::Heatmap as u32);
    assert_eq!(Kind::Stat as u32, WidgetKind::Stat as u32);
    assert_eq!(Figure::Average as u32, RuleStatistic::Average as u32);
    assert_eq!(Figure::Sum as u32, RuleStatistic::Sum as u32);
    assert_eq!(Figure::Maximum as u32, RuleStatistic::Maximum as u32);
    assert_eq!(Figure::Count as u32, RuleStatistic::Count as u32);
    assert_eq!(Figure::Last as u32, RuleStatistic::Last as u32);
    assert_eq!(Figure::ErrorRatio as u32, RuleStatistic::ErrorRatio as u32);
}

#[test]
fn widgets_that_break_a_rule_make_no_dashboard() {
    let world = World::bare();
    let owner = &world.owner;
    let widgets = Vec::from_array(&world.e, [(); 2].map(|()| world.line([0, 0, 6, 3])));
    let made = world.client().try_instantiate(owner, &world.details("Two at once"), &widgets);
    refused_with(made, DashboardError::WidgetsOverlap);
    assert!(world.client().dashboards(owner, &0, &9).is_empty());
}

#[test]
fn more_widgets_than_a_dashboard_may_have_make_none() {
    let world = World::bare();
    let mut details = world.details("Too many");
    details.layout = DashboardLayout::Free;
    for count in [WIDGETS_MAX + 1, 500] {
        let mut widgets = Vec::new(&world.e);
        (0..count).for_each(|_| widgets.push_back(world.line([0, 0, 6, 3])));
        let made = world.client().try_instantiate(&world.owner, &details, &widgets);
        refused_with(made, DashboardError::TooManyWidgets);
    }
    assert!(world.client().dashboards(&world.owner, &0, &9).is_empty());
}

#[test]
fn every_template_keeps_the_rules_that_users_are_held_to() {
    for template in TEMPLATES {
        let name = template.name;
        let world = World::bare();
        let (dashboard, widgets) = instantiate(&world, &template);
        assert_eq!(dashboard.details.name, world.text(name));
        assert_eq!(dashboard.details.layout, DashboardLayout::Grid);
        assert_eq!(dashboard.details.variables, world.over(Some(&world.pool)));
        assert_eq!(dashboard.version, 0);
        assert_eq!(widgets.keys(), dashboard.places.keys());
        assert!(widgets.len() >= 6, "{name}");
    }
}

#[test]
fn general_templates_speak_of_standard_metrics_of_any_contract() {
    let world = World::bare();
    for template in [EXECUTIVE, TECHNICAL, BUSINESS, SECURITY] {
        let name = template.name;
        for (slot, widget) in instantiate(&world, &template).1 {
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
    let widgets = instantiate(&world, &INSURANCE).1;
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
