//! What creating and editing have in common.

use lumenscope_interfaces::dashboard::{
    DashboardError, DashboardLayout, REVISIONS_MAX, WIDGETS_MAX,
};
use lumenscope_interfaces::governance;
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Address, BytesN, Env, IntoVal, Map, Symbol, Val, Vec, symbol_short};

use crate::board::{Board, field, shown_details};
use crate::events::dashboard_changed;
use crate::grid::{Grid, Place};
use crate::raw::{list, map, number_at, pack, typed};
use crate::refusal::{accept, refuse, require};
use crate::shape::{DETAILS, VARIABLES, WIDGET, details, widget};
use crate::storage::{self, DETAILS_SLOT};
use crate::validate;

/// Something was created.
pub const CREATED: Symbol = symbol_short!("created");
/// Something was changed.
pub const UPDATED: Symbol = symbol_short!("updated");

/// The places of a revision's fields: the list that is stored.
const VERSION: u32 = 0;
const ITEM: u32 = 3;

/// What a dashboard's details say, each of its type.
pub fn read_details(e: &Env, given: &Val) -> Vec<Val> {
    let mut fields = DETAILS.read(e, given);
    let variables = VARIABLES.read(e, &fields.get_unchecked(details::VARIABLES));
    fields.set(details::VARIABLES, variables.to_val());
    fields
}

/// Takes the next id of an owner, who authorises the creation of a dashboard.
pub fn next_id(e: &Env, owner: &Val) -> BytesN<32> {
    let owner: Address = typed(e, owner);
    owner.require_auth();
    governance::require_not_paused(e);
    let place = storage::count(e, owner.as_val());
    storage::set_count(e, owner.as_val(), place + 1);
    id(e, &owner, place)
}

/// The id of the dashboard that an owner created at that place of the owner's list.
pub fn id(e: &Env, owner: &Address, place: u32) -> BytesN<32> {
    let mut bytes = owner.to_xdr(e);
    bytes.extend_from_array(&place.to_be_bytes());
    e.crypto().sha256(&bytes).to_bytes()
}

/// Puts a widget into a slot, or takes it out of there, and says so.
pub fn put_widget(e: &Env, id: &Val, editor: &Val, mut board: Board, slot: u32, given: &Val) {
    let known = board.places().contains_key(slot);
    let mut change = if known { UPDATED } else { CREATED };
    let mut item = *given;
    if item.is_void() {
        require(e, known, DashboardError::WidgetUnknown);
        let mut places = board.places();
        places.remove(slot);
        board.set(field::PLACES, places);
        change = symbol_short!("removed");
    } else {
        item = read_widget(e, &mut board, slot, given).to_val();
    }
    revise(e, id, slot, board.version(), editor, item);
    finish(e, id, editor, change, &[slot.into()], &board);
}

/// What is to lie in a slot of the dashboard, where it may.
pub fn read_widget(e: &Env, board: &mut Board, slot: u32, given: &Val) -> Vec<Val> {
    let fields = WIDGET.read(e, given);
    validate::widget(e, &fields);
    require(e, slot < WIDGETS_MAX, DashboardError::TooManyWidgets);
    let mut places = board.places();
    places.remove(slot);
    lay(e, &grid_of(board), &mut places, slot, place_of(&fields));
    board.set(field::PLACES, places);
    fields
}

fn place_of(fields: &Vec<Val>) -> Place {
    let number = |place| number_at(fields, place);
    Place {
        x: number(widget::X),
        y: number(widget::Y),
        width: number(widget::WIDTH),
        height: number(widget::HEIGHT),
    }
}

/// Lays a widget beside others.
#[inline(never)]
fn lay(e: &Env, grid: &Grid, places: &mut Map<u32, u32>, slot: u32, place: Place) {
    accept(e, grid.check_inside(place));
    let others = places.values().to_vals();
    for other in 0..others.len() {
        accept(e, grid.check_beside(place, Place::unpack(number_at(&others, other))));
    }
    places.set(slot, place.pack());
}

fn grid_of(board: &Board) -> Grid {
    let fields: Vec<Val> = board.get(field::DETAILS);
    let layout = match number_at(&fields, details::LAYOUT) {
        0 => DashboardLayout::Grid,
        1 => DashboardLayout::Rows,
        _ => DashboardLayout::Free,
    };
    let columns = number_at(&fields, details::COLUMNS);
    let rows = number_at(&fields, details::ROWS);
    Grid { layout, columns, rows }
}

/// Stores a dashboard of which more than a widget is new, and says so.
#[inline(never)]
pub fn store(e: &Env, id: &Val, editor: &Val, change: Symbol, what: &[Val], board: &Board) {
    validate::details(e, &board.get(field::DETAILS));
    let grid = grid_of(board);
    accept(e, grid.check());
    let mut laid = Map::new(e);
    let places = board.places();
    let (slots, places) = (places.keys().to_vals(), places.values().to_vals());
    for at in 0..slots.len() {
        let place = Place::unpack(number_at(&places, at));
        lay(e, &grid, &mut laid, number_at(&slots, at), place);
    }
    finish(e, id, editor, change, what, board);
}

/// Stores a dashboard, and says what was changed.
#[inline(never)]
pub fn finish(e: &Env, id: &Val, editor: &Val, change: Symbol, what: &[Val], board: &Board) {
    storage::set_board(e, id, board);
    dashboard_changed(e, id, typed(e, editor), change, list(e, what), board.version());
}

/// Puts what a slot holds from now on before its revisions, and forgets the oldest beyond
/// [`REVISIONS_MAX`].
#[inline(never)]
pub fn revise(e: &Env, id: &Val, slot: u32, version: u32, editor: &Val, item: Val) {
    let mut revisions = storage::revisions(e, id, slot);
    if revisions.len() == REVISIONS_MAX {
        revisions.pop_back();
    }
    let at_s = e.ledger().timestamp().into_val(e);
    revisions.push_front(list(e, &[version.into(), at_s, *editor, item]));
    storage::set_revisions(e, id, slot, &revisions);
}

/// Changes the details. The first change also keeps those that the dashboard was created with.
pub fn update(e: &Env, id: &Val, editor: &Val, mut board: Board, given: &Val) {
    if storage::revisions(e, id, DETAILS_SLOT).is_empty() {
        revise(e, id, DETAILS_SLOT, 0, board.owner().as_val(), board.get(field::DETAILS));
    }
    let fields = read_details(e, given).to_val();
    board.set(field::DETAILS, fields);
    revise(e, id, DETAILS_SLOT, board.version(), editor, fields);
    store(e, id, editor, UPDATED, &[], &board);
}

/// Makes everything what it was at version `to`.
pub fn restore(e: &Env, id: &Val, editor: &Val, mut board: Board, to: u32) {
    let version = board.version();
    require(e, to < version - 1, DashboardError::RevisionGone);
    let mut places = board.places();
    for slot in 0..DETAILS_SLOT + 1 {
        let revisions = storage::revisions(e, id, slot);
        let mut item = Val::VOID.to_val();
        let mut known = revisions.len() < REVISIONS_MAX;
        let mut changed = false;
        for place in 0..revisions.len() {
            let revision = revisions.get_unchecked(place);
            if number_at(&revision, VERSION) <= to {
                item = revision.get_unchecked(ITEM);
                known = true;
                break;
            }
            changed = true;
        }
        if !changed {
            continue;
        }
        require(e, known, DashboardError::RevisionGone);
        if slot == DETAILS_SLOT {
            board.set(field::DETAILS, item);
        } else if item.is_void() {
            places.remove(slot);
        } else {
            places.set(slot, place_of(&typed(e, &item)).pack());
        }
        revise(e, id, slot, version, editor, item);
    }
    board.set(field::PLACES, places);
    store(e, id, editor, symbol_short!("restored"), &[to.into()], &board);
}

/// The widget in a slot, as it is stored.
#[inline(never)]
pub fn widget(e: &Env, id: &Val, slot: u32) -> Vec<Val> {
    match storage::revisions(e, id, slot).get(0) {
        Some(revision) => typed(e, &revision.get_unchecked(ITEM)),
        None => refuse(e, DashboardError::WidgetUnknown),
    }
}

/// The revisions of a slot as they are shown.
pub fn history(e: &Env, id: &Val, slot: u32) -> Vec<Val> {
    let mut shown = Vec::new(e);
    let revisions = storage::revisions(e, id, slot);
    for place in 0..revisions.len() {
        let revision = revisions.get_unchecked(place);
        let [version, at_s, editor, item] =
            [0, 1, 2, ITEM].map(|place| revision.get_unchecked(place));
        let item = if item.is_void() {
            list(e, &[symbol_short!("Nothing").to_val()])
        } else if slot == DETAILS_SLOT {
            let details = shown_details(e, &typed(e, &item));
            list(e, &[symbol_short!("Details").to_val(), details])
        } else {
            let widget = map(e, WIDGET.keys, &typed(e, &item));
            list(e, &[symbol_short!("Widget").to_val(), widget])
        };
        let keys = ["at_s", "editor", "item", "version"];
        shown.push_back(pack(e, &keys, &[at_s, editor, item.to_val(), version]));
    }
    shown
}

/// Copies the widgets of a dashboard into another.
pub fn copy_widgets(e: &Env, source: &Val, id: &Val, owner: &Val, board: &Board) {
    let slots = board.places().keys().to_vals();
    for place in 0..slots.len() {
        let slot = number_at(&slots, place);
        revise(e, id, slot, 0, owner, widget(e, source, slot).to_val());
    }
}

/// Removes everything of a dashboard.
pub fn remove(e: &Env, id: &Val, board: &Board) {
    for slot in 0..DETAILS_SLOT + 1 {
        // What was never there is not paid for.
        if !storage::revisions(e, id, slot).is_empty() {
            storage::remove_revisions(e, id, slot);
        }
    }
    storage::remove_board(e, id);
    let change = symbol_short!("removed");
    dashboard_changed(e, id, board.owner(), change, Vec::new(e), board.version());
}
