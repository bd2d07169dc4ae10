#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The fleet tree on made-up fleets of 1,000, 100,000 and 1,000,000 servers: every bar in one run.
# usage: bench/ledger.sh BUILD [DATA]
set -eu
build=${1:-build}
ninja -C "$build" --quiet bench/bench-ledger
failed=0
for servers in 1000 100000 1000000; do
    "$build/bench/bench-ledger" "$servers" || failed=1
done
if [ "$failed" -gt 0 ]; then
    echo "bench: ledger: a bar is missed" >&2
    exit 1
fi
echo "ledger: all bars are met"
