/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a leaf commits to: attributes of a server that can be opened one by one, each salted, so
 * that a value that is not opened cannot be guessed (docs/formats/ledger.md).
 */
#ifndef ASSAY_LEDGER_ATTRIBUTES_H
#define ASSAY_LEDGER_ATTRIBUTES_H

#include "base/arena.h"
#include "base/err.h"
#include "crypto/digest.h"

enum {
    ATTRIBUTE_SALT_SIZE = 16,
    ATTRIBUTE_NAME_MAX = 255,
    ATTRIBUTE_VALUE_MAX = 65535,
    ATTRIBUTES_MAX = 64, /* of one server */
    SALT_MASTER_SIZE = 32
};

struct attribute {
    struct bytes name; /* unique among those of a server */
    struct bytes value;
};

struct attribute_salt {
    uint8_t bytes[ATTRIBUTE_SALT_SIZE];
};

/* The secret from which all salts of a ledger are derived. */
struct salt_master {
    uint8_t bytes[SALT_MASTER_SIZE];
};

struct attribute_salt attribute_salt_of(const struct salt_master *m, uint32_t since,
                                        const struct digest *index, struct bytes name);

struct attribute_salt alias_salt_of(const struct salt_master *m, const struct digest *index);

/* What stands for an attribute that is not opened. */
struct digest attribute_digest(const struct attribute_salt *salt, const struct attribute *a);

/* The commitment to these digests; sorts them. */
struct digest attributes_commit(struct digest *digests, size_t count);

/* The value of an alias leaf: whose name it is. */
struct digest alias_value(const struct attribute_salt *salt, const struct digest *server);

/*
 * The digests of the attributes of the leaf made in epoch `since`, in the order given. `ret`
 * holds `count`. False if a name occurs twice or something is too long.
 */
bool attributes_digest(const struct salt_master *m, uint32_t since, const struct digest *index,
                       const struct attribute *all, size_t count, struct digest *ret);

#endif
