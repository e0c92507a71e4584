//! What creating and editing have in common.

use lumenscope_interfaces::dashboard::{
    Dashboard, DashboardError, DashboardLayout, WIDGETS_MAX, Widget,
};
use lumenscope_interfaces::governance;
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Address, BytesN, Env, Map, String, Symbol};

use crate::events::DashboardChanged;
use crate::grid::{Grid, Place};
use crate::refusal::{accept, require};
use crate::{storage, validate};

/// A private dashboard without widgets, at version 0.
pub fn blank(
    e: &Env,
    owner: Address,
    name: String,
    description: String,
    layout: DashboardLayout,
    columns: u32,
    rows: u32,
) -> Dashboard {
    Dashboard {
        owner,
        name,
        description,
        layout,
        columns,
        rows,
        contract: None,
        version: 0,
        places: Map::new(e),
        public: false,
        members: Map::new(e),
    }
}

/// Takes the next id of an owner, who authorises the creation of a dashboard.
pub fn next_id(e: &Env, owner: &Address) -> BytesN<32> {
    owner.require_auth();
    governance::require_not_paused(e);
    let number = storage::count(e, owner);
    storage::set_count(e, owner, number + 1);
    id(e, owner, number)
}

/// The id of an owner's dashboard of that number.
pub fn id(e: &Env, owner: &Address, number: u32) -> BytesN<32> {
    let mut bytes = owner.to_xdr(e);
    bytes.extend_from_array(&number.to_be_bytes());
    e.crypto().sha256(&bytes).to_bytes()
}

/// Puts a widget into a slot of a dashboard that is stored later.
pub fn put_widget(e: &Env, id: &BytesN<32>, dashboard: &mut Dashboard, slot: u32, widget: &Widget) {
    validate::widget(e, widget);
    require(e, slot < WIDGETS_MAX, DashboardError::TooManyWidgets);
    let Widget { x, y, width, height, .. } = *widget;
    let place = Place { x, y, width, height };
    check_place(e, dashboard, slot, place);
    dashboard.places.set(slot, place.pack());
    storage::set_widget(e, id, slot, widget);
}

/// Stores a dashboard whose details are new, and says so.
pub fn store(e: &Env, id: &BytesN<32>, editor: &Address, change: Symbol, dashboard: &Dashboard) {
    validate::dashboard(e, dashboard);
    accept(e, grid_of(dashboard).check());
    for slot in dashboard.places.keys() {
        check_place(e, dashboard, slot, place(dashboard, slot));
    }
    finish(e, id, editor, change, None, dashboard);
}

/// Stores a dashboard, and says what was changed.
pub fn finish(
    e: &Env,
    id: &BytesN<32>,
    editor: &Address,
    change: Symbol,
    slot: Option<u32>,
    dashboard: &Dashboard,
) {
    storage::set_dashboard(e, id, dashboard);
    let (id, editor) = (id.clone(), editor.clone());
    DashboardChanged { dashboard: id, editor, change, slot, version: dashboard.version }.publish(e);
}

fn check_place(e: &Env, dashboard: &Dashboard, slot: u32, at: Place) {
    let grid = grid_of(dashboard);
    accept(e, grid.check_inside(at));
    for other in dashboard.places.keys() {
        if other != slot {
            accept(e, grid.check_beside(at, place(dashboard, other)));
        }
    }
}

fn place(dashboard: &Dashboard, slot: u32) -> Place {
    Place::unpack(dashboard.places.get_unchecked(slot))
}

fn grid_of(dashboard: &Dashboard) -> Grid {
    let Dashboard { layout, columns, rows, .. } = *dashboard;
    Grid { layout, columns, rows }
}
