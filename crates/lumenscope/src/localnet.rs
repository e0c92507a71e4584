//! `lumenscope localnet`: a development ledger that speaks Stellar RPC.

use anyhow::Context;
use lumenscope_localnet::server::{
    ClosePolicy, DEFAULT_FRIENDBOT_STROOPS, Running, ServeError, ServerOptions, serve,
};
use lumenscope_localnet::{
    DEFAULT_RETENTION_LEDGERS, Localnet, Options, STANDALONE_PASSPHRASE, TimeSource,
};
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The most ledgers that can be kept: half a year of 5-second ledgers.
const MAX_RETENTION_LEDGERS: i64 = 3_110_400;
/// The longest interval between two ledgers: an hour.
const MAX_CLOSE_INTERVAL_MS: u64 = 3_600_000;

/// Starts a development ledger with the public network's limits and fees.
#[derive(Debug, clap::Args)]
pub struct LocalnetArgs {
    /// Port of Stellar RPC and friendbot; 0 takes a free one
    #[arg(long, default_value_t = 8000)]
    pub port: u16,

    /// Port of the admin endpoint, on the loopback address only; 0 takes a free one
    #[arg(long, default_value_t = 8001)]
    pub admin_port: u16,

    /// Address to listen on; others than loopback need --allow-remote
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub listen: IpAddr,

    /// Let other machines reach the ledger; nobody is asked who they are
    #[arg(long)]
    pub allow_remote: bool,

    /// Close a ledger every so many milliseconds, instead of with each transaction
    #[arg(long, value_name = "MS",
          value_parser = clap::value_parser!(u64).range(1..=MAX_CLOSE_INTERVAL_MS))]
    pub close_interval_ms: Option<u64>,

    /// The network passphrase: transactions are signed for it
    #[arg(long, default_value = STANDALONE_PASSPHRASE)]
    pub passphrase: String,

    /// Number of the first ledger: near the public network's, as small ones hide mistakes
    #[arg(long, default_value_t = 60_000_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub first_ledger: u32,

    /// When the first ledger closes, in seconds since 1970; now by default
    #[arg(long, value_name = "SECONDS")]
    pub start_time_s: Option<u64>,

    /// Closed ledgers to keep for queries
    #[arg(long, value_name = "LEDGERS", default_value_t = DEFAULT_RETENTION_LEDGERS,
          value_parser = clap::value_parser!(u32).range(1..=MAX_RETENTION_LEDGERS))]
    pub retention: u32,

    /// Print one line of JSON when ready, instead of the banner: for scripts
    #[arg(long)]
    pub json_ready: bool,
}

/// Runs the ledger until Ctrl-C.
///
/// # Errors
/// When an address cannot be listened on, or may not.
pub async fn run(args: LocalnetArgs) -> anyhow::Result<()> {
    let started = Instant::now();
    let running = start(&args).await?;
    if args.json_ready {
        println!("{}", ready_line(&args, &running));
    } else {
        print!("{}", banner(&args, &running, started.elapsed()));
    }
    stopped().await.context("waiting for Ctrl-C")?;
    running.stop().await;
    Ok(())
}

async fn start(args: &LocalnetArgs) -> anyhow::Result<Running> {
    let options = ledger_options(args)?;
    let localnet = Localnet::new(&options).context("starting the ledger")?;
    let close = match args.close_interval_ms {
        Some(interval_ms) => ClosePolicy::Every(Duration::from_millis(interval_ms)),
        None => ClosePolicy::OnSend,
    };
    let server = ServerOptions {
        listen: SocketAddr::new(args.listen, args.port),
        admin_port: args.admin_port,
        allow_remote: args.allow_remote,
        close,
        friendbot_stroops: DEFAULT_FRIENDBOT_STROOPS,
    };
    serve(localnet, &server).await.map_err(|error| match &error {
        ServeError::Listen { address, source } if source.kind() == ErrorKind::AddrInUse => {
            let is_admin = address.port() == args.admin_port;
            let option = if is_admin { "--admin-port" } else { "--port" };
            let advice = format!(
                "port {} is taken: another `lumenscope localnet` may be running; use {option} 0 \
                 for a free one",
                address.port()
            );
            anyhow::Error::from(error).context(advice)
        }
        _ => error.into(),
    })
}

fn ledger_options(args: &LocalnetArgs) -> anyhow::Result<Options> {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock")?.as_secs();
    let first_close_time_s = args.start_time_s.unwrap_or(now_s);
    Ok(Options {
        passphrase: args.passphrase.clone(),
        first_ledger: args.first_ledger,
        first_close_time_s,
        time_source: TimeSource::System { offset_s: signed_difference(first_close_time_s, now_s)? },
        retention_ledgers: args.retention,
        ..Options::mainnet()?
    })
}

fn signed_difference(to_s: u64, from_s: u64) -> anyhow::Result<i64> {
    let signed = |seconds| i64::try_from(seconds).context("--start-time-s: too far in the future");
    Ok(signed(to_s)? - signed(from_s)?)
}

/// Ctrl-C, or the termination signal that service managers send.
async fn stopped() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

fn rpc_url(running: &Running) -> String {
    format!("http://{}", running.rpc_address)
}

/// The line for scripts: everything a client needs, in one object.
fn ready_line(args: &LocalnetArgs, running: &Running) -> serde_json::Value {
    serde_json::json!({
        "ready": true,
        "rpc_url": format!("{}/rpc", rpc_url(running)),
        "friendbot_url": format!("{}/friendbot", rpc_url(running)),
        "admin_url": format!("http://{}/admin", running.admin_address),
        "passphrase": args.passphrase,
    })
}

fn banner(args: &LocalnetArgs, running: &Running, took: Duration) -> String {
    let (rpc, admin) = (rpc_url(running), running.admin_address);
    let closing = match args.close_interval_ms {
        Some(interval_ms) => format!("every {interval_ms} ms"),
        None => "with each transaction".into(),
    };
    let passphrase = &args.passphrase;
    let took_ms = took.as_millis();
    format!(
        "\n  lumenscope localnet, ready in {took_ms} ms\n\
         \n  RPC         {rpc}/rpc\
         \n  Friendbot   {rpc}/friendbot?addr=G...\
         \n  Admin       http://{admin}/admin/report (also /admin/time, /admin/ledgers)\
         \n  Passphrase  {passphrase}\
         \n  Ledgers     close {closing}, from {first}\n\
         \n  With the stellar command line:\
         \n    stellar network add localnet --rpc-url {rpc}/rpc \\\
         \n        --network-passphrase \"{passphrase}\"\
         \n    stellar keys generate alice --network localnet --fund\n\
         \n  Ctrl-C stops it; nothing is kept.\n\n",
        first = args.first_ledger,
    )
}
