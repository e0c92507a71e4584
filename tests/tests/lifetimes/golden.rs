//! State as released code wrote it, which code to come has to read.
//!
//! The file holds every entry that a suite wrote in the midst of its life, and what reads answered. It is
//! written anew as long as nothing is released; from then on a contract that stores something else
//! raises its schema's version and brings what is stored there.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use lumenscope_localnet::xdr::{
    LedgerEntry, LedgerEntryData, LedgerKey, Limits, ReadXdr as _, ScContractInstance, ScVal,
    WriteXdr as _,
};
use lumenscope_tests::stage::on_stage;
use lumenscope_tests::suite::Suite;
use serde::{Deserialize, Serialize};

use crate::state::Life;

/// Set to write the file anew.
const WRITE: &str = "LUMENSCOPE_WRITE_STATE";

#[derive(Deserialize, Serialize)]
struct Golden {
    description: String,
    /// When the last ledger closed, unix seconds.
    close_time_s: u64,
    /// Contracts' entries but for their code, in XDR, base64.
    entries: Vec<String>,
    /// Names of the functions that were asked, and what they answered, in XDR, base64.
    answers: Vec<(String, String)>,
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/lifetimes/state-1.json")
}

/// The entries that the suite's contracts wrote, instances with them.
fn entries(life: &Life) -> Vec<(LedgerKey, LedgerEntry)> {
    let addresses: Vec<_> = life
        .contracts()
        .iter()
        .map(|(_, address)| soroban_sdk::xdr::ScAddress::from(address))
        .collect();
    let world = life.suite.stage.ledger().world();
    let own = |key: &LedgerKey| match key {
        LedgerKey::ContractData(data) => addresses.contains(&data.contract),
        _ => false,
    };
    let stored = world.iter().filter(|(key, _)| own(key));
    stored.map(|(key, stored)| (key.clone(), stored.entry.as_ref().clone())).collect()
}

fn read() -> Result<Golden> {
    let path = path();
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("reading {}: set {WRITE} to write it", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

fn write(life: &Life) -> Result<()> {
    let mut kept = Vec::new();
    for (_, entry) in entries(life) {
        kept.push(entry.to_xdr_base64(Limits::none())?);
    }
    kept.sort();
    let mut answers = Vec::new();
    for (call, answer) in life.reads().iter().zip(life.answers()?) {
        answers.push((call.function.to_owned(), answer.to_xdr_base64(Limits::none())?));
    }
    let golden = Golden {
        description: "State of schema 1, written by a suite in the midst of its life, and what \
                      reads answered"
            .to_owned(),
        close_time_s: life.suite.stage.ledger().close_time_s(),
        entries: kept,
        answers,
    };
    Ok(std::fs::write(path(), format!("{}\n", serde_json::to_string_pretty(&golden)?))?)
}

/// An entry as it was kept, run by the code of now.
fn with_code_of_now(mut kept: LedgerEntry, now: Option<&LedgerEntry>) -> Result<LedgerEntry> {
    if let LedgerEntryData::ContractData(data) = &mut kept.data
        && let ScVal::ContractInstance(instance) = &mut data.val
    {
        let Some(LedgerEntryData::ContractData(now)) = now.map(|entry| &entry.data) else {
            anyhow::bail!("an instance of a contract that is not deployed")
        };
        let ScVal::ContractInstance(ScContractInstance { executable, .. }) = &now.val else {
            anyhow::bail!("an instance that is none")
        };
        instance.executable = executable.clone();
    }
    Ok(kept)
}

#[test]
fn state_that_was_written_before_is_read() -> Result<()> {
    on_stage(|stage| {
        let mut life = Life::lead(Suite::new(stage)?)?;
        if std::env::var_os(WRITE).is_some() {
            write(&life)?;
        }
        let golden = read()?;
        // The same suite at the same time, of which nothing is left but its code.
        let now = entries(&life);
        let world = life.suite.stage.ledger_mut().world_mut();
        let template = world.get(&now[0].0).cloned().context("no entry")?;
        for (key, _) in &now {
            world.remove(key);
        }
        for kept in &golden.entries {
            let kept = LedgerEntry::from_xdr_base64(kept, Limits::none())?;
            let key = kept.to_key();
            let of_now = now.iter().find(|(known, _)| *known == key).map(|(_, entry)| entry);
            let entry = std::sync::Arc::new(with_code_of_now(kept, of_now)?);
            world.put(key, lumenscope_localnet::Stored { entry, ..template.clone() });
        }
        ensure!(
            life.suite.stage.ledger().close_time_s() == golden.close_time_s,
            "the suite's life takes another time: set {WRITE}"
        );
        let answers = life.answers()?;
        ensure!(answers.len() == golden.answers.len(), "other reads: set {WRITE}");
        for (answer, (function, expected)) in answers.iter().zip(&golden.answers) {
            let expected = ScVal::from_xdr_base64(expected, Limits::none())?;
            ensure!(*answer == expected, "{function}: {answer:?}, and it was {expected:?}");
        }
        Ok(())
    })
}
