/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/nvram.h"

#include "decode/efi_value.h"
#include "decode/signature_list.h"

enum {
    TIME_SIZE = 16,
    RECORD_MAX = 128 /* bytes of any record beside its name and its value */
};

struct free_row {
    const char *guid;
    const char *name;
    size_t most; /* bytes of a value; of a longer one nothing is free */
};

static const struct free_row free_rows[] = {
#define FREE_VARIABLE(guid, name, most, why) {guid, name, most},
#include "decode/nvram_free.def"
#undef FREE_VARIABLE
};

static const struct key_twin twins[] = {
    {KEY_EFI_STATE,              KEY_NVRAM_FREE_STATE             },
    {KEY_EFI_NUMBER,             KEY_NVRAM_FREE_STATE             },
    {KEY_EFI_TEXT,               KEY_NVRAM_FREE_TEXT              },
    {KEY_EFI_OPAQUE,             KEY_NVRAM_FREE_OPAQUE            },
    {KEY_DATA_DIGEST_OWN,        KEY_NVRAM_FREE_OPAQUE            },
    {KEY_EFI_LENGTH,             KEY_NVRAM_FREE_LENGTH            },
    {KEY_EFI_ORDER,              KEY_NVRAM_FREE_ORDER             },
    {KEY_EFI_LOAD_ATTRIBUTES,    KEY_NVRAM_FREE_LOAD_ATTRIBUTES   },
    {KEY_EFI_LOAD_DESCRIPTION,   KEY_NVRAM_FREE_LOAD_DESCRIPTION  },
    {KEY_EFI_LOAD_OPTIONAL,      KEY_NVRAM_FREE_LOAD_OPTIONAL     },
    {KEY_EFI_LOAD_OPTIONAL_TEXT, KEY_NVRAM_FREE_LOAD_OPTIONAL_TEXT},
    {KEY_EFI_PATH,               KEY_NVRAM_FREE_PATH              },
    {KEY_EFI_PATH_UNIQUE,        KEY_NVRAM_FREE_PATH_UNIQUE       },
};

struct nvram_name nvram_name_of(struct arena *a, struct bytes guid, struct bytes utf16,
                                enum fault_id *ret_fault)
{
    struct nvram_name n = {guid_text(a, guid), bytes_of("unnamed")};
    struct bytes text;

    if (!utf16_text(a, utf16, &text)) {
        *ret_fault = FAULT_BAD_ENCODING;
        n.name = arena_copy(a, utf16);
    } else if (text.len > 0) {
        n.name = text;
    }
    return n;
}

/*
 * Whether firmware rewrites this variable by itself, so that its value is free. `length` is
 * that of the value, with `around` more bytes of its record.
 */
static bool nvram_is_free(const struct nvram_name *n, size_t length, size_t around)
{
    for (size_t i = 0; i < ARRAY_LEN(free_rows); i++) {
        if (bytes_equal_text(n->guid, free_rows[i].guid) &&
            efi_name_matches(n->name, free_rows[i].name))
            return length <= free_rows[i].most + around;
    }
    return false;
}

static struct bytes container_name(struct decode *d, const struct nvram_name *n)
{
    struct text t;

    text_init(&t, d->arena, n->guid.len + n->name.len + 2);
    text_add(&t, n->guid);
    text_char(&t, ':');
    text_add(&t, n->name);
    return text_bytes(&t);
}

void nvram_open(struct decode *d, const struct nvram_name *n)
{
    decode_open_bytes(d, ITEM_MAP, container_name(d, n));
}

void nvram_value(struct decode *d, const struct nvram_name *n)
{
    if (nvram_is_free(n, reader_left(&d->in), 0)) {
        d->twins = twins;
        d->twin_count = ARRAY_LEN(twins);
    }
    (void)efi_value_decode(d, n->guid, n->name);
    d->twins = NULL;
    d->twin_count = 0;
}

void nvram_deleted(struct decode *d, const struct nvram_name *n)
{
    struct span s = {d->in.blob, d->in.base, d->in.all.len};
    struct span here = {s.blob, s.offset, 0};
    bool loose = nvram_is_free(n, s.length, RECORD_MAX + 2 * n->name.len);
    struct digest digest = digest_sha256(d->in.all);
    struct bytes kept =
        arena_copy(d->arena, (struct bytes){digest.bytes, sizeof(digest.bytes)});

    nvram_open(d, n);
    /* Without bytes of their own, so that the bytes keep the class that they get below. */
    decode_value_at(d, loose ? KEY_NVRAM_DELETED_FREE : KEY_NVRAM_DELETED, value_bytes(kept),
                    here);
    decode_value_at(d, loose ? KEY_NVRAM_DELETED_LENGTH_FREE : KEY_NVRAM_DELETED_LENGTH,
                    value_uint(s.length), here);
    decode_claimed_region(d, s, CLASS_DELETED);
    (void)reader_take(&d->in, reader_left(&d->in));
    decode_close(d);
}

void nvram_free_space(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, reader_left(&d->in));
    struct span all = reader_span(&d->in, from);
    size_t first = 0;
    size_t last = b.len;

    while (first < b.len && b.data[first] == 0xff)
        first++;
    while (last > first && b.data[last - 1] == 0xff)
        last--;
    decode_value_at(d, KEY_NVRAM_ERASED, value_uint(b.len - (last - first)),
                    (struct span){all.blob, all.offset, 0});
    decode_claimed_region(d, all, CLASS_FREE_ERASED);
    if (first == last)
        return;
    struct span s = {all.blob, all.offset + first, last - first};

    decode_value_at(d, KEY_NVRAM_WRITTEN_LENGTH, value_uint(last - first),
                    (struct span){s.blob, s.offset, 0});
    decode_digest(d, KEY_NVRAM_WRITTEN, bytes_slice(b, first, last - first), s);
    decode_claimed_region(d, s, CLASS_FREE_NONERASED);
}

void nvram_filling(struct decode *d, size_t n)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, n < reader_left(&d->in) ? n : reader_left(&d->in));

    if (!bytes_all(b, 0xff))
        decode_bytes(d, KEY_RESERVED, b, from);
    decode_claimed_region(d, reader_span(&d->in, from), CLASS_PADDING);
}

void nvram_time(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, TIME_SIZE);
    struct bytes text;

    if (bytes_all(b, 0)) {
        decode_claimed_region(d, reader_span(&d->in, from), CLASS_STRUCTURE);
    } else if (efi_time_text(d->arena, b, &text)) {
        decode_bytes(d, KEY_EFI_AUTH_TIME, text, from);
    } else {
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + from);
        decode_bytes(d, KEY_RESERVED, b, from);
    }
}
