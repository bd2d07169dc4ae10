/* SPDX-License-Identifier: Apache-2.0 */
/* UEFI specification 2.10, section 32.4.1 (lists and types), 8.3 (EFI_TIME). */
#include "decode/signature_list.h"

#include <stdlib.h>
#include <string.h>

#include "decode/x509.h"

enum {
    LIST_HEADER = 28,
    OWNER = 16,
    TIME = 16
};

enum entry_kind {
    ENTRY_HASH,
    ENTRY_REVOKED,
    ENTRY_CERTIFICATE,
    ENTRY_DIGESTED
};

struct signature_type {
    const char *guid;
    const char *name;
    enum entry_kind kind;
    size_t size; /* of an entry with its owner; 0: any, one entry a list */
    enum key_id key;
};

static const struct signature_type types[] = {
    {"c1c41626-504c-4092-aca9-41f936934328", "sha256",         ENTRY_HASH,        48,
     KEY_EFI_SIGNATURE_SHA256                                                                                },
    {"826ca512-cf10-4ac9-b187-be01496631bd", "sha1",           ENTRY_HASH,        36,  KEY_EFI_SIGNATURE_SHA1},
    {"0b6e5233-a65c-44c9-9407-d9ab83bfc8bd", "sha224",         ENTRY_HASH,        44,
     KEY_EFI_SIGNATURE_SHA224                                                                                },
    {"ff3e5307-9fd0-48c9-85f1-8ad56c701e01", "sha384",         ENTRY_HASH,        64,
     KEY_EFI_SIGNATURE_SHA384                                                                                },
    {"093e0fae-a6c4-4f50-9f1b-d41e2b89c19a", "sha512",         ENTRY_HASH,        80,
     KEY_EFI_SIGNATURE_SHA512                                                                                },
    {"3c5766e8-269c-4e34-aa14-ed776e85b3b6", "rsa2048",        ENTRY_DIGESTED,    272,
     KEY_EFI_SIGNATURE_RSA                                                                                   },
    {"e2b36190-879b-4a3d-ad8d-f2e7bba32784", "rsa2048-sha256", ENTRY_DIGESTED,    272,
     KEY_EFI_SIGNATURE_OTHER                                                                                 },
    {"67f8444f-8743-48f1-a328-1eaab8736080", "rsa2048-sha1",   ENTRY_DIGESTED,    272,
     KEY_EFI_SIGNATURE_OTHER                                                                                 },
    {"a5c059a1-94e4-4aa7-87b5-ab155c2bf072", "x509",           ENTRY_CERTIFICATE, 0,   KEY_NONE              },
    {"3bd2a492-96c0-4079-b420-fcf98ef103ed", "x509-sha256",    ENTRY_REVOKED,     64,
     KEY_EFI_SIGNATURE_TBS                                                                                   },
    {"7076876e-80c2-4ee6-aad2-28b349a6865b", "x509-sha384",    ENTRY_REVOKED,     80,
     KEY_EFI_SIGNATURE_TBS                                                                                   },
    {"446dbf63-2502-4cda-bcfa-2465d2b0fe9d", "x509-sha512",    ENTRY_REVOKED,     96,
     KEY_EFI_SIGNATURE_TBS                                                                                   },
    {"4aafd29d-68df-49ee-8aa9-347d375665a7", "pkcs7",          ENTRY_DIGESTED,    0,
     KEY_EFI_SIGNATURE_OTHER                                                                                 },
};

/* A list entry: where its owner and data stand. */
struct entry {
    const struct signature_type *type; /* NULL: unknown */
    struct bytes type_guid;
    struct bytes owner;
    size_t pos; /* of the owner, in d->in */
    size_t size;
};

struct entries {
    struct entry *items;
    size_t count;
    size_t capacity;
};

static const struct signature_type *type_of(struct arena *a, struct bytes guid)
{
    struct bytes text = guid_text(a, guid);

    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (bytes_equal_text(text, types[i].guid))
            return &types[i];
    }
    return NULL;
}

bool efi_time_text(struct arena *a, struct bytes time, struct bytes *ret)
{
    if (time.len != TIME)
        return false;
    unsigned year = time.data[0] | (unsigned)time.data[1] << 8;
    const uint8_t *f = time.data + 2; /* month, day, hour, minute, second */

    if (f[0] > 12 || f[1] > 31 || f[2] > 23 || f[3] > 59 || f[4] > 59)
        return false;
    *ret = bytes_of(
        arena_format(a, "%04u-%02u-%02uT%02u:%02u:%02uZ", year, f[0], f[1], f[2], f[3], f[4]));
    return bytes_all(bytes_slice(time, 7, TIME - 7), 0);
}

static void time_decode(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes time = reader_take(&d->in, TIME);
    struct bytes text;

    if (efi_time_text(d->arena, time, &text))
        decode_bytes(d, KEY_EFI_REVOCATION_TIME, text, from);
    else if (!d->in.failed)
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + from);
}

/* The data of an entry, which takes all that is left of d->in. */
static void data_decode(struct decode *d, const struct signature_type *type)
{
    size_t from = d->in.pos;
    enum entry_kind kind = type != NULL ? type->kind : ENTRY_DIGESTED;
    struct bytes b;

    switch (kind) {
    case ENTRY_HASH:
        decode_bytes(d, type->key, reader_take(&d->in, reader_left(&d->in)), from);
        break;
    case ENTRY_REVOKED:
        decode_open(d, ITEM_MAP, "revoked");
        b = reader_take(&d->in, type->size - OWNER - TIME);
        decode_bytes(d, type->key, b, from);
        time_decode(d);
        decode_close(d);
        break;
    case ENTRY_CERTIFICATE:
        b = x509_subject_name(bytes_slice(d->in.all, from, reader_left(&d->in)), d->arena);
        if (b.len > 0)
            decode_open(d, ITEM_MAP, "certificate:%.*s", (int)b.len, (const char *)b.data);
        else
            decode_open(d, ITEM_MAP, "certificate");
        x509_decode(d);
        decode_close(d);
        break;
    case ENTRY_DIGESTED:
        b = reader_take(&d->in, reader_left(&d->in));
        decode_digest(d, type != NULL ? type->key : KEY_EFI_SIGNATURE_OTHER, b,
                      reader_span(&d->in, from));
        break;
    }
}

/* Opens the container of entries of one type and owner. */
static void group_open(struct decode *d, const struct entry *e)
{
    struct bytes owner = guid_text(d->arena, e->owner);
    struct bytes type =
        e->type != NULL ? bytes_of(e->type->name) : guid_text(d->arena, e->type_guid);
    bool named = e->type != NULL && e->type->kind == ENTRY_CERTIFICATE;

    decode_open(d, named ? ITEM_MAP : ITEM_BAG, "%.*s:%.*s", (int)type.len,
                (const char *)type.data, (int)owner.len, (const char *)owner.data);
}

static void entry_decode(struct decode *d, const struct entry *e)
{
    static const struct field owner[] = {
        {KEY_NONE, F_SKIP, OWNER, 0}
    };

    reader_seek(&d->in, e->pos);
    decode_enter(d, e->size);
    decode_fields(d, owner, 1);
    data_decode(d, e->type);
    decode_leave(d);
}

void signature_data_decode(struct decode *d, struct bytes type)
{
    struct entry e = {.type = type_of(d->arena, type),
                      .type_guid = type,
                      .pos = d->in.pos,
                      .size = reader_left(&d->in)};

    e.owner = bytes_slice(d->in.all, e.pos, OWNER);
    if (e.size <= OWNER || (e.type != NULL && e.type->size != 0 && e.size != e.type->size)) {
        decode_fault(d, FAULT_BAD_LENGTH, reader_offset(&d->in));
        return;
    }
    group_open(d, &e);
    entry_decode(d, &e);
    decode_close(d);
}

static int entry_compare(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;
    int by_type = memcmp(a->type_guid.data, b->type_guid.data, 16);
    int by_owner = by_type != 0 ? by_type : memcmp(a->owner.data, b->owner.data, OWNER);

    return by_owner != 0 ? by_owner : (a->pos > b->pos) - (a->pos < b->pos);
}

/* The sizes in a list header, and whether they can be. */
struct list_header {
    struct bytes type_guid;
    const struct signature_type *type;
    uint64_t list_size;
    uint64_t header_size;
    uint64_t entry_size;
};

/* The offset in the list header of the first size that cannot be, or 0. */
static size_t header_flaw(const struct list_header *h, size_t left)
{
    if (h->list_size < LIST_HEADER || h->list_size > left)
        return 16;
    if (h->header_size > h->list_size - LIST_HEADER || (h->type != NULL && h->header_size != 0))
        return 20;
    uint64_t body = h->list_size - LIST_HEADER - h->header_size;

    if (h->entry_size <= OWNER ||
        (h->type != NULL && h->type->size != 0 && h->entry_size != h->type->size))
        return 24;
    if (body % h->entry_size != 0)
        return 24;
    return 0;
}

static struct list_header header_read(struct reader *r, struct arena *a)
{
    struct list_header h = {.type_guid = reader_take(r, 16)};

    h.list_size = reader_u32le(r);
    h.header_size = reader_u32le(r);
    h.entry_size = reader_u32le(r);
    if (!r->failed)
        h.type = type_of(a, h.type_guid);
    return h;
}

/* Reads one list into `all`. False after a fault: where the next list starts is then unknown.
 */
static bool list_read(struct decode *d, struct entries *all)
{
    size_t start = d->in.pos;
    size_t left = reader_left(&d->in);

    if (left < LIST_HEADER) {
        decode_fault(d, FAULT_TRUNCATED, reader_offset(&d->in));
        reader_take(&d->in, left);
        return false;
    }
    struct list_header h = header_read(&d->in, d->arena);
    size_t flaw = header_flaw(&h, left);

    if (flaw != 0) {
        decode_fault(d, flaw == 16 && h.list_size > left ? FAULT_TRUNCATED : FAULT_BAD_LENGTH,
                     d->in.base + start + flaw);
        reader_take(&d->in, reader_left(&d->in));
        return false;
    }
    size_t end = start + (size_t)h.list_size;
    struct span header = {d->in.blob, d->in.base + start, LIST_HEADER};

    /* What the entries do not show stays open, so that it gets a digest. */
    if (end > start + LIST_HEADER + (size_t)h.header_size)
        decode_region(d, header, CLASS_STRUCTURE);
    if (h.header_size > 0) {
        struct span s = {d->in.blob, header.offset + LIST_HEADER, h.header_size};

        decode_digest(d, KEY_DATA_DIGEST, decode_span_bytes(d, s), s);
    }
    for (size_t pos = start + LIST_HEADER + (size_t)h.header_size; pos < end;
         pos += (size_t)h.entry_size) {
        arena_grow(d->arena, &all->items, all->count, &all->capacity, sizeof(*all->items));
        all->items[all->count++] = (struct entry){
            h.type, h.type_guid, bytes_slice(d->in.all, pos, OWNER), pos, (size_t)h.entry_size};
    }
    reader_seek(&d->in, end);
    return true;
}

void signature_lists_decode(struct decode *d)
{
    struct entries all = {0};

    while (reader_more(&d->in) && list_read(d, &all))
        ;
    size_t end = d->in.pos;

    if (all.count > 1)
        qsort(all.items, all.count, sizeof(*all.items), entry_compare);
    for (size_t i = 0; i < all.count; i++) {
        const struct entry *e = &all.items[i];
        bool fresh = i == 0 || !bytes_equal(e->type_guid, e[-1].type_guid) ||
                     !bytes_equal(e->owner, e[-1].owner);

        if (fresh && i > 0)
            decode_close(d);
        if (fresh)
            group_open(d, e);
        entry_decode(d, e);
    }
    if (all.count > 0)
        decode_close(d);
    reader_seek(&d->in, end);
}

bool signature_list_type_known(struct bytes b)
{
    struct arena a;

    arena_init(&a);
    bool known = type_of(&a, bytes_slice(b, 0, 16)) != NULL;

    arena_done(&a);
    return known;
}

bool signature_list_plausible(struct bytes b)
{
    struct arena a;
    struct reader r = reader_of(b, 0, 0);

    arena_init(&a);
    struct list_header h = header_read(&r, &a);
    bool good = !r.failed && h.type != NULL && header_flaw(&h, b.len) == 0;

    arena_done(&a);
    return good;
}
