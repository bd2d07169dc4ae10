/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What nobody who reads a compressed image can do without: LZMA-decode its compressed sections
 * and SHA-256 the image and what comes out.
 *
 * usage: firmware-floor IMAGE
 *
 * Sections are found by the GUID of LZMA with a sound header before it. Prints bytes in and
 * out.
 */
#include <fcntl.h>
#include <lzma.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint8_t guid[16] = {0x98, 0x58, 0x4e, 0xee, 0x14, 0x39, 0x59, 0x42,
                                 0x9d, 0x6e, 0xdc, 0x7b, 0xd7, 0x94, 0x03, 0xcf};

static void hash(const uint8_t *data, size_t len)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    if (EVP_Digest(data, len, digest, &size, EVP_sha256(), NULL) != 1)
        exit(2);
}

/* Decodes one stream and hashes what comes out. Returns its length, 0 if it is none. */
static size_t unpack(const uint8_t *in, size_t len)
{
    lzma_stream s = LZMA_STREAM_INIT;
    uint64_t size = 0;

    if (len < 14)
        return 0;
    memcpy(&size, in + 5, sizeof(size));
    if (size == 0 || size > UINT64_C(1) << 30)
        return 0;
    uint8_t *out = malloc((size_t)size);

    if (out == NULL || lzma_alone_decoder(&s, UINT64_MAX) != LZMA_OK)
        exit(2);
    s.next_in = in;
    s.avail_in = len;
    s.next_out = out;
    s.avail_out = (size_t)size;
    lzma_ret r = lzma_code(&s, LZMA_RUN);
    size_t made = (size_t)s.total_out;

    lzma_end(&s);
    if (made == size && (r == LZMA_OK || r == LZMA_STREAM_END))
        hash(out, made);
    else
        made = 0;
    free(out);
    return made;
}

int main(int argc, char **argv)
{
    struct stat st;
    int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;

    if (fd < 0 || fstat(fd, &st) != 0)
        return 2;
    size_t len = (size_t)st.st_size;
    const uint8_t *all = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
    size_t out = 0;

    if (all == MAP_FAILED)
        return 2;
    hash(all, len);
    for (const uint8_t *at = all; at < all + len;) {
        at = memmem(at, (size_t)(all + len - at), guid, sizeof(guid));
        if (at == NULL)
            break;
        const uint8_t *section = at - 4;
        size_t size = (size_t)section[0] | (size_t)section[1] << 8 | (size_t)section[2] << 16;
        size_t data = (size_t)section[20] | (size_t)section[21] << 8;

        if (section[3] == 2 && data < size && size <= (size_t)(all + len - section))
            out += unpack(section + data, size - data);
        at += sizeof(guid);
    }
    (void)printf("%zu bytes in, %zu bytes out\n", len, out);
    return 0;
}
