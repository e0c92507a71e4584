//! The audit log: a ring of the last changes of each owner, packed into one entry of constant size.
//!
//! The last record comes first; what was never written is zero. A record is:
//!
//! | offset | bytes | what |
//! |---|---|---|
//! | 0 | 8 | when, seconds UTC, big endian |
//! | 8 | 7 | the symbol of the change, as the host packs one of nine characters |
//! | 15 | 1 | the code of the kind |
//! | 16 | 1 | who: 0 an account, 1 a contract |
//! | 17 | 32 | the account's public key, or the contract's hash |
//! | 49 | 32 | the id |

use lumenscope_interfaces::external_monitoring::{AUDIT_RECORDS, ConnectionKind};
use soroban_sdk::xdr::{FromXdr, ToXdr};
use soroban_sdk::{Bytes, Env, IntoVal, Symbol, Val, Vec};

use crate::raw::{copy, pack, typed, value};
use crate::storage;

/// The fields of an `AuditRecord`.
const KEYS: [&str; 5] = ["actor", "at_s", "change", "id", "kind"];

/// Bytes of a record, and of all.
const RECORD: usize = 81;
const RECORDS: usize = AUDIT_RECORDS * RECORD;
/// Where the parts of a record lie.
const WORD: usize = 8;
const ACTOR: usize = 16;
const KEY: usize = 17;
const ID: usize = 49;
/// An account's address in XDR is: that it is an address, that it is an account, that its key is an
/// ed25519 one (4 bytes each), the key. A contract's: that it is an address, that it is a contract,
/// the hash. These are the ends of those words.
const ADDRESS_BYTES: usize = 44;
const ADDRESS_KEY: usize = 12;
const CONTRACT: usize = 4;
const ADDRESS: u8 = 18;
/// The bits of a value that say what it is, and those of a symbol of at most nine characters.
const TAG: u64 = 0xff;
const SYMBOL: u64 = 14;

/// Remembers a change of an owner's, and forgets the one that is [`AUDIT_RECORDS`] back.
#[inline(never)]
pub fn record(e: &Env, owner: Val, kind: ConnectionKind, id: Val, actor: Val, change: &Symbol) {
    let mut records = [0; RECORDS];
    let (latest, before) = records.split_at_mut(RECORD);
    storage::copy_audit(e, owner, before);
    let word = change.to_val().get_payload() & !TAG | u64::from(kind as u32);
    latest[..WORD].copy_from_slice(&e.ledger().timestamp().to_be_bytes());
    latest[WORD..ACTOR].copy_from_slice(&word.to_be_bytes());
    copy_end(e, actor, &mut latest[ACTOR..ID]);
    copy(e, &typed(e, id), 0, &mut latest[ID..]);
    storage::save_audit(e, owner, &Bytes::from_slice(e, &records));
}

/// The end of an address in XDR: its key or hash, and before that whether it is a contract's.
fn copy_end(e: &Env, address: Val, to: &mut [u8]) {
    let xdr = address.to_xdr(e);
    copy(e, &xdr, xdr.len() - to.len() as u32, to);
}

/// Remembers a change of the contract's own.
pub fn record_own(e: &Env, id: Val, actor: Val, change: &Symbol) {
    let contract = e.current_contract_address().to_val();
    record(e, contract, ConnectionKind::Contract, id, actor, change);
}

/// The key or the hash within an address.
pub fn id_of(e: &Env, address: Val) -> Val {
    let mut id = [0; 32];
    copy_end(e, address, &mut id);
    Bytes::from_slice(e, &id).to_val()
}

/// The changes of an owner's since one moment and before another, the last first.
pub fn read(e: &Env, owner: Val, from_s: u64, to_s: u64) -> Val {
    let mut found = Vec::<Val>::new(e);
    let mut records = [0; RECORDS];
    storage::copy_audit(e, owner, &mut records);
    let (records, _) = records.as_chunks::<RECORD>();
    for record in records {
        let number = |place: usize| {
            let bytes = record.get(place..).and_then(|bytes| bytes.first_chunk());
            bytes.map_or(0, |bytes| u64::from_be_bytes(*bytes))
        };
        let (at_s, word) = (number(0), number(WORD));
        if at_s < from_s.max(1) || at_s >= to_s {
            continue;
        }
        let fields = [
            address(e, record),
            at_s.into_val(e),
            Val::from_payload(word & !TAG | SYMBOL),
            Bytes::from_slice(e, &record[ID..]).to_val(),
            value((word & TAG) as u32),
        ];
        found.push_back(pack(e, &KEYS, &fields));
    }
    found.to_val()
}

/// Who did what a record says.
fn address(e: &Env, record: &[u8; RECORD]) -> Val {
    let mut xdr = [0; ADDRESS_BYTES];
    xdr[ADDRESS_KEY..].copy_from_slice(&record[KEY..ID]);
    let xdr = if record[ACTOR] == 0 {
        xdr[3] = ADDRESS;
        &xdr[..]
    } else {
        xdr[CONTRACT + 3] = ADDRESS;
        xdr[CONTRACT + 7] = record[ACTOR];
        &xdr[CONTRACT..]
    };
    Val::from_xdr(e, &Bytes::from_slice(e, xdr)).unwrap_or(Val::VOID.into())
}
