//! A stranger who has as many exports open as may be, and would commit or remove an owner's.

use lumenscope_interfaces::external_monitoring::{
    ConnectionError, ConnectionKind, DataExport, EXPORTS_OPEN_MAX,
};
use lumenscope_interfaces::governance::GovernanceError;
use soroban_sdk::BytesN;

use super::super::world::{UNAUTHORISED, refused};
use super::Neighbours;

#[test]
fn exports_of_a_spammer_keep_no_other_owner_from_theirs() {
    let n = Neighbours::new();
    let w = &n.world;
    let theirs = n.export(&w.stranger);
    let theirs: soroban_sdk::Vec<soroban_sdk::Val> = soroban_sdk::IntoVal::into_val(&theirs, &w.e);
    for _ in 0..EXPORTS_OPEN_MAX {
        let _: BytesN<32> = n.get(&w.stranger, &n.external, "request_export", theirs.clone());
    }
    let full = Some(refused(ConnectionError::ExportsOpen as u32));
    assert_eq!(n.refusal(&w.stranger, &n.external, "request_export", theirs), full);
    // In the owner's name, it takes the owner.
    let named = n.refusal(&w.stranger, &n.external, "request_export", n.export(&w.owner));
    assert_eq!(named, Some(UNAUTHORISED));

    for _ in 0..EXPORTS_OPEN_MAX {
        let id: BytesN<32> = n.get(&w.owner, &n.external, "request_export", n.export(&w.owner));
        let root = BytesN::from_array(&w.e, &[1; 32]);
        let args = (w.stranger.clone(), id.clone(), root, 1_u32, 1_u64, 1_u64);
        let refusal = n.refusal(&w.stranger, &n.external, "commit_export", args);
        assert_eq!(refusal, Some(refused(GovernanceError::RoleRequired as u32)));
        let args = (ConnectionKind::Export, id.clone());
        assert_eq!(n.refusal(&w.stranger, &n.external, "remove", args), Some(UNAUTHORISED));
        let export: Option<DataExport> = n.get(&w.owner, &n.external, "export", (id,));
        assert_eq!(export.map(|export| export.chunks), Some(0), "it is still open");
    }
}
