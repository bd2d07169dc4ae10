# SPDX-License-Identifier: Apache-2.0
"""TCG PC Client Platform Firmware Profile 1.06: the event log and the PCRs it leads to."""
import hashlib
import struct

from . import efi

NO_ACTION, SEPARATOR, EVENT_TAG, CRTM_VERSION = 3, 4, 6, 8
DRIVER_CONFIG, VARIABLE_BOOT, APPLICATION, DRIVER = (0x80000000 + n for n in (1, 2, 3, 4))
ACTION, FIRMWARE_BLOB, AUTHORITY = 0x80000007, 0x80000008, 0x800000e0
BANKS = [(4, hashlib.sha1, 20), (11, hashlib.sha256, 32)]


class Log:
    def __init__(self):
        spec = b"Spec ID Event03\0" + struct.pack("<IBBBBI", 0, 0, 2, 106, 2, len(BANKS))
        spec += b"".join(struct.pack("<HH", number, size) for number, _, size in BANKS) + b"\0"
        self.bytes = struct.pack("<II20sI", 0, NO_ACTION, b"", len(spec)) + spec
        self.pcrs = {size: {} for _, _, size in BANKS}

    def add(self, pcr, kind, data, measured=None):
        """An event that extends by the digest of `measured`, or else of its data."""
        self.bytes += struct.pack("<III", pcr, kind, len(BANKS))
        for number, function, size in BANKS:
            digest = function(data if measured is None else measured).digest()
            self.extend(pcr, number, function, size, digest)
        self.bytes += struct.pack("<I", len(data)) + data

    def add_image(self, pcr, kind, data, digest):
        """An event of an image. `digest` is its SHA-256; the SHA-1 is made up from that."""
        self.bytes += struct.pack("<III", pcr, kind, len(BANKS))
        for number, function, size in BANKS:
            value = digest if size == len(digest) else function(digest).digest()
            self.extend(pcr, number, function, size, value)
        self.bytes += struct.pack("<I", len(data)) + data

    def extend(self, pcr, number, function, size, digest):
        before = self.pcrs[size].get(pcr, bytes(size))
        self.pcrs[size][pcr] = function(before + digest).digest()
        self.bytes += struct.pack("<H", number) + digest

    def value(self, size, pcr):
        start = b"\xff" if 17 <= pcr <= 22 else b"\0"
        return self.pcrs[size].get(pcr, start * size)


def variable(vendor, name, value):
    text = name.encode("utf-16-le")
    return efi.guid(vendor) + struct.pack("<QQ", len(name), len(value)) + text + value


def image(address, length, device_path):
    return struct.pack("<QQQQ", address, length, 0, len(device_path)) + device_path


def boot_log(parts):
    """The log of a machine whose firmware volumes, variables and images are in `parts`."""
    log = Log()
    log.add(0, CRTM_VERSION, efi.utf16(parts["firmware version"]))
    for address, data in parts["volumes"]:
        log.add(0, FIRMWARE_BLOB, struct.pack("<QQ", address, len(data)), data)
    for vendor, name in [(efi.GLOBAL, "SecureBoot"), (efi.GLOBAL, "PK"), (efi.GLOBAL, "KEK"),
                         (efi.SECURITY, "db"), (efi.SECURITY, "dbx")]:
        log.add(7, DRIVER_CONFIG, variable(vendor, name, parts["variables"][vendor, name]))
    log.add(7, SEPARATOR, bytes(4))
    log.add(7, AUTHORITY, variable(efi.SECURITY, "db", efi.signature(parts["driver signer"])))
    data, digest, device_path = parts["driver"]
    log.add_image(2, DRIVER, image(0x7e8a4000, len(data), device_path), digest)
    for name in ["BootOrder", "Boot0000"]:
        value = parts["variables"][efi.GLOBAL, name]
        log.add(1, VARIABLE_BOOT, variable(efi.GLOBAL, name, value), value)
    log.add(4, ACTION, b"Calling EFI Application from Boot Option")
    for pcr in range(7):
        log.add(pcr, SEPARATOR, bytes(4))
    log.add(7, AUTHORITY, variable(efi.SECURITY, "db", efi.signature(parts["system signer"])))
    data, digest, device_path = parts["system"]
    log.add_image(4, APPLICATION, image(0x7a1c2000, len(data), device_path), digest)
    options = efi.utf16(parts["command line"])
    for tag, text, content in [(0x8f3b22ec, "LOADED_IMAGE::LoadOptions", options),
                               (0x8f3b22ed, "Linux initrd", b"no initial file system")]:
        words = text.encode() + b"\0"
        log.add(9, EVENT_TAG, struct.pack("<II", tag, len(words)) + words, content)
    log.add(5, ACTION, b"Exit Boot Services Invocation")
    log.add(5, ACTION, b"Exit Boot Services Returned with Success")
    return log
