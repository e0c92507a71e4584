//! The captured ledger's entries, kept up to date from the changes it recorded.

use lumenscope_localnet::xdr::{
    Hash, LedgerEntry, LedgerEntryChange, LedgerEntryChanges, LedgerEntryData, LedgerKey, Limits,
    TtlEntry, WriteXdr,
};
use lumenscope_localnet::{
    NetworkSettings, Options, Stored, TimeToLive, World, capture::CapturedNetwork,
};
use std::collections::HashMap;
use std::sync::Arc;

/// Entries by key, and times to live by the hash of the key: the ledger records the two apart, in
/// either order.
pub struct CapturedWorld {
    /// The entries, as the apply code takes them.
    pub entries: World,
    times_to_live: HashMap<Hash, TimeToLive>,
    keys: HashMap<Hash, LedgerKey>,
}

impl CapturedWorld {
    /// A world with nothing but settings: a capture starts with the genesis ledger, whose
    /// settings it does not record.
    pub fn new(settings: &NetworkSettings) -> anyhow::Result<Self> {
        let genesis = lumenscope_localnet::Localnet::new(&Options {
            settings: settings.clone(),
            ..Options::mainnet()?
        })?;
        let mut world =
            Self { entries: World::default(), times_to_live: HashMap::new(), keys: HashMap::new() };
        for (key, stored) in genesis.world().iter() {
            if matches!(key, LedgerKey::ConfigSetting(_)) {
                world.entries.put(key.clone(), stored.clone());
            }
        }
        Ok(world)
    }

    /// Takes over what the captured ledger changed.
    pub fn take(
        &mut self,
        network: &CapturedNetwork,
        protocol: u32,
        changes: &LedgerEntryChanges,
    ) -> anyhow::Result<()> {
        for change in changes.0.iter() {
            match change {
                LedgerEntryChange::Created(entry)
                | LedgerEntryChange::Updated(entry)
                | LedgerEntryChange::Restored(entry) => self.put(network, protocol, entry)?,
                LedgerEntryChange::State(_) => {}
                LedgerEntryChange::Removed(LedgerKey::Ttl(ttl)) => {
                    self.times_to_live.remove(&ttl.key_hash);
                }
                LedgerEntryChange::Removed(key) => {
                    self.entries.remove(key);
                }
            }
        }
        Ok(())
    }

    fn put(
        &mut self,
        network: &CapturedNetwork,
        protocol: u32,
        entry: &LedgerEntry,
    ) -> anyhow::Result<()> {
        match &entry.data {
            LedgerEntryData::Ttl(ttl) => {
                self.put_ttl(ttl, entry.last_modified_ledger_seq);
                return Ok(());
            }
            LedgerEntryData::ContractCode(code) => {
                network.add_code(protocol, code.code.as_slice())?;
            }
            _ => {}
        }
        let key = entry.data.to_key();
        let ttl = match key {
            LedgerKey::ContractData(_) | LedgerKey::ContractCode(_) => {
                let hash = key_hash(&key)?;
                self.keys.insert(hash.clone(), key.clone());
                self.times_to_live.get(&hash).copied()
            }
            _ => None,
        };
        self.entries.put(key, Stored { entry: Arc::new(entry.clone()), ttl });
        Ok(())
    }

    fn put_ttl(&mut self, entry: &TtlEntry, last_modified_ledger: u32) {
        let live_until_ledger = entry.live_until_ledger_seq;
        let ttl = TimeToLive { live_until_ledger, last_modified_ledger };
        self.times_to_live.insert(entry.key_hash.clone(), ttl);
        let Some(key) = self.keys.get(&entry.key_hash) else { return };
        if let Some(stored) = self.entries.get(key).cloned() {
            self.entries.put(key.clone(), Stored { ttl: Some(ttl), ..stored });
        }
    }
}

fn key_hash(key: &LedgerKey) -> anyhow::Result<Hash> {
    Ok(Hash(lumenscope_localnet::sha256(&key.to_xdr(Limits::none())?)))
}
