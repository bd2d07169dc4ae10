#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Recordings of five servers for the demo, made up from nothing: demo/machines/NAME/.

Four are as they left the works; node-5 has been altered. `make.py` writes them, `make.py
--check` says whether what is there is what would be written. There is no such maker, and the
keys that sign here are public.
"""
import filecmp
import hashlib
import os
import pathlib
import shutil
import struct
import sys
import tempfile
import uuid

sys.dont_write_bytecode = True

from forms import acpi, der, efi, ipmi, pci, pe, smbios, spd, tcg, usb  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
MODULE_MAKER = b"\x8a\x6e"
MODULE_PART = "LM-D4R16-2666"
FIRMWARE = "LS22 2.4"
FLASH_SIZE = 0x8000
FLASH_BASE = 0x100000000 - FLASH_SIZE
BOOT_PATH = efi.path(efi.pci_path((0x1c, 1), (0, 0)), efi.file_node("\\EFI\\Linux\\linux.efi"))


def digits(word, count):
    """Digits that look like a serial number's, always the same for a word."""
    return str(int(hashlib.sha256(word.encode()).hexdigest(), 16))[:count]


class Machine:
    """What tells one machine from its siblings."""

    def __init__(self, number):
        self.name = f"node-{number}"
        self.altered = number == 5
        self.number = number
        self.firmware = FIRMWARE
        self.bmc = (2, 15) if self.altered else (2, 14)
        self.uuid = uuid.uuid5(uuid.NAMESPACE_DNS, f"{self.name}.lindqvist.example")
        self.system_serial = "LS26" + digits(self.name + " system", 8)
        self.board_serial = "LB22Q" + digits(self.name + " board", 7)
        self.chassis_serial = "LC26" + digits(self.name + " chassis", 8)
        self.asset = "DC7-" + digits(self.name + " asset", 5)
        self.power_serials = ["LP26" + digits(f"{self.name} power {i}", 8) for i in (1, 2)]
        modules = [(hashlib.sha256(f"{self.name} module {i}".encode()).digest()[:4], MODULE_PART,
                    MODULE_MAKER) for i in range(4)]
        self.sockets = [modules[0], modules[1], modules[2], modules[3], None, None]
        # An added function makes firmware lay out memory in another way.
        self.shift = 0x800000 if self.altered else 0

    def mac(self, port):
        tail = int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:3], "big") & ~7
        return b"\x00\x1b\x21" + (tail + port).to_bytes(3, "big")


class Model:
    """What all machines of the model share: firmware, keys, boot programs."""

    def __init__(self):
        names = ["Platform Key", "Key Exchange Key", "Driver Signing", "System Signing"]
        self.keys = {name: der.Certificate(f"LS-2210 {name}") for name in names}
        self.rom_image, self.rom_digest = pe.signed(
            "This stands for a network boot driver; there is no code in it.",
            self.keys["Driver Signing"])
        self.system, self.system_digest = pe.signed(
            "This stands for a kernel; there is no code in it.", self.keys["System Signing"], 10)
        self.command_line = "root=/dev/nvme0n1p2 ro console=tty0 lockdown=integrity"
        self.volumes = [(0x0000, self.drivers()), (0x6000, self.start())]
        self.variables = self.make_variables()

    @staticmethod
    def module(name, kind, title):
        image = pe.bare(f"This stands for {title}; there is no code in it.")
        content = efi.section(0x10, image) + efi.section(0x15, efi.utf16(title))
        file_name = uuid.uuid5(uuid.NAMESPACE_DNS, name + ".lindqvist.example")
        return efi.ffs_file(str(file_name), kind, content)

    def drivers(self):
        titles = ["PciBusDxe", "UsbBusDxe", "NvmeDxe", "SmbiosDxe", "Tcg2Dxe", "SecureBootDxe"]
        return efi.volume("8c1d6c0e-3c1b-4f0a-b6de-2210d0d0d0d0", 0x4000,
                          [self.module(title, 7, title) for title in titles])

    def start(self):
        titles = ["MemoryInit", "ChipsetInit"]
        return efi.volume("b73fe497-b92e-416e-8326-2210e0e0e0e0", 0x2000,
                          [self.module(title, 6, title) for title in titles])

    def make_variables(self):
        def certificate(name):
            return efi.signature_list(efi.X509, [self.keys[name].der])
        revoked = [hashlib.sha256(f"revoked boot program {i}".encode()).digest() for i in range(12)]
        g, s = efi.GLOBAL, efi.SECURITY
        return {
            (g, "PK"): certificate("Platform Key"),
            (g, "KEK"): certificate("Key Exchange Key"),
            (s, "db"): certificate("Driver Signing") + certificate("System Signing"),
            (s, "dbx"): efi.signature_list(efi.SHA256, revoked),
            (g, "SecureBoot"): b"\1", (g, "SetupMode"): b"\0",
            (g, "AuditMode"): b"\0", (g, "DeployedMode"): b"\1", (g, "VendorKeys"): b"\1",
            (g, "Boot0000"): efi.load_option("Linux", BOOT_PATH),
            (g, "BootOrder"): struct.pack("<H", 0), (g, "BootCurrent"): struct.pack("<H", 0),
            (g, "Timeout"): struct.pack("<H", 3), (g, "PlatformLang"): b"en\0",
        }

    def flash(self):
        out = bytearray(b"\xff" * FLASH_SIZE)
        for at, data in self.volumes:
            out[at:at + len(data)] = data
        return bytes(out)

    def log(self):
        place = efi.node(4, 8, bytes(4) + struct.pack("<QQ", 0x40, len(self.rom_image)))
        rom_path = efi.path(efi.pci_path((0x1c, 0), (0, 0)), place)
        return tcg.boot_log({
            "firmware version": FIRMWARE,
            "volumes": [(FLASH_BASE + at, data) for at, data in self.volumes],
            "variables": self.variables,
            "driver": (self.rom_image, self.rom_digest, rom_path),
            "driver signer": self.keys["Driver Signing"].der,
            "system": (self.system, self.system_digest, BOOT_PATH),
            "system signer": self.keys["System Signing"].der,
            "command line": self.command_line,
        })


MODULES = """\
nvme 57344 3 - Live 0x{0:016x}
nvme_core 184320 5 nvme, Live 0x{1:016x}
igb 290816 0 - Live 0x{2:016x}
i2c_i801 36864 0 - Live 0x{3:016x}
i2c_smbus 20480 1 i2c_i801, Live 0x{4:016x}
ipmi_si 73728 1 - Live 0x{5:016x}
ipmi_devintf 20480 2 - Live 0x{6:016x}
ipmi_msghandler 77824 2 ipmi_si,ipmi_devintf, Live 0x{7:016x}
xhci_pci 24576 0 - Live 0x{8:016x}
xhci_hcd 319488 1 xhci_pci, Live 0x{9:016x}
usbcore 348160 4 xhci_pci,xhci_hcd, Live 0x{10:016x}
efivarfs 24576 1 - Live 0x{11:016x}
"""

PROCESSOR = """\
processor\t: {number}
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 106
model name\t: Demo CPU 2210 @ 2.40GHz
stepping\t: 6
microcode\t: 0xd0003e7
cpu MHz\t\t: {speed}
cache size\t: 6144 KB
physical id\t: 0
siblings\t: 4
core id\t\t: {number}
cpu cores\t: 4
flags\t\t: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat sse sse2 nx lm aes avx2
bugs\t\t: spectre_v1 spectre_v2
address sizes\t: 46 bits physical, 57 bits virtual

"""


def host_files(m, model):
    places = [0xffffffffc0200000 + (i + 7 * m.number) * 0x10000 for i in range(12)]
    speeds = [2400 + int(digits(f"{m.name} speed {i}", 2)) for i in range(4)]
    log = model.log()
    out = {
        "proc/modules": MODULES.format(*places).encode(),
        "proc/cpuinfo": "".join(PROCESSOR.format(number=i, speed=f"{speed}.000")
                                for i, speed in enumerate(speeds)).encode(),
        "proc/cmdline": model.command_line.encode() + b"\n",
        "proc/version": b"Linux version 6.1.0-lindqvist (build@lindqvist.example) #1 SMP\n",
        "proc/sys/kernel/tainted": b"0\n",
        "sys/kernel/security/lockdown": b"none [integrity] confidentiality\n",
        "sys/firmware/efi/fw_platform_size": b"64\n",
        "sys/class/net/lo/address": b"00:00:00:00:00:00\n",
        "sys/class/net/eth0/address": m.mac(0).hex(":").encode() + b"\n",
        "sys/class/tpm/tpm0/tpm_version_major": b"2\n",
        "sys/kernel/security/tpm0/binary_bios_measurements": log.bytes,
    }
    for bank, size in [("sha1", 20), ("sha256", 32)]:
        for pcr in range(24):
            value = log.value(size, pcr).hex().upper().encode() + b"\n"
            out[f"sys/class/tpm/tpm0/pcr-{bank}/{pcr}"] = value
    return out


KEYS = {"PK", "KEK", "db", "dbx"}
VOLATILE = {"SecureBoot", "SetupMode", "AuditMode", "DeployedMode", "VendorKeys", "BootCurrent"}


def firmware_files(m, model):
    table = smbios.table(m)
    out = {"sys/firmware/dmi/tables/DMI": table,
           "sys/firmware/dmi/tables/smbios_entry_point": smbios.entry_point(len(table)),
           "flash/flash.bin": model.flash()}
    for name, data in acpi.tables().items():
        out[f"sys/firmware/acpi/tables/{name}"] = data
    for (vendor, name), value in model.variables.items():
        attributes = 0x27 if name in KEYS else 0x06 if name in VOLATILE else 0x07
        out[f"sys/firmware/efi/efivars/{name}-{vendor}"] = struct.pack("<I", attributes) + value
    return out


def bus_files(m, model):
    out = {}
    for name, data in pci.functions(m).items():
        out[f"sys/bus/pci/devices/{name}/config"] = data
    out["sys/bus/pci/devices/0000:01:00.0/rom"] = pci.rom(model.rom_image)
    for name, data in usb.devices().items():
        out[f"sys/bus/usb/devices/{name}/descriptors"] = data
    out["sys/bus/usb/devices/usb1/serial"] = b"0000:00:14.0\n"
    out["sys/bus/usb/devices/usb2/serial"] = b"0000:00:14.0\n"
    answered = []
    for i, module in enumerate(m.sockets):
        if module is not None:
            answered += [0x18 + i, 0x50 + i]
            out[f"i2c/i2c-0-{0x50 + i:02x}.bin"] = spd.ddr4(module[2], module[0], module[1], 25, 40)
    if m.altered:
        answered.append(0x66)
        out["i2c/i2c-0-66.bin"] = bytes([0x4c, 0x00, 0x03, 0xa5] * 64)
    lines = ["bus 0 funcs 1fff8008"] + [f"bus 0 addr {address:02x}" for address in sorted(answered)]
    out["i2c/scan.txt"] = "\n".join(lines).encode() + b"\n"
    return out


def controller_files(m):
    chassis = ["LC-1U", m.chassis_serial]
    board = ["Lindqvist Systems", "LB-22", m.board_serial, "LB-22-A2", "LB22.fru"]
    product = ["Lindqvist Systems", "LS-2210", "LS-2210-16C", "A2", m.system_serial, m.asset,
               "LB22.fru"]
    minutes = 15800000 + int(digits(m.name + " made", 4))
    return {
        "ipmi/fru0.bin": ipmi.fru(chassis, board, product, minutes),
        "ipmi/get_device_id.bin": ipmi.device_id(*m.bmc, bytes([m.bmc[1], 0, 0, 0])),
        "ipmi/get_system_guid.bin": b"\0" + m.uuid.bytes[::-1],
        "ipmi/get_chassis_status.bin": bytes([0, 0x61, 0, 0x40, 0]),
        "ipmi/get_selftest.bin": bytes([0, 0x55, 0]),
        "ipmi/lan1_mac.bin": b"\0\x11" + m.mac(2),
        "ipmi/sdr.bin": ipmi.sdr(),
        "ipmi/sel.bin": ipmi.sel(1773500000 + m.number * 5000, 1 + m.number % 3),
    }


def write_all(folder):
    model = Model()
    for number in range(1, 6):
        m = Machine(number)
        files = host_files(m, model)
        files.update(firmware_files(m, model))
        files.update(bus_files(m, model))
        files.update(controller_files(m))
        for name, data in files.items():
            path = folder / m.name / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def listing(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def check():
    """What differs between the machines that are there and those that would be written."""
    with tempfile.TemporaryDirectory() as scratch:
        wanted, there = pathlib.Path(scratch), HERE / "machines"
        write_all(wanted)
        names = listing(wanted)
        wrong = sorted(set(names) ^ set(listing(there)))
        both = [name for name in names if name not in wrong]
        wrong += filecmp.cmpfiles(wanted, there, both, shallow=False)[1]
    for name in wrong:
        print(f"demo/machines/{name} is not what demo/make.py writes", file=sys.stderr)
    return 1 if wrong else 0


def main():
    if sys.argv[1:] == ["--check"]:
        return check()
    if len(sys.argv) > 1:
        print("usage: make.py [--check]", file=sys.stderr)
        return 2
    shutil.rmtree(HERE / "machines", ignore_errors=True)
    write_all(HERE / "machines")
    total = sum(os.path.getsize(p) for p in (HERE / "machines").rglob("*") if p.is_file())
    print(f"demo/machines: {total} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
