/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decompression of sections. What a header says of the size of the content is checked against
 * the budget before room is made for it.
 */
#include <brotli/decode.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "decode/engine_private.h"
#include "decode/uefi.h"

enum {
    LZMA_HEADER = 13,
    LZMA_PROPERTIES = 5,
    BROTLI_HEADER = 16,
    TIANO_HEADER = 8,
    AMD_HEADER = 256,
    AMD_LENGTH_AT = 20,
    GROW_MIN = 1 << 18,
    RESERVE = 28 << 20 /* of the budget: a small bomb must not cost more memory than an image */
};

const char *uefi_method_name(enum uefi_method m)
{
    static const char *const names[] = {
        [UEFI_STORED] = "stored",   [UEFI_EFI11] = "efi-1.1",     [UEFI_TIANO] = "tiano",
        [UEFI_LZMA] = "lzma",       [UEFI_LZMA_X86] = "lzma-x86", [UEFI_BROTLI] = "brotli",
        [UEFI_ZLIB] = "zlib",       [UEFI_CRC32] = "crc32",       [UEFI_SIGNED] = "signed",
        [UEFI_UNKNOWN] = "unknown",
    };

    return names[m];
}

/* Bytes that sections may still unpack to. */
static uint64_t budget(const struct decode *d)
{
    uint64_t left = engine_output_left(d);

    return left > RESERVE ? left - RESERVE : 0;
}

/*
 * Room for content of a stated size, of which nothing is read that was not written; NULL, with
 * the fault, when that is beyond the budget.
 */
static uint8_t *room(struct decode *d, struct span s, uint64_t size)
{
    if (size > budget(d)) {
        decode_fault(d, FAULT_LIMIT, s.offset);
        return NULL;
    }
    uint8_t *kept = memo_room(d->engine->memo, (size_t)size);

    return kept != NULL ? kept : arena_room(d->arena, (size_t)size);
}

static bool corrupt(struct decode *d, struct span s, size_t at)
{
    decode_fault(d, FAULT_CORRUPT_STREAM, s.offset + at);
    return false;
}

/* Properties and size as LZMA's own file format has them, with a dictionary no larger than
 * the content. */
static bool lzma_begin(lzma_stream *stream, struct bytes in, uint64_t size, bool x86)
{
    lzma_filter filters[3] = {{.id = LZMA_FILTER_X86}, {.id = LZMA_FILTER_LZMA1}};

    filters[2].id = LZMA_VLI_UNKNOWN;
    if (lzma_properties_decode(&filters[1], NULL, in.data, LZMA_PROPERTIES) != LZMA_OK)
        return false;
    lzma_options_lzma *o = filters[1].options;

    filters[1].id = LZMA_FILTER_LZMA1EXT;
    o->ext_flags = LZMA_LZMA1EXT_ALLOW_EOPM;
    o->ext_size_low = (uint32_t)size;
    o->ext_size_high = (uint32_t)(size >> 32);
    if (o->dict_size > size)
        o->dict_size = size < 4096 ? 4096 : (uint32_t)size;
    lzma_ret r = lzma_raw_decoder(stream, x86 ? filters : filters + 1);

    /* waiver allocation: what liblzma made, and asks its caller to free */
    free(o);
    return r == LZMA_OK;
}

static bool unpack_lzma(struct decode *d, bool x86, struct bytes in, struct span s,
                        struct bytes *ret)
{
    struct reader r = reader_of(in, 0, 0);
    lzma_stream stream = LZMA_STREAM_INIT;

    reader_seek(&r, LZMA_PROPERTIES);
    uint64_t size = reader_u64le(&r);
    uint8_t *out = r.failed ? NULL : room(d, s, size);

    if (r.failed)
        return corrupt(d, s, 0);
    if (out == NULL)
        return false;
    stream.next_in = in.data + LZMA_HEADER;
    stream.avail_in = in.len - LZMA_HEADER;
    stream.next_out = out;
    stream.avail_out = (size_t)size;
    bool good = lzma_begin(&stream, in, size, x86);

    if (good) {
        lzma_ret last = lzma_code(&stream, LZMA_RUN);

        good = last == LZMA_STREAM_END || (last == LZMA_OK && stream.avail_out == 0);
    }
    size_t at = in.len - stream.avail_in;

    lzma_end(&stream);
    *ret = (struct bytes){out, (size_t)size};
    return good && stream.total_out == size ? true : corrupt(d, s, at);
}

static bool unpack_brotli(struct decode *d, struct bytes in, struct span s, struct bytes *ret)
{
    struct reader r = reader_of(in, 0, 0);
    uint64_t size = reader_u64le(&r);

    (void)reader_u64le(&r);
    uint8_t *out = r.failed ? NULL : room(d, s, size);
    size_t written = (size_t)size;

    if (r.failed)
        return corrupt(d, s, 0);
    if (out == NULL)
        return false;
    *ret = (struct bytes){out, (size_t)size};
    if (BrotliDecoderDecompress(in.len - BROTLI_HEADER, in.data + BROTLI_HEADER, &written,
                                out) != BROTLI_DECODER_RESULT_SUCCESS ||
        written != size)
        return corrupt(d, s, BROTLI_HEADER);
    return true;
}

/* Inflates to the end of the stream; nothing states the size. */
static bool inflate_all(struct decode *d, z_stream *z, struct span s, struct bytes *ret)
{
    uint64_t most = budget(d);
    size_t cap = GROW_MIN;
    uint8_t *out = arena_alloc(d->arena, cap);
    int r = Z_OK;

    z->next_out = out;
    z->avail_out = (uInt)cap;
    while ((r = inflate(z, Z_NO_FLUSH)) == Z_OK) {
        if (z->avail_out > 0)
            continue;
        if (cap > most / 2) {
            decode_fault(d, FAULT_LIMIT, s.offset);
            return false;
        }
        uint8_t *wider = arena_alloc(d->arena, cap * 2);

        /* waiver raw-bytes: our own output moves to wider room */
        memcpy(wider, out, cap);
        out = wider;
        z->next_out = out + cap;
        z->avail_out = (uInt)cap;
        cap *= 2;
    }
    *ret = (struct bytes){out, (size_t)z->total_out};
    return r == Z_STREAM_END ? true : corrupt(d, s, (size_t)z->total_in + AMD_HEADER);
}

/* AMD's section: a header of 256 bytes that states the length of the zlib stream behind it. */
static bool unpack_zlib(struct decode *d, struct bytes in, struct span s, struct bytes *ret)
{
    struct reader r = reader_of(in, 0, 0);
    z_stream z = {0};

    reader_seek(&r, AMD_LENGTH_AT);
    uint32_t packed = reader_u32le(&r);

    reader_seek(&r, AMD_HEADER);
    struct bytes body = reader_take(&r, packed);

    if (r.failed || inflateInit(&z) != Z_OK)
        return corrupt(d, s, 0);
    /* zlib's interface has no const; it does not write to its input. */
    z.next_in = (Bytef *)(uintptr_t)body.data;
    z.avail_in = (uInt)body.len;
    bool good = inflate_all(d, &z, s, ret);

    (void)inflateEnd(&z);
    return good;
}

/* Room for what both variants of the UEFI compression unpack to, or NULL after a fault. */
static uint8_t *tiano_room(struct decode *d, struct bytes in, struct span s, size_t *ret_size)
{
    if (uefi_tiano_size(in, ret_size))
        return room(d, s, *ret_size);
    (void)corrupt(d, s, 0);
    return NULL;
}

/* The two variants have one header; that whose result is sections is the right one. */
static bool unpack_tiano(struct decode *d, enum uefi_method *m, struct bytes in, struct span s,
                         struct bytes *ret)
{
    size_t size = 0;
    uint8_t *out = tiano_room(d, in, s, &size);

    if (out == NULL)
        return false;
    *ret = (struct bytes){out, size};
    bool guess = *m == UEFI_EFI11;
    bool good = uefi_tiano(in, !guess, out, size, d->arena);

    if (guess && (!good || !uefi_sections_whole(*ret)) &&
        uefi_tiano(in, true, out, size, d->arena)) {
        *m = UEFI_TIANO;
        good = true;
    } else if (guess && good) {
        good = uefi_tiano(in, false, out, size, d->arena);
    }
    return good ? true : corrupt(d, s, TIANO_HEADER);
}

static bool unpack(struct decode *d, enum uefi_method *m, struct bytes in, struct span s,
                   struct bytes *ret)
{
    switch (*m) {
    case UEFI_EFI11:
    case UEFI_TIANO:
        return unpack_tiano(d, m, in, s, ret);
    case UEFI_LZMA:
    case UEFI_LZMA_X86:
        return unpack_lzma(d, *m == UEFI_LZMA_X86, in, s, ret);
    case UEFI_BROTLI:
        return unpack_brotli(d, in, s, ret);
    case UEFI_ZLIB:
        return unpack_zlib(d, in, s, ret);
    case UEFI_STORED:
    case UEFI_CRC32:
    case UEFI_SIGNED:
    case UEFI_UNKNOWN:
        break;
    }
    return false;
}

/*
 * What the same bytes were unpacked to before, where the budget lets them be unpacked now. What
 * came from room() states its size and is refused only by it, so this changes no outcome.
 */
static bool recall(const struct decode *d, enum uefi_method *m, struct bytes in,
                   struct bytes *ret)
{
    struct memo_method method = {.asked = *m};
    struct bytes out;

    if (!memo_unpacked_known(d->engine->memo, &method, in, &out) || out.len > budget(d))
        return false;
    *m = (enum uefi_method)method.found;
    *ret = out;
    return true;
}

bool uefi_unpack(struct decode *d, enum uefi_method *m, struct bytes in, struct span s,
                 struct bytes *ret)
{
    struct memo_method method = {.asked = *m};

    *ret = (struct bytes){NULL, 0};
    if (recall(d, m, in, ret))
        return true;
    if (unpack(d, m, in, s, ret)) {
        method.found = *m;
        memo_unpacked_note(d->engine->memo, method, in, *ret);
        return true;
    }
    engine_output_charge(d, ret->len);
    return false;
}

bool uefi_unpack_efi11(struct decode *d, struct bytes in, struct span s, struct bytes *ret)
{
    size_t size = 0;

    *ret = (struct bytes){NULL, 0};
    uint8_t *out = tiano_room(d, in, s, &size);

    if (out == NULL)
        return false;
    if (uefi_tiano(in, false, out, size, d->arena)) {
        *ret = (struct bytes){out, size};
        return true;
    }
    engine_output_charge(d, size);
    return corrupt(d, s, TIANO_HEADER);
}
