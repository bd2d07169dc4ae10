/* SPDX-License-Identifier: Apache-2.0 */
/* What is known to be bad, by digest or by GUID: data/known-bad, made part of the program. */
#ifndef ASSAY_APPRAISE_KNOWN_BAD_H
#define ASSAY_APPRAISE_KNOWN_BAD_H

#include "base/bytes.h"

enum known_bad_kind {
    KNOWN_BAD_FILE,        /* SHA-256 or SHA-1 over a file */
    KNOWN_BAD_CERTIFICATE, /* SHA-256 or SHA-1 fingerprint of a test key's certificate */
    KNOWN_BAD_KEY_MODULUS, /* SHA-256 over the modulus of a leaked RSA key, as firmware stores
                              it */
    KNOWN_BAD_MODULE,      /* GUID of a firmware file */
};

struct known_bad {
    enum known_bad_kind kind;
    struct bytes value;
    const char *what;
    const char *source;
    const char *date; /* on which the row was taken from its source */
};

/* The row of a digest, of whichever kind; NULL if there is none. */
const struct known_bad *known_bad_digest(struct bytes digest);

/* The row of a module's GUID (canonical text); NULL if there is none. */
const struct known_bad *known_bad_module(struct bytes guid);

/* The latest date of the list. */
const char *known_bad_date(void);

/* All rows: the digests in order, then the modules. */
const struct known_bad *known_bad_rows(size_t *ret_count);

#endif
