//! The entry points. What each does, refuses and asks for is said once, at the trait that callers
//! see: [`lumenscope_interfaces::dashboard::Dashboards`]. It is not implemented by name, because what
//! is only passed on has a type of its own here; the tests call through its client.

use lumenscope_interfaces::dashboard::{self as interface, TimeRange, WIDGETS_PER_PAGE_MAX};
use lumenscope_interfaces::governance::{self, Administration, Governance, Role, Schema};
use soroban_sdk::{Address, BytesN, Env, FromVal, Map, Symbol, Val, Vec, contract, contractimpl};

use crate::access::{edited, owned, require_access, viewed};
use crate::board::{Board, field};
use crate::edits::{CREATED, next_id, read_details, read_widget, revise, store};
use crate::events::{DashboardLinksChanged, PreferencesChanged};
use crate::raw::{self, Raw, list, map};
use crate::shape::{self, VARIABLES, details};
use crate::storage::{DETAILS_SLOT, NO_SLOT};
use crate::{edits, render, sharing, storage, validate};

// Types that are checked and read where they matter, and passed on as they are.
type Dashboard = Raw<interface::Dashboard>;
type DashboardAccess = Raw<interface::DashboardAccess>;
type DashboardDetails = Raw<interface::DashboardDetails>;
type DashboardLayout = Raw<interface::DashboardLayout>;
type DashboardRevision = Raw<interface::DashboardRevision>;
type DashboardVariables = Raw<interface::DashboardVariables>;
type DashboardViewer = Raw<interface::DashboardViewer>;
type RenderedPage = Raw<interface::RenderedPage>;
type UserPreferences = Raw<interface::UserPreferences>;
type Widget = Raw<interface::Widget>;

/// Void, which stands for what is not there.
const NOTHING: Val = Val::VOID.to_val();

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
impl DashboardContract {
    pub fn set_links(e: Env, links: Map<Symbol, Address>) {
        let admin = governance::require_admin(&e);
        storage::set_links(&e, &links);
        DashboardLinksChanged { admin, links }.publish(&e);
    }

    pub fn links(e: Env) -> Map<Symbol, Address> {
        storage::links(&e)
    }

    pub fn create_dashboard(
        e: Env,
        owner: raw::Address,
        name: raw::String,
        description: raw::String,
        layout: DashboardLayout,
        columns: raw::u32,
        rows: raw::u32,
    ) -> BytesN<32> {
        let variables = raw::pack(&e, VARIABLES.keys, &[NOTHING; 3]);
        let fields = [
            columns.0,
            description.0,
            layout.0,
            name.0,
            Val::from_u32(0).to_val(),
            rows.0,
            variables,
        ];
        let details = map(&e, shape::DETAILS.keys, &list(&e, &fields));
        Self::instantiate(e.clone(), owner, details.into(), Vec::new(&e))
    }

    pub fn instantiate(
        e: Env,
        owner: raw::Address,
        details: DashboardDetails,
        widgets: Vec<Widget>,
    ) -> BytesN<32> {
        let owner = &owner.0;
        let id = next_id(&e, owner);
        let mut board = Board::new(&e, owner, &read_details(&e, &details.0), NOTHING);
        let widgets = widgets.to_vals();
        for slot in 0..widgets.len() {
            let widget = read_widget(&e, &mut board, slot, &widgets.get_unchecked(slot));
            revise(&e, id.as_val(), slot, 0, owner, widget.to_val());
        }
        store(&e, id.as_val(), owner, CREATED, &[], &board);
        id
    }

    pub fn clone_dashboard(
        e: Env,
        owner: raw::Address,
        source: raw::BytesN<32>,
        name: raw::String,
        variables: DashboardVariables,
    ) -> BytesN<32> {
        let owner = &owner.0;
        let id = next_id(&e, owner);
        let cloned = storage::board(&e, &source.0);
        require_access(&e, &cloned, owner);
        let mut details: Vec<Val> = cloned.get(field::DETAILS);
        details.set(details::NAME, name.0);
        details.set(details::VARIABLES, VARIABLES.read(&e, &variables.0).to_val());
        let mut board = Board::new(&e, owner, &details, source.0);
        board.set(field::PLACES, cloned.places());
        edits::copy_widgets(&e, &source.0, id.as_val(), owner, &board);
        store(&e, id.as_val(), owner, CREATED, &[], &board);
        id
    }

    pub fn update_dashboard(
        e: Env,
        editor: raw::Address,
        dashboard: raw::BytesN<32>,
        version: raw::u32,
        details: DashboardDetails,
    ) {
        let edited = edited(&e, &dashboard.0, &editor.0, &version.0);
        edits::update(&e, &dashboard.0, &editor.0, edited, &details.0);
    }

    pub fn put_widget(
        e: Env,
        editor: raw::Address,
        dashboard: raw::BytesN<32>,
        version: raw::u32,
        slot: u32,
        widget: Option<Widget>,
    ) {
        let edited = edited(&e, &dashboard.0, &editor.0, &version.0);
        let widget = widget.map_or(NOTHING, |widget| widget.0);
        edits::put_widget(&e, &dashboard.0, &editor.0, edited, slot, &widget);
    }

    pub fn restore(
        e: Env,
        editor: raw::Address,
        dashboard: raw::BytesN<32>,
        version: raw::u32,
        to: u32,
    ) {
        let edited = edited(&e, &dashboard.0, &editor.0, &version.0);
        edits::restore(&e, &dashboard.0, &editor.0, edited, to);
    }

    pub fn history(
        e: Env,
        dashboard: raw::BytesN<32>,
        viewer: DashboardViewer,
        slot: Option<u32>,
    ) -> Vec<DashboardRevision> {
        viewed(&e, &dashboard.0, &viewer.0);
        let slot =
            slot.map_or(DETAILS_SLOT, |slot| if slot < DETAILS_SLOT { slot } else { NO_SLOT });
        let revisions = edits::history(&e, &dashboard.0, slot);
        Vec::from_val(&e, revisions.as_val())
    }

    pub fn remove_dashboard(e: Env, dashboard: raw::BytesN<32>) {
        let mut removed = owned(&e, &dashboard.0);
        sharing::publish(&e, &dashboard.0, &mut removed, 0);
        edits::remove(&e, &dashboard.0, &removed);
    }

    pub fn share(
        e: Env,
        dashboard: raw::BytesN<32>,
        account: Option<raw::Address>,
        access: DashboardAccess,
    ) {
        let account = account.map_or(NOTHING, |account| account.0);
        sharing::share(&e, &dashboard.0, &account, &access.0);
    }

    pub fn share_link(
        e: Env,
        dashboard: raw::BytesN<32>,
        link: raw::BytesN<32>,
        expires_s: raw::u64,
    ) {
        sharing::link(&e, &dashboard.0, &link.0, &expires_s.0);
    }

    pub fn offer_dashboard(e: Env, dashboard: raw::BytesN<32>, heir: Option<raw::Address>) {
        let heir = heir.map_or(NOTHING, |heir| heir.0);
        sharing::offer(&e, &dashboard.0, &heir);
    }

    pub fn accept_dashboard(e: Env, dashboard: raw::BytesN<32>) {
        sharing::accept(&e, &dashboard.0);
    }

    pub fn public_dashboards(e: Env, start: u32, limit: u32) -> Vec<Option<BytesN<32>>> {
        Vec::from_val(&e, sharing::page(&e, &sharing::NOBODY, start, limit).as_val())
    }

    pub fn set_preferences(e: Env, user: Address, preferences: UserPreferences) {
        user.require_auth();
        let fields = shape::PREFERENCES.read(&e, &preferences.0);
        validate::preferences(&e, &fields);
        let shown = map(&e, shape::PREFERENCES.keys, &fields);
        storage::set_preferences(&e, &user, &shown);
        PreferencesChanged { user }.publish(&e);
    }

    pub fn preferences(e: Env, user: Address) -> Option<UserPreferences> {
        Some(storage::preferences(&e, &user).into())
    }

    pub fn dashboard(e: Env, dashboard: raw::BytesN<32>, viewer: DashboardViewer) -> Dashboard {
        viewed(&e, &dashboard.0, &viewer.0).shown().into()
    }

    pub fn widgets(
        e: Env,
        dashboard: raw::BytesN<32>,
        viewer: DashboardViewer,
        start: u32,
        limit: u32,
    ) -> Map<u32, Widget> {
        let viewed = viewed(&e, &dashboard.0, &viewer.0);
        let mut widgets = Map::<u32, Val>::new(&e);
        let slots = viewed.places().keys().to_vals();
        for place in 0..slots.len() {
            let slot = raw::number_at(&slots, place);
            if slot < start {
                continue;
            }
            if widgets.len() == limit.min(WIDGETS_PER_PAGE_MAX) {
                break;
            }
            let widget = edits::widget(&e, &dashboard.0, slot);
            widgets.set(slot, map(&e, shape::WIDGET.keys, &widget));
        }
        Map::from_val(&e, &widgets.to_val())
    }

    pub fn dashboards(e: Env, owner: raw::Address, start: u32, limit: u32) -> Vec<BytesN<32>> {
        Vec::from_val(&e, sharing::page(&e, &owner.0, start, limit).as_val())
    }

    pub fn render(
        e: Env,
        dashboard: raw::BytesN<32>,
        viewer: DashboardViewer,
        range: TimeRange,
        variables: DashboardVariables,
        cursor: u32,
        limit: u32,
    ) -> RenderedPage {
        let viewed = viewed(&e, &dashboard.0, &viewer.0);
        let page = (cursor, limit.max(1));
        render::render(&e, &dashboard.0, &viewed, &range, &variables.0, page).into()
    }
}
