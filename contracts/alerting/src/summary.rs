//! The summary of a contract: a header that answers for all its alerts, and a row for each.
//!
//! Big endian. The first byte is the version; room for rows grows by 16.
//!
//! | bytes | header |
//! |---|---|
//! | 0 | version |
//! | 1 | fail closed |
//! | 2 | least severity that trips the guard |
//! | 3 | what the owner forces |
//! | 4..8 | stale after, seconds |
//! | 8..12 | longest trip, seconds |
//! | 12..20 | forced until, seconds UTC |
//! | 20..28 | tripped since, seconds UTC; 0: not |
//! | 28..36 | last written, seconds UTC |
//! | 36..40 | the oldest row's last slot |
//! | 40..50 | firing alerts by severity |
//! | 50..52 | rows |
//!
//! | bytes | row |
//! |---|---|
//! | 0..16 | the alert's fingerprint |
//! | 16..20 | the last slot evaluated |
//! | 20 | 1 with a firing alert |
//! | 21 | the firing episode's severity |

use lumenscope_interfaces::alerting::{
    ALERTS_PER_CONTRACT_MAX, GuardOverride, GuardVerdict, STALE_AFTER_DEFAULT_S, TRIP_MAX_DEFAULT_S,
};
use lumenscope_rules::Severity;
use lumenscope_rules::slot::end_s;

/// The version written.
pub const VERSION: u8 = 1;
/// Bytes of the header.
pub const HEADER_BYTES: usize = 52;
/// Bytes of a row.
pub const ROW_BYTES: usize = 22;
/// Rows by which the room grows, so that most evaluations leave the entry's size alone.
pub const ROWS_STEP: usize = 16;
const ROWS_MAX: usize = ALERTS_PER_CONTRACT_MAX as usize;
/// Bytes of the largest summary.
pub const BYTES_MAX: usize = HEADER_BYTES + ROWS_MAX * ROW_BYTES;
const SEVERITIES: usize = Severity::ALL.len();

/// What answers for all alerts of a contract.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Header {
    /// Whether a stale summary refuses.
    pub fail_closed: bool,
    /// Code of the least severity that trips the guard.
    pub min_severity: u8,
    /// Code of what the owner forces.
    pub forced: u8,
    /// Seconds after which the summary is stale.
    pub stale_after_s: u32,
    /// Seconds after which a trip no longer refuses.
    pub trip_max_s: u32,
    /// Until when the owner forces, seconds UTC.
    pub forced_until_s: u64,
    /// Since when the guard is tripped, seconds UTC; 0: it is not.
    pub tripped_since_s: u64,
    /// When the summary was last written, seconds UTC.
    pub updated_s: u64,
    /// The slot through which every alert has been evaluated.
    pub oldest_slot: u32,
    /// Firing alerts by severity.
    pub firing: [u16; SEVERITIES],
    /// Alerts.
    pub rows: u16,
}

impl Header {
    /// A contract of which nothing is known.
    pub const NEW: Header = Header {
        fail_closed: false,
        min_severity: Severity::High.code(),
        forced: GuardOverride::None as u8,
        stale_after_s: STALE_AFTER_DEFAULT_S,
        trip_max_s: TRIP_MAX_DEFAULT_S,
        forced_until_s: 0,
        tripped_since_s: 0,
        updated_s: 0,
        oldest_slot: 0,
        firing: [0; SEVERITIES],
        rows: 0,
    };

    /// Reads a header; `None` for another version.
    pub fn read(bytes: &[u8; HEADER_BYTES]) -> Option<Header> {
        if bytes[0] != VERSION {
            return None;
        }
        let mut firing = [0; SEVERITIES];
        for (place, count) in firing.iter_mut().enumerate() {
            *count = number(bytes, 40 + 2 * place, 2) as u16;
        }
        Some(Header {
            fail_closed: bytes[1] != 0,
            min_severity: bytes[2],
            forced: bytes[3],
            stale_after_s: number(bytes, 4, 4) as u32,
            trip_max_s: number(bytes, 8, 4) as u32,
            forced_until_s: number(bytes, 12, 8),
            tripped_since_s: number(bytes, 20, 8),
            updated_s: number(bytes, 28, 8),
            oldest_slot: number(bytes, 36, 4) as u32,
            firing,
            rows: number(bytes, 50, 2) as u16,
        })
    }

    fn write(&self, bytes: &mut [u8]) {
        for (at, width, value) in [
            (0, 1, u64::from(VERSION)),
            (1, 1, u64::from(self.fail_closed)),
            (2, 1, u64::from(self.min_severity)),
            (3, 1, u64::from(self.forced)),
            (4, 4, u64::from(self.stale_after_s)),
            (8, 4, u64::from(self.trip_max_s)),
            (12, 8, self.forced_until_s),
            (20, 8, self.tripped_since_s),
            (28, 8, self.updated_s),
            (36, 4, u64::from(self.oldest_slot)),
            (50, 2, u64::from(self.rows)),
        ] {
            put(bytes, at, width, value);
        }
        for (place, count) in self.firing.iter().enumerate() {
            put(bytes, 40 + 2 * place, 2, u64::from(*count));
        }
    }

    /// Whether an alert of at least this severity fires.
    pub fn is_firing(&self, min_severity: u8) -> bool {
        self.firing.iter().skip(usize::from(min_severity)).any(|count| *count > 0)
    }

    /// What the guard says at `now_s`: what the owner forces, else whether anything recent is
    /// known, else whether something fires.
    pub fn verdict(&self, now_s: u64) -> GuardVerdict {
        if now_s < self.forced_until_s {
            if self.forced == GuardOverride::Open as u8 {
                return GuardVerdict::OverriddenOpen;
            }
            if self.forced == GuardOverride::Closed as u8 {
                return GuardVerdict::OverriddenClosed;
            }
        }
        let age_s = now_s.saturating_sub(end_s(self.oldest_slot));
        if self.rows == 0 || age_s > u64::from(self.stale_after_s) {
            return match (self.fail_closed, self.rows) {
                (true, _) => GuardVerdict::StaleRefused,
                (false, 0) => GuardVerdict::Unwatched,
                (false, _) => GuardVerdict::StaleAllowed,
            };
        }
        if self.tripped_since_s == 0 {
            GuardVerdict::Clear
        } else if now_s.saturating_sub(self.tripped_since_s) > u64::from(self.trip_max_s) {
            GuardVerdict::TripExpired
        } else {
            GuardVerdict::Tripped
        }
    }
}

/// One alert of the contract.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Row {
    /// Which alert.
    pub fingerprint: [u8; 16],
    /// The last slot evaluated.
    pub through: u32,
    /// Whether it fires.
    pub firing: bool,
    /// Code of the firing episode's severity.
    pub severity: u8,
}

const NO_ROW: Row = Row { fingerprint: [0; 16], through: 0, firing: false, severity: 0 };

/// Header and rows.
#[derive(Clone, Copy, Debug)]
pub struct Summary {
    /// The header, true as of the last [`Summary::settle`].
    pub header: Header,
    rows: [Row; ROWS_MAX],
    len: usize,
}

impl Summary {
    /// A contract of which nothing is known.
    pub const NEW: Summary = Summary { header: Header::NEW, rows: [NO_ROW; ROWS_MAX], len: 0 };

    /// The rows, in the order in which the alerts were first evaluated.
    pub fn rows(&self) -> &[Row] {
        self.rows.get(..self.len).unwrap_or(&[])
    }

    /// The place of an alert's row.
    pub fn find(&self, fingerprint: &[u8; 16]) -> Option<usize> {
        self.rows().iter().position(|row| row.fingerprint == *fingerprint)
    }

    /// Whether another row fits.
    pub fn has_room(&self) -> bool {
        self.len < ROWS_MAX
    }

    /// Replaces an alert's row, or adds it.
    pub fn set(&mut self, row: Row) {
        let place = self.find(&row.fingerprint).unwrap_or(self.len);
        if let Some(held) = self.rows.get_mut(place) {
            *held = row;
            self.len = self.len.max(place + 1);
        }
    }

    /// Removes an alert's row; the others keep their order.
    pub fn remove(&mut self, place: usize) {
        if place < self.len {
            self.rows.copy_within(place + 1..self.len, place);
            self.len -= 1;
        }
    }

    /// Brings the header up to date with the rows.
    pub fn settle(&mut self, now_s: u64) {
        let mut firing = [0; SEVERITIES];
        let mut oldest = u32::MAX;
        for row in self.rows() {
            oldest = oldest.min(row.through);
            if row.firing
                && let Some(count) = firing.get_mut(usize::from(row.severity))
            {
                *count += 1;
            }
        }
        let header = &mut self.header;
        header.rows = self.len as u16;
        header.oldest_slot = if self.len == 0 { 0 } else { oldest };
        header.firing = firing;
        header.updated_s = now_s;
        header.tripped_since_s = match header.tripped_since_s {
            _ if !header.is_firing(header.min_severity) => 0,
            0 => now_s,
            since_s => since_s,
        };
    }

    /// Reads a summary; `None` for another version.
    pub fn read(bytes: &[u8]) -> Option<Summary> {
        let header = Header::read(bytes.first_chunk()?)?;
        let mut summary = Summary { header, ..Summary::NEW };
        summary.len = usize::from(header.rows).min(ROWS_MAX);
        let stored = bytes.get(HEADER_BYTES..)?.chunks_exact(ROW_BYTES);
        for (row, bytes) in summary.rows.iter_mut().take(summary.len).zip(stored) {
            *row = Row {
                fingerprint: *bytes.first_chunk()?,
                through: number(bytes, 16, 4) as u32,
                firing: number(bytes, 20, 1) != 0,
                severity: number(bytes, 21, 1) as u8,
            };
        }
        Some(summary)
    }

    /// Writes a summary with room for its rows, in steps of [`ROWS_STEP`].
    pub fn write<'a>(&self, buffer: &'a mut [u8; BYTES_MAX]) -> &'a [u8] {
        self.header.write(buffer);
        let places = buffer.get_mut(HEADER_BYTES..).unwrap_or_default().chunks_exact_mut(ROW_BYTES);
        for (place, row) in places.zip(self.rows()) {
            if let Some(fingerprint) = place.first_chunk_mut() {
                *fingerprint = row.fingerprint;
            }
            put(place, 16, 4, u64::from(row.through));
            put(place, 20, 1, u64::from(row.firing));
            put(place, 21, 1, u64::from(row.severity));
        }
        let room = self.len.max(1).next_multiple_of(ROWS_STEP).min(ROWS_MAX);
        buffer.get(..HEADER_BYTES + room * ROW_BYTES).unwrap_or(buffer)
    }
}

fn number(bytes: &[u8], at: usize, width: usize) -> u64 {
    let taken = bytes.get(at..at + width).unwrap_or_default();
    taken.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

fn put(bytes: &mut [u8], at: usize, width: usize, value: u64) {
    for (place, byte) in bytes.iter_mut().skip(at).take(width).enumerate() {
        *byte = (value >> (8 * (width - 1 - place))) as u8;
    }
}
