/* SPDX-License-Identifier: Apache-2.0 */
#include "reference/reference.h"

#include <string.h>

#include "evidence/cbor.h"

enum {
    NODE_MAX = 1 << 20
};

static const char *const quality_names[] = {
    [QUALITY_SIGNED_VENDOR] = "signed-vendor", [QUALITY_VENDOR_IMAGE] = "vendor-image",
    [QUALITY_GOLDEN_SAMPLE] = "golden-sample", [QUALITY_PEER_CONSENSUS] = "peer-consensus",
    [QUALITY_KNOWN_BAD] = "known-bad",
};

const char *quality_name(enum quality q)
{
    return quality_names[q];
}

bool quality_by_name(struct bytes name, enum quality *ret)
{
    for (size_t i = 0; i < ARRAY_LEN(quality_names); i++) {
        if (bytes_equal_text(name, quality_names[i])) {
            *ret = (enum quality)i;
            return true;
        }
    }
    return false;
}

struct bytes reference_encode(const struct reference *r, struct arena *a)
{
    struct text t;

    text_init(&t, a, NODE_MAX);
    cbor_array(&t, 4);
    cbor_uint(&t, r->quality);
    cbor_bytes(&t, r->authority);
    cbor_bytes(&t, r->time);
    cbor_array(&t, r->count);
    for (size_t i = 0; i < r->count; i++)
        cbor_bytes(&t, (struct bytes){r->sources[i].bytes, sizeof(r->sources[i].bytes)});
    return text_bytes(&t);
}

bool reference_decode(struct bytes node, struct arena *a, struct reference *ret, struct err *e)
{
    struct reader in = reader_of(node, 0, 0);
    bool good = cbor_read_array(&in) == 4;
    uint64_t quality = cbor_read_uint(&in);
    struct reference r = {.quality = (enum quality)quality};

    r.authority = cbor_read_bytes(&in);
    r.time = cbor_read_bytes(&in);
    uint64_t count = cbor_read_array(&in);

    good = good && quality <= QUALITY_KNOWN_BAD && count > 0 && count <= REFERENCE_SOURCES_MAX;
    r.sources = ARENA_ARRAY(a, struct digest, good ? count : 1);
    for (uint64_t i = 0; good && i < count; i++) {
        struct bytes d = cbor_read_bytes(&in);

        good = d.len == SHA256_SIZE;
        if (good)
            memcpy(r.sources[i].bytes, d.data, d.len);
        if (good && i > 0)
            good = memcmp(r.sources[i - 1].bytes, r.sources[i].bytes, SHA256_SIZE) < 0;
        r.count++;
    }
    if (!good || in.failed || reader_more(&in))
        return err_set(e, ERR_INPUT, "the reference node is not canonical at byte %zu", in.pos);
    *ret = r;
    return true;
}

struct digest reference_digest(const struct reference *r, struct arena *a)
{
    return node_digest("reference", 1, reference_encode(r, a));
}
