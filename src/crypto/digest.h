/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of bytes. One table of algorithms; crypto/ is the only door to libcrypto. */
#ifndef ASSAY_CRYPTO_DIGEST_H
#define ASSAY_CRYPTO_DIGEST_H

#include "base/bytes.h"

enum {
    DIGEST_MAX = 64,
    SHA256_SIZE = 32,
    MD5_SIZE = 16,
    SHA256_STATE_SIZE = 128
};

/* A SHA-256 digest, the name of everything that lasts. */
struct digest {
    uint8_t bytes[SHA256_SIZE];
};

/* The algorithms of the TCG Algorithm Registry that event logs and PCR banks use. */
enum digest_algorithm {
    DIGEST_SHA1,
    DIGEST_SHA256,
    DIGEST_SHA384,
    DIGEST_SHA512,
    DIGEST_SM3_256,
    DIGEST_SHA3_256,
    DIGEST_SHA3_384,
    DIGEST_SHA3_512,
    DIGEST_ALGORITHMS,
};

struct digest_info {
    const char *name; /* as in the kernel's PCR folders and in paths: "sha256" */
    uint16_t tpm_id;  /* TPM_ALG_ID, TCG Algorithm Registry */
    uint8_t size;     /* bytes */
};

const struct digest_info *digest_info(enum digest_algorithm a);

/* By TPM_ALG_ID; false when it is not in the table. */
bool digest_by_tpm_id(uint16_t id, enum digest_algorithm *ret);

/* By name ("sha1", "sha256", …); false when it is not in the table. */
bool digest_by_name(struct bytes name, enum digest_algorithm *ret);

/* Hashes `parts` one after another into `ret` (digest_info(a)->size bytes). */
void digest_parts(enum digest_algorithm a, const struct bytes *parts, size_t count,
                  uint8_t ret[DIGEST_MAX]);

/*
 * Says that about so many bytes will be hashed by SHA-256. Of much, it makes the faster
 * implementation ready, which takes a millisecond or two; the digests are the same. To be
 * called before any thread or process is started that hashes.
 */
void digest_expect(uint64_t bytes);

/*
 * MD5, which old firmware formats carry against transmission errors. It proves nothing about
 * who made the bytes.
 */
void digest_md5(const struct bytes *parts, size_t count, uint8_t ret[MD5_SIZE]);

/* SHA-256 of one byte string. */
struct digest digest_sha256(struct bytes b);

/* SHA-256 in steps, for what is not in memory at once. */
struct sha256_functions;

struct digest_stream {
    _Alignas(16) uint8_t state[SHA256_STATE_SIZE];
    const struct sha256_functions *functions;
};

void digest_begin(struct digest_stream *s);

void digest_more(struct digest_stream *s, struct bytes b);

struct digest digest_end(struct digest_stream *s);

bool digest_equal(const struct digest *a, const struct digest *b);

/* From 64 lower-case hexadecimal digits; false for anything else. */
bool digest_of_hex(struct bytes hex, struct digest *ret);

#endif
