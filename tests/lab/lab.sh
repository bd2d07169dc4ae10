#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tests/lab/lab.sh [A B]
# Compares recorded machines of the lab: two of them by name, or the pairs that tell the story.
set -eu
data=../shared/data/lab
if [ ! -d "$data" ]; then
    echo "lab: there is no recorded data beside this tree" >&2
    exit 2
fi
[ $# -gt 0 ] || set -- srv4 srv4-reboot srv1 srv2 srv4 t-hw srv4 t-fw-implant
while [ $# -gt 1 ]; do
    echo "== $1 against $2"
    build/assay diff "$data/$1" "$data/$2" || true
    shift 2
done
