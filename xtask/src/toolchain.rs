//! Which compiler builds wasm on this machine: rustup's target where it is installed, otherwise
//! Debian's compiler with the core library built from its sources (rustup cannot download
//! everywhere). `scripts/bootstrap.sh` sees to it that one of the two is there.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use lumenscope_contract_wasm::repository_root;

use crate::process::output;

/// The target of every contract.
pub const TARGET: &str = "wasm32v1-none";

/// Without it the SDK refuses to build: it says that the build shakes the spec afterwards.
const SHAKING: (&str, &str) = ("SOROBAN_SDK_BUILD_SYSTEM_SUPPORTS_SPEC_SHAKING_V2", "1");

/// Variables of the surrounding cargo that would choose another compiler or other flags.
const FOREIGN: [&str; 7] = [
    "CARGO",
    "CARGO_BUILD_TARGET",
    "RUSTC",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
    "RUSTUP_TOOLCHAIN",
];

/// Where Debian's packages put the sources of the core library.
const DEBIAN_LIBRARY: &str = "/usr/lib/rustlib/src/rust/library";

/// A compiler for wasm and what it needs in its environment.
pub struct Toolchain {
    cargo: PathBuf,
    path: OsString,
    variables: Vec<(&'static str, String)>,
    library: PathBuf,
}

impl Toolchain {
    /// Finds the compiler.
    ///
    /// # Errors
    /// When neither is there: names the script that installs one.
    pub fn find() -> Result<Self> {
        let sysroot = PathBuf::from(output(
            Command::new("rustc").args(["--print", "sysroot"]).current_dir(repository_root()),
        )?);
        if sysroot.join("lib/rustlib").join(TARGET).join("lib").is_dir() {
            return Self::rustup(&sysroot);
        }
        if Path::new("/usr/bin/cargo").is_file() && Path::new(DEBIAN_LIBRARY).is_dir() {
            return Self::debian(&sysroot);
        }
        bail!(
            "no compiler for {TARGET}: neither rustup's target (in {}) nor Debian's rustc-web with \
             its sources (in {DEBIAN_LIBRARY}); run scripts/bootstrap.sh",
            sysroot.display()
        )
    }

    fn rustup(sysroot: &Path) -> Result<Self> {
        Ok(Self {
            cargo: sysroot.join("bin/cargo"),
            path: path_with(&[sysroot.join("bin")])?,
            variables: vec![("RUSTC", text(&sysroot.join("bin/rustc"))?)],
            library: sysroot.join("lib/rustlib/src/rust/library"),
        })
    }

    fn debian(sysroot: &Path) -> Result<Self> {
        let host = output(Command::new("rustc").args(["--print", "host-tuple"]))?;
        // Debian's compiler has no linker for wasm of its own; rustup's toolchain has.
        let linkers = sysroot.join("lib/rustlib").join(host).join("bin");
        if !linkers.join("rust-lld").is_file() {
            bail!("expected rust-lld in {}, the toolchain of rustup", linkers.display());
        }
        Ok(Self {
            cargo: "/usr/bin/cargo".into(),
            path: path_with(&["/usr/bin".into(), linkers])?,
            variables: vec![
                ("RUSTC", "/usr/bin/rustc".into()),
                ("RUSTC_BOOTSTRAP", "1".into()),
                ("CARGO_UNSTABLE_BUILD_STD", "core,alloc".into()),
            ],
            library: DEBIAN_LIBRARY.into(),
        })
    }

    /// One line that identifies the compiler.
    pub fn version(&self) -> Result<String> {
        let rustc = self.variables.iter().find(|(name, _)| *name == "RUSTC");
        let rustc = rustc.map_or("rustc", |(_, path)| path.as_str());
        output(Command::new(rustc).arg("--version"))
    }

    /// A cargo command for wasm, run in the sources at `root`, with no path of this machine in
    /// what it produces.
    pub fn cargo(&self, root: &Path, target_dir: &Path) -> Result<Command> {
        let mut command = Command::new(&self.cargo);
        command.current_dir(root).env("PATH", &self.path).env(SHAKING.0, SHAKING.1);
        for name in FOREIGN {
            command.env_remove(name);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.env("CARGO_TARGET_DIR", target_dir);
        command.env("CARGO_ENCODED_RUSTFLAGS", self.remap(root)?);
        Ok(command)
    }

    /// The flags that replace the folders of this machine, in cargo's encoding.
    fn remap(&self, root: &Path) -> Result<String> {
        let home = match std::env::var_os("CARGO_HOME") {
            Some(home) => PathBuf::from(home),
            None => {
                PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cargo")
            }
        };
        let folders = [
            (root.to_path_buf(), "/lumenscope"),
            (home.join("registry/src"), "/registry"),
            (self.library.clone(), "/rust/library"),
        ];
        let flags: Result<Vec<String>> = folders
            .iter()
            .map(|(from, to)| Ok(format!("--remap-path-prefix={}={to}", text(from)?)))
            .collect();
        Ok(flags?.join("\x1f"))
    }

    /// The environment for `stellar contract build --profile contract`, as shell exports.
    pub fn exports(&self) -> Result<String> {
        let path = self.path.to_str().context("expected PATH to be UTF-8")?;
        let mut lines =
            vec![format!("export PATH='{path}'"), format!("export {}='{}'", SHAKING.0, SHAKING.1)];
        for (name, value) in &self.variables {
            lines.push(format!("export {name}='{value}'"));
        }
        Ok(lines.join("\n"))
    }
}

fn text(path: &Path) -> Result<String> {
    let text = path.to_str();
    Ok(text.with_context(|| format!("expected a UTF-8 path, not {}", path.display()))?.to_owned())
}

fn path_with(first: &[PathBuf]) -> Result<OsString> {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let all = first.iter().cloned().chain(std::env::split_paths(&rest));
    std::env::join_paths(all).context("joining PATH")
}
