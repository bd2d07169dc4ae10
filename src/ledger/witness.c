/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/witness.h"

/* One request. */
struct request {
    uint64_t old;
    struct digest proof[WITNESS_PROOF_MAX];
    size_t count;
    struct note note;
    struct checkpoint said;
};

static struct witness_answer say(unsigned status, const char *words)
{
    return (struct witness_answer){status, "text/plain; charset=utf-8", bytes_of(words)};
}

void witness_file_name(struct bytes origin, char ret[WITNESS_NAME_SIZE])
{
    struct digest d = digest_sha256(origin);
    struct text t;

    text_init_room(&t, ret, WITNESS_NAME_SIZE);
    text_puts(&t, "logs/");
    text_hex(&t, (struct bytes){d.bytes, sizeof(d.bytes)});
    text_puts(&t, "/checkpoint");
    text_char(&t, '\0');
}

static bool request_parse(struct bytes b, struct arena *a, struct request *ret)
{
    static const char old[] = "old ";
    struct bytes line;
    struct err e;

    ret->count = 0;
    if (!bytes_cut(&b, '\n', &line) || !bytes_starts_with(line, old) ||
        !ledger_number(bytes_slice(line, sizeof(old) - 1, SIZE_MAX), &ret->old))
        return false;
    for (;;) {
        if (!bytes_cut(&b, '\n', &line))
            return false;
        if (line.len == 0)
            break;
        if (ret->count == WITNESS_PROOF_MAX || !ledger_hash(line, a, &ret->proof[ret->count++]))
            return false;
    }
    return note_parse(b, a, &ret->note, &e) &&
           checkpoint_parse(ret->note.text, a, &ret->said, &e);
}

/* The status that the signatures of the logs deserve, 200 if they are good. */
static unsigned signatures_judge(const struct witness *w, const struct request *r)
{
    bool known = false;
    bool signed_by_log = false;

    for (size_t i = 0; i < w->logs.log_count; i++) {
        const struct note_key *k = &w->logs.logs[i];

        if (!bytes_equal(k->name, r->said.origin))
            continue;
        known = true;
        enum note_verdict v = note_verify(&r->note, k, NULL);

        if (v == NOTE_FORGED)
            return 403;
        signed_by_log = signed_by_log || v == NOTE_SIGNED;
    }
    if (!known)
        return 404;
    return signed_by_log ? 200 : 403;
}

/* The last checkpoint that was cosigned; of size 0 if there is none. */
static bool last_read(const struct witness *w, struct bytes origin, struct arena *a,
                      struct checkpoint *ret, struct err *e)
{
    char name[WITNESS_NAME_SIZE];
    struct note note;
    struct bytes b;

    *ret = (struct checkpoint){.root = merkle_empty()};
    witness_file_name(origin, name);
    if (!w->storage->read(w->storage->user, name, NOTE_SIZE_MAX, a, &b, e))
        return e->code == ERR_ABSENT;
    if (!note_parse(b, a, &note, e) || !checkpoint_parse(note.text, a, ret, e))
        return err_wrap(e, "%s", name);
    return bytes_equal(ret->origin, origin) ||
           err_set(e, ERR_INPUT, "%s is of another log", name);
}

/* Whether the checkpoint continues the last one, by the proof that came with it. */
static bool continues(const struct request *r, const struct checkpoint *last)
{
    struct digest empty = merkle_empty();

    if (r->said.size == 0)
        return digest_equal(&r->said.root, &empty) && r->count == 0;
    if (r->old == 0)
        return r->count == 0;
    return merkle_prefix_verify(r->old, r->said.size, &last->root, &r->said.root, r->proof,
                                r->count);
}

/* Writes the lines of the logs' keys, which were verified. */
static void log_lines(const struct witness *w, const struct request *r, struct text *t)
{
    for (size_t i = 0; i < r->note.count; i++) {
        const struct note_line *line = &r->note.lines[i];

        for (size_t k = 0; k < w->logs.log_count; k++) {
            const struct note_key *key = &w->logs.logs[k];

            if (key->id != line->id || !bytes_equal(key->name, line->name) ||
                !bytes_equal(key->name, r->said.origin))
                continue;
            note_line_copy(t, line);
            break;
        }
    }
}

/* Cosigns, keeps, answers. */
static struct witness_answer accept(const struct witness *w, const struct request *r,
                                    uint64_t time, struct arena *a)
{
    char name[WITNESS_NAME_SIZE];
    struct signature s;
    struct text line;
    struct text note;
    struct err e;

    if (!w->cosign(w->user, r->note.text, time, &s, &e))
        return say(500, "cannot sign\n");
    text_init(&line, a, NOTE_SIZE_MAX);
    note_line_print(&line, &w->key, &s, time);
    text_init(&note, a, NOTE_SIZE_MAX);
    text_add(&note, r->note.text);
    text_char(&note, '\n');
    log_lines(w, r, &note);
    text_add(&note, text_bytes(&line));
    witness_file_name(r->said.origin, name);
    if (note.overflow || !w->storage->put(w->storage->user, name, text_bytes(&note), &e) ||
        !w->storage->flush(w->storage->user, &e))
        return say(500, "cannot keep what was cosigned\n");
    return (struct witness_answer){200, "text/plain; charset=utf-8", text_bytes(&line)};
}

struct witness_answer witness_add_checkpoint(const struct witness *w, struct bytes request,
                                             uint64_t time, struct arena *a)
{
    struct request *r = ARENA_NEW(a, struct request);
    struct checkpoint last;
    struct err e;

    if (request.len > WITNESS_REQUEST_MAX || !request_parse(request, a, r))
        return say(400, "not a request of add-checkpoint\n");
    unsigned status = signatures_judge(w, r);

    if (status == 404)
        return say(404, "this log is not witnessed here\n");
    if (status != 200)
        return say(status, "not signed by the log\n");
    if (r->old > r->said.size)
        return say(400, "the old size is larger than the new one\n");
    if (!last_read(w, r->said.origin, a, &last, &e))
        return say(500, "what was cosigned cannot be read\n");
    if (r->old != last.size) {
        struct text t;

        text_init(&t, a, 64);
        text_uint(&t, last.size);
        text_char(&t, '\n');
        return (struct witness_answer){409, "text/x.tlog.size", text_bytes(&t)};
    }
    if (!continues(r, &last))
        return say(422, "the checkpoint does not continue the last one\n");
    return accept(w, r, time, a);
}

struct witness_answer witness_checkpoint(const struct witness *w, struct bytes hash,
                                         struct arena *a)
{
    for (size_t i = 0; i < w->logs.log_count; i++) {
        char name[WITNESS_NAME_SIZE];
        struct bytes b;
        struct err e;

        witness_file_name(w->logs.logs[i].name, name);
        if (!bytes_equal(bytes_slice(bytes_of(name), 5, (size_t)2 * SHA256_SIZE), hash))
            continue;
        if (w->storage->read(w->storage->user, name, NOTE_SIZE_MAX, a, &b, &e))
            return (struct witness_answer){200, "text/plain; charset=utf-8", b};
        if (e.code != ERR_ABSENT)
            return say(500, "what was cosigned cannot be read\n");
    }
    return say(404, "no checkpoint of this log was cosigned\n");
}
