//! Accounts, as the ledger has them.

use lumenscope_meta::Address;
use lumenscope_rpc::{Clock, Transport};

use super::Invoker;
use crate::xdr::{
    self, AccountId, LedgerEntryData, LedgerKey, LedgerKeyAccount, PublicKey, Uint256,
};
use crate::{InvokeError, operations};

impl<T: Transport, C: Clock> Invoker<T, C> {
    /// Creates and funds the account by friendbot, unless it exists.
    ///
    /// # Errors
    /// [`InvokeError::NoFriendbot`] on networks without one.
    pub async fn fund(&self, account: &Address) -> Result<(), InvokeError> {
        if self.account_entry(account).await?.is_some() {
            return Ok(());
        }
        let Some(url) = &self.friendbot_url else {
            return Err(InvokeError::NoFriendbot(self.network.passphrase().to_owned()));
        };
        match lumenscope_rpc::fund(url, account.as_str()).await {
            Ok(()) => Ok(()),
            // Somebody else may have funded it meanwhile.
            Err(error) => match self.account_entry(account).await? {
                Some(_) => Ok(()),
                None => Err(error.into()),
            },
        }
    }

    /// The account's balance in stroops; `None` when it does not exist.
    ///
    /// # Errors
    /// [`InvokeError::Rpc`].
    pub async fn balance_stroops(&self, account: &Address) -> Result<Option<i64>, InvokeError> {
        Ok(self.account_entry(account).await?.map(|entry| entry.balance))
    }

    pub(super) async fn account_entry(
        &self,
        account: &Address,
    ) -> Result<Option<xdr::AccountEntry>, InvokeError> {
        let key = Uint256(operations::account_key(account)?);
        let account_id = AccountId(PublicKey::PublicKeyTypeEd25519(key));
        let key = xdr::encode_base64(&LedgerKey::Account(LedgerKeyAccount { account_id }))?;
        let entries = self.client.entries(&[key]).await?;
        let Some(entry) = entries.entries.first() else {
            return Ok(None);
        };
        match xdr::decode_base64(&entry.xdr)? {
            LedgerEntryData::Account(entry) => Ok(Some(entry)),
            other => Err(xdr::malformed("account", other.name())),
        }
    }
}
