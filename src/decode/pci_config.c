/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PCI configuration space as the kernel's `config` files hold it: 64 bytes (what an
 * unprivileged reader gets), 256 (conventional) or 4096 (PCI Express). PCI Local Bus
 * Specification 3.0 chapter 6, PCI-to-PCI Bridge Architecture 1.2 chapter 3, PCI Express Base
 * Specification 6.0 chapter 7.
 */
#include <string.h>

#include "decode/pci.h"
#include "decode/pci_address.h"

enum {
    OFFSET_BARS = 0x10,
    OFFSET_CARDBUS = 0x14,
    OFFSET_BRIDGE = 0x18,
    OFFSET_DEVICE = 0x28,
    OFFSET_POINTER = 0x34,
    STATUS_CAPABILITIES = 0x10,
    EXTENDED_START = 0x100,
    PARTS_MAX = PCI_EXPRESS_SIZE / 4,
};

static const struct field pci_header_fields[] = {
    {KEY_PCI_FUNCTION_VENDOR,                F_U16LE, 0, 0},
    {KEY_PCI_FUNCTION_DEVICE,                F_U16LE, 0, 0},
    {KEY_PCI_FUNCTION_COMMAND,               F_U16LE, 0, 0},
    {KEY_PCI_FUNCTION_STATUS,                F_U16LE, 0, 0},
    {KEY_PCI_FUNCTION_REVISION,              F_U8,    0, 0},
    {KEY_PCI_FUNCTION_PROGRAMMING_INTERFACE, F_U8,    0, 0},
    {KEY_PCI_FUNCTION_CLASS,                 F_U16LE, 0, 0},
    {KEY_PCI_FUNCTION_CACHE_LINE_SIZE,       F_U8,    0, 0},
    {KEY_PCI_FUNCTION_LATENCY_TIMER,         F_U8,    0, 0},
    {KEY_NONE,                               F_U8,    0, 0},
    {KEY_PCI_FUNCTION_HEADER_LAYOUT,         F_BITS,  7, 0},
    {KEY_PCI_FUNCTION_MULTI_FUNCTION,        F_FLAG,  0, 7},
    {KEY_PCI_FUNCTION_BUILT_IN_SELF_TEST,    F_U8,    0, 0},
};

static const struct field pci_device_tail_fields[] = {
    {KEY_PCI_FUNCTION_CARDBUS_CIS,        F_U32LE,    0, 0},
    {KEY_PCI_FUNCTION_SUBSYSTEM_VENDOR,   F_U16LE,    0, 0},
    {KEY_PCI_FUNCTION_SUBSYSTEM_DEVICE,   F_U16LE,    0, 0},
    {KEY_PCI_FUNCTION_ROM_ADDRESS,        F_U32LE,    0, 0},
    {KEY_PCI_FUNCTION_CAPABILITY_POINTER, F_U8,       0, 0},
    {KEY_NONE,                            F_RESERVED, 3, 0},
    {KEY_NONE,                            F_RESERVED, 4, 0},
    {KEY_PCI_FUNCTION_INTERRUPT_LINE,     F_U8,       0, 0},
    {KEY_PCI_FUNCTION_INTERRUPT_PIN,      F_U8,       0, 0},
    {KEY_PCI_FUNCTION_MINIMUM_GRANT,      F_U8,       0, 0},
    {KEY_PCI_FUNCTION_MAXIMUM_LATENCY,    F_U8,       0, 0},
};

static const struct field pci_bridge_tail_fields[] = {
    {KEY_PCI_BRIDGE_PRIMARY,                  F_U8,       0, 0},
    {KEY_PCI_BRIDGE_SECONDARY,                F_U8,       0, 0},
    {KEY_PCI_BRIDGE_SUBORDINATE,              F_U8,       0, 0},
    {KEY_PCI_BRIDGE_SECONDARY_LATENCY_TIMER,  F_U8,       0, 0},
    {KEY_PCI_BRIDGE_IO_BASE,                  F_U8,       0, 0},
    {KEY_PCI_BRIDGE_IO_WINDOW_TYPE,           F_BITS,     4, 0},
    {KEY_PCI_BRIDGE_IO_LIMIT,                 F_U8,       0, 0},
    {KEY_PCI_BRIDGE_SECONDARY_STATUS,         F_U16LE,    0, 0},
    {KEY_PCI_BRIDGE_MEMORY_BASE,              F_U16LE,    0, 0},
    {KEY_PCI_BRIDGE_MEMORY_LIMIT,             F_U16LE,    0, 0},
    {KEY_PCI_BRIDGE_PREFETCHABLE_BASE,        F_U16LE,    0, 0},
    {KEY_PCI_BRIDGE_PREFETCHABLE_WINDOW_TYPE, F_BITS,     4, 0},
    {KEY_PCI_BRIDGE_PREFETCHABLE_LIMIT,       F_U16LE,    0, 0},
    {KEY_PCI_BRIDGE_PREFETCHABLE_BASE_UPPER,  F_U32LE,    0, 0},
    {KEY_PCI_BRIDGE_PREFETCHABLE_LIMIT_UPPER, F_U32LE,    0, 0},
    {KEY_PCI_BRIDGE_IO_BASE_UPPER,            F_U16LE,    0, 0},
    {KEY_PCI_BRIDGE_IO_LIMIT_UPPER,           F_U16LE,    0, 0},
    {KEY_PCI_FUNCTION_CAPABILITY_POINTER,     F_U8,       0, 0},
    {KEY_NONE,                                F_RESERVED, 3, 0},
    {KEY_PCI_FUNCTION_ROM_ADDRESS,            F_U32LE,    0, 0},
    {KEY_PCI_FUNCTION_INTERRUPT_LINE,         F_U8,       0, 0},
    {KEY_PCI_FUNCTION_INTERRUPT_PIN,          F_U8,       0, 0},
    {KEY_PCI_BRIDGE_CONTROL,                  F_U16LE,    0, 0},
};

static const struct field pci_cardbus_tail_fields[] = {
    {KEY_PCI_FUNCTION_CAPABILITY_POINTER,    F_U8,       0, 0},
    {KEY_NONE,                               F_RESERVED, 1, 0},
    {KEY_PCI_BRIDGE_SECONDARY_STATUS,        F_U16LE,    0, 0},
    {KEY_PCI_BRIDGE_PRIMARY,                 F_U8,       0, 0},
    {KEY_PCI_BRIDGE_SECONDARY,               F_U8,       0, 0},
    {KEY_PCI_BRIDGE_SUBORDINATE,             F_U8,       0, 0},
    {KEY_PCI_BRIDGE_SECONDARY_LATENCY_TIMER, F_U8,       0, 0},
    {KEY_PCI_CARDBUS_MEMORY_BASE_0,          F_U32LE,    0, 0},
    {KEY_PCI_CARDBUS_MEMORY_LIMIT_0,         F_U32LE,    0, 0},
    {KEY_PCI_CARDBUS_MEMORY_BASE_1,          F_U32LE,    0, 0},
    {KEY_PCI_CARDBUS_MEMORY_LIMIT_1,         F_U32LE,    0, 0},
    {KEY_PCI_CARDBUS_IO_BASE_0,              F_U32LE,    0, 0},
    {KEY_PCI_CARDBUS_IO_LIMIT_0,             F_U32LE,    0, 0},
    {KEY_PCI_CARDBUS_IO_BASE_1,              F_U32LE,    0, 0},
    {KEY_PCI_CARDBUS_IO_LIMIT_1,             F_U32LE,    0, 0},
    {KEY_PCI_FUNCTION_INTERRUPT_LINE,        F_U8,       0, 0},
    {KEY_PCI_FUNCTION_INTERRUPT_PIN,         F_U8,       0, 0},
    {KEY_PCI_BRIDGE_CONTROL,                 F_U16LE,    0, 0},
};

static const struct field pci_cardbus_more_fields[] = {
    {KEY_PCI_FUNCTION_SUBSYSTEM_VENDOR, F_U16LE, 0, 0},
    {KEY_PCI_FUNCTION_SUBSYSTEM_DEVICE, F_U16LE, 0, 0},
    {KEY_PCI_CARDBUS_LEGACY_ADDRESS,    F_U32LE, 0, 0},
};

static const struct field bar_rows[] = {
    {KEY_NONE,                 F_U32LE, 0, 0},
    {KEY_PCI_BAR_PREFETCHABLE, F_FLAG,  0, 3},
};

/* Where capabilities were found; dword positions, as the chains demand. */
struct chain {
    uint16_t at[PARTS_MAX];
    uint16_t id[PARTS_MAX];
    size_t count;
    bool start[PARTS_MAX]; /* a capability starts at this dword */
};

bool pci_part_enter(struct decode *d, size_t n)
{
    if (reader_left(&d->in) < n) {
        if (!d->in.failed)
            decode_fault(d, FAULT_TRUNCATED, reader_offset(&d->in));
        return false;
    }
    decode_enter(d, n);
    return true;
}

void pci_rest_bytes(struct decode *d, enum key_id key, size_t n)
{
    size_t from = d->in.pos;
    size_t left = reader_left(&d->in);
    struct bytes b = reader_take(&d->in, n < left ? n : left);

    if (b.len > 0)
        decode_bytes(d, key, b, from);
}

/* A memory register tells 32 bits, below 1 MiB or 64 bits in bits 2:1; 3 is reserved. */
static void bar_claims(struct decode *d, uint32_t value, bool wide)
{
    uint32_t low = (uint32_t)decode_fields(d, bar_rows, (value & 1) == 0 ? 2 : 1);

    decode_uint(d, KEY_PCI_BAR_KIND, (value & 1) != 0 ? 0 : 1 + (value >> 1 & 3), 0);
    uint64_t address = low & ((value & 1) != 0 ? ~UINT32_C(3) : ~UINT32_C(15));

    if (wide)
        address |= (uint64_t)reader_u32le(&d->in) << 32;
    decode_uint(d, KEY_PCI_BAR_ADDRESS, address, 0);
}

void pci_bars(struct decode *d, unsigned count, const char *prefix)
{
    for (unsigned i = 0; i < count && reader_left(&d->in) >= 4; i++) {
        struct reader peek = d->in;
        size_t from = d->in.pos;
        uint64_t offset = reader_offset(&d->in);
        uint32_t value = reader_u32le(&peek);
        unsigned type = value >> 1 & 3;
        bool wide = (value & 1) == 0 && type == 2 && i + 1 < count;

        if (value == 0) {
            (void)reader_u32le(&d->in);
            decode_uint(d, KEY_NONE, 0, from);
            continue;
        }
        if (!pci_part_enter(d, wide ? 8 : 4))
            return;
        decode_open(d, ITEM_MAP, "%s:%u", prefix, i);
        bar_claims(d, value, wide);
        if ((value & 1) == 0 && (type == 3 || (type == 2 && !wide)))
            decode_fault(d, FAULT_BAD_VALUE, offset);
        decode_close(d);
        decode_leave(d);
        i += wide;
    }
}

/* The header after its common part. False if its layout is not one that is defined. */
static bool header_rest(struct decode *d, uint8_t layout)
{
    switch (layout) {
    case PCI_LAYOUT_DEVICE:
        pci_bars(d, 6, "bar");
        (void)decode_fields(d, pci_device_tail_fields, ARRAY_LEN(pci_device_tail_fields));
        return true;
    case PCI_LAYOUT_BRIDGE:
        pci_bars(d, 2, "bar");
        (void)decode_fields(d, pci_bridge_tail_fields, ARRAY_LEN(pci_bridge_tail_fields));
        return true;
    case PCI_LAYOUT_CARDBUS:
        pci_bars(d, 1, "bar");
        (void)decode_fields(d, pci_cardbus_tail_fields, ARRAY_LEN(pci_cardbus_tail_fields));
        (void)decode_fields_grow(d, pci_cardbus_more_fields,
                                 ARRAY_LEN(pci_cardbus_more_fields));
        return true;
    default:
        return false;
    }
}

static bool chain_add(struct decode *d, struct chain *c, uint16_t at, uint16_t id,
                      uint64_t from)
{
    if (c->start[at / 4]) {
        decode_fault(d, FAULT_LOOP, d->in.base + from);
        return false;
    }
    c->start[at / 4] = true;
    c->at[c->count] = at;
    c->id[c->count++] = id;
    return true;
}

/* Follows the pointers of the standard chain; software must ignore their two lowest bits. */
static void chain_standard(struct decode *d, struct chain *c, size_t pointer)
{
    struct bytes b = d->in.all;
    size_t limit = b.len < PCI_CONVENTIONAL_SIZE ? b.len : PCI_CONVENTIONAL_SIZE;
    size_t at = b.data[pointer] & 0xfc;

    while (at != 0) {
        bool unread = at >= PCI_HEADER_SIZE && limit < PCI_CONVENTIONAL_SIZE;

        if (at < PCI_HEADER_SIZE || at + 2 > limit) {
            decode_fault(d, unread ? FAULT_TRUNCATED : FAULT_BAD_REFERENCE,
                         d->in.base + (unread ? limit : pointer));
            return;
        }
        if (b.data[at] == 0xff) {
            decode_fault(d, FAULT_BAD_VALUE, d->in.base + at);
            return;
        }
        if (!chain_add(d, c, (uint16_t)at, b.data[at], pointer))
            return;
        pointer = at + 1;
        at = b.data[pointer] & 0xfc;
    }
}

static void chain_extended(struct decode *d, struct chain *c)
{
    size_t at = EXTENDED_START;
    size_t pointer = 0;

    while (at != 0) {
        struct reader r = reader_at(&d->in, at < EXTENDED_START ? d->in.all.len : at, 4);
        uint32_t header = reader_u32le(&r);

        if (r.failed) {
            decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + pointer);
            return;
        }
        /* A first header of zeros, or of ID FFFFh without a successor: there are none. */
        if (at == EXTENDED_START && (header == 0 || header == 0xffff))
            return;
        if (header == 0 || (header & 0xffff) == 0xffff) {
            decode_fault(d, FAULT_BAD_VALUE, d->in.base + at);
            return;
        }
        if (!chain_add(d, c, (uint16_t)at, (uint16_t)header, pointer + 2))
            return;
        pointer = at;
        at = header >> 20 & 0xffc;
    }
}

/* Where the room of a capability ends: at the next one or at the end of its space. */
static size_t room_end(const struct chain *c, size_t at, size_t limit)
{
    size_t end = at + 4;

    while (end < limit && !c->start[end / 4])
        end += 4;
    return end < limit ? end : limit;
}

static const struct field extended_header[] = {
    {KEY_NONE,                            F_U32LE, 0,  0 },
    {KEY_PCI_EXTENDED_CAPABILITY_ID,      F_BITS,  16, 0 },
    {KEY_PCI_EXTENDED_CAPABILITY_VERSION, F_BITS,  4,  16},
};

static const struct field standard_header[] = {
    {KEY_PCI_CAPABILITY_ID, F_U8, 0, 0},
    {KEY_NONE,              F_U8, 0, 0},
};

static void capability(struct decode *d, struct pci_function *f, uint16_t at, uint16_t id,
                       size_t end)
{
    reader_seek(&d->in, at);
    if (at >= EXTENDED_START)
        pci_extended_open(d, id);
    else
        pci_capability_open(d, id);
    uint32_t item = d->item;

    decode_enter(d, end - at);
    if (at >= EXTENDED_START) {
        (void)decode_fields(d, extended_header, ARRAY_LEN(extended_header));
        decode_uint(d, KEY_PCI_EXTENDED_CAPABILITY_OFFSET, at, 0);
        pci_extended_body(d, f, id);
    } else {
        (void)decode_fields(d, standard_header, ARRAY_LEN(standard_header));
        decode_uint(d, KEY_PCI_CAPABILITY_OFFSET, at, 0);
        pci_capability_body(d, f, id);
    }
    size_t used = d->in.failed ? d->in.all.len : d->in.pos;

    memset(f->known + at, true, used);
    d->out->items[item].span = (struct span){d->in.blob, d->in.base, used};
    decode_leave(d);
    decode_close(d);
}

static void capabilities(struct decode *d, struct pci_function *f, size_t pointer)
{
    struct chain *c = ARENA_NEW(d->arena, struct chain);
    size_t len = d->in.all.len;
    size_t standard = len < PCI_CONVENTIONAL_SIZE ? len : PCI_CONVENTIONAL_SIZE;

    chain_standard(d, c, pointer);
    size_t count = c->count;

    for (size_t i = 0; i < count; i++)
        capability(d, f, c->at[i], c->id[i], room_end(c, c->at[i], standard));
    if (!f->extended)
        return;
    /*
     * A reader that gives the conventional part only has not seen what lies behind it. It has
     * seen the rest, and functions behind a bridge are read one by one.
     */
    if (len <= PCI_CONVENTIONAL_SIZE) {
        if (f->express)
            decode_value_at(d, KEY_UNREAD, value_text(bytes_of("ecap:")),
                            (struct span){d->in.blob, d->in.base + len, 0});
        return;
    }
    chain_extended(d, c);
    for (size_t i = count; i < c->count; i++)
        capability(d, f, c->at[i], c->id[i], room_end(c, c->at[i], len));
}

/* Zeroes the bytes of every claim made since `first` whose value may differ between siblings.
 */
static void clear_assigned(const struct decode *d, size_t first, uint8_t *copy)
{
    for (size_t i = first; i < d->out->item_count; i++) {
        const struct item *item = &d->out->items[i];
        uint64_t offset = item->span.offset - d->in.base;

        if (item->kind != ITEM_CLAIM || key_get(item->key)->expectation == EXPECT_SAME)
            continue;
        if (item->span.blob == d->in.blob && offset < d->in.all.len &&
            item->span.length <= d->in.all.len - offset)
            memset(copy + offset, 0, item->span.length);
    }
}

/*
 * Registers outside the header and the capabilities are the vendor's own. On a card of its own
 * they are settings of the card; in bridges and chipsets they change as the machine runs.
 */
static void digests(struct decode *d, const struct pci_function *f, size_t first)
{
    struct bytes all = d->in.all;
    struct span s = {d->in.blob, d->in.base, all.len};
    uint8_t *same = ARENA_ARRAY(d->arena, uint8_t, all.len);
    uint8_t *own = ARENA_ARRAY(d->arena, uint8_t, all.len);
    bool card = f->express && f->port <= PCI_PORT_LEGACY_ENDPOINT;

    for (size_t i = 0; i < all.len; i++) {
        if (f->known[i])
            same[i] = all.data[i];
        else
            own[i] = all.data[i];
    }
    clear_assigned(d, first, same);
    decode_digest(d, KEY_PCI_FUNCTION_DIGEST_VOLATILE, all, s);
    decode_digest(d, KEY_PCI_FUNCTION_IDENTITY_DIGEST, (struct bytes){same, all.len}, s);
    if (!bytes_all((struct bytes){own, all.len}, 0)) {
        decode_digest(d,
                      card ? KEY_PCI_FUNCTION_DEVICE_SPECIFIC
                           : KEY_PCI_FUNCTION_DEVICE_SPECIFIC_VOLATILE,
                      (struct bytes){own, all.len}, s);
    }
}

static void function_decode(struct decode *d)
{
    size_t first = d->out->item_count;
    struct pci_function f = {.known = ARENA_ARRAY(d->arena, bool, d->in.all.len)};
    struct bytes header = bytes_slice(d->in.all, 0, PCI_HEADER_SIZE);

    memset(f.known, true, PCI_HEADER_SIZE);
    if (bytes_all(header, 0xff) || bytes_all(header, 0)) {
        decode_fault(d, FAULT_MISSING, d->in.base);
        return;
    }
    (void)decode_fields(d, pci_header_fields, ARRAY_LEN(pci_header_fields));
    f.vendor = (uint16_t)decode_value(d, KEY_PCI_FUNCTION_VENDOR);
    f.layout = (uint8_t)decode_value(d, KEY_PCI_FUNCTION_HEADER_LAYOUT);
    if (!header_rest(d, f.layout)) {
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + 0x0e);
    } else if ((decode_value(d, KEY_PCI_FUNCTION_STATUS) & STATUS_CAPABILITIES) != 0) {
        if (f.layout == PCI_LAYOUT_CARDBUS)
            memset(f.known, true, d->in.pos);
        capabilities(d, &f, f.layout == PCI_LAYOUT_CARDBUS ? OFFSET_CARDBUS : OFFSET_POINTER);
    }
    digests(d, &f, first);
}

/* The lengths that readers give; a CardBus header is of 128 bytes. */
static bool length_known(struct bytes b)
{
    bool cardbus = b.len > 0x0e && (b.data[0x0e] & 0x7f) == PCI_LAYOUT_CARDBUS;

    return b.len == PCI_HEADER_SIZE || (cardbus && b.len == 2 * (size_t)PCI_HEADER_SIZE) ||
           b.len == PCI_CONVENTIONAL_SIZE || b.len == PCI_EXPRESS_SIZE;
}

static void decode(struct decode *d)
{
    struct pci_address address;
    bool named = pci_address_parse(d->label, &address) &&
                 !bytes_equal(d->out->items[d->item].name, d->label);

    if (named)
        decode_open_bytes(d, ITEM_MAP, pci_address_text(d->arena, &address));
    if (!length_known(d->in.all))
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + d->in.all.len);
    function_decode(d);
    if (named)
        decode_close(d);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct pci_address address;

    if (!length_known(b))
        return 0;
    if (pci_address_parse(label, &address))
        return 90;
    return pci_plausible(b) ? 25 : 0;
}

const struct decoder decoder_pci_config = {
    .name = "pci-config",
    .title = "PCI configuration space of one function",
    .surface = "pci",
    .spec = "pci-express-6.0",
    .min = PCI_HEADER_SIZE,
    .max = PCI_EXPRESS_SIZE,
    .probe = probe,
    .decode = decode,
};
