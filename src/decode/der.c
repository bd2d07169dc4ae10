/* SPDX-License-Identifier: Apache-2.0 */
/* ITU-T X.690, sections 8.1 (elements), 8.19 (object identifiers) and 10.1 (lengths in DER). */
#include "decode/der.h"

#include "base/text.h"

enum {
    LONG_TAG = 0x1f,
    OID_TEXT_MAX = 256
};

static bool refuse(struct reader *r, size_t at)
{
    r->failed = true;
    r->fail_offset = r->base + at;
    return false;
}

bool der_next(struct reader *r, struct der *ret)
{
    size_t start = r->pos;
    uint8_t tag = reader_u8(r);
    uint64_t length = reader_u8(r);

    *ret = (struct der){.tag = tag};
    if (r->failed || (tag & LONG_TAG) == LONG_TAG || length == 0x80 || length > 0x84)
        return refuse(r, start);
    if (length > 0x80) {
        unsigned width = (unsigned)length & 7;

        length = reader_uint(r, width, true);
        bool shortest = length >= 0x80 && length >> (8 * (width - 1)) != 0;

        if (r->failed || !shortest)
            return refuse(r, start);
    }
    if (length > reader_left(r))
        return refuse(r, start);
    ret->content = reader_sub(r, (size_t)length);
    ret->whole = bytes_slice(r->all, start, r->pos - start);
    return true;
}

bool der_expect(struct reader *r, uint8_t tag, struct der *ret)
{
    size_t start = r->pos;

    if (!der_next(r, ret))
        return false;
    return ret->tag == tag || refuse(r, start);
}

struct bytes der_oid_text(struct arena *a, struct bytes content)
{
    struct text t;
    uint64_t arc = 0;
    bool first = true;

    text_init(&t, a, OID_TEXT_MAX);
    for (size_t i = 0; i < content.len; i++) {
        if (arc > UINT64_MAX >> 7)
            return bytes_of("");
        arc = arc << 7 | (content.data[i] & 0x7f);
        if ((content.data[i] & 0x80) != 0)
            continue;
        if (first) {
            uint64_t top = arc < 80 ? arc / 40 : 2;

            text_uint(&t, top);
            arc -= top * 40;
        }
        first = false;
        text_char(&t, '.');
        text_uint(&t, arc);
        arc = 0;
    }
    bool cut = content.len > 0 && (content.data[content.len - 1] & 0x80) != 0;

    return cut || t.overflow ? bytes_of("") : text_bytes(&t);
}
