#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the golden cases of the decoders intel-*. Everything in them is made up."""
import hashlib
import struct

import cases


def u16(*values):
    return struct.pack(f"<{len(values)}H", *values)


def u32(*values):
    return struct.pack(f"<{len(values)}I", *values)


def u64(*values):
    return struct.pack(f"<{len(values)}Q", *values)


def noise(length, seed=b"x"):
    out = b""
    while len(out) < length:
        out += hashlib.sha256(seed + u32(len(out))).digest()
    return out[:length]


def sum32(data):
    return sum(struct.unpack(f"<{len(data) // 4}I", data[:len(data) & ~3])) & 0xffffffff


def microcode(signature=0x906ea, platforms=0x22, revision=0xf8, data=96, also=(), **more):
    """A microcode update of random data with sound checksums."""
    date = more.get("date", 0x02152024)
    stated = more.get("stated", data)
    total = more.get("total", 48 + data + (20 + 12 * len(also) if also else 0))
    body = noise(data, u32(signature, revision))
    first = signature + platforms
    checksum = -(sum32(u32(1, revision, date, signature, 1, platforms, stated, total,
                           *more.get("meta", (0, 0)), 0)) + sum32(body)) & 0xffffffff
    head = u32(1, revision, date, signature, checksum, 1, platforms, stated, total,
               *more.get("meta", (0, 0)), 0)
    if not also:
        return head + body
    table = b"".join(u32(s, p, first + checksum - s - p & 0xffffffff) for s, p in also)
    fixed = -(len(also) + sum32(table)) & 0xffffffff
    return head + body + u32(len(also), fixed, 0, 0, 0) + table


def changed(data, at, new):
    return data[:at] + new + data[at + len(new):]


def microcodes():
    one = microcode()
    two = microcode(0x50654, 0xb7, 0x2007006, also=((0x50656, 0x10), (0x50657, 0x20)),
                    meta=(16, 0x2007000))
    def write(case, data):
        cases.write("intel-microcode", case, data)

    write("minimal", one)
    write("full", two + b"\xff" * 24 + one + b"\0" * 16)
    write("default-size", microcode(0x6d8, 0x20, 0x20, 2000, stated=0, total=0))
    write("fault-checksum", changed(one, 100, b"\x55"))
    write("fault-version", u32(2) + one[4:16] + u32(struct.unpack("<I", one[16:20])[0] - 1)
          + one[20:])
    write("fault-date", microcode(date=0x13152024))
    write("fault-length", changed(one, 28, u32(4096)))
    write("fault-ragged", microcode(total=145))
    write("fault-truncated", one[:-8])
    write("fault-trailing", one + b"hidden")
    write("fault-extended-count", changed(two, 144, u32(3)))
    write("fault-extended-checksum", changed(two, 148, u32(7)))
    write("fault-extended-entry", changed(two, 144 + 28, u32(7)))
    write("reserved", changed(one, 44, u32(9)))


def sum8(data, at):
    """The byte at `at` makes the sum zero."""
    data = bytearray(data)
    data[at] = 0
    data[at] = -sum(data) & 0xff
    return bytes(data)


def fit_entry(kind, address, size=0, version=0x100, valid=False, first=None):
    data = (first or u64(address)) + size.to_bytes(3, "little") + b"\0"
    data += u16(version) + bytes((kind | (0x80 if valid else 0), 0))
    return sum8(data, 15) if valid else data


def fit(*entries, valid=True, count=None):
    head = fit_entry(0, 0, count or len(entries) + 1, 0x100, first=b"_FIT_   ")
    if not valid:
        return head + b"".join(entries)
    return sum8(changed(head, 14, b"\x80") + b"".join(entries), 15)


def fits():
    def write(case, data):
        cases.write("intel-fit", case, data)

    top = 1 << 32
    write("minimal", fit())
    blank = fit_entry(1, top - 16, 0)
    write("full", fit(
        fit_entry(7, top - 16 * 8, 1), fit_entry(7, top - 16 * 8, 8), fit_entry(7, top - 20, 1),
        fit_entry(8, 0, 0, 0, first=u16(0x70, 0x71) + bytes((1, 4)) + u16(0x2a)),
        fit_entry(10, top - 64, 1, 1), fit_entry(45, 0xfed30000, 2), fit_entry(127, 0, 0)))
    write("no-checksum", fit(blank, valid=False))
    write("unknown-type", fit(fit_entry(99, 5, 5)))
    write("fault-signature", changed(fit(), 0, b"_fit"))
    write("fault-checksum", changed(fit(blank), 20, b"\x01"))
    write("fault-entry-checksum", fit(changed(fit_entry(127, 0, 0, valid=True), 8, b"\1")))
    write("fault-count", fit(blank, count=9))
    write("fault-ragged", fit(blank) + b"\0\0")
    write("fault-order", fit(fit_entry(127, 0), fit_entry(45, 0)))
    write("fault-second-header", fit(fit_entry(0, 0, 2)))
    write("fault-reference", fit(fit_entry(1, 0x1000), fit_entry(7, 0x1000, 1),
                                 fit_entry(11, 0x1000, 16), fit_entry(12, top - 16, 0)))
    write("fault-not-microcode", fit(fit_entry(1, top - 32)))


def prime(seed, bits):
    """The first prime from a number made of the seed; 65537 does not divide it less one."""
    n = int.from_bytes(noise(bits // 8, seed), "big") | 3 << (bits - 2) | 1
    while any(n % small == 0 for small in (3, 5, 7, 11, 13, 17, 19, 23)) or n % 65537 == 1 \
            or any(pow(base, n - 1, n) != 1 for base in (2, 3, 5)):
        n += 2
    return n


class Rsa:
    """A key that everybody can make again: for samples only."""

    def __init__(self, seed, bits=2048, exponent=65537):
        p, q = prime(seed + b"p", bits // 2), prime(seed + b"q", bits // 2)
        self.size = bits // 8
        self.exponent = exponent
        self.modulus = p * q
        self.secret = pow(exponent, -1, (p - 1) * (q - 1))
        self.stored = self.modulus.to_bytes(self.size, "little")

    def raise_padded(self, tail):
        padded = b"\0\1" + b"\xff" * (self.size - 3 - len(tail)) + b"\0" + tail
        return pow(int.from_bytes(padded, "big"), self.secret, self.modulus)

    def sign(self, data):
        """RSASSA-PKCS1-v1_5 with SHA-256."""
        info = bytes.fromhex("3031300d060960864801650304020105000420")
        return self.raise_padded(info + hashlib.sha256(data).digest()).to_bytes(self.size, "big")

    def sign_pss(self, data, name="sha384"):
        """RSASSA-PSS with a salt of the digest's length."""
        digest, salt = hashlib.new(name, data).digest(), noise(48, b"salt")
        h = hashlib.new(name, bytes(8) + digest + salt).digest()
        block = bytes(self.size - len(salt) - len(h) - 2) + b"\1" + salt
        mask = b"".join(hashlib.new(name, h + struct.pack(">I", i)).digest() for i in range(9))
        masked = bytes(a ^ b for a, b in zip(block, mask))
        masked = bytes((masked[0] & 0x7f,)) + masked[1:] + h + b"\xbc"
        return pow(int.from_bytes(masked, "big"), self.secret, self.modulus).to_bytes(
            self.size, "big")

    def sign_module(self, data):
        """As authenticated code modules are: the digest alone, in the other byte order."""
        return self.raise_padded(hashlib.sha256(data).digest()[::-1]).to_bytes(self.size,
                                                                              "little")


def key_and_signature(key, covered, pss=False):
    head = b"\x10" + u16(1) + b"\x10" + u16(key.size * 8) + u32(key.exponent) + key.stored
    signature = key.sign_pss(covered) if pss else key.sign(covered)
    return head + u16(0x16 if pss else 0x14) + b"\x10" + u16(key.size * 8) \
        + u16(12 if pss else 11) + signature


def digest(data, name="sha256"):
    numbers = {"sha1": 4, "sha256": 11, "sha384": 12}
    value = hashlib.new(name, data).digest()
    return u16(numbers[name], len(value)) + value


NO_DIGEST = u16(16, 0)
OEM_KEY = Rsa(b"example oem")
POLICY_KEY = Rsa(b"example policy")


def key_manifest(version=2, keys=None, key=OEM_KEY, **more):
    keys = keys or [u64(1) + digest(POLICY_KEY.stored)]
    if version == 1:
        data = b"__KEYM__" + bytes((0x10, 0x10, 2, 1)) + digest(POLICY_KEY.stored)
    else:
        body = b"".join(keys)
        data = b"__KEYM__" + bytes((0x21, 0, 0, 0)) + u16(more.get("offset", 24 + len(body)))
        data += bytes((0, 0, 0, 1, 3, 1)) + u16(11, more.get("count", len(keys))) + body
    return data + key_and_signature(key, data, more.get("pss", False))


def boot_block(hashes, segments, version=2, **more):
    places = b"".join(u16(0, flags) + u32(base, size) for flags, base, size in segments)
    fields = u32(3) + u64(0xfed10000, 0xfed90000) + u32(0x100000, 0xf00000) \
        + u64(0x100000000, 0x10f000000)
    if version == 1:
        return b"__IBBS__" + bytes((0x10, 0, 0, 15)) + fields + NO_DIGEST + bytes(32) \
            + u32(0xfffffff0) + hashes[0] + bytes((len(segments),)) + places
    several = b"".join(hashes)
    body = bytes((0, more.get("set", 0), 0, 15)) + fields + NO_DIGEST + u32(0xfffffff0)
    body += u16(4 + len(several), len(hashes)) + several + NO_DIGEST + bytes(3)
    body += bytes((len(segments),)) + places
    return element(b"IBBS", body)


def element(name, body, size=None):
    return b"__" + name + b"__" + bytes((0x20, 0)) + u16(size or 12 + len(body)) + body


def boot_policy(*elements, version=2, key=POLICY_KEY, **more):
    body = b"".join(elements)
    if version == 1:
        data = b"__ACBP__" + bytes((0x10, 1, 0, 1, 2, 0)) + u16(4) + body
        data += b"__PMSG__\x10"
    else:
        data = b"__ACBP__" + bytes((0x23, 0x20)) + u16(20, more.get("offset", 32 + len(body)))
        data += bytes((1, 2, 3, 0)) + u16(0x180) + body
        data += b"__PMSG__" + bytes((0x20, 0, 0, 0))
    return data + key_and_signature(key, data, more.get("pss", False))


def bootguards():
    def manifest(case, data):
        cases.write("intel-key-manifest", case, data)

    def policy(case, data):
        cases.write("intel-boot-policy", case, data)

    one = key_manifest(1)
    manifest("minimal", one)
    manifest("full", key_manifest(2, [u64(1) + digest(POLICY_KEY.stored, "sha384"),
                                      u64(16) + digest(b"another")], pss=True) + b"\xff" * 16)
    two = key_manifest()
    curve = b"\x10" + u16(0x23) + b"\x10" + u16(256) + noise(64) + u16(0x18) + b"\x10" \
        + u16(256, 11) + noise(64, b"curve")
    manifest("curve", two[:two[12]] + curve)
    manifest("altered", changed(two, 40, b"\x55"))
    manifest("fault-mark", changed(two, 0, b"__KEYX__"))
    manifest("fault-version", changed(one, 8, b"\x11"))
    manifest("fault-hash-size", changed(one, 14, u16(33)))
    manifest("fault-count", key_manifest(count=200))
    manifest("fault-offset", key_manifest(offset=70))
    manifest("fault-truncated", two[:-9])
    manifest("fault-trailing", two + b"behind")
    segments = [(0, 0xffff0000, 0x8000), (1, 0xffff8000, 0x1000)]
    old = boot_block([digest(b"block")], segments, 1)
    policy("minimal", boot_policy(old, b"__PMDA__\x10" + u16(8, 8) + bytes(8), version=1))
    hashes = [digest(b"block", name) for name in ("sha384", "sha1", "sha256")]
    new = boot_block(hashes, segments)
    full = boot_policy(new, boot_block(hashes[:1], segments, set=1), element(b"TXTS", noise(28)),
                       pss=True)
    policy("full", full + bytes(8))
    policy("altered", changed(full, 70, b"\x66"))
    policy("fault-mark", changed(full, 0, b"__ACBX__"))
    policy("fault-version", changed(boot_policy(old, version=1), 8, b"\x12"))
    policy("fault-element", boot_policy(old, b"__WHAT__\x10", version=1))
    policy("fault-element-size", boot_policy(new, element(b"TXTS", noise(28), 9)))
    policy("fault-list-size", boot_policy(changed(new, 68, u16(9))))
    policy("fault-block-size", boot_policy(new[:10] + u16(len(new) + 4) + new[12:] + b"more"))
    policy("fault-offset", boot_policy(new, offset=99))
    policy("fault-unsigned", boot_policy(new)[:20 + len(new)])
    policy("fault-truncated", full[:-100])
    policy("fault-trailing", full + b"behind")


def code_module(version=0, key=None, **more):
    """An authenticated code module with tables and a signature, made up."""
    size = key.size
    lists = u32(1) + u32(1) + u16(0x8086, 0xb002, 1, 0) + u32(0)
    processors = u32(1) + u32(0x306f0, 0xfff3ff0) + u64(1, 0xff)
    start = 0x80 + size * 2 + (4 if version == 0 else 0) + 64
    info = bytes.fromhex("aa3ac07fa746db182eac698f8d417f5a") + bytes((0, 6)) + u16(48)
    at = start + 48
    info += u32(more.get("list", at), 1, 0x20003, 0x80) + bytes((1, 2, 3, 4))
    info += u32(at + len(lists), at + len(lists) + len(processors))
    body = info + lists + processors + u32(15) + u16(2, 4, 11) + bytes(2) + noise(64)
    body += bytes(-len(body) % 4)
    head = u16(2, 1) + u32(161, 0x30000 if version else 0) + u16(0xb002, more.get("flags", 0))
    head += u32(0x8086, 0x20240215, more.get("size", (start + len(body)) // 4)) + u16(2, 1)
    head += u32(0, 0, 32, 0x500, 8, 0x700) + bytes(64) + u32(size // 4, 16)
    signature = key.sign_module(head + body)
    exponent = u32(key.exponent) if version == 0 else b""
    return head + key.stored + exponent + signature + more.get("scratch", bytes(64)) + body


def modules():
    def write(case, data):
        cases.write("intel-acm", case, data)

    key = Rsa(b"example module")
    good = code_module(0, key)
    write("full", good + b"\xff" * 16)
    write("minimal", code_module(3, key))
    write("debug", code_module(0, key, flags=0x8000, scratch=noise(64)))
    write("altered", changed(good, len(good) - 3, b"\x77"))
    write("fault-type", changed(good, 0, u16(3)))
    write("fault-truncated", good[:-20])
    write("fault-header", good[:0x90] + good[0x90:0x120])
    write("fault-list", code_module(0, key, list=99999))
    write("fault-count", changed(good, 0x80 + 512 + 4 + 64 + 48, u32(999)))
    write("fault-trailing", good + b"behind")


def gbe_bank(address, version=0x0d53, valid=True, checksum=None):
    bank = bytearray(b"\xff" * 0x100)
    put(bank, 0, address + u16(0x0800, 0xffff, version, 0xffff) + noise(50, b"gbe"))
    put(bank, 0x26, u16(0xb000 if valid else 0x3000))
    put(bank, 0x7e, u16(0))
    words = struct.unpack("<64H", bank[:128])
    put(bank, 0x7e, u16((0xbaba - sum(words)) & 0xffff if checksum is None else checksum))
    return bytes(bank) + b"\xff" * (0x1000 - len(bank))


def gbes():
    def write(case, data):
        cases.write("intel-gbe", case, data, text=True)

    address = bytes.fromhex("02005e102030")
    good = gbe_bank(address)
    write("full", good + gbe_bank(address, valid=False))
    write("minimal", good + b"\xff" * 0x1000)
    write("rest", good[:0x800] + noise(64) + good[0x840:] + good)
    write("fault-checksum", gbe_bank(address, checksum=1) + b"\xff" * 0x1000)
    write("fault-none-valid", gbe_bank(address, valid=False) * 2)
    write("fault-truncated", good + good[:0xf00])


def me_manifest(mark=b"$MN2", key=256, version=(11, 8, 50, 3399)):
    data = u32(4, 0xa1, 0x10000, 0, 0x8086, 0x20180415, 0x100) + mark + u32(1) + u16(*version)
    data += u32(3) + bytes(0x78 - len(data) - 4) + u32(key // 4, 1)
    return data + noise(key, b"me key") + u32(65537) + noise(256, b"me signature")


def me_directory():
    files = [(b"FTPR.man", me_manifest()), (b"kernel", noise(200)), (b"kernel.met", noise(40))]
    at = 16 + 24 * len(files)
    rows = body = b""
    for name, data in files:
        rows += name.ljust(12, b"\0") + u32(at + len(body), len(data), 0)
        body += data
    head = b"$CPD" + u32(len(files)) + bytes((1, 1, 16, 0)) + b"FTPR"
    return sum8(head, 11) + rows + body


def me_region(parts, vector=True, **more):
    """Partitions (name, flags, offset, size, data) behind a table."""
    head = b"$FPT" + u32(more.get("count", len(parts))) + bytes((0x20, 0x10,
                                                                more.get("header", 32), 0))
    head += u32(0xffffffff, 0, 0) + u16(11, 8, 0, 1)
    head = sum8(head, 11) if "checksum" not in more else head
    table = b"".join(name + bytes(4) + u32(at, size) + bytes(12) + u32(flags)
                     for name, flags, at, size, _ in parts)
    image = bytearray(b"\xff" * more.get("length", 0x1000))
    put(image, 0, (bytes(16) if vector else b"") + head + table)
    for _, _, at, size, data in parts:
        if data:
            put(image, at, data[:size])
    return bytes(image)


def mes():
    def write(case, data):
        cases.write("intel-me", case, data, text=True)

    code = me_directory()
    parts = [(b"FTPR", 0, 0x200, len(code), code), (b"MFS\0", 1, 0x800, 0x100, noise(0x100)),
             (b"NFTP", 0, 0x900, 0x300, me_manifest(b"$MAN", version=(9, 1, 2, 1000))),
             (b"PSVN", 1, 0xc00, 0x80, None), (b"FTUP", 0xff000000, 0, 0, None)]
    write("full", me_region(parts))
    write("minimal", me_region(parts[1:2], vector=False))
    write("erased", b"\xff" * 0x100)
    write("fault-mark", changed(me_region(parts), 16, b"$FPX"))
    write("fault-checksum", me_region(parts[1:2], checksum=0))
    write("fault-header-length", me_region(parts[1:2], header=99))
    write("fault-count", me_region(parts[1:2], count=0x10000))
    write("fault-partition-end", me_region([(b"MFS\0", 1, 0xf00, 0x200, None)]))
    write("fault-files", me_region([(b"FTPR", 0, 0x200, len(code), changed(code, 4, u32(9999)))]))
    write("fault-file-offset", me_region([(b"FTPR", 0, 0x200, len(code),
                                           changed(code, 28, u32(0x1000000)))]))
    write("fault-key-size", me_region([(b"FTPR", 0, 0x200, 0x300,
                                        changed(me_manifest(), 0x78, u32(0xffff)))]))


def put(image, at, data):
    image[at:at + len(data)] = data


def region_word(first, last):
    """From the first to the last 4 KiB block; first > last is a region that is not used."""
    return u32(first | last << 16)


UNUSED = region_word(0x7fff, 0)


def descriptor(regions, layout=2, **more):
    """The first 4 KiB of an image: sections where chipsets of this layout have them."""
    image = bytearray(b"\xff" * 0x1000)
    at = more.get("signature", 0x10)
    masters = 0x60 if layout == 1 else 0x80
    straps = more.get("straps", ((0x100, 18 if layout == 1 else 8), (0x200, 2)))
    put(image, at, u32(0x0ff0a55a, 0x03 | 1 << 8 | 4 << 16 | (len(regions) - 1 & 7) << 24,
                       masters >> 4 | 2 << 8 | straps[0][0] >> 4 << 16 | straps[0][1] << 24,
                       straps[1][0] >> 4 | straps[1][1] << 8))
    if layout == 3:
        put(image, at + 16, u32(1 << 21))
    put(image, 0x30, u32(5 | (7 if layout == 1 else 15) << (3 if layout == 1 else 4)
                         | (0 if layout == 1 else 6) << 17) + bytes((0x21, 0x42, 0x60, 0xad)))
    if layout > 1:
        put(image, 0x38, bytes((0xb7, 0xb9, 0xc4, 0xc7)))
    put(image, 0x40, b"".join(regions))
    put(image, masters, more.get("masters", u32(0x0a0b0000, 0x0c0d0000, 0x08080118)
                                 if layout == 1 else u32(0x00a00f00, 0x00c00d00, 0x00800900,
                                                         0xffffffff, 0x10010100, 0)))
    for place, count in straps:
        put(image, place, b"".join(u32(0x1000 + i) for i in range(count)))
    put(image, 0xdf0, u32(0x1740ef, 0x20052005))
    put(image, 0xefc, u32(0xffff0000 | 0xdf | 2 << 8))
    return bytes(image)


def descriptors():
    def write(case, data):
        cases.write("intel-descriptor", case, data, text=True)

    four = b"\xff" * 0x1000
    bios = changed(four, 0, b"boot block" * 20)
    old = [region_word(0, 0), region_word(3, 3), region_word(2, 2), UNUSED, region_word(1, 1)]
    write("minimal", descriptor([region_word(0, 0), region_word(1, 1)], layout=1) + four)
    write("layout-1", descriptor(old, layout=1) + noise(0x1000) + four + bios)
    new = [region_word(0, 0), region_word(4, 4), UNUSED, UNUSED, UNUSED, UNUSED, UNUSED, UNUSED,
           region_word(2, 2)] + [UNUSED] * 2 + [bytes(4), b"\xff" * 4] + [UNUSED] * 3
    full = changed(descriptor(new), 0xf00, b"EXAMPLE BOARD 1")
    write("layout-2", full + bytes(0x1000) + noise(0x1000) + noise(0x1000, b"gap") + bios + four)
    write("layout-3", descriptor(new, layout=3) + four + noise(0x1000) + four + bios)
    write("signature-at-0", descriptor(old, layout=1, signature=0) + four * 3)
    open_masters = u32(0xffff0000, 0xffff0000, 0xffff0118)
    write("writable", descriptor(old, layout=1, masters=open_masters) + four * 3)
    disabled = changed(descriptor(old, layout=1), 0x100 + 40, u32(0x80))
    write("me-disabled", disabled + four * 3)
    write("fault-signature", changed(full, 0x10, u32(0)))
    write("fault-region-zero", descriptor([UNUSED, region_word(1, 1)], layout=1) + four)
    overlap = [region_word(0, 0), region_word(1, 2), region_word(2, 3)]
    write("fault-overlap", descriptor(overlap, layout=1) + bios * 3)
    write("fault-overrun", descriptor([region_word(0, 0), region_word(1, 9)], layout=1) + bios)
    write("fault-beyond", descriptor([region_word(0, 0), region_word(1, 1), region_word(9, 9)],
                                     layout=1) + four)
    write("fault-strap-base", descriptor(old, layout=1, straps=((0xff0, 18), (0x200, 2)))
          + four * 3)
    write("fault-section-overlap", descriptor(old, layout=1, straps=((0x100, 18), (0x140, 2)))
          + four * 3)


if __name__ == "__main__":
    bootguards()
    descriptors()
    modules()
    fits()
    gbes()
    mes()
    microcodes()
