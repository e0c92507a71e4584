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
    match std::fs::read_to_string(file) {
        Ok(secret) => Keypair::from_secret(&secret)
            .with_context(|| format!("{} holds no secret key", file.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let keypair = Keypair::generate()?;
            secret_file::create(file, &keypair.secret())?;
            eprintln!("wrote a new secret key to {}", file.display());
            Ok(keypair)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}
