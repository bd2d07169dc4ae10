/* SPDX-License-Identifier: Apache-2.0 */
/* One call of `assay ledger`, for the files that share its actions. */
#ifndef ASSAY_CLI_LEDGER_COMMAND_H
#define ASSAY_CLI_LEDGER_COMMAND_H

#include "app/fleet_epoch.h"
#include "base/json.h"
#include "cli/options.h"
#include "signer/signer.h"

struct ledger_call {
    const struct verb *v;
    struct arena *arena;
    struct text out;
    struct err err;
    struct passphrase_source passphrase;
    const char *origin;
    const char *key;
    const char *as_of;
    const char *output;
    const char *log;
    const char *id;
    const char *identities;
    const char *checkpoint;
    const char *site;
    const char *batch;
    const char *method;
    const char *count;
    const char *prevalence;
    const char *sensitivity;
    const char *confidence;
    const char *source;
    const char *not_before;
    const char *seed;
    struct verb_list evidence;
    struct verb_list removed;
    struct verb_list resolved;
    struct verb_list open;
    struct verb_list aliases;
    bool json;
    struct verb_place place; /* the ledger */
};

int ledger_fail(struct ledger_call *c);

/* Begins the JSON object of an answer: schema, ledger, origin. */
void ledger_json_begin(struct ledger_call *c, struct json *j, struct bytes origin);

void ledger_json_end(struct ledger_call *c, struct json *j);

/* The actions that make proofs, nonces and samples. */
int ledger_prove(struct ledger_call *c);

int ledger_nonce(struct ledger_call *c);

int ledger_sample(struct ledger_call *c);

/* The hash of a checkpoint's text, from the file of a checkpoint. */
bool ledger_checkpoint_hash(struct ledger_call *c, struct digest *ret);

#endif
