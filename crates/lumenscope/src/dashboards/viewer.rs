//! As whom a dashboard is read. All is simulated, so nobody signs: an account is named, not proven.
//! Whoever runs a node can read every entry anyway.

use std::path::{Path, PathBuf};

use clap::Args;
use lumenscope_invoke::ToVal as _;
use lumenscope_invoke::{ScVal, ValueError, variant};
use lumenscope_meta::{Address, Hash};

use crate::exit::Usage;
use crate::secret_file;
use crate::suite::monitored;

/// As whom to read; otherwise as anybody, who sees public dashboards.
#[derive(Args, Clone, Debug)]
pub struct ViewerArgs {
    /// File with the secret of a share link, 64 hexadecimal digits. It reaches the node that is asked.
    #[arg(long, value_name = "FILE", conflicts_with = "account")]
    secret_file: Option<PathBuf>,
    /// Account that may see it: its owner, or one that the owner named.
    #[arg(long, value_name = "ADDRESS", value_parser = monitored)]
    account: Option<Address>,
}

/// Who looks, as the contract's `DashboardViewer` has it.
#[derive(Clone, Eq, PartialEq)]
pub enum Viewer {
    Anyone,
    Account(Address),
    /// The secret itself; never shown.
    Link(Hash),
}

impl ViewerArgs {
    /// Who looks.
    ///
    /// # Errors
    /// When the file cannot be read or holds no secret.
    pub fn viewer(&self) -> anyhow::Result<Viewer> {
        match (&self.secret_file, &self.account) {
            (Some(file), _) => secret(file).map(Viewer::Link),
            (None, Some(account)) => Ok(Viewer::Account(account.clone())),
            (None, None) => Ok(Viewer::Anyone),
        }
    }
}

fn secret(file: &Path) -> anyhow::Result<Hash> {
    let shown = file.display();
    let text = secret_file::read(file)?;
    let text = text.expose().trim();
    Hash::from_hex(text).ok_or_else(|| {
        let came = text.chars().count();
        let expected = "expected the 64 hexadecimal digits of a share link's secret";
        Usage(format!("{shown}: {expected}, came {came} characters")).into()
    })
}

impl Viewer {
    /// The argument.
    ///
    /// # Errors
    /// None that are known.
    pub fn to_val(&self) -> Result<ScVal, ValueError> {
        match self {
            Viewer::Anyone => variant("Anyone", Vec::new()),
            Viewer::Account(account) => variant("Account", vec![account.to_val()?]),
            Viewer::Link(secret) => variant("Link", vec![secret.to_val()?]),
        }
    }
}
