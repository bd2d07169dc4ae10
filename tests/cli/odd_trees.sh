#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Trees in which something stands in the place of a file: what could not be read is named, and its
# surface is not said to be seen.
MACHINE=$(cd "$(dirname "$0")/../../demo/machines/node-1" && pwd)
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"
TABLE=sys/firmware/dmi/tables/DMI
"$ASSAY" learn -o reference "$MACHINE" >out || exit 1

tree()
{
    rm -rf tree
    cp -r "$MACHINE" tree
    chmod -R u+w tree
    rm tree/$TABLE
}

# Against a reference, so that nothing but the odd file can be short.
short()
{
    "$ASSAY" appraise tree --reference reference >out
    [ $? != 0 ] && [ $? != 2 ] || return 1
    "$ASSAY" collect --root tree -o tree.assay >err &&
        states tree.assay smbios-table | grep -q "^failed *$TABLE" &&
        grep -q "^  smbios .* partial .*$TABLE: $1" out
}

tree
mkdir tree/$TABLE
ok "a folder in the place of a file" short "it is no regular file"
tree
mkfifo tree/$TABLE
ok "a pipe" short "it is no regular file"
tree
if python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('tree/$TABLE')" 2>err; then
    ok "a socket" short "it is no regular file"
else
    skip "a socket" "none can be made here"
fi
tree
ln -s DMI tree/$TABLE
ok "a link to itself" short "a link that leads in a circle"
tree
ln -s /etc/passwd tree/$TABLE
ok "a link that leads out" short "a link that leads out of the recording"

# Folders that a star names are no files: nothing is said of them.
tree
cp "$MACHINE/$TABLE" tree/$TABLE
mkdir tree/sys/firmware/acpi/tables/data
ln -s .. tree/sys/bus/pci/devices/circle
same()
{
    "$ASSAY" diff "$MACHINE" tree && "$ASSAY" appraise tree --reference reference
}
ok "a folder where any name is looked for is none of the files" same
done_testing
