/* SPDX-License-Identifier: Apache-2.0 */
/* IPMI 2.0 revision 1.1; section numbers are of that specification. */
#include "collect/ipmi.h"

#include <errno.h>
#include <string.h>

#include "base/reader.h"
#include "base/text.h"

enum netfn {
    NETFN_CHASSIS = 0x00,
    NETFN_APP = 0x06,
    NETFN_STORAGE = 0x0a,
    NETFN_TRANSPORT = 0x0c,
};

enum command {
    GET_CHANNEL_INFO = 0x42,     /* 22.24 */
    GET_LAN_PARAMETERS = 0x02,   /* 23.2 */
    GET_FRU_AREA_INFO = 0x10,    /* 34.1 */
    READ_FRU_DATA = 0x11,        /* 34.2 */
    RESERVE_SDR = 0x22,          /* 33.11 */
    GET_SDR = 0x23,              /* 33.12 */
    GET_SEL_ENTRY = 0x43,        /* 31.5 */
    LAN_PARAMETER_MAC = 5,       /* table 23-4 */
    MEDIUM_LAN = 4,              /* table 6-3, 802.3 LAN */
    CODE_NOT_PRESENT = 0xcb,     /* table 5-2 */
    CODE_RESERVATION_LOST = 0xc5 /* table 5-2 */
};

enum {
    RECORD_LAST = 0xffff,
    SDR_HEADER = 5,
    SDR_FRU_LOCATOR = 0x11, /* 43.8 */
    SEL_RECORD = 16,
    FRU_IDS = 255,
    FRU_ALWAYS = 16, /* ids that are asked for even if no record names them */
    CHANNELS = 12,   /* 1 to 11 are assignable, 6.3 */
    CHUNK = 32,
    CHUNK_MIN = 8,
    RETRIES = 8,
    STORE_MAX = 4 << 20
};

struct session {
    struct live *live;
    const struct ipmi_bus *bus;
    int trouble; /* errno of an exchange that failed: the BMC is not asked again */
    bool fru[FRU_IDS + 1];
};

/* Sends a request. False once an exchange has failed. */
static bool ask(struct session *s, enum netfn netfn, uint8_t command, struct bytes request,
                struct ipmi_answer *ret)
{
    memset(ret, 0, sizeof(*ret));
    if (s->trouble == 0)
        s->trouble = s->bus->exchange(s->bus->user, (uint8_t)netfn, command, request, ret);
    if (s->trouble == 0 && (ret->len == 0 || ret->len > sizeof(ret->bytes)))
        s->trouble = EPROTO;
    return s->trouble == 0;
}

static struct reader answer_reader(const struct ipmi_answer *a)
{
    struct reader r = reader_of((struct bytes){a->bytes, a->len}, 0, 0);

    (void)reader_u8(&r);
    return r;
}

/* An answer as a file; only the completion code if it is an error. */
static void keep(struct session *s, const char *path, const struct ipmi_answer *a)
{
    size_t n = a->bytes[0] != 0 ? 1 : a->len;

    live_seen(s->live, path, arena_copy(s->live->arena, (struct bytes){a->bytes, n}));
}

/* Bytes that were read piece by piece, and whether the end was reached. */
static void keep_pieces(struct session *s, const char *path, const struct text *t, bool whole)
{
    if (whole) {
        live_seen(s->live, path, text_bytes(t));
        return;
    }
    live_found(s->live, (struct found){.path = path,
                                       .state = t->len > 0 ? COVERAGE_PARTIAL : COVERAGE_FAILED,
                                       .reason = "the BMC stopped answering in the middle",
                                       .bytes = text_bytes(t)});
}

static void collect_single(struct session *s)
{
    static const struct {
        enum netfn netfn;
        uint8_t command;
        const char *path;
    } rows[] = {
        {NETFN_APP,     0x01, "ipmi/get_device_id.bin"     }, /* 20.1 */
        {NETFN_APP,     0x37, "ipmi/get_system_guid.bin"   }, /* 22.14 */
        {NETFN_CHASSIS, 0x01, "ipmi/get_chassis_status.bin"}, /* 28.2 */
        {NETFN_APP,     0x04, "ipmi/get_selftest.bin"      }, /* 20.4 */
    };
    struct ipmi_answer a;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (ask(s, rows[i].netfn, rows[i].command, (struct bytes){0}, &a))
            keep(s, rows[i].path, &a);
    }
}

static bool reserve_sdr(struct session *s, uint16_t *ret)
{
    struct ipmi_answer a;

    *ret = 0;
    if (!ask(s, NETFN_STORAGE, RESERVE_SDR, (struct bytes){0}, &a))
        return false;
    struct reader r = answer_reader(&a);

    /* A BMC without reservations takes 0. */
    if (a.bytes[0] == 0)
        *ret = reader_u16le(&r);
    return true;
}

/* One piece of a record: `count` bytes from `offset`. Takes a new reservation when it is lost.
 */
static bool sdr_piece(struct session *s, uint16_t *reservation, uint16_t record, size_t offset,
                      size_t count, struct ipmi_answer *ret)
{
    for (unsigned i = 0; i < RETRIES; i++) {
        uint8_t request[] = {(uint8_t)*reservation, (uint8_t)(*reservation >> 8),
                             (uint8_t)record,       (uint8_t)(record >> 8),
                             (uint8_t)offset,       (uint8_t)count};

        if (!ask(s, NETFN_STORAGE, GET_SDR, (struct bytes){request, sizeof(request)}, ret))
            return false;
        if (ret->bytes[0] != CODE_RESERVATION_LOST)
            return true;
        if (!reserve_sdr(s, reservation))
            return false;
    }
    return true;
}

/* A record as a whole, appended to `t`; *ret_next is the record after it. The completion code.
 */
static uint8_t sdr_record(struct session *s, uint16_t *reservation, uint16_t record,
                          struct text *t, uint16_t *ret_next)
{
    struct ipmi_answer a;
    size_t start = t->len;
    size_t length = SDR_HEADER;
    size_t chunk = SDR_HEADER;

    for (size_t at = 0; at < length;) {
        size_t want = length - at < chunk ? length - at : chunk;

        if (!sdr_piece(s, reservation, record, at, want, &a))
            return 0xff;
        if (a.bytes[0] != 0 && at > 0 && chunk > CHUNK_MIN) {
            chunk /= 2;
            continue;
        }
        struct reader r = answer_reader(&a);
        uint16_t next = reader_u16le(&r);
        struct bytes piece = reader_take(&r, reader_left(&r));

        if (a.bytes[0] != 0 || piece.len == 0 || piece.len > want)
            return a.bytes[0] != 0 ? a.bytes[0] : 0xff;
        text_add(t, piece);
        at += piece.len;
        *ret_next = next;
        if (at == SDR_HEADER) {
            length += (uint8_t)t->data[start + 4];
            chunk = CHUNK;
        }
    }
    return 0;
}

/* Notes the inventories that a FRU device locator names at the BMC itself, 43.8. */
static void note_fru(struct session *s, struct bytes record)
{
    if (record.len > 7 && record.data[3] == SDR_FRU_LOCATOR && record.data[5] == 0x20 &&
        (record.data[7] & 0x80) != 0)
        s->fru[record.data[6]] = true;
}

/* Record ids that were asked for, so that a chain ends. */
struct visited {
    uint8_t bits[8192];
};

static bool visit(struct visited *v, uint16_t record)
{
    uint8_t bit = (uint8_t)(1U << (record & 7));
    bool fresh = (v->bits[record >> 3] & bit) == 0;

    v->bits[record >> 3] |= bit;
    return fresh;
}

static void collect_sdr(struct session *s)
{
    struct visited *v = ARENA_NEW(s->live->arena, struct visited);
    uint16_t reservation;
    uint16_t record = 0;
    uint8_t code = 0;
    struct text t;

    text_init(&t, s->live->arena, STORE_MAX);
    if (!reserve_sdr(s, &reservation))
        return;
    while (record != RECORD_LAST && visit(v, record)) {
        size_t start = t.len;

        code = sdr_record(s, &reservation, record, &t, &record);
        if (code != 0)
            break;
        note_fru(s, bytes_slice(text_bytes(&t), start, SIZE_MAX));
    }
    if (s->trouble != 0 || t.len > 0)
        keep_pieces(s, "ipmi/sdr.bin", &t, record == RECORD_LAST && code == 0 && !t.overflow);
    else if (code == CODE_NOT_PRESENT)
        live_seen(s->live, "ipmi/sdr.bin", (struct bytes){0});
    else
        live_seen(s->live, "ipmi/sdr.bin",
                  arena_copy(s->live->arena, (struct bytes){&code, 1}));
}

static void collect_sel(struct session *s)
{
    struct visited *v = ARENA_NEW(s->live->arena, struct visited);
    struct ipmi_answer a = {0};
    uint16_t record = 0;
    struct text t;
    bool whole = true;

    text_init(&t, s->live->arena, STORE_MAX);
    while (record != RECORD_LAST && visit(v, record)) {
        uint8_t request[] = {0, 0, (uint8_t)record, (uint8_t)(record >> 8), 0, 0xff};

        whole = ask(s, NETFN_STORAGE, GET_SEL_ENTRY, (struct bytes){request, sizeof(request)},
                    &a) &&
                a.bytes[0] == 0;
        struct reader r = answer_reader(&a);

        record = reader_u16le(&r);
        struct bytes entry = reader_take(&r, SEL_RECORD);

        whole = whole && !r.failed;
        if (!whole)
            break;
        text_add(&t, entry);
    }
    bool refused = s->trouble == 0 && t.len == 0 && a.bytes[0] != 0;

    if (refused && a.bytes[0] != CODE_NOT_PRESENT)
        keep(s, "ipmi/sel.bin", &a);
    else
        keep_pieces(s, "ipmi/sel.bin", &t,
                    refused || (whole && record == RECORD_LAST && !t.overflow));
}

/* Reads an inventory of `size` bytes (or words) in pieces. True when all of it was read. */
static bool fru_bytes(struct session *s, uint8_t id, size_t size, bool words, struct text *t)
{
    size_t chunk = CHUNK;
    size_t unit = words ? 2 : 1;

    for (size_t at = 0; at < size;) {
        size_t want = size - at < chunk / unit ? size - at : chunk / unit;
        uint8_t request[] = {id, (uint8_t)at, (uint8_t)(at >> 8), (uint8_t)want};
        struct ipmi_answer a;

        if (!ask(s, NETFN_STORAGE, READ_FRU_DATA, (struct bytes){request, sizeof(request)}, &a))
            return false;
        if (a.bytes[0] != 0 && chunk > CHUNK_MIN) {
            chunk /= 2;
            continue;
        }
        struct reader r = answer_reader(&a);
        size_t count = reader_u8(&r);
        struct bytes piece = reader_take(&r, count * unit);

        if (a.bytes[0] != 0 || count == 0 || count > want || r.failed)
            return false;
        text_add(t, piece);
        at += count;
    }
    return true;
}

static void collect_fru(struct session *s, uint8_t id)
{
    const char *path = arena_format(s->live->arena, "ipmi/fru%u.bin", id);
    struct ipmi_answer a;
    struct text t;

    if (!ask(s, NETFN_STORAGE, GET_FRU_AREA_INFO, (struct bytes){&id, 1}, &a))
        return;
    struct reader r = answer_reader(&a);
    size_t size = reader_u16le(&r);
    bool words = (reader_u8(&r) & 1) != 0;

    if (a.bytes[0] != 0 || r.failed) {
        /* Most ids are nobody's; the first is the BMC's own. */
        if (id == 0)
            keep(s, path, &a);
        return;
    }
    text_init(&t, s->live->arena, STORE_MAX);
    bool whole = fru_bytes(s, id, size, words, &t);

    keep_pieces(s, path, &t, whole);
}

static void collect_mac(struct session *s, uint8_t channel)
{
    uint8_t request[] = {channel, LAN_PARAMETER_MAC, 0, 0};
    struct ipmi_answer a;

    if (!ask(s, NETFN_APP, GET_CHANNEL_INFO, (struct bytes){&channel, 1}, &a))
        return;
    bool lan = a.bytes[0] == 0 && a.len > 2 && (a.bytes[2] & 0x7f) == MEDIUM_LAN;

    /* Channel 1 is by far the most common LAN channel, also of a BMC that does not tell. */
    if (!lan && (channel != 1 || a.bytes[0] == 0))
        return;
    if (ask(s, NETFN_TRANSPORT, GET_LAN_PARAMETERS, (struct bytes){request, sizeof(request)},
            &a))
        keep(s, arena_format(s->live->arena, "ipmi/lan%u_mac.bin", channel), &a);
}

void ipmi_collect(struct live *l, const struct ipmi_bus *bus)
{
    struct session s = {.live = l, .bus = bus};

    collect_single(&s);
    collect_sdr(&s);
    collect_sel(&s);
    for (unsigned id = 0; id < FRU_IDS && s.trouble == 0; id++) {
        if (id < FRU_ALWAYS || s.fru[id])
            collect_fru(&s, (uint8_t)id);
    }
    for (unsigned channel = 1; channel < CHANNELS && s.trouble == 0; channel++)
        collect_mac(&s, (uint8_t)channel);
    if (s.trouble != 0)
        live_trouble(l, s.trouble, "the BMC does not answer");
}
