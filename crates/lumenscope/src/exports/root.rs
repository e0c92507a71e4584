//! `exports root`: what the ledger would hold of a file, and the proof of one of its chunks.

use std::path::PathBuf;

use clap::Args;
use lumenscope_export::proof;
use serde_json::json;

use super::file::{Cut, cut, sha256};
use crate::exit::Usage;
use crate::output;

/// Says what `commit_export` takes of a file, or with --chunk what `verify_chunk` takes.
#[derive(Args, Clone, Debug)]
pub struct RootArgs {
    /// The file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Proves this chunk, counted from 0.
    #[arg(long, value_name = "INDEX")]
    chunk: Option<u32>,
    /// JSON instead of arguments.
    #[arg(long)]
    json: bool,
}

/// Says it.
///
/// # Errors
/// When the file cannot be read, or has no such chunk.
pub fn run(args: RootArgs) -> anyhow::Result<()> {
    let cut = cut(&args.file)?;
    let fields = match args.chunk {
        None => committed(&cut),
        Some(index) => proven(&cut, index)?,
    };
    if args.json {
        return output::json(&fields);
    }
    let argument = |(name, value): (&String, &serde_json::Value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("--{name} {value}")
    };
    let arguments: Vec<String> = fields.as_object().into_iter().flatten().map(argument).collect();
    output::print(&format!("{}\n", arguments.join(" ")))
}

fn committed(cut: &Cut) -> serde_json::Value {
    json!({
        "root": hex::encode(cut.root),
        "chunks": cut.chunk_hashes.len(),
        "bytes": cut.bytes,
    })
}

fn proven(cut: &Cut, index: u32) -> anyhow::Result<serde_json::Value> {
    let chunks = cut.chunk_hashes.len();
    let found = usize::try_from(index).ok().and_then(|place| cut.chunk_hashes.get(place));
    let (Some(chunk_hash), Some(proof)) = (found, proof(sha256, &cut.chunk_hashes, index)) else {
        let wrong = format!("expected a chunk from 0 to {}, came {index}", chunks - 1);
        return Err(Usage(wrong).into());
    };
    Ok(json!({
        "index": index,
        "chunk_hash": hex::encode(chunk_hash),
        "proof": proof.hashes().iter().map(hex::encode).collect::<Vec<_>>(),
    }))
}
