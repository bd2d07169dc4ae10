/* SPDX-License-Identifier: Apache-2.0 */
/* One call of `assay log`, for the files that share its actions. */
#ifndef ASSAY_CLI_LOG_COMMAND_H
#define ASSAY_CLI_LOG_COMMAND_H

#include "app/logbook.h"
#include "base/json.h"
#include "cli/options.h"
#include "signer/signer.h"

enum {
    LOG_OUTPUT_MAX = 64 << 20
};

struct log_call {
    const struct verb *v;
    struct arena *arena;
    struct text out;
    struct err err;
    const char *origin;
    const char *key;
    const char *output;
    const char *policy;
    const char *old;
    const char *state;
    const char *request;
    const char *response;
    const char *authorities;
    struct verb_list witnesses; /* URLs */
    struct passphrase_source passphrase;
    bool json;
    struct verb_place place; /* the log */
};

int log_fail(struct log_call *c);

/* The actions of these names. */
int log_checkpoint(struct log_call *c);

int log_monitor(struct log_call *c);

int log_stamp(struct log_call *c);

/* Begins the JSON object of an answer: schema, log, origin. */
void log_json_begin(struct log_call *c, struct json *j, const struct note_key *key);

void log_json_end(struct log_call *c, struct json *j);

/* Size and root of a tree, as members or as a line of text. */
void log_json_tree(struct json *j, uint64_t size, const struct digest *root);

void log_text_tree(struct text *t, uint64_t size, const struct digest *root);

#endif
