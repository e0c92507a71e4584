//! external-monitoring.

use anyhow::{Context as _, Result};
use ed25519_dalek::{Signer, SigningKey};
use lumenscope_interfaces::alerting::Severity;
use lumenscope_interfaces::external_monitoring::{
    ApiKeyKind, ApiScope, ConnectionKind, DeliveryOutcome, DeliveryPolicy, IntegrationAuth,
    IntegrationDirection, IntegrationFormat, IntegrationKind, REQUEST_DOMAIN,
};
use lumenscope_interfaces::governance::Role;
use sha2::{Digest as _, Sha256};
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Address, Bytes, BytesN, IntoVal, Map, String as SdkString, Symbol, vec};

use super::{HOUR_S, Scenario};
use crate::stage::Call;
use crate::suite::Suite;

/// The signing key of the API key.
const KEY: [u8; 32] = [7; 32];
const BODY_HASH: [u8; 32] = [8; 32];
const REQUESTS_PER_MINUTE: u32 = 60;

const fn scenario(
    entry_point: &'static str,
    case: &'static str,
    prepare: fn(&mut Suite) -> Result<Call>,
) -> Scenario {
    Scenario { contract: "external-monitoring", entry_point, case, prepare }
}

/// In the order of the table.
pub(super) const SCENARIOS: [Scenario; 17] = [
    scenario("verify_request", "an API key's second", |suite| verify(suite, "verify_request")),
    scenario("check_request", "an API key's second", |suite| verify(suite, "check_request")),
    scenario("record_delivery", "an integration's second", record_delivery),
    scenario("create_integration", "a webhook", create_integration),
    scenario("update_integration", "a webhook", update_integration),
    scenario("set_enabled", "off", |suite| {
        let integration = integrated(suite)?;
        Ok(suite.connections("set_enabled", (integration, false)))
    }),
    scenario("request_test", "of a webhook", |suite| {
        let integration = integrated(suite)?;
        Ok(suite.connections("request_test", (integration,)))
    }),
    scenario("create_api_key", "that signs", create_api_key),
    scenario("rotate_api_key", "that signs", rotate_api_key),
    scenario("revoke_api_key", "that signs", |suite| {
        let key = keyed(suite)?;
        Ok(suite.connections("revoke_api_key", (key,)))
    }),
    scenario("create_responder", "for a contract", |suite| {
        let arguments = responder(suite, &suite.caller);
        Ok(suite.connections("create_responder", arguments))
    }),
    scenario("react", "an alert that fires; the responder writes nothing", react),
    scenario("request_export", "of a contract", request_export),
    scenario("commit_export", "the largest file", |suite| {
        let (dispatcher, export, hashes) = exported(suite)?;
        commit(suite, &dispatcher, &export, &hashes)
    }),
    scenario("verify_chunk", "the last of the largest file", verify_chunk),
    scenario("remove", "an integration", |suite| {
        let integration = integrated(suite)?;
        Ok(suite.connections("remove", (ConnectionKind::Integration, integration)))
    }),
    scenario("set_service_key", "once for the suite", |suite| {
        let key = BytesN::from_array(suite.env(), &[9; 32]);
        Ok(suite.connections("set_service_key", (key,)))
    }),
];

fn config(suite: &Suite) -> Map<Symbol, SdkString> {
    let mut config = Map::new(suite.env());
    config.set(suite.stage.symbol("endpoint"), suite.text("https://hooks.example.com/lumenscope"));
    config
}

fn create_integration(suite: &mut Suite) -> Result<Call> {
    let sync_interval_s = 0_u32;
    Ok(suite.connections(
        "create_integration",
        (
            suite.caller.clone(),
            suite.text("on call"),
            IntegrationKind::Webhook,
            IntegrationDirection::Outbound,
            config(suite),
            IntegrationAuth::None,
            Bytes::new(suite.env()),
            IntegrationFormat::Json,
            sync_interval_s,
        ),
    ))
}

fn integrated(suite: &mut Suite) -> Result<BytesN<32>> {
    let call = create_integration(suite)?;
    suite.stage.perform(&call)
}

fn update_integration(suite: &mut Suite) -> Result<Call> {
    let integration = integrated(suite)?;
    let (overlap_s, sync_interval_s) = (0_u64, 0_u32);
    Ok(suite.connections(
        "update_integration",
        (
            integration,
            suite.text("on call at night"),
            config(suite),
            IntegrationAuth::None,
            Bytes::new(suite.env()),
            overlap_s,
            IntegrationFormat::Text,
            sync_interval_s,
            DeliveryPolicy::DEFAULT,
        ),
    ))
}

fn record_delivery(suite: &mut Suite) -> Result<Call> {
    let integration = integrated(suite)?;
    let dispatcher = suite.caller.clone();
    let grant = suite.connections("set_role", (dispatcher.clone(), Role::Keeper, true));
    suite.stage.act(&[grant])?;
    let delivery = |suite: &Suite, number: u8| {
        let key = BytesN::from_array(suite.env(), &[number; 32]);
        let outcome = DeliveryOutcome {
            raised_s: suite.stage.ledger().close_time_s() - 10,
            delivered: true,
            status: 200,
            attempts: 1,
        };
        let cursor = 0_u64;
        let arguments = (dispatcher.clone(), integration.clone(), key, outcome, cursor);
        suite.connections("record_delivery", arguments)
    };
    suite.stage.act(&[delivery(suite, 1)])?;
    Ok(delivery(suite, 2))
}

/// What is to be made: calls this contract for alerts on the calling one.
fn responder(suite: &Suite, responder: &Address) -> (Address, Address, Address, Address, u32) {
    let caller = suite.caller.clone();
    let severity = Severity::Info as u32;
    (caller.clone(), suite.alerting.clone(), caller, responder.clone(), severity)
}

fn react(suite: &mut Suite) -> Result<Call> {
    let target = super::alerting::evaluated(suite, super::alerting::LOUD)?;
    /// The probe's manner of doing nothing.
    const IDLES: u32 = 5;
    let idle = suite.stage.deploy("probe-responder", (IDLES, suite.external_monitoring.clone()))?;
    let create = suite.connections("create_responder", responder(suite, &idle));
    let id: BytesN<32> = suite.stage.perform(&create)?;
    Ok(suite.connections("react", (suite.caller.clone(), id, target, 1_u32)))
}

fn request_export(suite: &mut Suite) -> Result<Call> {
    let now_s = suite.stage.ledger().close_time_s();
    let contracts = vec![suite.env(), suite.caller.clone()];
    let metric = Some(suite.stage.symbol("premium"));
    let (from_s, to_s) = (now_s - 24 * HOUR_S, now_s - HOUR_S);
    let arguments = (suite.caller.clone(), contracts, metric, from_s, to_s, IntegrationFormat::Csv);
    Ok(suite.connections("request_export", arguments))
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The dispatcher, an export that is requested, and the hashes of its chunks, as many as may be.
fn exported(suite: &mut Suite) -> Result<(Address, BytesN<32>, Vec<[u8; 32]>)> {
    let dispatcher = suite.caller.clone();
    let grant = suite.connections("set_role", (dispatcher.clone(), Role::Keeper, true));
    suite.stage.act(&[grant])?;
    let request = request_export(suite)?;
    let export = suite.stage.perform(&request)?;
    let chunks = 0..lumenscope_export::CHUNKS_MAX;
    Ok((dispatcher, export, chunks.map(|chunk| sha256(&chunk.to_be_bytes())).collect()))
}

fn commit(
    suite: &Suite,
    dispatcher: &Address,
    export: &BytesN<32>,
    hashes: &[[u8; 32]],
) -> Result<Call> {
    let root = lumenscope_export::root(sha256, hashes).context("no root over so many chunks")?;
    let root = BytesN::from_array(suite.env(), &root);
    let chunks = u32::try_from(hashes.len())?;
    let bytes = u64::from(chunks) * lumenscope_export::CHUNK_BYTES;
    let rows = 1_000_000_u64;
    let arguments = (dispatcher.clone(), export.clone(), root, chunks, bytes, rows);
    Ok(suite.connections("commit_export", arguments))
}

fn verify_chunk(suite: &mut Suite) -> Result<Call> {
    let (dispatcher, export, hashes) = exported(suite)?;
    let committed = commit(suite, &dispatcher, &export, &hashes)?;
    suite.stage.act(&[committed])?;
    let index = u32::try_from(hashes.len())? - 1;
    let proof = lumenscope_export::proof(sha256, &hashes, index).context("no such chunk")?;
    let mut beside = vec![suite.env()];
    for hash in proof.hashes() {
        beside.push_back(BytesN::from_array(suite.env(), hash));
    }
    let last = hashes.last().context("no chunk")?;
    let chunk_hash = BytesN::from_array(suite.env(), last);
    Ok(suite.connections("verify_chunk", (export, index, chunk_hash, beside)))
}

fn public_key(suite: &Suite) -> BytesN<32> {
    let key = SigningKey::from_bytes(&KEY).verifying_key();
    BytesN::from_array(suite.env(), key.as_bytes())
}

fn create_api_key(suite: &mut Suite) -> Result<Call> {
    let expires_s = suite.stage.ledger().close_time_s() + 24 * HOUR_S;
    let scopes = ApiScope::WriteMetrics.bit();
    Ok(suite.connections(
        "create_api_key",
        (
            suite.caller.clone(),
            suite.text("the exporter"),
            ApiKeyKind::Ed25519,
            public_key(suite),
            scopes,
            REQUESTS_PER_MINUTE,
            expires_s,
        ),
    ))
}

/// An API key of the calling contract's, which signs.
///
/// # Errors
/// When the contract refuses it.
pub fn keyed(suite: &mut Suite) -> Result<BytesN<32>> {
    let call = create_api_key(suite)?;
    suite.stage.perform(&call)
}

fn rotate_api_key(suite: &mut Suite) -> Result<Call> {
    let key = keyed(suite)?;
    let expires_s = suite.stage.ledger().close_time_s() + 24 * HOUR_S;
    let material = BytesN::from_array(suite.env(), &[3; 32]);
    Ok(suite.connections("rotate_api_key", (key, material, expires_s, HOUR_S)))
}

fn verify(suite: &mut Suite, entry_point: &'static str) -> Result<Call> {
    let key = keyed(suite)?;
    let first = request(suite, "verify_request", &key, 1);
    suite.stage.act(&[first])?;
    Ok(request(suite, entry_point, &key, 2))
}

/// A request of the first generation as its signer makes it, void after ten minutes: the interface
/// says what is signed.
pub fn request(suite: &Suite, entry_point: &'static str, key: &BytesN<32>, nonce: u64) -> Call {
    let env = suite.env();
    let method = suite.stage.symbol("record");
    let body_hash = BytesN::from_array(env, &BODY_HASH);
    let expires_s = suite.stage.ledger().close_time_s() + 600;
    let network = BytesN::from_array(env, &suite.stage.ledger().network_id());
    let generation = 0_u32;
    let signed = vec![
        env,
        suite.stage.symbol(REQUEST_DOMAIN).into_val(env),
        network.into_val(env),
        suite.external_monitoring.into_val(env),
        key.into_val(env),
        generation.into_val(env),
        suite.caller.into_val(env),
        method.into_val(env),
        body_hash.into_val(env),
        nonce.into_val(env),
        expires_s.into_val(env),
    ];
    let signed: soroban_sdk::Vec<soroban_sdk::Val> = signed;
    let bytes = signed.to_xdr(env);
    let message: Vec<u8> = bytes.iter().collect();
    let signature = SigningKey::from_bytes(&KEY).sign(&message).to_bytes();
    suite.connections(
        entry_point,
        (
            suite.caller.clone(),
            key.clone(),
            generation,
            method,
            body_hash,
            nonce,
            expires_s,
            ApiScope::WriteMetrics,
            BytesN::from_array(env, &signature),
        ),
    )
}
