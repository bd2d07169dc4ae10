# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests of this folder: TAP, a folder of one's own, a small recording.
# $1 is the build folder. Sets BUILD, ASSAY and WORK (the current folder, removed at the end).
set -u
BUILD=$(cd "$1" && pwd)
ASSAY=$BUILD/assay
WORK=$(mktemp -d)
trap 'chmod -R u+rwx "$WORK"; rm -rf "$WORK"' EXIT
cd "$WORK" || exit 1
export LC_ALL=C.UTF-8
umask 022
number=0

# ok NAME COMMAND...: passes if the command succeeds.
ok()
{
    name=$1
    shift
    number=$((number + 1))
    if "$@" >out 2>err; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/# /' out err
    fi
}

# status NAME WANT COMMAND...: passes if the command ends with that status.
status()
{
    name=$1
    want=$2
    shift 2
    number=$((number + 1))
    "$@" >out 2>err
    got=$?
    if [ "$got" = "$want" ]; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        echo "# status $got, not $want"
        sed 's/^/# /' out err
    fi
}

skip()
{
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

done_testing()
{
    echo "1..$number"
}

# fails COMMAND...: succeeds if the command does not.
fails()
{
    ! "$@"
}

# put PATH TEXT: a file with its folders.
put()
{
    mkdir -p "$(dirname "$1")"
    printf '%b' "$2" >"$1"
}

# recording DIR: a small machine.
recording()
{
    put "$1/proc/cpuinfo" 'processor\t: 0\nmicrocode\t: 0xf0\n'
    put "$1/proc/version" 'Linux version 6.1.0\n'
    put "$1/sys/class/net/eth0/address" '02:00:00:00:00:01\n'
    put "$1/sys/class/net/eth1/address" '02:00:00:00:00:02\n'
    put "$1/sys/class/net/bond0/address" '02:00:00:00:00:01\n'
    put "$1/i2c/i2c-0-50.bin" 'spd'
    put "$1/i2c/i2c-0-2c.bin" 'other'
    put "$1/i2c/scan.txt" 'bus 0 addr 2c\nbus 0 addr 50\n'
    put "$1/ipmi/fru0.bin" '\001\000\000\000\000\000\000\377'
    put "$1/ipmi/fru10.bin" 'ten'
    put "$1/ipmi/fru2.bin" 'two'
    put "$1/ipmi/sel.bin" ''
    put "$1/sys/bus/pci/devices/0000:00:01.0/rom" 'rom'
    put "$1/dmesg.txt" 'for people\n'
    put "$1/flash/regions.sha256" 'for people\n'
    put "$1/flash/flash.bin" 'flash'
}

SALT=000102030405060708090a0b0c0d0e0f

# collect DIR FILE [OPTION...]: prints the evidence digest.
collect()
{
    dir=$1
    file=$2
    shift 2
    "$ASSAY" collect --root "$dir" --salt $SALT --json "$@" -o "$file" |
        sed 's/.*"evidence":"\([^"]*\)".*/\1/'
}

# states FILE SOURCE: the states of the source's entries, each with its path.
states()
{
    "$ASSAY" bundle list "$1" | awk -v source="$2" '
        $2 == source { print $1, $3 ~ /^\(/ ? "" : $3 }
        $4 == source { print $1, $5 }'
}
