/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "evidence/cbor.h"

enum {
    NODE_MAX = 64 << 20,
    NODE_VERSION = 1
};

static const char *const coverage_names[] = {
    [COVERAGE_SEEN] = "seen",       [COVERAGE_PARTIAL] = "partial",
    [COVERAGE_ABSENT] = "absent",   [COVERAGE_REFUSED] = "refused",
    [COVERAGE_FAILED] = "failed",   [COVERAGE_UNSUPPORTED] = "unsupported",
    [COVERAGE_UNTRIED] = "untried", [COVERAGE_EXCLUDED] = "excluded",
};

const char *coverage_name(enum coverage_state s)
{
    return coverage_names[s];
}

void evidence_add(struct evidence *e, struct arena *a, struct entry entry)
{
    arena_grow(a, &e->entries, e->count, &e->cap, sizeof(*e->entries));
    e->entries[e->count++] = entry;
}

static int entry_order(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;
    int c = bytes_compare(a->source, b->source);

    return c != 0 ? c : bytes_compare(a->origin, b->origin);
}

void evidence_sort(struct evidence *e)
{
    if (e->count > 0)
        qsort(e->entries, e->count, sizeof(*e->entries), entry_order);
}

struct bytes evidence_encode(const struct evidence *e, struct arena *a)
{
    struct text t;

    text_init(&t, a, NODE_MAX);
    cbor_array(&t, 5);
    cbor_bytes(&t, e->tool);
    cbor_bytes(&t, e->subject);
    cbor_bytes(&t, e->time);
    cbor_bytes(&t, (struct bytes){e->salt, sizeof(e->salt)});
    cbor_array(&t, e->count);
    for (size_t i = 0; i < e->count; i++) {
        const struct entry *n = &e->entries[i];

        cbor_array(&t, 6);
        cbor_bytes(&t, n->source);
        cbor_bytes(&t, n->origin);
        cbor_uint(&t, n->state);
        cbor_bytes(&t, n->reason);
        if (n->has_blob)
            cbor_bytes(&t, (struct bytes){n->digest.bytes, sizeof(n->digest.bytes)});
        else
            cbor_null(&t);
        cbor_uint(&t, n->length);
    }
    return text_bytes(&t);
}

static bool entry_read(struct reader *r, struct entry *n)
{
    if (cbor_read_array(r) != 6)
        return false;
    n->source = cbor_read_bytes(r);
    n->origin = cbor_read_bytes(r);
    uint64_t state = cbor_read_uint(r);

    n->reason = cbor_read_bytes(r);
    if (!cbor_read_null(r)) {
        struct bytes d = cbor_read_bytes(r);

        if (d.len != sizeof(n->digest.bytes))
            return false;
        memcpy(n->digest.bytes, d.data, d.len);
        n->has_blob = true;
    }
    n->length = cbor_read_uint(r);
    n->state = (enum coverage_state)state;
    return !r->failed && state <= COVERAGE_EXCLUDED;
}

bool evidence_decode(struct bytes node, struct arena *a, struct evidence *ret, struct err *err)
{
    struct reader r = reader_of(node, 0, 0);
    struct evidence e = {0};
    bool good = cbor_read_array(&r) == 5;

    e.tool = cbor_read_bytes(&r);
    e.subject = cbor_read_bytes(&r);
    e.time = cbor_read_bytes(&r);
    struct bytes salt = cbor_read_bytes(&r);
    uint64_t count = cbor_read_array(&r);

    good = good && salt.len == sizeof(e.salt);
    if (good)
        memcpy(e.salt, salt.data, salt.len);
    for (uint64_t i = 0; good && i < count; i++) {
        struct entry n = {0};

        good = entry_read(&r, &n);
        if (good && e.count > 0)
            good = entry_order(&e.entries[e.count - 1], &n) < 0;
        if (good)
            evidence_add(&e, a, n);
    }
    if (!good || r.failed || reader_more(&r))
        return err_set(err, ERR_INPUT, "the evidence node is not canonical at byte %zu", r.pos);
    *ret = e;
    return true;
}

struct digest evidence_digest(const struct evidence *e, struct arena *a)
{
    return node_digest("evidence", NODE_VERSION, evidence_encode(e, a));
}

bool evidence_is_file(const struct evidence *e)
{
    for (size_t i = 0; i < e->count; i++) {
        if (!bytes_equal_text(e->entries[i].source, "document"))
            return false;
    }
    return e->count > 0;
}
