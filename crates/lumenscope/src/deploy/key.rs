//! The secret key of who deploys.

use std::path::Path;

use anyhow::Context;
use lumenscope_invoke::Keypair;

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
            write(file, &keypair.secret())?;
            eprintln!("wrote a new secret key to {}", file.display());
            Ok(keypair)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

/// Readable by its owner alone, and never over an existing file.
fn write(file: &Path, secret: &str) -> anyhow::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;

    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let mut options = std::fs::OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(file);
    let mut opened = opened.with_context(|| format!("cannot write {}", file.display()))?;
    writeln!(opened, "{secret}").with_context(|| format!("cannot write {}", file.display()))
}
