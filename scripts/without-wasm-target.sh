#!/usr/bin/env bash
# Runs a command as on a machine where rustup has no wasm target and cannot download one, to try
# the way by Debian's compiler:
#
#   scripts/without-wasm-target.sh make test
#
# How: the target's folder in the toolchain is moved aside, and rustup's download server is
# replaced by an address that refuses. Both are put back when the command ends, however it ends.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[ "$#" -gt 0 ] || { echo "usage: scripts/without-wasm-target.sh COMMAND.." >&2; exit 2; }

target="$(rustc --print sysroot)/lib/rustlib/wasm32v1-none"
readonly target aside="$target.aside"
if [ -e "$aside" ]; then
  echo "an earlier run left $aside: move it back to $target first" >&2
  exit 1
fi

put_back() { if [ -e "$aside" ]; then mv "$aside" "$target"; fi; }
trap put_back EXIT

if [ -e "$target" ]; then
  echo "hiding $target"
  mv "$target" "$aside"
else
  echo "rustup's wasm target is not installed"
fi
# Port 9 discards: nothing listens there.
export RUSTUP_DIST_SERVER=http://127.0.0.1:9
echo "hiding rustup's download server: RUSTUP_DIST_SERVER=$RUSTUP_DIST_SERVER"
"$@"
