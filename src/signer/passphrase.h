/* SPDX-License-Identifier: Apache-2.0 */
/* Where the passphrase of a key comes from: a file, a descriptor, or whoever sits at the
 * terminal. Never the command line or the environment, which others can read. */
#ifndef ASSAY_SIGNER_PASSPHRASE_H
#define ASSAY_SIGNER_PASSPHRASE_H

#include "base/err.h"
#include "crypto/secret.h"

struct passphrase_source {
    const char *file; /* its first line; NULL: not from a file */
    int descriptor;   /* read up to a line end or the end; negative: not from a descriptor */
};

struct passphrase {
    uint8_t bytes[SECRET_PASSPHRASE_MAX];
    size_t len;
};

/*
 * Gets it; from the terminal, twice, when `confirm` says that it is a new one. An empty one is
 * an error. To be wiped by secret_wipe().
 */
bool passphrase_get(const struct passphrase_source *s, bool confirm, struct passphrase *ret,
                    struct err *e);

#endif
