/* SPDX-License-Identifier: Apache-2.0 */
#include "app/learn.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "evidence/bundle.h"
#include "evidence/cbor.h"

static const char magic[] = "assay-reference/1";

bool reference_recognise(struct bytes file)
{
    struct reader r = reader_of(file, 0, 0);

    return cbor_read_array(&r) == 3 && bytes_equal_text(cbor_read_bytes(&r), magic);
}

/* One machine of the file: its bundle must be the evidence that the node names. */
static bool machine_read(struct bytes file, const struct digest *named, struct arena *a,
                         struct subject *ret, struct err *e)
{
    struct bundle b;

    if (!bundle_read(file, a, &b, e))
        return false;
    if (!digest_equal(&b.digest, named))
        return err_set(e, ERR_INPUT, "a bundle is not the evidence that the reference names");
    *ret = (struct subject){
        .name = bytes_of("reference"), .evidence = b.evidence, .digest = b.digest};
    return subject_derive(ret, a, e);
}

static bool file_parse(struct bytes file, struct arena *a, struct reference_set *ret,
                       struct err *e)
{
    struct reader r = reader_of(file, 0, 0);

    (void)cbor_read_array(&r);
    (void)cbor_read_bytes(&r);
    struct bytes node = cbor_read_bytes(&r);

    if (!reference_decode(node, a, &ret->node, e))
        return false;
    ret->digest = reference_digest(&ret->node, a);
    ret->machines = ARENA_ARRAY(a, struct subject, ret->node.count);
    if (cbor_read_array(&r) != ret->node.count)
        return err_set(e, ERR_INPUT, "the reference file lacks a bundle that its node names");
    for (size_t i = 0; i < ret->node.count; i++) {
        struct bytes bundle = cbor_read_bytes(&r);

        if (r.failed || !machine_read(bundle, &ret->node.sources[i], a, &ret->machines[i], e))
            return r.failed ? err_set(e, ERR_INPUT, "truncated at byte %zu", r.pos) : false;
    }
    if (reader_more(&r))
        return err_set(e, ERR_INPUT, "bytes follow after the end at byte %zu", r.pos);
    return true;
}

bool reference_load(const char *path, struct arena *a, struct reference_set *ret, struct err *e)
{
    struct bytes file;

    *ret = (struct reference_set){.node = {.quality = QUALITY_GOLDEN_SAMPLE}};
    if (!path_is_folder(path)) {
        if (!file_map(path, LOAD_MAX, a, &file, e))
            return false;
        if (reference_recognise(file)) {
            if (!file_parse(file, a, ret, e))
                return err_wrap(e, "%s", path);
            return true;
        }
    }
    ret->machines = ARENA_NEW(a, struct subject);
    if (!subject_load(path, a, ret->machines, e))
        return false;
    ret->digest = ret->machines->digest;
    ret->node.sources = &ret->machines->digest;
    ret->node.count = 1;
    return true;
}

/* A sink that collects in memory; a bundle goes back to fill in headers. */
static bool memory_write(void *user, uint64_t offset, struct bytes b, struct err *e)
{
    struct text *t = user;

    while (t->len < offset + b.len && !t->overflow)
        text_char(t, '\0');
    if (t->overflow)
        return err_set(e, ERR_LIMIT, "the bundle is too large");
    if (b.len > 0)
        memcpy(t->data + offset, b.data, b.len);
    return true;
}

struct learned {
    struct digest digest;
    struct bytes bundle;
};

static int learned_order(const void *left, const void *right)
{
    const struct learned *a = left;
    const struct learned *b = right;

    return memcmp(a->digest.bytes, b->digest.bytes, sizeof(a->digest.bytes));
}

static bool learn_one(const char *path, enum quality quality, struct arena *a,
                      struct learned *ret, struct err *e)
{
    struct subject s;
    struct bundle b = {0};
    struct text *t = ARENA_NEW(a, struct text);
    uint64_t length = 0;

    if (!subject_load(path, a, &s, e))
        return false;
    /* Most parts of an altered machine are those of good ones. */
    if (quality == QUALITY_KNOWN_BAD && !evidence_is_file(&s.evidence))
        return err_set(e, ERR_INPUT,
                       "%s: known-bad is said of single files (an image, a module, an update), "
                       "not of a machine",
                       path);
    b.evidence = s.evidence;
    b.digest = s.digest;
    text_init(t, a, LOAD_MAX);
    if (!bundle_write(&b, (struct bundle_sink){t, memory_write}, a, &length, e))
        return err_wrap(e, "%s", path);
    ret->digest = s.digest;
    ret->bundle = bytes_slice(text_bytes(t), 0, (size_t)length);
    return true;
}

bool reference_learn(const char *const *paths, size_t count, struct reference node,
                     struct arena *a, struct bytes *ret, struct err *e)
{
    struct learned *all = ARENA_ARRAY(a, struct learned, count);
    struct text t;
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (!learn_one(paths[i], node.quality, a, &all[i], e))
            return false;
    }
    qsort(all, count, sizeof(*all), learned_order);
    node.sources = ARENA_ARRAY(a, struct digest, count);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && digest_equal(&all[i].digest, &all[i - 1].digest))
            continue;
        node.sources[kept] = all[i].digest;
        all[kept++] = all[i];
    }
    node.count = kept;
    text_init(&t, a, LOAD_MAX);
    cbor_array(&t, 3);
    cbor_text(&t, magic);
    cbor_bytes(&t, reference_encode(&node, a));
    cbor_array(&t, kept);
    for (size_t i = 0; i < kept; i++)
        cbor_bytes(&t, all[i].bundle);
    if (t.overflow)
        return err_set(e, ERR_LIMIT, "the reference file is too large");
    *ret = text_bytes(&t);
    return true;
}
