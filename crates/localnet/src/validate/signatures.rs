//! Who signed, and whether that is enough.
//!
//! Signers by ed25519 key and by hash preimage; pre-authorised transactions and signed payloads
//! are not known here and never count.

use super::{Code, NextLedger, Rejection, reject};
use crate::codec::sha256;
use crate::keys::public_key;
use crate::transaction::ParsedTransaction;
use crate::xdr::{
    AccountEntry, DecoratedSignature, OperationBody, OperationResult, Preconditions, SignerKey,
};
use ed25519_dalek::{Signature, VerifyingKey};

/// A signature level of an account: the index into its thresholds.
#[derive(Clone, Copy)]
enum Level {
    Low = 1,
    Medium = 2,
}

pub(super) fn check(
    next: &NextLedger<'_>,
    transaction: &ParsedTransaction,
) -> Result<(), Rejection> {
    let inner = Signed {
        hash: transaction.inner_hash,
        signatures: &transaction.signatures,
        used: vec![false; transaction.signatures.len()],
    };
    inner_signatures(next, transaction, inner)?;
    if let Some(bump) = &transaction.fee_bump {
        let mut outer = Signed {
            hash: bump.hash,
            signatures: &bump.signatures,
            used: vec![false; bump.signatures.len()],
        };
        let Some(payer) = next.entries.account(&transaction.fee_source) else {
            return reject(Code::TxNoAccount, "the fee bump's source account does not exist");
        };
        if !outer.satisfies(payer, Level::Low) {
            return reject(Code::TxBadAuth, "the fee bump is not signed by its source account");
        }
        outer.all_used()?;
    }
    Ok(())
}

fn inner_signatures(
    next: &NextLedger<'_>,
    transaction: &ParsedTransaction,
    mut signed: Signed<'_>,
) -> Result<(), Rejection> {
    let Some(source) = next.entries.account(&transaction.source()) else {
        return reject(Code::TxNoAccount, "the source account does not exist");
    };
    if !signed.satisfies(source, Level::Low) {
        return reject(
            Code::TxBadAuth,
            "the source account did not sign enough; is the network passphrase right?",
        );
    }
    if let Preconditions::V2(conditions) = &transaction.transaction.cond {
        for extra in conditions.extra_signers.iter() {
            if !signed.by(extra) {
                return reject(Code::TxBadAuth, "an extra signer did not sign");
            }
        }
    }
    let mut results = Vec::new();
    for operation in transaction.transaction.operations.iter() {
        let account = next.entries.account(&transaction.source_of(operation));
        results.push(match account {
            None => OperationResult::OpNoAccount,
            Some(account) if signed.satisfies(account, level_of(&operation.body)) => {
                super::operations::placeholder(&operation.body)
            }
            Some(_) => OperationResult::OpBadAuth,
        });
    }
    let refused = |result: &OperationResult| {
        matches!(result, OperationResult::OpBadAuth | OperationResult::OpNoAccount)
    };
    if results.iter().any(refused) {
        let results = results.try_into().unwrap_or_default();
        return reject(Code::TxFailed(results), "an operation's source account did not sign");
    }
    signed.all_used()
}

fn level_of(body: &OperationBody) -> Level {
    match body {
        OperationBody::ExtendFootprintTtl(_) | OperationBody::RestoreFootprint(_) => Level::Low,
        _ => Level::Medium,
    }
}

struct Signed<'a> {
    hash: [u8; 32],
    signatures: &'a [DecoratedSignature],
    used: Vec<bool>,
}

impl Signed<'_> {
    fn satisfies(&mut self, account: &AccountEntry, level: Level) -> bool {
        let master = (
            SignerKey::Ed25519(crate::xdr::Uint256(public_key(&account.account_id))),
            u32::from(account.thresholds.0[0]),
        );
        let signers = account.signers.iter().map(|signer| (signer.key.clone(), signer.weight));
        let needed = u32::from(account.thresholds.0[level as usize]).max(1);
        let mut weight = 0_u32;
        for (signer, signer_weight) in std::iter::once(master).chain(signers) {
            if signer_weight > 0 && self.by(&signer) {
                weight = weight.saturating_add(signer_weight);
            }
        }
        weight >= needed
    }

    fn by(&mut self, signer: &SignerKey) -> bool {
        let hash = self.hash;
        let Some(index) = self.signatures.iter().position(|candidate| match signer {
            SignerKey::Ed25519(key) => verifies(&key.0, candidate, &hash),
            SignerKey::HashX(expected) => sha256(candidate.signature.0.as_slice()) == expected.0,
            SignerKey::PreAuthTx(_) | SignerKey::Ed25519SignedPayload(_) => false,
        }) else {
            return false;
        };
        self.used[index] = true;
        true
    }

    fn all_used(&self) -> Result<(), Rejection> {
        if self.used.iter().all(|used| *used) {
            return Ok(());
        }
        reject(Code::TxBadAuthExtra, "a signature belongs to no signer of this transaction")
    }
}

fn verifies(key: &[u8; 32], candidate: &DecoratedSignature, hash: &[u8; 32]) -> bool {
    // The hint spares verifying every signature against every key.
    if candidate.hint.0 != key[28..] {
        return false;
    }
    let Ok(key) = VerifyingKey::from_bytes(key) else { return false };
    let Ok(signature) = Signature::from_slice(candidate.signature.0.as_slice()) else {
        return false;
    };
    key.verify_strict(hash, &signature).is_ok()
}
