//! The entry points. What each does, refuses and asks for is said once, at the client's trait:
//! [`Dashboards`].

use lumenscope_interfaces::common::PAGE_ITEMS_MAX;
use lumenscope_interfaces::dashboard::{
    Dashboard, DashboardAccess, DashboardError, DashboardLayout, Dashboards, MEMBERS_MAX,
    RenderedPage, TimeRange, UserPreferences, WIDGETS_PER_PAGE_MAX, Widget,
};
use lumenscope_interfaces::governance::{self, Administration, Governance, Role, Schema};
use soroban_sdk::{
    Address, BytesN, Env, FromVal, Map, String, Symbol, Val, Vec, contract, contractimpl,
    symbol_short,
};

use crate::access::{edited, owned, shown, viewed};
use crate::creation::{blank, finish, next_id, put_widget, store};
use crate::events::{DashboardLinksChanged, DashboardShared, PreferencesChanged};
use crate::refusal::require;
use crate::{creation, render, storage, validate};

const CREATED: Symbol = symbol_short!("created");
const UPDATED: Symbol = symbol_short!("updated");

/// The dashboard contract.
#[contract]
pub struct DashboardContract;

impl Schema for DashboardContract {
    const VERSION: u32 = 1;
}

#[contractimpl(contracttrait)]
impl Governance for DashboardContract {}

#[contractimpl]
impl DashboardContract {
    pub fn __constructor(e: &Env, admin: Address, upgrade_delay_s: u64) {
        governance::construct::<Self>(e, &admin, upgrade_delay_s);
    }
}

#[contractimpl]
impl Dashboards for DashboardContract {
    fn set_links(e: Env, links: Map<Symbol, Address>) {
        let admin = governance::require_admin(&e);
        storage::set_links(&e, &links);
        DashboardLinksChanged { admin, links }.publish(&e);
    }

    fn links(e: Env) -> Map<Symbol, Address> {
        storage::links(&e)
    }

    fn create_dashboard(
        e: Env,
        owner: Address,
        name: String,
        description: String,
        layout: DashboardLayout,
        columns: u32,
        rows: u32,
    ) -> BytesN<32> {
        let id = next_id(&e, &owner);
        let dashboard = blank(&e, owner, name, description, layout, columns, rows);
        store(&e, &id, &dashboard.owner, CREATED, &dashboard);
        id
    }

    fn instantiate(
        e: Env,
        owner: Address,
        name: String,
        columns: u32,
        rows: u32,
        contract: Option<Address>,
        widgets: Vec<Widget>,
    ) -> BytesN<32> {
        let id = next_id(&e, &owner);
        let (description, layout) = (String::from_str(&e, ""), DashboardLayout::Grid);
        let mut dashboard = blank(&e, owner, name, description, layout, columns, rows);
        dashboard.contract = contract;
        for (slot, widget) in (0..).zip(widgets.iter()) {
            put_widget(&e, &id, &mut dashboard, slot, &widget);
        }
        store(&e, &id, &dashboard.owner, CREATED, &dashboard);
        id
    }

    fn clone_dashboard(e: Env, owner: Address, source: BytesN<32>, name: String) -> BytesN<32> {
        let id = next_id(&e, &owner);
        let mut dashboard = shown(&e, &source, Some(&owner));
        for slot in dashboard.places.keys() {
            storage::set_widget(&e, &id, slot, storage::widget::<Val>(&e, &source, slot));
        }
        dashboard.owner = owner;
        dashboard.name = name;
        dashboard.version = 0;
        dashboard.public = false;
        dashboard.members = Map::new(&e);
        store(&e, &id, &dashboard.owner, CREATED, &dashboard);
        id
    }

    fn update_dashboard(
        e: Env,
        editor: Address,
        dashboard: BytesN<32>,
        version: u32,
        name: String,
        description: String,
        layout: DashboardLayout,
        columns: u32,
        rows: u32,
        contract: Option<Address>,
    ) {
        let edited = edited(&e, &dashboard, &editor, version);
        let edited = Dashboard { name, description, layout, columns, rows, contract, ..edited };
        store(&e, &dashboard, &editor, UPDATED, &edited);
    }

    fn put_widget(
        e: Env,
        editor: Address,
        dashboard: BytesN<32>,
        version: u32,
        slot: u32,
        widget: Option<Widget>,
    ) {
        let mut edited = edited(&e, &dashboard, &editor, version);
        let known = edited.places.contains_key(slot);
        let mut change = if known { UPDATED } else { CREATED };
        if let Some(widget) = widget {
            put_widget(&e, &dashboard, &mut edited, slot, &widget);
        } else {
            require(&e, known, DashboardError::WidgetUnknown);
            edited.places.remove_unchecked(slot);
            storage::remove_widget(&e, &dashboard, slot);
            change = symbol_short!("removed");
        }
        finish(&e, &dashboard, &editor, change, Some(slot), &edited);
    }

    fn share(e: Env, dashboard: BytesN<32>, account: Option<Address>, access: DashboardAccess) {
        let mut shared = owned(&e, &dashboard);
        match account.clone() {
            Some(account) => {
                require(&e, account != shared.owner, DashboardError::AccessInvalid);
                if access == DashboardAccess::None {
                    shared.members.remove(account);
                } else {
                    shared.members.set(account, access);
                }
                require(&e, shared.members.len() <= MEMBERS_MAX, DashboardError::TooManyMembers);
            }
            None => {
                require(&e, access != DashboardAccess::Edit, DashboardError::AccessInvalid);
                shared.public = access == DashboardAccess::View;
            }
        }
        storage::set_dashboard(&e, &dashboard, &shared);
        DashboardShared { dashboard, owner: shared.owner, account, access }.publish(&e);
    }

    fn set_preferences(e: Env, user: Address, preferences: UserPreferences) {
        user.require_auth();
        validate::preferences(&e, &preferences);
        storage::set_preferences(&e, &user, &preferences);
        PreferencesChanged { user }.publish(&e);
    }

    fn preferences(e: Env, user: Address) -> Option<UserPreferences> {
        storage::preferences(&e, &user)
    }

    fn dashboard(e: Env, dashboard: BytesN<32>, viewer: Option<Address>) -> Dashboard {
        viewed(&e, &dashboard, viewer)
    }

    fn widgets(
        e: Env,
        dashboard: BytesN<32>,
        viewer: Option<Address>,
        start: u32,
        limit: u32,
    ) -> Map<u32, Widget> {
        let viewed = viewed(&e, &dashboard, viewer);
        let mut widgets = Map::<u32, Val>::new(&e);
        for slot in viewed.places.keys().iter().filter(|slot| *slot >= start) {
            if widgets.len() == limit.min(WIDGETS_PER_PAGE_MAX) {
                break;
            }
            widgets.set(slot, storage::widget(&e, &dashboard, slot));
        }
        Map::from_val(&e, &widgets.to_val())
    }

    fn dashboards(e: Env, owner: Address, start: u32, limit: u32) -> Vec<BytesN<32>> {
        let end = start.saturating_add(limit.min(PAGE_ITEMS_MAX)).min(storage::count(&e, &owner));
        let mut ids = Vec::new(&e);
        for number in start..end {
            ids.push_back(creation::id(&e, &owner, number));
        }
        ids
    }

    fn render(
        e: Env,
        dashboard: BytesN<32>,
        viewer: Option<Address>,
        range: TimeRange,
        cursor: u32,
    ) -> RenderedPage {
        let viewed = viewed(&e, &dashboard, viewer);
        render::render(&e, &dashboard, &viewed, &range, cursor)
    }
}
