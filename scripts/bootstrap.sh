#!/usr/bin/env bash
# Finds or installs what the build needs on Debian or Ubuntu, beyond git, curl and rustup's Rust.
#
#   scripts/bootstrap.sh         what `make demo` and `make contracts` need
#   scripts/bootstrap.sh test    also what `make test` needs
#   scripts/bootstrap.sh coverage  also what `make coverage` needs
#   scripts/bootstrap.sh mutants   also what `make mutants` needs
#
# Says what it found and what it does; what is there is left alone, so it can run every time.
# System packages need root: without it, this prints the exact commands and fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly TARGET=wasm32v1-none
readonly DEBIAN_LIBRARY=/usr/lib/rustlib/src/rust/library
readonly DEBIAN_COMPILER=(rustc-web cargo-web rust-web-src rust-web-llvm)
# The oldest versions that are known to work; newer ones are left alone.
readonly NEXTEST=0.9.100
readonly NEXTEST_INSTALLED=0.9.143
readonly DENY_INSTALLED=0.20.2
readonly LLVM_COV_INSTALLED=0.9.1
readonly MUTANTS_INSTALLED=27.1.0
# An answer from the download server is waited for this long, in seconds.
readonly DOWNLOAD_S=120

packages=()

say() { printf 'bootstrap: %s\n' "$*"; }
fail() { printf 'bootstrap: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# version_at_least FOUND WANTED
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

need_rust() {
  have rustup || fail "rustup is missing: install Rust from https://rustup.rs, then run this again"
  if rustc --version >/dev/null 2>&1; then
    say "found $(rustc --version)"
  else
    say "installing the toolchain that rust-toolchain.toml names"
    rustup toolchain install
  fi
}

need_c_compiler() {
  if have cc; then say "found a C compiler, $(command -v cc)"; else packages+=(build-essential); fi
}

need_wasm_optimiser() {
  if have wasm-opt; then say "found $(wasm-opt --version)"; else packages+=(binaryen); fi
}

debian_compiler_works() {
  [ -x /usr/bin/cargo ] && [ -x /usr/bin/rustc ] && [ -d "$DEBIAN_LIBRARY" ] &&
    version_at_least "$(/usr/bin/rustc --version | cut -d ' ' -f 2)" "$(rust_version)"
}

# The oldest Rust that the workspace compiles with.
rust_version() { sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml; }

need_wasm_compiler() {
  if [ -d "$(rustc --print sysroot)/lib/rustlib/$TARGET/lib" ]; then
    say "found rustup's target $TARGET"
  elif debian_compiler_works; then
    say "found Debian's $(/usr/bin/rustc --version), which builds $TARGET"
  elif say "asking rustup for the target $TARGET" &&
    timeout "$DOWNLOAD_S" rustup target add "$TARGET"; then
    say "installed rustup's target $TARGET"
  elif have apt-cache; then
    say "rustup cannot download $TARGET; Debian's compiler builds it as well"
    packages+=("${DEBIAN_COMPILER[@]}")
  else
    fail "rustup cannot download $TARGET and this is neither Debian nor Ubuntu"
  fi
}

install_packages() {
  [ "${#packages[@]}" -eq 0 ] && return
  have apt-get || fail "install these, by their names on Debian, then run this again: ${packages[*]}"
  local install="apt-get install --yes --no-install-recommends ${packages[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    {
      printf 'bootstrap: root is needed for packages of the system. Run these, then this again:\n'
      printf '  sudo apt-get update\n  sudo %s\n' "$install"
    } >&2
    exit 1
  fi
  say "installing with apt: ${packages[*]}"
  apt-get update
  DEBIAN_FRONTEND=noninteractive $install
  if [[ " ${packages[*]} " == *" rustc-web "* ]] && ! debian_compiler_works; then
    fail "expected Debian's compiler at version $(rust_version) or newer with its sources in \
$DEBIAN_LIBRARY, but found $(/usr/bin/rustc --version)"
  fi
}

# The version of a cargo subcommand; nothing when it is missing, which is no failure.
version_of() {
  { cargo "$1" --version 2>/dev/null || true; } | sed -n "1s/^cargo-$1 \\([0-9.]*\\).*/\\1/p"
}

need_nextest() {
  local found
  found=$(version_of nextest)
  if [ -n "$found" ] && version_at_least "$found" "$NEXTEST"; then
    say "found cargo-nextest $found"
  else
    say "installing cargo-nextest $NEXTEST_INSTALLED with cargo (minutes, once)"
    cargo install --locked --version "$NEXTEST_INSTALLED" cargo-nextest
  fi
}

need_deny() {
  local found
  found=$(version_of deny)
  if [ -n "$found" ]; then
    say "found cargo-deny $found"
  else
    # Unoptimised: it runs for a second, and compiling it well would take several minutes.
    say "installing cargo-deny $DENY_INSTALLED with cargo (a minute or two, once)"
    CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off \
      cargo install --locked --version "$DENY_INSTALLED" cargo-deny
  fi
}

need_llvm_cov() {
  local found
  found=$(version_of llvm-cov)
  if [ -n "$found" ]; then
    say "found cargo-llvm-cov $found"
  else
    say "installing cargo-llvm-cov $LLVM_COV_INSTALLED with cargo (minutes, once)"
    cargo install --locked --version "$LLVM_COV_INSTALLED" --no-default-features cargo-llvm-cov
  fi
  rustup component add llvm-tools
}

need_mutants() {
  local found
  found=$(version_of mutants)
  if [ -n "$found" ]; then
    say "found cargo-mutants $found"
  else
    say "installing cargo-mutants $MUTANTS_INSTALLED with cargo (minutes, once)"
    cargo install --locked --version "$MUTANTS_INSTALLED" cargo-mutants
  fi
}

case "${1:-build}" in
  build | test | coverage | mutants) ;;
  *) fail "expected build, test, coverage or mutants, not '$1'" ;;
esac
need_rust
need_c_compiler
need_wasm_compiler
need_wasm_optimiser
install_packages
if [ "${1:-build}" = test ]; then
  need_nextest
  need_deny
elif [ "${1:-build}" = coverage ]; then
  need_nextest
  need_llvm_cov
elif [ "${1:-build}" = mutants ]; then
  need_nextest
  need_mutants
fi
say "ready"
