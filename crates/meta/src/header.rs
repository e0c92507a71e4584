//! From the header's XDR to [`Header`].

use crate::ledger::Header;
use crate::xdr::{self, LedgerHeaderHistoryEntry, StellarValueExt};
use crate::{Hash, MetaError};

const MS_PER_SECOND: u64 = 1_000;

/// Checks that the header hashes to the ledger's hash, and reads it.
pub(crate) fn read(entry: &LedgerHeaderHistoryEntry) -> Result<Header, MetaError> {
    let sequence = entry.header.ledger_seq;
    let expected = Hash(entry.hash.0);
    let computed = Hash::of(&xdr::write("LedgerHeader", &entry.header)?);
    check(sequence, "the header", expected, computed)?;
    Ok(Header {
        sequence,
        hash: expected,
        previous_hash: Hash(entry.header.previous_ledger_hash.0),
        closed_at_ms: closed_at_ms(entry)?,
        protocol: entry.header.ledger_version,
    })
}

pub(crate) fn check(
    sequence: u32,
    what: &'static str,
    expected: Hash,
    computed: Hash,
) -> Result<(), MetaError> {
    if expected == computed {
        return Ok(());
    }
    Err(MetaError::HashMismatch { sequence, what, expected, computed })
}

/// Protocol 30 closes ledgers faster than once a second and therefore names milliseconds.
fn closed_at_ms(entry: &LedgerHeaderHistoryEntry) -> Result<u64, MetaError> {
    let value = &entry.header.scp_value;
    match &value.ext {
        StellarValueExt::SignedMs(signed) => Ok(signed.close_time_ms.0),
        StellarValueExt::EmptyTxSetMs(proposed) => Ok(proposed.close_time_ms.0),
        StellarValueExt::Basic | StellarValueExt::Signed(_) | StellarValueExt::EmptyTxSet(_) => {
            value
                .close_time
                .0
                .checked_mul(MS_PER_SECOND)
                .ok_or_else(|| xdr::unsupported("close time", value.close_time.0))
        }
    }
}
