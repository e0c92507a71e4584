use external_monitoring::ConnectionChanged;
use lumenscope_export as tree;
use lumenscope_interfaces::external_monitoring::*;
use lumenscope_interfaces::governance::GovernanceError;
use proptest::prelude::*;
use sha2::Digest as _;
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Address, BytesN, Error, IntoVal, Symbol, Val, Vec};

use crate::stage::*;

/// What an export is requested with.
#[derive(Clone)]
struct Draft {
    contracts: Vec<Address>,
    metric: Option<Symbol>,
    from_s: u64,
    to_s: u64,
    format: IntegrationFormat,
}

impl Draft {
    fn new(s: &Stage) -> Self {
        Self {
            contracts: soroban_sdk::vec![&s.e, s.account()],
            metric: Some(Symbol::new(&s.e, "premium")),
            from_s: NOW_S - DAY_S,
            to_s: NOW_S,
            format: IntegrationFormat::Csv,
        }
    }

    fn request(&self, s: &Stage, owner: &Address) -> Result<BytesN<32>, Error> {
        let Draft { contracts, metric, from_s, to_s, format } = self;
        let args = (owner, contracts, metric, from_s, to_s, *format);
        s.call(owner, "request_export", args)
    }
}

fn sha256(bytes: &[u8]) -> tree::Hash {
    sha2::Sha256::digest(bytes).into()
}

fn hashes(chunks: u32) -> std::vec::Vec<tree::Hash> {
    (0..chunks).map(|chunk| sha256(&chunk.to_be_bytes())).collect()
}

/// As many bytes as so many chunks have at most.
fn bytes(chunks: u32) -> u64 {
    u64::from(chunks) * EXPORT_CHUNK_BYTES
}

fn commit_as(
    s: &Stage,
    signer: &Address,
    id: &BytesN<32>,
    root: tree::Hash,
    chunks: u32,
    bytes: u64,
) -> Result<(), Error> {
    let root = BytesN::from_array(&s.e, &root);
    s.call(signer, "commit_export", (signer, id, root, chunks, bytes, 99u64))
}

fn commit(s: &Stage, id: &BytesN<32>, chunks: u32) -> Result<(), Error> {
    let root = tree::root(sha256, &hashes(chunks)).expect("a root");
    commit_as(s, &s.dispatcher, id, root, chunks, bytes(chunks))
}

fn verify(
    s: &Stage,
    id: &BytesN<32>,
    index: u32,
    chunk_hash: &tree::Hash,
    proof: &[tree::Hash],
) -> Result<bool, Error> {
    let mut beside = Vec::new(&s.e);
    for hash in proof {
        beside.push_back(BytesN::from_array(&s.e, hash));
    }
    // Nobody authorises it.
    let chunk_hash = BytesN::from_array(&s.e, chunk_hash);
    match s.client.try_verify_chunk(id, &index, &chunk_hash, &beside) {
        Ok(answer) => Ok(answer.expect("a flag")),
        Err(refused) => Err(refused.expect("an error of the contract")),
    }
}

fn changed(owner: &Address, id: &BytesN<32>, actor: &Address, change: Symbol) -> ConnectionChanged {
    let kind = ConnectionKind::Export;
    ConnectionChanged { owner: owner.clone(), id: id.clone(), kind, actor: actor.clone(), change }
}

#[test]
fn an_export_is_what_its_owner_asked_for_until_the_dispatcher_commits_it_once() {
    let s = Stage::new();
    let (owner, draft) = (s.account(), Draft::new(&s));
    let id = draft.request(&s, &owner).expect("valid");
    s.assert_emitted(&[&changed(&owner, &id, &owner, change::CREATED)]);
    let requested = DataExport {
        id: id.clone(),
        owner: owner.clone(),
        contracts: draft.contracts,
        metric: draft.metric,
        from_s: draft.from_s,
        to_s: draft.to_s,
        format: draft.format,
        expires_s: NOW_S + EXPORT_OPEN_S,
        committed_s: 0,
        root: s.hash(0),
        chunks: 0,
        bytes: 0,
        rows: 0,
    };
    assert_eq!(s.client.export(&id), Some(requested.clone()));
    s.wait(60);
    assert_eq!(commit(&s, &id, 3), Ok(()));
    s.assert_emitted(&[&changed(&owner, &id, &s.dispatcher, change::COMMITTED)]);
    let root = tree::root(sha256, &hashes(3)).expect("a root");
    let committed = DataExport {
        committed_s: NOW_S + 60,
        root: BytesN::from_array(&s.e, &root),
        chunks: 3,
        bytes: bytes(3),
        rows: 99,
        ..requested.clone()
    };
    assert_eq!(s.client.export(&id), Some(committed.clone()));
    assert_eq!(commit(&s, &id, 3), refused(ConnectionError::ExportCommitted));
    assert_eq!(commit(&s, &id, 4), refused(ConnectionError::ExportCommitted));
    assert_eq!(s.client.export(&id), Some(committed.clone()));
    let size = |export: DataExport| export.to_xdr(&s.e).len();
    assert_eq!(size(requested), size(committed), "committing never pays for growth");
}

#[test]
fn what_is_out_of_bounds_is_refused_and_nothing_is_requested() {
    let s = Stage::new();
    let owner = s.account();
    let draft = Draft::new(&s);
    let mut many = Vec::new(&s.e);
    for _ in 0..=EXPORT_CONTRACTS_MAX {
        many.push_back(s.account());
    }
    let (from_s, to_s) = (NOW_S - EXPORT_RANGE_MAX_S, NOW_S);
    let contracts = many.slice(..EXPORT_CONTRACTS_MAX);
    let largest = Draft { from_s, contracts, metric: None, ..draft.clone() };
    assert!(largest.request(&s, &owner).is_ok());
    for (name, wrong) in [
        ("no contract", Draft { contracts: Vec::new(&s.e), ..draft.clone() }),
        ("too many contracts", Draft { contracts: many, ..draft.clone() }),
        ("an empty range", Draft { from_s: to_s, ..draft.clone() }),
        ("a range backwards", Draft { from_s: to_s, to_s: from_s, ..draft.clone() }),
        ("a range not over", Draft { to_s: NOW_S + 1, ..draft.clone() }),
        ("a range too long", Draft { from_s: from_s - 1, ..draft.clone() }),
        ("a range of everything", Draft { from_s: 0, to_s: u64::MAX, ..draft.clone() }),
        ("text", Draft { format: IntegrationFormat::Text, ..draft.clone() }),
    ] {
        let result = wrong.request(&s, &owner);
        assert_eq!(result, refused(ConnectionError::ExportInvalid), "{name}");
    }
    let words: Vec<Val> = soroban_sdk::vec![&s.e, 1u32.into()];
    let args: Vec<Val> = (&owner, words, (), draft.from_s, to_s, 0u32).into_val(&s.e);
    let wrong: Result<BytesN<32>, Error> = s.call(&owner, "request_export", args);
    assert_eq!(wrong, refused(ConnectionError::ShapeInvalid));
    assert_eq!(s.client.count_of(&ConnectionKind::Export, &owner), 1);
}

#[test]
fn a_file_has_as_many_chunks_as_its_bytes_say() {
    let s = Stage::new();
    let owner = s.account();
    let chunk = EXPORT_CHUNK_BYTES;
    let most = bytes(EXPORT_CHUNKS_MAX);
    for (chunks, bytes) in [
        (0, 0),
        (2, 0),
        (2, chunk),
        (1, chunk + 1),
        (3, chunk + 1),
        (EXPORT_CHUNKS_MAX, most + 1),
        (EXPORT_CHUNKS_MAX + 1, most + 1),
        (1, u64::MAX),
    ] {
        let id = Draft::new(&s).request(&s, &owner).expect("valid");
        let result = commit_as(&s, &s.dispatcher, &id, [1; 32], chunks, bytes);
        assert_eq!(result, refused(ConnectionError::ExportSizeInvalid), "{chunks} {bytes}");
        assert_eq!(s.client.export(&id).expect("it exists").chunks, 0);
        assert_eq!(s.call(&owner, "remove", (ConnectionKind::Export, &id)), Ok(()));
    }
    let sizes = [(1, 0), (1, 1), (1, chunk), (2, chunk + 1), (EXPORT_CHUNKS_MAX, most)];
    for (chunks, bytes) in sizes {
        let id = Draft::new(&s).request(&s, &owner).expect("valid");
        assert_eq!(commit_as(&s, &s.dispatcher, &id, [1; 32], chunks, bytes), Ok(()), "{bytes}");
    }
}

#[test]
fn nobody_but_a_keeper_commits_and_only_what_exists() {
    let s = Stage::new();
    let owner = s.account();
    let id = Draft::new(&s).request(&s, &owner).expect("valid");
    let role_required = Err(Error::from_contract_error(GovernanceError::RoleRequired as u32));
    for stranger in [&owner, &s.account()] {
        assert_eq!(commit_as(&s, stranger, &id, [1; 32], 1, 1), role_required);
        let args = (&s.dispatcher, &id, s.hash(1), 1u32, 1u64, 1u64);
        let forged = s.call::<()>(stranger, "commit_export", args);
        assert_eq!(forged, Err(AUTHORISATION_MISSING));
        let requested = Draft::new(&s);
        let args = (
            &owner,
            &requested.contracts,
            &requested.metric,
            requested.from_s,
            requested.to_s,
            requested.format,
        );
        if *stranger != owner {
            let forged: Result<BytesN<32>, Error> = s.call(stranger, "request_export", args);
            assert_eq!(forged, Err(AUTHORISATION_MISSING));
            let removed = s.call::<()>(stranger, "remove", (ConnectionKind::Export, &id));
            assert_eq!(removed, Err(AUTHORISATION_MISSING));
        }
    }
    let unknown = commit_as(&s, &s.dispatcher, &s.hash(9), [1; 32], 1, 1);
    assert_eq!(unknown, refused(ConnectionError::Unknown));
    assert_eq!(s.client.export(&id).expect("it exists").committed_s, 0);
}

#[test]
fn a_request_that_nobody_commits_ends() {
    let s = Stage::new();
    let owner = s.account();
    let id = Draft::new(&s).request(&s, &owner).expect("valid");
    let other = Draft::new(&s).request(&s, &owner).expect("valid");
    s.wait(EXPORT_OPEN_S - 1);
    assert_eq!(commit(&s, &other, 1), Ok(()));
    s.wait(1);
    assert_eq!(commit(&s, &id, 1), refused(ConnectionError::ExportExpired));
    let unverified = verify(&s, &id, 0, &[0; 32], &[]);
    assert_eq!(unverified, refused(ConnectionError::ExportNotCommitted));
    assert_eq!(s.call(&owner, "remove", (ConnectionKind::Export, &id)), Ok(()));
    s.assert_emitted(&[&changed(&owner, &id, &owner, change::REMOVED)]);
    assert_eq!(s.client.export(&id), None);
    assert_eq!(verify(&s, &id, 0, &[0; 32], &[]), refused(ConnectionError::Unknown));
}

#[test]
fn no_more_than_so_many_exports_of_an_owner_are_open() {
    let s = Stage::new();
    let [owner, other] = [s.account(), s.account()];
    let draft = Draft::new(&s);
    let request = || draft.request(&s, &owner);
    let ids: std::vec::Vec<_> = (0..EXPORTS_OPEN_MAX).map(|_| request().expect("valid")).collect();
    let full = refused(ConnectionError::ExportsOpen);
    assert_eq!(request(), full);
    assert!(draft.request(&s, &other).is_ok(), "another owner's are another's");
    assert_eq!(commit(&s, &ids[0], 1), Ok(()));
    assert!(request().is_ok());
    assert_eq!(request(), full);
    assert_eq!(s.call(&owner, "remove", (ConnectionKind::Export, &ids[1])), Ok(()));
    assert!(request().is_ok());
    assert_eq!(request(), full);
    s.wait(EXPORT_OPEN_S);
    for _ in 0..EXPORTS_OPEN_MAX {
        assert!(request().is_ok());
    }
    assert_eq!(request(), full);
}

#[test]
fn exports_are_listed_as_integrations_are_and_a_page_fits_into_an_answer() {
    let s = Stage::new();
    let owner = s.account();
    let mut contracts = Vec::new(&s.e);
    for _ in 0..EXPORT_CONTRACTS_MAX {
        contracts.push_back(s.account());
    }
    let metric = Some(Symbol::new(&s.e, &"m".repeat(32)));
    let draft = Draft { contracts, metric, ..Draft::new(&s) };
    let mut ids = vec![];
    for _ in 0..CONNECTIONS_PAGE_MAX + 1 {
        let id = draft.request(&s, &owner).expect("valid");
        assert_eq!(commit(&s, &id, 1), Ok(()));
        ids.push(id);
    }
    let page = s.client.exports_of(&owner, &0, &100);
    assert!(page.clone().to_xdr(&s.e).len() < 16_384);
    let listed: std::vec::Vec<_> = page.into_iter().map(|export| export.id).collect();
    assert_eq!(listed, ids[..CONNECTIONS_PAGE_MAX as usize]);
    assert_eq!(s.client.exports_of(&owner, &5, &5).len(), 1);
    assert_eq!(s.client.exports_of(&s.account(), &0, &5).len(), 0);
}

#[test]
fn a_pause_stops_requesting_but_neither_committing_nor_verifying() {
    let s = Stage::new();
    let owner = s.account();
    let id = Draft::new(&s).request(&s, &owner).expect("valid");
    assert_eq!(s.call(&s.admin, "pause", ()), Ok(()));
    let paused = Err(Error::from_contract_error(GovernanceError::Paused as u32));
    assert_eq!(Draft::new(&s).request(&s, &owner), paused);
    assert_eq!(commit(&s, &id, 1), Ok(()));
    assert_eq!(verify(&s, &id, 0, &hashes(1)[0], &[]), Ok(true));
}

thread_local! {
    /// One for all cases, with an export of each number of chunks.
    static LEDGER: (Stage, std::vec::Vec<BytesN<32>>) = {
        let s = Stage::new();
        let owner = s.account();
        let commits = (1..=CHUNKS).map(|chunks| {
            let id = Draft::new(&s).request(&s, &owner).expect("valid");
            assert_eq!(commit(&s, &id, chunks), Ok(()));
            id
        });
        let ids = commits.collect();
        (s, ids)
    };
}
const CHUNKS: u32 = 70;

/// What is changed of a proof.
#[derive(Clone, Debug)]
enum Change {
    Nothing,
    Index(u32),
    Chunk(u8, u8),
    Longer,
    Shorter,
    Node(usize, u8, u8),
    Swapped,
    OfAnother(u32),
}

fn change_of() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => Just(Change::Nothing),
        3 => (0..2 * CHUNKS).prop_map(Change::Index),
        1 => (0..32_u8, 1..=255_u8).prop_map(|(at, bits)| Change::Chunk(at, bits)),
        1 => Just(Change::Longer),
        1 => Just(Change::Shorter),
        1 => (0..8_usize, 0..32_u8, 1..=255_u8).prop_map(|(node, at, bits)| Change::Node(node, at, bits)),
        1 => Just(Change::Swapped),
        2 => (1..=CHUNKS).prop_map(Change::OfAnother),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_proof_verifies_if_and_only_if_it_is_of_that_chunk_of_that_export(
        chunks in 1..=CHUNKS,
        index in any::<prop::sample::Index>(),
        change in change_of(),
    ) {
        let index = index.index(chunks as usize) as u32;
        let all = hashes(chunks);
        let mut chunk_hash = all[index as usize];
        let right = tree::proof(sha256, &all, index).expect("a proof");
        let mut proof = right.hashes().to_vec();
        let (mut of, mut at) = (chunks, index);
        match change {
            Change::Nothing => {}
            Change::Index(other) => at = other,
            Change::Chunk(place, bits) => chunk_hash[usize::from(place)] ^= bits,
            Change::Longer => proof.push(chunk_hash),
            Change::Shorter => { proof.pop(); }
            Change::Node(node, place, bits) => {
                if let Some(node) = proof.get_mut(node) {
                    node[usize::from(place)] ^= bits;
                }
            }
            Change::Swapped => proof.reverse(),
            Change::OfAnother(other) => of = other,
        }
        let is_right = (of, at, chunk_hash) == (chunks, index, all[index as usize])
            && proof == right.hashes();
        let verified = LEDGER.with(|(s, ids)| verify(s, &ids[of as usize - 1], at, &chunk_hash, &proof));
        prop_assert_eq!(verified, Ok(is_right));
    }
}
