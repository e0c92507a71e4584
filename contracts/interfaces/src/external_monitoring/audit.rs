//! The audit log: the last changes of each owner, on the ledger.
//!
//! Every change publishes an event; nodes forget events after days. So each owner also has a ring of
//! the last [`AUDIT_RECORDS`], one entry of constant size: nobody else's acts push them out. The
//! contract's own ring, at its own address, has the service key and that a role was given or taken;
//! which role is in the event, and in `administration`.

use soroban_sdk::{Address, BytesN, Symbol, contracttype};

use super::ConnectionKind;

/// Changes that the ledger remembers of each owner: 1,296 B, a quarter of an XLM when the first is
/// recorded.
pub const AUDIT_RECORDS: usize = 16;

/// One change.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuditRecord {
    /// When, seconds UTC.
    pub at_s: u64,
    /// Who did it: the owner, the dispatcher, whoever called a responder, or the admin.
    pub actor: Address,
    /// Of what kind it is.
    pub kind: ConnectionKind,
    /// Its id. For [`ConnectionKind::Contract`] the service key, or the key or hash within the
    /// account's address.
    pub id: BytesN<32>,
    /// What happened: one of [`change`].
    pub change: Symbol,
}

/// What happened to something, as `ConnectionChanged` says it: nine characters at most, so that the
/// audit log can pack it.
pub mod change {
    use soroban_sdk::{Symbol, symbol_short};

    /// It was created, or requested.
    pub const CREATED: Symbol = symbol_short!("created");
    /// Its owner changed it.
    pub const UPDATED: Symbol = symbol_short!("updated");
    /// It has new credentials, or a new key.
    pub const ROTATED: Symbol = symbol_short!("rotated");
    /// It is worked on again.
    pub const ENABLED: Symbol = symbol_short!("enabled");
    /// Its owner stopped it.
    pub const DISABLED: Symbol = symbol_short!("disabled");
    /// Too many failures stopped it.
    pub const SUSPENDED: Symbol = symbol_short!("suspended");
    /// Its owner asks for a test.
    pub const TEST: Symbol = symbol_short!("test");
    /// It is void for ever, or a role was taken.
    pub const REVOKED: Symbol = symbol_short!("revoked");
    /// It is gone.
    pub const REMOVED: Symbol = symbol_short!("removed");
    /// An export is there.
    pub const COMMITTED: Symbol = symbol_short!("committed");
    /// A role was given; in the audit log alone.
    pub const GRANTED: Symbol = symbol_short!("granted");
}
