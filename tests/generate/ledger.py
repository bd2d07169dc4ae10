# SPDX-License-Identifier: Apache-2.0
"""Fleet ledgers and logs, written from docs/formats alone: neither the producer's code nor the verifier's.

Everything is made from seeds, so that the same calls give the same bytes. A dishonest operator is made by
changing what an honest one would write: every stage of an epoch can be replaced before the next is computed.
"""
import base64
import ctypes
import ctypes.util
import hashlib
import hmac
import json
import os
import struct

SODIUM = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
SUITE = b"\xffc2sp.org/vrf-r255"
NEUTRAL = (0, 0, 0, 0, 0, 0xffff, 0, 0xffffff, 0)
VERDICTS = ("clean", "review", "bad", "unknown")
ADDED, REMOVED, CHANGED, REKEYED = range(4)
BOUGHT, RETURNED, SOLD, SCRAPPED, HELD, EXAMINED, RESOLVED, REKEY = range(1, 9)
ENTRY_MAX = 65535


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def b64(data):
    return base64.b64encode(data).decode()


def u16(value):
    return struct.pack(">H", value)


def u32(value):
    return struct.pack(">I", value)


def string16(data):
    return u16(len(data)) + data


def call(name, size, *arguments):
    """One function of libsodium that fills a buffer of `size` bytes."""
    room = ctypes.create_string_buffer(size)
    if getattr(SODIUM, name)(room, *arguments) not in (0, None) and name not in VOID:
        raise ValueError(name)
    return room.raw


VOID = {"crypto_core_ristretto255_scalar_reduce", "crypto_core_ristretto255_scalar_mul",
        "crypto_core_ristretto255_scalar_add"}


class Key:
    """An Ed25519 key with a name."""

    def __init__(self, name, seed):
        self.name = name
        public = ctypes.create_string_buffer(32)
        secret = ctypes.create_string_buffer(64)
        SODIUM.crypto_sign_seed_keypair(public, secret, sha256(seed.encode()))
        self.public, self.secret = public.raw, secret.raw

    def sign(self, message):
        return call("crypto_sign_detached", 64, None, message,
                    ctypes.c_ulonglong(len(message)), self.secret)

    def id(self, kind):
        return sha256(self.name.encode(), b"\n", bytes([kind]), self.public)[:4]

    def vkey(self, kind=1):
        return f"{self.name}+{self.id(kind).hex()}+{b64(bytes([kind]) + self.public)}"

    def line(self, text):
        return f"\u2014 {self.name} {b64(self.id(1) + self.sign(text.encode()))}\n"

    def cosignature(self, text, time):
        message = f"cosignature/v1\ntime {time}\n{text}".encode()
        raw = self.id(4) + struct.pack(">Q", time) + self.sign(message)
        return f"\u2014 {self.name} {b64(raw)}\n"


class Vrf:
    """A key of c2sp.org/vrf-r255."""

    def __init__(self, seed):
        self.secret = call("crypto_core_ristretto255_scalar_reduce", 32,
                           hashlib.sha512(seed.encode()).digest())
        self.public = call("crypto_scalarmult_ristretto255_base", 32, self.secret)

    def prove(self, alpha):
        """(proof, idx)"""
        def wide(mark, *parts):
            return hashlib.sha512(b"".join((SUITE, bytes([mark]), *parts))).digest()
        h = call("crypto_core_ristretto255_from_hash", 32, wide(0x82, self.public, alpha))
        gamma = call("crypto_scalarmult_ristretto255", 32, self.secret, h)
        k = call("crypto_core_ristretto255_scalar_reduce", 32, wide(0x81, self.secret, h))
        u = call("crypto_scalarmult_ristretto255_base", 32, k)
        v = call("crypto_scalarmult_ristretto255", 32, k, h)
        c = wide(0x02, self.public, h, gamma, u, v, b"\0")[:16]
        s = call("crypto_core_ristretto255_scalar_mul", 32, c + bytes(16), self.secret)
        s = call("crypto_core_ristretto255_scalar_add", 32, s, k)
        return gamma + c + s, wide(0x03, gamma, b"\0")[:32]

    def server(self, kind, name):
        return self.prove(b"asset/v1\0" + kind.encode() + b"\0" + name)

    def alias(self, kind, name):
        return self.prove(b"alias/v1\0" + kind.encode() + b"\0" + name)


# Prefix trees

def sums_of(verdict, oldest, newest, methods):
    return (1, *(int(v == verdict) for v in VERDICTS), oldest, newest, methods, methods)


def add(a, b):
    return (*(x + y for x, y in zip(a[:5], b[:5])), min(a[5], b[5]), max(a[6], b[6]),
            a[7] & b[7], a[8] | b[8])


def pack(sums):
    """All but the number without a verdict, which follows from the others."""
    counts = struct.pack(">4I2H", *sums[:4], *sums[5:7])
    return counts + b"".join(number.to_bytes(3, "big") for number in sums[7:])


def unpack(raw):
    n, clean, review, bad, oldest, newest = struct.unpack(">4I2H", raw[:20])
    return (n, clean, review, bad, n - clean - review - bad, oldest, newest,
            int.from_bytes(raw[20:23], "big"), int.from_bytes(raw[23:], "big"))


EMPTY = (sha256(b"\2"), NEUTRAL)


def leaf_branch(leaf):
    return sha256(b"\0", leaf), unpack(leaf[-26:])


def join(left, right):
    return (sha256(b"\1", left[0], pack(left[1]), right[0], pack(right[1])),
            add(left[1], right[1]))


def bit(idx, depth):
    return idx[depth // 8] >> (7 - depth % 8) & 1


def tree(leaves, depth=0):
    """The branch over leaves with the same first `depth` bits."""
    if len(leaves) <= 1:
        return leaf_branch(leaves[0]) if leaves else EMPTY
    if depth == 256:
        raise ValueError("two leaves of one idx")
    return join(tree([x for x in leaves if not bit(x, depth)], depth + 1),
                tree([x for x in leaves if bit(x, depth)], depth + 1))


def prefix_proof(leaves, idx):
    siblings = []
    depth = 0
    while len(leaves) > 1:
        same = [x for x in leaves if bit(x, depth) == bit(idx, depth)]
        siblings.append(tree([x for x in leaves if bit(x, depth) != bit(idx, depth)], depth + 1))
        leaves = same
        depth += 1
    terminal = 1 if not leaves else 0 if leaves[0][:32] == idx else 2
    return (bytes([terminal]) + u16(depth) + b"".join(leaves)
            + b"".join(h + pack(s) for h, s in reversed(siblings)))


def bound(domain, origin, epoch, branch):
    ctx = sha256(domain.encode(), origin.encode(), u32(epoch))
    return sha256(b"\3", ctx, branch[0], pack(branch[1]))


# Envelopes

def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def envelope(payload, *keys):
    kind = "application/vnd.in-toto+json"
    message = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
    return compact({"payload": b64(payload), "payloadType": kind, "signatures": [
        {"keyid": sha256(key.public).hex(), "sig": b64(key.sign(message))}
        for key in keys]}) + b"\n"


# Logs

def merkle(hashes):
    if not hashes:
        return sha256()
    while len(hashes) > 1:
        hashes = [sha256(b"\1", hashes[i], hashes[i + 1]) if i + 1 < len(hashes) else hashes[i]
                  for i in range(0, len(hashes), 2)]
    return hashes[0]


def split(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def inclusion(hashes, index):
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if index < k:
        return inclusion(hashes[:k], index) + [merkle(hashes[k:])]
    return inclusion(hashes[k:], index - k) + [merkle(hashes[:k])]


def consistency(hashes, old, whole=True):
    if old == len(hashes):
        return [] if whole else [merkle(hashes)]
    k = split(len(hashes))
    if old <= k:
        return consistency(hashes[:k], old, whole) + [merkle(hashes[k:])]
    return consistency(hashes[k:], old - k, False) + [merkle(hashes[:k])]


class Log:
    """A log with its witnesses."""

    def __init__(self, origin, witnesses=2):
        self.origin = origin
        self.key = Key(origin, "log " + origin)
        self.witnesses = [Key(f"witness{i}.example", f"witness {i}") for i in range(witnesses)]
        self.entries = []

    def append(self, entry):
        if len(entry) > ENTRY_MAX:
            entry = f"assay-digest/1\nsha256:{sha256(entry).hex()}\n".encode()
        self.entries.append(entry)
        return len(self.entries) - 1

    def hashes(self, size=None):
        return [sha256(b"\0", e) for e in self.entries[:size]]

    def checkpoint(self, time, size=None, witnesses=None):
        size = len(self.entries) if size is None else size
        text = f"{self.origin}\n{size}\n{b64(merkle(self.hashes(size)))}\n"
        lines = [self.key.line(text)]
        lines += [w.cosignature(text, time) for w in self.witnesses[:witnesses]]
        return (text + "\n" + "".join(lines)).encode()

    def policy(self, quorum=None):
        names = [f"w{i}" for i in range(len(self.witnesses))]
        lines = [f"log {self.key.vkey()}"]
        lines += [f"witness {n} {w.vkey(4)}" for n, w in zip(names, self.witnesses)]
        if names:
            lines += [f"group all-of-them {quorum or 'all'} {' '.join(names)}",
                      "quorum all-of-them"]
        else:
            lines.append("quorum none")
        return ("\n".join(lines) + "\n").encode()

    def proof(self, index, checkpoint, extra=None):
        size = int(checkpoint.split(b"\n")[1])
        lines = ["c2sp.org/tlog-proof@v1"]
        if extra is not None:
            lines.append("extra " + b64(extra))
        lines += [f"index {index}", *map(b64, inclusion(self.hashes(size), index)), "", ""]
        return "\n".join(lines).encode() + checkpoint

    def consistency(self, old, checkpoint):
        """What a witness is asked with (c2sp.org/tlog-witness)."""
        size = int(checkpoint.split(b"\n")[1])
        proof = consistency(self.hashes(size), old) if old else []
        hashes = "".join(b64(h) + "\n" for h in proof)
        return f"old {old}\n{hashes}\n".encode() + checkpoint

    def write(self, folder, checkpoint):
        """The tiles of the checkpoint's tree (c2sp.org/tlog-tiles)."""
        size = int(checkpoint.split(b"\n")[1])

        def tiles(level, items, render):
            for n in range(0, (len(items) + 255) // 256):
                part = items[n * 256:(n + 1) * 256]
                digits = f"{n:03d}" if n < 1000 else f"x{n // 1000:03d}/{n % 1000:03d}"
                name = f"tile/{level}/{digits}" + (f".p/{len(part)}" if len(part) < 256 else "")
                path = os.path.join(folder, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(b"".join(map(render, part)))
        tiles("entries", self.entries[:size], lambda e: u16(len(e)) + e)
        hashes, level = self.hashes(size), 0
        while hashes:
            tiles(level, hashes, lambda h: h)
            hashes = [merkle(hashes[i:i + 256]) for i in range(0, len(hashes) - 255, 256)]
            level += 1
        with open(os.path.join(folder, "checkpoint"), "wb") as file:
            file.write(checkpoint)


# Fleets

class Server:
    """One server: its id, its verdict, and what was committed to about it."""

    def __init__(self, serial, verdict="clean", day=20000, methods=3, kind="board",
                 aliases=(), **attributes):
        self.kind = kind
        self.name = (b"MAKER\x1f" + serial.encode()) if kind == "board" else serial.encode()
        self.verdict, self.oldest, self.newest, self.methods = verdict, day, day, methods
        self.aliases = [(k, v.encode()) for k, v in aliases]
        self.attributes = {"model": b"X100", "firmware": b"1.2", **attributes}
        self.reason = None
        self.resolution = bytes(32)

    def become(self, verdict, day, reason=EXAMINED, resolution=bytes(32)):
        self.verdict, self.oldest, self.newest = verdict, day, day
        self.reason, self.resolution = reason, resolution


class Epoch:
    """What is published of one epoch."""


class Fleet:
    """An operator and the chain of its epochs."""

    def __init__(self, origin="fleet.example/dc1", seed="1"):
        self.origin, self.seed = origin, seed
        self.key = Key(origin, "operator " + seed)
        self.vrf = Vrf("vrf " + seed)
        self.master = sha256(b"master", seed.encode())
        self.epochs = []
        self.servers = {}
        self.policy = sha256(b"policy")
        self.reference = sha256(b"reference")
        self.methods = 8

    def idx(self, server):
        return self.vrf.server(server.kind, server.name)[1]

    def salt(self, since, idx, name):
        return hmac.digest(self.master, b"salt/v1" + u32(since) + idx + name.encode(),
                           "sha256")[:16]

    def digests(self, since, idx, attributes):
        return {name: sha256(b"\x11", self.salt(since, idx, name), bytes([len(name)]),
                             name.encode(), value) for name, value in attributes.items()}

    def make_leaf(self, server, idx, epoch, old):
        attributes = dict(server.attributes, verdict=server.verdict.encode(), policy=self.policy,
                          reference=self.reference)
        if epoch.nonce_from:
            attributes.setdefault("nonce", sha256(b"nonce/v1", epoch.nonce_from, idx))
        com = sha256(b"\x10", *sorted(self.digests(epoch.number, idx, attributes).values()))
        prev = (sha256(b"\0", old), old[32:36]) if old else (bytes(32), bytes(4))
        leaf = (idx + u32(epoch.number) + com + prev[0] + prev[1]
                + pack(sums_of(server.verdict, server.oldest, server.newest, server.methods)))
        epoch.attributes[idx] = attributes
        return leaf

    def alias_leaf(self, kind, name, primary):
        idx = self.vrf.alias(kind, name)[1]
        salt = hmac.digest(self.master, b"alias-salt/v1" + idx, "sha256")[:16]
        return idx + sha256(b"\x12", salt, primary) + pack((1, *NEUTRAL[1:]))

    def epoch(self, servers, as_of, removed=None, nonce_from=None, sampling=None, rekey=None,
              doctor=None):
        """Makes the next epoch. `removed` gives reasons by idx; `doctor(stage, epoch)` may change the
        epoch after each stage: leaves, delta, statement."""
        e = Epoch()
        before = self.epochs[-1] if self.epochs else None
        e.number, e.nonce_from, e.attributes = len(self.epochs), nonce_from, {}
        e.as_of, e.sampling, e.before, e.vrf_before = as_of, sampling, before, self.vrf
        doctor = doctor or (lambda stage, epoch: None)
        if rekey:
            self.vrf = rekey
        e.vrf = self.vrf
        old = {x[:32]: x for x in before.leaves} if before else {}
        self.make_leaves(e, servers, old, rekey)
        doctor("leaves", e)
        self.make_delta(e, old, removed or {}, rekey)
        doctor("delta", e)
        self.make_statement(e)
        doctor("statement", e)
        e.payload = compact(e.statement)
        e.envelope = envelope(e.payload, self.key)
        self.epochs.append(e)
        return e

    def make_leaves(self, e, servers, old, rekey):
        e.servers, e.reasons, e.pairs = {}, {}, []
        leaves, aliases = [], []
        for server in servers:
            idx = self.idx(server)
            e.servers[idx] = server
            was_idx = e.vrf_before.server(server.kind, server.name)[1]
            last = old.get(was_idx)
            if last and not rekey and server.reason is None:
                leaf = last
                e.attributes[idx] = e.before.attributes[idx]
            else:
                leaf = self.make_leaf(server, idx, e, last)
                e.reasons[idx] = (server.reason or EXAMINED, server.resolution)
            if rekey:
                e.pairs.append((was_idx, idx, server))
            server.reason, server.resolution = None, bytes(32)
            leaves.append(leaf)
            aliases += [self.alias_leaf(k, v, idx) for k, v in server.aliases]
        e.leaves, e.aliases = sorted(leaves), sorted(aliases)
        e.unidentified = 0

    def make_delta(self, e, old, removed, rekey):
        new = {x[:32]: x for x in e.leaves}
        rows = []
        e.counters = list(e.before.counters) if e.before else [0] * 5

        def verdict(leaf):
            return VERDICTS[[i for i, v in enumerate(leaf_branch(leaf)[1][1:5]) if v][0]]

        def count(leaf):
            e.counters[1] += verdict(leaf) == "bad"
            e.counters[2] += verdict(leaf) == "review"
        if rekey:
            for was, idx, _ in e.pairs:
                rows.append((REKEYED, REKEY, was, sha256(b"\0", old[was]),
                             sha256(b"\0", new[idx]), idx))
        for idx in sorted({} if rekey else set(old) | set(new)):
            a, b = old.get(idx), new.get(idx)
            if a == b:
                continue
            if a is None:
                rows.append((ADDED, BOUGHT, idx, bytes(32), sha256(b"\0", b), bytes(32)))
                e.counters[0] += 1
                count(b)
            elif b is None:
                rows.append((REMOVED, removed.get(idx, SOLD), idx, sha256(b"\0", a), bytes(32),
                             bytes(32)))
                e.counters[4] += verdict(a) != "clean"
            else:
                reason, extra = e.reasons.get(idx, (EXAMINED, bytes(32)))
                rows.append((CHANGED, reason, idx, sha256(b"\0", a), sha256(b"\0", b), extra))
                e.counters[3] += reason == RESOLVED
                if verdict(a) != verdict(b):
                    count(b)
        e.rows = sorted(rows, key=lambda row: row[2])

    def make_statement(self, e):
        root, alias = tree(e.leaves), tree(e.aliases)
        e.leaves_file = b"assay-leaves/1\n" + b"".join(e.leaves)
        e.aliases_file = b"assay-aliases/1\n" + b"".join(e.aliases)
        e.delta_file = b"assay-delta/1\n" + b"".join(
            bytes([op, reason]) + idx + a + b + extra for op, reason, idx, a, b, extra in e.rows)
        e.rekey_file = b"".join(
            string16(s.kind.encode()) + string16(s.name) + e.vrf_before.server(s.kind, s.name)[0]
            + e.vrf.server(s.kind, s.name)[0] for _, _, s in sorted(e.pairs, key=lambda p: p[0]))
        names = ("n", *VERDICTS, "oldest", "newest", "methodsAll", "methodsAny")
        counters = ("everN", "everBad", "everReview", "resolved", "removedWhileNotClean")
        ops = [row[0] for row in e.rows]
        e.fleet_root = bound("fleetledger/v1", self.origin, e.number, root)
        e.statement = {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": self.origin, "digest": {"sha256": e.fleet_root.hex()}}],
            "predicateType": "urn:assay:fleet-integrity:1",
            "predicate": {
                "origin": self.origin, "epoch": e.number, "asOf": e.as_of,
                "root": root[0].hex(), "aggregate": dict(zip(names, root[1])),
                "aliasRoot": bound("alias/v1", self.origin, e.number, alias).hex(),
                "aliasTree": alias[0].hex(), "aliases": len(e.aliases),
                "unidentified": e.unidentified, "counters": dict(zip(counters, e.counters)),
                "delta": {"added": ops.count(ADDED), "removed": ops.count(REMOVED),
                          "changed": ops.count(CHANGED), "rekeyed": ops.count(REKEYED),
                          "digest": sha256(e.delta_file).hex()},
                "leaves": sha256(e.leaves_file).hex(),
                "aliasLeaves": sha256(e.aliases_file).hex(),
                "previous": None if e.before is None else {
                    "payload": sha256(e.before.payload).hex(), "root": e.before.fleet_root.hex()},
                "vrfKey": self.vrf.public.hex(),
                "methods": [{"bit": i, "id": f"method-{i}", "what": f"how {i}",
                             "specification": sha256(b"spec", bytes([i])).hex(), "caught": 9,
                             "of": 10, "falseAlarms": 0, "falseOf": 100,
                             "record": sha256(b"record", bytes([i])).hex()}
                            for i in range(self.methods)],
                "policy": self.policy.hex(), "reference": self.reference.hex(),
                "tool": {"name": "assay 0.1.0", "digest": sha256(b"tool").hex()},
                "nonceFrom": e.nonce_from.hex() if e.nonce_from else None,
                "sampling": e.sampling}}

    def server_proof(self, e, server, names=("verdict", "policy"), entry=None):
        """The `extra` of a proof file; absent if the epoch has no such server."""
        proof, idx = e.vrf.server(server.kind, server.name)
        leaf = {x[:32]: x for x in e.leaves}.get(idx)
        entry = entry or e.envelope
        out = [b"assay-server-proof/1\n", bytes([leaf is None]), string16(server.kind.encode()),
               string16(server.name), proof, u32(len(entry)), entry, prefix_proof(e.leaves, idx)]
        if leaf is None:
            alias, place = e.vrf.alias(server.kind, server.name)
            return b"".join([*out, b"\1", string16(server.kind.encode()), string16(server.name),
                             alias, bytes(16), prefix_proof(e.aliases, place)])
        since = struct.unpack(">I", leaf[32:36])[0]
        attributes = e.attributes[idx]
        digests = self.digests(since, idx, attributes)
        names = [name for name in names if name in attributes]
        out.append(u16(len(names)))
        out += [self.salt(since, idx, n) + bytes([len(n)]) + n.encode() + string16(attributes[n])
                for n in names]
        closed = sorted(d for n, d in digests.items() if n not in names)
        out += [u16(len(closed)), *closed, bytes([len(server.aliases)])]
        for kind, name in server.aliases:
            out.append(self.alias_proof(e, kind, name))
        return b"".join(out)

    def alias_proof(self, e, kind, name):
        proof, idx = e.vrf.alias(kind, name)
        salt = hmac.digest(self.master, b"alias-salt/v1" + idx, "sha256")[:16]
        return (string16(kind.encode()) + string16(name) + proof + salt
                + prefix_proof(e.aliases, idx))

    def write(self, folder, e):
        """The published files of an epoch."""
        os.makedirs(folder, exist_ok=True)
        files = {"statement.json": e.envelope, "leaves": e.leaves_file,
                 "aliases": e.aliases_file, "delta": e.delta_file}
        if e.pairs:
            files["rekey"] = e.rekey_file
        for name, data in files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
