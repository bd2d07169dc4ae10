/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fleet ledger in a folder (docs/formats/ledger.md): `epochs` is published, `private` is not.
 * An epoch is written beside its place, synced and renamed, so that it is there whole or not at
 * all.
 */
#ifndef ASSAY_APP_FLEET_FOLDER_H
#define ASSAY_APP_FLEET_FOLDER_H

#include "app/fleet_record.h"
#include "ledger/fleet_statement.h"

struct fleet_folder {
    const char *path;
    int lock; /* -1: only for reading */
    struct arena *arena;
    struct bytes origin;
    struct fleet_method methods[METHODS_MAX];
    size_t method_count;
    struct salt_master salts;
    bool has_epoch;
    uint32_t last; /* the last epoch, if there is one */
};

/* An epoch as it was published, with the values of its trees. */
struct fleet_epoch {
    struct bytes envelope;
    struct digest payload; /* SHA-256 of the statement's payload */
    struct fleet_statement statement;
    struct prefix_tree servers;
    struct prefix_tree aliases;
};

/* What an epoch adds to the folder. */
struct fleet_publication {
    uint32_t epoch;
    struct bytes statement;
    struct bytes leaves;
    struct bytes aliases;
    struct bytes delta;
    struct bytes rekey; /* empty: no new key */
    const struct vrf_secret *secret;
    struct bytes records;
    struct bytes nameless; /* machines without identity */
    const struct prefix_tree *server_tree;
    const struct prefix_tree *alias_tree;
};

/* Makes a folder with secrets and without epochs. It must not be there, or be empty. */
bool fleet_make(const char *path, struct bytes origin, struct arena *a, struct err *e);

/* ERR_REFUSED if it is to be written to and another process does that. */
bool fleet_open(const char *path, bool write, struct arena *a, struct fleet_folder *ret,
                struct err *e);

void fleet_close(struct fleet_folder *f);

/* An epoch, its lists checked against its statement. */
bool fleet_epoch_load(struct fleet_folder *f, uint32_t epoch, struct fleet_epoch *ret,
                      struct err *e);

/* The secret of the pseudonyms of an epoch. */
bool fleet_secret(struct fleet_folder *f, uint32_t epoch, struct vrf_secret *ret,
                  struct err *e);

/* The records of the servers whose leaves were made in `epoch`. */
bool fleet_records_load(struct fleet_folder *f, uint32_t epoch, struct fleet_records *ret,
                        struct err *e);

/* Publishes the epoch after the last one. */
bool fleet_publish(struct fleet_folder *f, const struct fleet_publication *p, struct err *e);

#endif
