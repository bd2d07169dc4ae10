#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the SMBIOS decoders with reference outputs.

usage: tests/agreement/smbios.py BUILD DATA

1. Every field that dmidecode's texts print of the named types, against the claims of the binary
   that they belong to.
2. The claims of such a text, imported, against those of the binary.
3. The fields of go-smbios' JSON files, against the claims of their tables.
Prints every disagreement without a listed reason, and `smbios: agreed/total`.
"""
import glob
import json
import os
import subprocess
import sys

NAMED = {0, 1, 2, 3, 4, 7, 8, 9, 11, 13, 16, 17, 19, 20, 22, 24, 26, 27, 28, 32, 38, 39, 41, 42, 43}

# Words of dmidecode for what the specification calls otherwise, with the reason.
SPELLING = {
    "eMMC": ("eMMC (embedded Multi-Media Controller)", "DSP0134 7.42.2 writes eMMC out"),
    "CXL Flexbus 1.0": ("CXL Add-on Card", "DSP0134 7.17.1 renamed location A4h"),
    "Socket BGA1155": ("Socket LGA1155", "DSP0134 7.5.5 calls value 24h Socket LGA1155"),
}


class Tally:
    def __init__(self):
        self.agreed = 0
        self.total = 0
        self.explained = {}
        self.remarks = 0

    def same(self, what, got, want, reason=None):
        self.total += 1
        if got == want:
            self.agreed += 1
        elif reason:
            self.explained[reason] = self.explained.get(reason, 0) + 1
        else:
            self.remarks += 1
            if self.remarks <= 60:
                print(f"  {what}: got {got!r}, want {want!r}")


def decode(build, paths):
    """The JSON objects of `assay decode`, by file."""
    done = subprocess.run([os.path.join(build, "assay"), "decode", "--json", *paths], check=False,
                          stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr.decode(errors="replace"))
    return {row["file"]: row for row in map(json.loads, done.stdout.splitlines())}


class Structure:
    """The claims of one structure, by the last part of their path."""

    def __init__(self):
        self.claims = {}
        self.rows = []

    def add(self, claim):
        leaf = claim["path"].rsplit("/", 1)[1]
        self.claims.setdefault(leaf, []).append(claim)
        self.rows.append(claim)

    def value(self, leaf, default=None):
        return self.claims[leaf][0]["value"] if leaf in self.claims else default

    def number(self, leaf, default=0):
        return int(self.value(leaf, default))

    def text(self, leaf):
        return self.claims[leaf][0].get("text") if leaf in self.claims else None

    def all(self, leaf):
        return [claim["value"] for claim in self.claims.get(leaf, [])]


def structures(row):
    """Structures in the order of the table: each begins with the claim of its length."""
    found = []
    for claim in row["claims"]:
        if claim["key"] == "smbios.structure.formatted-length":
            found.append(Structure())
        if found and not claim["key"].startswith(("smbios.entry-point", "bytes.")):
            found[-1].add(claim)
    return found


def raw(value):
    """A text claim as bytes would show: what is not ASCII becomes a dot."""
    if isinstance(value, dict):
        data = bytes.fromhex(value["hex"])
    else:
        data = value.encode()
    return "".join(chr(c) if 32 <= c < 127 else "." for c in data)


def blocks(path):
    """(handle, type, length, {label: value}, {label: [items]}) of a text."""
    found = []
    with open(path, encoding="latin-1", newline="\n") as file:
        label = None
        for line in file.read().split("\n"):
            if line.startswith("Handle 0x"):
                words = line.replace(",", "").split()
                found.append((int(words[1], 16), int(words[4]), int(words[5]), [], {}))
            elif not found:
                continue
            elif line.startswith("\t\t"):
                found[-1][4].setdefault(label, []).append(line[2:])
            elif line.startswith("\t"):
                label, _, value = line[1:].partition(":")
                found[-1][3].append((label, value[1:]))
    return found


# --- How dmidecode words what the claims say -------------------------------------------------

def size_words(size, least=0):
    """The largest unit that holds the size, with the next one joined when that is not zero."""
    names = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB", "ZB"]
    parts = [size >> (10 * i) & 1023 for i in range(7)]
    for i in range(6, 0, -1):
        if not parts[i]:
            continue
        if parts[i - 1]:
            return f"{(parts[i] << 10) + parts[i - 1]} {names[i - 1]}"
        return f"{parts[i]} {names[i]}"
    return f"{parts[0]} {names[least]}"


def string(leaf):
    return lambda s: raw(s.value(leaf)) if leaf in s.claims else "Not Specified"


def enum(leaf):
    def words(s):
        return (s.text(leaf) or "<OUT OF SPEC>").replace("Not-implemented", "Not" " Implemented")
    return words


def number(leaf, unit="", zero=None, none=None):
    def words(s):
        v = s.number(leaf)
        if (zero and v == 0) or (none is not None and v == none):
            return zero or "Unknown"
        return f"{v}{unit}"
    return words


def handle(leaf, words=None):
    def text(s):
        v = s.number(leaf)
        return (words or {}).get(v, f"0x{v:04X}")
    return text


MISSING = {0xFFFE: "Not Provided", 0xFFFF: "No Error"}
PROVIDED = {0xFFFF: "Not Provided"}


def pair(leaf, other):
    return lambda s: f"{s.number(leaf)}.{s.number(other)}"


def listed(*leaves):
    """A list of bits; `None` when no bit is set."""
    def words(s):
        names = [n for leaf in leaves for n in split_bits(s.text(leaf) or "")]
        return names or "None"
    return words


def split_bits(text):
    return [part for part in text.split(", ") if part]


def inline(leaf):
    return lambda s: " ".join(split_bits(s.text(leaf) or "")) or "None"


def volts(leaf):
    def words(s):
        v = s.number(leaf)
        if v == 0:
            return "Unknown"
        return f"{v / 1000:g} V" if v % 100 else f"{v / 1000:.1f} V"
    return words


def bus(s):
    v = s.number("device-function")
    return f"{s.number('segment'):04x}:{s.number('bus'):02x}:{v >> 3:02x}.{v & 7}"


def processor_id(s):
    return bytes.fromhex(s.value("id")["hex"])


def signature(s):
    b = int.from_bytes(processor_id(s)[:4], "little")
    family = (b >> 20 & 255) + (b >> 8 & 15)
    model = (b >> 12 & 0xF0) + (b >> 4 & 15)
    if "AMD" in str(s.value("version", "")) or "Advanced Micro" in str(s.value("manufacturer", "")):
        family = (b >> 8 & 15) + (b >> 20 & 255 if b >> 8 & 15 == 15 else 0)
        model = (b >> 4 & 15) | (b >> 12 & 0xF0 if b >> 8 & 15 == 15 else 0)
        return f"Family {family}, Model {model}, Stepping {b & 15}"
    return f"Type {b >> 12 & 3}, Family {family}, Model {model}, Stepping {b & 15}"


FLAGS = ["FPU (Floating-point unit on-chip)", "VME (Virtual mode extension)",
         "DE (Debugging extension)", "PSE (Page size extension)", "TSC (Time stamp counter)",
         "MSR (Model specific registers)", "PAE (Physical address extension)",
         "MCE (Machine check exception)", "CX8 (CMPXCHG8 instruction supported)",
         "APIC (On-chip APIC hardware supported)", None, "SEP (Fast system call)",
         "MTRR (Memory type range registers)", "PGE (Page global enable)",
         "MCA (Machine check architecture)", "CMOV (Conditional move instruction supported)",
         "PAT (Page attribute table)", "PSE-36 (36-bit page size extension)",
         "PSN (Processor serial number present and enabled)", "CLFSH (CLFLUSH instruction supported)",
         None, "DS (Debug store)", "ACPI (ACPI supported)", "MMX (MMX technology supported)",
         "FXSR (FXSAVE and FXSTOR instructions supported)", "SSE (Streaming SIMD extensions)",
         "SSE2 (Streaming SIMD extensions 2)", "SS (Self-snoop)", "HTT (Multi-threading)",
         "TM (Thermal monitor supported)", None, "PBE (Pending break enabled)"]


def flags(s):
    word = int.from_bytes(processor_id(s)[4:], "little")
    return [name for i, name in enumerate(FLAGS) if name and word >> i & 1] or "None"


def cpu_voltage(s):
    if "voltage" in s.claims:
        return f"{s.number('voltage') / 1000:.1f} V"
    return " ".join(split_bits(s.text("voltage-capabilities") or "")) or "Unknown"


def cpu_status(s):
    if not s.value("populated"):
        return "Unpopulated"
    return f"Populated, {s.text('status') or '<OUT OF SPEC>'}"


def cpu_family(s):
    text = s.text("family") or "<OUT OF SPEC>"
    if text == "Core 2 or K7":
        maker = str(s.value("manufacturer", ""))
        text = "Core 2" if maker.startswith("Intel") else "K7" if maker.startswith("AMD") else text
    return text


def cpu_characteristics(s):
    names = [n for n in split_bits(s.text("characteristics") or "") if n != "Unknown"]
    return names or "None"


def slot_type(s):
    width = s.text("width") or "<OUT OF SPEC>"
    kind = s.text("type") or "<OUT OF SPEC>"
    return kind if width in ("Other", "Unknown") else f"{width} {kind}"


def slot_id(s):
    """A byte, but for PC Cards."""
    v = s.number("id")
    card = s.text("type") == "PC Card (PCMCIA)"
    return f"Adapter {v & 255}, Socket {v >> 8}" if card else str(v & 255)


def tpm_firmware(s):
    """Two numbers, which TPM 1.2 keeps in the upper bytes of its own version structure."""
    v = s.number("firmware-1")
    if s.number("spec-major") == 1:
        return f"{v >> 16 & 255}.{v >> 24}"
    return f"{v >> 16}.{v & 0xFFFF}"


def slot_bits(s):
    first = split_bits(s.text("characteristics-1") or "")
    if "Unknown" in first:
        return "Unknown"
    return first + split_bits(s.text("characteristics-2") or "") or "None"


def extended_size_words(megabytes):
    """The largest unit that holds the size whole."""
    for unit, shift in (("TB", 20), ("GB", 10)):
        if megabytes % (1 << shift) == 0:
            return f"{megabytes >> shift} {unit}"
    return f"{megabytes} MB"


def dimm_size(s):
    if "size" not in s.claims:
        return "Unknown"
    size = s.number("size")
    if size >> 20 >= 0x7FFF and "size-extended" in s.claims:
        return extended_size_words(size >> 20)
    return size_words(size) if size else "No Module Installed"


def width(leaf):
    return lambda s: "Unknown" if s.number(leaf) in (0, 0xFFFF) else f"{s.number(leaf)} bits"


def address(leaf):
    return lambda s: f"0x{s.number(leaf) >> 12:08X}{s.number(leaf) & 0xFFF:03X}"


def signed(leaf, scale, places, unit):
    def words(s):
        v = s.number(leaf)
        return "Unknown" if v in (-0x8000, 0x8000) else f"{v / scale:.{places}f} {unit}"
    return words


def jedec(leaf):
    def words(s):
        v = s.number(leaf)
        return f"Bank {(v & 127) + 1}, Hex 0x{v >> 8:02X}" if v else "Unknown"
    return words


def memory_part(leaf):
    def words(s):
        v = s.number(leaf)
        return "Unknown" if v == (1 << 64) - 1 else size_words(v) if v else "None"
    return words


def base_address(s):
    v = s.number("base-address")
    if s.text("type") == "SSIF (SMBus System Interface)":
        return f"0x{v >> 1 & 0x7F:02X} (SMBus)"
    return f"0x{(v & ~1) | s.number('address-bit-0'):016X} ({'I/O' if v & 1 else 'Memory-mapped'})"


def psu_status(s):
    if not s.value("present"):
        return "Not Present"
    return f"Present, {s.text('status') or '<OUT OF SPEC>'}"


def boot_status(s):
    v = s.number("status")
    return enum("status")(s) if v < 128 else "OEM-specific" if v < 192 else "Product-specific"


def sbds_date(s):
    v = s.number("sbds-date")
    return f"{1980 + (v >> 9)}-{v >> 5 & 15:02}-{v & 31:02}"


def probe(scale, places, unit, fine, fine_places):
    return {"Description": string("description"), "Location": enum("location"),
            "Status": enum("status"), "Maximum Value": signed("maximum", scale, places, unit),
            "Minimum Value": signed("minimum", scale, places, unit),
            "Resolution": signed("resolution", fine, fine_places,
                                 "mV" if unit == "V" else "mA" if unit == "A" else unit),
            "Tolerance": signed("tolerance", scale, places, unit),
            "Accuracy": lambda s: "Unknown" if s.number("accuracy") == 0x8000
            else f"{s.number('accuracy') / 100:.2f}%",
            "OEM-specific Information": lambda s: f"0x{s.number('oem-information'):08X}",
            "Nominal Value": signed("nominal", scale, places, unit)}


WORDS = {
    0: {"Vendor": string("vendor"), "Version": string("version"),
        "Release Date": string("release-date"),
        "Address": lambda s: f"0x{s.number('address') >> 4:04X}0",
        "Runtime Size": lambda s: size_words(0x100000 - s.number("address")),
        "ROM Size": lambda s: size_words(s.number("rom-size")),
        "Characteristics": listed("characteristics", "characteristics-1", "characteristics-2"),
        "BIOS Revision": pair("revision-major", "revision-minor"),
        "Firmware Revision": pair("controller-major", "controller-minor")},
    1: {"Manufacturer": string("manufacturer"), "Product Name": string("product"),
        "Version": string("version"), "Serial Number": string("serial"),
        "UUID": lambda s: {"f": "Not Present", "0": "Not Settable"}.get(
            "".join(set(s.value("uuid").replace("-", ""))), s.value("uuid")),
        "Wake-up Type": enum("wake-up-type"), "SKU Number": string("sku"),
        "Family": string("family")},
    2: {"Manufacturer": string("manufacturer"), "Product Name": string("product"),
        "Version": string("version"), "Serial Number": string("serial"),
        "Asset Tag": string("asset"), "Features": listed("features"),
        "Location In Chassis": string("location"), "Chassis Handle": handle("chassis-handle"),
        "Type": enum("type"), "Contained Object Handles": number("contained-count")},
    3: {"Manufacturer": string("manufacturer"), "Type": enum("type"), "Lock": enum("lock"),
        "Version": string("version"), "Serial Number": string("serial"),
        "Asset Tag": string("asset"), "Boot-up State": enum("boot-up-state"),
        "Power Supply State": enum("power-supply-state"), "Thermal State": enum("thermal-state"),
        "Security Status": enum("security-status"),
        "OEM Information": lambda s: f"0x{s.number('oem-information'):08X}",
        "Height": number("height", " U", "Unspecified"),
        "Number Of Power Cords": number("power-cords", "", "Unspecified"),
        "Contained Elements": number("contained-count"), "SKU Number": string("sku")},
    4: {"Socket Designation": string("socket"), "Type": enum("type"), "Family": cpu_family,
        "Manufacturer": string("manufacturer"),
        "ID": lambda s: processor_id(s).hex(" ").upper(), "Signature": signature, "Flags": flags,
        "Version": string("version"), "Voltage": cpu_voltage,
        "External Clock": number("external-clock", " MHz", "Unknown"),
        "Max Speed": number("maximum-speed", " MHz", "Unknown"),
        "Current Speed": number("current-speed", " MHz", "Unknown"), "Status": cpu_status,
        "Upgrade": enum("upgrade"), "L1 Cache Handle": handle("l1-cache-handle", PROVIDED),
        "L2 Cache Handle": handle("l2-cache-handle", PROVIDED),
        "L3 Cache Handle": handle("l3-cache-handle", PROVIDED),
        "Serial Number": string("serial"), "Asset Tag": string("asset"),
        "Part Number": string("part"), "Core Count": number("core-count"),
        "Core Enabled": number("core-enabled"), "Thread Count": number("thread-count"),
        "Characteristics": cpu_characteristics},
    7: {"Socket Designation": string("designation"),
        "Configuration": lambda s: f"{s.text('enabled')}, {s.text('socketed')}, {s.text('level')}",
        "Operational Mode": enum("mode"), "Location": enum("location"),
        "Installed Size": lambda s: size_words(s.number("installed-size"), 1),
        "Maximum Size": lambda s: size_words(s.number("maximum-size"), 1),
        "Supported SRAM Types": listed("supported-sram"),
        "Installed SRAM Type": inline("current-sram"), "Speed": number("speed", " ns", "Unknown"),
        "Error Correction Type": enum("error-correction"), "System Type": enum("type"),
        "Associativity": enum("associativity")},
    8: {"Internal Reference Designator": string("internal"),
        "Internal Connector Type": enum("internal-connector"),
        "External Reference Designator": string("external"),
        "External Connector Type": enum("external-connector"), "Port Type": enum("type")},
    9: {"Designation": string("designation"), "Type": slot_type, "Current Usage": enum("usage"),
        "Length": enum("length"), "ID": slot_id, "Characteristics": slot_bits,
        "Bus Address": bus, "Data Bus Width": number("bus-width"),
        "Pitch": lambda s: f"{s.number('pitch') // 100}.{s.number('pitch') % 100:02} mm",
        "Peer Devices": number("peer-count"),
        "PCI Express Generation": number("pcie-generation"),
        "Slot Physical Width": enum("physical-width"), "Height": enum("height")},
    13: {"Language Description Format": enum("format"), "Installable Languages": number("count"),
         "Currently Installed Language": string("current")},
    16: {"Location": enum("location"), "Use": enum("use"),
         "Error Correction Type": enum("error-correction"),
         "Maximum Capacity": lambda s: size_words(s.number("maximum-capacity"))
         if "maximum-capacity" in s.claims else "Unknown",
         "Error Information Handle": handle("error-handle", MISSING),
         "Number Of Devices": number("device-count")},
    17: {"Array Handle": handle("array-handle"),
         "Error Information Handle": handle("error-handle", MISSING),
         "Total Width": width("total-width"), "Data Width": width("data-width"),
         "Size": dimm_size, "Form Factor": enum("form"),
         "Set": lambda s: s.text("set") or str(s.number("set")), "Locator": string("locator"),
         "Bank Locator": string("bank-locator"), "Type": enum("type"),
         "Type Detail": inline("detail"), "Speed": number("speed", " MT/s", "Unknown"),
         "Manufacturer": string("manufacturer"), "Serial Number": string("serial"),
         "Asset Tag": string("asset"), "Part Number": string("part"),
         "Rank": number("rank", "", "Unknown"),
         "Configured Memory Speed": number("configured-speed", " MT/s", "Unknown"),
         "Minimum Voltage": volts("minimum-voltage"), "Maximum Voltage": volts("maximum-voltage"),
         "Configured Voltage": volts("configured-voltage"),
         "Memory Technology": enum("technology"),
         "Memory Operating Mode Capability": inline("operating-modes"),
         "Firmware Version": string("firmware-version"),
         "Module Manufacturer ID": jedec("module-manufacturer"),
         "Module Product ID": lambda s: f"0x{s.number('module-product'):04X}"
         if s.number("module-product") else "Unknown",
         "Memory Subsystem Controller Manufacturer ID": jedec("controller-manufacturer"),
         "Memory Subsystem Controller Product ID":
         lambda s: f"0x{s.number('controller-product'):04X}"
         if s.number("controller-product") else "Unknown",
         "Non-Volatile Size": memory_part("non-volatile-size"),
         "Volatile Size": memory_part("volatile-size"), "Cache Size": memory_part("cache-size"),
         "Logical Size": memory_part("logical-size")},
    19: {"Starting Address": address("start"), "Ending Address": address("end"),
         "Range Size": lambda s: size_words(s.number("size")),
         "Physical Array Handle": handle("array-handle"),
         "Partition Width": number("partition-width")},
    20: {"Starting Address": address("start"), "Ending Address": address("end"),
         "Range Size": lambda s: size_words(s.number("size")),
         "Physical Device Handle": handle("device-handle"),
         "Memory Array Mapped Address Handle": handle("range-handle"),
         "Partition Row Position": lambda s: {0: "<OUT OF SPEC>", 255: "Unknown"}.get(
             s.number("row-position"), str(s.number("row-position"))),
         "Interleave Position": lambda s: s.text("interleave-position")
         or str(s.number("interleave-position")),
         "Interleaved Data Depth": lambda s: s.text("interleave-depth")
         or str(s.number("interleave-depth"))},
    22: {"Location": string("location"), "Manufacturer": string("manufacturer"),
         "Manufacture Date": string("manufacture-date"), "Serial Number": string("serial"),
         "Name": string("name"), "Chemistry": enum("chemistry"),
         "Design Capacity": number("capacity", " mWh", "Unknown"),
         "Design Voltage": number("voltage", " mV", "Unknown"),
         "SBDS Version": string("sbds-version"),
         "Maximum Error": lambda s: "Unknown" if s.number("maximum-error") == 255
         else f"{s.number('maximum-error')}%",
         "SBDS Serial Number": lambda s: f"{s.number('sbds-serial'):04X}",
         "SBDS Manufacture Date": sbds_date, "SBDS Chemistry": string("sbds-chemistry"),
         "OEM-specific Information": lambda s: f"0x{s.number('oem-information'):08X}"},
    24: {"Power-On Password Status": enum("power-on-password"),
         "Keyboard Password Status": enum("keyboard-password"),
         "Administrator Password Status": enum("administrator-password"),
         "Front Panel Reset Status": enum("front-panel-reset")},
    26: probe(1000, 3, "V", 10, 1),
    27: {"Temperature Probe Handle": handle("probe-handle", PROVIDED), "Type": enum("type"),
         "Status": enum("status"), "Cooling Unit Group": number("group"),
         "OEM-specific Information": lambda s: f"0x{s.number('oem-information'):08X}",
         "Nominal Speed": lambda s: s.text("nominal-speed") or f"{s.number('nominal-speed')} rpm",
         "Description": string("description")},
    28: probe(10, 1, "deg C", 1000, 3),
    32: {"Status": boot_status},
    38: {"Interface Type": enum("type"),
         "Specification Version":
         lambda s: f"{s.number('version') >> 4}.{s.number('version') & 15}",
         "I2C Slave Address": lambda s: f"0x{s.number('i2c-address') >> 1:02x}",
         "NV Storage Device Address": number("nv-address"),
         "NV Storage Device": enum("nv-address"), "Base Address": base_address,
         "Register Spacing": enum("register-spacing"),
         "Interrupt Polarity": enum("interrupt-polarity"),
         "Interrupt Trigger Mode": enum("interrupt-trigger"),
         "Interrupt Number": number("interrupt")},
    39: {"Power Unit Group": number("group"), "Location": string("location"),
         "Name": string("name"), "Manufacturer": string("manufacturer"),
         "Serial Number": string("serial"), "Asset Tag": string("asset"),
         "Model Part Number": string("part"), "Revision": string("revision"),
         "Max Power Capacity": number("maximum-power", " W", None, 0x8000), "Status": psu_status,
         "Type": enum("type"), "Input Voltage Range Switching": enum("range-switching"),
         "Plugged": enum("plugged"), "Hot Replaceable": enum("hot-replaceable"),
         "Input Voltage Probe Handle": handle("voltage-probe-handle"),
         "Cooling Device Handle": handle("cooling-handle"),
         "Input Current Probe Handle": handle("current-probe-handle")},
    41: {"Reference Designation": string("designation"), "Type": enum("type"),
         "Status": enum("enabled"), "Type Instance": number("instance"), "Bus Address": bus},
    42: {"Host Interface Type": enum("type"), "Interface Type": enum("type"),
         "idVendor": lambda s: f"0x{s.number('vendor-id'):04x}",
         "idProduct": lambda s: f"0x{s.number('product-id'):04x}",
         "VendorID": lambda s: f"0x{s.number('vendor-id'):04x}",
         "DeviceID": lambda s: f"0x{s.number('product-id'):04x}",
         "SubVendorID": lambda s: f"0x{s.number('subsystem-vendor-id'):04x}",
         "SubDeviceID": lambda s: f"0x{s.number('subsystem-id'):04x}",
         "Protocol ID": lambda s: f"{s.number('protocol'):02x} ({s.text('protocol')})"},
    43: {"Vendor ID": string("vendor"), "Specification Version": pair("spec-major", "spec-minor"),
         "Firmware Revision": tpm_firmware,
         "Description": string("description"), "Characteristics": listed("characteristics"),
         "OEM-specific Information": lambda s: f"0x{s.number('oem-information'):08X}"},
}

# Lists whose items are claims one by one.
ITEMS = {
    (13, "Installable Languages"): lambda s: [raw(v) for v in s.all("installable")],
    (2, "Contained Object Handles"): lambda s: [f"0x{v:04X}" for v in s.all("contained-handle")],
    (3, "Contained Elements"): lambda s: [element(*v) for v in zip(
        s.claims.get("contained-type", []), s.all("contained-minimum"),
        s.all("contained-maximum"))],
}


def element(kind, low, high):
    v = kind["value"]
    names = {3: "Server Blade", 4: "Connectivity Switch", 10: "Motherboard"}
    known = {16: "Physical Memory Array", 17: "Memory Device", 4: "Processor", 39: "Power Supply"}
    name = known.get(v & 127, str(v)) if v & 128 else names.get(v, "<OUT OF SPEC>")
    return f"{name} ({low})" if low == high else f"{name} ({low}-{high})"


def compare_text(tally, name, text, binary, unlike=None):
    """Part 1: what the text prints against the claims of the binary."""
    ours = structures(binary)
    theirs = blocks(text)
    tally.same(f"{name}: number of structures", len(ours), len(theirs))
    for (mark, kind, length, fields, lists), s in zip(theirs, ours):
        where = f"{name} 0x{mark:04X} type {kind}"
        tally.same(f"{where} handle", s.number("handle"), mark)
        if kind not in NAMED:
            continue
        tally.same(f"{where} length", s.number("formatted-length"), length)
        if kind == 11:
            tally.same(f"{where} strings", [raw(v) for v in s.all("text")],
                       [value for _, value in fields if value != "<BAD INDEX>"])
            continue
        for label, value in fields:
            compare_field(tally, where, kind, s, (label, value, lists.get(label)), unlike)


def compare_field(tally, where, kind, s, line, unlike=None):
    """`unlike` says why dmidecode prints what the specification does not mean, or None."""
    label, value, items = line
    words = WORDS.get(kind, {}).get(label)
    reason = unlike(s, kind, label, value) if unlike else None
    if words is None:
        tally.same(f"{where} {label}", None, value or items, reason)
        return
    if value == "<BAD INDEX>":
        tally.same(f"{where} {label}", "bad-index" in s.claims, True)
        return
    got = words(s)
    want = items if isinstance(got, list) else value
    if not isinstance(want, list) and want in SPELLING and got == SPELLING[want][0]:
        tally.same(f"{where} {label}", got, want, SPELLING[want][1])
        return
    if isinstance(got, list):
        # A name may hold a comma itself.
        got, want = ", ".join(got), ", ".join(want or [])
    tally.same(f"{where} {label}", got, want, reason)
    if items and (kind, label) in ITEMS:
        tally.same(f"{where} {label} list", ITEMS[(kind, label)](s),
                   [item for item in items if item != "<BAD INDEX>"])


def plain(claim):
    value = claim["value"]
    return raw(value) if claim["type"] == "text" else json.dumps(value)


# What the text does not tell of a value: the key, and what is left of it.
LOSSY = {
    "smbios.processor.characteristics": lambda v: str(int(v) & ~2),
    "smbios.ipmi.i2c-address": lambda v: str(int(v) & ~1),
}


def compare_import(tally, name, imported, binary):
    """Part 2: every claim of the imported text, but for its own lines, is one of the binary's."""
    for theirs, ours in zip(structures(imported), structures(binary)):
        for leaf, claims in theirs.claims.items():
            claims = [c for c in claims if c["key"].startswith("smbios.")]
            if not claims or claims[0]["key"] == "value.shape":
                continue
            have = [c for c in ours.claims.get(leaf, []) if c["key"] == claims[0]["key"]]
            loss = LOSSY.get(claims[0]["key"], lambda v: v)
            tally.same(f"{name} import {claims[0]['path']}", [loss(plain(c)) for c in claims],
                       [loss(plain(c)) for c in have])


# --- go-smbios --------------------------------------------------------------------------------

GO_REASONS = {
    "blanks": "go-smbios strips the blanks around a string",
    "placeholder": "go-smbios leaves out the string 'To Be Filled By O.E.M.'",
    "asset": "go-smbios does not fill the chassis asset tag",
    "detail": "go-smbios keeps the low byte of the type detail, a word in DSP0134 7.18.3",
    "bios": "the JSON of Beelink-EQ12 has no BIOS information; its table has a type 0 structure",
}

GO = {
    "BIOSInformation": ("smbios.bios.", {"Vendor": "vendor", "Version": "version",
                                         "ReleaseDate": "release-date"}),
    "SystemInformation": ("smbios.system.", {
        "Manufacturer": "manufacturer", "ProductName": "product", "Version": "version",
        "SerialNumber": "serial", "UUID": "uuid", "WakeUpType": "wake-up-type",
        "SKUNumber": "sku", "Family": "family"}),
    "BaseboardInformation": ("smbios.baseboard.", {
        "Manufacturer": "manufacturer", "Product": "product", "Version": "version",
        "SerialNumber": "serial", "AssetTag": "asset", "LocationInChassis": "location",
        "BoardType": "type"}),
    "SystemEnclosure": ("smbios.chassis.", {
        "Manufacturer": "manufacturer", "Version": "version", "SerialNumber": "serial",
        "AssetTagNumber": "asset", "SKUNumber": "sku"}),
    "ProcessorInformation": ("smbios.processor.", {
        "SocketDesignation": "socket", "ProcessorManufacturer": "manufacturer",
        "ProcessorVersion": "version", "MaxSpeed": "maximum-speed",
        "CurrentSpeed": "current-speed", "SerialNumber": "serial", "AssetTag": "asset",
        "PartNumber": "part", "CoreCount": "core-count", "CoreEnabled": "core-enabled",
        "ThreadCount": "thread-count"}),
    "CacheInformation": ("smbios.cache.", {"SocketDesignation": "designation"}),
    "PortConnectorInformation": ("smbios.port.", {
        "InternalReferenceDesignator": "internal", "ExternalReferenceDesignator": "external"}),
    "SystemSlots": ("smbios.slot.", {"SlotDesignation": "designation"}),
    "BIOSLanguageInformation": ("smbios.language.", {"CurrentLanguage": "current"}),
    "GroupAssociations": ("smbios.group.", {"GroupName": "name"}),
    "PhysicalMemoryArray": ("smbios.memory-array.", {
        "Location": "location", "Use": "use", "MemoryErrorCorrection": "error-correction",
        "MemoryErrorInformationHandle": "error-handle", "NumberOfMemoryDevices": "device-count",
        "ExtendedMaximumCapacity": "maximum-capacity-extended"}),
    "MemoryDevices": ("smbios.memory-device.", {
        "PhysicalMemoryArrayHandle": "array-handle",
        "MemoryErrorInformationHandle": "error-handle", "TotalWidth": "total-width",
        "DataWidth": "data-width", "FormFactor": "form", "DeviceLocator": "locator",
        "BankLocator": "bank-locator", "MemoryType": "type", "Speed": "speed",
        "Manufacturer": "manufacturer", "SerialNumber": "serial", "AssetTag": "asset",
        "PartNumber": "part", "ExtendedSize": "size-extended",
        "ConfiguredMemorySpeed": "configured-speed", "MinimumVoltage": "minimum-voltage",
        "MaximumVoltage": "maximum-voltage", "ConfiguredVoltage": "configured-voltage"}),
}


def go_value(s, leaf, want):
    if isinstance(want, str):
        return s.value(leaf, "")
    return s.number(leaf)


def go_reason(name, member, field, got, want):
    """Why the JSON says something else than the bytes of the table, or None."""
    if name.startswith("Beelink") and member == "BIOSInformation" and want == "":
        return GO_REASONS["bios"]
    if field == "AssetTagNumber" and want == "":
        return GO_REASONS["asset"]
    if isinstance(got, str) and got.strip() == want:
        return GO_REASONS["blanks"]
    if got == "To Be Filled By O.E.M." and want == "":
        return GO_REASONS["placeholder"]
    return None


def go_special(tally, where, member, s, want):
    """Fields that the JSON shows in another unit or put together."""
    if member == "ProcessorInformation":
        status = s.number("populated") << 6 | s.number("status")
        tally.same(f"{where} Status", status, want["Status"])
    elif member == "PhysicalMemoryArray" and want["MaximumCapacity"] != 0x80000000:
        tally.same(f"{where} MaximumCapacity", s.number("maximum-capacity") >> 10,
                   want["MaximumCapacity"])
    elif member == "MemoryDevices":
        size = want["Size"]
        bytes_ = want["ExtendedSize"] << 20 if size == 0x7FFF else \
            (size & 0x7FFF) << (10 if size & 0x8000 else 20)
        tally.same(f"{where} Size", s.number("size"), 0 if size == 0xFFFF else bytes_)
        detail = s.number("detail")
        tally.same(f"{where} TypeDetail", detail, want["TypeDetail"],
                   GO_REASONS["detail"] if detail & 0xFF == want["TypeDetail"] else None)
        tally.same(f"{where} Attributes", s.number("rank"), want["Attributes"] & 15)
        tally.same(f"{where} DeviceSet", s.text("set") in ("None", None), True)
    elif member == "BIOSLanguageInformation":
        tally.same(f"{where} InstallableLanguages", s.all("installable") or None,
                   want["InstallableLanguages"])


def compare_go(tally, name, want, row):
    """Part 3. Of types that stand once in the JSON, it keeps the last structure."""
    ours = structures(row)
    for member, (prefix, fields) in GO.items():
        mine = [s for s in ours if any(c["key"].startswith(prefix) for c in s.rows)]
        wants = want.get(member)
        if not isinstance(wants, list):
            wants, mine = [wants or {}], mine[-1:] or [Structure()]
        tally.same(f"{name} {member} count", len(mine), len(wants))
        for one, s in zip(wants, mine):
            for field, leaf in fields.items():
                if field in one:
                    got = go_value(s, leaf, one[field])
                    tally.same(f"{name} {member} {field}", got, one[field],
                               go_reason(name, member, field, got, one[field]))
            if one:
                go_special(tally, f"{name} {member}", member, s, one)
    for member, prefix in (("OEMStrings", "smbios.oem-strings."),
                           ("SystemConfigurationOptions", "smbios.configuration-options.")):
        mine = [s for s in ours if any(c["key"].startswith(prefix) for c in s.rows)]
        texts = [raw(v) for s in mine for v in s.all("text")]
        tally.same(f"{name} {member}", texts, [raw(v) for v in want[member]["Strings"] or []])


def main():
    build, data = sys.argv[1:3]
    folder = os.path.join(data, "smbios")
    texts = sorted(glob.glob(os.path.join(folder, "reference-dmidecode-3.4", "*.txt")))
    if not texts:
        print("smbios: SKIP (no reference data)")
        return 77
    bins = os.path.join(folder, "u-root+u-root")
    pairs = [(t, os.path.join(bins, os.path.basename(t)[:-4])) for t in texts]
    pairs += [(t, t[:-len(".orig.txt")] + ".bin")
              for t in sorted(glob.glob(os.path.join(bins, "*.orig.txt")))]
    tables = sorted(glob.glob(os.path.join(folder, "siderolabs+go-smbios", "*.dmi")))
    rows = decode(build, sorted({p for pair_ in pairs for p in pair_}) + tables)
    parts = {"dmidecode texts": Tally(), "imported texts": Tally(), "go-smbios": Tally()}
    for text, binary in pairs:
        name = os.path.basename(text)
        compare_text(parts["dmidecode texts"], name, text, rows[binary])
        compare_import(parts["imported texts"], name, rows[text], rows[binary])
    for table in tables:
        with open(table[:-4] + ".json", encoding="utf-8") as file:
            compare_go(parts["go-smbios"], os.path.basename(table), json.load(file), rows[table])
    for title, tally in parts.items():
        print(f"  {title}: {tally.agreed}/{tally.total}")
        for reason, count in sorted(tally.explained.items()):
            print(f"    {count} explained: {reason}")
    agreed = sum(t.agreed for t in parts.values())
    total = sum(t.total for t in parts.values())
    print(f"smbios: {agreed}/{total}")
    return 1 if any(t.remarks for t in parts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
