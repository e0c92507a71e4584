//! Applying, with this ledger's code, what another ledger has applied: for checking the one
//! against the other.

use crate::Fault;
use crate::apply::{Applied, ClosingLedger, SorobanApplied, Step, apply};
use crate::close::transaction_seed;
use crate::codec::sha256;
use crate::configuration::Configuration;
use crate::draft::Draft;
use crate::fees::resource_fee_of;
use crate::keys::native_contract;
use crate::modules::Modules;
use crate::outcome::is_success;
use crate::transaction::ParsedTransaction;
use crate::world::World;
use crate::xdr::{
    ContractEvent, ContractId, Hash, LedgerEntryChange, LedgerHeader, OperationResult, ScVal,
    TransactionEnvelope,
};

/// A network whose ledgers were captured.
pub struct CapturedNetwork {
    network_id: [u8; 32],
    native_contract: ContractId,
    modules: Modules,
}

/// The place of a captured transaction: its ledger's header, and its index in apply order.
#[derive(Clone, Copy, Debug)]
pub struct CapturedPlace<'a> {
    /// The header.
    pub header: &'a LedgerHeader,
    /// Index in apply order, from 0.
    pub index: u32,
}

/// What this ledger's code makes of a captured Soroban transaction.
#[derive(Clone, Debug)]
pub struct CapturedOutcome {
    /// Result of the operation.
    pub result: OperationResult,
    /// Entry and TTL changes; empty when the operation failed.
    pub changes: Vec<LedgerEntryChange>,
    /// Contract events; empty when the operation failed.
    pub events: Vec<ContractEvent>,
    /// What the contract returned.
    pub return_value: Option<ScVal>,
    /// What comes back of the resource fee, in stroops.
    pub refund_stroops: i64,
}

impl CapturedNetwork {
    /// The network of a passphrase.
    ///
    /// # Errors
    /// When the host cannot be prepared.
    pub fn new(passphrase: &str) -> Result<Self, Fault> {
        let network_id = sha256(passphrase.as_bytes());
        let native_contract = native_contract(network_id)?;
        Ok(Self { network_id, native_contract, modules: Modules::new()? })
    }

    /// Makes a wasm of the captured ledger known.
    ///
    /// # Errors
    /// When the host cannot be prepared.
    pub fn add_code(&self, protocol: u32, wasm: &[u8]) -> Result<(), Fault> {
        self.modules.add(protocol, wasm)
    }

    /// The hash by which the captured ledger names a transaction.
    ///
    /// # Errors
    /// When the envelope cannot be encoded.
    pub fn transaction_hash(&self, envelope: &TransactionEnvelope) -> Result<Hash, Fault> {
        Ok(Hash(envelope.hash(self.network_id)?))
    }

    /// Applies the one operation of a captured Soroban transaction on top of `world`, which stays
    /// as it is. `None` for other transactions.
    ///
    /// # Errors
    /// When this ledger's code cannot do its work.
    pub fn apply(
        &self,
        world: &World,
        configuration: &Configuration,
        place: CapturedPlace<'_>,
        envelope: &TransactionEnvelope,
    ) -> Result<Option<CapturedOutcome>, Fault> {
        let parsed = ParsedTransaction::parse(envelope.clone(), self.network_id)?;
        let Some(transaction) = parsed else { return Ok(None) };
        let (Some(data), [operation]) =
            (transaction.soroban_data(), transaction.transaction.operations.as_slice())
        else {
            return Ok(None);
        };
        let header = place.header;
        let ledger = ClosingLedger {
            configuration,
            modules: &self.modules,
            network_id: self.network_id,
            native_contract: &self.native_contract,
            protocol: header.ledger_version,
            sequence: header.ledger_seq,
            close_time_s: header.scp_value.close_time.0,
            base_reserve_stroops: header.base_reserve,
        };
        let seed = transaction_seed(header.scp_value.tx_set_hash.0, place.index);
        let step = Step { ledger: &ledger, transaction: &transaction, operation, seed };
        let mut draft = Draft::new(world);
        let mut soroban = SorobanApplied::default();
        let (result, Applied { changes, events }) = apply(&step, &mut draft, &mut soroban)?;
        let used = if is_success(&result) {
            soroban.rent_stroops.saturating_add(soroban.events_stroops)
        } else {
            0
        };
        let fee = resource_fee_of(configuration, &transaction, data, 0);
        Ok(Some(CapturedOutcome {
            result,
            changes,
            events,
            return_value: soroban.return_value,
            refund_stroops: data.resource_fee - fee.non_refundable_stroops - used,
        }))
    }
}
