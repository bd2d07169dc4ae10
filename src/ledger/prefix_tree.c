/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/prefix_tree.h"

#include <string.h>

/* The first byte of what is hashed says what it is. */
enum {
    TAG_LEAF = 0x00,
    TAG_NODE = 0x01,
    TAG_ROOT = 0x03,
    LEAF_MAX = 256
};

struct bytes prefix_leaf(const struct prefix_leaves *l, size_t i)
{
    return (struct bytes){l->data.data + i * l->size, l->size};
}

/* Eight bytes as a number; compilers make one load of it. */
static uint64_t eight(const uint8_t *at)
{
    return (uint64_t)at[0] << 56 | (uint64_t)at[1] << 48 | (uint64_t)at[2] << 40 |
           (uint64_t)at[3] << 32 | (uint64_t)at[4] << 24 | (uint64_t)at[5] << 16 |
           (uint64_t)at[6] << 8 | at[7];
}

unsigned prefix_common(const uint8_t *a, const uint8_t *b)
{
    for (unsigned i = 0; i < PREFIX_INDEX_SIZE; i += 8) {
        uint64_t differ = eight(a + i) ^ eight(b + i);

        if (differ != 0)
            return 8 * i + (unsigned)__builtin_clzll(differ);
    }
    return PREFIX_DEPTH_MAX;
}

bool prefix_leaves_take(enum prefix_kind kind, struct bytes data, size_t size,
                        struct prefix_leaves *ret, struct err *e)
{
    struct prefix_leaves l = {kind, data, size, data.len / size};

    if (data.len % size != 0)
        return err_set(e, ERR_INPUT, "the last leaf is cut off");
    if (l.count > PREFIX_LEAVES_MAX)
        return err_set(e, ERR_LIMIT, "more than %d leaves", PREFIX_LEAVES_MAX);
    for (size_t i = 0; i < l.count; i++) {
        struct bytes leaf = prefix_leaf(&l, i);
        struct aggregate said = aggregate_unpack(leaf.data + size - AGGREGATE_SIZE);
        int order = i > 0 ? memcmp(leaf.data - size, leaf.data, PREFIX_INDEX_SIZE) : -1;

        if (order >= 0)
            return err_set(e, ERR_INPUT,
                           order == 0 ? "leaf %zu has the index of the one before it"
                                      : "leaf %zu is out of order",
                           i);
        if (!aggregate_of_leaf(kind, &said))
            return err_set(e, ERR_INPUT, "leaf %zu counts what no single leaf can", i);
    }
    *ret = l;
    return true;
}

size_t prefix_find(const struct prefix_leaves *l, const uint8_t *index, bool *ret_found)
{
    size_t low = 0;
    size_t high = l->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memcmp(prefix_leaf(l, middle).data, index, PREFIX_INDEX_SIZE) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_found =
        low < l->count && memcmp(prefix_leaf(l, low).data, index, PREFIX_INDEX_SIZE) == 0;
    return low;
}

size_t prefix_split(const struct prefix_leaves *l, size_t first, size_t end, unsigned depth)
{
    while (first < end) {
        size_t middle = first + (end - first) / 2;

        if (prefix_bit(prefix_leaf(l, middle).data, depth) == 0)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

struct digest prefix_leaf_hash(struct bytes leaf)
{
    uint8_t room[1 + LEAF_MAX] = {TAG_LEAF};

    if (leaf.len > LEAF_MAX)
        BUG("a leaf is larger than any kind of leaf");
    memcpy(room + 1, leaf.data, leaf.len);
    return digest_sha256((struct bytes){room, 1 + leaf.len});
}

static struct prefix_value value_of(const struct digest *hash, const uint8_t *sum)
{
    struct prefix_value v;

    memcpy(v.bytes, hash->bytes, SHA256_SIZE);
    memcpy(v.bytes + SHA256_SIZE, sum, AGGREGATE_SIZE);
    return v;
}

struct prefix_value prefix_value_leaf(struct bytes leaf)
{
    struct digest hash = prefix_leaf_hash(leaf);

    return value_of(&hash, leaf.data + leaf.len - AGGREGATE_SIZE);
}

/* SHA-256(0x02), then the sum of nobody: proofs compare every value with it. */
static const struct prefix_value none = {
    {0xdb, 0xc1, 0xb4, 0xc9, 0x00, 0xff, 0xe4, 0x8d, 0x57, 0x5b, 0x5d, 0xa5, 0xc6, 0x38, 0x04,
     0x01, 0x25, 0xf6, 0x5d, 0xb0, 0xfe, 0x3e, 0x24, 0x49, 0x4b, 0x76, 0xea, 0x98, 0x64, 0x57,
     0xd9, 0x86, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
     0, 0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff, 0xff, 0, 0, 0}
};

struct prefix_value prefix_value_none(void)
{
    return none;
}

struct digest prefix_value_hash(const struct prefix_value *v)
{
    struct digest d;

    memcpy(d.bytes, v->bytes, sizeof(d.bytes));
    return d;
}

struct aggregate prefix_value_sum(const struct prefix_value *v)
{
    return aggregate_unpack(v->bytes + SHA256_SIZE);
}

void prefix_node_hash(const uint8_t left[PREFIX_VALUE_SIZE],
                      const uint8_t right[PREFIX_VALUE_SIZE], uint8_t ret[SHA256_SIZE])
{
    uint8_t room[1 + 2 * PREFIX_VALUE_SIZE];

    room[0] = TAG_NODE;
    memcpy(room + 1, left, PREFIX_VALUE_SIZE);
    memcpy(room + 1 + PREFIX_VALUE_SIZE, right, PREFIX_VALUE_SIZE);
    struct digest hash = digest_sha256((struct bytes){room, sizeof(room)});

    memcpy(ret, hash.bytes, SHA256_SIZE);
}

bool prefix_value_node(const struct prefix_value *left, const struct prefix_value *right,
                       struct prefix_value *ret)
{
    struct aggregate a = prefix_value_sum(left);
    struct aggregate b = prefix_value_sum(right);
    struct aggregate both;

    if (!aggregate_add(&a, &b, &both))
        return false;
    prefix_node_hash(left->bytes, right->bytes, ret->bytes);
    aggregate_pack(&both, ret->bytes + SHA256_SIZE);
    return true;
}

struct digest prefix_root(enum prefix_kind kind, struct bytes origin, uint32_t epoch,
                          const struct prefix_value *root)
{
    const uint8_t number[] = {(uint8_t)(epoch >> 24), (uint8_t)(epoch >> 16),
                              (uint8_t)(epoch >> 8), (uint8_t)epoch};
    const uint8_t tag = TAG_ROOT;
    const struct bytes about[] = {
        bytes_of(kind == PREFIX_SERVERS ? "fleetledger/v1" : "alias/v1"),
        origin,
        {number, sizeof(number)},
    };
    uint8_t context[DIGEST_MAX];
    uint8_t said[DIGEST_MAX];
    struct digest ret;

    digest_parts(DIGEST_SHA256, about, ARRAY_LEN(about), context);
    const struct bytes all[] = {
        {&tag,        1                  },
        {context,     SHA256_SIZE        },
        {root->bytes, sizeof(root->bytes)}
    };

    digest_parts(DIGEST_SHA256, all, ARRAY_LEN(all), said);
    memcpy(ret.bytes, said, sizeof(ret.bytes));
    return ret;
}
