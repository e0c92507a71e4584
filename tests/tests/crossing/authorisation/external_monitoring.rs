//! external-monitoring.

use ed25519_dalek::{Signer as _, SigningKey};
use lumenscope_interfaces::alerting::Severity;
use lumenscope_interfaces::external_monitoring::{
    ApiKeyKind, ApiScope, ConnectionKind, DeliveryOutcome, DeliveryPolicy, IntegrationAuth,
    IntegrationDirection, IntegrationFormat, IntegrationKind, REQUEST_DOMAIN,
};
use soroban_sdk::xdr::ToXdr as _;
use soroban_sdk::{
    Address, Bytes, BytesN, Env, IntoVal, Map, String, Symbol, Val, Vec as SdkVec, contract,
    contractimpl, vec,
};

use super::super::world::HOUR_S;
use super::cast::Cast;
use super::{Asked, Call, acts, reads};

const CONTRACT: &str = "external-monitoring";
/// The signing key of the owner's API key.
const KEY: [u8; 32] = [7; 32];

/// Acts on alerts, or cannot.
#[contract]
struct Responds;

#[contractimpl]
impl Responds {
    pub fn __constructor(e: Env, works: bool) {
        e.storage().instance().set(&soroban_sdk::symbol_short!("works"), &works);
    }

    pub fn respond(e: Env, _alerting: Address, _target: Val, _episode: u32) {
        let works = e.storage().instance().get(&soroban_sdk::symbol_short!("works"));
        assert!(works == Some(true));
    }
}

pub const CALLS: [Call; 34] = [
    acts("create_integration", "", |cast| cast.name(|who| integration(cast, who))),
    acts("update_integration", "", |cast| {
        let id = integrated(cast);
        cast.ask((
            id,
            cast.world.text("at night"),
            config(cast),
            IntegrationAuth::None,
            Bytes::new(&cast.world.e),
            0_u64,
            IntegrationFormat::Text,
            0_u32,
            DeliveryPolicy::DEFAULT,
        ))
    }),
    acts("set_enabled", "", |cast| cast.ask((integrated(cast), false))),
    acts("request_test", "", |cast| cast.ask((integrated(cast),))),
    acts("record_delivery", "", |cast| {
        let integration = integrated(cast);
        let raised_s = cast.world.now_s() - 10;
        let outcome = DeliveryOutcome { raised_s, delivered: true, status: 200, attempts: 1 };
        cast.name(move |who| (who, integration.clone(), some_hash(cast), outcome, 0_u64))
    }),
    acts("create_api_key", "", |cast| cast.name(|who| api_key(cast, who))),
    acts("rotate_api_key", "", |cast| {
        let expires_s = cast.world.now_s() + 48 * HOUR_S;
        cast.ask((keyed(cast), some_hash(cast), expires_s, HOUR_S))
    }),
    acts("revoke_api_key", "", |cast| cast.ask((keyed(cast),))),
    acts("verify_request", "", |cast| {
        let key = keyed(cast);
        cast.name(move |who| request(cast, &key, who))
    }),
    acts("create_responder", "", |cast| {
        cast.name(|who| responder(cast, who, &cast.who("newcomer")))
    }),
    acts("react", "the responder works", |cast| react(cast, true)),
    acts("react", "the responder fails", |cast| react(cast, false)),
    acts("request_export", "", |cast| cast.name(|who| export(cast, who))),
    acts("commit_export", "", |cast| {
        let export = exported(cast);
        cast.name(move |who| (who, export.clone(), some_hash(cast), 1_u32, 1_000_u64, 10_u64))
    }),
    acts("remove", "an integration", |cast| {
        cast.ask((ConnectionKind::Integration, integrated(cast)))
    }),
    acts("remove", "an API key", |cast| cast.ask((ConnectionKind::ApiKey, keyed(cast)))),
    acts("remove", "a responder", |cast| {
        cast.ask((ConnectionKind::Responder, responding(cast, &cast.who("newcomer"))))
    }),
    acts("remove", "an export", |cast| cast.ask((ConnectionKind::Export, exported(cast)))),
    acts("set_service_key", "", |cast| cast.ask((some_hash(cast),))),
    reads("integration", "", |cast| cast.ask((integrated(cast),))),
    reads("health", "", |cast| cast.ask((integrated(cast),))),
    reads("delivery", "", |cast| cast.ask((integrated(cast), some_hash(cast)))),
    reads("integrations_of", "", |cast| {
        integrated(cast);
        page(cast)
    }),
    reads("api_key", "", |cast| cast.ask((keyed(cast),))),
    reads("api_key_usage", "", |cast| cast.ask((keyed(cast),))),
    reads("api_keys_of", "", |cast| {
        keyed(cast);
        page(cast)
    }),
    reads("check_request", "", |cast| {
        let key = keyed(cast);
        cast.ask(request(cast, &key, cast.who("owner")))
    }),
    reads("responders_of", "", |cast| {
        responding(cast, &cast.who("newcomer"));
        page(cast)
    }),
    reads("export", "", |cast| cast.ask((exported(cast),))),
    reads("exports_of", "", |cast| {
        exported(cast);
        page(cast)
    }),
    reads("verify_chunk", "", |cast| {
        let export = exported(cast);
        let root = some_hash(cast);
        let args = (cast.who("admin"), export.clone(), root.clone(), 1_u32, 1_000_u64, 10_u64);
        cast.must("admin", CONTRACT, "commit_export", args);
        cast.ask((export, 0_u32, root, SdkVec::<BytesN<32>>::new(&cast.world.e)))
    }),
    reads("audit", "", |cast| {
        exported(cast);
        cast.ask((cast.who("owner"), 0_u64, u64::MAX))
    }),
    reads("count_of", "", |cast| cast.ask((ConnectionKind::ApiKey, cast.who("owner")))),
    reads("service_key", "", |cast| cast.ask(())),
];

fn page(cast: &Cast) -> Asked<'_> {
    cast.ask((cast.who("owner"), 0_u32, 5_u32))
}

fn export(cast: &Cast, owner: Address) -> impl IntoVal<Env, SdkVec<Val>> + use<> {
    let contracts = vec![&cast.world.e, cast.who("contract")];
    let (to_s, format) = (cast.world.now_s(), IntegrationFormat::Csv);
    (owner, contracts, None::<Symbol>, to_s - HOUR_S, to_s, format)
}

/// The owner's, which is not committed.
fn exported(cast: &Cast) -> BytesN<32> {
    cast.get("owner", CONTRACT, "request_export", export(cast, cast.who("owner")))
}

fn some_hash(cast: &Cast) -> BytesN<32> {
    BytesN::from_array(&cast.world.e, &[3; 32])
}

fn config(cast: &Cast) -> Map<Symbol, String> {
    let mut config = Map::new(&cast.world.e);
    config.set(cast.world.symbol("endpoint"), cast.world.text("https://hooks.example.com"));
    config
}

fn integration(cast: &Cast, owner: Address) -> impl IntoVal<Env, SdkVec<Val>> + use<> {
    (
        owner,
        cast.world.text("on call"),
        IntegrationKind::Webhook,
        IntegrationDirection::Outbound,
        config(cast),
        IntegrationAuth::None,
        Bytes::new(&cast.world.e),
        IntegrationFormat::Json,
        0_u32,
    )
}

/// The owner's; another owner has one too.
fn integrated(cast: &Cast) -> BytesN<32> {
    let make = |owner: &str| -> BytesN<32> {
        cast.get(owner, CONTRACT, "create_integration", integration(cast, cast.who(owner)))
    };
    make("another owner");
    make("owner")
}

fn api_key(cast: &Cast, owner: Address) -> impl IntoVal<Env, SdkVec<Val>> + use<> {
    let public = SigningKey::from_bytes(&KEY).verifying_key();
    let material = BytesN::from_array(&cast.world.e, public.as_bytes());
    let expires_s = cast.world.now_s() + 24 * HOUR_S;
    let scopes = ApiScope::WriteMetrics.bit();
    let name = cast.world.text("the exporter");
    (owner, name, ApiKeyKind::Ed25519, material, scopes, 60_u32, expires_s)
}

/// The owner's; another owner has one too.
fn keyed(cast: &Cast) -> BytesN<32> {
    let make = |owner: &str| -> BytesN<32> {
        cast.get(owner, CONTRACT, "create_api_key", api_key(cast, cast.who(owner)))
    };
    make("another owner");
    make("owner")
}

/// A request that the key signed for this caller.
fn request(
    cast: &Cast,
    key: &BytesN<32>,
    caller: Address,
) -> impl IntoVal<Env, SdkVec<Val>> + use<> {
    let e = &cast.world.e;
    let (method, body_hash) = (cast.world.symbol("record"), some_hash(cast));
    let (generation, nonce, expires_s) = (0_u32, 1_u64, cast.world.now_s() + 600);
    let signed: SdkVec<Val> = vec![
        e,
        cast.world.symbol(REQUEST_DOMAIN).into_val(e),
        e.ledger().network_id().into_val(e),
        cast.external.into_val(e),
        key.into_val(e),
        generation.into_val(e),
        caller.into_val(e),
        method.into_val(e),
        body_hash.into_val(e),
        nonce.into_val(e),
        expires_s.into_val(e),
    ];
    let message: Vec<u8> = signed.to_xdr(e).iter().collect();
    let signature = SigningKey::from_bytes(&KEY).sign(&message).to_bytes();
    let signature = BytesN::from_array(e, &signature);
    let scope = ApiScope::WriteMetrics;
    let key = key.clone();
    (caller, key, generation, method, body_hash, nonce, expires_s, scope, signature)
}

fn responder(
    cast: &Cast,
    owner: Address,
    acts: &Address,
) -> impl IntoVal<Env, SdkVec<Val>> + use<> {
    let alerting = cast.world.alerting.clone();
    (owner, alerting, cast.who("contract"), acts.clone(), Severity::Info as u32)
}

/// The owner's; another owner has one too.
fn responding(cast: &Cast, acts: &Address) -> BytesN<32> {
    let make = |owner: &str| -> BytesN<32> {
        cast.get(owner, CONTRACT, "create_responder", responder(cast, cast.who(owner), acts))
    };
    make("another owner");
    make("owner")
}

fn react(cast: &Cast, works: bool) -> Asked<'_> {
    let acts = cast.world.e.register(Responds, (works,));
    let (id, target) = (responding(cast, &acts), cast.fired());
    cast.name(move |who| (who, id.clone(), target.clone(), 1_u32))
}
