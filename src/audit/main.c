/* SPDX-License-Identifier: Apache-2.0 */
/* assay-audit: verifies what an operator has published, and says exactly what that proves. */
#include <stdio.h>
#include <string.h>

#include "audit/epoch.h"
#include "audit/log.h"
#include "audit/proof.h"
#include "audit/result.h"

enum {
    WORDS = 4096,
    PATH_SIZE = 4096,
    LIST_SIZE = 1 << 30
};

static const char help[] =
    "Usage: assay-audit COMMAND [OPTION]... FILE...\n"
    "\n"
    "  result ENVELOPE --key VKEY\n"
    "      a signed result: who signed it, and that node, digest and rendering agree\n"
    "  proof FILE --policy POLICY --operator VKEY [--id KIND=ID] [--alias KIND=ID]...\n"
    "        [--since STATEMENT] [--nonce-checkpoint FILE] [--result ENVELOPE]\n"
    "      one server's place in an epoch, or that it has none\n"
    "  statement ENVELOPE... --operator VKEY...\n"
    "      statements, in the order of their epochs, as one chain\n"
    "  epoch FOLDER [--previous FOLDER] --operator VKEY...\n"
    "      all leaves of an epoch, its totals, and what changed since the one before\n"
    "  log OLD NEW [PROOF] --policy POLICY\n"
    "      two checkpoints of one log\n"
    "  log FOLDER --policy POLICY [--old CHECKPOINT] [--operator VKEY]...\n"
    "      all entries and tiles of a log, and the operator's statements in it\n"
    "  sample FOLDER STATEMENT [FOLDER] --operator VKEY...\n"
    "      the servers that a plan chose: the plan's epoch, the seed, a later epoch\n"
    "\n"
    "  --json         one JSON object\n"
    "  --anchor FILE  another anchor (RFC 3161, ML-DSA): named as not checked\n"
    "  VKEY is NAME+ID+BASE64 or a file that holds one; KIND=ID may have \\x1f between parts.\n"
    "\n"
    "Exit status: 0 proven, 1 disproven, 2 cannot tell.\n";

enum option {
    POLICY,
    PREVIOUS,
    OLD,
    SINCE,
    CHECKPOINT,
    RESULT,
    ID,
    ANCHOR,
    ALIAS,
    KEY,
    OPTIONS,
};

static const struct {
    const char *name;
    enum option option;
    size_t most; /* how often */
} option_names[] = {
    {"--policy",           POLICY,     1        },
    {"--previous",         PREVIOUS,   1        },
    {"--old",              OLD,        1        },
    {"--since",            SINCE,      1        },
    {"--nonce-checkpoint", CHECKPOINT, 1        },
    {"--result",           RESULT,     1        },
    {"--id",               ID,         1        },
    {"--anchor",           ANCHOR,     1        },
    {"--alias",            ALIAS,      WANTED   },
    {"--operator",         KEY,        OPERATORS},
    {"--key",              KEY,        OPERATORS},
};

struct options {
    const char *files[WORDS];
    size_t file_count;
    const char *of[OPTIONS][WANTED];
    size_t count[OPTIONS];
    bool json;
};

/* What the commands work on. */
struct work {
    const struct options *options;
    struct operators operators;
    const struct policy *policy;
    struct report report;
};

static bool file_read(struct memory *m, const char *path, size_t most, struct view *ret)
{
    FILE *f = fopen(path, "rb");
    long size = 0;

    *ret = (struct view){0};
    if (f == NULL)
        return false;
    if (fseek(f, 0, SEEK_END) == 0)
        size = ftell(f);
    bool good = size >= 0 && (size_t)size <= most && fseek(f, 0, SEEK_SET) == 0;

    if (good) {
        uint8_t *data = memory_take(m, (size_t)size + 1, 1);

        *ret = (struct view){data, (size_t)size};
        good = fread(data, 1, (size_t)size, f) == (size_t)size;
    }
    (void)fclose(f);
    return good;
}

/* A file that was named; untold if it cannot be had. */
static bool given(struct work *w, const char *path, size_t most, struct view *ret)
{
    return file_read(w->report.memory, path, most, ret) ||
           untold(&w->report, "cannot read %s", view_shown(w->report.memory, view_of(path)));
}

static bool optional(struct work *w, const char *path, size_t most, struct view *ret)
{
    *ret = (struct view){0};
    return path == NULL || given(w, path, most, ret);
}

static bool folder_read(struct work *w, const char *folder, struct epoch_files *ret)
{
    struct memory *m = w->report.memory;

    *ret = (struct epoch_files){0};
    (void)file_read(m, text_of(m, "%s/leaves", folder), LIST_SIZE, &ret->leaves);
    (void)file_read(m, text_of(m, "%s/aliases", folder), LIST_SIZE, &ret->aliases);
    (void)file_read(m, text_of(m, "%s/delta", folder), LIST_SIZE, &ret->delta);
    (void)file_read(m, text_of(m, "%s/rekey", folder), LIST_SIZE, &ret->rekey);
    return given(w, text_of(m, "%s/statement.json", folder), STATEMENT_SIZE + 1,
                 &ret->statement);
}

static void command_result(struct work *w)
{
    struct view file;
    struct result result;

    if (given(w, w->options->files[0], ENVELOPE_SIZE, &file))
        (void)result_open(file, &w->operators, &w->report, &result);
}

/* KIND=ID; "\x1f", as messages show it, stands for the separator of parts. */
static struct identity identity_of(struct memory *m, const char *text)
{
    static const char part[] = "\\x1f";
    struct view rest = view_of(text == NULL ? "" : text);
    struct identity id = {0};
    struct out o = {.memory = m};

    (void)view_cut(&rest, '=', &id.kind);
    while (rest.len > 0) {
        bool separator = view_begins(rest, part);

        out_add(&o, separator ? view_of("\x1f") : (struct view){rest.data, 1});
        rest = view_after(rest, separator ? sizeof(part) - 1 : 1);
    }
    id.id = out_view(&o);
    return id;
}

static void command_proof(struct work *w)
{
    const struct options *o = w->options;
    struct proof_question q = {.policy = w->policy,
                               .operators = &w->operators,
                               .server = identity_of(w->report.memory, o->of[ID][0]),
                               .alias_count = o->count[ALIAS]};
    struct view file;

    for (size_t i = 0; i < o->count[ALIAS]; i++)
        q.aliases[i] = identity_of(w->report.memory, o->of[ALIAS][i]);
    if (given(w, o->files[0], PROOF_SIZE, &file) &&
        optional(w, o->of[SINCE][0], STATEMENT_SIZE + 1, &q.since) &&
        optional(w, o->of[CHECKPOINT][0], CHECKPOINT_SIZE, &q.checkpoint) &&
        optional(w, o->of[RESULT][0], ENVELOPE_SIZE, &q.result))
        proof_audit(file, &q, &w->report);
}

static void command_statement(struct work *w)
{
    struct memory *m = w->report.memory;
    size_t count = w->options->file_count;
    struct statement *s = memory_take(m, count, sizeof(*s));

    for (size_t i = 0; i < count; i++) {
        struct view file;
        const char *path = w->options->files[i];

        if (!given(w, path, STATEMENT_SIZE + 1, &file) ||
            !statement_open(file, &w->operators, view_shown(m, view_of(path)), &w->report,
                            &s[i]))
            return;
    }
    statement_facts(&s[count - 1], &w->report);
    (void)statements_chain(s, count, &w->report);
}

static void command_epoch(struct work *w)
{
    struct epoch_files now;
    struct epoch_files before;
    const char *previous = w->options->of[PREVIOUS][0];

    if (folder_read(w, w->options->files[0], &now) &&
        (previous == NULL || folder_read(w, previous, &before)))
        epoch_audit(&now, previous != NULL ? &before : NULL, &w->operators, &w->report);
}

static bool read_below(void *user, const char *path, struct memory *m, struct view *ret)
{
    return file_read(m, text_of(m, "%s/%s", (const char *)user, path), LIST_SIZE, ret);
}

static void command_log(struct work *w)
{
    const struct options *o = w->options;
    char folder[PATH_SIZE];
    struct file_source files = {read_below, folder};
    struct view old;
    struct view new;
    struct view proof;

    if (o->file_count > 1) {
        if (given(w, o->files[0], CHECKPOINT_SIZE, &old) &&
            given(w, o->files[1], CHECKPOINT_SIZE, &new) &&
            optional(w, o->file_count > 2 ? o->files[2] : NULL, CHECKPOINT_SIZE, &proof))
            checkpoints_audit(old, new, proof, w->policy, &w->report);
        return;
    }
    (void)snprintf(folder, sizeof(folder), "%s", o->files[0]);
    if (optional(w, o->of[OLD][0], CHECKPOINT_SIZE, &old))
        log_audit(&files, w->policy, old, &w->operators, &w->report);
}

static void command_sample(struct work *w)
{
    const struct options *o = w->options;
    struct epoch_files plan;
    struct epoch_files later;
    struct view seed;

    if (folder_read(w, o->files[0], &plan) &&
        given(w, o->files[1], STATEMENT_SIZE + 1, &seed) &&
        (o->file_count < 3 || folder_read(w, o->files[2], &later)))
        sample_audit(&plan, seed, o->file_count < 3 ? NULL : &later, &w->operators, &w->report);
}

struct command {
    const char *name;
    void (*run)(struct work *w);
    size_t least; /* files */
    size_t most;
};

static const struct command commands[] = {
    {"result",    command_result,    1, 1    },
    {"proof",     command_proof,     1, 1    },
    {"statement", command_statement, 1, WORDS},
    {"epoch",     command_epoch,     1, 1    },
    {"log",       command_log,       1, 3    },
    {"sample",    command_sample,    2, 3    },
};

/* Takes one option and its value; false if it is none, or not complete. */
static bool option_take(struct options *o, const char *name, const char *value)
{
    for (size_t i = 0; i < sizeof(option_names) / sizeof(option_names[0]); i++) {
        enum option x = option_names[i].option;

        if (strcmp(name, option_names[i].name) != 0)
            continue;
        if (value == NULL || o->count[x] == option_names[i].most)
            return false;
        o->of[x][o->count[x]++] = value;
        return true;
    }
    return false;
}

static bool options_read(int argc, char **argv, struct options *o)
{
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            o->json = true;
        } else if (strncmp(argv[i], "--", 2) == 0) {
            if (!option_take(o, argv[i], argv[i + 1]))
                return false;
            i++;
        } else if (o->file_count < WORDS) {
            o->files[o->file_count++] = argv[i];
        } else {
            return false;
        }
    }
    return true;
}

/* Keys of logs and witnesses sign other things: an operator's key is a plain one. */
static bool keys_read(struct work *w)
{
    struct memory *m = w->report.memory;

    for (size_t i = 0; i < w->options->count[KEY]; i++) {
        struct view text = view_of(w->options->of[KEY][i]);
        struct key *k = &w->operators.keys[w->operators.count];
        struct view file;
        struct view line;

        if (!key_read(m, text, k) && file_read(m, w->options->of[KEY][i], PATH_SIZE, &file) &&
            view_cut(&file, '\n', &line))
            (void)key_read(m, line, k);
        if (!k->checkable || k->type != KEY_ED25519)
            return untold(&w->report, "%s is no Ed25519 verifier key", view_shown(m, text));
        w->operators.count++;
    }
    return true;
}

static const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static int audit(const struct command *c, const struct options *o)
{
    struct memory memory = {0};
    struct work *w = memory_take(&memory, 1, sizeof(*w));
    struct view policy;

    w->options = o;
    w->report.memory = &memory;
    if (optional(w, o->of[POLICY][0], POLICY_SIZE, &policy) && keys_read(w)) {
        if (o->count[POLICY] > 0)
            w->policy = policy_read(policy, &w->report);
        c->run(w);
    }
    if (o->count[ANCHOR] > 0)
        (void)untold(&w->report, "%s: anchors of this kind are not checked",
                     view_shown(&memory, view_of(o->of[ANCHOR][0])));
    int outcome = report_outcome(&w->report);
    struct view text = report_print(&w->report, c->name, o->json);

    if (fwrite(text.data, 1, text.len, stdout) != text.len || fflush(stdout) != 0)
        outcome = 2;
    memory_done(&memory);
    return outcome;
}

int main(int argc, char **argv)
{
    struct options o = {0};
    const struct command *c = argc > 1 ? command_find(argv[1]) : NULL;

    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        (void)puts("assay-audit " ASSAY_VERSION);
        return 0;
    }
    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        (void)fputs(help, stdout);
        return 0;
    }
    if (c == NULL || !options_read(argc, argv, &o) || o.file_count < c->least ||
        o.file_count > c->most) {
        (void)fputs(help, stderr);
        return 2;
    }
    return audit(c, &o);
}
