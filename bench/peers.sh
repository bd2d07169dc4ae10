#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The judge of peers on made-up fleets: cost, misses, false alarms. usage: bench/peers.sh BUILD [DATA]
# Thresholds were set on seeds 1 to 10; the seeds here were not looked at before that.
set -eu
build=${1:-build}
meson compile -C "$build" bench-peers >/dev/null
program=$build/bench/bench-peers
log=$(mktemp)
trap 'rm -f "$log"' EXIT

failed=0
for seed in 101 102 103 104 105; do
    "$program" fleet 10000 "$seed" >>"$log" || failed=$((failed + 1))
done
cat "$log"
echo "five fleets of 10000 together: altered machines noticed, others that alarm"
awk '
    /alteration in the first three/ { ranked += $6 }
    /misses/ { missed += $2; altered += $4 }
    /false alarms/ { cried += $3; others += $5 }
    END {
        printf "  first three %d of %d, missed %d of %d, false alarms %d of %d (%.3f %%)\n",
               ranked, altered, missed, altered, cried, others, 100 * cried / others
    }' "$log"

"$program" fleet 100000 201 >>"$log" || failed=$((failed + 1))
tail -n 8 "$log"
awk '
    /^fleet of 10000,/ { small += $8; count++; if ($14 > most) most = $14 }
    /^fleet of 100000,/ { large = $8 }
    END {
        small /= count
        printf "10000 machines: %.2f s (bar 20), %d MiB (bar 1024); 100000: %.1f times that (bar 11)\n",
               small, most, large / small
        exit !(small < 20 && most < 1024 && large < 11 * small)
    }' "$log" || failed=$((failed + 1))

for size in 5 20 100 300 1000; do
    "$program" small "$size" $((20000 / size)) 301
done
if [ "$failed" -gt 0 ]; then
    echo "bench: peers: $failed of the bars are missed" >&2
    exit 1
fi
echo "peers: all bars are met"
