/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/attributes.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/hmac.h"

enum {
    TAG_COMMITMENT = 0x10,
    TAG_ATTRIBUTE = 0x11,
    TAG_ALIAS = 0x12
};

static struct attribute_salt salt_of(const struct salt_master *m, const struct bytes *parts,
                                     size_t count)
{
    struct digest mac = hmac_sha256((struct bytes){m->bytes, sizeof(m->bytes)}, parts, count);
    struct attribute_salt s;

    memcpy(s.bytes, mac.bytes, sizeof(s.bytes));
    return s;
}

struct attribute_salt attribute_salt_of(const struct salt_master *m, uint32_t since,
                                        const struct digest *index, struct bytes name)
{
    const uint8_t number[] = {(uint8_t)(since >> 24), (uint8_t)(since >> 16),
                              (uint8_t)(since >> 8), (uint8_t)since};
    const struct bytes parts[] = {
        bytes_of("salt/v1"),
        {number,       sizeof(number)      },
        {index->bytes, sizeof(index->bytes)},
        name
    };

    return salt_of(m, parts, ARRAY_LEN(parts));
}

struct attribute_salt alias_salt_of(const struct salt_master *m, const struct digest *index)
{
    const struct bytes parts[] = {
        bytes_of("alias-salt/v1"), {index->bytes, sizeof(index->bytes)}
    };

    return salt_of(m, parts, ARRAY_LEN(parts));
}

static void begin_tagged(struct digest_stream *s, uint8_t tag)
{
    digest_begin(s);
    digest_more(s, (struct bytes){&tag, 1});
}

struct digest attribute_digest(const struct attribute_salt *salt, const struct attribute *a)
{
    const uint8_t length = (uint8_t)a->name.len;
    struct digest_stream s;

    begin_tagged(&s, TAG_ATTRIBUTE);
    digest_more(&s, (struct bytes){salt->bytes, sizeof(salt->bytes)});
    digest_more(&s, (struct bytes){&length, 1});
    digest_more(&s, a->name);
    digest_more(&s, a->value);
    return digest_end(&s);
}

static int digest_order(const void *left, const void *right)
{
    return memcmp(left, right, sizeof(struct digest));
}

struct digest attributes_commit(struct digest *digests, size_t count)
{
    struct digest_stream s;

    if (count > 1)
        qsort(digests, count, sizeof(*digests), digest_order);
    begin_tagged(&s, TAG_COMMITMENT);
    for (size_t i = 0; i < count; i++)
        digest_more(&s, (struct bytes){digests[i].bytes, sizeof(digests[i].bytes)});
    return digest_end(&s);
}

struct digest alias_value(const struct attribute_salt *salt, const struct digest *server)
{
    struct digest_stream s;

    begin_tagged(&s, TAG_ALIAS);
    digest_more(&s, (struct bytes){salt->bytes, sizeof(salt->bytes)});
    digest_more(&s, (struct bytes){server->bytes, sizeof(server->bytes)});
    return digest_end(&s);
}

static bool attribute_fits(const struct attribute *all, size_t i)
{
    for (size_t other = 0; other < i; other++) {
        if (bytes_equal(all[i].name, all[other].name))
            return false;
    }
    return all[i].name.len <= ATTRIBUTE_NAME_MAX && all[i].value.len <= ATTRIBUTE_VALUE_MAX;
}

bool attributes_digest(const struct salt_master *m, uint32_t since, const struct digest *index,
                       const struct attribute *all, size_t count, struct digest *ret)
{
    for (size_t i = 0; i < count; i++) {
        if (!attribute_fits(all, i))
            return false;
        struct attribute_salt salt = attribute_salt_of(m, since, index, all[i].name);

        ret[i] = attribute_digest(&salt, &all[i]);
    }
    return true;
}
