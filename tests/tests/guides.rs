//! The guides, as a reader follows them: every `sh` block of a page in order, in one shell, with
//! the real `stellar` on PATH.
//!
//! | block | becomes |
//! |---|---|
//! | `sh` | commands; the first that fails ends the page |
//! | `sh terminal` | a ledger that goes on running, waited for until it is ready |
//! | `sh built` | nothing: what it builds, this build has built |
//! | `rust`, `toml` after a line that ends with a file's name and a colon | that file |
//! | `text` | lines of what the commands before it print, in order; `..` stands for anything |
//!
//! Two things are others than on the page: the ports, so that pages and ledgers can run side by
//! side, and when the ledger starts: with a full hour before it, so that no day and no hour ends in
//! between. Minutes do end: a page that shows what a minute holds begins one.
#![cfg(feature = "real-cli")]

use std::fmt::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// What begins the output of a block; its number follows.
const MARK: &str = "@@ block ";
/// What a page builds is kept between runs: the host alone compiles for minutes.
const KEPT: [&str; 2] = ["target", "Cargo.lock"];

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind<'a> {
    Commands,
    Terminal,
    File(&'a str),
    Output,
}

#[derive(Debug)]
struct Block<'a> {
    /// Of the page, from 1: that of the fence.
    line: usize,
    kind: Kind<'a>,
    text: String,
}

/// The blocks of a page that mean something here.
fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let mut before = "";
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            if !line.is_empty() {
                before = line;
            }
            continue;
        };
        let inside = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```");
        let text = inside.map(|line| format!("{line}\n")).collect();
        let kind = match info {
            "sh" => Some(Kind::Commands),
            "sh terminal" => Some(Kind::Terminal),
            "text" => Some(Kind::Output),
            "rust" | "toml" => file(before).map(Kind::File),
            _ => None,
        };
        found.extend(kind.map(|kind| Block { line: number + 1, kind, text }));
    }
    found
}

/// The file that a line ends with, as in "This is `src/lib.rs`:".
fn file(line: &str) -> Option<&str> {
    line.strip_suffix("`:")?.rsplit_once('`').map(|(_, name)| name)
}

/// One shell script of a page's blocks, which marks where the output of each begins.
fn script(blocks: &[Block], [rpc_port, admin_port]: [u16; 2]) -> String {
    let mut script = String::from(
        "set -euo pipefail\nexec 2>&1\nterminals=()\ntrap 'kill \"${terminals[@]}\"' EXIT\n",
    );
    for (number, Block { kind, text, .. }) in blocks.iter().enumerate() {
        let text = text
            .replace("127.0.0.1:8000", &format!("127.0.0.1:{rpc_port}"))
            .replace("127.0.0.1:8001", &format!("127.0.0.1:{admin_port}"));
        let run = match kind {
            Kind::Commands => text,
            Kind::Terminal => {
                let mut command = text.trim_end().to_owned();
                if !command.contains("--port") {
                    write!(
                        command,
                        " --port {rpc_port} --admin-port {admin_port} --start-time-s {}",
                        last_noon_s()
                    )
                    .unwrap();
                }
                format!(
                    "exec {{terminal}}< <(exec {command})\nterminals+=($!)\nready=\n\
                     while read -r line <&$terminal; do\n\
                     printf '%s\\n' \"$line\"\n\
                     case $line in *'Ctrl-C stops it'* | *'\"ready\":true'*) ready=1; break;; esac\n\
                     done\n[ \"$ready\" ]\n"
                )
            }
            Kind::File(name) => format!("cat > '{name}' <<'END OF FILE'\n{text}END OF FILE\n"),
            Kind::Output => continue,
        };
        writeln!(script, "printf '\\n{MARK}{number}\\n'\n{run}").unwrap();
    }
    script
}

/// Whether a line is as the page shows it.
fn is_as_shown(line: &str, shown: &str) -> bool {
    let mut pieces = shown.trim_end().split("..");
    let Some(mut rest) = pieces.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let last = pieces.peek().is_none();
        let found = if last && !piece.is_empty() { rest.rfind(piece) } else { rest.find(piece) };
        let Some(place) = found else { return false };
        rest = if last && piece.is_empty() { "" } else { &rest[place + piece.len()..] };
    }
    rest.is_empty()
}

/// A reader's folder: a clone of the repository, and what an earlier run left to build upon.
struct Desk {
    folder: PathBuf,
    target: PathBuf,
}

impl Desk {
    fn new(page: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guides").join(page);
        std::fs::create_dir_all(&folder).unwrap();
        for entry in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            clear(&entry);
        }
        let executable = std::env::current_exe().unwrap();
        let target = executable.ancestors().nth(3).unwrap().to_owned();
        let clone = folder.join("lumenscope");
        std::fs::create_dir_all(&clone).unwrap();
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        // What a deployment writes must not land in the repository.
        for name in ["Cargo.lock", "Cargo.toml", "contracts", "crates", "scripts"] {
            std::os::unix::fs::symlink(repository.join(name), clone.join(name)).unwrap();
        }
        std::os::unix::fs::symlink(&target, clone.join("target")).unwrap();
        std::fs::create_dir(folder.join("home")).unwrap();
        Self { folder, target }
    }

    fn shell(&self, rpc_port: u16) -> Command {
        let binaries = self.target.join("debug");
        let lumenscope = binaries.join("lumenscope");
        for built in [&lumenscope, &lumenscope_contract_wasm::path("dashboard")] {
            assert!(built.exists(), "expected {}: `make demo` builds it", built.display());
        }
        let variable = |name| std::env::var(name).unwrap_or_default();
        let home = variable("HOME");
        let kept = |name, folder| match std::env::var(name) {
            Ok(value) => value,
            Err(_) => format!("{home}/{folder}"),
        };
        let mut shell = Command::new("bash");
        shell
            .current_dir(&self.folder)
            .env("PATH", format!("{}:{}", binaries.display(), variable("PATH")))
            .env("CARGO_HOME", kept("CARGO_HOME", ".cargo"))
            .env("RUSTUP_HOME", kept("RUSTUP_HOME", ".rustup"))
            .env("HOME", self.folder.join("home"))
            .env("STELLAR_NO_UPDATE_CHECK", "true")
            .env("LUMENSCOPE", &lumenscope)
            .env("LUMENSCOPE_RPC_URL", format!("http://127.0.0.1:{rpc_port}"));
        for name in ["CARGO_TARGET_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
            shell.env_remove(name);
        }
        shell
    }
}

/// Removes a file or folder, except for what is kept of a folder.
fn clear(path: &Path) {
    if path.is_symlink() || path.is_file() {
        return std::fs::remove_file(path).unwrap();
    }
    if !KEPT.iter().any(|kept| path.join(kept).exists()) || path.ends_with("lumenscope") {
        return std::fs::remove_dir_all(path).unwrap();
    }
    for entry in std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap()) {
        if !KEPT.iter().any(|kept| entry.file_name() == *kept) {
            clear(&entry.path());
        }
    }
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// The last noon, UTC: in the past, since a page may set the clock by the system's.
fn last_noon_s() -> u64 {
    const DAY_S: u64 = 86_400;
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    now_s - (now_s + DAY_S / 2) % DAY_S
}

fn follow(page: &str) {
    let name = format!("docs/guides/{page}.md");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(&name);
    let text = std::fs::read_to_string(path).unwrap();
    let blocks = blocks(&text);
    let desk = Desk::new(page);
    let ports = [free_port(), free_port()];
    std::fs::write(desk.folder.join("page.sh"), script(&blocks, ports)).unwrap();
    let done = desk.shell(ports[0]).arg("page.sh").output().expect("bash");
    let output = String::from_utf8_lossy(&done.stdout);
    let said = |number: usize| {
        let mark = format!("{MARK}{number}\n");
        let after = output.split_once(&mark).map(|(_, after)| after)?;
        after.split(MARK).next()
    };
    if !done.status.success() {
        let failed = (0..blocks.len()).rev().find(|number| said(*number).is_some());
        let (block, said) = failed.map(|number| (&blocks[number], said(number).unwrap())).unwrap();
        panic!("{name}:{}: these commands fail:\n{}\n{said}", block.line, block.text);
    }
    let mut printed = "";
    for (number, block) in blocks.iter().enumerate() {
        if block.kind != Kind::Output {
            printed = said(number).expect("every block ran");
            continue;
        }
        let mut lines = printed.lines();
        for shown in block.text.lines() {
            let found = lines.any(|line| is_as_shown(line, shown));
            assert!(found, "{name}:{}: expected the line\n{shown}\nin\n{printed}", block.line);
        }
    }
}

#[test]
fn a_contract_is_instrumented_as_its_guide_says() {
    follow("instrument-a-contract");
}

#[test]
fn rules_are_made_and_read_as_their_guide_says() {
    follow("alert-rules");
}

#[test]
fn dashboards_go_where_their_guide_says() {
    follow("dashboards");
}

#[test]
fn history_answers_keeps_and_holds_as_its_guide_says() {
    follow("history");
}

#[test]
fn integrations_are_made_and_requests_signed_as_their_guide_says() {
    follow("integrations");
}

#[test]
fn localnet_does_what_its_guide_says() {
    follow("localnet");
}

#[test]
fn lines_are_as_shown_with_anything_in_place_of_two_dots() {
    assert!(is_as_shown("true", "true"));
    assert!(is_as_shown(r#"{"a":1,"b":2,"c":3}"#, r#"{"a":..,"c":3}"#));
    assert!(is_as_shown("next: 1, 2", "next: .."));
    for (line, shown) in
        [("15", "5"), ("5 ", "5"), ("a b d", "a..c"), ("a b c d", "a..c"), ("b", "..a..")]
    {
        assert!(!is_as_shown(line, shown), "{line:?} is not {shown:?}");
    }
}
