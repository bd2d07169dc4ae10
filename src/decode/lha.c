/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/lha.h"

#include "base/reader.h"

enum {
    PACKED = 7,
    LENGTH = 11,
    TIME = 15,
    LEVEL = 20,
    NAME_LENGTH = 21,
    NAME = 22,
    BASE_MIN = 24, /* levels 0 and 1, without a name */
    LEVEL_2_MIN = 26,
    LEVEL_2_CRC = 21,
    EXTENSION_MIN = 3,
    EXTENSION_NAME = 1,
    EXTENSIONS_MAX = 32,
    POLYNOMIAL = 0xa001
};

uint16_t lha_crc(struct bytes b)
{
    uint16_t crc = 0;

    for (size_t i = 0; i < b.len; i++) {
        crc ^= b.data[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = (uint16_t)((crc & 1) != 0 ? crc >> 1 ^ POLYNOMIAL : crc >> 1);
    }
    return crc;
}

static bool sum_good(struct bytes b, size_t size)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < size; i++)
        sum = (uint8_t)(sum + b.data[2 + i]);
    return sum == b.data[1];
}

/* The extensions from `at`, whose first one's length stands in the two bytes before. The bytes
 * that they take, or SIZE_MAX if they do not lie in `b`. */
static size_t extensions(struct bytes b, size_t at, struct lha_member *m)
{
    size_t begin = at;
    size_t size = (size_t)bytes_uint(b, at - 2, 2, false);

    for (unsigned n = 0; size > 0; n++) {
        struct bytes e = bytes_slice(b, at, size);

        if (e.len < size || size < EXTENSION_MIN || n == EXTENSIONS_MAX)
            return SIZE_MAX;
        if (e.data[0] == EXTENSION_NAME)
            m->name = bytes_slice(e, 1, size - EXTENSION_MIN);
        at += size;
        size = (size_t)bytes_uint(b, at - 2, 2, false);
    }
    return at - begin;
}

/* Levels 0 and 1: a length of one byte and a checksum. */
static bool base_header(struct bytes b, struct lha_member *m)
{
    size_t size = b.data[0];
    size_t names = b.data[NAME_LENGTH];

    if (b.len - 2 < size || size + 2 < BASE_MIN + names || !sum_good(b, size))
        return false;
    m->name = bytes_slice(b, NAME, names);
    m->crc = (uint16_t)bytes_uint(b, NAME + names, 2, false);
    m->header = size + 2;
    if (m->level == 0)
        return true;
    size_t more = size + 2 >= BASE_MIN + names + 3 ? extensions(b, size + 2, m) : SIZE_MAX;

    if (more == SIZE_MAX || more > m->packed)
        return false;
    m->packed -= more;
    m->header += more;
    return true;
}

bool lha_member_at(struct bytes b, struct lha_member *ret)
{
    bool good = false;

    if (b.len < LEVEL_2_MIN || b.data[2] != '-' || b.data[3] != 'l' || b.data[4] != 'h' ||
        b.data[6] != '-')
        return false;
    *ret = (struct lha_member){
        .method = bytes_slice(b, LHA_MARK, LHA_METHOD),
        .packed = bytes_u32le(b, PACKED),
        .length = bytes_u32le(b, LENGTH),
        .time = bytes_u32le(b, TIME),
        .level = b.data[LEVEL],
    };
    if (ret->level < 2)
        good = base_header(b, ret);
    if (ret->level == 2) {
        size_t more = extensions(b, LEVEL_2_MIN, ret);

        ret->header = (size_t)bytes_uint(b, 0, 2, false);
        ret->crc = (uint16_t)bytes_uint(b, LEVEL_2_CRC, 2, false);
        good = more != SIZE_MAX && ret->header >= LEVEL_2_MIN + more && ret->header <= b.len;
    }
    return good && ret->packed <= b.len - ret->header;
}
