#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The third act of the demo: the five machines become an epoch of a ledger, a statement about them is
# published in a log, and a program that shares nothing with the one that wrote it looks at both.
# Ends with 0 if and only if it proved what is true and exposed what was doctored.
# usage: demo/ledger.sh BUILD; after demo/demo.sh, whose results it takes
set -eu
export LC_ALL=C
build=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
assay=$build/assay
audit=$build/assay-audit
results=$build/demo
machines=demo/machines
out=$build/demo/ledger
rm -rf "$out"
mkdir -p "$out"
failed=0

miss()
{
    echo "  THE DEMO FAILED: $*"
    failed=1
}

# board NODE: the id of its board, as the command line has it.
board()
{
    "$assay" decode "$machines/$1/sys/firmware/dmi/tables/DMI" | awk -F '"' '
        /^[^ ]/ { board = /\/baseboard:/ }
        board && /^  manufacturer = / { maker = $2 }
        board && /^  serial = / { serial = $2 }
        END { print "board=" maker "/" serial }'
}

# audited WANT WORDS ARGUMENT...: runs the verifier, which must end so and say so; shows what it says.
audited()
{
    want=$1
    words=$2
    shift 2
    status=0
    "$audit" "$@" >"$out/said" || status=$?
    grep -E '^(proven|disproven|cannot tell|  verdict):? ' "$out/said" | cut -c 1-110 | sed 's/^ */    /'
    [ "$status" = "$want" ] || miss "assay-audit $1 ended with $status"
    grep -qF "$words" "$out/said" || miss "assay-audit $1 does not say: $words"
}

"$assay" key make "$out/operator.key" --name demo.example/rack --no-passphrase >/dev/null
"$assay" key make "$out/log.key" --name demo.example/log --no-passphrase >/dev/null
"$assay" ledger init "$out/fleet" --origin demo.example/rack >/dev/null
set --
for node in node-1 node-2 node-3 node-4 node-5; do
    set -- "$@" "$results/$node.result" --evidence "$machines/$node"
done
"$assay" ledger epoch "$out/fleet" "$@" --key "$out/operator.key" >/dev/null
statement=$out/fleet/epochs/0/statement.json
"$assay" log init "$out/log" --origin demo.example/log --key "$out/log.key" >/dev/null
"$assay" log append "$out/log" "$statement" >/dev/null
"$assay" log checkpoint "$out/log" >/dev/null
{
    printf 'log '
    cat "$out/log.key.pub"
    echo 'quorum none'
} >"$out/policy"
set -- --operator "$out/operator.key.pub"

echo "The operator publishes a statement about all five, signed and in a log:"
"$assay" statement "$statement" >"$out/statement.txt"
sed -n '/^What is claimed/,/^$/s/^  - \(.*\)/    \1/p' "$out/statement.txt" |
    fold -s -w 96 | sed 's/^\([^ ]\)/    \1/'
echo "    (all of it: ${out#"$PWD"/}/statement.txt)"
echo
echo "Somebody who trusts neither the operator nor Assay counts again:"
audited 0 'leaves: 5, each once' epoch "$out/fleet/epochs/0" "$@"

bad=$(board node-5)
"$assay" ledger prove "$out/fleet" --id "$bad" --open verdict --open model --log "$out/log" \
    -o "$out/node-5.proof" >/dev/null
canonical=$(echo "$bad" | tr '[:lower:]' '[:upper:]' | sed 's/^BOARD/board/; s,/,\\x1f,')
echo
echo "Whoever bought node-5 knows its serial number, and asks where it stands:"
audited 0 'verdict: bad' proof "$out/node-5.proof" --policy "$out/policy" "$@" --id "$canonical"

echo
echo "The operator would like it to be clean, and doctors the proof:"
sed -n 's/^extra //p' "$out/node-5.proof" | base64 -d |
    sed 's/verdict\x00\x03bad/verdict\x00\x05clean/' | base64 -w 0 >"$out/extra"
sed "s|^extra .*|extra $(cat "$out/extra")|" "$out/node-5.proof" >"$out/doctored.proof"
! cmp -s "$out/node-5.proof" "$out/doctored.proof" || miss "nothing was doctored"
audited 1 'not the one that was committed to' proof "$out/doctored.proof" \
    --policy "$out/policy" "$@" --id "$canonical"

echo
echo "So it drops a server from the list of all:"
cp -r "$out/fleet/epochs/0" "$out/dropped"
head -c $((15 + 4 * 140)) "$out/fleet/epochs/0/leaves" >"$out/dropped/leaves"
audited 1 'not the list that the statement names' epoch "$out/dropped" "$@"
exit $failed
