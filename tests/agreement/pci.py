#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what Assay says of PCI configuration space with what lspci printed for the same dumps.

usage: tests/agreement/pci.py BUILD DATA

Every capability of the reference outputs with its ID, version and offset; and the fields of
headers and capabilities that lspci prints as plain numbers. Also the one function that u-root
recorded and a transcribed list of IDs. Prints `pci: agreed/total`.
"""
import base64
import json
import os
import re
import subprocess
import sys
import tempfile

ADDRESS = re.compile(r"^((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) ")

# The first words by which lspci names a capability, and its ID.
STANDARD = [
    ("Null", 0x00), ("Power Management", 0x01), ("AGP version", 0x02), ("Vital Product Data", 0x03),
    ("Slot ID", 0x04), ("MSI:", 0x05), ("CompactPCI hot-swap", 0x06), ("PCI-X", 0x07),
    ("HyperTransport", 0x08), ("Vendor Specific Information", 0x09), ("Debug port", 0x0a),
    ("CompactPCI central", 0x0b), ("Hot-plug capable", 0x0c), ("Subsystem", 0x0d),
    ("AGP3", 0x0e), ("Secure device", 0x0f), ("Express", 0x10), ("MSI-X", 0x11),
    ("SATA HBA", 0x12), ("PCI Advanced Features", 0x13), ("Enhanced Allocation", 0x14),
    ("Flattening Portal Bridge", 0x15),
]
EXTENDED = [
    ("Advanced Error Reporting", 0x01), ("Virtual Channel", 0x02), ("Device Serial Number", 0x03),
    ("Power Budgeting", 0x04), ("Root Complex Link", 0x05), ("Root Complex Internal Link", 0x06),
    ("Root Complex Event Collector", 0x07), ("Multi-Function Virtual Channel", 0x08),
    ("Root Bridge Control Block", 0x0a), ("Root Complex Register Block", 0x0a), ("Vendor Specific Information", 0x0b),
    ("Access Control Services", 0x0d), ("Alternative Routing-ID", 0x0e),
    ("Address Translation Service", 0x0f), ("Single Root I/O Virtualization", 0x10),
    ("Multi-Root I/O Virtualization", 0x11), ("Multicast", 0x12),
    ("Page Request Interface", 0x13), ("Physical Resizable BAR", 0x15),
    ("Dynamic Power Allocation", 0x16), ("Transaction Processing Hints", 0x17),
    ("Latency Tolerance Reporting", 0x18), ("Secondary PCI Express", 0x19),
    ("Protocol Multiplexing", 0x1a), ("Process Address Space ID", 0x1b),
    ("LN Requester", 0x1c), ("Downstream Port Containment", 0x1d), ("L1 PM Substates", 0x1e),
    ("Precision Time Measurement", 0x1f), ("PCI Express over M_PHY", 0x20),
    ("FRS Queueing", 0x21), ("Readiness Time Reporting", 0x22),
    ("Designated Vendor-Specific", 0x23), ("Virtual Resizable BAR", 0x24),
    ("Data Link Feature", 0x25), ("Physical Layer 16.0", 0x26), ("Lane Margining", 0x27),
    ("Hierarchy ID", 0x28), ("Native PCIe Enclosure", 0x29), ("Physical Layer 32.0", 0x2a),
    ("Alternate Protocol", 0x2b), ("System Firmware Intermediary", 0x2c),
    ("Data Object Exchange", 0x2e),
]
COMMAND = ["I/O", "Mem", "BusMaster", "SpecCycle", "MemWINV", "VGASnoop", "ParErr", "Stepping",
           "SERR", "FastB2B", "DisINTx"]
STATUS = {"Cap": 4, "66MHz": 5, "FastB2B": 7, "ParErr": 8, ">TAbort": 11, "<TAbort": 12,
          "<MAbort": 13, ">SERR": 14, "<PERR": 15, "INTx": 3}
SPEEDS = {"unknown": 0, "2.5GT/s": 1, "5GT/s": 2, "8GT/s": 3, "16GT/s": 4, "32GT/s": 5, "64GT/s": 6}
PORTS = {"Endpoint": 0, "Legacy Endpoint": 1, "Root Port": 4, "Upstream Port": 5,
         "Downstream Port": 6, "PCI-Express to PCI/PCI-X Bridge": 7,
         "PCI/PCI-X to PCI-Express Bridge": 8, "Root Complex Integrated Endpoint": 9,
         "Root Complex Event Collector": 10}


def speed(value):
    """A reserved one is unknown."""
    return value if value is None or value < 7 else 0


class Tally:
    def __init__(self):
        self.agreed = 0
        self.total = 0
        self.capabilities = 0
        self.bad = []

    def compare(self, where, what, want, got):
        self.total += 1
        if want == got:
            self.agreed += 1
        else:
            self.bad.append(f"{where[0]} {where[1]}: {what}: lspci {want!r}, Assay {got!r}")


def documents(build, files, *options):
    """What Assay says of each file."""
    done = subprocess.run([os.path.join(build, "assay"), "decode", "--json", *options, *files],
                          check=False, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode(errors="replace"))
    return [json.loads(line) for line in done.stdout.splitlines()]


def decode(build, files, *options):
    """The functions of each file: {address: [(path below the function, value)]}."""
    return [functions_of(document) for document in documents(build, files, *options)]


def is_function(segment):
    return re.fullmatch(r"(?:(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:)?[0-9a-f]{2}\.[0-7]", segment)


def functions_of(document):
    """By address: a topology path is turned back with the bus numbers of the bridges on it."""
    claims = {}
    for claim in document["claims"]:
        parts = claim["path"].split("/")[1:]
        depth = 0
        while depth < len(parts) and is_function(parts[depth]):
            depth += 1
        if depth:
            claims.setdefault(tuple(parts[:depth]), []).append(("/".join(parts[depth:]),
                                                                claim["value"]))
    return {address_of(claims, place): got for place, got in claims.items()}


def address_of(claims, place):
    root = place[0]
    domain = root.split(":")[0] if root.count(":") == 2 else "0000"
    if len(place) == 1:
        return root if root.count(":") == 2 else f"0000:{root}"
    secondary = dict(claims[place[:-1]])["secondary"]
    return f"{domain}:{secondary:02x}:{place[-1]}"


def reference_functions(text):
    """[(address, header line, other lines)] of an lspci -vvvnn output."""
    functions = []
    for line in text.splitlines():
        match = ADDRESS.match(line)
        if match:
            address = match.group(1)
            if address.count(":") == 1:
                address = f"0000:{address}"
            functions.append((address, line, []))
        elif functions and line.strip():
            functions[-1][2].append(line)
    return functions


def find_id(table, title):
    best = [(len(words), number) for words, number in table if title.startswith(words)]
    return max(best)[1] if best else None


def capability_id(title, extended):
    if extended and (match := re.match(r"Extended Capability ID 0x([0-9a-f]+)", title)):
        return int(match.group(1), 16)
    if not extended and (match := re.match(r"Capability ID 0x([0-9a-f]+)", title)):
        return int(match.group(1), 16)
    return find_id(EXTENDED if extended else STANDARD, title)


def containers(claims, marker):
    """Capabilities by offset: {offset: {leaf or deeper path: value}}; bags keep their order."""
    groups = []
    for path, value in claims:
        head, _, rest = path.partition("/")
        if not head.startswith(marker):
            continue
        if rest == "id":
            groups.append({"name": head})
        if groups:
            groups[-1][rest] = value
    return {group["offset"]: group for group in groups}


class Function:
    """One function in both readings."""

    def __init__(self, tally, where, claims):
        self.tally = tally
        self.where = where
        self.top = dict(claims)
        self.standard = containers(claims, "cap:")
        self.extended = containers(claims, "ecap:")

    def same(self, what, want, got):
        self.tally.compare(self.where, what, want, got)

    def header(self, line):
        if match := re.search(r"\[([0-9a-f]{4})\]:", line):
            self.same("class", int(match.group(1), 16), self.top.get("class"))
        ids = re.findall(r"\[([0-9a-f]{4}):([0-9a-f]{4})\]", line)
        if ids:
            self.same("vendor", int(ids[-1][0], 16), self.top.get("vendor"))
            self.same("device", int(ids[-1][1], 16), self.top.get("device"))
        match = re.search(r"\(rev ([0-9a-f]{2})\)", line)
        self.same("revision", int(match.group(1), 16) if match else 0, self.top.get("revision"))
        if match := re.search(r"\(prog-if ([0-9a-f]{2})", line):
            self.same("programming interface", int(match.group(1), 16),
                      self.top.get("programming-interface"))

    def flags(self, what, line, bits, value):
        for name, bit in bits.items():
            match = re.search(rf"(?:^|\s){re.escape(name)}([+-])", line)
            if match:
                self.same(f"{what} {name}", match.group(1) == "+", bool(value >> bit & 1))

    def region(self, line):
        match = re.match(r"\s+Region (\d): (Memory|I/O ports) at ([0-9a-f]+|<\w+>)(?: \((\d+)-bit, (non-)?pref)?",
                         line)
        if not match or not match.group(3)[0].isalnum():
            return
        bar = f"bar:{match.group(1)}/"
        kind = 0 if match.group(2) != "Memory" else {"32": 1, "64": 3}.get(match.group(4))
        if kind is not None:
            self.same(bar + "kind", kind, self.top.get(bar + "kind"))
        self.same(bar + "address", int(match.group(3), 16),
                  int(self.top.get(bar + "address", -1)))
        if match.group(4):
            self.same(bar + "prefetchable", match.group(5) is None,
                      self.top.get(bar + "prefetchable"))

    def plain(self, line):
        """Lines of the header, before the capabilities."""
        if match := re.match(r"\tSubsystem: .*\[([0-9a-f]{4}):([0-9a-f]{4})\]", line):
            bridge = [c for c in self.standard.values() if c["name"] == "cap:subsystem"]
            own = "subsystem-vendor" in self.top
            got = ((bridge[0]["vendor"], bridge[0]["device"]) if bridge and not own else
                   (self.top.get("subsystem-vendor"), self.top.get("subsystem-device")))
            self.same("subsystem", (int(match.group(1), 16), int(match.group(2), 16)), got)
        elif line.startswith("\tControl:"):
            self.flags("command", line, {n: i for i, n in enumerate(COMMAND)},
                       self.top["command"])
        elif line.startswith("\tStatus:"):
            self.flags("status", line, STATUS, self.top["status"])
        elif match := re.match(r"\tBus: primary=(\w\w), secondary=(\w\w), subordinate=(\w\w)",
                               line):
            self.same("buses", [int(x, 16) for x in match.groups()],
                      [self.top.get(x) for x in ("primary", "secondary", "subordinate")])
        elif match := re.match(r"\tInterrupt: pin ([A-D]) routed", line):
            self.same("interrupt pin", " ABCD".index(match.group(1)),
                      self.top.get("interrupt-pin"))
        elif line.startswith("\tRegion"):
            self.region(line)

    def capability(self, line):
        """One capability: its ID, version and place; returns what Assay says of it."""
        match = re.match(r"\tCapabilities: \[([0-9a-f]+)(?: v(\d+))?\] (.*)", line)
        if not match:
            return None, ""
        offset, title = int(match.group(1), 16), match.group(3)
        extended = match.group(2) is not None
        got = (self.extended if extended else self.standard).get(offset, {})
        want = (offset, capability_id(title, extended), int(match.group(2) or 0))
        self.tally.capabilities += 1
        self.same("capability", want, (got.get("offset"), got.get("id"),
                                       got.get("version", 0) if extended else 0))
        self.title(title, extended, got)
        return got, title

    def title(self, title, extended, got):
        """What lspci puts on the first line of a capability."""
        if match := re.match(r"Power Management version (\d)", title):
            self.same("pm version", int(match.group(1)), got.get("version"))
        elif match := re.match(r"MSI: Enable([+-]) Count=(\d+)/(\d+) Maskable([+-]) 64bit([+-])",
                               title):
            want = [match.group(1) == "+", int(match.group(2)), int(match.group(3)),
                    match.group(4) == "+", match.group(5) == "+"]
            self.same("msi", want, [got.get("enabled"), 1 << got.get("vectors-enabled", 9),
                                    1 << got.get("vectors-capable", 9),
                                    got.get("per-vector-masking"), got.get("address-64")])
        elif match := re.match(r"MSI-X: Enable([+-]) Count=(\d+) Masked([+-])", title):
            self.same("msi-x", [match.group(1) == "+", int(match.group(2)), match.group(3) == "+"],
                      [got.get("enabled"), got.get("last-entry", -1) + 1, got.get("masked")])
        elif match := re.match(r"Express \(v(\d+)\) (.*?)(?: \(Slot([+-])\))?, MSI (\w+)",
                               title):
            want = [int(match.group(1)), PORTS.get(match.group(2)), int(match.group(4), 16)]
            self.same("express", want, [got.get("structure-version"), got.get("port-type"),
                                        got.get("interrupt-message")])
            if match.group(3):
                self.same("slot", match.group(3) == "+", got.get("slot-implemented"))
        elif match := re.match(r"Device Serial Number ([0-9a-f-]+)", title):
            self.same("serial", match.group(1).replace("-", ""), got.get("serial", {}).get("hex"))
        elif match := re.match(r"Vendor Specific Information: ID=(\w+) Rev=(\d+) Len=(\w+)",
                               title):
            self.same("vsec", [int(match.group(1), 16), int(match.group(2)),
                               int(match.group(3), 16)],
                      [got.get("vsec-id"), got.get("vsec-revision"), got.get("vsec-length")])
        elif match := re.match(r"Vendor Specific Information: Len=(\w+)", title):
            self.same("vendor length", int(match.group(1), 16), got.get("length"))
        elif match := re.match(r"Debug port: BAR=(\d) offset=(\w+)", title):
            self.same("debug port", [int(match.group(1)), int(match.group(2), 16)],
                      [got.get("bar"), got.get("port-offset")])
        elif match := re.match(r"Subsystem: .*\[(\w+):(\w+)\]", title):
            self.same("bridge subsystem", [int(x, 16) for x in match.groups()],
                      [got.get("vendor"), got.get("device")])

    def detail(self, got, title, line):
        """Indented lines below a capability."""
        if match := re.match(r"\t\tLnkCap:\tPort #(\d+), Speed (\S+), Width x(\d+)", line):
            self.same("link", [int(match.group(1)), SPEEDS.get(match.group(2)),
                               int(match.group(3))],
                      [got.get("port-number"), speed(got.get("link-speed-maximum")),
                       got.get("link-width-maximum")])
        elif match := re.match(r"\t\tLnkSta:\tSpeed (\S+?)(?: \(\w+\))?, Width x(\d+)", line):
            self.same("link in use", [SPEEDS.get(match.group(1)), int(match.group(2))],
                      [speed(got.get("link-speed")), got.get("link-width")])
        elif match := re.match(r"\t\tDevCap:\tMaxPayload (\d+) bytes, PhantFunc (\d)", line):
            self.same("device", [int(match.group(1)), int(match.group(2))],
                      [128 << got.get("payload-supported", 9),
                       (1 << got.get("phantom-functions", 9)) - 1])
        elif match := re.match(r"\t\t\tSlot #(\d+), PowerLimit", line):
            self.same("slot number", int(match.group(1)), got.get("slot-number"))
        elif match := re.match(r"\t\t(Vector table|PBA): BAR=(\d) offset=(\w+)", line):
            name = "table" if match.group(1) == "Vector table" else "pending"
            self.same(f"msi-x {name}", [int(match.group(2)), int(match.group(3), 16)],
                      [got.get(f"{name}-bar"), 8 * got.get(f"{name}-offset", -1)])
        elif match := re.match(r"\t\tInitial VFs: (\d+), Total VFs: (\d+), Number of VFs: (\d+), "
                               r"Function Dependency Link: (\w+)", line):
            self.same("sr-iov", [int(x) for x in match.groups()[:3]] + [int(match.group(4), 16)],
                      [got.get("initial-functions"), got.get("total-functions"),
                       got.get("enabled-functions"), got.get("dependency-link")])
        elif match := re.match(r"\t\tVF offset: (\d+), stride: (\d+), Device ID: (\w+)", line):
            self.same("virtual functions", [int(match.group(1)), int(match.group(2)),
                                            int(match.group(3), 16)],
                      [got.get("first-offset"), got.get("stride"), got.get("virtual-device")])
        elif match := re.match(r"\t\tFlags: PMEClk([+-]) DSI([+-]) D1([+-]) D2([+-])", line):
            self.same("pm flags", [x == "+" for x in match.groups()],
                      [got.get("pme-clock"), got.get("device-specific-initialisation"),
                       got.get("d1"), got.get("d2")])
        elif match := re.match(r"\t\tHeaderLog: (\w+) (\w+) (\w+) (\w+)", line):
            words = bytes.fromhex(got.get("header-log", {}).get("hex", ""))
            self.same("header log", list(match.groups()),
                      [words[i:i + 4][::-1].hex() for i in range(0, len(words), 4)])
        elif match := re.match(r"\t\tUE(Sta|Msk|Svrt):\t(.*)", line):
            name = {"Sta": "status", "Msk": "mask", "Svrt": "severity"}[match.group(1)]
            bits = {"DLP": 4, "SDES": 5, "TLP": 12, "FCP": 13, "CmpltTO": 14, "CmpltAbrt": 15,
                    "UnxCmplt": 16, "RxOF": 17, "MalfTLP": 18, "ECRC": 19, "UnsupReq": 20,
                    "ACSViol": 21}
            self.flags(f"uncorrectable {name}", match.group(2), bits,
                       got.get(f"uncorrectable-{name}", 0))
        elif match := re.match(r"\t\tACS(Cap|Ctl):\t(.*)", line):
            bits = {"SrcValid": 0, "TransBlk": 1, "ReqRedir": 2, "CmpltRedir": 3,
                    "UpstreamFwd": 4, "EgressCtrl": 5, "DirectTrans": 6}
            self.flags("acs", match.group(2), bits,
                       got.get("features" if match.group(1) == "Cap" else "control", 0))
        elif title.startswith("Process Address Space") and (
                match := re.match(r"\t\tPASIDCap: Exec([+-]) Priv([+-]), Max PASID Width: (\w+)",
                                  line)):
            self.same("pasid", [match.group(1) == "+", match.group(2) == "+",
                                int(match.group(3), 16)],
                      [got.get("execute"), got.get("privileged"), got.get("width")])

    def run(self, header, lines):
        self.header(header)
        got, title = None, ""
        count = 0
        for line in lines:
            if "<chain looped>" in line or "<chain broken>" in line:
                got = None
            elif line.startswith("\tCapabilities: ["):
                got, title = self.capability(line)
                count += 1
            elif line.startswith("\t\t") and got is not None:
                self.detail(got, title, line)
            else:
                self.plain(line)
        self.same("number of capabilities", count, len(self.standard) + len(self.extended))


def compare_references(tally, build, data):
    dumps = os.path.join(data, "pci_config", "pciutils+pciutils")
    outputs = os.path.join(data, "pci_config", "reference-lspci-3.9.0")
    names = sorted(os.listdir(dumps))
    decoded = decode(build, [os.path.join(dumps, name) for name in names])
    for name, functions in zip(names, decoded):
        with open(os.path.join(outputs, f"{name}.lspci-vvvnn.txt"), encoding="utf-8") as file:
            wanted = reference_functions(file.read())
        tally.compare((name, "all"), "functions", sorted(f[0] for f in wanted),
                      sorted(functions))
        for address, header, lines in wanted:
            Function(tally, (name, address), functions.get(address, [])).run(header, lines)
    return len(names)


def compare_recorded(tally, build, data):
    path = os.path.join(data, "pci_config", "u-root+u-root", "testdata", "testfile1.json")
    with open(path, encoding="utf-8") as file:
        recorded = json.load(file)
    with tempfile.TemporaryDirectory() as where:
        for one in recorded:
            config = os.path.join(where, one["Addr"])
            with open(config, "wb") as file:
                file.write(base64.b64decode(one["Config"]))
            got = dict(decode(build, [config])[0][one["Addr"]])
            place = ("u-root", one["Addr"])
            tally.compare(place, "vendor", one["Vendor"], got["vendor"])
            tally.compare(place, "device", one["Device"], got["device"])
            tally.compare(place, "class", one["Class"],
                          got["class"] << 8 | got["programming-interface"])
            tally.compare(place, "interrupt pin", one["IRQPin"], got["interrupt-pin"])


def compare_transcribed(tally, build, data):
    folder = os.path.join(data, "pci_config", "transcribed")
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8") as file:
            wanted = reference_functions(file.read())
        functions = decode(build, [path])[0]
        for address, header, _ in wanted:
            Function(tally, (name, address), functions.get(address, [])).header(header)


def main():
    build, data = sys.argv[1:3]
    if not os.path.isdir(os.path.join(data, "pci_config")):
        print("pci: SKIP (no reference data)")
        return 77
    tally = Tally()
    files = compare_references(tally, build, data)
    compare_recorded(tally, build, data)
    compare_transcribed(tally, build, data)
    for line in tally.bad[:40]:
        print(line)
    print(f"pci: {tally.agreed}/{tally.total}, {tally.capabilities} capabilities, {files} dumps")
    return 1 if tally.bad else 0


if __name__ == "__main__":
    sys.exit(main())
