/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collection: walks the source table over a live host or a recording, hands every blob to a
 * sink and says of every source what it gave or why it gave nothing. Never looks inside a blob.
 *
 * States: of a live host, what is not there is absent; what the kernel keeps from us is
 * refused; an intrusive source without its --allow word is excluded; what this host has no
 * way to give is unsupported. What a recording lacks is untried: nobody knows any more.
 */
#ifndef ASSAY_COLLECT_COLLECT_H
#define ASSAY_COLLECT_COLLECT_H

#include "evidence/evidence.h"
#include "evidence/source.h"

/* The words of --allow. */
enum allow {
    ALLOW_ROM = 1,
    ALLOW_SMBUS = 2,
    ALLOW_PROGRAMMER = 4,
};

/* Where blobs go, in the order of the sorted entries. */
struct collect_sink {
    void *user;
    /* A blob begins; `expected` is the length that its file claims, 0 if it claims none. */
    void (*begin)(void *user, uint64_t expected);
    bool (*more)(void *user, struct bytes b, struct err *e);
    /* Sets the entry's digest and length, and its bytes if they are kept in memory. */
    bool (*end)(void *user, struct entry *ret, struct err *e);
};

struct collect_options {
    const char *root; /* a recording, or NULL for the live host */
    unsigned allow;   /* of enum allow */
    /* An external programmer and part, in the words of flashrom (-p, -c), or NULL. */
    const char *programmer;
    const char *chip;
    unsigned reads; /* how often it reads */
    /* Called before each source; may be NULL. */
    void (*progress)(void *user, const struct source *s, size_t done, size_t all);
    void *progress_user;
};

/* Adds the words of a comma-separated list to *ret. */
bool collect_allow(const char *words, unsigned *ret, struct err *e);

/*
 * Adds sorted entries to `ret`; tool, subject, time and salt are the caller's. Fails only if
 * the root cannot be opened or the sink fails.
 */
bool collect_run(const struct collect_options *o, const struct collect_sink *sink,
                 struct arena *a, struct evidence *ret, struct err *e);

/* Reads a recording in place into memory: entries have their bytes; no time, no salt. */
bool collect_recording(const char *folder, struct arena *a, struct evidence *ret,
                       struct err *e);

#endif
