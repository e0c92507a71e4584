//! Signatures of authorisations other than the source account's.

use lumenscope_meta::{Address, Hash, Network};

use crate::value::{FromVal as _, bytes, record, vector};
use crate::xdr::{
    self, HashIdPreimage, HashIdPreimageSorobanAuthorization,
    HashIdPreimageSorobanAuthorizationWithAddress, ScVal, SorobanAddressCredentials,
    SorobanAuthorizationEntry, SorobanCredentials,
};
use crate::{InvokeError, Keypair};

/// Signs every entry that asks for it. Returns whether any did.
pub(crate) fn sign_all(
    entries: &mut [SorobanAuthorizationEntry],
    signers: &[&Keypair],
    network: &Network,
    expiration_ledger: u32,
) -> Result<bool, InvokeError> {
    let mut signed = false;
    for entry in entries {
        signed |= sign(entry, signers, network, expiration_ledger)?;
    }
    Ok(signed)
}

fn sign(
    entry: &mut SorobanAuthorizationEntry,
    signers: &[&Keypair],
    network: &Network,
    expiration_ledger: u32,
) -> Result<bool, InvokeError> {
    let invocation = entry.root_invocation.clone();
    let (credentials, with_address) = match &mut entry.credentials {
        SorobanCredentials::SourceAccount => return Ok(false),
        SorobanCredentials::Address(credentials) => (credentials, false),
        SorobanCredentials::AddressV2(credentials) => (credentials, true),
        SorobanCredentials::AddressWithDelegates(credentials) => {
            let address = shown(&credentials.address_credentials)?;
            return Err(InvokeError::NoSigner(format!("{address} with delegates")));
        }
    };
    let address = shown(credentials)?;
    let Some(key) = signers.iter().find(|key| key.address().as_str() == address) else {
        return Err(InvokeError::NoSigner(address));
    };
    credentials.signature_expiration_ledger = expiration_ledger;
    let network_id = xdr::Hash(network.id());
    let preimage = if with_address {
        HashIdPreimage::SorobanAuthorizationWithAddress(
            HashIdPreimageSorobanAuthorizationWithAddress {
                network_id,
                nonce: credentials.nonce,
                signature_expiration_ledger: expiration_ledger,
                address: credentials.address.clone(),
                invocation,
            },
        )
    } else {
        HashIdPreimage::SorobanAuthorization(HashIdPreimageSorobanAuthorization {
            network_id,
            nonce: credentials.nonce,
            signature_expiration_ledger: expiration_ledger,
            invocation,
        })
    };
    let payload = Hash::of(&xdr::encode(&preimage)?);
    credentials.signature = signature(key, &payload)?;
    Ok(true)
}

/// What the host's own account contract checks: a list of public key and signature.
fn signature(key: &Keypair, payload: &Hash) -> Result<ScVal, InvokeError> {
    let signature = record(&[
        ("public_key", bytes(&key.public())?),
        ("signature", bytes(&key.sign(&payload.0))?),
    ])?;
    Ok(vector(vec![signature])?)
}

fn shown(credentials: &SorobanAddressCredentials) -> Result<String, InvokeError> {
    let address = Address::from_val(&ScVal::Address(credentials.address.clone()))?;
    Ok(address.as_str().to_owned())
}
