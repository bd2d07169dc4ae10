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
done_testing
