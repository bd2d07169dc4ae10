/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/check.h"

#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "decode/engine.h"

enum {
    METHOD_MAX = 256,
    DEPTH_MAX = 1024
};

/* A member that was added to what crosses the border must be checked below. */
#if UINTPTR_MAX == UINT64_MAX
_Static_assert(sizeof(struct decoded) == 112, "check what was added to struct decoded");
_Static_assert(sizeof(struct item) == 64, "check what was added to struct item");
_Static_assert(sizeof(struct fault) == 24, "check what was added to struct fault");
_Static_assert(sizeof(struct region) == 28, "check what was added to struct region");
_Static_assert(sizeof(struct blob) == 88, "check what was added to struct blob");
#endif

/* Whether `part` lies wholly in `whole`. */
static bool inside(struct bytes whole, struct bytes part)
{
    uintptr_t from = (uintptr_t)whole.data;
    uintptr_t at = (uintptr_t)part.data;

    return at >= from && at - from <= whole.len && part.len <= whole.len - (at - from);
}

/* The parts of this program that nobody can write: literals and tables of bytes. */
static void program_parts(struct check_room *r)
{
    uintptr_t at = (uintptr_t)getauxval(AT_PHDR);
    size_t count = (size_t)getauxval(AT_PHNUM);
    const ElfW(Phdr) *rows = (const ElfW(Phdr) *)at;
    uintptr_t base = 0;

    for (size_t i = 0; i < count; i++) {
        if (rows[i].p_type == PT_PHDR)
            base = at - (uintptr_t)rows[i].p_vaddr;
    }
    for (size_t i = 0; i < count && r->program_count < CHECK_PROGRAM_PARTS; i++) {
        if (rows[i].p_type != PT_LOAD || (rows[i].p_flags & (PF_R | PF_W)) != PF_R)
            continue;
        uintptr_t from = base + (uintptr_t)rows[i].p_vaddr;

        r->program[r->program_count++] =
            (struct bytes){(const uint8_t *)from, (size_t)rows[i].p_filesz};
    }
}

static int address_order(const void *left, const void *right)
{
    const struct bytes *a = left;
    const struct bytes *b = right;
    uintptr_t x = (uintptr_t)a->data;
    uintptr_t y = (uintptr_t)b->data;

    /* Of those at one address the longest last, where the search ends. */
    return x != y ? (x > y) - (x < y) : (a->len > b->len) - (a->len < b->len);
}

void check_room_init(struct check_room *r, struct arena *a)
{
    struct bytes *sorted = ARENA_ARRAY(a, struct bytes, r->input_count);

    for (size_t i = 0; i < r->input_count; i++)
        sorted[i] = r->inputs[i].bytes;
    if (r->input_count > 1)
        qsort(sorted, r->input_count, sizeof(*sorted), address_order);
    r->sorted = sorted;
    program_parts(r);
}

/* Whether bytes lie in the input that begins at or before them. */
static bool inside_input(const struct check_room *r, struct bytes b)
{
    size_t low = 0;
    size_t high = r->input_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if ((uintptr_t)r->sorted[middle].data <= (uintptr_t)b.data)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && inside(r->sorted[low - 1], b);
}

static bool inside_program(const struct check_room *r, struct bytes b, struct bytes *ret_part)
{
    for (size_t i = 0; i < r->program_count; i++) {
        if (inside(r->program[i], b)) {
            *ret_part = r->program[i];
            return true;
        }
    }
    return false;
}

bool check_bytes(const struct check_room *r, struct bytes b)
{
    struct bytes part;

    return b.len == 0 || r->anywhere || inside(r->shared, b) || inside_input(r, b) ||
           inside_program(r, b, &part);
}

/* Bytes that are none point at something all the same. */
static bool bytes_good(const struct check_room *r, struct bytes *b)
{
    if (b->len == 0)
        b->data = (const uint8_t *)"";
    return check_bytes(r, *b);
}

bool check_name(const struct check_room *r, const char *name)
{
    struct bytes one = {(const uint8_t *)name, 1};
    struct bytes part = r->shared;

    if (r->anywhere)
        return true;
    if (!inside(r->shared, one) && !inside_program(r, one, &part))
        return false;
    size_t left = part.len - (size_t)((uintptr_t)name - (uintptr_t)part.data);

    return memchr(name, 0, left < METHOD_MAX ? left : METHOD_MAX) != NULL;
}

static bool span_good(const struct decoded *d, struct span s)
{
    if (s.blob >= d->blob_count)
        return s.blob == 0 && s.offset == 0 && s.length == 0;
    size_t len = d->blobs[s.blob].bytes.len;

    return s.offset <= len && s.length <= len - s.offset;
}

/* An array of the worker's. */
struct array {
    const void *rows;
    size_t count;
    size_t size;  /* bytes of an element */
    size_t spare; /* elements for which the copy has room beside these */
};

/*
 * A copy of an array in `*ret`, which is NULL and stays so if there are no rows; false if it is
 * not wholly where arrays must be.
 */
static bool array_copy(const struct check_room *r, struct array from, struct arena *a,
                       void *ret, size_t *ret_capacity)
{
    struct bytes all = {from.rows, 0};
    void *copy = NULL;

    *ret_capacity = 0;
    if (from.count == 0)
        return true;
    if (__builtin_mul_overflow(from.count, from.size, &all.len) || from.count > UINT32_MAX)
        return false;
    if (!r->anywhere && !inside(r->rows, all))
        return false;
    arena_widen(a, &copy, from.count + from.spare, ret_capacity, from.size);
    memcpy(copy, from.rows, all.len);
    memcpy(ret, &copy, sizeof(copy));
    return true;
}

static bool check_arrays(const struct decoded *made, const struct check_room *r,
                         struct arena *a, struct decoded *d)
{
    struct array faults = {made->faults, made->fault_count, sizeof(*d->faults), 0};
    struct array regions = {made->regions, made->region_count, sizeof(*d->regions), 0};
    struct array blobs = {made->blobs, made->blob_count, sizeof(*d->blobs), 0};
    /* Most parents add a claim for each fault, of which the number is checked first. */
    struct array items = {made->items, made->item_count, sizeof(*d->items), faults.count};

    *d = (struct decoded){
        .arena = a,
        .leaves = ARENA_ARRAY(a, uint8_t, KEY_COUNT),
        .item_count = items.count,
        .fault_count = faults.count,
        .region_count = regions.count,
        .blob_count = blobs.count,
    };
    return array_copy(r, faults, a, &d->faults, &d->fault_cap) &&
           array_copy(r, items, a, &d->items, &d->item_cap) &&
           array_copy(r, regions, a, &d->regions, &d->region_cap) &&
           array_copy(r, blobs, a, &d->blobs, &d->blob_cap);
}

/* The collected blobs: the inputs that were not to be skipped, in order, and nothing else. */
static const char *check_collected(struct decoded *d, const struct check_room *r,
                                   size_t *ret_count)
{
    size_t n = 0;

    for (size_t i = 0; i < r->input_count; i++) {
        const struct worker_input *in = &r->inputs[i];

        if (in->skip)
            continue;
        if (n >= d->blob_count)
            return "an input is missing";
        struct blob *b = &d->blobs[n++];

        if (b->method != NULL || b->bytes.data != in->bytes.data ||
            b->bytes.len != in->bytes.len)
            return "a collected blob is no input";
        *b = (struct blob){.bytes = in->bytes,
                           .digest = in->digest,
                           .digested = true,
                           .parent = (uint32_t)(n - 1)};
    }
    *ret_count = n;
    return NULL;
}

static const char *check_derived(const struct decoded *d, size_t i, const struct check_room *r)
{
    struct blob *b = &d->blobs[i];

    if (b->method == NULL || !check_name(r, b->method))
        return "a derived blob does not say how it was made";
    if (b->parent >= i || b->source.blob != b->parent || !span_good(d, b->source))
        return "a derived blob does not come from a span of an earlier one";
    return bytes_good(r, &b->bytes) ? NULL : "a derived blob lies where no blob can lie";
}

static const char *check_blobs(struct decoded *d, const struct check_room *r)
{
    /* Once for what is decoded without having been collected. */
    uint64_t left = ENGINE_OUTPUT_BASE;
    size_t first = 0;
    const char *wrong = check_collected(d, r, &first);

    for (size_t i = 0; wrong == NULL && i < first; i++)
        left += ENGINE_OUTPUT_BASE + d->blobs[i].bytes.len * (uint64_t)ENGINE_OUTPUT_FACTOR;
    for (size_t i = first; wrong == NULL && i < d->blob_count; i++) {
        wrong = check_derived(d, i, r);
        if (wrong == NULL && d->blobs[i].bytes.len > left)
            wrong = "the derived blobs are longer than the budget";
        if (wrong == NULL) {
            left -= d->blobs[i].bytes.len;
            d->blobs[i].digested = false;
        }
    }
    return wrong;
}

static const char *check_claim(struct item *item, const struct check_room *r)
{
    struct bytes bytes;

    if (item->key >= KEY_COUNT || item->key == KEY_NONE)
        return "a claim's key is not in the vocabulary";
    if (item->value.type != key_get(item->key)->type)
        return "a claim's value is not of its key's type";
    switch (item->value.type) {
    case TYPE_TEXT:
    case TYPE_BYTES:
        bytes = item->value.bytes;
        if (!bytes_good(r, &bytes))
            return "a value lies where no value can lie";
        item->value.bytes = bytes;
        return NULL;
    case TYPE_BOOL:
        return item->value.uint <= 1 ? NULL : "a truth value is neither true nor false";
    case TYPE_UINT:
    case TYPE_INT:
        break;
    }
    return NULL;
}

/* A claim that is named after its key has the parent's own name. */
static bool item_name_good(struct item *item, const struct check_room *r)
{
    if (!item->leaf)
        return bytes_good(r, &item->name);
    if (item->kind != ITEM_CLAIM || item->key >= KEY_COUNT)
        return false;
    item->name = key_leaf(item->key);
    return true;
}

static const char *check_item(const struct decoded *d, size_t i, const struct check_room *r)
{
    struct item *item = &d->items[i];

    if (item->parent >= d->item_count || item->parent == 0)
        return "an item stands below nothing, or below the root";
    if (d->items[item->parent].kind == ITEM_CLAIM)
        return "an item stands below a claim";
    if (item->kind > ITEM_CLAIM)
        return "an item is of no kind";
    if (!item_name_good(item, r))
        return "a name lies where no name can lie";
    if (!span_good(d, item->span))
        return "the span of an item is outside its blob";
    return item->kind == ITEM_CLAIM ? check_claim(item, r) : NULL;
}

/*
 * Whether every item leads to the root. Joins move items, so a parent may stand behind its
 * child.
 */
static bool items_rooted(const struct decoded *d, struct arena *a)
{
    uint32_t *depth = ARENA_ARRAY(a, uint32_t, d->item_count); /* 0: not known yet */

    for (uint32_t i = 1; i < d->item_count; i++) {
        uint32_t steps = 0;
        uint32_t at = i;

        for (; at != 0 && depth[at] == 0 && steps < DEPTH_MAX; at = d->items[at].parent)
            steps++;
        uint32_t total = steps + depth[at];

        if (total >= DEPTH_MAX)
            return false;
        for (at = i; at != 0 && depth[at] == 0; at = d->items[at].parent)
            depth[at] = total--;
    }
    return true;
}

/* The parent's own containers are as the parent opened them; the worker says what is broken. */
static const char *check_items(struct decoded *d, const struct decoded *before,
                               const struct check_room *r)
{
    const char *wrong = NULL;

    if (d->item_count < before->item_count)
        return "a container of the parent is missing";
    for (size_t i = 0; wrong == NULL && i < before->item_count; i++) {
        struct item *item = &d->items[i];
        struct item was = before->items[i];

        if (!span_good(d, item->span))
            return "a container of the parent is damaged";
        was.faulty = was.faulty || item->faulty;
        was.span = item->span;
        *item = was;
    }
    for (size_t i = before->item_count; wrong == NULL && i < d->item_count; i++)
        wrong = check_item(d, i, r);
    return wrong;
}

static const char *check_faults(struct decoded *d)
{
    for (size_t i = 0; i < d->fault_count; i++) {
        const struct fault *f = &d->faults[i];

        if (f->id >= FAULT_COUNT || f->item >= d->item_count || f->blob >= d->blob_count ||
            d->items[f->item].kind == ITEM_CLAIM)
            return "a fault names what does not exist";
        if (f->offset > d->blobs[f->blob].bytes.len)
            return "a fault's offset is outside its blob";
        d->items[f->item].faulty = true;
    }
    return NULL;
}

static const char *check_map(const struct decoded *d)
{
    size_t at = 0;

    for (uint32_t blob = 0; blob < d->blob_count; blob++) {
        uint64_t covered = 0;

        while (at < d->region_count && d->regions[at].span.blob == blob) {
            const struct region *r = &d->regions[at++];

            if (r->span.offset != covered || r->span.length == 0 || !span_good(d, r->span))
                return "the byte map overlaps or leaves a gap";
            if (r->class > CLASS_UNREAD || r->item >= d->item_count ||
                d->items[r->item].kind == ITEM_CLAIM)
                return "a part of the byte map has no class or no container";
            covered += r->span.length;
        }
        if (covered != d->blobs[blob].bytes.len)
            return "the byte map does not add up to the blob";
    }
    return at == d->region_count ? NULL : "the byte map is of no blob";
}

const char *check_result(const struct decoded *made, const struct decoded *before,
                         const struct check_room *r, struct arena *a, struct decoded *ret)
{
    if (!check_arrays(made, r, a, ret))
        return "an array lies outside the shared memory";
    const char *wrong = check_blobs(ret, r);

    if (wrong == NULL)
        wrong = check_items(ret, before, r);
    if (wrong == NULL && !items_rooted(ret, a))
        wrong = "an item does not lead to the root";
    if (wrong == NULL)
        wrong = check_faults(ret);
    return wrong != NULL ? wrong : check_map(ret);
}
