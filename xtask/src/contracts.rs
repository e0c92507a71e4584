//! `cargo xtask contracts`: every contract to the bytes that are deployed.
//!
//! Each contract is compiled on its own, because cargo unites the features of what it builds
//! together: a contract's bytes must not depend on which others were asked for.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use lumenscope_contract_wasm::{directory, path, repository_root, target_dir};
use sha2::{Digest, Sha256};

use crate::process::{output, run as run_command};
use crate::reproduce;
use crate::shake::shake;
use crate::sizes::{Contract, Sizes, select, table};
use crate::stack::{LINKED_STACK_BYTES, fit};
use crate::toolchain::{TARGET, Toolchain};
use crate::unexport::unexport;
use crate::unmark::unmark;

/// The compiler that the size budgets are for: that of `rust-toolchain.toml`.
const PINNED_COMPILER: &str = "rustc 1.95.0";

/// What another compiler may need beyond the budgets, in per mille. Debian's 1.96 gives sizes that
/// differ by 0.1 %; a contract that it makes much larger is not the contract that was measured.
const OTHER_COMPILER_PER_MILLE: usize = 20;

/// The cargo profile of the contracts.
const PROFILE: &str = "contract";

/// Data before the stack: their addresses, of which code is full, take two bytes instead of four,
/// and nothing lies below 1,024, which the optimiser makes use of. `stack.rs` sees to it that the
/// stack never grows into the data.
const LINK: [&str; 2] = ["--no-stack-first", "--global-base=1024"];

/// Size above all, with the instructions that the network's host accepts; memory is copied by
/// instruction (`governance.rs` says why). Not `--ignore-implicit-traps`: it may load before the
/// check that keeps the load within the memory. The last two are for tools that never read a
/// deployed contract.
const OPTIMISE: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-sign-ext",
    "--low-memory-unused",
    "-Oz",
    "--converge",
    "--reorder-functions",
    "--strip-producers",
    "--strip-target-features",
];

/// Runs the task with its arguments.
pub fn run(arguments: &[String]) -> Result<()> {
    let mut names = Vec::new();
    let mut check_reproducible = false;
    for argument in arguments {
        match argument.as_str() {
            "--check-reproducible" => check_reproducible = true,
            "--env" => {
                println!("{}", Toolchain::find()?.exports()?);
                return Ok(());
            }
            flag if flag.starts_with('-') => {
                bail!("expected --check-reproducible, --env or names of contracts, not `{flag}`")
            }
            name => names.push(name),
        }
    }
    let contracts = select(&names)?;
    let builder = Builder::new(repository_root(), target_dir().join("contracts"), directory())?;
    eprintln!("{} | {}", builder.compiler, builder.optimiser);
    let rows = builder.build_all(&contracts)?;
    let is_pinned = builder.compiler.starts_with(PINNED_COMPILER);
    let (text, beyond) = table(&rows, if is_pinned { 0 } else { OTHER_COMPILER_PER_MILLE });
    print!("{text}");
    if !beyond.is_empty() {
        bail!("beyond their size budgets, which are those of {PINNED_COMPILER}: {beyond:?}");
    }
    if check_reproducible {
        reproduce::check(&contracts)?;
    }
    Ok(())
}

/// Builds contracts from one copy of the sources into one folder.
pub struct Builder {
    root: PathBuf,
    work: PathBuf,
    out: PathBuf,
    toolchain: Toolchain,
    compiler: String,
    optimiser: String,
}

impl Builder {
    /// A builder of the sources at `root` that keeps cargo's files in `work` and leaves the
    /// results in `out`.
    pub fn new(root: PathBuf, work: PathBuf, out: PathBuf) -> Result<Self> {
        let toolchain = Toolchain::find()?;
        let compiler = toolchain.version()?;
        let optimiser = output(Command::new("wasm-opt").arg("--version"))
            .context("expected binaryen's wasm-opt; run scripts/bootstrap.sh")?;
        std::fs::create_dir_all(&out).with_context(|| format!("creating {}", out.display()))?;
        Ok(Self { root, work, out, toolchain, compiler, optimiser })
    }

    /// Builds them all, also those after one that fails; fails when one did.
    pub fn build_all<'c>(&self, contracts: &[&'c Contract]) -> Result<Vec<(&'c Contract, Sizes)>> {
        let mut rows = Vec::new();
        let mut failed = Vec::new();
        for contract in contracts {
            match self.build(contract.name) {
                Ok(sizes) => rows.push((*contract, sizes)),
                Err(error) => {
                    eprintln!("{}: {error:#}", contract.name);
                    failed.push(contract.name);
                }
            }
        }
        if failed.is_empty() {
            return Ok(rows);
        }
        print!("{}", table(&rows, 0).0);
        bail!("not built: {}", failed.join(", "))
    }

    fn build(&self, name: &str) -> Result<Sizes> {
        let compiled_path = self.compile(name)?;
        let compiled = read(&compiled_path)?;
        let out = self.out.join(format!("{name}.wasm"));
        let stamp_path = self.work.join(format!("{name}.stamp"));
        let shaken = unexport(&shake(&unmark(&compiled)?)?)?;
        let inputs = format!("{}\n{}\n{}", digest(&shaken), self.optimiser, OPTIMISE.join(" "));
        if let Some(sizes) = unchanged(&stamp_path, &inputs, compiled.len(), &out) {
            return Ok(sizes);
        }
        let optimised = self.optimise(name, &shaken)?;
        // Renamed into place: a test that reads it meanwhile sees the old file or the new one.
        let partial = self.out.join(format!(".{name}.partial"));
        std::fs::write(&partial, &optimised)
            .with_context(|| format!("writing {}", partial.display()))?;
        std::fs::rename(&partial, &out).with_context(|| format!("writing {}", out.display()))?;
        let sizes =
            Sizes { compiled: compiled.len(), shaken: shaken.len(), optimised: optimised.len() };
        let stamp = format!("{inputs}\n{} {}\n", digest(&optimised), sizes.shaken);
        std::fs::write(&stamp_path, stamp)
            .with_context(|| format!("writing {}", stamp_path.display()))?;
        Ok(sizes)
    }

    fn compile(&self, name: &str) -> Result<PathBuf> {
        let built = self.work.join(TARGET).join(PROFILE);
        let built = built.join(format!("{}.wasm", name.replace('-', "_")));
        let mut cargo = self.toolchain.cargo(&self.root, &self.work)?;
        cargo.args(["rustc", "--crate-type", "cdylib", "--lib", "--target", TARGET]);
        cargo.args(["--profile", PROFILE, "--package", name]);
        if built.is_file() {
            cargo.arg("--quiet");
        }
        if std::env::var_os("CI").is_some() {
            cargo.arg("--locked");
        }
        cargo.arg("--").args(LINK.map(|argument| format!("-Clink-arg={argument}")));
        cargo.arg(format!("-Clink-arg=-zstack-size={LINKED_STACK_BYTES}"));
        run_command(&mut cargo)?;
        Ok(built)
    }

    fn optimise(&self, name: &str, shaken: &[u8]) -> Result<Vec<u8>> {
        let from = self.work.join(format!("{name}.shaken.wasm"));
        let to = self.work.join(format!("{name}.optimised.wasm"));
        std::fs::write(&from, shaken).with_context(|| format!("writing {}", from.display()))?;
        run_command(Command::new("wasm-opt").args(OPTIMISE).arg(&from).arg("-o").arg(&to))?;
        fit(&read(&to)?).context("fitting the memory")
    }
}

/// The sizes of a result that these inputs already gave and that nobody touched since.
fn unchanged(stamp: &Path, inputs: &str, compiled: usize, out: &Path) -> Option<Sizes> {
    let text = std::fs::read_to_string(stamp).ok()?;
    let (result, shaken) = text.strip_prefix(inputs)?.trim().split_once(' ')?;
    let optimised = std::fs::read(out).ok()?;
    (digest(&optimised) == result).then_some(Sizes {
        compiled,
        shaken: shaken.parse().ok()?,
        optimised: optimised.len(),
    })
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("reading {}", path.display()))
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The deployed bytes of a contract, for comparing.
pub fn built(name: &str) -> Result<Vec<u8>> {
    read(&path(name))
}

#[cfg(test)]
mod tests {
    use super::PINNED_COMPILER;

    #[test]
    fn the_size_budgets_are_for_the_toolchain_of_the_repository() {
        let root = lumenscope_contract_wasm::repository_root();
        let toolchain = std::fs::read_to_string(root.join("rust-toolchain.toml")).expect("a file");
        let version = PINNED_COMPILER.trim_start_matches("rustc ");
        assert!(toolchain.contains(&format!("channel = \"{version}\"")));
    }
}
