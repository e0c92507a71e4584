//! The replay: every Soroban transaction on the state that the captured ledger had before it.

use crate::archive::CapturedFile;
use crate::captured::{charged_up_front, envelopes, operation_result};
use crate::compare::difference;
use crate::in_file;
use crate::report::Report;
use crate::world::CapturedWorld;
use lumenscope_localnet::capture::{CapturedNetwork, CapturedPlace};
use lumenscope_localnet::xdr::{
    Hash, LedgerCloseMeta, LedgerCloseMetaV2, Limits, ReadXdr, TransactionEnvelope,
    TransactionMeta, TransactionResultMetaV1,
};
use lumenscope_localnet::{Configuration, NetworkSettings};
use std::collections::HashMap;

/// Replays every file. Each is a network of its own, from its first ledger.
pub fn files(files: &[CapturedFile], passphrase: &str) -> anyhow::Result<Report> {
    let mut settings = NetworkSettings::mainnet()?;
    settings.rent.live_state_bytes = std::env::var("LIVE").map_or(0, |v| v.parse().unwrap());
    let mut report = Report::default();
    for file in files {
        in_file(one_file(file, passphrase, &settings, &mut report), &file.name)?;
    }
    Ok(report)
}

fn one_file(
    file: &CapturedFile,
    passphrase: &str,
    settings: &NetworkSettings,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut replay = Replay {
        network: CapturedNetwork::new(passphrase)?,
        world: CapturedWorld::new(settings)?,
        file: &file.name,
        report,
    };
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
        self.report.note(difference, || format!("{} ledger {}", self.file, place.header.ledger_seq));
        Ok(())
    }
}
