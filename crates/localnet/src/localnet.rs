//! The ledger in process: submit, close, look.

use crate::clock::{Clock, LEDGER_SECONDS, TimeSource};
use crate::close::{ClosedLedger, Waiting, close};
use crate::codec::{encode, sha256};
use crate::configuration::Configuration;
use crate::fees::BASE_FEE_STROOPS;
use crate::history::{DEFAULT_RETENTION_LEDGERS, History};
use crate::host_stack::on_host_stack;
use crate::root::root_account;
use crate::settings::{NetworkSettings, to_entries};
use crate::simulate::Simulator;
use crate::state::LedgerState;
use crate::submit::Submission;
use crate::transaction::ParsedTransaction;
use crate::validate::{NextLedger, Signatures, validate};
use crate::world::{Stored, World};
use crate::xdr::{
    LedgerEntry, LedgerEntryData, LedgerEntryExt, LedgerKey, TransactionEnvelope,
    TransactionResult, TransactionResultExt,
};
use crate::{Fault, draft::Draft};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The passphrase of a network of one's own: the one the `stellar` command line calls `local`.
pub const STANDALONE_PASSPHRASE: &str = "Standalone Network ; February 2017";

/// Transactions that wait for the next ledger at most. Beyond it the sender is told to try again.
pub const MAX_WAITING: usize = 1_000;

/// How to start a ledger.
#[derive(Clone, Debug)]
pub struct Options {
    /// The network passphrase: it enters every signature.
    pub passphrase: String,
    /// Limits, fees and times to live.
    pub settings: NetworkSettings,
    /// Number of the first ledger.
    pub first_ledger: u32,
    /// When the first ledger closes, in seconds since 1970.
    pub first_close_time_s: u64,
    /// Where later close times come from.
    pub time_source: TimeSource,
    /// Reserve of an account and of each of its sub-entries is a multiple of this.
    pub base_reserve_stroops: u32,
    /// Closed ledgers to keep.
    pub retention_ledgers: u32,
}

impl Options {
    /// The public network's settings near its present: ledger 60,000,000 in January 2027, a
    /// ledger every 5 seconds, the same on every run. Small sequences and times hide mistakes
    /// between absolute and relative times to live.
    ///
    /// # Errors
    /// When the host's cost parameters cannot be read.
    pub fn mainnet() -> Result<Self, Fault> {
        Ok(Self {
            passphrase: STANDALONE_PASSPHRASE.into(),
            settings: NetworkSettings::mainnet()?,
            first_ledger: 60_000_000,
            first_close_time_s: 1_800_000_000,
            time_source: TimeSource::Stepped { seconds_per_ledger: LEDGER_SECONDS },
            base_reserve_stroops: 5_000_000,
            retention_ledgers: DEFAULT_RETENTION_LEDGERS,
        })
    }
}

/// A development ledger. A clone is an independent ledger with the same past: cheap enough to
/// try several futures from one state.
#[derive(Clone)]
pub struct Localnet {
    pub(crate) state: LedgerState,
    history: History,
    clock: Clock,
    waiting: Vec<Waiting>,
    /// Makes every simulation's nonces differ.
    simulations: Arc<AtomicU64>,
}

impl Localnet {
    /// Starts a ledger: its first ledger holds the settings and the root account.
    ///
    /// # Errors
    /// When the settings do not fit their entries, or the first sequence is 0.
    pub fn new(options: &Options) -> Result<Self, Fault> {
        let before_first = options
            .first_ledger
            .checked_sub(1)
            .ok_or_else(|| Fault::Settings("the first ledger is 1 or later, came 0".into()))?;
        let mut world = World::default();
        let settings = to_entries(&options.settings)?;
        let settings = settings.into_iter().map(LedgerEntryData::ConfigSetting);
        let root = root_account(&options.passphrase);
        for data in settings.chain([LedgerEntryData::Account(root)]) {
            let entry = LedgerEntry {
                last_modified_ledger_seq: options.first_ledger,
                ext: LedgerEntryExt::V0,
                data,
            };
            world.put(entry.data.to_key(), Stored { entry: Arc::new(entry), ttl: None });
        }
        let mut localnet = Self {
            state: LedgerState::new(
                world,
                &options.passphrase,
                options.base_reserve_stroops,
                before_first,
                options.first_close_time_s.saturating_sub(1),
            )?,
            history: History::new(options.retention_ledgers),
            clock: Clock::new(options.time_source),
            waiting: Vec::new(),
            simulations: Arc::new(AtomicU64::new(0)),
        };
        localnet.clock.set_next(options.first_close_time_s);
        localnet.close_ledger()?;
        Ok(localnet)
    }

    /// Number of the last closed ledger.
    pub fn sequence(&self) -> u32 {
        self.state.sequence
    }

    /// When it closed, in seconds.
    pub fn close_time_s(&self) -> u64 {
        self.state.close_time_s
    }

    /// The network passphrase.
    pub fn passphrase(&self) -> &str {
        &self.state.passphrase
    }

    /// Hash of the passphrase.
    pub fn network_id(&self) -> [u8; 32] {
        self.state.network_id
    }

    /// The protocol.
    pub fn protocol(&self) -> u32 {
        self.state.protocol
    }

    /// Limits, fees and cost parameters in force.
    pub fn configuration(&self) -> &Configuration {
        &self.state.configuration
    }

    /// Every entry, archived and expired ones included.
    pub fn world(&self) -> &World {
        &self.state.world
    }

    /// Every entry, to build a starting point that no transaction could. Settings changed here
    /// are not in force before [`reload_configuration`](Self::reload_configuration).
    pub fn world_mut(&mut self) -> &mut World {
        &mut self.state.world
    }

    /// Puts changed configuration entries in force, and parses code that was put into the world.
    ///
    /// # Errors
    /// When an entry is missing or out of range.
    pub fn reload_configuration(&mut self) -> Result<(), Fault> {
        self.state.configuration = Arc::new(Configuration::load(&self.state.world)?);
        for (_, stored) in self.state.world.iter() {
            if let LedgerEntryData::ContractCode(code) = &stored.entry.data {
                self.state.modules.add(self.state.protocol, code.code.as_slice())?;
            }
        }
        Ok(())
    }

    /// An entry, live or not; [`Stored::is_live_in`] tells which.
    pub fn entry(&self, key: &LedgerKey) -> Option<&Stored> {
        self.state.world.get(key)
    }

    /// Closed ledgers.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Transactions waiting for the next ledger.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// A snapshot to simulate against.
    pub fn simulator(&self) -> Simulator {
        let count = self.simulations.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let time_s = self.clock.now_s(self.state.close_time_s);
        Simulator {
            world: self.state.world.clone(),
            configuration: self.state.configuration.clone(),
            info: self.state.simulation_info(time_s),
            seed: sha256(&[&self.state.hash[..], &count[..]].concat()),
        }
    }

    /// Checks a transaction and lets it wait for the next ledger.
    ///
    /// # Errors
    /// Only when the ledger itself fails: a transaction that is refused is a [`Submission`].
    pub fn submit(&mut self, envelope: TransactionEnvelope) -> Result<Submission, Fault> {
        let Some(transaction) = ParsedTransaction::parse(envelope, self.state.network_id)? else {
            return Ok(Submission::Unreadable(
                "the envelope of protocol 12 and before is not supported: use a V1 envelope",
            ));
        };
        self.queue(transaction, Signatures::Required)
    }

    pub(crate) fn queue(
        &mut self,
        transaction: ParsedTransaction,
        signatures: Signatures,
    ) -> Result<Submission, Fault> {
        let hash = transaction.hash();
        if self.history.transaction(&hash).is_some()
            || self.waiting.iter().any(|waiting| waiting.transaction.hash() == hash)
        {
            return Ok(Submission::Duplicate { hash });
        }
        // As on the network: one waiting transaction per account.
        let source = transaction.source();
        if self.waiting.len() >= MAX_WAITING
            || self.waiting.iter().any(|waiting| waiting.transaction.source() == source)
        {
            return Ok(Submission::TryAgainLater { hash });
        }
        let entries = Draft::new(&self.state.world);
        let next = NextLedger {
            entries: &entries,
            configuration: &self.state.configuration,
            sequence: self.state.sequence.saturating_add(1),
            close_time_s: self.clock.next_close_s(self.state.close_time_s),
            base_reserve_stroops: self.state.base_reserve_stroops,
        };
        if let Err(rejection) = validate(&next, &transaction, signatures)? {
            let result = TransactionResult {
                fee_charged: BASE_FEE_STROOPS.saturating_mul(transaction.charged_operations()),
                result: rejection.code,
                ext: TransactionResultExt::V0,
            };
            return Ok(Submission::Rejected { hash, result, reason: rejection.reason });
        }
        self.waiting.push(Waiting { transaction, signatures });
        Ok(Submission::Pending { hash })
    }

    /// Closes a ledger with the transactions that wait, as many as it has room for.
    ///
    /// # Errors
    /// When the ledger itself fails; then nothing has changed, and nothing waits any more.
    pub fn close_ledger(&mut self) -> Result<Arc<ClosedLedger>, Fault> {
        let close_time_s = self.clock.next_close_s(self.state.close_time_s);
        let waiting = std::mem::take(&mut self.waiting);
        let state = &self.state;
        let closed = on_host_stack(|| close(state, waiting, close_time_s))??;
        for code in closed.code() {
            self.state.modules.add(self.state.protocol, code)?;
        }
        self.waiting = closed.left_over;
        self.state.world.commit(closed.changed);
        self.state.sequence = closed.ledger.sequence;
        self.state.close_time_s = close_time_s;
        self.state.hash = closed.ledger.hash;
        self.state.changes_hash = closed.changes_hash;
        self.state.fee_pool_stroops = closed.fee_pool_stroops;
        self.clock.closed();
        let ledger = Arc::new(closed.ledger);
        self.history.push(ledger.clone());
        Ok(ledger)
    }

    /// When the next ledger would close if it closed now, in seconds.
    pub fn next_close_time_s(&self) -> u64 {
        self.clock.next_close_s(self.state.close_time_s)
    }

    /// Puts the clock ahead: the next ledger closes that much later.
    pub fn advance_time(&mut self, seconds: u64) {
        self.clock.advance(seconds);
    }

    /// Puts the clock to a time, in seconds since 1970: the next ledger closes then, and later
    /// ones follow from there. A time that is not after the last close is moved there.
    pub fn set_time(&mut self, time_s: u64) {
        self.clock.set(time_s);
    }

    /// Fixes when the next ledger closes, in seconds since 1970. A time that is not after the
    /// last close is moved there.
    pub fn set_next_close_time(&mut self, time_s: u64) {
        self.clock.set_next(time_s);
    }

    /// Lets `ledgers` empty ledgers pass without building them, to reach the end of a time to
    /// live. What history there was is dropped, as a node's retention would have; one ledger then
    /// closes, so that there is a latest one. Time passes as usual between two ledgers, not for
    /// those skipped: advance it too where it matters.
    ///
    /// # Errors
    /// When the sequence would pass its end.
    pub fn skip_ledgers(&mut self, ledgers: u32) -> Result<Arc<ClosedLedger>, Fault> {
        let Some(before_last) = ledgers.checked_sub(1) else {
            return self.history.latest().cloned().ok_or(Fault::SequenceExhausted);
        };
        let target = self.state.sequence.checked_add(before_last);
        self.state.sequence = target.ok_or(Fault::SequenceExhausted)?;
        self.history.clear();
        // A chain with a hole names what it skipped, so that two pasts cannot look alike.
        self.state.hash = sha256(&[&self.state.hash[..], &encode(&ledgers)?[..]].concat());
        self.close_ledger()
    }
}
