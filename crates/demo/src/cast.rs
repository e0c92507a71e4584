//! Who takes part: accounts with keys that a name gives, so that every run is the same.

use lumenscope_invoke::{Account, Keypair};
use sha2::{Digest, Sha256};

use crate::scenario::HOLDERS;

/// The accounts of the demonstration. Their keys are public knowledge: they are worth nothing
/// beyond a private ledger.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Owns the suite and the pool.
    pub admin: Account,
    /// Settles claims.
    pub assessor: Account,
    /// Pays in.
    pub investor: Account,
    /// Reports, flushes, evaluates.
    pub keeper: Account,
    /// Insure themselves.
    pub holders: Vec<Account>,
}

impl Cast {
    /// The cast.
    pub fn new() -> Self {
        Self {
            admin: account("admin"),
            assessor: account("assessor"),
            investor: account("investor"),
            keeper: account("keeper"),
            holders: (0..HOLDERS).map(|index| account(&format!("holder {index}"))).collect(),
        }
    }

    /// Everybody.
    pub fn all(&self) -> impl Iterator<Item = &Account> {
        [&self.admin, &self.assessor, &self.investor, &self.keeper].into_iter().chain(&self.holders)
    }
}

impl Default for Cast {
    fn default() -> Self {
        Self::new()
    }
}

fn account(name: &str) -> Account {
    let seed = Sha256::digest(format!("lumenscope demonstration: {name}"));
    Account::new(Keypair::from_seed(seed.into()))
}
