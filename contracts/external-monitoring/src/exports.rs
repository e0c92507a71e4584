//! Exports: requested by owners, committed once by the dispatcher, verified by anyone.

use lumenscope_export as tree;
use lumenscope_interfaces::external_monitoring::{
    ConnectionError, ConnectionKind, EXPORT_CHUNK_BYTES, EXPORT_CHUNKS_MAX, EXPORT_CONTRACTS_MAX,
    EXPORT_OPEN_S, EXPORT_RANGE_MAX_S, EXPORTS_OPEN_MAX, IntegrationFormat, change,
};
use soroban_sdk::{Address, Bytes, BytesN, Env, IntoVal, Symbol, Val, Vec};

use crate::access::{require, require_dispatcher};
use crate::connections::{begin, save};
use crate::events::tell;
use crate::raw::{Fields, number, typed, unpack, value};
use crate::storage::{self, CONNECTION};

// The contract and the service cut a file alike.
const _: () = assert!(EXPORT_CHUNK_BYTES == tree::CHUNK_BYTES);
const _: () = assert!(EXPORT_CHUNKS_MAX == tree::CHUNKS_MAX);

const KIND: ConnectionKind = ConnectionKind::Export;

/// The fields of a `DataExport`.
const KEYS: [&str; 13] = [
    "bytes",
    "chunks",
    "committed_s",
    "contracts",
    "expires_s",
    "format",
    "from_s",
    "id",
    "metric",
    "owner",
    "root",
    "rows",
    "to_s",
];
/// The places of fields in the order of their names.
const BYTES: usize = 0;
const CHUNKS: usize = 1;
const COMMITTED_S: usize = 2;
const EXPIRES_S: usize = 4;
const OWNER: usize = 9;
const ROOT: usize = 10;
const ROWS: usize = 11;

/// Creates one of what is given: contracts, metric, range and format.
pub fn request(e: &Env, owner: Val, [contracts, metric, from_s, to_s, format]: [Val; 5]) -> Val {
    let id = begin(e, KIND, owner);
    let invalid = ConnectionError::ExportInvalid;
    let count = storage::count(e, KIND, owner);
    require(e, !is_open(e, owner, count), ConnectionError::ExportsOpen);
    let addresses: Vec<Val> = typed(e, contracts);
    let mut valid = (1..=EXPORT_CONTRACTS_MAX).contains(&addresses.len());
    for place in 0..addresses.len() {
        let _: Address = typed(e, addresses.get_unchecked(place));
    }
    if !metric.is_void() {
        let _: Symbol = typed(e, metric);
    }
    let now_s = e.ledger().timestamp();
    let (from, to): (u64, u64) = (typed(e, from_s), typed(e, to_s));
    valid &= from < to && to <= now_s && to - from <= EXPORT_RANGE_MAX_S;
    require(e, valid, invalid);
    number(e, format, (0, IntegrationFormat::Csv as u32), invalid);
    let none = 0_u64.into_val(e);
    let root = BytesN::from_array(e, &[0; 32]).to_val();
    let expires_s = (now_s + EXPORT_OPEN_S).into_val(e);
    let fields = [
        none,
        value(0),
        none,
        contracts,
        expires_s,
        format,
        from_s,
        id,
        metric,
        owner,
        root,
        none,
        to_s,
    ];
    save(e, owner, KIND, id, &KEYS, &fields, change::CREATED);
    id
}

/// Whether the first of an owner's last exports, of which there are so many with the new one, can
/// still be committed. What is no longer open never opens again, so no more than these ever are.
fn is_open(e: &Env, owner: Val, count: u32) -> bool {
    let Some(number) = count.checked_sub(EXPORTS_OPEN_MAX + 1) else { return false };
    let id = storage::identify(e, KIND, owner, number).to_val();
    let Some(export) = storage::stored(e, CONNECTION, KIND, id) else { return false };
    let fields = unpack(e, export, &KEYS, ConnectionError::ShapeInvalid);
    typed::<u32>(e, fields[CHUNKS]) == 0 && !is_over(e, &fields)
}

/// Whether it is too late to commit it.
fn is_over(e: &Env, fields: &Fields) -> bool {
    e.ledger().timestamp() >= typed(e, fields[EXPIRES_S])
}

/// What the dispatcher says of the file: root, chunks, bytes and rows.
pub fn commit(e: &Env, dispatcher: Val, id: Val, [root, chunks, bytes, rows]: [Val; 4]) {
    let account: Address = typed(e, dispatcher);
    require_dispatcher(e, &account);
    let fields = &mut storage::load(e, CONNECTION, KIND, id, &KEYS);
    let open = typed::<u32>(e, fields[CHUNKS]) == 0;
    require(e, open, ConnectionError::ExportCommitted);
    require(e, !is_over(e, fields), ConnectionError::ExportExpired);
    let _: BytesN<32> = typed(e, root);
    let _: u64 = typed(e, rows);
    let fits = tree::chunks(typed(e, bytes)) == Some(typed(e, chunks));
    require(e, fits, ConnectionError::ExportSizeInvalid);
    fields[ROOT] = root;
    fields[CHUNKS] = chunks;
    fields[BYTES] = bytes;
    fields[ROWS] = rows;
    fields[COMMITTED_S] = e.ledger().timestamp().into_val(e);
    storage::save(e, CONNECTION, KIND, id, &KEYS, fields);
    tell(e, fields[OWNER], KIND, id, dispatcher, change::COMMITTED);
}

pub fn verify(e: &Env, id: Val, index: u32, chunk_hash: Val, proof: Val) -> bool {
    let fields = storage::load(e, CONNECTION, KIND, id, &KEYS);
    let chunks: u32 = typed(e, fields[CHUNKS]);
    require(e, chunks > 0, ConnectionError::ExportNotCommitted);
    let sha256 = |bytes: &[u8]| e.crypto().sha256(&Bytes::from_slice(e, bytes)).to_array();
    let proof: Vec<Val> = typed(e, proof);
    let beside = (0..proof.len()).map(|place| hash(e, proof.get_unchecked(place)));
    tree::verify(sha256, &hash(e, fields[ROOT]), chunks, index, &hash(e, chunk_hash), beside)
}

#[inline(never)]
fn hash(e: &Env, value: Val) -> tree::Hash {
    typed::<BytesN<32>>(e, value).to_array()
}
