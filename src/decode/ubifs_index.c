/* SPDX-License-Identifier: Apache-2.0 */
/* Which nodes of UBIFS count: those of the index, and what the journal holds since then. */
#include <stdlib.h>

#include "decode/ubifs.h"

enum {
    INDEX_HEADER = 28,
    DATA_BLOCK_BITS = 0x1fffffff,
    MASTER = 512,
    TRUNCATION = 56,
};

/* The first node at this place or behind it. */
static size_t node_from(const struct ubifs *u, uint64_t at)
{
    size_t low = 0;
    size_t high = u->nodes.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (u->nodes.rows[middle].at < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The node at this place, as an index; SIZE_MAX if there is none. */
static size_t node_find(const struct ubifs *u, uint64_t at)
{
    size_t n = node_from(u, at);

    return n < u->nodes.count && u->nodes.rows[n].at == at ? n : SIZE_MAX;
}

/* The newest master node: the last one in either copy. */
static size_t master_find(const struct ubifs *u)
{
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < u->nodes.count && u->nodes.rows[i].at < UF_LOG_FIRST * u->block_size;
         i++) {
        const struct uf_node *n = &u->nodes.rows[i];
        bool newer = best == SIZE_MAX || n->sequence > u->nodes.rows[best].sequence;

        if (n->type == UF_TYPE_MASTER && n->length >= MASTER && newer)
            best = i;
    }
    return best;
}

static void inode_add(struct ubifs *u, size_t node)
{
    const struct uf_node *n = &u->nodes.rows[node];
    struct uf_inode row = {(uint32_t)uf_number(u, n->at + 24, 4), n->sequence, node};
    uint64_t length = uf_number(u, n->at + 112, 4);

    if (n->length < UF_INODE || length > n->length - UF_INODE) {
        uf_fault(u, FAULT_BAD_LENGTH, n->at + 16);
        return;
    }
    arena_grow(u->d->arena, &u->inodes.rows, u->inodes.count, &u->inodes.cap, sizeof(row));
    u->inodes.rows[u->inodes.count++] = row;
}

static void entry_add(struct ubifs *u, size_t node)
{
    const struct uf_node *n = &u->nodes.rows[node];
    size_t length = (size_t)uf_number(u, n->at + 50, 2);
    struct uf_entry row = {
        .folder = (uint32_t)uf_number(u, n->at + 24, 4),
        .attribute = n->type == UF_TYPE_XATTR,
        .name = bytes_slice(u->all, n->at + UF_ENTRY, length),
        .ino = uf_number(u, n->at + 40, 8),
        .sequence = n->sequence,
        .node = node,
    };

    if (n->length < UF_ENTRY || length > n->length - UF_ENTRY) {
        uf_fault(u, FAULT_BAD_LENGTH, n->at + 16);
        return;
    }
    arena_grow(u->d->arena, &u->entries.rows, u->entries.count, &u->entries.cap, sizeof(row));
    u->entries.rows[u->entries.count++] = row;
}

static void data_add(struct ubifs *u, size_t node)
{
    const struct uf_node *n = &u->nodes.rows[node];
    struct uf_data row = {
        .ino = (uint32_t)uf_number(u, n->at + 24, 4),
        .block = (uint32_t)uf_number(u, n->at + 28, 4) & DATA_BLOCK_BITS,
        .sequence = n->sequence,
        .node = node,
    };

    if (n->length < UF_DATA) {
        uf_fault(u, FAULT_BAD_LENGTH, n->at + 16);
        return;
    }
    arena_grow(u->d->arena, &u->data.rows, u->data.count, &u->data.cap, sizeof(row));
    u->data.rows[u->data.count++] = row;
}

static void truncation_add(struct ubifs *u, size_t node)
{
    const struct uf_node *n = &u->nodes.rows[node];
    struct uf_truncation row = {(uint32_t)uf_number(u, n->at + 24, 4),
                                uf_number(u, n->at + 48, 8), n->sequence};

    if (n->length < TRUNCATION) {
        uf_fault(u, FAULT_BAD_LENGTH, n->at + 16);
        return;
    }
    u->nodes.rows[node].live = true;
    arena_grow(u->d->arena, &u->truncations.rows, u->truncations.count, &u->truncations.cap,
               sizeof(row));
    u->truncations.rows[u->truncations.count++] = row;
}

/* A node that counts. Twice is once. */
static void choose(struct ubifs *u, size_t node)
{
    struct uf_node *n = &u->nodes.rows[node];

    if (n->chosen)
        return;
    n->chosen = true;
    if (n->type == UF_TYPE_INODE)
        inode_add(u, node);
    else if (n->type == UF_TYPE_ENTRY || n->type == UF_TYPE_XATTR)
        entry_add(u, node);
    else if (n->type == UF_TYPE_DATA)
        data_add(u, node);
    else if (n->type == UF_TYPE_TRUNCATION)
        truncation_add(u, node);
}

/* What branch `i` of an index node leads to; SIZE_MAX with a fault if to nothing. */
static size_t branch_target(const struct ubifs *u, const struct uf_node *n, size_t i)
{
    size_t at = n->at + INDEX_HEADER + i * u->branch;
    uint64_t block = uf_number(u, at, 4);
    size_t target = node_find(u, block * u->block_size + uf_number(u, at + 4, 4));

    if (target == SIZE_MAX || u->nodes.rows[target].length != uf_number(u, at + 8, 4)) {
        uf_fault(u, FAULT_BAD_REFERENCE, at);
        return SIZE_MAX;
    }
    return target;
}

/* The branches of one index node: leaves are chosen, others wait in `queue`. */
static void index_node(struct ubifs *u, size_t node, size_t *queue, size_t *count)
{
    struct uf_node *n = &u->nodes.rows[node];
    size_t branches = (size_t)uf_number(u, n->at + 24, 2);
    uint64_t level = uf_number(u, n->at + 26, 2);

    n->live = true;
    if (n->type != UF_TYPE_INDEX || n->length < INDEX_HEADER ||
        branches > (n->length - INDEX_HEADER) / u->branch) {
        uf_fault(u, FAULT_BAD_COUNT, n->at + 24);
        return;
    }
    for (size_t i = 0; i < branches; i++) {
        size_t target = branch_target(u, n, i);

        if (target == SIZE_MAX)
            continue;
        if (level == 0) {
            choose(u, target);
        } else if (u->nodes.rows[target].chosen) {
            uf_fault(u, FAULT_LOOP, n->at + INDEX_HEADER + i * u->branch);
        } else {
            u->nodes.rows[target].chosen = true;
            queue[(*count)++] = target;
        }
    }
}

static bool index_walk(struct ubifs *u, size_t master)
{
    const struct uf_node *m = &u->nodes.rows[master];
    uint64_t block = uf_number(u, m->at + 48, 4);
    size_t root = node_find(u, block * u->block_size + uf_number(u, m->at + 52, 4));
    size_t *queue = ARENA_ARRAY(u->d->arena, size_t, u->nodes.count + 1);
    size_t count = 0;

    if (root == SIZE_MAX || u->nodes.rows[root].type != UF_TYPE_INDEX) {
        uf_fault(u, FAULT_BAD_REFERENCE, m->at + 48);
        return false;
    }
    u->nodes.rows[root].chosen = true;
    queue[count++] = root;
    for (size_t i = 0; i < count; i++)
        index_node(u, queue[i], queue, &count);
    return true;
}

/*
 * The nodes from a place in an eraseblock to the eraseblock's end. `from` holds for each
 * eraseblock where the nodes begin that were looked at already.
 */
static void bud(struct ubifs *u, uint64_t block, uint64_t offset, uint64_t *from)
{
    if (block >= u->all.len / u->block_size + 1 || offset >= from[block])
        return;
    uint64_t at = block * u->block_size + offset;
    uint64_t end = block * u->block_size + from[block];

    from[block] = offset;
    for (size_t i = node_from(u, at); i < u->nodes.count && u->nodes.rows[i].at < end; i++)
        choose(u, i);
}

/* The references that the log holds since the commit of the master. */
static void journal(struct ubifs *u, size_t master)
{
    uint64_t commit = uf_number(u, u->nodes.rows[master].at + 32, 8);
    size_t end =
        (size_t)(UF_LOG_FIRST + decode_value(u->d, KEY_UBIFS_LOG_BLOCKS)) * u->block_size;
    uint64_t since = UINT64_MAX;
    size_t blocks = u->all.len / u->block_size + 1;
    uint64_t *from = ARENA_ARRAY(u->d->arena, uint64_t, blocks);

    for (size_t i = 0; i < blocks; i++)
        from[i] = u->block_size;
    for (size_t i = 0; i < u->nodes.count && u->nodes.rows[i].at < end; i++) {
        const struct uf_node *n = &u->nodes.rows[i];

        if (n->type == UF_TYPE_COMMIT && n->length >= 32 &&
            uf_number(u, n->at + 24, 8) == commit)
            since = n->sequence;
    }
    for (size_t i = 0; i < u->nodes.count && u->nodes.rows[i].at < end; i++) {
        struct uf_node *n = &u->nodes.rows[i];

        if (n->type != UF_TYPE_REFERENCE || n->length < 36 || n->sequence < since)
            continue;
        n->live = true;
        bud(u, uf_number(u, n->at + 24, 4), uf_number(u, n->at + 28, 4), from);
    }
}

static int three_way(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int inode_order(const void *left, const void *right)
{
    const struct uf_inode *a = left;
    const struct uf_inode *b = right;
    int order = three_way(a->ino, b->ino);

    if (order == 0)
        order = three_way(a->sequence, b->sequence);
    return order != 0 ? order : three_way(a->node, b->node);
}

static int entry_order(const void *left, const void *right)
{
    const struct uf_entry *a = left;
    const struct uf_entry *b = right;
    int order = three_way(a->folder, b->folder);

    if (order == 0)
        order = three_way(a->attribute, b->attribute);
    if (order == 0)
        order = bytes_compare(a->name, b->name);
    if (order == 0)
        order = three_way(a->sequence, b->sequence);
    return order != 0 ? order : three_way(a->node, b->node);
}

static int data_order(const void *left, const void *right)
{
    const struct uf_data *a = left;
    const struct uf_data *b = right;
    int order = three_way(a->ino, b->ino);

    if (order == 0)
        order = three_way(a->block, b->block);
    if (order == 0)
        order = three_way(a->sequence, b->sequence);
    return order != 0 ? order : three_way(a->node, b->node);
}

static int truncation_order(const void *left, const void *right)
{
    const struct uf_truncation *a = left;
    const struct uf_truncation *b = right;
    int order = three_way(a->ino, b->ino);

    if (order == 0)
        order = three_way(a->sequence, b->sequence);
    return order != 0 ? order : three_way(a->size, b->size);
}

typedef int row_order(const void *left, const void *right);

static void sort(void *rows, size_t count, size_t size, row_order *order)
{
    if (count > 1)
        qsort(rows, count, size, order);
}

/* What counts of all later ones is the smallest size. */
static void truncations_fold(struct ubifs *u)
{
    for (size_t i = u->truncations.count; i-- > 1;) {
        const struct uf_truncation *later = &u->truncations.rows[i];
        struct uf_truncation *t = &u->truncations.rows[i - 1];

        if (t->ino == later->ino && later->size < t->size)
            t->size = later->size;
    }
}

void uf_choose(struct ubifs *u)
{
    size_t master = master_find(u);
    bool indexed = false;

    if (master == SIZE_MAX)
        uf_fault(u, FAULT_MISSING, u->block_size);
    else
        indexed = index_walk(u, master);
    if (indexed)
        journal(u, master);
    for (size_t i = 0; i < u->nodes.count && !indexed; i++) {
        if (u->nodes.rows[i].at >= UF_LOG_FIRST * u->block_size)
            choose(u, i);
    }
    u->master = master;
    sort(u->inodes.rows, u->inodes.count, sizeof(*u->inodes.rows), inode_order);
    sort(u->entries.rows, u->entries.count, sizeof(*u->entries.rows), entry_order);
    sort(u->data.rows, u->data.count, sizeof(*u->data.rows), data_order);
    sort(u->truncations.rows, u->truncations.count, sizeof(*u->truncations.rows),
         truncation_order);
    truncations_fold(u);
}
