//! A stranger who would have somebody's ids before them, or pass one thing for another.

use lumenscope_interfaces::alerting::{PolicyLevel, RuleSpec};
use lumenscope_interfaces::external_monitoring::{ApiKeyKind, ApiScope, ConnectionError};
use soroban_sdk::{Address, BytesN, vec};

use super::super::watched::{FUNCTION, create, open, spec};
use super::super::world::{HOUR_S, refused};
use super::Neighbours;

impl Neighbours {
    /// One of everything that has an id, of an account.
    fn one_of_each(&self, owner: &Address) -> [BytesN<32>; 7] {
        let w = &self.world;
        let rule = create(w, owner, &RuleSpec { contract: None, ..spec(w) });
        let channels = vec![&w.e, BytesN::from_array(&w.e, &[5; 32])];
        let level = PolicyLevel { delay_s: 0, repeat_s: 0, repeats: 0, channels };
        let policy = (owner.clone(), w.text("all"), vec![&w.e, level]);
        let hashed = BytesN::from_array(&w.e, &[9; 32]);
        let (scopes, ends_s) = (ApiScope::ReadMetrics.bit(), w.now_s() + HOUR_S);
        let name = w.text("the exporter");
        let key = (owner.clone(), name, ApiKeyKind::Hashed, hashed, scopes, 1_u32, ends_s);
        let responder =
            (owner.clone(), w.alerting.clone(), w.pool.clone(), self.theirs.clone(), 0_u32);
        [
            rule,
            self.get(owner, &w.alerting, "create_policy", policy),
            self.dashboard(owner, &[]),
            self.get(owner, &self.external, "create_integration", self.integration(owner)),
            self.get(owner, &self.external, "create_api_key", key),
            self.get(owner, &self.external, "create_responder", responder),
            self.get(owner, &self.external, "request_export", self.export(owner)),
        ]
    }
}

/// The owner's ids, where a stranger may have been there before with the same.
fn ids(is_first: bool) -> Vec<[u8; 32]> {
    let n = Neighbours::new();
    open(&n.world, &n.world.owner, &n.world.stream(FUNCTION));
    let mut theirs = Vec::new();
    if !is_first {
        for _ in 0..3 {
            theirs.extend(n.one_of_each(&n.world.stranger).map(|id| id.to_array()));
        }
    }
    let own = n.one_of_each(&n.world.owner).map(|id| id.to_array());
    assert!(own.iter().all(|id| !theirs.contains(id)));
    own.to_vec()
}

#[test]
fn what_id_an_owner_gets_depends_on_nobody_else() {
    let alone = ids(true);
    let different: std::collections::BTreeSet<_> = alone.iter().collect();
    assert_eq!(different.len(), alone.len(), "of different kinds");
    assert_eq!(ids(false), alone);
}

#[test]
fn an_id_of_one_kind_is_unknown_to_every_other() {
    let n = Neighbours::new();
    let w = &n.world;
    open(w, &w.owner, &w.stream(FUNCTION));
    let [.., integration, key, responder, export] = n.one_of_each(&w.owner);
    let unknown = Some(refused(ConnectionError::Unknown as u32));
    for id in [&key, &responder, &export] {
        let args = (id.clone(), false);
        assert_eq!(n.refusal(&w.owner, &n.external, "set_enabled", args), unknown);
    }
    for id in [&integration, &responder, &export] {
        assert_eq!(n.refusal(&w.owner, &n.external, "revoke_api_key", (id.clone(),)), unknown);
    }
    for id in [&integration, &key, &responder] {
        let args =
            (w.admin.clone(), id.clone(), BytesN::from_array(&w.e, &[1; 32]), 1_u32, 1_u64, 1_u64);
        assert_eq!(n.refusal(&w.admin, &n.external, "commit_export", args), unknown);
    }
}
