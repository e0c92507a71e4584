#!/usr/bin/env bash
# Deploys the suite: builds the contracts where they are not built, then creates and links all five.
#
#   scripts/deploy.sh localnet     a ledger started with `lumenscope localnet` on this machine
#   scripts/deploy.sh testnet      Stellar's testnet
#   scripts/deploy.sh URL          any other network, by its Stellar RPC endpoint
#
# Repeatable: what is there is found and left alone. Writes the addresses to the file that
# LUMENSCOPE_DEPLOYMENT names (deployment.NETWORK.json beside README.md); a file of another suite is
# not overwritten. Who pays and becomes the admin is the secret key in the file that
# LUMENSCOPE_SECRET_KEY_FILE names; where there is none, a new key is made in .lumenscope/, and
# friendbot funds it. LUMENSCOPE_RPC_URL is where localnet listens, if not on port 8000. Further
# options go to `lumenscope deploy`.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$root/scripts/deploy.sh" >&2; exit 2; }

case "${1:-}" in
  localnet) name=localnet url=${LUMENSCOPE_RPC_URL:-http://127.0.0.1:8000} ;;
  testnet) name=testnet url=https://soroban-testnet.stellar.org ;;
  # Named after host and port: one file and one key for each node.
  http://* | https://*)
    url=$1
    name=$(sed -E 's#^[a-z]+://([^/?\#]*@)?([^/?\#]*).*#\2#; s#[^a-zA-Z0-9.]+#-#g' <<<"$1")
    ;;
  "") usage ;;
  *) echo "error: unknown network '$1': expected localnet, testnet, or a URL with http" >&2; usage ;;
esac
shift

target=$(cd "$root" && realpath -m "${CARGO_TARGET_DIR:-target}")
wasm=${LUMENSCOPE_WASM:-$target/wasm}
key=${LUMENSCOPE_SECRET_KEY_FILE:-$root/.lumenscope/$name.secret}
out=${LUMENSCOPE_DEPLOYMENT:-$root/deployment.$name.json}

# A folder that somebody named is theirs to fill.
if [ -z "${LUMENSCOPE_WASM:-}" ]; then
  for contract in performance-monitor analytics-storage alerting dashboard external-monitoring; do
    [ -f "$wasm/$contract.wasm" ] || { (cd "$root" && cargo xtask contracts); break; }
  done
fi
# Built where its toolchain is named, run where its files are.
if [ -z "${LUMENSCOPE:-}" ]; then
  (cd "$root" && cargo build --quiet --package lumenscope)
  LUMENSCOPE=$target/debug/lumenscope
fi

LUMENSCOPE_RPC_URL=$url exec "$LUMENSCOPE" deploy \
  --wasm "$wasm" --key-file "$key" --out "$out" "$@"
