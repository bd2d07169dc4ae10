#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of openbmc-flash: parts at multiples of 64 KiB."""
import struct
import zlib

import boot_program
import cases
import cramfs
import jffs2
import ubi
import uboot_env

STEP = 0x10000
LOADER = b"\x13\0\0\xea" + b"U-Boot 2019.04, only a text for tests" * 3


def uimage(data, name=b"Linux"):
    def head(crc):
        return struct.pack(">7I4B32s", 0x27051956, crc, 1000000, len(data), 0x80008000, 0x80008000,
                           zlib.crc32(data), 5, 2, 2, 0, name)
    return head(zlib.crc32(head(0))) + data


def rofs():
    i = cramfs.Image()
    return i.done(i.file(b"init", b"#!/bin/sh\n", 0o100755), pad=0)


def rwfs():
    return jffs2.Log().marker().file(2, b"hostname", b"bmc").bytes


def image(*parts):
    """Each part at the next step; bytes that follow one another at one step are a pair."""
    return b"".join(p.ljust(-(-len(p) // STEP) * STEP, b"\xff") for p in parts)


def write(case, data, cut=True):
    cases.write("openbmc-flash", case, data.rstrip(b"\xff") + b"\xff" * 16 if cut else data, text=True)


def main():
    env = uboot_env.env(b"bootcmd=bootm 20080000\0ethaddr=02:00:00:00:00:01\0\0", 8192)
    kernel = uimage(b"a kernel, only a text for tests")
    write("static", image(LOADER, env, kernel, rofs(), rwfs()))
    write("two-environments", image(LOADER, env, env, kernel, rofs()))
    write("no-environment", image(LOADER, b"\xff", kernel, rofs()))
    write("loader-image", image(LOADER, uimage(b"U-Boot proper", b"U-Boot"), env, kernel, rofs(), rwfs()))
    loader = boot_program.VECTORS + boot_program.CODE + boot_program.banner(stage=b"SPL ")
    write("loader-program", image(boot_program.word(loader) + boot_program.tree(), env, kernel, rofs()))
    blocks = ubi.table(ubi.record(b"rofs", 1, ubi.STATIC), ubi.record(b"rwfs", 2))
    write("ubi", image(LOADER, env, blocks + ubi.static(0, 0, rofs(), 1) + ubi.dynamic(1, 0, rwfs())), cut=False)
    write("no-kernel", image(LOADER, b"\0" * 16, rofs()))
    write("unknown", image(LOADER, kernel, rofs(), b"what is this"))


if __name__ == "__main__":
    main()
