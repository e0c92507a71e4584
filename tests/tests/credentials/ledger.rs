//! A ledger with the contract on it, and its answers as the crate of credentials knows them.

use external_monitoring::ExternalMonitoringContract;
use lumenscope_credentials::{ApiKey, ApiKeyKind, Random, ServiceKey, SignedRequest, Usage};
use lumenscope_interfaces::external_monitoring::{
    ApiKeyKind as OnLedger, ApiScope, ConnectionError, ExternalMonitoringClient,
};
use lumenscope_interfaces::governance::UPGRADE_DELAY_DEFAULT_S;
use lumenscope_meta::{Address as Party, Network};
use soroban_sdk::testutils::{Address as _, EnvTestConfig, Ledger as _, LedgerInfo};
use soroban_sdk::xdr::{ScErrorCode, ScErrorType};
use soroban_sdk::{Address, BytesN, Env, Error, IntoVal, String as SdkString, Symbol, Val, Vec};

pub const NOW_S: u64 = 1_800_000_000;
pub const DAY_S: u64 = 86_400;
const DAY_LEDGERS: u32 = 17_280;
/// How the host ends a call with a signature that does not fit.
const FORGED: Error = Error::from_type_and_code(ScErrorType::Context, ScErrorCode::InvalidAction);

/// The contract's answer to a request: done, its error, or `Err(None)` where the signature does
/// not fit.
pub type Answer = Result<(), Option<u32>>;

pub struct Ledger {
    pub e: Env,
    pub id: Address,
    pub owner: Address,
    pub caller: Address,
    pub service: ServiceKey,
    pub network: Network,
    pub client: ExternalMonitoringClient<'static>,
}

impl Ledger {
    /// The contract with a service key. Everybody authorises everything: who has to is the
    /// contract's own suite.
    pub fn new() -> Self {
        let e = Env::new_with_config(EnvTestConfig { capture_snapshot_at_drop: false });
        let network = Network::new("Test SDF Network ; September 2015");
        e.ledger().set(LedgerInfo {
            timestamp: NOW_S,
            protocol_version: 28,
            sequence_number: 60_000_000,
            network_id: network.id(),
            base_reserve: 5_000_000,
            min_temp_entry_ttl: DAY_LEDGERS,
            min_persistent_entry_ttl: 120 * DAY_LEDGERS,
            max_entry_ttl: 180 * DAY_LEDGERS,
        });
        e.mock_all_auths();
        let [admin, owner, caller] = [(); 3].map(|()| Address::generate(&e));
        let id = e.register(ExternalMonitoringContract, (&admin, UPGRADE_DELAY_DEFAULT_S));
        let client = ExternalMonitoringClient::new(&e, &id);
        let service = ServiceKey::generate(&mut Random::from_seed(&[9; 32]));
        client.set_service_key(&BytesN::from_array(&e, &service.public().0));
        Self { e, id, owner, caller, service, network, client }
    }

    pub fn party(&self, address: &Address) -> Party {
        let text = address.to_string().to_string();
        Party::contract(&text).expect("a contract's address")
    }

    pub fn now_s(&self) -> u64 {
        self.e.ledger().timestamp()
    }

    pub fn wait(&self, seconds: u64) {
        self.e.ledger().with_mut(|ledger| ledger.timestamp += seconds);
    }

    pub fn text(&self, text: &str) -> SdkString {
        SdkString::from_str(&self.e, text)
    }

    pub fn bytes(&self, bytes: &[u8; 32]) -> BytesN<32> {
        BytesN::from_array(&self.e, bytes)
    }

    pub fn api_key(&self, id: &BytesN<32>) -> ApiKey {
        let key = self.client.api_key(id).expect("it exists");
        ApiKey {
            id: key.id.to_array(),
            kind: match key.kind {
                OnLedger::Ed25519 => ApiKeyKind::Ed25519,
                OnLedger::Hashed => ApiKeyKind::Hashed,
            },
            material: key.material.to_array(),
            scopes: key.scopes,
            requests_per_minute: key.requests_per_minute,
            expires_s: key.expires_s,
            generation: key.generation,
            previous: key.previous.to_array(),
            previous_until_s: key.previous_until_s,
            revoked: key.revoked,
        }
    }

    pub fn usage(&self, id: &BytesN<32>) -> Usage {
        let usage = self.client.api_key_usage(id).expect("it exists");
        Usage {
            last_used_s: usage.last_used_s,
            window_requests: usage.window_requests,
            nonce_highest: usage.nonce_highest,
            nonces_used: usage.nonces_used,
            nonces_used_before: usage.nonces_used_before,
        }
    }

    /// Asks the contract to verify or check a request that `caller` acts on.
    pub fn ask(
        &self,
        function: &str,
        caller: &Address,
        signed: &SignedRequest,
        scope: ApiScope,
    ) -> Answer {
        let request = &signed.request;
        let e = &self.e;
        let args: Vec<Val> = (
            caller,
            self.bytes(&request.key),
            request.generation,
            Symbol::new(e, request.method.as_str()),
            self.bytes(&request.body_hash),
            request.nonce,
            request.expires_s,
            scope,
            BytesN::from_array(e, &signed.signature),
        )
            .into_val(e);
        match e.try_invoke_contract::<(), Error>(&self.id, &Symbol::new(e, function), args) {
            Ok(done) => done.map_err(|error| panic!("{error:?}")),
            Err(Ok(error)) if error == FORGED => Err(None),
            Err(Ok(error)) if error.is_type(ScErrorType::Contract) => Err(Some(error.get_code())),
            Err(error) => panic!("{error:?}"),
        }
    }

    /// A refusal by the contract.
    pub fn refused(error: ConnectionError) -> Answer {
        Err(Some(error as u32))
    }
}
