#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# assay collect on a recording and on this host.
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"

recording one
D=$(collect one one.assay)

takes_of()
{
    states "$1" "$2" | grep -qx "$3"
}

takes()
{
    takes_of one.assay "$@"
}

ok "a file is seen" takes cpu "seen proc/cpuinfo"
ok "a star takes every name" takes net-address "seen sys/class/net/bond0/address"
ok "an earlier row takes a file first" takes spd "seen i2c/i2c-0-50.bin"
ok "a later row takes the rest" takes smbus-device "seen i2c/i2c-0-2c.bin"
ok "a later row does not take it again" \
    fails sh -c "'$ASSAY' bundle list one.assay | grep 'smbus-device i2c/i2c-0-50.bin'"
ok "an empty file is a blob" takes sel "seen ipmi/sel.bin"
ok "what intrusive sources left in a recording is read" \
    takes pci-rom "seen sys/bus/pci/devices/0000:00:01.0/rom"
ok "what a recording lacks is untried" takes tpm-pcr "untried "
ok "files for people are no evidence" \
    fails sh -c "'$ASSAY' bundle list one.assay | grep -e dmesg -e regions"

# What the kernel serves in two forms is read once, and what it serves since lately is read.
recording forms
mkdir -p forms/sys/kernel/security/ima forms/sys/bus/usb/devices/2-1.4
H=67e0d1967e4d37a8b7abe73306af3681dc8deb4f362cd62a17964ab545142087
put forms/sys/kernel/security/ima/ascii_runtime_measurements \
    "10 7b1b05c6c09bc855e349cc76dd51385d1cee1df2 ima-sig sha256:$H boot_aggregate \n"
put forms/sys/bus/usb/devices/2-1.4/bos_descriptors \
    '\005\017\014\000\001\007\020\002\006\000\000\000'
collect forms forms.assay >/dev/null
sed -i 's/boot_aggregate/other/' forms/sys/kernel/security/ima/ascii_runtime_measurements
put forms/sys/bus/usb/devices/2-1.4/bos_descriptors \
    '\005\017\014\000\001\007\020\002\007\000\000\000'
collect forms altered.assay >/dev/null
differs_in()
{
    "$ASSAY" diff forms.assay altered.assay | grep -qF -- "$1"
}
ok "a list of measured files is read as text" takes_of forms.assay ima-text \
    "seen sys/kernel/security/ima/ascii_runtime_measurements"
ok "and its lines are claims" differs_in "- ima@host-kernel/files/boot_aggregate"
ok "an object store is of its device" differs_in "usb@host-kernel/2-1.4/object-store/capability:2"
put forms/sys/kernel/security/ima/binary_runtime_measurements ''
collect forms forms.assay >/dev/null
ok "the binary list goes before" takes_of forms.assay ima-log \
    "seen sys/kernel/security/ima/binary_runtime_measurements"
ok "the text is then left out" takes_of forms.assay ima-text "untried "

# The same files made in another order have the same digest; one more byte has another.
mkdir two
(cd one && find . -type f | sort -r) | while read -r f; do
    mkdir -p "two/$(dirname "$f")"
    cp "one/$f" "two/$f"
done
same_digest()
{
    [ "$(collect two two.assay)" = "$D" ] && cmp one.assay two.assay
}
ok "the order of files leaves no trace" same_digest

other_digest()
{
    printf x >>two/proc/version
    [ "$(collect two two.assay)" != "$D" ]
}
ok "another byte has another digest" other_digest

other_salt()
{
    [ "$("$ASSAY" collect --root one --json -o salted.assay |
        sed 's/.*"evidence":"\([^"]*\)".*/\1/')" != "$D" ]
}
ok "the salt is random" other_salt

# Links must not lead out of a recording.
recording links
put secret 'outside\n'
ln -sf "$WORK/secret" links/proc/cmdline
ln -sf ../../secret links/proc/modules
mkdir -p links/sys/class/tpm
ln -s /etc links/sys/class/net/evil
collect links links.assay >/dev/null
ok "an absolute link is not followed" \
    sh -c "'$ASSAY' bundle list links.assay | grep 'failed *kernel-cmdline proc/cmdline'"
ok "a link upwards is not followed" \
    sh -c "'$ASSAY' bundle list links.assay | grep 'failed *modules proc/modules'"
ok "nothing from outside is in the bundle" fails grep -q outside links.assay

# A pipe must not make it wait, a folder is no file.
rm links/proc/version
mkfifo links/proc/version
ok "a pipe is not waited for" timeout 10 "$ASSAY" collect --root links -o pipe.assay
ok "a pipe is named" \
    sh -c "'$ASSAY' bundle list pipe.assay | grep 'failed .*proc/version .*no regular file'"

# Usage.
status "a root that is not there" 2 "$ASSAY" collect --root nowhere -o none.assay
ok "leaves no file" [ ! -e none.assay ]
status "an empty recording" 2 sh -c "mkdir empty; '$ASSAY' collect --root empty -o empty.assay"
status "no output" 2 "$ASSAY" collect --root one
status "an unknown word of --allow" 2 "$ASSAY" collect --allow everything -o x.assay
status "a time that is none" 2 "$ASSAY" collect --time yesterday -o x.assay
status "a salt that is none" 2 "$ASSAY" collect --root one --salt 00 -o x.assay
status "a folder that is not there" 2 "$ASSAY" collect --root one -o nowhere/x.assay

# The output appears when it is complete and is not touched before.
killed()
{
    recording big
    dd if=/dev/zero of=big/flash/flash.bin bs=1M count=0 seek=900 2>/dev/null
    echo old >kept.assay
    "$ASSAY" collect --root big -o kept.assay >/dev/null 2>&1 &
    pid=$!
    sleep 0.2
    kill -9 $pid
    wait $pid 2>/dev/null
    [ "$(cat kept.assay)" = old ]
}
ok "a killed collection leaves the old file" killed
if python3 -c 'import os; os.open(".", os.O_TMPFILE | os.O_RDWR)' 2>/dev/null; then
    ok "and no other" sh -c '[ "$(find . -maxdepth 1 -name "kept.assay*" | wc -l)" = 1 ]'
else
    skip "and no other" "this file system has no files without a name"
fi
rm -rf big

# This host.
ok "this host can be collected" "$ASSAY" collect -o host.assay
host_state()
{
    states host.assay "$1" | grep -q "^$2 "
}
ok "the processor is seen" host_state cpu seen
ok "ROMs are left out by default" host_state pci-rom excluded
ok "SMBus is left out by default" host_state smbus-scan excluded
ok "a programmer is left out by default" host_state flash-programmer excluded
"$ASSAY" collect --allow programmer -o host.assay >/dev/null
ok "no programmer is driven unless one is named" host_state flash-programmer untried
ok "the time is stated" sh -c "'$ASSAY' bundle list --json host.assay | grep -q '\"time\":\"20'"
ok "the static collector gives the same" sh -c "
    '$BUILD/assay-collect' --root one --salt $SALT -o static.assay && cmp static.assay one.assay"

if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && [ -d /sys/bus/pci/devices ]; then
    chmod 777 .
    unprivileged()
    {
        setpriv --reuid 65534 --regid 65534 --clear-groups \
            "$BUILD/assay-collect" -o ./plain.assay
    }
    if setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$BUILD/assay-collect"; then
        ok "an ordinary user can collect" unprivileged
        refused()
        {
            "$ASSAY" bundle list plain.assay | grep -q -e '^refused' -e '^partial'
        }
        ok "what he may not see is refused or partial" refused
    else
        skip "an ordinary user can collect" "the build folder is closed to him"
    fi
else
    skip "an ordinary user can collect" "needs root and setpriv"
fi

# Bars: CPU time and memory.
measured()
{
    python3 - "$BUILD/assay-collect" "$@" <<'PYTHON'
import os, resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, "s", used.ru_maxrss, "KiB")
sys.exit(used.ru_utime + used.ru_stime >= 1 or used.ru_maxrss >= 32 * 1024)
PYTHON
}
dd if=/dev/urandom of=one/flash/flash.bin bs=1M count=64 2>/dev/null
ok "64 MiB of flash: under 1 s of CPU and 32 MiB" measured --root one -o flash.assay
ok "this host: under 1 s of CPU and 32 MiB" measured -o host.assay
done_testing
