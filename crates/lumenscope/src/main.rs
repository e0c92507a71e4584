//! `lumenscope`: performance monitoring, analytics and alerting for Soroban contracts. One binary,
//! roles as subcommands, a module for each.
#![forbid(unsafe_code)]

mod alerts;
mod dashboards;
mod demo;
mod deploy;
mod episodes;
mod exit;
mod exports;
mod keep_alive;
mod key;
mod localnet;
mod node;
mod observe;
mod output;
mod party;
mod request;
mod rules;
mod seal;
mod secret_file;
mod service_key;
mod suite;
mod times;
mod transitions;
mod units;
mod watch;
mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Performance monitoring, analytics and alerting for Soroban contracts.
///
/// Results go to standard output, everything else to standard error. Exit status: 0 done, 1 it
/// could not be done, 2 wrong usage, 3 done, but not everything asked for is known, 4 a file is
/// another one than it should be.
#[derive(Debug, Parser)]
#[command(name = "lumenscope", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    /// What to log to standard error: a level, or directives such as `lumenscope_observer=debug`.
    #[arg(
        long,
        global = true,
        env = "LUMENSCOPE_LOG",
        default_value = "warn",
        value_name = "LEVEL"
    )]
    log: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Watch(watch::WatchArgs),
    Alerts(alerts::AlertsArgs),
    Episodes(episodes::EpisodesArgs),
    Rules(rules::RulesArgs),
    Exports(exports::ExportsArgs),
    Dashboards(dashboards::DashboardsArgs),
    Observe(observe::ObserveArgs),
    Localnet(localnet::LocalnetArgs),
    Deploy(deploy::DeployArgs),
    KeepAlive(keep_alive::KeepAliveArgs),
    Demo(demo::DemoArgs),
    ServiceKey(service_key::ServiceKeyArgs),
    Seal(seal::SealArgs),
    Open(seal::OpenArgs),
    Key(key::KeyArgs),
    Request(request::RequestArgs),
}

#[tokio::main]
async fn main() -> ExitCode {
    // Before anything asks a node, or tries whether one could be asked.
    lumenscope_rpc::install_crypto_provider();
    let cli = Cli::parse();
    if let Err(error) = output::log_to_stderr(&cli.log) {
        return exit::report(&error);
    }
    let done = match cli.command {
        Command::Watch(args) => watch::run(args).await,
        Command::Alerts(args) => alerts::run(args).await,
        Command::Episodes(args) => episodes::run(args).await,
        Command::Rules(args) => rules::run(args).await,
        Command::Exports(args) => exports::run(args).await,
        Command::Dashboards(args) => dashboards::run(args).await,
        Command::Observe(args) => observe::run(args).await,
        Command::Localnet(args) => localnet::run(args).await,
        Command::Deploy(args) => deploy::run(args).await,
        Command::KeepAlive(args) => keep_alive::run(args).await,
        Command::Demo(args) => demo::run(args).await,
        Command::ServiceKey(args) => service_key::run(args),
        Command::Seal(args) => seal::run(args),
        Command::Open(args) => seal::run_open(args),
        Command::Key(args) => key::run(args),
        Command::Request(args) => request::run(args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::report(&error),
    }
}
