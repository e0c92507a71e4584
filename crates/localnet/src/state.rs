//! The ledger after its last close: what the next one builds on.

use crate::Fault;
use crate::apply::ClosingLedger;
use crate::codec::sha256;
use crate::configuration::Configuration;
use crate::keys::native_contract;
use crate::modules::Modules;
use crate::world::World;
use crate::xdr::ContractId;
use soroban_env_host::LedgerInfo;
use std::sync::Arc;

/// The protocol of the ledger: the host's own.
pub const PROTOCOL: u32 = 28;

/// A closed ledger's state. A clone is a snapshot.
#[derive(Clone)]
pub(crate) struct LedgerState {
    pub world: World,
    pub configuration: Arc<Configuration>,
    pub modules: Modules,
    pub passphrase: Arc<str>,
    pub network_id: [u8; 32],
    pub native_contract: ContractId,
    pub protocol: u32,
    pub base_reserve_stroops: u32,
    pub sequence: u32,
    pub close_time_s: u64,
    /// Hash of the last header: the next one names it.
    pub hash: [u8; 32],
    /// Commits to every change so far, where the network has the hash of its bucket list.
    pub changes_hash: [u8; 32],
    pub fee_pool_stroops: i64,
}

impl LedgerState {
    pub fn new(
        world: World,
        passphrase: &str,
        base_reserve_stroops: u32,
        sequence: u32,
        close_time_s: u64,
    ) -> Result<Self, Fault> {
        let network_id = sha256(passphrase.as_bytes());
        Ok(Self {
            configuration: Arc::new(Configuration::load(&world)?),
            world,
            modules: Modules::new()?,
            passphrase: passphrase.into(),
            network_id,
            native_contract: native_contract(network_id)?,
            protocol: PROTOCOL,
            base_reserve_stroops,
            sequence,
            close_time_s,
            hash: [0; 32],
            changes_hash: [0; 32],
            fee_pool_stroops: 0,
        })
    }

    /// The next ledger, as operations see it.
    pub fn next(&self, close_time_s: u64) -> Result<ClosingLedger<'_>, Fault> {
        Ok(ClosingLedger {
            sequence: self.sequence.checked_add(1).ok_or(Fault::SequenceExhausted)?,
            ..self.at(close_time_s)
        })
    }

    /// What the host is told in a simulation: the last ledger's number, and a time.
    pub fn simulation_info(&self, time_s: u64) -> LedgerInfo {
        self.at(time_s).host_info()
    }

    fn at(&self, close_time_s: u64) -> ClosingLedger<'_> {
        ClosingLedger {
            configuration: &self.configuration,
            modules: &self.modules,
            network_id: self.network_id,
            native_contract: &self.native_contract,
            protocol: self.protocol,
            sequence: self.sequence,
            close_time_s,
            base_reserve_stroops: self.base_reserve_stroops,
        }
    }
}
