#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is written, and what becomes of what stood there: devices, pipes, folders, full disks.
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"

recording one
put firmware.bin 'firmware'
echo kept >old

# What must not be replaced by a file stays what it is, and the message says why.
mkfifo pipe
ln -s pipe link
mkdir folder
refused()
{
    target=$1
    words=$2
    shift 2
    timeout 20 "$@" >out 2>err
    [ $? = 2 ] && grep -q "cannot write $target: $words" err
}
stays()
{
    [ -p pipe ] && [ -p link ] && [ -L link ] && [ -d folder ]
}
ok "collect replaces no pipe" refused pipe "it is no regular file" \
    "$ASSAY" collect --root one -o pipe
ok "nor does learn" refused pipe "it is no regular file" "$ASSAY" learn -o pipe one
ok "nor cohort" refused pipe "it is no regular file" "$ASSAY" cohort -o pipe one
ok "nor a link to one" refused link "it is no regular file" "$ASSAY" appraise one -o link
ok "nor a page" refused pipe "it is no regular file" "$ASSAY" report one --html pipe
ok "nor a difference" refused pipe "it is no regular file" "$ASSAY" diff --html pipe one one
ok "nor the static collector" refused pipe "it is no regular file" \
    "$BUILD/assay-collect" --root one -o pipe
ok "a dash is no file" refused - "name a file" "$ASSAY" learn -o - one
ok "a folder is named as one" refused folder "Is a directory" "$ASSAY" learn -o folder one
ok "everything is as it was" stays

if [ "$(id -u)" = 0 ] && mknod null c 1 3 2>err; then
    ok "a device is not replaced" refused null "it is no regular file" \
        "$ASSAY" collect --root one -o null
    ok "it is still one" [ -c null ]
else
    skip "a device is not replaced" "needs root"
    skip "it is still one" "needs root"
fi

# No room for what is printed is told, and is trouble.
"$ASSAY" appraise one -o one.result >out
for words in "rules" "formats" "explain bad-checksum" "decode firmware.bin" "appraise one" \
    "report one.result" "diff one one" "reads firmware.bin firmware.bin" \
    "collect --root one -o one.assay" "bundle list one.assay" "--help" "decode --help" \
    "--version"; do
    # shellcheck disable=SC2086
    full()
    {
        "$ASSAY" $words >/dev/full 2>err
        [ $? = 2 ] && grep -q '^assay.*standard output: .*No space left' err
    }
    ok "no room for: $words" full
done

# A limit on the size of files is an error; what stood there stays.
limited()
{
    cp old limited.assay
    dd if=/dev/urandom of=one/flash/flash.bin bs=1k count=300 2>err
    (
        ulimit -f 100
        "$1" $2 --root one -o limited.assay >out 2>err
    )
    [ $? = 2 ] && grep -q 'limited.assay: File too large' err && cmp old limited.assay
}
ok "a bundle beyond the limit on files" limited "$ASSAY" collect
ok "and of the static collector" limited "$BUILD/assay-collect" ""

# Which file a message is about is said once.
once()
{
    "$ASSAY" "$@" >out 2>err
    [ $? = 2 ] && [ "$(grep -o nowhere err | wc -l)" = 1 ]
}
ok "a missing file is named once" once appraise nowhere
ok "also by diff" once diff nowhere one
ok "also by learn" once learn -o r nowhere
ok "also by a bundle" once bundle list nowhere
ok "also as a reference" once appraise one --reference nowhere
ok "also as a policy" once appraise one --policy nowhere
ok "also as earlier evidence" once appraise one --since nowhere
ok "also as a sibling" once appraise one --peers nowhere
ok "also as rules" once appraise one --yara nowhere
ok "also as revoked digests" once appraise one --dbx nowhere
ok "also by report" once report nowhere
ok "also by decode" once decode nowhere
ok "also by reads" once reads nowhere one
ok "also as a root" once collect --root nowhere -o x.assay
ok "also as a key" once bundle seal --key nowhere one.assay
ok "also to sign" once sign --key nowhere -o signed one.result
ok "also to check" once sign --check nowhere
ok "also as a statement" once statement nowhere
ok "also as a log" once log verify nowhere
ok "also as a ledger" once ledger status nowhere

# A folder by a wrong name is no machine.
mkdir -p empty/deep
echo notes >empty/notes.txt
wrong()
{
    "$ASSAY" "$@" >out 2>err
    [ $? = 2 ] && grep -q 'empty is a folder without a recording' err
}
ok "a folder without a recording is not judged" wrong appraise empty
ok "nor compared" wrong diff empty empty
ok "nor learned from" wrong learn -o x empty
ok "nor a sibling" wrong appraise one --peers one empty

# Times are of days that there are.
for time in 2026-02-29T00:00:00Z 2026-13-01T00:00:00Z 2026-00-01T00:00:00Z 2026-04-31T00:00:00Z \
    2026-01-01T24:00:00Z 2026-01-01T00:60:00Z 2026-01-01T00:00:00 2100-02-29T00:00:00Z; do
    status "no time to judge at: $time" 2 "$ASSAY" appraise one --as-of $time
    status "no time of collection: $time" 2 "$ASSAY" collect --root one --time $time -o x
done
status "the day and the second that are put in" 1 "$ASSAY" appraise one --as-of 2028-02-29T23:59:60Z

# Standard input is read once: what is judged is what came.
"$ASSAY" collect --root one -o one.assay >out
same_report()
{
    "$ASSAY" report one.assay >want && "$ASSAY" report - <one.assay >out && cmp want out &&
        "$ASSAY" report /dev/stdin <one.assay >out && cmp want out &&
        cat one.assay | "$ASSAY" report - >out && cmp want out &&
        cat one.assay | "$ASSAY" report /dev/stdin >out && cmp want out
}
ok "a report of standard input" same_report
for verb in "diff" "reads" "decode" "learn -o x" "cohort -o x"; do
    # shellcheck disable=SC2086
    twice()
    {
        "$ASSAY" $verb - - <one.assay >out 2>err
        [ $? = 2 ] && grep -q "read once only" err
    }
    ok "standard input is not taken twice: $verb" twice
done
ok "nothing was written by all of these" [ ! -e x ]

# A key that is none is named.
named()
{
    echo nonsense >bad.pem
    "$ASSAY" bundle verify --key bad.pem one.assay 2>err
    [ $? = 2 ] && grep -q 'bad.pem: this is no key' err
}
ok "a key that is none is named" named

# Whose word a report is not is said where nobody misses it.
unsigned()
{
    "$ASSAY" key make own.key --name example.com --no-passphrase >out
    "$ASSAY" key make other.key --name example.org --no-passphrase >out
    "$ASSAY" appraise one --sign own.key -o one.signed >out
    "$ASSAY" report --json --signer own.key.pub one.signed >out 2>err
    [ $? = 0 ] && [ ! -s err ] || return 1
    for result in one.signed one.result; do
        "$ASSAY" report --json --signer other.key.pub $result >out 2>err
        [ $? = 1 ] && grep -q "$result is not signed by a key of --signer" err || return 1
    done
}
ok "a report that is not by the signer" unsigned

# The last line of a difference says what its exit status does.
own()
{
    cp -r one sister
    echo 02:00:00:00:00:03 >sister/sys/class/net/eth1/address
    "$ASSAY" diff one sister >out && tail -n 1 out |
        grep -qx '1 change, .*nothing differs but what belongs to one machine or was unseen'
}
ok "a difference that is none says so" own
done_testing
