#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The demo: five servers of one model, of which one was altered; then the machine it runs on.
# Ends with 0 if and only if it told the altered one from the others and says what was altered, and
# if what is published about them can be proven, and nothing else can (demo/ledger.sh).
# usage: demo/demo.sh [BUILD]
set -eu
export LC_ALL=C.UTF-8
build=${1:-$(dirname "$0")/../build}
build=$(cd "$build" && pwd)
cd "$(dirname "$0")/.."
assay=$build/assay
out=$build/demo
machines=demo/machines
rm -rf "$out"
mkdir -p "$out"
failed=0

miss()
{
    echo "  THE DEMO FAILED: $*"
    failed=1
}

# judge MACHINE: appraises it by the reference and the others; the text goes to a file.
judge()
{
    status=0
    "$assay" appraise "$machines/$1" --reference "$out/reference.assay" \
        --peers "$out/cohort.assay" -o "$out/$1.result" --html "$out/$1.html" \
        >"$out/$1.txt" 2>"$out/$1.err" || status=$?
    if [ $status = 2 ]; then
        cat "$out/$1.err"
    fi
}

# told FILE: each place that findings name, once, with the first words about it.
told()
{
    awk '
        /^Findings$/ { on = 1; next }
        /^[A-Z]/ { on = 0 }
        !on { next }
        /^  [a-z]/ {
            quiet = seen[$2]++
            words = 0
            if (!quiet) printf "  %-8s %s\n", $1, $2
            next
        }
        /^ +(is|expected|peers|bytes|next|rule|note|waived)  / { words = 1 }
        !quiet && !words { sub(/^ +/, ""); print "           " $0 }
    ' "$1"
}

echo "Five servers of one model stand in a rack. Firmware, keys and parts should be the same in"
echo "all of them; only serial numbers, addresses and identifiers may differ."
echo
"$assay" learn -o "$out/reference.assay" --authority "goods inwards" "$machines/node-1" >/dev/null
"$assay" cohort -o "$out/cohort.assay" "$machines"/node-* >/dev/null
echo "node-1 was taken apart and checked by hand: it is the reference. All five are peers."
echo
for node in node-1 node-2 node-3 node-4 node-5; do
    judge $node
    verdict=$(sed -n '1s/.*: //p' "$out/$node.txt")
    count=$(told "$out/$node.txt" | grep -c '^  [a-z]' || true)
    echo "  $node  $verdict, $count places to explain"
    case $node,$status in
    node-5,1 | node-[1-4],0) ;;
    *) miss "$node ended with status $status" ;;
    esac
done

echo
echo "What is wrong with node-5:"
told "$out/node-5.txt"
cat <<'TEXT'

In plain words: node-5 has one device more on its board than the checked machine and than any
of its four siblings: something that answers on PCI Express behind a port that no other
machine uses, and something that answers on the management bus at an address of its own. Its
management controller runs firmware of another version. Its BIOS flash, its keys and all of
its boot measurements are those of the good machines: a check of measured boot alone would
have passed it, since firmware does not measure what is soldered on. Serial numbers, moved
memory windows and longer event logs make no noise. The page for your manager:
TEXT
echo "  ${out#"$PWD"/}/node-5.html"
for part in 'pci@host-kernel/00:1c.5' 'smbus@host-kernel/bus:0/0x66' 'bmc@bmc/firmware'; do
    told "$out/node-5.txt" | grep -qF "$part" || miss "node-5: $part is not named"
done
for part in flash@ tpm@ eventlog@ efivar@; do
    ! told "$out/node-5.txt" | grep -qF "$part" || miss "node-5: $part is blamed"
done
grep -qF '00:1c.5' "$out/node-5.html" || miss "the page does not name the added device"

echo
echo "Now this machine, with what it lets itself be asked without being disturbed:"
if "$assay" collect -o "$out/this-machine.assay" >"$out/this-machine.sources"; then
    "$assay" bundle list "$out/this-machine.assay" | awk '
        NR > 2 { n[$1]++ }
        $1 == "seen" { source[$4] = 1 }
        END {
            for (s in source) sources++
            printf "  %d files from %d sources seen; of other sources %d absent, ", n["seen"], sources, n["absent"]
            printf "%d unsupported, %d refused or failed, ", n["unsupported"], n["refused"] + n["failed"]
            printf "%d left out\n", n["excluded"] + n["untried"]
        }'
    "$assay" bundle extract -o "$out/this-machine" "$out/this-machine.assay" >/dev/null
    find "$out/this-machine" -type f -exec "$assay" decode {} + >"$out/this-machine.claims" || true
    echo "  decoded into $(grep -c ' = ' "$out/this-machine.claims" || true) claims"
    status=0
    "$assay" appraise "$out/this-machine.assay" >"$out/this-machine.txt" || status=$?
    echo "  verdict without a reference: $(sed -n '1s/.*: //p' "$out/this-machine.txt")"
    [ $status != 2 ] || miss "this machine could not be appraised"
else
    miss "this machine could not be collected"
fi

echo
demo/ledger.sh "$build" || failed=1
exit $failed
