# SPDX-License-Identifier: Apache-2.0
"""Certificates and signatures of the demo: DER (X.690), RSA keys from a word, PKCS #7.

The private keys follow from their names, so everybody has them: they protect nothing.
"""
import hashlib

SMALL = [p for p in range(3, 4000, 2) if all(p % q for q in range(3, int(p ** 0.5) + 1, 2))]
BITS = 1024


def tlv(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + len(body).to_bytes(size, "big") + body


def sequence(*parts):
    return tlv(0x30, *parts)


def one_set(*parts):
    return tlv(0x31, *parts)


def integer(value):
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(text):
    first, second, *rest = (int(part) for part in text.split("."))
    body = bytes([first * 40 + second])
    for value in rest:
        digits = [value & 0x7f]
        while value := value >> 7:
            digits.insert(0, 0x80 | value & 0x7f)
        body += bytes(digits)
    return tlv(6, body)


def algorithm(text):
    return sequence(oid(text), tlv(5))


SHA256 = algorithm("2.16.840.1.101.3.4.2.1")
RSA = algorithm("1.2.840.113549.1.1.1")
RSA_SHA256 = algorithm("1.2.840.113549.1.1.11")


def stream(word, size):
    out = b""
    while len(out) < size:
        out += hashlib.sha256(f"{word}/{len(out)}".encode()).digest()
    return out[:size]


def prime(word):
    value = int.from_bytes(stream(word, BITS // 8), "big") | 3 << BITS - 2 | 1
    while any(value % p == 0 for p in SMALL) or value % 65537 == 1 or pow(2, value - 1, value) != 1:
        value += 2
    return value


class Key:
    def __init__(self, word):
        p, q = prime(word + " p"), prime(word + " q")
        self.modulus = p * q
        self.private = pow(65537, -1, (p - 1) * (q - 1))

    def public(self):
        body = sequence(integer(self.modulus), integer(65537))
        return sequence(RSA, tlv(3, b"\0", body))

    def sign(self, message):
        """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2)."""
        size = (self.modulus.bit_length() + 7) // 8
        info = sequence(SHA256, tlv(4, hashlib.sha256(message).digest()))
        block = b"\0\1" + b"\xff" * (size - len(info) - 3) + b"\0" + info
        return pow(int.from_bytes(block, "big"), self.private, self.modulus).to_bytes(size, "big")


def name(common):
    def part(kind, text):
        return one_set(sequence(oid(kind), tlv(12, text.encode())))
    return sequence(part("2.5.4.10", "Lindqvist Systems"), part("2.5.4.3", common))


class Certificate:
    """A self-signed certificate."""

    def __init__(self, common):
        self.key = Key(common)
        self.name = name(common)
        self.serial = integer(int.from_bytes(stream(common + " serial", 8), "big") >> 1)
        validity = sequence(tlv(23, b"240101000000Z"), tlv(23, b"440101000000Z"))
        usage = sequence(oid("2.5.29.19"), tlv(1, b"\xff"), tlv(4, sequence(tlv(1, b"\xff"))))
        body = sequence(tlv(0xa0, integer(2)), self.serial, RSA_SHA256, self.name, validity,
                        self.name, self.key.public(), tlv(0xa3, sequence(usage)))
        self.der = sequence(body, RSA_SHA256, tlv(3, b"\0", self.key.sign(body)))


def authenticode(certificate, image_digest):
    """The signature that a PE image embeds: PKCS #7 SignedData over the image's digest."""
    link = tlv(0xa0, tlv(0xa2, tlv(0x80, "<<<Obsolete>>>".encode("utf-16-be"))))
    image = sequence(oid("1.3.6.1.4.1.311.2.1.15"), sequence(tlv(3, b"\0"), link))
    content = image + sequence(SHA256, tlv(4, image_digest))
    kind = oid("1.3.6.1.4.1.311.2.1.4")
    attributes = sorted([
        sequence(oid("1.2.840.113549.1.9.3"), one_set(kind)),
        sequence(oid("1.2.840.113549.1.9.4"), one_set(tlv(4, hashlib.sha256(content).digest())))])
    signer = sequence(integer(1), sequence(certificate.name, certificate.serial), SHA256,
                      tlv(0xa0, *attributes), RSA,
                      tlv(4, certificate.key.sign(one_set(*attributes))))
    body = sequence(integer(1), one_set(SHA256), sequence(kind, tlv(0xa0, sequence(content))),
                    tlv(0xa0, certificate.der), one_set(signer))
    return sequence(oid("1.2.840.113549.1.7.2"), tlv(0xa0, body))
