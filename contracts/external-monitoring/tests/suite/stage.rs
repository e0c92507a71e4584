//! A ledger as the public network is, the contract on it, and calls that one account authorises.

use external_monitoring::ExternalMonitoringContract;
use lumenscope_interfaces::external_monitoring::{
    ConnectionError, ExternalMonitoringClient, SEALED_HEADER_BYTES, SEALED_SUITE, SEALED_VERSION,
};
use lumenscope_interfaces::governance::{Role, UPGRADE_DELAY_DEFAULT_S};
use soroban_sdk::testutils::{
    Address as _, EnvTestConfig, Events as _, Ledger as _, LedgerInfo, MockAuth, MockAuthInvoke,
};
use soroban_sdk::xdr::{ScErrorCode, ScErrorType};
use soroban_sdk::{
    Address, Bytes, BytesN, Env, Error, Event, IntoVal, Map, String, Symbol, TryFromVal, Val, Vec,
};

pub const NOW_S: u64 = 1_800_000_000;
pub const NOW_LEDGER: u32 = 60_000_000;
pub const DAY_LEDGERS: u32 = 17_280;
pub const HOUR_S: u64 = 3_600;
pub const DAY_S: u64 = 86_400;

/// How the host ends a call that lacks an authorisation.
pub const AUTHORISATION_MISSING: Error =
    Error::from_type_and_code(ScErrorType::Context, ScErrorCode::InvalidAction);

pub struct Stage {
    pub e: Env,
    pub id: Address,
    pub admin: Address,
    /// Who delivers: a keeper.
    pub dispatcher: Address,
    pub client: ExternalMonitoringClient<'static>,
}

impl Stage {
    /// The contract with a service key and a dispatcher.
    pub fn new() -> Self {
        let stage = Self::bare();
        let key = BytesN::from_array(&stage.e, &SERVICE_KEY);
        assert_eq!(stage.call(&stage.admin, "set_service_key", (key,)), Ok(()));
        stage
    }

    /// The contract without a service key.
    pub fn bare() -> Self {
        let e = Env::new_with_config(EnvTestConfig { capture_snapshot_at_drop: false });
        e.ledger().set(LedgerInfo {
            timestamp: NOW_S,
            protocol_version: 28,
            sequence_number: NOW_LEDGER,
            network_id: [7; 32],
            base_reserve: 5_000_000,
            min_temp_entry_ttl: DAY_LEDGERS,
            min_persistent_entry_ttl: 120 * DAY_LEDGERS,
            max_entry_ttl: 180 * DAY_LEDGERS,
        });
        let [admin, dispatcher] = [Address::generate(&e), Address::generate(&e)];
        let id = e.register(ExternalMonitoringContract, (&admin, UPGRADE_DELAY_DEFAULT_S));
        let client = ExternalMonitoringClient::new(&e, &id);
        let stage = Self { e, id, admin, dispatcher, client };
        let role = (&stage.dispatcher, Role::Keeper, true);
        assert_eq!(stage.call(&stage.admin, "set_role", role), Ok(()));
        stage
    }

    /// Calls `function` with the authorisation of `signer` for exactly that call, and of nobody
    /// else.
    pub fn call<T: TryFromVal<Env, Val>>(
        &self,
        signer: &Address,
        function: &str,
        args: impl IntoVal<Env, Vec<Val>>,
    ) -> Result<T, Error> {
        let args: Vec<Val> = args.into_val(&self.e);
        let invoke = MockAuthInvoke {
            contract: &self.id,
            fn_name: function,
            args: args.clone(),
            sub_invokes: &[],
        };
        self.e.mock_auths(&[MockAuth { address: signer, invoke: &invoke }]);
        let name = Symbol::new(&self.e, function);
        let result = self.e.try_invoke_contract::<Val, Error>(&self.id, &name, args);
        self.e.mock_auths(&[]);
        match result {
            Ok(value) => match T::try_from_val(&self.e, &value.expect("a value")) {
                Ok(value) => Ok(value),
                Err(_) => panic!("{function} answers another type"),
            },
            Err(refused) => Err(refused.unwrap_or_else(|invoke| panic!("{invoke:?}"))),
        }
    }

    pub fn account(&self) -> Address {
        Address::generate(&self.e)
    }

    pub fn text(&self, text: &str) -> String {
        String::from_str(&self.e, text)
    }

    pub fn hash(&self, byte: u8) -> BytesN<32> {
        BytesN::from_array(&self.e, &[byte; 32])
    }

    pub fn config(&self, entries: &[(&str, &str)]) -> Map<Symbol, String> {
        let mut config = Map::new(&self.e);
        for (key, value) in entries {
            config.set(Symbol::new(&self.e, key), self.text(value));
        }
        config
    }

    pub fn wait(&self, seconds: u64) {
        let ledgers = u32::try_from(seconds / 5).expect("a short wait");
        self.e.ledger().with_mut(|ledger| {
            ledger.timestamp += seconds;
            ledger.sequence_number += ledgers;
        });
    }

    /// The last call emitted exactly these events.
    pub fn assert_emitted(&self, events: &[&dyn Encoded]) {
        let all = self.e.events().all().filter_by_contract(&self.id);
        let expected: std::vec::Vec<_> =
            events.iter().map(|event| event.encoded(&self.e, &self.id)).collect();
        assert_eq!(all, expected);
    }

    /// The last call emitted nothing.
    pub fn assert_silent(&self) {
        self.assert_emitted(&[]);
    }

    /// A secret sealed to the service's key, `ciphertext` long; its bytes follow from `seed`.
    pub fn sealed(&self, seed: u8, ciphertext: u16) -> Bytes {
        Bytes::from_slice(&self.e, &sealed(&SERVICE_KEY, seed, ciphertext))
    }
}

/// The public key of the service.
pub const SERVICE_KEY: [u8; 32] = [9; 32];

/// A value in the form of a sealed one; whether it opens is nothing that a contract can tell.
pub fn sealed(service_key: &[u8; 32], seed: u8, ciphertext: u16) -> std::vec::Vec<u8> {
    use sha2::Digest;
    let mut bytes = vec![SEALED_VERSION, SEALED_SUITE];
    bytes.extend(&sha2::Sha256::digest(service_key)[..8]);
    bytes.extend([seed; 32]);
    bytes.extend(ciphertext.to_be_bytes());
    assert_eq!(bytes.len(), SEALED_HEADER_BYTES as usize);
    bytes.extend((0..ciphertext).map(|at| seed.wrapping_mul(31).wrapping_add(at as u8) | 0x80));
    bytes
}

pub fn refused<T>(error: ConnectionError) -> Result<T, Error> {
    Err(Error::from_contract_error(error as u32))
}

/// An event of any type.
pub trait Encoded {
    fn encoded(&self, e: &Env, contract: &Address) -> soroban_sdk::xdr::ContractEvent;
}

impl<E: Event> Encoded for E {
    fn encoded(&self, e: &Env, contract: &Address) -> soroban_sdk::xdr::ContractEvent {
        self.to_xdr(e, contract)
    }
}
