//! Files of ledgers: Galexie's batches, and the framed stream that stellar-core writes.

use std::io::Read as _;

use ruzstd::decoding::StreamingDecoder;

use crate::ledger::Ledger;
use crate::xdr::{self, LedgerCloseMetaBatch};
use crate::{MetaError, Network, decode, decode_ledger};

/// Bytes that a file may unpack to. The same bound as for one value, which a batch is.
const UNPACKED_BYTES_MAX: usize = xdr::VALUE_BYTES_MAX;

/// The high bit of a record mark says that the record ends with this fragment.
const LAST_FRAGMENT: u32 = 1 << 31;

/// Decodes a Galexie file: a `LedgerCloseMetaBatch`, compressed with zstd as its name
/// (`.xdr.zst`) says.
///
/// # Errors
/// [`MetaError`], also when the batch holds other ledgers than it announces.
pub fn decode_batch(file: &[u8], network: &Network) -> Result<Vec<Ledger>, MetaError> {
    let bytes = decompress(file)?;
    let batch: LedgerCloseMetaBatch = xdr::read("LedgerCloseMetaBatch", &bytes)?;
    let (start, end) = (batch.start_sequence, batch.end_sequence);
    let mut ledgers = Vec::with_capacity(batch.ledger_close_metas.len());
    for (position, meta) in batch.ledger_close_metas.iter().enumerate() {
        let ledger = decode::ledger(meta, network)?;
        let found = ledger.header.sequence;
        let expected = u32::try_from(position).ok().and_then(|offset| start.checked_add(offset));
        if expected != Some(found) || found > end {
            return Err(MetaError::BatchOrder { start, end, position, found });
        }
        ledgers.push(ledger);
    }
    let announced = (u64::from(end) + 1).saturating_sub(start.into());
    if ledgers.len() as u64 != announced {
        let found = ledgers.last().map_or(0, |ledger| ledger.header.sequence);
        return Err(MetaError::BatchOrder { start, end, position: ledgers.len(), found });
    }
    Ok(ledgers)
}

/// Decodes a stream of `LedgerCloseMeta`, each behind its record mark (RFC 5531), as stellar-core
/// writes it.
///
/// # Errors
/// [`MetaError`] for the first ledger that does not decode, or a mark that points beyond the end.
pub fn decode_framed(mut bytes: &[u8], network: &Network) -> Result<Vec<Ledger>, MetaError> {
    let mut ledgers = Vec::new();
    while let Some((mark, rest)) = bytes.split_first_chunk::<4>() {
        let mark = u32::from_be_bytes(*mark);
        let length = (mark & !LAST_FRAGMENT) as usize;
        if mark & LAST_FRAGMENT == 0 {
            return Err(xdr::unsupported("record mark", "a record in several fragments"));
        }
        let Some((record, rest)) = rest.split_at_checked(length) else {
            return Err(xdr::unsupported("record mark", "a record beyond the end of the stream"));
        };
        ledgers.push(decode_ledger(record, network)?);
        bytes = rest;
    }
    if bytes.is_empty() {
        Ok(ledgers)
    } else {
        Err(xdr::unsupported("record mark", "an incomplete mark at the end of the stream"))
    }
}

/// Unpacks zstd, refusing what unpacks to more than 256 MiB.
///
/// # Errors
/// [`MetaError::UnsupportedXdr`] for anything but zstd, [`MetaError::TooLarge`].
pub fn decompress(file: &[u8]) -> Result<Vec<u8>, MetaError> {
    let what = "zstd file";
    let decoder = StreamingDecoder::new(file).map_err(|error| xdr::unsupported(what, error))?;
    let mut bytes = Vec::new();
    decoder
        .take(UNPACKED_BYTES_MAX as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| xdr::unsupported(what, error))?;
    if bytes.len() > UNPACKED_BYTES_MAX {
        return Err(MetaError::TooLarge { what, bytes: bytes.len(), max: UNPACKED_BYTES_MAX });
    }
    Ok(bytes)
}
