//! Puts the five contracts on a network and links them.
//!
//! Repeatable: an address follows from deployer, label and contract, so what is there is found,
//! and a deployment that was cut short goes on where it stopped. Nothing that exists is changed:
//! new code for an existing contract goes through its timelock.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod deployment;
mod plan;
mod run;

pub use deployment::{DeployedContract, Deployment};
pub use plan::{CONTRACTS, salt};
pub use run::{
    DeployError, Options, Progress, UPGRADE_DELAY_DEFAULT_S, UPGRADE_DELAY_MAX_S,
    UPGRADE_DELAY_PUBLIC_MIN_S, deploy,
};
