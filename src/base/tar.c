/* SPDX-License-Identifier: Apache-2.0 */
#include "base/tar.h"

#include <string.h>

#include "base/arena.h"

enum {
    AT_MODE = 100,
    AT_UID = 108,
    AT_GID = 116,
    AT_SIZE = 124,
    SIZE_DIGITS = 11,
    AT_TIME = 136,
    AT_CHECKSUM = 148,
    CHECKSUM_FIELD = 8,
    AT_TYPE = 156,
    AT_MAGIC = 257,
    AT_DEVICE_MAJOR = 329,
    AT_DEVICE_MINOR = 337,
};

/* `digits` octal digits; the byte after them stays NUL. */
static void put_octal(uint8_t *at, unsigned digits, uint64_t value)
{
    for (unsigned i = digits; i > 0; i--) {
        at[i - 1] = (uint8_t)('0' + (value & 7));
        value >>= 3;
    }
}

void tar_header(struct bytes name, uint64_t size, uint8_t ret[TAR_BLOCK])
{
    uint64_t sum = 0;

    if (name.len > TAR_NAME_MAX || size > TAR_SIZE_MAX)
        BUG("a tar header cannot hold this name or size");
    memset(ret, 0, TAR_BLOCK);
    if (name.len > 0)
        memcpy(ret, name.data, name.len);
    put_octal(ret + AT_MODE, 7, 0644);
    put_octal(ret + AT_UID, 7, 0);
    put_octal(ret + AT_GID, 7, 0);
    put_octal(ret + AT_SIZE, SIZE_DIGITS, size);
    put_octal(ret + AT_TIME, 11, 0);
    ret[AT_TYPE] = '0';
    memcpy(ret + AT_MAGIC,
           "ustar\0"
           "00",
           8);
    put_octal(ret + AT_DEVICE_MAJOR, 7, 0);
    put_octal(ret + AT_DEVICE_MINOR, 7, 0);
    /* The checksum is taken with its own field full of blanks. */
    memset(ret + AT_CHECKSUM, ' ', CHECKSUM_FIELD);
    for (size_t i = 0; i < TAR_BLOCK; i++)
        sum += ret[i];
    put_octal(ret + AT_CHECKSUM, 6, sum);
    ret[AT_CHECKSUM + 6] = '\0';
}

size_t tar_padding(uint64_t size)
{
    return (size_t)(-size % TAR_BLOCK);
}

bool tar_header_read(struct bytes block, struct bytes *ret_name, uint64_t *ret_size)
{
    uint8_t again[TAR_BLOCK];
    uint64_t size = 0;
    size_t n = 0;

    if (block.len != TAR_BLOCK)
        return false;
    while (n < TAR_NAME_MAX && block.data[n] != '\0')
        n++;
    for (size_t i = 0; i < SIZE_DIGITS; i++)
        size = size << 3 | (block.data[AT_SIZE + i] & 7U);
    struct bytes name = bytes_slice(block, 0, n);

    tar_header(name, size, again);
    if (n == 0 || memcmp(again, block.data, TAR_BLOCK) != 0)
        return false;
    *ret_name = name;
    *ret_size = size;
    return true;
}
