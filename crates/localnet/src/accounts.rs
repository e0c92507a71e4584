//! Account entries: creation, what can be spent, the sequence number.

use crate::Fault;
use crate::xdr::{
    AccountEntry, AccountEntryExt, AccountEntryExtensionV1, AccountEntryExtensionV1Ext,
    AccountEntryExtensionV2, AccountEntryExtensionV2Ext, AccountEntryExtensionV3, AccountId,
    ExtensionPoint, Liabilities, SequenceNumber, SponsorshipDescriptor, String32, Thresholds,
    TimePoint, VecM,
};

/// An account as `CreateAccount` makes it.
pub(crate) fn new_account(id: AccountId, balance_stroops: i64, ledger: u32) -> AccountEntry {
    AccountEntry {
        account_id: id,
        balance: balance_stroops,
        // Starting at the ledger keeps old transactions from being replayed after a merge.
        seq_num: SequenceNumber(i64::from(ledger) << 32),
        num_sub_entries: 0,
        inflation_dest: None,
        flags: 0,
        home_domain: String32::default(),
        thresholds: Thresholds([1, 0, 0, 0]),
        signers: VecM::default(),
        ext: AccountEntryExt::V0,
    }
}

/// What an account must keep: two base reserves and one per sub-entry.
pub(crate) fn minimum_balance(account: &AccountEntry, base_reserve_stroops: u32) -> i64 {
    let (sponsored, sponsoring) = match &account.ext {
        AccountEntryExt::V1(AccountEntryExtensionV1 {
            ext: AccountEntryExtensionV1Ext::V2(ext),
            ..
        }) => (i64::from(ext.num_sponsored), i64::from(ext.num_sponsoring)),
        _ => (0, 0),
    };
    let reserves = 2 + i64::from(account.num_sub_entries) + sponsoring - sponsored;
    reserves.saturating_mul(i64::from(base_reserve_stroops))
}

/// What an account can spend: its balance without reserves and selling liabilities.
pub(crate) fn spendable(account: &AccountEntry, base_reserve_stroops: u32) -> i64 {
    let selling = match &account.ext {
        AccountEntryExt::V1(ext) => ext.liabilities.selling,
        AccountEntryExt::V0 => 0,
    };
    account.balance - minimum_balance(account, base_reserve_stroops) - selling
}

/// What an account can still receive before its balance passes an `i64`.
pub(crate) fn receivable(account: &AccountEntry) -> i64 {
    let buying = match &account.ext {
        AccountEntryExt::V1(ext) => ext.liabilities.buying,
        AccountEntryExt::V0 => 0,
    };
    i64::MAX - account.balance - buying
}

/// When the sequence number was last raised: ledger and time, 0 and 0 if never.
pub(crate) fn sequence_raised_at(account: &AccountEntry) -> (u32, u64) {
    match &account.ext {
        AccountEntryExt::V1(AccountEntryExtensionV1 {
            ext:
                AccountEntryExtensionV1Ext::V2(AccountEntryExtensionV2 {
                    ext: AccountEntryExtensionV2Ext::V3(ext),
                    ..
                }),
            ..
        }) => (ext.seq_ledger, ext.seq_time.0),
        _ => (0, 0),
    }
}

/// Raises the sequence number and notes when, in the extensions that this needs.
pub(crate) fn raise_sequence(
    account: &mut AccountEntry,
    sequence: SequenceNumber,
    ledger: u32,
    close_time_s: u64,
) -> Result<(), Fault> {
    account.seq_num = sequence;
    let signers = vec![SponsorshipDescriptor(None); account.signers.len()].try_into()?;
    if account.ext == AccountEntryExt::V0 {
        account.ext = AccountEntryExt::V1(AccountEntryExtensionV1 {
            liabilities: Liabilities { buying: 0, selling: 0 },
            ext: AccountEntryExtensionV1Ext::V0,
        });
    }
    if let AccountEntryExt::V1(first) = &mut account.ext {
        if first.ext == AccountEntryExtensionV1Ext::V0 {
            first.ext = AccountEntryExtensionV1Ext::V2(AccountEntryExtensionV2 {
                num_sponsored: 0,
                num_sponsoring: 0,
                signer_sponsoring_i_ds: signers,
                ext: AccountEntryExtensionV2Ext::V0,
            });
        }
        if let AccountEntryExtensionV1Ext::V2(second) = &mut first.ext {
            second.ext = AccountEntryExtensionV2Ext::V3(AccountEntryExtensionV3 {
                ext: ExtensionPoint::V0,
                seq_ledger: ledger,
                seq_time: TimePoint(close_time_s),
            });
        }
    }
    Ok(())
}
