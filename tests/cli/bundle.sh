#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# assay bundle: list, extract, redact, seal, verify.
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"

recording one
D=$(collect one one.assay --subject rack-7 --time 2026-01-31T12:00:00Z)

# evidence FILE: the digest that `bundle verify` prints.
evidence()
{
    "$ASSAY" bundle verify --json "$1" | sed 's/.*"evidence":"\([^"]*\)".*/\1/'
}

ok "tar lists it" sh -c "tar tf one.assay | grep -qx manifest.json"
ok "blobs are as found and named by digest" sh -c '
    d=$(sha256sum <one/proc/cpuinfo | cut -d" " -f1) &&
    tar xOf one.assay "blobs/sha256-$d" | cmp - one/proc/cpuinfo'
ok "a blob is stored once" sh -c '
    d=$(sha256sum <one/sys/class/net/eth0/address | cut -d" " -f1) &&
    [ "$(tar tf one.assay | grep -c "$d")" = 1 ]'
ok "the manifest is JSON" sh -c "
    tar xOf one.assay manifest.json | python3 -c '
import json, sys
d = json.load(sys.stdin)
assert d[\"evidence\"] == \"$D\" and d[\"subject\"] == \"rack-7\"'"
ok "the list names what was not obtained" sh -c "'$ASSAY' bundle list one.assay |
    grep -q 'untried *tpm-pcr (not in the recording)'"
status "an intact bundle" 0 "$ASSAY" bundle verify one.assay
ok "has the digest of its collection" [ "$(evidence one.assay)" = "$D" ]

again()
{
    "$ASSAY" bundle extract -o out.d one.assay &&
        [ "$(collect out.d again.assay --subject rack-7 --time 2026-01-31T12:00:00Z)" = "$D" ] &&
        cmp one.assay again.assay
}
ok "what is extracted collects to the same bundle" again
status "nothing is overwritten" 2 "$ASSAY" bundle extract -o out.d one.assay
escape()
{
    mkdir trap.d elsewhere
    ln -s "$WORK/elsewhere" trap.d/proc
    fails "$ASSAY" bundle extract -o trap.d one.assay && [ -z "$(ls elsewhere)" ]
}
ok "extraction follows no link" escape

# Redaction.
ok "a source is redacted" "$ASSAY" bundle redact -o red.assay one.assay net-address
ok "redaction keeps the digest" [ "$(evidence red.assay)" = "$D" ]
ok "redacted bytes are gone" fails grep -q '02:00:00' red.assay
ok "redaction is excluded coverage" sh -c "'$ASSAY' bundle list red.assay |
    grep -q '^excluded .*eth0/address (redacted)'"
ok "a judge has not seen what is redacted" sh -c "
    '$ASSAY' appraise --json red.assay | tr '{' '\\n' | grep '\"surface\":\"net\"' |
    grep -q '\"state\":\"excluded\"'"
ok "a redacted bundle is redacted further" \
    "$ASSAY" bundle redact -o red2.assay red.assay content "sha256:$(sha256sum <one/proc/cpuinfo | cut -d' ' -f1)"
ok "and keeps the digest" [ "$(evidence red2.assay)" = "$D" ]
status "what is not there cannot be redacted" 2 \
    "$ASSAY" bundle redact -o red3.assay one.assay tpm-pcr

# Seals.
ok "a key is made" "$ASSAY" bundle seal --new-key key
ok "for its owner only" sh -c '[ "$(stat -c %a key)" = 600 ]'
status "and not twice" 2 "$ASSAY" bundle seal --new-key key
"$ASSAY" bundle seal --new-key other >/dev/null
status "an unsealed bundle has no good seal" 1 "$ASSAY" bundle verify --key key.pub one.assay
ok "a bundle is sealed" "$ASSAY" bundle seal --key key -o sealed.assay one.assay
ok "a seal keeps the digest" [ "$(evidence sealed.assay)" = "$D" ]
status "the seal is good" 0 "$ASSAY" bundle verify --key key.pub sealed.assay
status "for another key it is not" 1 "$ASSAY" bundle verify --key other.pub sealed.assay
ok "a second seal in place" "$ASSAY" bundle seal --key other sealed.assay
status "the second is good" 0 "$ASSAY" bundle verify --key other.pub sealed.assay
status "the first still is" 0 "$ASSAY" bundle verify --key key.pub sealed.assay
cp sealed.assay once.assay
ok "sealing again changes nothing" sh -c "
    '$ASSAY' bundle seal --key key sealed.assay && cmp sealed.assay once.assay"
ok "redaction keeps seals" sh -c "
    '$ASSAY' bundle redact -o rs.assay sealed.assay identity &&
    '$ASSAY' bundle verify --key key.pub rs.assay"
moved()
{
    # The seal of one bundle under the name that it has, in another one.
    put one/proc/cmdline 'init=/bin/sh\n'
    collect one two.assay >/dev/null
    python3 - <<'PYTHON'
import tarfile, io
source = tarfile.open("sealed.assay")
data = open("two.assay", "rb").read()[:-1024]
raw = open("sealed.assay", "rb").read()
for member in source.getmembers():
    if member.name.startswith("seals/"):
        data += raw[member.offset:member.offset_data + 512]
open("forged.assay", "wb").write(data + bytes(1024))
PYTHON
    "$ASSAY" bundle verify forged.assay && "$ASSAY" bundle verify --json --key key.pub forged.assay
    [ $? = 1 ] && "$ASSAY" bundle verify --json --key key.pub forged.assay | grep -q '"state":"bad"'
}
ok "a seal does not fit other evidence" moved
if command -v openssl >/dev/null; then
    foreign()
    {
        openssl genpkey -algorithm ed25519 -out foreign 2>/dev/null &&
            openssl pkey -in foreign -pubout -out foreign.pub &&
            "$ASSAY" bundle seal --key foreign -o f.assay one.assay &&
            "$ASSAY" bundle verify --key foreign.pub f.assay
    }
    ok "keys of openssl do" foreign
    openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out rsa 2>/dev/null
    status "keys of another kind do not" 2 "$ASSAY" bundle seal --key rsa -o f.assay one.assay
    openssl pkey -in foreign -aes128 -passout pass:x -out locked
    status "nobody is asked for a passphrase" 2 "$ASSAY" bundle seal --key locked one.assay
fi

# Compression.
ok "a bundle can be compressed" sh -c "'$ASSAY' collect --root one --salt $SALT --zstd \
    -o packed.assay && [ \$(stat -c %s packed.assay) -lt \$(stat -c %s one.assay) ]"
status "and read" 0 "$ASSAY" bundle verify packed.assay
ok "it stays compressed" sh -c "'$ASSAY' bundle seal --key key packed.assay &&
    head -c 4 packed.assay | od -An -tx1 | grep -q '28 b5 2f fd'"
ok "trailing bytes are refused" sh -c "
    echo >>packed.assay; '$ASSAY' bundle verify packed.assay; [ \$? = 1 ]"

# Damage.
damage()
{
    cp one.assay bad.assay
    printf '\377' | dd of=bad.assay bs=1 seek="$1" conv=notrunc 2>/dev/null
    "$ASSAY" bundle verify bad.assay
    [ $? = 1 ] && "$ASSAY" bundle verify bad.assay | grep -q 'damaged at byte'
}
ok "a changed header is refused" damage 0
ok "a changed blob is refused" damage 520
ok "a changed end is refused" damage "$(($(stat -c %s one.assay) - 1))"
cut_off()
{
    head -c 2000 one.assay >short.assay
    "$ASSAY" bundle verify --json short.assay
    [ $? = 1 ] && "$ASSAY" bundle verify --json short.assay | grep -q '"valid":false'
}
ok "a bundle cut off is refused" cut_off
status "other verbs refuse it too" 2 "$ASSAY" bundle list bad.assay
status "a file that is not there is our trouble" 2 "$ASSAY" bundle verify nowhere.assay
status "an unknown action" 2 "$ASSAY" bundle burn one.assay
status "no action" 2 "$ASSAY" bundle
done_testing
