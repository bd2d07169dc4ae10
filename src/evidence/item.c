/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/item.h"

#include <inttypes.h>
#include <string.h>

static const char *const fault_names[FAULT_COUNT] = {
#define FAULT(id, name, meaning) name,
#include "evidence/faults.def"
#undef FAULT
};

static const char *const fault_meanings[FAULT_COUNT] = {
#define FAULT(id, name, meaning) meaning,
#include "evidence/faults.def"
#undef FAULT
};

const char *fault_name(enum fault_id id)
{
    return fault_names[id];
}

const char *fault_meaning(enum fault_id id)
{
    return fault_meanings[id];
}

const char *byte_class_name(enum byte_class c)
{
    switch (c) {
    case CLASS_STRUCTURE:
        return "structure";
    case CLASS_CODE:
        return "code";
    case CLASS_DATA:
        return "data";
    case CLASS_COMPRESSED:
        return "compressed";
    case CLASS_ENCRYPTED:
        return "encrypted";
    case CLASS_PADDING:
        return "padding";
    case CLASS_FREE_ERASED:
        return "free-erased";
    case CLASS_FREE_NONERASED:
        return "free-nonerased";
    case CLASS_DELETED:
        return "deleted";
    case CLASS_UNKNOWN:
        return "unknown";
    case CLASS_UNREAD:
        return "unread";
    }
    return "";
}

static bool is_bytes(enum value_type t)
{
    return t == TYPE_TEXT || t == TYPE_BYTES;
}

bool value_equal(const struct value *a, const struct value *b)
{
    if (a->type != b->type)
        return false;
    if (is_bytes(a->type))
        return bytes_equal(a->bytes, b->bytes);
    return a->uint == b->uint;
}

int value_compare(const struct value *a, const struct value *b)
{
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    if (is_bytes(a->type))
        return bytes_compare(a->bytes, b->bytes);
    if (a->type == TYPE_INT)
        return (a->sint > b->sint) - (a->sint < b->sint);
    return (a->uint > b->uint) - (a->uint < b->uint);
}

/* The names of the bits that are set: "0x5 (first, third)". */
static void print_bits(struct text *t, uint64_t value, const struct value_name *names)
{
    const char *before = " (";

    text_hex_uint(t, value);
    for (const struct value_name *n = names; n->text != NULL; n++) {
        if (n->value < 64 && (value >> n->value & 1) != 0) {
            text_puts(t, before);
            text_puts(t, n->text);
            before = ", ";
        }
    }
    if (before[0] == ',')
        text_char(t, ')');
}

static void print_unit(struct text *t, const struct key *k)
{
    if (k->unit[0] == '\0')
        return;
    text_char(t, ' ');
    text_puts(t, k->unit);
}

static void print_uint(struct text *t, uint64_t value, const struct key *k)
{
    if (k == NULL) {
        text_uint(t, value);
        return;
    }
    if (k->bits) {
        print_bits(t, value, key_names(k));
        return;
    }
    bool hex = key_hex(k);

    if (hex)
        text_hex_uint(t, value);
    else
        text_uint(t, value);
    const char *name = key_value_name(k, value);

    if (name != NULL) {
        text_puts(t, " (");
        text_puts(t, name);
        text_char(t, ')');
    }
    if (!hex)
        print_unit(t, k);
}

void value_print(struct text *t, const struct value *v, const struct key *k)
{
    switch (v->type) {
    case TYPE_UINT:
        print_uint(t, v->uint, k);
        break;
    case TYPE_INT:
        text_printf(t, "%" PRId64, v->sint);
        if (k != NULL)
            print_unit(t, k);
        break;
    case TYPE_BOOL:
        text_puts(t, v->uint != 0 ? "true" : "false");
        break;
    case TYPE_TEXT:
        text_char(t, '"');
        text_printable(t, v->bytes);
        text_char(t, '"');
        break;
    case TYPE_BYTES:
        text_hex(t, v->bytes);
        break;
    }
}

void decoded_init(struct decoded *d, struct arena *a)
{
    *d = (struct decoded){.arena = a};
    (void)decoded_open(d, 0, ITEM_MAP, bytes_of(""));
}

static struct item *item_new(struct decoded *d)
{
    arena_grow(d->arena, &d->items, d->item_count, &d->item_cap, sizeof(*d->items));
    return &d->items[d->item_count++];
}

uint32_t decoded_open(struct decoded *d, uint32_t parent, enum item_kind kind,
                      struct bytes name)
{
    *item_new(d) = (struct item){.parent = parent, .kind = kind, .name = name};
    return (uint32_t)(d->item_count - 1);
}

uint32_t decoded_claim(struct decoded *d, uint32_t parent, struct bytes name, enum key_id key,
                       struct value v, struct span s)
{
    struct item *item = item_new(d);

    /* Every member by itself: this is done more often than anything else. */
    item->parent = parent;
    item->kind = ITEM_CLAIM;
    item->name = name.len > 0 ? name : key_leaf(key);
    item->key = key;
    item->leaf = name.len == 0;
    item->faulty = false;
    item->value = v;
    item->span = s;
    return (uint32_t)(d->item_count - 1);
}

void decoded_fault(struct decoded *d, enum fault_id id, uint32_t item, uint32_t blob,
                   uint64_t offset)
{
    arena_grow(d->arena, &d->faults, d->fault_count, &d->fault_cap, sizeof(*d->faults));
    d->faults[d->fault_count++] = (struct fault){id, item, blob, offset};
    d->items[item].faulty = true;
}

uint32_t decoded_blob(struct decoded *d, struct bytes b, const struct digest *digest,
                      uint32_t parent, struct span source, const char *method)
{
    arena_grow(d->arena, &d->blobs, d->blob_count, &d->blob_cap, sizeof(*d->blobs));
    uint32_t index = (uint32_t)d->blob_count++;

    d->blobs[index] = (struct blob){
        .bytes = b,
        .parent = method != NULL ? parent : index,
        .source = source,
        .method = method,
    };
    if (digest != NULL) {
        d->blobs[index].digest = *digest;
        d->blobs[index].digested = true;
    }
    return index;
}

const struct digest *decoded_digest(const struct decoded *d, uint32_t blob)
{
    struct blob *b = &d->blobs[blob];

    if (!b->digested) {
        b->digest = digest_sha256(b->bytes);
        b->digested = true;
    }
    return &b->digest;
}

void item_path(const struct decoded *d, uint32_t item, struct text *t)
{
    uint32_t chain[256];
    size_t n = 0;

    for (uint32_t i = item; i != 0 && n < ARRAY_LEN(chain); i = d->items[i].parent)
        chain[n++] = i;
    while (n > 0) {
        text_segment(t, d->items[chain[--n]].name);
        if (n > 0)
            text_char(t, '/');
    }
}
