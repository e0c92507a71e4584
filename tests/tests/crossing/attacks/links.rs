//! A stranger who would see a private dashboard by a share link: guessed, of another dashboard, or
//! over.

use lumenscope_interfaces::dashboard::{DashboardError, DashboardViewer};
use soroban_sdk::{Bytes, BytesN, Error};

use super::super::world::refused;
use super::Neighbours;

const LIFE_S: u64 = 600;

impl Neighbours {
    fn hash(&self, secret: &BytesN<32>) -> BytesN<32> {
        self.world.e.crypto().sha256(&Bytes::from(secret.clone())).to_bytes()
    }

    /// The owner lets whoever knows the secret see a dashboard until then.
    fn share_by_link(&self, dashboard: &BytesN<32>, secret: &BytesN<32>, until_s: u64) {
        let args = (dashboard.clone(), self.hash(secret), until_s);
        self.world.must(&self.world.owner, &self.world.dashboard, "share_link", args);
    }

    /// Why the stranger does not see it.
    fn unseen(&self, dashboard: &BytesN<32>, secret: &BytesN<32>) -> Option<Error> {
        let viewer = DashboardViewer::Link(secret.clone());
        self.render(&self.world.stranger, dashboard, viewer, (0, 5)).err()
    }
}

#[test]
fn a_share_link_shows_its_dashboard_to_who_knows_the_secret_and_until_its_end() {
    let n = Neighbours::new();
    let w = &n.world;
    let secret = |byte| BytesN::from_array(&w.e, &[byte; 32]);
    let (shown, other) = (n.dashboard(&w.owner, &[]), n.dashboard(&w.owner, &[]));
    n.share_by_link(&shown, &secret(1), w.now_s() + LIFE_S);
    n.share_by_link(&other, &secret(2), w.now_s() + LIFE_S);
    let over = Some(refused(DashboardError::LinkExpired as u32));
    assert_eq!(n.unseen(&shown, &secret(1)), None);
    // What the ledger shows of it is no secret that opens it; nor is another dashboard's, or any.
    for wrong in [n.hash(&secret(1)), secret(2), secret(0), secret(255)] {
        assert_eq!(n.unseen(&shown, &wrong), over);
    }
    w.advance(LIFE_S - 5);
    assert_eq!(n.unseen(&shown, &secret(1)), None);
    w.advance(5);
    assert_eq!(n.unseen(&shown, &secret(1)), over, "replayed after its end");

    n.share_by_link(&shown, &secret(1), w.now_s() + LIFE_S);
    assert_eq!(n.unseen(&shown, &secret(1)), None);
    n.share_by_link(&shown, &secret(1), 0);
    assert_eq!(n.unseen(&shown, &secret(1)), over, "replayed after it was taken back");
}
