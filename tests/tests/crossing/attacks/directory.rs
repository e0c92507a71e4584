//! A stranger who would crowd others out of the directory of public dashboards.

use lumenscope_interfaces::common::PAGE_ITEMS_MAX;
use lumenscope_interfaces::dashboard::DashboardAccess;
use soroban_sdk::{Address, BytesN};

use super::super::world::UNAUTHORISED;
use super::Neighbours;

impl Neighbours {
    fn list(&self, owner: &Address, dashboard: &BytesN<32>, access: DashboardAccess) {
        let args = (dashboard.clone(), None::<Address>, access);
        self.world.must(owner, &self.world.dashboard, "share", args);
    }
}

#[test]
fn a_crowd_in_the_directory_moves_and_hides_nobody() {
    use DashboardAccess::{None as Nothing, View};
    let n = Neighbours::new();
    let (w, directory) = (&n.world, n.world.dashboard());
    let (first, last) = (n.dashboard(&w.owner, &[]), n.dashboard(&w.owner, &[]));
    n.list(&w.owner, &first, View);
    // One that comes and goes, and as many as fill a page.
    let restless = n.dashboard(&w.stranger, &[]);
    for _ in 0..PAGE_ITEMS_MAX {
        n.list(&w.stranger, &restless, View);
        n.list(&w.stranger, &restless, Nothing);
        let stays = n.dashboard(&w.stranger, &[]);
        n.list(&w.stranger, &stays, View);
    }
    let taken_out = (first.clone(), None::<Address>, Nothing);
    let refused = n.refusal(&w.stranger, &w.dashboard, "share", taken_out);
    assert_eq!(refused, Some(UNAUTHORISED));
    let page = directory.public_dashboards(&0, &PAGE_ITEMS_MAX);
    assert_eq!((page.len(), page.get_unchecked(0)), (PAGE_ITEMS_MAX, Some(first)));

    n.list(&w.owner, &last, View);
    let place = 1 + 2 * PAGE_ITEMS_MAX;
    assert_eq!(directory.public_dashboards(&place, &1).first(), Some(Some(last.clone())));
    // An owner's own list has what the owner created or accepted, and nothing else.
    assert_eq!(directory.dashboards(&w.owner, &0, &PAGE_ITEMS_MAX).len(), 2);
}
