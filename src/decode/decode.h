/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a decoder sees. A decoder turns bytes into claims, is pure, and cannot fail: malformed
 * input is recorded as a fault. It reads through `in` only, never allocates outside the arena,
 * never recurses and never calls another decoder; nested formats are emitted with
 * decode_child().
 *
 * A claim takes its span from the reader, and is dropped once the reader has failed: nothing is
 * stated from bytes that were not read.
 */
#ifndef ASSAY_DECODE_DECODE_H
#define ASSAY_DECODE_DECODE_H

#include "evidence/item.h"

enum {
    DECODE_DEPTH_MAX = 64
};

struct engine;

/* A key and the one under which the same is stated where it is volatile. */
struct key_twin {
    enum key_id key;
    enum key_id twin;
};
struct placement;

struct decode {
    struct reader in;      /* the bytes to decode; decode_enter() narrows it */
    struct reader strings; /* a set of NUL-terminated strings for F_STRING, or empty */
    struct bytes
        label; /* the name under which the bytes were found (file name), may be empty */
    struct arena *arena;
    struct decoded *out;
    uint32_t item; /* the container to which claims go now */
    /* While set, claims of a key in this table are made under its twin. */
    const struct key_twin *twins;
    size_t twin_count;
    /* The engine's own. */
    struct engine *engine;
    struct reader outer[DECODE_DEPTH_MAX];
    unsigned depth;
    unsigned job_depth;
    struct placement *placement;
    size_t first_item;
    size_t first_fault;
    size_t items_stop;
    bool full; /* no more items: what is read from now on is nothing */
};

/* How sure a decoder is that bytes are of its format: 0 not at all, 100 certain. */
typedef unsigned decode_probe(struct bytes b, struct bytes label);

struct decoder {
    const char *name;  /* as given to --as */
    const char *title; /* one line for people */
    const char *spec;  /* key of docs/specs.md */
    const char
        *surface; /* first path segment of a lone file, before "@document"; NULL: the name */
    size_t min;   /* fewer bytes than this are a fault by themselves */
    size_t max;   /* more bytes than this are not read: a fault */
    decode_probe *probe;
    /* The most that a probe bids which searches the whole input: it is asked when no other row
     * is as sure. 0: it looks at the places that its format gives. */
    unsigned search_bid;
    /* Honest input has more small parts for its size than the engine allows others: a log. */
    bool dense;
    void (*decode)(struct decode *d);
};

/* Fixed layouts are rows. */
enum field_kind {
    F_U8,
    F_U16LE,
    F_U24LE,
    F_U32LE,
    F_U48LE,
    F_U64LE,
    F_U16BE,
    F_U24BE,
    F_U32BE,
    F_U64BE,
    F_I8,
    F_I16LE,
    F_I32LE,
    F_BITS,     /* `arg` bits from bit `shift` of the integer that was read last */
    F_FLAG,     /* bit `shift` of the integer that was read last, as a truth value */
    F_TEXT,     /* `arg` bytes; text up to the first NUL, without trailing blanks */
    F_BYTES,    /* `arg` bytes as they are */
    F_GUID,     /* 16 bytes, first three fields little-endian (UEFI); as canonical text */
    F_STRING,   /* one byte: index into `strings`, counted from 1; 0 is no claim */
    F_SKIP,     /* `arg` bytes of structure that state nothing of their own */
    F_RESERVED, /* `arg` bytes; a claim (bytes.reserved) only when one of them is not zero */
};

struct field {
    enum key_id key; /* KEY_NONE: read, take part in F_BITS, but no claim */
    enum field_kind kind;
    unsigned arg;
    unsigned shift;
};

/*
 * Reads the rows in order and emits a claim for each. Returns the integer read last. A short
 * read fails the reader.
 */
uint64_t decode_fields(struct decode *d, const struct field *rows, size_t count);

/*
 * As decode_fields, for structures that grow by version: stops without a fault at the first row
 * that the remaining bytes of the reader do not hold wholly. Returns how many rows were read.
 */
size_t decode_fields_grow(struct decode *d, const struct field *rows, size_t count);

/* The unsigned value claimed last for `key` in the current container, or 0 if there is none. */
uint64_t decode_value(const struct decode *d, enum key_id key);

/* As decode_value, for text and bytes; empty if there is none. */
struct bytes decode_value_bytes(const struct decode *d, enum key_id key);

/* A container below the current one, and the current one from now on. printf-like name. */
void decode_open(struct decode *d, enum item_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As decode_open, for a name of untrusted bytes. */
void decode_open_bytes(struct decode *d, enum item_kind kind, struct bytes name);

/*
 * As decode_open for a map, but what other blobs opened under this name at this place is the
 * same container: for one table that the kernel serves as many files (a file a register).
 */
void decode_open_shared(struct decode *d, struct bytes name);

/* Back to the container above. */
void decode_close(struct decode *d);

/* Narrows `in` to the next n bytes. Pairs with decode_leave(), also when the reader has failed.
 */
void decode_enter(struct decode *d, size_t n);

/*
 * Widens `in` again, to just after the narrowed bytes. If the narrowed reader failed, records
 * `truncated` at the byte where it did, and goes on after it.
 */
void decode_leave(struct decode *d);

/* Claims whose bytes run from position `from` of `in` to the current one. */
void decode_uint(struct decode *d, enum key_id key, uint64_t value, size_t from);

void decode_int(struct decode *d, enum key_id key, int64_t value, size_t from);

void decode_bool(struct decode *d, enum key_id key, bool value, size_t from);

/* `value` must outlive the decode: bytes of the input, or of the arena. */
void decode_bytes(struct decode *d, enum key_id key, struct bytes value, size_t from);

/*
 * As above with the span given, for bytes that `in` does not stand at, and under a name of its
 * own instead of the key's leaf (register 7 of a bank).
 */
void decode_named_at(struct decode *d, struct bytes name, enum key_id key, struct value v,
                     struct span s);

/* As decode_named_at, under the key's leaf. */
static inline void decode_value_at(struct decode *d, enum key_id key, struct value v,
                                   struct span s)
{
    decode_named_at(d, (struct bytes){NULL, 0}, key, v, s);
}

/* As decode_value_at, for bytes of this class. */
void decode_value_class(struct decode *d, enum key_id key, struct value v, struct span s,
                        enum byte_class class);

static inline struct value value_uint(uint64_t v)
{
    return (struct value){.type = TYPE_UINT, .uint = v};
}

static inline struct value value_int(int64_t v)
{
    return (struct value){.type = TYPE_INT, .sint = v};
}

static inline struct value value_bool(bool v)
{
    return (struct value){.type = TYPE_BOOL, .uint = v};
}

static inline struct value value_text(struct bytes b)
{
    return (struct value){.type = TYPE_TEXT, .bytes = b};
}

static inline struct value value_bytes(struct bytes b)
{
    return (struct value){.type = TYPE_BYTES, .bytes = b};
}

/* A claim about bytes that stand elsewhere and keep their class and their digest. */
void decode_located(struct decode *d, enum key_id key, struct value v, struct span s);

/* A claim of the SHA-256 over the bytes of a span of this blob. */
void decode_digest(struct decode *d, enum key_id key, struct bytes b, struct span s);

/* A fault in the current container. */
void decode_fault(struct decode *d, enum fault_id id, uint64_t offset);

/* Gives bytes a class. Of nested spans the innermost counts; claims mark `structure`
 * themselves. */
void decode_region(struct decode *d, struct span s, enum byte_class class);

/* As decode_region, where what the bytes say is said by a derived blob or a child. */
void decode_claimed_region(struct decode *d, struct span s, enum byte_class class);

/* Bytes derived from `source`; returns the index of the new blob for decode_child(). */
uint32_t decode_derive(struct decode *d, struct span source, struct bytes b,
                       const char *method);

/*
 * Hands bytes to the decoder named `hint` (NULL: whichever recognises them). What it finds goes
 * below a new container of this kind and name, or, with an empty name, into the current one.
 */
void decode_child(struct decode *d, enum item_kind kind, struct bytes name, struct span s,
                  const char *hint);

/*
 * Pointers. Bytes that belong to whoever stands around them may be pointed at from elsewhere in
 * the same image (FIT to microcode, directory to entry). A decoder tells where its pointer
 * leads; the engine follows it when all children of all decoders have run, in the order of
 * target offsets, of equal ones in the order in which they were told.
 *
 * decode_refer() opens a container of this kind and name below the current one (with an empty
 * name: takes the current one) and hands the target to the decoder named `hint` (NULL:
 * whichever recognises it) as decode_child() does, if no other decoder has a say about its
 * bytes: they are data, padding, free, deleted or unknown. That refines them: they belong to
 * this container then, and their former owner's digest still covers them. Otherwise nothing is
 * decoded twice:
 *   - where a container has exactly these bytes, or a pointer with this decoder was followed to
 *     them before, the claim `refer.target` names its path (below the surface);
 *   - else the target begins or ends amid structure: fault `overlap` at its offset.
 * A target outside its blob is a fault `bad-reference`. Pointers found while following others
 * come in the next round; 64 rounds, 20,000 pointers, then fault `limit`. The target's length
 * is the caller's to know: it may look at any bytes of the image with decode_span_bytes().
 */
void decode_refer(struct decode *d, enum item_kind kind, struct bytes name, struct span s,
                  const char *hint);

/*
 * Says in the current container what stands at bytes that a pointer covers and that are
 * nobody's to decode from here: `refer.target` for the container that has exactly these bytes,
 * or else `refer.within` for the innermost one that holds them all; nothing if that is the
 * whole input.
 */
void decode_point(struct decode *d, struct span s);

/*
 * Where the flash image lies that this decoder is in, and which part of it the processor sees
 * up to 4 GiB: at first the whole blob. What a decoder sets holds for the children and pointers
 * that it makes from then on and for theirs. decode_set_image() sets both, to what stands
 * behind a wrapper's header; decode_set_mapped() the second, to the BIOS region.
 */
void decode_set_image(struct decode *d, struct span image);

void decode_set_mapped(struct decode *d, struct span mapped);

struct span decode_image(const struct decode *d);

struct span decode_mapped(const struct decode *d);

/* The bytes at an address below 4 GiB of the mapped part; false if they are not all in it. */
bool decode_address(const struct decode *d, uint64_t address, uint64_t length,
                    struct span *ret);

/* The bytes at an offset of the image; false if they are not all in it. */
bool decode_image_offset(const struct decode *d, uint64_t offset, uint64_t length,
                         struct span *ret);

/* The bytes of a span of any blob of this decode; empty if it does not lie inside. */
struct bytes decode_span_bytes(const struct decode *d, struct span s);

/* The sum of all bytes modulo 256. */
uint8_t sum8(struct bytes b);

/* The sum of all 16-bit little-endian words modulo 65,536; an odd last byte is left out. */
uint16_t sum16(struct bytes b);

/* Canonical text of a GUID in UEFI byte order (16 bytes), in the arena. */
struct bytes guid_text(struct arena *a, struct bytes guid);

/* UTF-16LE up to `b`'s end or its first NUL, as UTF-8 in the arena; false if ill-formed. */
bool utf16_text(struct arena *a, struct bytes b, struct bytes *ret);

#endif
