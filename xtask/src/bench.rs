//! `cargo xtask bench`: what a person waits for, in seconds on this machine: until a development
//! ledger answers, and for one call of the real `stellar` command line against it.
//!
//! Timings vary between machines, so nothing in `make test` depends on them.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use lumenscope_contract_wasm::{path, repository_root, target_dir};

use crate::process::{output, run as run_command};

/// Starts of a ledger that are timed.
const STARTS: usize = 20;
/// Calls that are timed.
const CALLS: usize = 20;
/// A ledger answers within this.
const START_MAX: Duration = Duration::from_secs(1);
/// One call of the command line returns within this, its transaction applied.
const CALL_MAX: Duration = Duration::from_millis(100);

/// Runs the task with its arguments.
pub fn run(arguments: &[String]) -> Result<()> {
    ensure!(arguments.is_empty(), "expected no arguments, not {arguments:?}");
    let root = repository_root();
    let mut cargo = Command::new("cargo");
    cargo.current_dir(&root);
    run_command(cargo.args(["build", "--quiet", "--release", "--package", "lumenscope"]))?;
    println!("{}", machine(&root)?);

    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let began = Instant::now();
        let ledger = Ledger::start()?;
        starts.push(began.elapsed());
        drop(ledger);
    }
    let start = report("localnet start, until it answers", &mut starts);

    let call = match stellar(&root) {
        Some(stellar) => Some(report("one `stellar contract invoke`", &mut calls(&stellar)?)),
        None if std::env::var_os("CI").is_some() => bail!("expected `stellar` on PATH"),
        None => {
            println!("one `stellar contract invoke`: skipped, no `stellar` on PATH");
            None
        }
    };
    ensure!(start < START_MAX, "a start takes {start:?}, at most {START_MAX:?}");
    if let Some(call) = call {
        ensure!(call < CALL_MAX, "a call takes {call:?}, at most {CALL_MAX:?}");
    }
    Ok(())
}

/// Prints smallest, median and largest; returns the median.
fn report(what: &str, times: &mut [Duration]) -> Duration {
    times.sort();
    let middle = times[times.len() / 2];
    let [least, most] = [times[0], times[times.len() - 1]].map(|time| time.as_millis());
    println!("{what}: median {} ms, {least} to {most} ms of {}", middle.as_millis(), times.len());
    middle
}

/// What the figures belong to.
fn machine(root: &Path) -> Result<String> {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("");
    let model = model.trim_start_matches([' ', '\t', ':']);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let mut git = Command::new("git");
    let commit = output(git.current_dir(root).args(["describe", "--always", "--dirty"]))?;
    Ok(format!("{cores} x {model}, commit {commit}"))
}

/// The real command line: on PATH, or beside the repository.
fn stellar(root: &Path) -> Option<PathBuf> {
    let beside = root.join("../shared/bin/stellar");
    let on_path = std::env::var_os("PATH").and_then(|path| {
        std::env::split_paths(&path).map(|dir| dir.join("stellar")).find(|file| file.is_file())
    });
    on_path.or_else(|| beside.is_file().then_some(beside))
}

/// A ledger of its own process; it ends when this is dropped.
struct Ledger {
    process: Child,
    rpc_url: String,
}

impl Ledger {
    fn start() -> Result<Self> {
        let program = target_dir().join("release").join("lumenscope");
        let mut process = Command::new(program)
            .args(["localnet", "--port", "0", "--admin-port", "0", "--json-ready"])
            .stdout(Stdio::piped())
            .spawn()
            .context("starting localnet")?;
        let out = process.stdout.take().context("localnet's output")?;
        let mut ready = String::new();
        let read = BufReader::new(out).read_line(&mut ready);
        let mut ledger = Self { process, rpc_url: String::new() };
        read.context("waiting for localnet")?;
        let url = ready.split_once(r#""rpc_url":""#).and_then(|(_, rest)| rest.split('"').next());
        ledger.rpc_url = url.with_context(|| format!("no address in {ready}"))?.to_owned();
        Ok(ledger)
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        // Both only fail when it has ended already.
        let _ended = self.process.kill().and_then(|()| self.process.wait());
    }
}

/// Times of calls that record a metric: simulated, signed, sent, applied, read back.
fn calls(program: &Path) -> Result<Vec<Duration>> {
    let ledger = Ledger::start()?;
    let folder = target_dir().join("bench");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).context("clearing the last run")?;
    }
    std::fs::create_dir_all(&folder).context("a folder for the command line's keys")?;
    let stellar = |args: &[&str]| {
        let mut command = Command::new(program);
        command.args(args).env("STELLAR_NO_UPDATE_CHECK", "true").current_dir(&folder);
        for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
            command.env(variable, &folder);
        }
        output(&mut command)
    };
    let passphrase = "Standalone Network ; February 2017";
    let network = ["--rpc-url", &ledger.rpc_url, "--network-passphrase", passphrase];
    stellar(&[&["network", "add", "bench"], &network[..]].concat())?;
    stellar(&["keys", "generate", "alice", "--fund", "--network", "bench"])?;
    let alice = stellar(&["keys", "public-key", "alice"])?;
    let source = ["--source", "alice", "--network", "bench"];
    let wasm = path("performance-monitor");
    let wasm = wasm.to_str().context("a path of UTF-8")?;
    let constructor = ["--", "--admin", &alice, "--upgrade_delay_s", "86400"];
    let deploy = [&["contract", "deploy", "--wasm", wasm], &source[..], &constructor].concat();
    let monitor = stellar(&deploy)?;
    let invoke = |call: &[&str]| {
        let to = ["contract", "invoke", "--id", &monitor];
        stellar(&[&to[..], &source, &["--"], call].concat())
    };
    let contract = ["--contract", &monitor];
    invoke(&[&["register", "--caller", &alice, "--owner", &alice], &contract[..]].concat())?;
    invoke(&[&["set_reporter", "--reporter", &alice, "--role", "3"], &contract[..]].concat())?;
    let stream = format!(r#"{{"contract":"{monitor}","function":"pay","subject":null}}"#);
    let spec = r#"{"metrics":[{"name":"premium","unit":"stroops","kind":2,"watched":true,
        "sketch":[0,0,0]}],"mode":0,"witnesses":false}"#;
    invoke(&["open_stream", "--stream", &stream, "--spec", spec])?;
    let record = ["record_metric", "--contract_address", &monitor, "--metric", "premium"];
    let sample = ["--value", "125", "--unit", "stroops", "--function", "pay"];
    let record = [&record[..], &sample].concat();
    let mut times = Vec::new();
    for recorded in 1..=CALLS {
        let began = Instant::now();
        let sequence = invoke(&record)?;
        times.push(began.elapsed());
        ensure!(sequence.trim_matches('"') == recorded.to_string(), "call {recorded}: {sequence}");
    }
    Ok(times)
}
