//! `lumenscope service-key`: the key that credentials are sealed to.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use lumenscope_credentials::{Random, ServiceKey};
use lumenscope_meta::Hash;

use crate::{output, secret_file};

/// Makes the key that owners seal credentials to, and shows its public half.
///
/// Whatever is sealed is public for ever: who has this key opens all of it. A new key means that
/// every owner seals anew.
#[derive(Args, Clone, Debug)]
pub struct ServiceKeyArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Debug, Subcommand)]
enum Command {
    New(NewArgs),
    Show(ShowArgs),
}

/// Makes a key; prints its public half, the `public_key` of `set_service_key`.
#[derive(Args, Clone, Debug)]
struct NewArgs {
    /// Where to write the secret: a new file that its owner alone can read. It is nowhere else.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Prints the public half of the key in a file; never the secret.
#[derive(Args, Clone, Debug)]
struct ShowArgs {
    /// File with the key, as `service-key new` wrote it; - is standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Makes or shows a key.
///
/// # Errors
/// When a file is not what it should be, or there already.
pub fn run(args: ServiceKeyArgs) -> anyhow::Result<()> {
    let key = match args.command {
        Command::New(args) => {
            let key = ServiceKey::generate(&mut Random::from_system()?);
            secret_file::create(&args.out, &key.written())?;
            eprintln!("wrote the secret to {}; the ledger gets what follows", args.out.display());
            key
        }
        Command::Show(args) => read(&args.file)?,
    };
    output::print(&format!("{}\n", Hash(key.public().0)))
}

/// The key in a file.
///
/// # Errors
/// When there is none in it.
pub fn read(file: &Path) -> anyhow::Result<ServiceKey> {
    let text = secret_file::read(file)?;
    let read = ServiceKey::read(text.expose());
    read.with_context(|| format!("{} holds no service key", file.display()))
}
