use ed25519_dalek::{Signer, SigningKey};
use lumenscope_interfaces::external_monitoring::*;
use sha2::{Digest, Sha256};
use soroban_sdk::xdr::{Limits, ScAddress, ScBytes, ScSymbol, ScVal, ScVec, ToXdr, VecM, WriteXdr};
use soroban_sdk::{Address, BytesN, Env, Error, Symbol};

use crate::stage::*;

/// How the host ends a call with a signature that does not fit: as it ends any call on an error of
/// its own. `check_request` takes no authorisation, so that there it can be nothing else.
const FORGED: Error = AUTHORISATION_MISSING;

/// Every field of a request as its signer sees it.
#[derive(Clone)]
pub struct Signed {
    pub network_id: [u8; 32],
    pub contract: Address,
    pub key: BytesN<32>,
    pub generation: u32,
    pub caller: Address,
    pub method: &'static str,
    pub body: &'static [u8],
    pub nonce: u64,
    pub expires_s: u64,
}

impl Signed {
    /// The bytes to sign, made as a program without an Env makes them.
    pub fn payload(&self) -> Vec<u8> {
        let bytes = |bytes: &[u8]| ScVal::Bytes(ScBytes(bytes.to_vec().try_into().expect("short")));
        let symbol = |name: &str| ScVal::Symbol(ScSymbol(name.try_into().expect("short")));
        let values: VecM<ScVal> = vec![
            symbol("LumenscopeRequest1"),
            bytes(&self.network_id),
            ScVal::Address(ScAddress::from(&self.contract)),
            bytes(&self.key.to_array()),
            ScVal::U32(self.generation),
            ScVal::Address(ScAddress::from(&self.caller)),
            symbol(self.method),
            bytes(&Sha256::digest(self.body)),
            ScVal::U64(self.nonce),
            ScVal::U64(self.expires_s),
        ]
        .try_into()
        .expect("ten values");
        WriteXdr::to_xdr(&ScVal::Vec(Some(ScVec(values))), Limits::none()).expect("it encodes")
    }
}

struct Requests {
    s: Stage,
    owner: Address,
    caller: Address,
    key: BytesN<32>,
    signing: SigningKey,
}

const LIFE_S: u64 = 300;

impl Requests {
    fn new() -> Self {
        let s = Stage::new();
        let signing = SigningKey::from_bytes(&[5; 32]);
        let (owner, caller) = (s.account(), s.account());
        let material = BytesN::from_array(&s.e, &signing.verifying_key().to_bytes());
        let key = create(&s, &owner, ApiKeyKind::Ed25519, material);
        Self { s, owner, caller, key, signing }
    }

    fn request(&self, nonce: u64) -> Signed {
        Signed {
            network_id: [7; 32],
            contract: self.s.id.clone(),
            key: self.key.clone(),
            generation: 0,
            caller: self.caller.clone(),
            method: "read_metrics",
            body: b"{}",
            nonce,
            expires_s: self.now_s() + LIFE_S,
        }
    }

    fn rotate(&mut self, seed: [u8; 32], overlap_s: u64) {
        self.signing = SigningKey::from_bytes(&seed);
        let material = BytesN::from_array(&self.s.e, &self.signing.verifying_key().to_bytes());
        let args = (&self.key, material, NOW_S + 90 * DAY_S, overlap_s);
        assert_eq!(self.s.call(&self.owner, "rotate_api_key", args), Ok(()));
    }

    fn now_s(&self) -> u64 {
        self.s.e.ledger().timestamp()
    }

    fn sign(&self, signed: &Signed) -> [u8; 64] {
        self.signing.sign(&signed.payload()).to_bytes()
    }

    /// Asks to act on `sent` with the signature that was made for `signed`.
    fn ask(
        &self,
        function: &str,
        sent: &Signed,
        signature: [u8; 64],
        scope: ApiScope,
    ) -> Result<(), Error> {
        let e = &self.s.e;
        let args = (
            &sent.caller,
            &sent.key,
            sent.generation,
            Symbol::new(e, sent.method),
            BytesN::from_array(e, &Sha256::digest(sent.body).into()),
            sent.nonce,
            sent.expires_s,
            scope,
            BytesN::from_array(e, &signature),
        );
        self.s.call(&sent.caller, function, args)
    }

    fn verify(&self, sent: &Signed) -> Result<(), Error> {
        self.ask("verify_request", sent, self.sign(sent), ApiScope::ReadMetrics)
    }

    fn usage(&self) -> ApiKeyUsage {
        self.s.client.api_key_usage(&self.key).expect("it exists")
    }
}

fn create(s: &Stage, owner: &Address, kind: ApiKeyKind, material: BytesN<32>) -> BytesN<32> {
    let scopes = ApiScope::ReadMetrics.bit() | ApiScope::Acknowledge.bit();
    let args = (owner, s.text("program"), kind, material, scopes, 5u32, NOW_S + 90 * DAY_S);
    s.call(owner, "create_api_key", args).expect("it is valid")
}

#[test]
fn a_signed_request_is_verified_once_and_remembered() {
    let r = Requests::new();
    let request = r.request(42);
    assert_eq!(r.verify(&request), Ok(()));
    r.s.assert_silent();
    let usage = r.usage();
    assert_eq!((usage.last_used_s, usage.window_requests, usage.nonce_highest), (NOW_S, 1, 42));
    assert_eq!(r.verify(&request), refused(ConnectionError::NonceUsed));
    assert_eq!(r.verify(&r.request(43)), Ok(()));
}

#[test]
fn checking_uses_nothing_up_and_takes_nobodys_authorisation() {
    let r = Requests::new();
    let request = r.request(42);
    let signature = r.sign(&request);
    r.s.e.mock_auths(&[]);
    for _ in 0..3 {
        assert_eq!(r.ask("check_request", &request, signature, ApiScope::ReadMetrics), Ok(()));
    }
    assert_eq!(r.usage(), ApiKeyUsage::default());
    assert_eq!(r.verify(&request), Ok(()));
    let again = r.ask("check_request", &request, signature, ApiScope::ReadMetrics);
    assert_eq!(again, refused(ConnectionError::NonceUsed));
}

#[test]
fn a_signature_is_good_for_exactly_what_was_signed() {
    let r = Requests::new();
    let request = r.request(42);
    let signature = r.sign(&request);
    let other_key = create(&r.s, &r.owner, ApiKeyKind::Ed25519, r.s.hash(3));
    type Change = Box<dyn Fn(&mut Signed)>;
    let other_caller = r.s.account();
    let cases: [(&str, Change); 7] = [
        ("another caller", Box::new(move |sent| sent.caller = other_caller.clone())),
        ("another method", Box::new(|sent| sent.method = "acknowledge")),
        ("another body", Box::new(|sent| sent.body = b"{\"limit\":1}")),
        ("another nonce", Box::new(|sent| sent.nonce += 1)),
        ("a later expiry", Box::new(|sent| sent.expires_s += 1)),
        ("an earlier expiry", Box::new(|sent| sent.expires_s -= 1)),
        ("another key", Box::new(move |sent| sent.key = other_key.clone())),
    ];
    for (name, change) in cases {
        let mut sent = request.clone();
        change(&mut sent);
        for function in ["verify_request", "check_request"] {
            let result = r.ask(function, &sent, signature, ApiScope::ReadMetrics);
            assert_eq!(result, Err(FORGED), "{name}, {function}");
        }
    }
    assert_eq!(r.usage(), ApiKeyUsage::default());
    assert_eq!(r.ask("verify_request", &request, signature, ApiScope::ReadMetrics), Ok(()));
}

#[test]
fn a_request_signed_for_another_network_or_another_contract_is_forged_here() {
    let r = Requests::new();
    for elsewhere in [
        Signed { network_id: [8; 32], ..r.request(1) },
        Signed { contract: r.s.account(), ..r.request(1) },
    ] {
        let check = r.ask("check_request", &elsewhere, r.sign(&elsewhere), ApiScope::ReadMetrics);
        assert_eq!(check, Err(FORGED));
        assert_eq!(r.verify(&elsewhere), Err(FORGED));
    }
    assert_eq!(r.verify(&r.request(1)), Ok(()));
}

#[test]
fn another_signer_is_forged() {
    let r = Requests::new();
    let request = r.request(1);
    let thief = SigningKey::from_bytes(&[6; 32]);
    let signature = thief.sign(&request.payload()).to_bytes();
    for function in ["check_request", "verify_request"] {
        let result = r.ask(function, &request, signature, ApiScope::ReadMetrics);
        assert_eq!(result, Err(FORGED), "{function}");
    }
    assert_eq!(r.verify(&request), Ok(()));
}

#[test]
fn a_copied_request_cannot_be_used_up_by_a_stranger() {
    let r = Requests::new();
    let request = r.request(1);
    let e = &r.s.e;
    let args = (
        &request.caller,
        &request.key,
        request.generation,
        Symbol::new(e, request.method),
        BytesN::from_array(e, &Sha256::digest(request.body).into()),
        request.nonce,
        request.expires_s,
        ApiScope::ReadMetrics,
        BytesN::from_array(e, &r.sign(&request)),
    );
    let stolen = r.s.call::<()>(&r.s.account(), "verify_request", args);
    assert_eq!(stolen, Err(AUTHORISATION_MISSING));
    assert_eq!(r.verify(&request), Ok(()));
}

#[test]
fn requests_may_overtake_each_other_within_the_window() {
    let r = Requests::new();
    for nonce in [200, 73, 199, 201] {
        r.s.wait(RATE_WINDOW_S);
        assert_eq!(r.verify(&r.request(nonce)), Ok(()), "{nonce}");
    }
    assert_eq!(r.verify(&r.request(73)), refused(ConnectionError::NonceTooOld));
    assert_eq!(r.verify(&r.request(74)), Ok(()));
    assert_eq!(r.verify(&r.request(199)), refused(ConnectionError::NonceUsed));
}

#[test]
fn more_requests_than_a_minute_holds_wait_for_the_next() {
    let r = Requests::new();
    for nonce in 0..5 {
        assert_eq!(r.verify(&r.request(nonce)), Ok(()));
    }
    assert_eq!(r.verify(&r.request(5)), refused(ConnectionError::RateExceeded));
    r.s.wait(RATE_WINDOW_S);
    assert_eq!(r.verify(&r.request(5)), Ok(()));
}

#[test]
fn a_request_ends_with_its_expiry_and_lives_an_hour_at_most() {
    let r = Requests::new();
    let mut request = r.request(1);
    request.expires_s = NOW_S + REQUEST_LIFE_MAX_S + 1;
    let invalid = refused(ConnectionError::RequestExpiryInvalid);
    assert_eq!(r.verify(&request), invalid);
    request.expires_s = NOW_S + LIFE_S;
    r.s.wait(LIFE_S + 5);
    assert_eq!(r.verify(&request), invalid);
}

#[test]
fn a_key_acts_only_within_its_scopes() {
    let r = Requests::new();
    let request = r.request(1);
    let signature = r.sign(&request);
    for scope in [ApiScope::ReadAlerts, ApiScope::WriteMetrics, ApiScope::Manage] {
        let result = r.ask("verify_request", &request, signature, scope);
        assert_eq!(result, refused(ConnectionError::ScopeMissing));
    }
    assert_eq!(r.ask("verify_request", &request, signature, ApiScope::Acknowledge), Ok(()));
}

#[test]
fn a_rotated_key_signs_during_the_overlap_and_no_longer() {
    let mut r = Requests::new();
    let before = r.signing.clone();
    r.rotate([6; 32], HOUR_S);

    assert_eq!(r.verify(&Signed { generation: 1, ..r.request(1) }), Ok(()));
    assert_eq!(r.verify(&Signed { generation: 0, ..r.request(2) }), Err(FORGED));
    let after = std::mem::replace(&mut r.signing, before);
    assert_eq!(r.verify(&Signed { generation: 1, ..r.request(2) }), Err(FORGED));
    assert_eq!(r.verify(&Signed { generation: 0, ..r.request(2) }), Ok(()));
    r.s.wait(HOUR_S);
    let over = r.verify(&Signed { generation: 0, ..r.request(3) });
    assert_eq!(over, refused(ConnectionError::GenerationInvalid));
    r.signing = after;
    assert_eq!(r.verify(&Signed { generation: 1, ..r.request(3) }), Ok(()));
    let to_come = r.verify(&Signed { generation: 2, ..r.request(4) });
    assert_eq!(to_come, refused(ConnectionError::GenerationInvalid));
}

#[test]
fn a_rotation_without_overlap_brings_back_nonces_that_a_thief_used_up() {
    let mut r = Requests::new();
    let (stale, last) = (r.request(1), r.request(u64::MAX));
    assert_eq!(r.verify(&last), Ok(()));
    assert_eq!(r.verify(&stale), refused(ConnectionError::NonceTooOld));
    let first = r.signing.to_bytes();
    r.rotate([6; 32], HOUR_S);
    let owed = Signed { generation: 1, ..r.request(1) };
    assert_eq!(r.verify(&owed), refused(ConnectionError::NonceTooOld));

    r.rotate([7; 32], 0);
    let used = ApiKeyUsage { last_used_s: NOW_S, window_requests: 1, ..ApiKeyUsage::default() };
    assert_eq!(r.usage(), used);
    // The first key once more: what it signed then is of its generation, and is not taken again.
    r.rotate(first, 0);
    assert_eq!(r.verify(&stale), refused(ConnectionError::GenerationInvalid));
    assert_eq!(r.verify(&last), refused(ConnectionError::GenerationInvalid));
    assert_eq!(r.verify(&Signed { generation: 3, ..r.request(1) }), Ok(()));
}

#[test]
fn revoked_expired_unknown_and_hashed_keys_verify_nothing() {
    let r = Requests::new();
    let unknown = Signed { key: r.s.hash(9), ..r.request(1) };
    assert_eq!(r.verify(&unknown), refused(ConnectionError::Unknown));

    let hashed = create(&r.s, &r.owner, ApiKeyKind::Hashed, r.s.hash(9));
    let hashed = Signed { key: hashed, ..r.request(1) };
    assert_eq!(r.verify(&hashed), refused(ConnectionError::ApiKeyCannotSign));

    r.s.wait(90 * DAY_S);
    assert_eq!(r.verify(&r.request(1)), refused(ConnectionError::ApiKeyExpired));
    assert_eq!(r.s.call(&r.owner, "revoke_api_key", (&r.key,)), Ok(()));
    assert_eq!(r.verify(&r.request(1)), refused(ConnectionError::ApiKeyRevoked));
}

#[test]
fn a_pause_does_not_stop_verifying() {
    let r = Requests::new();
    assert_eq!(r.s.call(&r.s.admin, "pause", ()), Ok(()));
    assert_eq!(r.verify(&r.request(1)), Ok(()));
}

#[test]
fn verifying_writes_one_entry_whose_size_never_changes() {
    let r = Requests::new();
    let size = || r.usage().to_xdr(&r.s.e).len();
    let before = size();
    for nonce in [0, 1, u64::MAX - 300, u64::MAX] {
        assert_eq!(r.verify(&r.request(nonce)), Ok(()));
        // The second is the nonce of the caller's mocked authorisation.
        assert_eq!(r.s.e.cost_estimate().resources().write_entries, 2);
        assert_eq!(size(), before);
    }
}

/// The vector is published: no program that signs may ever have to change.
#[test]
fn the_signed_bytes_are_as_they_were_published() {
    const PUBLISHED: &str = include_str!("../../../../docs/vectors/api-request.json");
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
    let e = Env::default();
    let contract = format!("{}", stellar_strkey::Contract([1; 32]));
    let caller = format!("{}", stellar_strkey::ed25519::PublicKey([4; 32]));
    let request = Signed {
        network_id: Sha256::digest(b"Test SDF Network ; September 2015").into(),
        contract: Address::from_str(&e, &contract),
        key: BytesN::from_array(&e, &[2; 32]),
        generation: 3,
        caller: Address::from_str(&e, &caller),
        method: "read_metrics",
        body: b"{}",
        nonce: 42,
        expires_s: 1_800_000_300,
    };
    let signing = SigningKey::from_bytes(&[5; 32]);
    let signature = signing.sign(&request.payload()).to_bytes();
    for value in [
        contract,
        caller,
        hex(&request.network_id),
        hex(&request.key.to_array()),
        hex(&Sha256::digest(request.body)),
        hex(signing.verifying_key().as_bytes()),
        hex(&request.payload()),
        hex(&signature),
    ] {
        assert!(PUBLISHED.contains(&format!("\"{value}\"")), "not as published: {value}");
    }
}
