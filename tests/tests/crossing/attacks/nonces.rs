//! A stranger who would use up what an API key of somebody else may do: its nonces and its minute.

use ed25519_dalek::{Signer as _, SigningKey};
use lumenscope_interfaces::external_monitoring::{
    ApiKeyKind, ApiKeyUsage, ApiScope, REQUEST_DOMAIN,
};
use soroban_sdk::xdr::ToXdr as _;
use soroban_sdk::{Address, BytesN, Error, IntoVal, Val, Vec as SdkVec, vec};

use super::super::world::HOUR_S;
use super::Neighbours;

const OWNERS: [u8; 32] = [7; 32];
const STRANGERS: [u8; 32] = [8; 32];
const REQUESTS_PER_MINUTE: u32 = 2;

impl Neighbours {
    /// An account's API key of this public key.
    fn key(&self, owner: &Address, secret: [u8; 32]) -> BytesN<32> {
        let w = &self.world;
        let public = SigningKey::from_bytes(&secret).verifying_key();
        let material = BytesN::from_array(&w.e, public.as_bytes());
        let scopes = ApiScope::WriteMetrics.bit();
        let args = (
            owner.clone(),
            w.text("the exporter"),
            ApiKeyKind::Ed25519,
            material,
            scopes,
            REQUESTS_PER_MINUTE,
            w.now_s() + 24 * HOUR_S,
        );
        self.get(owner, &self.external, "create_api_key", args)
    }

    /// The caller uses up a request of a key, which somebody signed for another key or this one.
    fn verify(
        &self,
        caller: &Address,
        key: &BytesN<32>,
        nonce: u64,
        signed: (&BytesN<32>, [u8; 32]),
    ) -> Result<(), Error> {
        let e = &self.world.e;
        let (of_key, secret) = signed;
        let (method, body) = (self.world.symbol("record"), BytesN::from_array(e, &[3; 32]));
        let expires_s = self.world.now_s() + 600;
        let values: SdkVec<Val> = vec![
            e,
            self.world.symbol(REQUEST_DOMAIN).into_val(e),
            e.ledger().network_id().into_val(e),
            self.external.into_val(e),
            of_key.into_val(e),
            0_u32.into_val(e),
            caller.into_val(e),
            method.into_val(e),
            body.into_val(e),
            nonce.into_val(e),
            expires_s.into_val(e),
        ];
        let message: Vec<u8> = values.to_xdr(e).iter().collect();
        let signature = SigningKey::from_bytes(&secret).sign(&message).to_bytes();
        let signature: BytesN<64> = BytesN::from_array(e, &signature);
        let (caller, scope) = (caller.clone(), ApiScope::WriteMetrics);
        let args =
            (caller.clone(), key.clone(), 0_u32, method, body, nonce, expires_s, scope, signature);
        self.world.call(&caller, &self.external, "verify_request", args, &[])
    }

    fn usage(&self, key: &BytesN<32>) -> ApiKeyUsage {
        self.get(&self.world.stranger, &self.external, "api_key_usage", (key.clone(),))
    }
}

#[test]
fn nobody_else_uses_up_a_keys_nonces_or_its_minute() {
    let n = Neighbours::new();
    let (owner, stranger) = (&n.world.owner, &n.world.stranger);
    let key = n.key(owner, OWNERS);
    // The public key is on the ledger: anybody may register it once more, as their own.
    let copied = n.key(stranger, OWNERS);
    let theirs = n.key(stranger, STRANGERS);
    let unused = n.usage(&key);
    for nonce in [1, 2, 3, 1_000, u64::MAX] {
        for (key, signed) in [
            (&key, (&key, STRANGERS)),
            (&key, (&theirs, STRANGERS)),
            // What the owner signed for a key of theirs is none of the copy's, nor the reverse.
            (&copied, (&key, OWNERS)),
            (&key, (&copied, OWNERS)),
        ] {
            assert!(n.verify(stranger, key, nonce, signed).is_err());
        }
    }
    assert_eq!((n.usage(&key), n.usage(&copied)), (unused, unused));
    // Their own are theirs to use up.
    assert_eq!(n.verify(stranger, &theirs, u64::MAX, (&theirs, STRANGERS)), Ok(()));
    assert_eq!(n.usage(&key), unused);
    for nonce in 1..=u64::from(REQUESTS_PER_MINUTE) {
        assert_eq!(n.verify(owner, &key, nonce, (&key, OWNERS)), Ok(()));
    }
}
