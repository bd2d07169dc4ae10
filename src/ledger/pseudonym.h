/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server is called in a ledger. Whoever knows an identity can be given the proof that
 * this is its pseudonym; who does not cannot guess it (docs/formats/ledger.md).
 */
#ifndef ASSAY_LEDGER_PSEUDONYM_H
#define ASSAY_LEDGER_PSEUDONYM_H

#include "base/arena.h"
#include "base/err.h"
#include "crypto/digest.h"
#include "crypto/vrf.h"
#include "ledger/aggregate.h"

enum {
    IDENTITY_MAX = 1024 /* bytes of a canonical identity */
};

/* Something that one server has and no other. */
struct identity {
    struct bytes kind; /* "ek", "board", "chassis-slot", "bmc-mac", "nic-mac" or "disk" */
    struct bytes id;   /* canonical */
};

/* Whether there is such a kind; a server itself is only known by "ek" or "board". */
bool identity_kind_known(enum prefix_kind as, struct bytes kind);

/*
 * The canonical form: of a board, maker 0x1f serial, each trimmed, runs of white space one
 * space, ASCII upper case; of a chassis slot, serial 0x1f slot likewise; of all else
 * hexadecimal digits in lower case without separators. False if it is no identity of that kind.
 */
bool identity_canonical(struct bytes kind, struct bytes first, struct bytes second,
                        struct arena *a, struct identity *ret);

/*
 * From a command line: KIND=ID, the two parts of a board or slot divided by the first '/'
 * ("board=MAKER/SERIAL").
 */
bool identity_parse(struct bytes text, struct arena *a, struct identity *ret, struct err *e);

/* The input of the VRF. */
struct bytes pseudonym_input(enum prefix_kind as, const struct identity *i, struct arena *a);

/* The pseudonym, and the proof that it is the right one. False if the secret is malformed. */
bool pseudonym_make(const struct vrf_secret *secret, enum prefix_kind as,
                    const struct identity *i, struct digest *ret, struct vrf_proof *ret_proof);

/* False if the proof does not hold. */
bool pseudonym_verify(const struct vrf_public *key, enum prefix_kind as,
                      const struct identity *i, const struct vrf_proof *proof,
                      struct digest *ret);

/* The nonce for the next evidence of a server: it cannot be older than this checkpoint, whose
 * note text (without signatures) has the SHA-256 `checkpoint`. */
struct digest nonce_of(const struct digest *checkpoint, const struct digest *index);

#endif
