# SPDX-License-Identifier: Apache-2.0
"""Compression as LHA's "-lh5-", EFI 1.1 and Tiano have it: matches, and three Huffman codes a block.

A plain packer for samples: of all earlier places with the same three bytes it takes the longest match
among the last few. LHA begins with a window of blanks, which no packer of EFI's uses.
"""
import collections
import heapq

SHORTEST, LONGEST = 3, 256
CHARACTERS = 510
TRIES = 32


def _lengths(counts, size, most=16):
    """The lengths of a Huffman code, none longer than `most`; a lone symbol has length 0."""
    counts = dict(counts)
    while True:
        heap = [(count, symbol, (symbol,)) for symbol, count in counts.items()]
        heapq.heapify(heap)
        depth = [0] * size
        while len(heap) > 1:
            left, right = heapq.heappop(heap), heapq.heappop(heap)
            for symbol in left[2] + right[2]:
                depth[symbol] += 1
            heapq.heappush(heap, (left[0] + right[0], min(left[1], right[1]), left[2] + right[2]))
        if max(depth) <= most:
            return depth
        counts = {symbol: (count + 1) // 2 for symbol, count in counts.items()}


def _codes(lengths):
    codes, code = {}, 0
    for length in range(1, 17):
        for symbol, own in enumerate(lengths):
            if own == length:
                codes[symbol] = (code, length)
                code += 1
        code <<= 1
    return codes


class _Bits:
    def __init__(self):
        self.value, self.count = 0, 0

    def put(self, number, width):
        self.value = self.value << width | number
        self.count += width

    def data(self):
        return (self.value << (-self.count % 8)).to_bytes((self.count + 7) // 8, "big")


def _put_small(bits, counts, size, count_bits, special):
    """The code for lengths, or for positions; returns what its symbols are written as."""
    if len(counts) < 2:
        only = next(iter(counts), 0)
        bits.put(0, count_bits)
        bits.put(only, count_bits)
        return {only: (0, 0)}
    lengths = _lengths(counts, size)
    while lengths[-1] == 0:
        lengths.pop()
    bits.put(len(lengths), count_bits)
    at = 0
    while at < len(lengths):
        length = lengths[at]
        bits.put(length if length < 7 else (1 << length - 3) - 2, 3 if length < 7 else length - 3)
        at += 1
        if at == special:
            zeros = 0
            while zeros < 3 and at < len(lengths) and lengths[at] == 0:
                zeros, at = zeros + 1, at + 1
            bits.put(zeros, 2)
    return _codes(lengths)


def _runs(lengths):
    """Lengths of characters as symbols of the code for lengths, with their further bits."""
    at = 0
    while at < len(lengths):
        if lengths[at] > 0:
            yield lengths[at] + 2, 0, 0
            at += 1
            continue
        zeros = 1
        while at + zeros < len(lengths) and lengths[at + zeros] == 0:
            zeros += 1
        at += zeros
        while zeros > 0:
            if zeros >= 20:
                yield 2, zeros - 20, 9
                break
            if zeros >= 3:
                yield 1, min(zeros, 18) - 3, 4
                zeros -= min(zeros, 18)
            else:
                yield 0, 0, 0
                zeros -= 1


def _put_characters(bits, counts):
    if len(counts) < 2:
        only = next(iter(counts))
        bits.put(0, 5)
        bits.put(0, 5)
        bits.put(0, 9)
        bits.put(only, 9)
        return {only: (0, 0)}
    lengths = _lengths(counts, CHARACTERS)
    while lengths[-1] == 0:
        lengths.pop()
    runs = list(_runs(lengths))
    extra = _put_small(bits, collections.Counter(symbol for symbol, _, _ in runs), 19, 5, 3)
    bits.put(len(lengths), 9)
    for symbol, number, width in runs:
        bits.put(*extra[symbol])
        bits.put(number, width)
    return _codes(lengths)


def _tokens(data, window, blanks):
    """Literals as (byte, None), matches as (length, how far back from 0)."""
    before = b" " * LONGEST if blanks else b""
    text = before + data
    places = collections.defaultdict(list)
    for at in range(max(len(before) - SHORTEST, 0)):
        places[text[at:at + SHORTEST]].append(at)
    at = len(before)
    while at < len(text):
        best, back = 0, 0
        for place in reversed(places[text[at:at + SHORTEST]][-TRIES:]):
            if at - place > window:
                break
            length = SHORTEST
            while length < LONGEST and at + length < len(text) and text[place + length] == text[at + length]:
                length += 1
            if length > best and at + length <= len(text):
                best, back = length, at - place - 1
        step = best if best >= SHORTEST else 1
        yield (step, back) if best >= SHORTEST else (text[at], None)
        for done in range(at, at + step):
            if done + SHORTEST <= len(text):
                places[text[done:done + SHORTEST]].append(done)
        at += step


def stream(data, position_bits=4, window=1 << 13, block=16384, blanks=False):
    """The packed bytes, without a header. position_bits: 4 for LHA and EFI 1.1, 5 for Tiano."""
    bits = _Bits()
    tokens = list(_tokens(data, window, blanks))
    for start in range(0, len(tokens), block):
        part = tokens[start:start + block]
        symbols = [(a if b is None else a - SHORTEST + 256, b) for a, b in part]
        positions = [b.bit_length() for _, b in symbols if b is not None]
        bits.put(len(part), 16)
        characters = _put_characters(bits, collections.Counter(a for a, _ in symbols))
        small = _put_small(bits, collections.Counter(positions), 31, position_bits, 0)
        for symbol, back in symbols:
            bits.put(*characters[symbol])
            if back is not None:
                bits.put(*small[back.bit_length()])
                if back > 1:
                    bits.put(back - (1 << back.bit_length() - 1), back.bit_length() - 1)
    return bits.data()


def crc16(data):
    """CRC-16/ARC, which LHA members have."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xa001 if crc & 1 else 0)
    return crc
