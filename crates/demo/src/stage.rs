//! The private ledger that the demonstration plays on.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context;
use lumenscope_localnet::server::{
    ClosePolicy, DEFAULT_FRIENDBOT_STROOPS, Running, ServerOptions, serve,
};
use lumenscope_localnet::{Localnet, Options, TimeSource};

use lumenscope_invoke::Invoker;

/// When the afternoon begins: Thursday, 2026-11-19, 11:40 UTC. Twenty minutes before a full hour,
/// so that hours close while one watches.
pub const START_S: u64 = 1_795_088_400;
/// Seconds between ledgers, as on the network.
const LEDGER_S: u64 = 5;

/// A ledger that is being served, and a way to send to it.
pub struct Stage {
    /// The ledger; it stops when this is dropped.
    pub running: Running,
    /// Sends transactions.
    pub invoker: Invoker,
    /// Where Stellar RPC is.
    pub rpc_url: String,
}

impl Stage {
    /// Starts a ledger on a free port of the loopback address.
    ///
    /// # Errors
    /// When no ledger can be started.
    pub async fn open() -> anyhow::Result<Self> {
        let mut options = Options::mainnet()?;
        options.first_close_time_s = START_S;
        options.time_source = TimeSource::Stepped { seconds_per_ledger: LEDGER_S };
        let server = ServerOptions {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            admin_port: 0,
            allow_remote: false,
            close: ClosePolicy::OnSend,
            friendbot_stroops: DEFAULT_FRIENDBOT_STROOPS,
        };
        let running = serve(Localnet::new(&options)?, &server).await?;
        let rpc_url = format!("http://{}", running.rpc_address);
        let invoker = Invoker::connect(&rpc_url).await.context("asking the ledger's network")?;
        Ok(Self { running, invoker, rpc_url })
    }

    /// Lets time pass until the next ledger.
    ///
    /// # Errors
    /// When the ledger is gone.
    pub async fn pass(&self, seconds: u64) -> anyhow::Result<()> {
        let extra_s = seconds.saturating_sub(LEDGER_S);
        Ok(self.running.ledger.with(move |ledger| ledger.advance_time(extra_s)).await?)
    }

    /// Closes a ledger without transactions after so many seconds.
    ///
    /// # Errors
    /// When the ledger is gone.
    pub async fn idle(&self, seconds: u64) -> anyhow::Result<()> {
        self.pass(seconds).await?;
        self.running.ledger.with(|ledger| ledger.close_ledger().map(|_| ())).await??;
        Ok(())
    }

    /// Close time of the latest ledger, unix seconds.
    ///
    /// # Errors
    /// When the ledger is gone.
    pub async fn now_s(&self) -> anyhow::Result<u64> {
        Ok(self.running.ledger.with(|ledger| ledger.close_time_s()).await?)
    }

    /// The latest ledger.
    ///
    /// # Errors
    /// When the ledger is gone.
    pub async fn sequence(&self) -> anyhow::Result<u32> {
        Ok(self.running.ledger.with(|ledger| ledger.sequence()).await?)
    }
}
