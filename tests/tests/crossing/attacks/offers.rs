//! Whoever would have a dashboard that was offered to somebody else, or keep one that was handed over.

use lumenscope_interfaces::dashboard::{
    Dashboard, DashboardAccess, DashboardError, DashboardViewer,
};
use soroban_sdk::testutils::Address as _;
use soroban_sdk::{Address, Bytes, BytesN, Error};

use super::super::world::{UNAUTHORISED, refused};
use super::Neighbours;

impl Neighbours {
    fn offer(&self, dashboard: &BytesN<32>, heir: Option<&Address>) {
        let args = (dashboard.clone(), heir.cloned());
        self.world.must(&self.world.owner, &self.world.dashboard, "offer_dashboard", args);
    }

    fn accept(&self, who: &Address, dashboard: &BytesN<32>) -> Option<Error> {
        self.refusal(who, &self.world.dashboard, "accept_dashboard", (dashboard.clone(),))
    }
}

#[test]
fn an_offered_dashboard_is_taken_by_nobody_but_its_heir_and_only_while_it_is_offered() {
    let n = Neighbours::new();
    let w = &n.world;
    let heir = Address::generate(&w.e);
    let offered = n.dashboard(&w.owner, &[]);
    let before = n.stored();
    let nothing = Some(refused(DashboardError::NothingOffered as u32));
    assert_eq!(n.accept(&w.stranger, &offered), nothing);
    assert!(n.stored() == before);

    n.offer(&offered, Some(&heir));
    assert_eq!(n.accept(&w.stranger, &offered), Some(UNAUTHORISED));
    assert_eq!(n.accept(&w.owner, &offered), Some(UNAUTHORISED));
    // Taken back; then offered to another one.
    n.offer(&offered, None);
    assert_eq!(n.accept(&heir, &offered), nothing);
    n.offer(&offered, Some(&heir));
    n.offer(&offered, Some(&w.holder));
    assert_eq!(n.accept(&heir, &offered), Some(UNAUTHORISED));
    assert_eq!(n.accept(&w.holder, &offered), None);
    // It is taken once.
    for who in [&w.holder, &heir, &w.owner] {
        assert_eq!(n.accept(who, &offered), nothing);
    }
}

#[test]
fn a_former_owner_keeps_of_a_dashboard_what_the_heir_leaves() {
    let n = Neighbours::new();
    let w = &n.world;
    let (heir, friend) = (Address::generate(&w.e), &w.stranger);
    let handed = n.dashboard(&w.owner, &[]);
    let secret = BytesN::from_array(&w.e, &[1; 32]);
    let link = w.e.crypto().sha256(&Bytes::from(secret.clone())).to_bytes();
    // Before it is handed over: a link, and a friend who edits.
    let args = (handed.clone(), link.clone(), w.now_s() + 600);
    w.must(&w.owner, &w.dashboard, "share_link", args);
    let args = (handed.clone(), Some(friend.clone()), DashboardAccess::Edit);
    w.must(&w.owner, &w.dashboard, "share", args);
    n.offer(&handed, Some(&heir));
    assert_eq!(n.accept(&heir, &handed), None);

    let sees = |who: &Address, viewer| n.render(who, &handed, viewer, (0, 5)).err();
    let unseen = Some(refused(DashboardError::NotAViewer as u32));
    assert_eq!(sees(&w.owner, DashboardViewer::Account(w.owner.clone())), unseen);
    let taken = (handed.clone(), None::<Address>);
    assert_eq!(n.refusal(&w.owner, &w.dashboard, "offer_dashboard", taken), Some(UNAUTHORISED));
    // What was left behind is shown to the heir, who ends it.
    let viewer = DashboardViewer::Account(heir.clone());
    let shown: Dashboard = n.get(&heir, &w.dashboard, "dashboard", (handed.clone(), viewer));
    assert!(shown.links.contains_key(link.clone()) && shown.members.contains_key(friend.clone()));
    assert_eq!(sees(&w.owner, DashboardViewer::Link(secret.clone())), None);
    w.must(&heir, &w.dashboard, "share_link", (handed.clone(), link, 0_u64));
    let args = (handed.clone(), Some(friend.clone()), DashboardAccess::None);
    w.must(&heir, &w.dashboard, "share", args);
    let over = Some(refused(DashboardError::LinkExpired as u32));
    assert_eq!(sees(&w.owner, DashboardViewer::Link(secret)), over);
    assert_eq!(sees(friend, DashboardViewer::Account(friend.clone())), unseen);
}
