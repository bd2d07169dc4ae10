#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of uboot-env."""
import struct
import zlib

import cases

TEXT = (b"bootcmd=bootm 20080000\0bootargs=console=ttyS4,115200n8 root=/dev/ram rw\0bootdelay=2\0"
        b"ethaddr=02:00:00:00:00:01\0eth1addr=02:00:00:00:00:02\0serial#=ABC123456\0"
        b"bootcount=3\0ethact=ftgmac\0\0")


def env(text, size, flag=None, order="<", fill=b"\0", crc=0):
    """The CRC counts what stands behind the flag."""
    head = b"" if flag is None else bytes([flag])
    data = text.ljust(size - 4 - len(head), fill)
    return struct.pack(order + "I", zlib.crc32(data) ^ crc) + head + data


def write(case, says, data):
    cases.write("uboot-env", case, data, says=says)


if __name__ == "__main__":
    write("minimal", "One variable", env(b"a=b\0\0", 64))
    write("full", "A kilobyte, little-endian", env(TEXT, 1024))
    write("big-endian", "A kilobyte, big-endian", env(TEXT, 1024, order=">"))
    write("flag", "With the flag of two copies", env(TEXT, 1024, flag=1))
    write("erased-behind", "Erased bytes behind the environment", env(TEXT, 1024) + b"\xff" * 1024)
    write("garbage-behind", "Bytes behind the last variable and behind the environment",
          env(b"a=b\0\0left over".ljust(600, b"\0") + b"more", 1024) + b"what is this")
    write("bad-crc", "A wrong CRC", env(TEXT, 1024, crc=1))
    write("bad-crc-flag", "A wrong CRC before a flag", env(TEXT, 1024, flag=1, crc=1))
    write("no-variable", "Nothing that is one", env(b"=value\0no equals sign\0\0", 64))
    write("unterminated", "The last variable has no end", env(b"a=b\0c=d", 11))
    write("not-text", "A value that is no text", env(b"a=\xff\xfe\x01\0\0", 64))
