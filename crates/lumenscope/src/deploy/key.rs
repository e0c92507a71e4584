//! The secret key of who deploys.

use std::path::Path;

use anyhow::Context;
use lumenscope_invoke::Keypair;

use crate::secret_file;

/// The key in the file; a new one where there is no file.
///
/// # Errors
/// When the file holds something else, or cannot be read or written.
pub fn read_or_make(file: &Path) -> anyhow::Result<Keypair> {
    if file.exists() {
        return read(file);
    }
    let keypair = Keypair::generate()?;
    secret_file::create(file, &keypair.secret())?;
    eprintln!("wrote a new secret key to {}", file.display());
    Ok(keypair)
}

/// The key in the file.
///
/// # Errors
/// When the file cannot be read, or holds something else.
pub fn read(file: &Path) -> anyhow::Result<Keypair> {
    let secret = secret_file::read(file)?;
    Keypair::from_secret(secret.expose())
        .with_context(|| format!("{} holds no secret key", file.display()))
}
