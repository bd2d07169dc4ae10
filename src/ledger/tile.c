/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/tile.h"

#include <string.h>

#include "base/reader.h"

enum {
    GROUPS_MAX = 7 /* of three digits: 2^63 has 19 */
};

/* "tile/0/x001/234" */
static size_t place_name(struct tile t, char ret[TILE_NAME_SIZE])
{
    unsigned groups[GROUPS_MAX];
    uint64_t rest = t.index;
    size_t count = 0;
    size_t len;

    do {
        groups[count++] = (unsigned)(rest % 1000);
        rest /= 1000;
    } while (rest > 0);
    if (t.level == TILE_ENTRIES)
        len = bytes_format(ret, TILE_NAME_SIZE, "tile/entries").len;
    else
        len = bytes_format(ret, TILE_NAME_SIZE, "tile/%u", t.level).len;
    while (count-- > 0)
        len += bytes_format(ret + len, TILE_NAME_SIZE - len, "/%s%03u", count > 0 ? "x" : "",
                            groups[count])
                   .len;
    return len;
}

void tile_name(struct tile t, char ret[TILE_NAME_SIZE])
{
    size_t len = place_name(t, ret);

    if (t.width < TILE_WIDTH)
        (void)bytes_format(ret + len, TILE_NAME_SIZE - len, ".p/%u", t.width);
}

void tile_partials_name(struct tile t, char ret[TILE_NAME_SIZE])
{
    size_t len = place_name(t, ret);

    (void)bytes_format(ret + len, TILE_NAME_SIZE - len, ".p");
}

unsigned tile_width(unsigned level, uint64_t index, uint64_t size)
{
    uint64_t hashes = level == TILE_ENTRIES ? size : size >> (8 * level);
    uint64_t full = hashes / TILE_WIDTH;

    if (index > full)
        return 0;
    return index < full ? TILE_WIDTH : (unsigned)(hashes % TILE_WIDTH);
}

struct digest tile_subtree(const uint8_t *hashes, unsigned count)
{
    struct digest level[TILE_WIDTH];

    memcpy(level, hashes, count * sizeof(level[0]));
    for (; count > 1; count /= 2) {
        for (unsigned i = 0; i < count / 2; i++)
            level[i] = merkle_node(&level[2 * (size_t)i], &level[2 * (size_t)i + 1]);
    }
    return level[0];
}

bool tile_entry_next(struct bytes *rest, struct bytes *ret)
{
    struct reader r = reader_of(*rest, 0, 0);

    *ret = reader_take(&r, reader_u16be(&r));
    *rest = bytes_slice(*rest, r.pos, SIZE_MAX);
    return !r.failed;
}
