/* SPDX-License-Identifier: Apache-2.0 */
/* The frozen node and the packed file, docs/formats/cohort.md. */
#include <stdlib.h>
#include <string.h>

#include "appraise/cohort_private.h"
#include "evidence/cbor.h"

enum {
    NODE_VERSION = 1,
    NODE_WIDTH = 6, /* version, decoder set, salt, keys, members, counts */
    MEMBER_WIDTH = 5,
    ENCODED_MAX = 1 << 30,
};

static void put_digest(struct text *t, const uint8_t *digest)
{
    cbor_bytes(t, (struct bytes){digest, SHA256_SIZE});
}

/* Members in the order of their subjects, so that the order of arrival leaves no trace. */
static int by_subject(const void *left, const void *right)
{
    const struct member *a = *(const struct member *const *)left;
    const struct member *b = *(const struct member *const *)right;

    return bytes_compare(a->subject, b->subject);
}

static void put_members(const struct cohort *c, struct text *t, struct arena *a)
{
    const struct member **sorted = ARENA_ARRAY(a, const struct member *, c->member_count);

    for (size_t i = 0; i < c->member_count; i++)
        sorted[i] = &c->members[i];
    qsort(sorted, c->member_count, sizeof(struct member *), by_subject);
    cbor_array(t, c->member_count);
    for (size_t i = 0; i < c->member_count; i++) {
        const struct member *m = sorted[i];

        cbor_array(t, MEMBER_WIDTH);
        cbor_bytes(t, m->subject);
        cbor_bytes(t, m->time);
        put_digest(t, m->evidence.bytes);
        put_digest(t, c->things_by.keys[m->root].data + 1);
        cbor_array(t, m->salted_count);
        for (size_t k = 0; k < m->salted_count; k++)
            put_digest(t, m->salted[k].bytes);
    }
}

/* How many machines stand out how far: [centibits, machines], ascending. */
static void put_strengths(const struct cohort *c, struct text *t)
{
    size_t distinct = 0;

    for (size_t i = 0; i < c->member_count; i++)
        distinct += i == 0 || c->strengths[i] != c->strengths[i - 1];
    cbor_array(t, distinct);
    for (size_t i = 0; i < c->member_count;) {
        size_t from = i;

        while (i < c->member_count && c->strengths[i] == c->strengths[from])
            i++;
        cbor_array(t, 2);
        cbor_uint(t, c->strengths[from]);
        cbor_uint(t, i - from);
    }
}

struct bytes cohort_encode(const struct cohort *c, struct arena *a)
{
    struct text t;
    size_t differing = 0;

    text_init(&t, a, ENCODED_MAX);
    cbor_array(&t, NODE_WIDTH);
    cbor_uint(&t, NODE_VERSION);
    put_digest(&t, c->options.decoders.bytes);
    put_digest(&t, c->salt);
    cbor_array(&t, c->options.key_count);
    for (size_t i = 0; i < c->options.key_count; i++) {
        cbor_array(&t, 2);
        cbor_text(&t, c->options.keys[i].key);
        cbor_uint(&t, c->options.keys[i].level);
    }
    put_members(c, &t, a);
    for (size_t i = 0; i < c->position_count; i++)
        differing += c->positions[i].count > 1 || c->positions[i].presence_count > 0;
    cbor_array(&t, 4);
    cbor_uint(&t, c->member_count);
    cbor_uint(&t, c->class_count);
    cbor_uint(&t, differing);
    put_strengths(c, &t);
    return text_bytes(&t);
}

struct digest cohort_digest(const struct cohort *c, struct arena *a)
{
    return node_digest("cohort", NODE_VERSION, cohort_encode(c, a));
}

struct packed {
    uint32_t thing;
    uint8_t height;
    const uint8_t *digest;
};

/* Children before parents, else by digest. */
static int by_height(const void *left, const void *right)
{
    const struct packed *a = left;
    const struct packed *b = right;

    if (a->height != b->height)
        return a->height < b->height ? -1 : 1;
    return memcmp(a->digest, b->digest, SHA256_SIZE);
}

/* All nodes that were taken in, in the order of the file. */
static size_t nodes_in_order(const struct cohort *c, struct arena *a, struct packed **ret)
{
    struct packed *rows = ARENA_ARRAY(a, struct packed, c->things_by.count);
    size_t count = 0;

    for (uint32_t i = 0; i < c->things_by.count; i++) {
        if (c->things[i].encoded.data == NULL)
            continue;
        rows[count++] = (struct packed){i, c->things[i].height, c->things_by.keys[i].data + 1};
    }
    if (count > 1)
        qsort(rows, count, sizeof(*rows), by_height);
    *ret = rows;
    return count;
}

struct bytes cohort_pack(const struct cohort *c, struct arena *a)
{
    struct packed *rows = NULL;
    size_t count = nodes_in_order(c, a, &rows);
    struct text t;

    text_init(&t, a, ENCODED_MAX);
    cbor_array(&t, 2);
    cbor_bytes(&t, cohort_encode(c, a));
    cbor_array(&t, count);
    for (size_t i = 0; i < count; i++)
        cbor_bytes(&t, c->things[rows[i].thing].encoded);
    return text_bytes(&t);
}

static bool wrong(struct err *e, const char *what)
{
    return err_set(e, ERR_INPUT, "not a cohort: %s", what);
}

static bool read_digest(struct reader *r, struct digest *ret)
{
    struct bytes b = cbor_read_bytes(r);

    if (b.len != SHA256_SIZE)
        return false;
    memcpy(ret->bytes, b.data, SHA256_SIZE);
    return true;
}

static bool read_nodes(struct reader *r, struct cohort *c, struct err *e)
{
    uint64_t count = cbor_read_array(r);

    for (uint64_t i = 0; i < count && reader_more(r); i++) {
        struct bytes node = cbor_read_bytes(r);
        struct digest d = node_digest("tree", 1, node);

        if (!r->failed && !cohort_node_add(c, &d, node, e))
            return false;
    }
    if (r->failed || reader_more(r))
        return wrong(e, "malformed encoding");
    return true;
}

/* Own values of members stand in the node by their salted digests only. */
static bool read_own(struct reader *r, struct cohort *c, struct member *m)
{
    uint64_t count = cbor_read_array(r);

    m->salted = ARENA_ARRAY(c->arena, struct digest, count);
    for (uint64_t i = 0; i < count && reader_more(r); i++) {
        if (!read_digest(r, &m->salted[i]))
            return false;
        if (i > 0 && memcmp(&m->salted[i - 1], &m->salted[i], SHA256_SIZE) >= 0)
            return false;
        m->salted_count++;
    }
    return m->salted_count == count;
}

static bool read_members(struct reader *r, struct cohort *c, struct err *e)
{
    uint64_t count = cbor_read_array(r);

    for (uint64_t i = 0; i < count && reader_more(r); i++) {
        struct cohort_member m = {0};
        uint64_t width = cbor_read_array(r);
        size_t before = c->member_count;

        m.subject = cbor_read_bytes(r);
        m.time = cbor_read_bytes(r);
        if (width != MEMBER_WIDTH || !read_digest(r, &m.evidence) || !read_digest(r, &m.root))
            return wrong(e, "a member does not read");
        if (!cohort_member_add(c, &m, e))
            return false;
        if (c->member_count == before || !read_own(r, c, &c->members[before]))
            return wrong(e, "a member does not read");
    }
    return !r->failed || wrong(e, "a member does not read");
}

static bool read_keys(struct reader *r, const struct cohort *c)
{
    uint64_t count = cbor_read_array(r);

    if (count != c->options.key_count)
        return false;
    for (size_t i = 0; i < c->options.key_count; i++) {
        if (cbor_read_array(r) != 2 ||
            !bytes_equal_text(cbor_read_bytes(r), c->options.keys[i].key) ||
            cbor_read_uint(r) != c->options.keys[i].level)
            return false;
    }
    return true;
}

/* The head of a node: its version and decoder set. */
static bool read_head(struct reader *r, struct digest *decoders, struct err *e)
{
    if (cbor_read_array(r) != NODE_WIDTH || cbor_read_uint(r) != NODE_VERSION ||
        !read_digest(r, decoders))
        return wrong(e, "another version, or no cohort node");
    return true;
}

bool cohort_pack_digest(struct bytes pack, struct digest *node, struct digest *decoders,
                        struct err *e)
{
    struct reader file = reader_of(pack, 0, 0);
    uint64_t width = cbor_read_array(&file);
    struct bytes encoded = cbor_read_bytes(&file);
    struct reader r = reader_of(encoded, 0, 0);

    if (width != 2 || file.failed)
        return wrong(e, "malformed encoding");
    *node = node_digest("cohort", NODE_VERSION, encoded);
    return read_head(&r, decoders, e);
}

struct cohort *cohort_unpack(struct bytes pack, const struct cohort_options *options,
                             struct arena *a, struct err *e)
{
    struct cohort *c = cohort_new(a, options);
    struct reader file = reader_of(pack, 0, 0);
    struct digest decoders;
    struct digest salt;

    if (cbor_read_array(&file) != 2) {
        wrong(e, "malformed encoding");
        return NULL;
    }
    struct bytes node = cbor_read_bytes(&file);
    struct reader r = reader_of(node, 0, 0);

    if (!read_nodes(&file, c, e) || !read_head(&r, &decoders, e))
        return NULL;
    if (!digest_equal(&decoders, &c->options.decoders)) {
        err_set(e, ERR_INPUT, "the cohort was made by another decoder set");
        return NULL;
    }
    if (!read_digest(&r, &salt) || !read_keys(&r, c)) {
        wrong(e, "other cohort keys, or malformed encoding");
        return NULL;
    }
    memcpy(c->salt, salt.bytes, sizeof(c->salt));
    c->salted = true;
    if (!read_members(&r, c, e) || !cohort_freeze(c, e))
        return NULL;
    if (!bytes_equal(cohort_encode(c, a), node)) {
        wrong(e, "its counts are not those of its members");
        return NULL;
    }
    return c;
}
