//! Putting widgets: what is refused, what is stored, whose version counts.

extern crate std;

use lumenscope_interfaces::dashboard::{
    COLUMNS_MAX, DEFAULT_RANGE_MAX_S, DashboardDetails, DashboardError, DashboardLayout,
    POINTS_MAX, REVISIONS_MAX, ROWS_MAX, STREAMS_PER_WIDGET_MAX, TITLE_BYTES_MAX, WIDGETS_MAX,
    WIDGETS_PER_PAGE_MAX, Widget, WidgetKind,
};
use proptest::prelude::*;
use soroban_sdk::testutils::Events as _;
use soroban_sdk::xdr::{ContractEvent, ToXdr as _};
use soroban_sdk::{BytesN, Event, FromVal, IntoVal, Map, Symbol, Val, symbol_short};
use std::collections::BTreeMap;
use std::string::String as StdString;
use std::vec::Vec;

use super::world::{World, refused_with, unauthorised};
use crate::events::DashboardChanged;
use crate::grid::Place;

fn changed(world: &World, id: &BytesN<32>, change: soroban_sdk::Symbol, version: u32) {
    let what = soroban_sdk::vec![&world.e, 3u32.into()];
    let (dashboard, editor) = (id.clone(), world.owner.clone());
    let event = DashboardChanged { dashboard, editor, change, what, version };
    assert_eq!(world.e.events().all(), std::vec![event.to_xdr(&world.e, &world.contract)]);
}

/// What an editor is told who was at `version`, and should be at 1.
fn stale(world: &World, id: &BytesN<32>, version: u32) -> ContractEvent {
    let what = soroban_sdk::vec![&world.e, version.into()];
    let (dashboard, editor, change) = (id.clone(), world.owner.clone(), symbol_short!("stale"));
    let event = DashboardChanged { dashboard, editor, change, what, version: 1 };
    event.to_xdr(&world.e, &world.contract)
}

/// The event of the last call, which failed: what a simulation answers with its error.
fn told_beside_the_error(world: &World) -> ContractEvent {
    let told = world.e.host().get_contract_events().expect("the host keeps them").0;
    let last = told.last().expect("there was one");
    assert!(last.failed_call);
    last.event.clone()
}

#[test]
fn a_widget_is_created_changed_moved_and_removed_each_with_its_event() {
    let world = World::bare();
    let (id, client) = (world.create(DashboardLayout::Grid), world.client());
    let place = |slot| world.stored(&id).places.get(slot).map(Place::unpack);
    let viewer = world.viewer();
    let line = world.line([0, 0, 6, 3]);
    client.put_widget(&world.owner, &id, &0, &3, &Some(line.clone()));
    changed(&world, &id, symbol_short!("created"), 1);
    assert_eq!(client.widgets(&id, &viewer, &0, &9).get(3), Some(line.clone()));
    assert_eq!(place(3), Some(Place { x: 0, y: 0, width: 6, height: 3 }));
    let moved = Widget { x: 4, y: 5, width: 3, height: 4, ..line };
    client.put_widget(&world.owner, &id, &1, &3, &Some(moved.clone()));
    changed(&world, &id, symbol_short!("updated"), 2);
    assert_eq!(client.widgets(&id, &viewer, &0, &9).get(3), Some(moved));
    assert_eq!(place(3), Some(Place { x: 4, y: 5, width: 3, height: 4 }));
    client.put_widget(&world.owner, &id, &2, &3, &None);
    changed(&world, &id, symbol_short!("removed"), 3);
    assert!(client.widgets(&id, &viewer, &0, &9).is_empty());
    assert_eq!(place(3), None);
}

#[test]
fn a_stale_edit_is_refused_and_changes_nothing() {
    let world = World::bare();
    let (id, client) = (world.create(DashboardLayout::Grid), world.client());
    world.put(&id, 0, &world.line([0, 0, 6, 3]));
    let before = world.stored(&id);
    for version in [0, 2, u32::MAX] {
        let edit = client.try_put_widget(&world.owner, &id, &version, &0, &None);
        refused_with(edit, DashboardError::VersionStale);
        assert!(
            world.e.events().all().events().is_empty(),
            "a call that fails tells a ledger nothing"
        );
        assert_eq!(told_beside_the_error(&world), stale(&world, &id, version));
    }
    assert_eq!(world.stored(&id), before);
}

#[test]
fn editing_is_authorised_by_the_editor() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Grid);
    let widget = Some(world.line([0, 0, 6, 3]));
    let args = (world.owner.clone(), id.clone(), 0u32, 0u32, widget.clone());
    let put = || world.client().try_put_widget(&world.owner, &id, &0, &0, &widget);
    world.nobody();
    unauthorised(put());
    world.only(&world.stranger, "put_widget", args.clone());
    unauthorised(put());
    world.only(&world.owner, "put_widget", args);
    assert!(put().is_ok());
}

#[test]
fn a_widget_out_of_bounds_is_refused_with_its_own_error() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Grid);
    world.put(&id, 0, &world.line([0, 0, 6, 3]));
    let before = world.stored(&id);
    let refuse = |slot: u32, widget: Widget, error| {
        let put = world.client().try_put_widget(&world.owner, &id, &1, &slot, &Some(widget));
        refused_with(put, error);
    };
    let line = world.line([6, 0, 6, 3]);
    let at = |x, y, width, height| Widget { x, y, width, height, ..line.clone() };
    for widget in [at(10, 0, 3, 2), at(0, 19, 3, 2), at(12, 0, 3, 2), at(0, 0, 13, 2)] {
        refuse(1, widget, DashboardError::OutsideGrid);
    }
    for widget in [at(u32::MAX, 0, 3, 2), at(0, u32::MAX, 3, 2), at(1, 0, u32::MAX, u32::MAX)] {
        refuse(1, widget, DashboardError::OutsideGrid);
    }
    for widget in [at(5, 2, 3, 2), at(0, 0, 6, 3), at(3, 0, 3, 2), at(0, 2, 12, 2)] {
        refuse(1, widget, DashboardError::WidgetsOverlap);
    }
    for widget in [at(6, 0, 2, 2), at(6, 0, 3, 1), at(6, 0, 0, 0)] {
        refuse(1, widget, DashboardError::WidgetTooSmall);
    }
    let pie = |width, height| Widget { kind: WidgetKind::Pie, ..at(6, 0, width, height) };
    refuse(1, pie(1, 2), DashboardError::WidgetTooSmall);
    refuse(1, pie(2, 1), DashboardError::WidgetTooSmall);
    for slot in [WIDGETS_MAX, u32::MAX] {
        refuse(slot, line.clone(), DashboardError::TooManyWidgets);
    }
    let long = StdString::from_utf8(std::vec![b'x'; TITLE_BYTES_MAX as usize + 1]).unwrap();
    refuse(1, Widget { title: world.text(&long), ..line.clone() }, DashboardError::TitleTooLong);
    for max_points in [0, POINTS_MAX + 1] {
        refuse(1, Widget { max_points, ..line.clone() }, DashboardError::PointsInvalid);
    }
    refuse(1, Widget { metric: None, ..line.clone() }, DashboardError::QueryMismatch);
    for kind in [WidgetKind::AlertList, WidgetKind::Text] {
        refuse(1, Widget { kind, ..line.clone() }, DashboardError::QueryMismatch);
    }
    let compare_s = DEFAULT_RANGE_MAX_S + 1;
    refuse(1, Widget { compare_s, ..line.clone() }, DashboardError::SpanTooLong);
    let top = STREAMS_PER_WIDGET_MAX + 1;
    refuse(1, Widget { top, ..line.clone() }, DashboardError::ThresholdsInvalid);
    for wrong in [[1, 1].as_slice(), &[2, 1], &[i128::MAX, i128::MIN], &[1, 2, 3, 4, 5]] {
        let thresholds = soroban_sdk::Vec::from_slice(&world.e, wrong);
        refuse(1, Widget { thresholds, ..line.clone() }, DashboardError::ThresholdsInvalid);
    }
    let remove = world.client().try_put_widget(&world.owner, &id, &1, &1, &None);
    refused_with(remove, DashboardError::WidgetUnknown);
    assert_eq!(world.stored(&id), before);
}

#[test]
fn fields_of_another_type_are_refused() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Grid);
    let good: Map<Symbol, Val> =
        Map::from_val(&world.e, &IntoVal::<_, Val>::into_val(&world.line([0, 0, 6, 3]), &world.e));
    let put = |widget: Map<Symbol, Val>| {
        let args: soroban_sdk::Vec<Val> =
            (world.owner.clone(), id.clone(), 0u32, 0u32, widget).into_val(&world.e);
        world.e.try_invoke_contract::<Val, soroban_sdk::Error>(
            &world.contract,
            &world.symbol("put_widget"),
            args,
        )
    };
    let number = |number: u32| Val::from(number);
    let text = world.text("a text").to_val();
    let wrong = [
        ("kind", number(9)),
        ("kind", text),
        ("statistic", number(8)),
        ("granularity", number(4)),
        ("x", world.symbol("x").to_val()),
        ("width", Val::VOID.into()),
        ("title", world.symbol("title").to_val()),
        ("contract", number(1)),
        ("contract", text),
        ("function", text),
        ("metric", world.owner.to_val()),
        ("subject", number(1)),
        ("thresholds", Map::<u32, u32>::new(&world.e).to_val()),
        ("thresholds", soroban_sdk::vec![&world.e, 1u32].to_val()),
        ("max_points", Val::from_bool(true).to_val()),
    ];
    for (field, value) in wrong {
        let mut widget = good.clone();
        widget.set(world.symbol(field), value);
        let Err(Ok(came)) = put(widget) else { panic!("{field} was accepted") };
        let expected = soroban_sdk::Error::from_contract_error(DashboardError::ShapeInvalid as u32);
        assert_eq!(came, expected, "{field}");
    }
    for missing in ["kind", "title", "max_points", "thresholds"] {
        let mut widget = good.clone();
        widget.remove(world.symbol(missing));
        assert!(put(widget).is_err(), "{missing}");
    }
    assert_eq!(world.stored(&id).version, 0);
    assert!(put(good).is_ok());
}

/// Columns and rows of the smallest widget of each kind; the last two measure nothing.
const SMALLEST: [(WidgetKind, u32, u32); 9] = [
    (WidgetKind::Line, 3, 2),
    (WidgetKind::Bar, 3, 2),
    (WidgetKind::Pie, 2, 2),
    (WidgetKind::Gauge, 2, 2),
    (WidgetKind::Stat, 1, 1),
    (WidgetKind::Table, 3, 2),
    (WidgetKind::Heatmap, 3, 2),
    (WidgetKind::AlertList, 3, 2),
    (WidgetKind::Text, 1, 1),
];

#[test]
fn every_kind_has_a_place_at_its_smallest() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Grid);
    let line = world.line([0, 0, 3, 2]);
    for (slot, (kind, width, height)) in (0..7).zip(SMALLEST) {
        world.put(&id, slot, &Widget { kind, y: slot * 2, width, height, ..line.clone() });
    }
    world.put(&id, 7, &world.alert_list([0, 14, 3, 2]));
    world.put(&id, 8, &world.text_widget([0, 16, 1, 1]));
    assert_eq!(world.stored(&id).places.len(), 9);
}

#[test]
fn widgets_are_read_in_pages() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Free);
    for slot in (0..WIDGETS_MAX).step_by(2).chain([1]) {
        world.put(&id, slot, &world.line([0, 0, 3, 2]));
    }
    let slots = |start, limit| {
        let viewer = world.viewer();
        world.client().widgets(&id, &viewer, &start, &limit).keys().iter().collect::<Vec<_>>()
    };
    assert_eq!(slots(0, 4), [0, 1, 2, 4]);
    assert_eq!(slots(5, 2), [6, 8]);
    assert_eq!(slots(0, u32::MAX).len() as u32, WIDGETS_PER_PAGE_MAX);
    assert_eq!(slots(WIDGETS_MAX - 3, 9), [WIDGETS_MAX - 2]);
    assert!(slots(WIDGETS_MAX, 9).is_empty());
    assert!(slots(0, 0).is_empty());
}

#[test]
fn a_page_of_the_largest_widgets_fits_into_an_answer() {
    let world = World::bare();
    let id = world.create(DashboardLayout::Free);
    let symbol = || Some(world.symbol("a_name_of_thirty_two_characters_"));
    let account = "GACAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAJJHP";
    let largest = Widget {
        title: world.text(&"x".repeat(TITLE_BYTES_MAX as usize)),
        contract: Some(soroban_sdk::Address::from_str(&world.e, account)),
        function: symbol(),
        subject: symbol(),
        metric: symbol(),
        thresholds: soroban_sdk::Vec::from_array(
            &world.e,
            [i128::MAX - 3, i128::MAX - 2, i128::MAX - 1, i128::MAX],
        ),
        ..world.line([0, 0, 6, 3])
    };
    (0..WIDGETS_PER_PAGE_MAX).for_each(|slot| world.put(&id, slot, &largest));
    let page = world.client().widgets(&id, &world.viewer(), &0, &u32::MAX);
    assert_eq!(page.len(), WIDGETS_PER_PAGE_MAX);
    let bytes = page.to_xdr(&world.e).len();
    assert!((15_000..=16_384).contains(&bytes), "{bytes}");
}

/// What a dashboard is at one of its versions, as far as edits decide it.
#[derive(Clone, Debug, PartialEq)]
struct Board {
    layout: DashboardLayout,
    columns: u32,
    rows: u32,
    widgets: BTreeMap<u32, (WidgetKind, Place)>,
}

/// The cells that a widget covers.
fn cells(place: Place) -> impl Iterator<Item = (u32, u32)> {
    let Place { x, y, width, height } = place;
    (x..x + width).flat_map(move |column| (y..y + height).map(move |row| (column, row)))
}

impl Board {
    /// Whether it keeps the rules, told from the cells that widgets cover.
    fn keeps_rules(&self) -> bool {
        let is_grid =
            (1..=COLUMNS_MAX).contains(&self.columns) && (1..=ROWS_MAX).contains(&self.rows);
        let mut covered = BTreeMap::new();
        is_grid
            && self.widgets.iter().all(|(slot, (kind, place))| {
                let (_, width, height) =
                    SMALLEST.into_iter().find(|(of, ..)| of == kind).expect("every kind");
                let large_enough = place.width >= width && place.height >= height;
                large_enough
                    && cells(*place).all(|cell| {
                        let inside = cell.0 < self.columns && cell.1 < self.rows;
                        let alone = covered.insert(cell, *slot).is_none()
                            || self.layout == DashboardLayout::Free;
                        let row_even = self.layout != DashboardLayout::Rows
                            || self.widgets.values().all(|(_, other)| {
                                let shares = cells(*other).any(|(_, row)| row == cell.1);
                                !shares || (other.y, other.height) == (place.y, place.height)
                            });
                        inside && alone && row_even
                    })
            })
    }
}

#[derive(Clone, Debug)]
enum Step {
    Put { slot: u32, kind: WidgetKind, place: Place },
    Remove { slot: u32 },
    Grid { layout: DashboardLayout, columns: u32, rows: u32 },
    Restore { back: u32 },
}

fn layout() -> impl Strategy<Value = DashboardLayout> {
    prop_oneof![
        Just(DashboardLayout::Grid),
        Just(DashboardLayout::Rows),
        Just(DashboardLayout::Free)
    ]
}

/// Slots of which a case uses any.
const SLOTS: u32 = 4;

fn step() -> impl Strategy<Value = Step> {
    let kind = prop_oneof![
        2 => Just(WidgetKind::Stat),
        1 => prop::sample::select(SMALLEST.map(|(kind, ..)| kind).to_vec()),
    ];
    // More often than not in a few cells, where widgets meet.
    let at = |most: u32| prop_oneof![2 => 0..5u32, 1 => 0..most];
    let put = (0..SLOTS, kind, at(12), at(20), 0..8u32, 0..6u32).prop_map(
        |(slot, kind, x, y, width, height)| {
            let place = Place { x, y, width, height };
            Step::Put { slot, kind, place }
        },
    );
    let grid = (layout(), 0..COLUMNS_MAX + 2, prop_oneof![0..24u32, Just(ROWS_MAX + 1)])
        .prop_map(|(layout, columns, rows)| Step::Grid { layout, columns, rows });
    prop_oneof![
        8 => put,
        1 => (0..SLOTS).prop_map(|slot| Step::Remove { slot }),
        1 => grid,
        1 => (0..7u32).prop_map(|back| Step::Restore { back }),
    ]
}

/// Cases that share a world: its ledger grows with every dashboard, and slows down.
const CASES_PER_WORLD: u32 = 50;

std::thread_local! {
    /// A world, and how many cases it may still be used for.
    static WORLD: std::cell::RefCell<Option<(World, u32)>> =
        const { std::cell::RefCell::new(None) };
}

/// Runs a case in a world that has seen few.
fn in_a_world<T>(case: impl FnOnce(&World) -> T) -> T {
    WORLD.with_borrow_mut(|shared| {
        let (world, left) = shared.take().unwrap_or_else(|| (World::bare(), CASES_PER_WORLD));
        let outcome = case(&world);
        *shared = (left > 1).then_some((world, left - 1));
        outcome
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(10_000)
    })]

    #[test]
    fn random_edits_keep_the_rules_and_refuse_only_what_breaks_them(
        layout in layout(),
        steps in prop::collection::vec(step(), 2..8),
    ) {
        in_a_world(|world| -> Result<(), TestCaseError> {
            let (id, client) = (world.create(layout), world.client());
            let empty = Board { layout, columns: 12, rows: 20, widgets: BTreeMap::new() };
            let mut past = std::vec![empty];
            // At which versions a slot changed, or what concerns the whole.
            let (mut changed, whole) = (std::vec![Vec::new(); SLOTS as usize + 1], SLOTS as usize);
            for step in steps {
                let version = past.len() as u32 - 1;
                let now = past[version as usize].clone();
                let (owner, mut wanted, mut changes) = (&world.owner, now.clone(), Vec::new());
                let (done, legal) = match step.clone() {
                    Step::Put { slot, kind, place } => {
                        wanted.widgets.insert(slot, (kind, place));
                        changes.push(slot as usize);
                        let Place { x, y, width, height } = place;
                        let widget = match kind {
                            WidgetKind::AlertList => world.alert_list([x, y, width, height]),
                            WidgetKind::Text => world.text_widget([x, y, width, height]),
                            _ => Widget { kind, ..world.line([x, y, width, height]) },
                        };
                        let put = client.try_put_widget(owner, &id, &version, &slot, &Some(widget));
                        (put.is_ok(), wanted.keeps_rules())
                    }
                    Step::Remove { slot } => {
                        let there = wanted.widgets.remove(&slot).is_some();
                        changes.push(slot as usize);
                        let put = client.try_put_widget(owner, &id, &version, &slot, &None);
                        (put.is_ok(), there)
                    }
                    Step::Grid { layout, columns, rows } => {
                        wanted = Board { layout, columns, rows, ..wanted };
                        changes.push(whole);
                        let details = DashboardDetails { layout, columns, rows, ..world.details("Pool") };
                        let update = client.try_update_dashboard(owner, &id, &version, &details);
                        (update.is_ok(), wanted.keeps_rules())
                    }
                    Step::Restore { back } => {
                        let to = version.saturating_sub(back);
                        let since = |slot: &usize| changed[*slot].iter().filter(|at| **at > to).count();
                        changes = (0..=whole).filter(|slot| since(slot) > 0).collect();
                        let known = changes.iter().all(|slot| since(slot) < REVISIONS_MAX as usize);
                        wanted = past[to as usize].clone();
                        let restore = client.try_restore(owner, &id, &version, &to);
                        (restore.is_ok(), to < version && known)
                    }
                };
                prop_assert_eq!(done, legal, "{:?} on {:?}", step, now);
                if legal {
                    changes.into_iter().for_each(|slot| changed[slot].push(version + 1));
                    past.push(wanted);
                }
            }
            let expected = past.last().expect("the present");
            prop_assert!(expected.keeps_rules());
            let stored = world.stored(&id);
            let places = stored.places.iter().map(|(slot, place)| (slot, Place::unpack(place)));
            let widgets = client.widgets(&id, &world.viewer(), &0, &9);
            let kinds: BTreeMap<_, _> =
                widgets.iter().map(|(slot, widget)| (slot, widget.kind)).collect();
            let widgets = places.map(|(slot, place)| (slot, (kinds[&slot], place))).collect();
            let DashboardDetails { layout, columns, rows, .. } = stored.details;
            prop_assert_eq!(&Board { layout, columns, rows, widgets }, expected);
            prop_assert_eq!(kinds.len(), expected.widgets.len());
            prop_assert_eq!(stored.version as usize, past.len() - 1);
            Ok(())
        })?;
    }
}
