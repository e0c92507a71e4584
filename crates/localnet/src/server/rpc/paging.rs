//! Where an answer starts and how much it holds.

use super::RpcError;
use crate::Localnet;
use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Pagination {
    pub cursor: Option<String>,
    pub limit: Option<u32>,
}

/// The ledgers there are, oldest and latest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    pub oldest: u32,
    pub oldest_close_s: u64,
    pub latest: u32,
    pub latest_close_s: u64,
}

impl Kept {
    pub fn of(ledger: &Localnet) -> Result<Self, RpcError> {
        let history = ledger.history();
        let (Some(oldest), Some(latest)) = (history.oldest(), history.latest()) else {
            return Err(RpcError::Internal("no ledger has closed yet".into()));
        };
        Ok(Self {
            oldest: oldest.sequence,
            oldest_close_s: oldest.close_time_s,
            latest: latest.sequence,
            latest_close_s: latest.close_time_s,
        })
    }

    /// The ledger to start from, if it is there.
    pub fn start(&self, start_ledger: Option<u32>) -> Result<u32, RpcError> {
        let start = start_ledger.unwrap_or(0);
        if start < self.oldest || start > self.latest {
            return Err(RpcError::InvalidRequest(format!(
                "start ledger must be between the oldest ledger: {} and the latest ledger: {} for \
                 this rpc instance, came {start}",
                self.oldest, self.latest
            )));
        }
        Ok(start)
    }
}

impl Pagination {
    /// How many to answer: at least 1, at most `most`.
    pub fn limit(&self, default: u32, most: u32) -> Result<usize, RpcError> {
        let limit = self.limit.unwrap_or(default);
        if limit == 0 || limit > most {
            return Err(RpcError::InvalidParams(format!(
                "limit must be between 1 and {most}, came {limit}"
            )));
        }
        Ok(limit as usize)
    }

    /// The cursor, when there is one; a start ledger beside it is an error.
    pub fn cursor(&self, start_ledger: Option<u32>) -> Result<Option<&str>, RpcError> {
        let cursor = self.cursor.as_deref().filter(|cursor| !cursor.is_empty());
        if cursor.is_some() && start_ledger.is_some_and(|start| start != 0) {
            return Err(RpcError::InvalidParams(
                "startLedger and cursor cannot both be set".into(),
            ));
        }
        Ok(cursor)
    }
}

/// Reads a cursor that is a number.
pub(super) fn number(cursor: &str) -> Result<u64, RpcError> {
    cursor.parse().map_err(|_| {
        RpcError::InvalidParams(format!("cursor: expected a decimal number, came {cursor:?}"))
    })
}
