/* SPDX-License-Identifier: Apache-2.0 */
#include "property/invariants.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define EXACT_BY_HEAP 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EXACT_BY_HEAP 1
#endif
#endif
#ifndef EXACT_BY_HEAP
#define EXACT_BY_HEAP 0
#endif

/*
 * A copy of bytes that ends where the memory ends. With AddressSanitizer an allocation of
 * exactly that size; without it, the end of a mapping before a page that cannot be touched.
 */
struct guarded {
    uint8_t *room; /* kept from one call to the next */
    size_t size;
};

static struct guarded guarded;

static void guarded_grow(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t body = (size / page + 1) * page;

    if (guarded.size >= body)
        return;
    if (guarded.room != NULL)
        (void)munmap(guarded.room, guarded.size + page);
    guarded.room =
        mmap(NULL, body + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (guarded.room == MAP_FAILED || mprotect(guarded.room + body, page, PROT_NONE) != 0)
        BUG("no memory");
    guarded.size = body;
}

static struct bytes exact_new(struct bytes b)
{
    uint8_t *at = NULL;

    if (EXACT_BY_HEAP) {
        at = malloc(b.len);
    } else {
        guarded_grow(b.len);
        at = guarded.room + (guarded.size - b.len);
    }
    if (b.len > 0)
        memcpy(at, b.data, b.len);
    return (struct bytes){at, b.len};
}

static void exact_done(struct bytes b)
{
    if (EXACT_BY_HEAP)
        free((void *)(uintptr_t)b.data);
}

static bool span_inside(const struct decoded *d, struct span s)
{
    if (s.blob >= d->blob_count)
        return false;
    size_t len = d->blobs[s.blob].bytes.len;

    return s.offset <= len && s.length <= len - s.offset;
}

static const char *broken_item(const struct decoded *d, size_t i)
{
    const struct item *item = &d->items[i];

    if (item->parent >= i)
        return "an item does not follow its parent";
    if (d->items[item->parent].kind == ITEM_CLAIM)
        return "an item stands below a claim";
    if (!span_inside(d, item->span))
        return "the span of an item is outside its blob";
    if (item->kind != ITEM_CLAIM)
        return NULL;
    if (item->key == KEY_NONE || item->key >= KEY_COUNT)
        return "a claim has no key";
    if (item->value.type != key_get(item->key)->type)
        return "a claim's value is not of its key's type";
    return NULL;
}

/* Regions are disjoint, in order, and cover each blob. */
static const char *broken_map(const struct decoded *d)
{
    size_t at = 0;

    for (uint32_t blob = 0; blob < d->blob_count; blob++) {
        uint64_t covered = 0;

        while (at < d->region_count && d->regions[at].span.blob == blob) {
            const struct region *r = &d->regions[at++];

            if (r->span.offset != covered)
                return "regions overlap or leave a gap";
            if (r->span.length == 0)
                return "a region is empty";
            if (r->class > CLASS_UNREAD || r->item >= d->item_count)
                return "a region has no class or no item";
            covered += r->span.length;
        }
        if (covered != d->blobs[blob].bytes.len)
            return "the regions do not add up to the blob";
    }
    return at == d->region_count ? NULL : "a region belongs to no blob, or not in order";
}

static const char *broken_blob(const struct decoded *d, uint32_t i)
{
    const struct blob *b = &d->blobs[i];
    struct digest digest = digest_sha256(b->bytes);

    if (!digest_equal(&digest, decoded_digest(d, i)))
        return "a blob's digest is not that of its bytes";
    if (b->method == NULL)
        return b->parent == i ? NULL : "a collected blob is not its own parent";
    if (b->parent >= i || b->source.blob != b->parent || !span_inside(d, b->source))
        return "a derived blob does not come from a span of an earlier one";
    return NULL;
}

static const char *broken_fault(const struct decoded *d, const struct fault *f)
{
    if (f->id >= FAULT_COUNT || f->item >= d->item_count || f->blob >= d->blob_count)
        return "a fault names what does not exist";
    if (d->items[f->item].kind == ITEM_CLAIM)
        return "a fault stands at a claim";
    if (f->offset > d->blobs[f->blob].bytes.len)
        return "a fault's offset is outside its blob";
    return NULL;
}

static const char *broken_invariant(const struct decoded *d)
{
    const char *broken = broken_map(d);

    for (size_t i = 1; broken == NULL && i < d->item_count; i++)
        broken = broken_item(d, i);
    for (uint32_t i = 0; broken == NULL && i < d->blob_count; i++)
        broken = broken_blob(d, i);
    for (size_t i = 0; broken == NULL && i < d->fault_count; i++)
        broken = broken_fault(d, &d->faults[i]);
    return broken;
}

static void hash_uint(struct digest_stream *s, uint64_t v)
{
    uint8_t b[8];

    for (unsigned i = 0; i < sizeof(b); i++)
        b[i] = (uint8_t)(v >> (8 * i));
    digest_more(s, (struct bytes){b, sizeof(b)});
}

static void hash_bytes(struct digest_stream *s, struct bytes b)
{
    hash_uint(s, b.len);
    digest_more(s, b);
}

static void hash_span(struct digest_stream *s, struct span span)
{
    hash_uint(s, span.blob);
    hash_uint(s, span.offset);
    hash_uint(s, span.length);
}

static void hash_item(struct digest_stream *s, const struct item *item)
{
    hash_uint(s, item->parent);
    hash_uint(s, item->kind);
    hash_bytes(s, item->name);
    if (item->kind != ITEM_CLAIM)
        return;
    hash_uint(s, item->key);
    if (item->value.type == TYPE_TEXT || item->value.type == TYPE_BYTES)
        hash_bytes(s, item->value.bytes);
    else
        hash_uint(s, item->value.uint);
}

static struct digest claims_digest(const struct decoded *d)
{
    struct digest_stream s;

    digest_begin(&s);
    for (size_t i = 0; i < d->item_count; i++)
        hash_item(&s, &d->items[i]);
    for (size_t i = 0; i < d->fault_count; i++) {
        hash_uint(&s, d->faults[i].id);
        hash_uint(&s, d->faults[i].item);
        hash_uint(&s, d->faults[i].blob);
        hash_uint(&s, d->faults[i].offset);
    }
    return digest_end(&s);
}

static struct digest whole_digest(const struct decoded *d, const struct digest *claims)
{
    struct digest_stream s;

    digest_begin(&s);
    hash_bytes(&s, (struct bytes){claims->bytes, sizeof(claims->bytes)});
    for (size_t i = 0; i < d->item_count; i++) {
        hash_span(&s, d->items[i].span);
        hash_uint(&s, d->items[i].faulty);
    }
    for (size_t i = 0; i < d->region_count; i++) {
        hash_span(&s, d->regions[i].span);
        hash_uint(&s, d->regions[i].class);
        hash_uint(&s, d->regions[i].item);
    }
    for (size_t i = 0; i < d->blob_count; i++)
        hash_bytes(&s, d->blobs[i].bytes);
    return digest_end(&s);
}

static double cpu_seconds(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct outcome decode_outcome(const struct decoder *row, struct bytes b, struct bytes label)
{
    struct outcome o = {.broken = NULL};
    struct bytes input = exact_new(b);
    struct arena a;
    struct decoded d;
    double began = cpu_seconds();

    arena_init(&a);
    decoded_init(&d, &a);
    struct engine *e = engine_new(&d);
    uint32_t mount = decoded_open(&d, 0, ITEM_MAP, bytes_of("input@document"));

    (void)engine_add(e, input, NULL, row->name, label, mount);
    engine_run(e);
    o.seconds = cpu_seconds() - began;
    o.faults = d.fault_count;
    o.broken = broken_invariant(&d);
    o.claims = claims_digest(&d);
    o.whole = whole_digest(&d, &o.claims);
    arena_done(&a);
    exact_done(input);
    return o;
}
