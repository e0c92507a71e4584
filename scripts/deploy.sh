#!/usr/bin/env bash
# Deploys the suite: builds the contracts where they are not built, then creates and links all five.
#
#   scripts/deploy.sh localnet     a ledger started with `lumenscope localnet` on this machine
#   scripts/deploy.sh testnet      Stellar's testnet
#   scripts/deploy.sh URL          any other network, by its Stellar RPC endpoint
#
# Repeatable: what is there is found and left alone. Writes the addresses to the file that
# LUMENSCOPE_DEPLOYMENT names (deployment.NETWORK.json). Who pays and becomes the admin is the secret
# key in the file that LUMENSCOPE_SECRET_KEY_FILE names; where there is none, a new key is made in
# .lumenscope/, and friendbot funds it. Further options go to `lumenscope deploy`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2; exit 2; }

case "${1:-}" in
  localnet) name=localnet url=${LUMENSCOPE_RPC_URL:-http://127.0.0.1:8000} ;;
  testnet) name=testnet url=https://soroban-testnet.stellar.org ;;
  http://* | https://*) name=network url=$1 ;;
  "") usage ;;
  *) echo "error: unknown network '$1': expected localnet, testnet, or a URL with http" >&2; usage ;;
esac
shift

target=${CARGO_TARGET_DIR:-target}
wasm=${LUMENSCOPE_WASM:-$target/wasm}
key=${LUMENSCOPE_SECRET_KEY_FILE:-.lumenscope/$name.secret}
out=${LUMENSCOPE_DEPLOYMENT:-deployment.$name.json}

for contract in performance-monitor analytics-storage alerting dashboard external-monitoring; do
  [ -f "$wasm/$contract.wasm" ] || { cargo xtask contracts; break; }
done

exec ${LUMENSCOPE:-cargo run --quiet --package lumenscope --} deploy \
  --rpc "$url" --wasm "$wasm" --key-file "$key" --out "$out" "$@"
