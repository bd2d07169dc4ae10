#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of the decoders of kernel text files and of the SMBus scan."""
import struct

import cases


def text(name, case, value, label=None):
    cases.write(name, case, value.encode() if isinstance(value, str) else value, label, text=True)


MODULES = """nvme 49152 2 - Live 0xffffffffc058f000
nvme_core 16384 1 nvme, Live 0x0000000000000000
vendor_net 131072 0 - Live 0xffffffffc0600000 (OE)
going 4096 - - Unloading 0xffffffffc0700000 (POE-)
"""

BLOCK = """processor\t: {number}
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 85
model name\t: Example Processor @ 2.10GHz
stepping\t: 7
microcode\t: 0x{microcode:x}
cpu MHz\t\t: {mhz}
cache size\t: 22528 KB
flags\t\t: fpu vme sse2
bugs\t\t: spectre_v1
address sizes\t: 46 bits physical, 48 bits virtual

"""


def cpu(number, microcode=0x5003604, mhz="2100.000"):
    return BLOCK.format(number=number, microcode=microcode, mhz=mhz)


ARM = """processor\t: 0
BogoMIPS\t: 50.00
Features\t: fp asimd aes
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x3
CPU part\t: 0xd0c
CPU revision\t: 1

"""


def main():
    text("kernel-modules", "minimal", "")
    text("kernel-modules", "full", MODULES)
    text("kernel-modules", "fault-encoding", MODULES + "broken line\nx 12 0 - Live 0xzz\n")
    text("kernel-modules", "fault-taint", "x 12 0 - Live 0x0 (oe)\n")
    text("kernel-taint", "minimal", "0\n")
    text("kernel-taint", "full", "12289\n")
    text("kernel-taint", "fault-encoding", "tainted\n")
    text("kernel-taint", "fault-trailing", "0\n1\n")
    text("module-attribute", "minimal", "\n", "nvme/taint")
    text("module-attribute", "taint", "OE\n", "vendor_net/taint")
    text("module-attribute", "srcversion", "1F705B92C2F78914AFF96EF\n", "nvme/srcversion")
    text("module-attribute", "fault-trailing", "E\nO\n", "nvme/taint")
    text("module-attribute", "other", "anything\n", "nvme/refcnt")
    note = struct.pack("<III", 4, 20, 3) + b"GNU\0" + bytes(range(20))
    cases.write("module-attribute", "build-id", note, "nvme/build-id")
    cases.write("module-attribute", "fault-truncated", note[:30], "nvme/build-id")
    cases.write("module-attribute", "fault-signature", note[:8] + b"\1" + note[9:], "nvme/build-id")
    digest = "".join(f"{n:02x}" for n in range(32))
    text("kmod-digests", "minimal", "")
    text("kmod-digests", "full", f"{digest}  /lib/modules/nvme.ko\n{digest} *b.ko\n")
    text("kmod-digests", "fault-encoding", f"{digest[:-2]}zz  a.ko\n{digest}\n")
    text("kernel-text", "minimal", "quiet\n", "cmdline")
    text("kernel-text", "cmdline", 'BOOT_IMAGE=/vmlinuz root=UUID=0123-4567 ro x="a b" quiet\n',
         "cmdline")
    text("kernel-text", "version", "Linux version 6.1.0 (builder@example) #1 SMP\n")
    text("kernel-text", "fault-trailing", "quiet\nmore\n", "cmdline")
    text("cpuinfo", "minimal", "processor\t: 0\n\n")
    text("cpuinfo", "full", cpu(0) + cpu(1, mhz="999.9") + cpu(2, 0x5003605) + cpu(3))
    text("cpuinfo", "arm", ARM)
    text("cpuinfo", "fault-encoding", cpu(0) + "no colon here\n")
    text("cpuinfo", "fault-number", cpu(0).replace("stepping\t: 7", "stepping\t: seven"))
    text("cpuinfo", "fault-missing", "flags\t: none\n\n")
    text("mac-text", "minimal", "\n", "tun0")
    text("mac-text", "fault-trailing", "02:00:00:aa:bb:cc\nmore\n", "eno1")
    text("mac-text", "full", "02:00:00:aa:bb:cc\n", "eno1")
    text("mac-text", "none", "00:00:00:00:00:00\n", "lo")
    text("mac-text", "fault-encoding", "02:00:00:aa:b\n", "eno1")
    text("text-value", "minimal", "\n", "lockdown")
    text("text-value", "lockdown", "none [integrity] confidentiality\n", "lockdown")
    text("text-value", "full", "DMA-FQ\n", "group:12")
    text("text-value", "fault-encoding", b"\xff\xfe\n", "x")
    text("text-value", "fault-trailing", "a\nb\n", "x")
    text("smbus-scan", "minimal", "")
    text("smbus-scan", "full", "bus 0 funcs 1fff8008\nbus 0 addr 2c\nbus 0 addr 50\nbus 1 addr 18\n")
    text("smbus-scan", "fault-encoding", "bus 0 addr 2c\nbus 0 addr 80\nbus x addr 1\n")
    cases.write("smbus-device", "minimal", bytes(range(256)), "i2c-0-2c.bin")
    cases.write("smbus-device", "fault-length", bytes(16), "i2c-0-2c.bin")
    text("kernel-modules", "fault-unterminated", MODULES[:-1])
    text("cpuinfo", "fault-unterminated", cpu(0) + cpu(1)[:-1])


if __name__ == "__main__":
    main()
