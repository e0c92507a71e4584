use external_monitoring::ConnectionChanged;
use lumenscope_interfaces::external_monitoring::*;
use lumenscope_interfaces::governance::GovernanceError;
use soroban_sdk::{Address, BytesN, Error, Symbol};

use crate::stage::*;

const EXPIRES_S: u64 = NOW_S + 90 * DAY_S;

struct Draft<'a> {
    name: &'a str,
    scopes: u32,
    requests_per_minute: u32,
    expires_s: u64,
}

const DRAFT: Draft = Draft {
    name: "exporter",
    scopes: ApiScope::ReadMetrics.bit() | ApiScope::Manage.bit(),
    requests_per_minute: 60,
    expires_s: EXPIRES_S,
};

impl Draft<'_> {
    fn create(&self, s: &Stage, signer: &Address, owner: &Address) -> Result<BytesN<32>, Error> {
        let args = (
            owner,
            s.text(self.name),
            ApiKeyKind::Ed25519,
            s.hash(1),
            self.scopes,
            self.requests_per_minute,
            self.expires_s,
        );
        s.call(signer, "create_api_key", args)
    }
}

fn changed(owner: &Address, id: &BytesN<32>, change: Symbol) -> ConnectionChanged {
    ConnectionChanged {
        owner: owner.clone(),
        id: id.clone(),
        kind: ConnectionKind::ApiKey,
        actor: owner.clone(),
        change,
    }
}

#[test]
fn an_api_key_is_what_its_owner_said_and_unused() {
    let s = Stage::new();
    let owner = s.account();
    let id = DRAFT.create(&s, &owner, &owner).expect("it is valid");
    s.assert_emitted(&[&changed(&owner, &id, change::CREATED)]);
    let key = s.client.api_key(&id).expect("it was created");
    assert_eq!((&key.id, &key.owner, key.kind), (&id, &owner, ApiKeyKind::Ed25519));
    assert_eq!((key.material, key.scopes, key.expires_s), (s.hash(1), DRAFT.scopes, EXPIRES_S));
    assert_eq!((key.generation, key.previous_until_s, key.revoked), (0, 0, false));
    assert_eq!(s.client.api_key_usage(&id), Some(ApiKeyUsage::default()));
    assert_eq!(s.client.api_keys_of(&owner, &0, &5).len(), 1);
    assert_eq!(s.client.count_of(&ConnectionKind::Integration, &owner), 0);
}

#[test]
fn what_is_out_of_bounds_is_refused() {
    use ConnectionError::*;
    let s = Stage::new();
    let owner = s.account();
    let long = "n".repeat(NAME_BYTES_MAX as usize + 1);
    for (error, draft) in [
        (NameInvalid, Draft { name: "", ..DRAFT }),
        (NameInvalid, Draft { name: &long, ..DRAFT }),
        (ScopesInvalid, Draft { scopes: 0, ..DRAFT }),
        (ScopesInvalid, Draft { scopes: API_SCOPES_ALL + 1, ..DRAFT }),
        (RateInvalid, Draft { requests_per_minute: 0, ..DRAFT }),
        (RateInvalid, Draft { requests_per_minute: REQUESTS_PER_MINUTE_MAX + 1, ..DRAFT }),
        (ExpiryInvalid, Draft { expires_s: NOW_S, ..DRAFT }),
        (ExpiryInvalid, Draft { expires_s: NOW_S - 1, ..DRAFT }),
        (ExpiryInvalid, Draft { expires_s: NOW_S + API_KEY_LIFE_MAX_S + 1, ..DRAFT }),
        (ExpiryInvalid, Draft { expires_s: u64::MAX, ..DRAFT }),
    ] {
        assert_eq!(draft.create(&s, &owner, &owner), refused(error));
    }
    assert_eq!(s.client.count_of(&ConnectionKind::ApiKey, &owner), 0);
}

#[test]
fn a_rotation_keeps_the_key_before_no_longer_than_its_own_end() {
    let s = Stage::new();
    let owner = s.account();
    let id = DRAFT.create(&s, &owner, &owner).expect("it is valid");
    let rotate = |material, expires_s: u64, overlap_s: u64| {
        s.call::<()>(&owner, "rotate_api_key", (&id, s.hash(material), expires_s, overlap_s))
    };
    assert_eq!(rotate(1, EXPIRES_S, 0), refused(ConnectionError::NothingToChange));
    assert_eq!(rotate(2, NOW_S, 0), refused(ConnectionError::ExpiryInvalid));
    assert_eq!(rotate(2, EXPIRES_S, OVERLAP_MAX_S + 1), refused(ConnectionError::OverlapInvalid));
    assert_eq!(rotate(2, NOW_S + DAY_S, HOUR_S), Ok(()));
    s.assert_emitted(&[&changed(&owner, &id, change::ROTATED)]);
    let key = s.client.api_key(&id).expect("it exists");
    assert_eq!((key.material, key.previous, key.generation), (s.hash(2), s.hash(1), 1));
    assert_eq!((key.previous_until_s, key.expires_s), (NOW_S + HOUR_S, NOW_S + DAY_S));

    assert_eq!(rotate(3, EXPIRES_S, OVERLAP_MAX_S), Ok(()));
    let key = s.client.api_key(&id).expect("it exists");
    assert_eq!((key.previous, key.previous_until_s), (s.hash(2), NOW_S + DAY_S));
}

#[test]
fn a_revoked_key_stays_revoked() {
    let s = Stage::new();
    let owner = s.account();
    let id = DRAFT.create(&s, &owner, &owner).expect("it is valid");
    assert_eq!(s.call(&owner, "revoke_api_key", (&id,)), Ok(()));
    s.assert_emitted(&[&changed(&owner, &id, change::REVOKED)]);
    assert!(s.client.api_key(&id).expect("it exists").revoked);
    let revoked = refused(ConnectionError::ApiKeyRevoked);
    assert_eq!(s.call::<()>(&owner, "revoke_api_key", (&id,)), revoked);
    let args = (&id, s.hash(2), EXPIRES_S, 0u64);
    assert_eq!(s.call::<()>(&owner, "rotate_api_key", args), revoked);
    assert_eq!(s.call(&owner, "remove", (ConnectionKind::ApiKey, &id)), Ok(()));
    assert_eq!((s.client.api_key(&id), s.client.api_key_usage(&id)), (None, None));
}

#[test]
fn nobody_but_its_owner_changes_a_key() {
    let s = Stage::new();
    let owner = s.account();
    let id = DRAFT.create(&s, &owner, &owner).expect("it is valid");
    for signer in [&s.account(), &s.admin, &s.dispatcher] {
        assert_eq!(DRAFT.create(&s, signer, &owner), Err(AUTHORISATION_MISSING));
        let denied: Result<(), Error> = Err(AUTHORISATION_MISSING);
        let args = (&id, s.hash(2), EXPIRES_S, 0u64);
        assert_eq!(s.call(signer, "rotate_api_key", args), denied);
        assert_eq!(s.call(signer, "revoke_api_key", (&id,)), denied);
        assert_eq!(s.call(signer, "remove", (ConnectionKind::ApiKey, &id)), denied);
    }
    let unknown = refused(ConnectionError::Unknown);
    let confused = s.call::<()>(&owner, "remove", (ConnectionKind::Integration, &id));
    assert_eq!(confused, unknown);
    assert_eq!(s.call::<()>(&owner, "set_enabled", (&id, false)), unknown);
    assert_eq!(s.client.count_of(&ConnectionKind::ApiKey, &owner), 1);
}

#[test]
fn a_pause_stops_new_keys_but_neither_rotation_nor_revocation() {
    let s = Stage::new();
    let owner = s.account();
    let id = DRAFT.create(&s, &owner, &owner).expect("it is valid");
    assert_eq!(s.call(&s.admin, "pause", ()), Ok(()));
    let paused = Err(Error::from_contract_error(GovernanceError::Paused as u32));
    assert_eq!(DRAFT.create(&s, &owner, &owner), paused);
    let args = (&id, s.hash(2), EXPIRES_S, 0u64);
    assert_eq!(s.call(&owner, "rotate_api_key", args), Ok(()));
    assert_eq!(s.call(&owner, "revoke_api_key", (&id,)), Ok(()));
}
