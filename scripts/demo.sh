#!/usr/bin/env bash
# The whole suite alive: builds what is missing, then plays the demonstration on a private ledger.
# Called by `make demo`; options go to `lumenscope demo`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo build --package lumenscope
target=${CARGO_TARGET_DIR:-target}
exec "$target/debug/lumenscope" demo "$@"
