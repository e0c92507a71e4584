//! The replay: every Soroban transaction on the state that the captured ledger had before it.

use crate::archive::CapturedFile;
use crate::captured::{charged_up_front, envelopes, operation_result};
use crate::compare::difference;
use crate::in_file;
use crate::report::Report;
use crate::world::CapturedWorld;
use lumenscope_localnet::capture::{CapturedNetwork, CapturedPlace};
use lumenscope_localnet::xdr::{
    Hash, LedgerCloseMeta, LedgerCloseMetaV2, LedgerEntry, LedgerEntryChange, LedgerEntryChanges,
    LedgerKey, Limits, ReadXdr, TransactionEnvelope, TransactionMeta, TransactionResultMetaV1,
};
use lumenscope_localnet::{Configuration, NetworkSettings};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Replays every file. Each is a network of its own, from its first ledger.
pub fn files(files: &[CapturedFile], passphrase: &str) -> anyhow::Result<Report> {
    let mut settings = NetworkSettings::mainnet()?;
    // A network that has just begun.
    settings.rent.live_state_bytes = 0;
    let genesis = genesis_settings(files)?;
    let mut report = Report::default();
    for file in files {
        in_file(one_file(file, passphrase, &settings, &genesis, &mut report), &file.name)?;
    }
    Ok(report)
}

/// The settings that the captured networks began with. Nothing records them when they begin, but an
/// upgrade of settings records each value that it replaces. Every file is a network that began with
/// the same ones.
fn genesis_settings(files: &[CapturedFile]) -> anyhow::Result<LedgerEntryChanges> {
    let mut found: BTreeMap<LedgerKey, LedgerEntry> = BTreeMap::new();
    for file in files {
        let mut replaced = BTreeSet::new();
        for frame in file.frames()? {
            let LedgerCloseMeta::V2(meta) = LedgerCloseMeta::from_xdr(frame, Limits::none())?
            else {
                continue;
            };
            for change in meta.upgrades_processing.iter().flat_map(|upgrade| upgrade.changes.iter())
            {
                let LedgerEntryChange::State(before) = change else { continue };
                // What a later upgrade replaces is what an earlier one set.
                if replaced.insert(before.data.to_key()) {
                    found.entry(before.data.to_key()).or_insert_with(|| before.clone());
                }
            }
        }
    }
    let settings = found.into_values().map(LedgerEntryChange::Updated).collect::<Vec<_>>();
    Ok(LedgerEntryChanges(settings.try_into()?))
}

fn one_file(
    file: &CapturedFile,
    passphrase: &str,
    settings: &NetworkSettings,
    genesis: &LedgerEntryChanges,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut replay = Replay {
        network: CapturedNetwork::new(passphrase)?,
        world: CapturedWorld::new(settings)?,
        file: &file.name,
        report,
    };
    replay.world.take(&replay.network, 0, genesis)?;
    for frame in file.frames()? {
        match LedgerCloseMeta::from_xdr(frame, Limits::none())? {
            LedgerCloseMeta::V2(meta) => replay.ledger(&meta)?,
            // Older metadata is counted and cannot match.
            LedgerCloseMeta::V0(_) | LedgerCloseMeta::V1(_) => {}
        }
    }
    Ok(())
}

struct Replay<'a> {
    network: CapturedNetwork,
    world: CapturedWorld,
    file: &'a str,
    report: &'a mut Report,
}

impl Replay<'_> {
    fn ledger(&mut self, meta: &LedgerCloseMetaV2) -> anyhow::Result<()> {
        let header = &meta.ledger_header.header;
        let protocol = header.ledger_version;
        let envelopes = envelopes(&self.network, meta)?;
        for transaction in meta.tx_processing.iter() {
            self.world.take(&self.network, protocol, &transaction.fee_processing)?;
        }
        let configuration = Configuration::load(&self.world.entries)?;
        for (index, transaction) in (0_u32..).zip(meta.tx_processing.iter()) {
            let TransactionMeta::V4(apply) = &transaction.tx_apply_processing else { continue };
            self.world.take(&self.network, protocol, &apply.tx_changes_before)?;
            let place = CapturedPlace { header, index };
            self.transaction(&configuration, place, transaction, &envelopes)?;
            for operation in apply.operations.iter() {
                self.world.take(&self.network, protocol, &operation.changes)?;
            }
            self.world.take(&self.network, protocol, &apply.tx_changes_after)?;
        }
        for transaction in meta.tx_processing.iter() {
            let refund = &transaction.post_tx_apply_fee_processing;
            self.world.take(&self.network, protocol, refund)?;
        }
        for upgrade in meta.upgrades_processing.iter() {
            self.world.take(&self.network, protocol, &upgrade.changes)?;
        }
        Ok(())
    }

    fn transaction(
        &mut self,
        configuration: &Configuration,
        place: CapturedPlace<'_>,
        transaction: &TransactionResultMetaV1,
        envelopes: &HashMap<Hash, TransactionEnvelope>,
    ) -> anyhow::Result<()> {
        let Some(envelope) = envelopes.get(&transaction.result.transaction_hash) else {
            return Ok(());
        };
        let Some(captured_result) = operation_result(transaction) else { return Ok(()) };
        let entries = &self.world.entries;
        let Some(ours) = self.network.apply(entries, configuration, place, envelope)? else {
            return Ok(());
        };
        let up_front = charged_up_front(transaction);
        let difference = difference(transaction, captured_result, up_front, &ours)?;
        self.report
            .note(difference, || format!("{} ledger {}", self.file, place.header.ledger_seq));
        Ok(())
    }
}
