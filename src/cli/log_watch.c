/* SPDX-License-Identifier: Apache-2.0 */
/* assay log checkpoint and monitor: what involves others. */
#include <string.h>

#include "app/cosigning.h"
#include "app/keyring.h"
#include "app/monitor.h"
#include "app/render.h"
#include "base/file.h"
#include "cli/log_command.h"

static bool policy_read(struct log_call *c, struct trust_policy *ret)
{
    struct bytes b;

    return file_read(c->policy, TRUST_POLICY_MAX, c->arena, &b, &c->err) &&
           (trust_policy_parse(b, c->arena, ret, &c->err) ||
            err_wrap(&c->err, "%s", c->policy));
}

static void answers_json(struct json *j, const struct cosigning *w)
{
    json_member_uint(j, "cosigned", w->verdict.cosigned);
    json_key(j, "quorum");
    json_bool(j, w->verdict.quorum);
    json_key(j, "witnesses");
    json_array_begin(j);
    for (size_t i = 0; i < w->count; i++) {
        json_object_begin(j);
        json_member_text(j, "url", w->answers[i].url);
        json_key(j, "cosigned");
        json_bool(j, w->answers[i].cosigned);
        if (!w->answers[i].cosigned)
            json_member_text(j, "reason", w->answers[i].trouble);
        json_object_end(j);
    }
    json_array_end(j);
}

static int checkpoint_said(struct log_call *c, const struct logbook *l,
                           const struct logbook_note *note, const struct cosigning *w)
{
    bool published = w->policy == NULL || w->verdict.quorum;
    struct json j;

    if (c->json) {
        log_json_begin(c, &j, &l->key);
        log_json_tree(&j, note->said.size, &note->said.root);
        json_key(&j, "published");
        json_bool(&j, published);
        if (w->policy != NULL)
            answers_json(&j, w);
        log_json_end(c, &j);
    } else {
        for (size_t i = 0; i < w->count; i++)
            text_printf(&c->out, "%s: %s\n", w->answers[i].url,
                        w->answers[i].cosigned ? "cosigned" : w->answers[i].trouble);
        text_printf(&c->out, "%s: %s, ", c->place.where,
                    published ? "checkpoint" : "not published, no quorum of witnesses");
        log_text_tree(&c->out, note->said.size, &note->said.root);
    }
    return published ? STATUS_GOOD : STATUS_INCOMPLETE;
}

/* Has the witnesses cosign; what they say is in `w`, and the whole note in `ret`. */
static bool gather(struct log_call *c, struct logbook *l, const struct logbook_note *note,
                   struct cosigning *w, struct bytes *ret)
{
    struct trust_policy *p = ARENA_NEW(c->arena, struct trust_policy);
    struct fetcher f = {.to = -1};

    if (!policy_read(c, p))
        return false;
    cosigning_plan(w, p, c->witnesses.rows, c->witnesses.count, c->arena);
    bool good = (w->count == 0 || fetcher_start(&f, c->arena, &c->err)) &&
                cosigning_gather(w, l, &f, note, ret, &c->err);

    fetcher_end(&f);
    return good;
}

/* Signs, has it cosigned, publishes if that is enough. */
static bool sign_and_publish(struct log_call *c, struct logbook *l, struct signer *s,
                             struct logbook_note *note, struct cosigning *w)
{
    struct bytes whole;

    if (!logbook_sign(l, s, note, &c->err))
        return false;
    whole = note->bytes;
    if (c->policy != NULL && !gather(c, l, note, w, &whole))
        return false;
    return (c->policy != NULL && !w->verdict.quorum) || logbook_publish(l, whole, &c->err);
}

int log_checkpoint(struct log_call *c)
{
    struct cosigning w = {.policy = NULL};
    struct logbook_note note;
    struct signer s;
    struct logbook l;

    if (c->place.more_count > 0 || (c->witnesses.count > 0 && c->policy == NULL))
        return verb_usage(c->v, "checkpoint needs one DIR, and --policy FILE with --witness");
    if (!logbook_open(c->place.where, true, c->arena, &l, &c->err))
        return log_fail(c);
    const struct signer_options o = {.key = c->key != NULL ? c->key : l.key_file,
                                     .passphrase = c->passphrase,
                                     .checkpoints = true};
    bool good = signer_start(&o, &s, &c->err);

    if (good) {
        good = sign_and_publish(c, &l, &s, &note, &w);
        signer_end(&s);
    }
    logbook_close(&l);
    return good ? checkpoint_said(c, &l, &note, &w) : log_fail(c);
}

static int monitor_said(struct log_call *c, const struct monitor_report *r)
{
    bool good = r->verdict == MONITOR_GOOD;
    struct json j;

    if (!c->json) {
        if (good) {
            text_printf(&c->out, "%s: good, %llu new, ", c->place.where,
                        (unsigned long long)(r->said.size - r->before));
            log_text_tree(&c->out, r->said.size, &r->said.root);
            if (r->asked > 0)
                text_printf(&c->out, "%zu of %zu witnesses that were asked agree\n", r->agreed,
                            r->asked);
        } else {
            text_printf(&c->out, "%s: %s: %s\n", c->place.where,
                        monitor_verdict_name(r->verdict), r->why);
        }
        if (r->evidence != NULL)
            text_printf(&c->out, "both signed checkpoints: %s\n", r->evidence);
        return good ? STATUS_GOOD : STATUS_FINDING;
    }
    json_init(&j, &c->out);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    json_member_text(&j, "log", c->place.where);
    json_member_text(&j, "verdict", monitor_verdict_name(r->verdict));
    if (!good)
        json_member_text(&j, "reason", r->why);
    if (r->evidence != NULL)
        json_member_text(&j, "evidence", r->evidence);
    if (r->verdict != MONITOR_UNTRUSTED) {
        json_member_string(&j, "origin", r->said.origin);
        log_json_tree(&j, r->said.size, &r->said.root);
        json_member_uint(&j, "before", r->before);
    }
    json_member_uint(&j, "cosigned", r->cosigned);
    json_member_uint(&j, "asked", r->asked);
    json_member_uint(&j, "agreed", r->agreed);
    log_json_end(c, &j);
    return good ? STATUS_GOOD : STATUS_FINDING;
}

/* Opens what is at a URL or in a folder, and looks. */
static bool monitor_at(struct log_call *c, struct monitor_order o, struct monitor_report *r)
{
    struct bytes where = bytes_of(c->place.where);
    bool remote = bytes_starts_with(where, "http://") || bytes_starts_with(where, "https://");
    struct log_storage storage;
    struct log_folder folder;

    while (remote && where.len > 0 && where.data[where.len - 1] == '/')
        where.len--;
    struct fetched_log fetched = {o.fetcher, arena_text(c->arena, where)};

    o.storage = &storage;
    if (remote) {
        storage = fetched_log_storage(&fetched);
        return monitor(&o, c->arena, r, &c->err);
    }
    if (!log_folder_open(c->place.where, false, c->arena, &folder, &c->err))
        return false;
    storage = log_folder_storage(&folder);
    bool good = monitor(&o, c->arena, r, &c->err);

    log_folder_close(&folder);
    return good;
}

int log_monitor(struct log_call *c)
{
    struct monitor_order o = {.state = c->state};
    struct monitor_report r;
    struct trust_policy p;
    struct note_key key;
    struct fetcher f;

    if (c->place.more_count > 0 || c->state == NULL || (c->key == NULL && c->policy == NULL))
        return verb_usage(c->v, "monitor needs one URL or DIR, --state FILE, and --key KEY.pub "
                                "or --policy FILE");
    if ((c->key != NULL && !key_half_read(c->key, c->arena, &key, &c->err)) ||
        (c->policy != NULL && !policy_read(c, &p)))
        return log_fail(c);
    o.key = c->key != NULL ? &key : NULL;
    o.policy = c->policy != NULL ? &p : NULL;
    if (!fetcher_start(&f, c->arena, &c->err))
        return log_fail(c);
    o.fetcher = &f;
    bool good = monitor_at(c, o, &r);

    fetcher_end(&f);
    return good ? monitor_said(c, &r) : log_fail(c);
}
