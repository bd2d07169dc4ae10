/* SPDX-License-Identifier: Apache-2.0 */
/* assay log stamp: checkpoints stamped by a time stamp authority (RFC 3161). */
#include "base/file.h"
#include "cli/log_command.h"
#include "crypto/timestamp.h"

enum {
    AUTHORITIES_MAX = 16 << 20
};

/* The checkpoint that is stamped: the published one, or one that was and for which a stamp was
 * asked. */
static bool stamped_note(struct log_call *c, struct logbook *l, struct logbook_note *ret)
{
    struct bytes b;
    uint64_t size = 0;

    if (c->old == NULL)
        return logbook_published(l, ret, &c->err);
    if (!ledger_number(bytes_of(c->old), &size))
        return err_set(&c->err, ERR_INPUT, "'%s' is no size", c->old);
    const char *name = arena_format(c->arena, LOGBOOK_STAMPS "/%s.note", c->old);

    return l->storage.read(l->storage.user, name, NOTE_SIZE_MAX, c->arena, &b, &c->err) &&
           logbook_note_read(b, &l->key, c->arena, ret, &c->err);
}

/* Keeps a file of a stamp beside the log. */
static bool keep(struct log_call *c, struct logbook *l, const struct logbook_note *note,
                 const char *ending, struct bytes b)
{
    const char *name = arena_format(c->arena, LOGBOOK_STAMPS "/%llu.%s",
                                    (unsigned long long)note->said.size, ending);

    return l->storage.put(l->storage.user, name, b, &c->err) &&
           l->storage.flush(l->storage.user, &c->err);
}

static int stamp_said(struct log_call *c, const struct logbook *l,
                      const struct logbook_note *note, const char *moment)
{
    struct json j;

    if (c->json) {
        log_json_begin(c, &j, &l->key);
        log_json_tree(&j, note->said.size, &note->said.root);
        if (moment != NULL)
            json_member_text(&j, "stamped", moment);
        log_json_end(c, &j);
        return STATUS_GOOD;
    }
    text_printf(&c->out, "%s: %s%s, ", c->place.where,
                moment != NULL ? "stamped at " : "to be stamped", moment != NULL ? moment : "");
    log_text_tree(&c->out, note->said.size, &note->said.root);
    return STATUS_GOOD;
}

static bool request(struct log_call *c, struct logbook *l, const struct logbook_note *note,
                    const struct digest *d)
{
    uint8_t room[TIMESTAMP_REQUEST_SIZE];

    timestamp_request(d, room);
    return keep(c, l, note, "note", note->bytes) &&
           file_write(c->request, (struct bytes){room, sizeof(room)}, c->arena, &c->err);
}

static bool response(struct log_call *c, struct logbook *l, const struct logbook_note *note,
                     const struct digest *d, char moment[TIMESTAMP_MOMENT_SIZE])
{
    struct bytes authorities;
    struct bytes b;

    return file_read(c->response, TIMESTAMP_RESPONSE_MAX, c->arena, &b, &c->err) &&
           file_read(c->authorities, AUTHORITIES_MAX, c->arena, &authorities, &c->err) &&
           timestamp_verify(b, d, authorities, moment, &c->err) && keep(c, l, note, "tsr", b);
}

int log_stamp(struct log_call *c)
{
    char moment[TIMESTAMP_MOMENT_SIZE];
    struct logbook_note note = {
        .bytes = {NULL, 0}
    };
    struct logbook l;

    if (c->place.more_count > 0 || (c->request == NULL) == (c->response == NULL) ||
        (c->response == NULL) != (c->authorities == NULL))
        return verb_usage(c->v, "stamp needs one DIR, and --request FILE, or --response FILE "
                                "and --authority FILE");
    if (!logbook_open(c->place.where, true, c->arena, &l, &c->err))
        return log_fail(c);
    bool good = stamped_note(c, &l, &note);

    if (good) {
        /* The text, without signatures: what witnesses add later changes nothing. */
        struct digest d = digest_sha256(note.note.text);

        good =
            c->request != NULL ? request(c, &l, &note, &d) : response(c, &l, &note, &d, moment);
    }
    logbook_close(&l);
    return good ? stamp_said(c, &l, &note, c->request != NULL ? NULL : moment) : log_fail(c);
}
