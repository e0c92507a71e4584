//! The ledger over HTTP: Stellar RPC and friendbot on one address, administration on another.
//!
//! One thread owns the ledger and answers one request after the other; requests wait in a bounded
//! queue. Simulations take a snapshot and run beside it. No lock is held anywhere.

mod admin;
mod friendbot;
mod rfc3339;
mod rpc;
mod worker;

pub use worker::{LedgerHandle, Unavailable};

use crate::{Fault, Localnet};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// The largest request body, in bytes: what a public RPC node takes.
pub const MAX_BODY_BYTES: usize = 512 * 1024;
/// Simulations at one time; more wait. Each keeps a core busy.
const MAX_SIMULATIONS: usize = 4;

/// When ledgers close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosePolicy {
    /// As soon as a transaction is accepted: the client's first look finds it.
    OnSend,
    /// At an interval, with or without transactions, as on a network.
    Every(Duration),
}

/// How to serve a ledger.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Address of Stellar RPC and friendbot. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Port of the admin endpoint; it is on the loopback address whatever `listen` says. 0 takes
    /// a free one.
    pub admin_port: u16,
    /// Whether `listen` may be reachable from other machines. Nobody is asked who they are.
    pub allow_remote: bool,
    /// When ledgers close.
    pub close: ClosePolicy,
    /// What friendbot gives, in stroops.
    pub friendbot_stroops: i64,
}

/// What friendbot gives by default: 10,000 XLM, as on the test network.
pub const DEFAULT_FRIENDBOT_STROOPS: i64 = 100_000_000_000;

/// Why a ledger cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is reachable from other machines and nobody said that it may be.
    #[error(
        "{0} is reachable from other machines, and whoever reaches it can use the ledger: listen \
         on 127.0.0.1, or allow it with --allow-remote"
    )]
    RemoteRefused(SocketAddr),
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The ledger's thread could not be started.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A ledger that is being served. Dropping it stops everything.
pub struct Running {
    /// Where Stellar RPC and friendbot are.
    pub rpc_address: SocketAddr,
    /// Where the admin endpoint is.
    pub admin_address: SocketAddr,
    /// The ledger itself, for whoever is in the same process.
    pub ledger: LedgerHandle,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Running {
    /// Stops listening, lets requests that are under way finish, and returns when all is quiet.
    pub async fn stop(mut self) {
        // Every receiver is one of the tasks; when they are gone there is nothing to tell.
        let _nobody_listens = self.stop.send(true).err();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Shared by all requests.
#[derive(Clone)]
pub(crate) struct Served {
    pub ledger: LedgerHandle,
    pub close: ClosePolicy,
    pub friendbot_stroops: i64,
    pub friendbot_url: Arc<str>,
    pub simulations: Arc<Semaphore>,
}

/// Starts serving a ledger.
///
/// # Errors
/// When an address cannot be listened on, or may not.
pub async fn serve(localnet: Localnet, options: &ServerOptions) -> Result<Running, ServeError> {
    if !options.listen.ip().is_loopback() && !options.allow_remote {
        return Err(ServeError::RemoteRefused(options.listen));
    }
    let (rpc, rpc_address) = listen(options.listen).await?;
    let admin = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), options.admin_port);
    let (admin, admin_address) = listen(admin).await?;
    let served = Served {
        ledger: LedgerHandle::start(localnet)?,
        close: options.close,
        friendbot_stroops: options.friendbot_stroops,
        friendbot_url: format!("http://{}/friendbot", reachable(rpc_address)).into(),
        simulations: Arc::new(Semaphore::new(MAX_SIMULATIONS)),
    };
    let (stop, _) = watch::channel(false);
    let mut tasks = JoinSet::new();
    if let ClosePolicy::Every(interval) = options.close {
        tasks.spawn(close_every(interval, served.ledger.clone(), stop.subscribe()));
    }
    let ledger = served.ledger.clone();
    tasks.spawn(run(rpc, rpc_router(served.clone()), stop.subscribe()));
    tasks.spawn(run(admin, admin::router(served), stop.subscribe()));
    Ok(Running { rpc_address, admin_address, ledger, stop, tasks })
}

fn rpc_router(served: Served) -> Router {
    Router::new()
        .route("/friendbot", axum::routing::get(friendbot::fund).post(friendbot::fund))
        // Clients disagree about the path, so any will do.
        .fallback(axum::routing::post(rpc::answer))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(served)
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ServeError> {
    let failed = |source| ServeError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// The address to name to a client on this machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port())
    } else {
        address
    }
}

async fn run(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let stopped = async move {
        // An error means that the sender is gone, which is a stop as well.
        let _gone = stop.wait_for(|stop| *stop).await.err();
    };
    let served = axum::serve(listener, router).with_graceful_shutdown(stopped);
    // `axum::serve` retries failing accepts by itself and ends only when told to.
    let _ended = served.await.err();
}

async fn close_every(interval: Duration, ledger: LedgerHandle, mut stop: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    ticks.tick().await;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        match ledger.with(Localnet::close_ledger).await {
            Ok(Ok(_)) => {}
            // The next ledger closes without what made this one fail.
            Ok(Err(fault)) => tracing::error!(%fault, "a ledger could not close"),
            Err(Unavailable::Busy) => {}
            Err(Unavailable::Gone) => return,
        }
    }
}
