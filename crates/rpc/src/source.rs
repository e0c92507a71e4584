//! What an observer needs of a node.

use std::future::Future;

use crate::{Health, LedgerEntries, LedgerPage, NetworkInfo, Page, RpcError, TransactionPage};

/// Where ledgers come from: a node, a pool of nodes, an archive, a simulator.
pub trait LedgerSource: Send + Sync {
    /// Which network it follows.
    ///
    /// # Errors
    /// [`RpcError`].
    fn network(&self) -> impl Future<Output = Result<NetworkInfo, RpcError>> + Send;

    /// Which ledgers it serves.
    ///
    /// # Errors
    /// [`RpcError`].
    fn health(&self) -> impl Future<Output = Result<Health, RpcError>> + Send;

    /// A page of ledgers, oldest first.
    ///
    /// # Errors
    /// [`RpcError`]; [`RpcError::MethodNotFound`] where only transactions are offered.
    fn ledgers(
        &self,
        page: &Page,
        limit: u32,
    ) -> impl Future<Output = Result<LedgerPage, RpcError>> + Send;

    /// A page of transactions, oldest first.
    ///
    /// # Errors
    /// [`RpcError`].
    fn transactions(
        &self,
        page: &Page,
        limit: u32,
    ) -> impl Future<Output = Result<TransactionPage, RpcError>> + Send;

    /// Entries as of the latest ledger; absent ones are left out.
    ///
    /// # Errors
    /// [`RpcError`].
    fn entries(
        &self,
        keys: &[String],
    ) -> impl Future<Output = Result<LedgerEntries, RpcError>> + Send;
}

impl<S: LedgerSource> LedgerSource for std::sync::Arc<S> {
    fn network(&self) -> impl Future<Output = Result<NetworkInfo, RpcError>> + Send {
        (**self).network()
    }

    fn health(&self) -> impl Future<Output = Result<Health, RpcError>> + Send {
        (**self).health()
    }

    fn ledgers(
        &self,
        page: &Page,
        limit: u32,
    ) -> impl Future<Output = Result<LedgerPage, RpcError>> + Send {
        (**self).ledgers(page, limit)
    }

    fn transactions(
        &self,
        page: &Page,
        limit: u32,
    ) -> impl Future<Output = Result<TransactionPage, RpcError>> + Send {
        (**self).transactions(page, limit)
    }

    fn entries(
        &self,
        keys: &[String],
    ) -> impl Future<Output = Result<LedgerEntries, RpcError>> + Send {
        (**self).entries(keys)
    }
}
