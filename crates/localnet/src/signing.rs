//! Signing transactions and authorisation entries.

use crate::Fault;
use crate::codec::hash;
use crate::xdr::{
    DecoratedSignature, Hash, HashIdPreimage, HashIdPreimageSorobanAuthorization, ScBytes, ScMap,
    ScMapEntry, ScSymbol, ScVal, ScVec, Signature, SignatureHint, SorobanAuthorizationEntry,
    SorobanCredentials, Transaction, TransactionEnvelope, TransactionV1Envelope,
};
use ed25519_dalek::{Signer, SigningKey};

/// Signs a transaction for a network.
///
/// # Errors
/// When the transaction cannot be encoded.
pub fn sign_transaction(
    transaction: Transaction,
    network_id: [u8; 32],
    keys: &[&SigningKey],
) -> Result<TransactionEnvelope, Fault> {
    let to_sign = transaction.hash(network_id)?;
    let signatures = keys
        .iter()
        .map(|key| {
            Ok(DecoratedSignature {
                hint: hint(key),
                signature: Signature(key.sign(&to_sign).to_bytes().to_vec().try_into()?),
            })
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    let signatures = signatures.try_into()?;
    Ok(TransactionEnvelope::Tx(TransactionV1Envelope { tx: transaction, signatures }))
}

fn hint(key: &SigningKey) -> SignatureHint {
    let public = key.verifying_key().to_bytes();
    SignatureHint([public[28], public[29], public[30], public[31]])
}

/// Signs an authorisation entry for a classic account: what a wallet does for an address that is
/// not the transaction's source. Entries of the source account pass unchanged.
///
/// # Errors
/// When the entry cannot be encoded.
pub fn sign_authorization(
    mut entry: SorobanAuthorizationEntry,
    network_id: [u8; 32],
    key: &SigningKey,
    valid_until_ledger: u32,
) -> Result<SorobanAuthorizationEntry, Fault> {
    let SorobanCredentials::Address(credentials) = &mut entry.credentials else {
        return Ok(entry);
    };
    credentials.signature_expiration_ledger = valid_until_ledger;
    let preimage = HashIdPreimage::SorobanAuthorization(HashIdPreimageSorobanAuthorization {
        network_id: Hash(network_id),
        nonce: credentials.nonce,
        signature_expiration_ledger: valid_until_ledger,
        invocation: entry.root_invocation.clone(),
    });
    let signature = key.sign(&hash(&preimage)?).to_bytes().to_vec();
    let public = key.verifying_key().to_bytes().to_vec();
    let field = |name: &str, bytes: Vec<u8>| -> Result<ScMapEntry, Fault> {
        Ok(ScMapEntry {
            key: ScVal::Symbol(ScSymbol(name.try_into()?)),
            val: ScVal::Bytes(ScBytes(bytes.try_into()?)),
        })
    };
    let signed =
        ScMap(vec![field("public_key", public)?, field("signature", signature)?].try_into()?);
    let signatures = vec![ScVal::Map(Some(signed))];
    credentials.signature = ScVal::Vec(Some(ScVec(signatures.try_into()?)));
    Ok(entry)
}
