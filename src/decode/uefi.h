/* SPDX-License-Identifier: Apache-2.0 */
/* What the decoders of UEFI PI firmware share. UEFI PI 1.8, volume 3. */
#ifndef ASSAY_DECODE_UEFI_H
#define ASSAY_DECODE_UEFI_H

#include "decode/codec.h"
#include "decode/decode.h"

enum {
    GUID_SIZE = 16,
    UEFI_VOLUME_HEADER_MIN = 56
};

/* A GUID as it stands in firmware: the first three fields little-endian. */
#define GUID_BYTES(a, b, c, ...)                                                               \
    {                                                                                          \
        (uint8_t)(a), (uint8_t)((a) >> 8), (uint8_t)((a) >> 16), (uint8_t)((a) >> 24),         \
            (uint8_t)(b), (uint8_t)((b) >> 8), (uint8_t)(c), (uint8_t)((c) >> 8), __VA_ARGS__  \
    }

bool guid_is(struct bytes guid, const uint8_t want[GUID_SIZE]);

/* What specifications call a file or file system with this GUID, or NULL. */
const char *uefi_guid_name(struct bytes guid);

/* Whether a plausible volume header stands at the beginning. */
bool uefi_volume_here(struct bytes b);

/* The next offset from `from` at which a plausible volume header stands, or the end. */
size_t uefi_volume_next(struct bytes all, size_t from);

/* The length that a volume's header states, or all there is when that is more than there is. */
size_t uefi_volume_length(struct bytes b);

/* "fv:" and the name in the extended header, or else the GUID of the file system. */
struct bytes uefi_volume_name(struct arena *a, struct bytes volume);

/* Whether a section among the first of these holds compressed bytes. */
bool uefi_sections_packed(struct bytes b);

/* Whether these bytes are sections from their beginning to their end. */
bool uefi_sections_whole(struct bytes b);

/* How many bytes at the beginning hold the same value as the first. */
size_t uefi_run(struct bytes b);

/* The decoder that is sure to know bytes which no UEFI structure explains, or NULL. */
const struct decoder *uefi_known(struct bytes b);

/*
 * Takes the next `n` bytes, which no structure explains, apart: what is erased or filled with
 * one value, what a decoder recognises, and the rest as a container `name` with digest and
 * entropy, of class `class`. In the free space of a volume (CLASS_FREE_NONERASED) only `erased`
 * needs no explanation.
 */
void uefi_loose(struct decode *d, size_t n, const char *name, enum byte_class class,
                uint8_t erased);

/* The rest of `in`, not read because there are too many items; the fault stands once. */
void uefi_unread(struct decode *d);

/* How a section wraps its content; the values of flash.section.method. */
enum uefi_method {
    UEFI_STORED = 1,
    UEFI_EFI11,
    UEFI_TIANO,
    UEFI_LZMA,
    UEFI_LZMA_X86,
    UEFI_BROTLI,
    UEFI_ZLIB,
    UEFI_CRC32,
    UEFI_SIGNED,
    UEFI_UNKNOWN,
};

/* The name under which a derivation by a method is recorded. */
const char *uefi_method_name(enum uefi_method m);

/*
 * Decompresses `in`, of which the span is `s`, to the end or to the budget. False, with a fault
 * at its place, when that fails. `m` may become UEFI_TIANO where EFI 1.1 was guessed.
 */
bool uefi_unpack(struct decode *d, enum uefi_method *m, struct bytes in, struct span s,
                 struct bytes *ret);

/* As uefi_unpack, of what is EFI 1.1 for certain, such as a driver in an expansion ROM. */
bool uefi_unpack_efi11(struct decode *d, struct bytes in, struct span s, struct bytes *ret);

/* EFI 1.1 (tiano false) and Tiano compression: into `out` of exactly the stated size. */
bool uefi_tiano_size(struct bytes in, size_t *ret);

bool uefi_tiano(struct bytes in, bool tiano, uint8_t *out, size_t size, struct arena *a);

/*
 * LHA's method "-lh5-", which EFI 1.1 is with a header, but for the blanks that LHA has before
 * the first byte: fills `out` from the stream. False if it is corrupt, or holds less.
 */
bool uefi_lh5(struct bytes in, struct room out, struct arena *a);

#endif
