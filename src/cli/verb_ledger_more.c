/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs, nonces and samples of a ledger. */
#include "app/fleet_plan.h"
#include "app/logbook.h"
#include "app/render.h"
#include "base/file.h"
#include "cli/ledger_command.h"
#include "ledger/sample.h"

enum {
    PROOF_FILE_MAX = 64 << 20,
    PREVALENCE_OF = 1000000
};

/* Wraps the proof in that of the log, which must have the statement. */
static bool with_log(struct ledger_call *c, const struct fleet_answer *answer, struct text *t)
{
    struct log_reader *r = ARENA_NEW(c->arena, struct log_reader);
    struct digest leaf = merkle_leaf(logbook_entry_of(answer->envelope, c->arena));
    struct logbook l;
    uint64_t index = 0;

    if (!logbook_open(c->log, false, c->arena, &l, &c->err))
        return false;
    log_reader_init(r, &l.storage, l.tree.size);
    bool good = log_reader_find(r, &leaf, &index, &c->err) ||
                err_wrap(&c->err, "the statement is not in the log");

    good = good && logbook_prove(&l, index, answer->proof, t, &c->err);
    logbook_close(&l);
    return good;
}

static int proof_said(struct ledger_call *c, const struct fleet_answer *answer, size_t size)
{
    struct json j;

    if (!c->json) {
        text_printf(&c->out, "%s: %s, %zu bytes%s\n", c->output,
                    answer->absent ? "no server of the fleet is that" : "in the fleet, once",
                    size, c->log != NULL ? ", with the proof of the log" : "");
        return STATUS_GOOD;
    }
    json_init(&j, &c->out);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    json_member_text(&j, "ledger", c->place.where);
    json_key(&j, "absent");
    json_bool(&j, answer->absent);
    json_member_text(&j, "file", c->output);
    json_member_uint(&j, "size", size);
    ledger_json_end(c, &j);
    return STATUS_GOOD;
}

int ledger_prove(struct ledger_call *c)
{
    struct fleet_question q = {
        .open = c->open.rows,
        .open_count = c->open.count,
        .aliases = c->aliases.rows,
        .alias_count = c->aliases.count,
    };
    struct fleet_answer answer;
    struct fleet_folder f;
    struct text t;

    if (c->id == NULL || c->output == NULL || c->place.more_count > 0)
        return verb_usage(c->v, "prove needs one DIR, --id KIND=ID and -o FILE");
    if (!identity_parse(bytes_of(c->id), c->arena, &q.identity, &c->err) ||
        !fleet_open(c->place.where, false, c->arena, &f, &c->err) ||
        !fleet_prove(&f, &q, &answer, &c->err))
        return ledger_fail(c);
    text_init(&t, c->arena, PROOF_FILE_MAX);
    if (c->log == NULL)
        text_add(&t, answer.proof);
    else if (!with_log(c, &answer, &t))
        return ledger_fail(c);
    if (!file_write(c->output, text_bytes(&t), c->arena, &c->err))
        return ledger_fail(c);
    return proof_said(c, &answer, t.len);
}

int ledger_nonce(struct ledger_call *c)
{
    struct identity identity;
    struct vrf_secret secret;
    struct vrf_proof proof;
    struct digest checkpoint;
    struct digest index;
    struct fleet_folder f;

    if (c->id == NULL || c->checkpoint == NULL || c->place.more_count > 0)
        return verb_usage(c->v, "nonce needs one DIR, --id KIND=ID and --checkpoint FILE");
    if (!identity_parse(bytes_of(c->id), c->arena, &identity, &c->err) ||
        !ledger_checkpoint_hash(c, &checkpoint) ||
        !fleet_open(c->place.where, false, c->arena, &f, &c->err) ||
        !fleet_secret(&f, f.last, &secret, &c->err))
        return ledger_fail(c);
    if (!identity_kind_known(PREFIX_SERVERS, identity.kind))
        return verb_usage(c->v, "a server is counted by its ek or its board");
    if (!pseudonym_make(&secret, PREFIX_SERVERS, &identity, &index, &proof)) {
        (void)err_set(&c->err, ERR_INPUT, "the secret of the pseudonyms is damaged");
        return ledger_fail(c);
    }
    struct digest nonce = nonce_of(&checkpoint, &index);
    struct json j;

    if (c->json) {
        ledger_json_begin(c, &j, f.origin);
        json_key(&j, "nonce");
        json_hex(&j, (struct bytes){nonce.bytes, sizeof(nonce.bytes)});
        ledger_json_end(c, &j);
        return STATUS_GOOD;
    }
    text_hex(&c->out, (struct bytes){nonce.bytes, sizeof(nonce.bytes)});
    text_char(&c->out, '\n');
    return STATUS_GOOD;
}

/* "95/100", or a whole number of percent. */
static bool share_read(const char *text, struct share usual, struct share *ret)
{
    struct bytes rest = bytes_of(text != NULL ? text : "");
    struct bytes part = rest;
    bool divided = bytes_cut(&rest, '/', &part);

    *ret = usual;
    if (text == NULL)
        return true;
    ret->of = 100;
    return bytes_number(divided ? part : rest, 10, &ret->part) &&
           (!divided || bytes_number(rest, 10, &ret->of)) && ret->of > 0 &&
           ret->of <= SAMPLE_FLEET_MAX && ret->part <= ret->of;
}

/* How many are drawn: as given, or as many as the wanted confidence takes. */
static bool sample_count(struct ledger_call *c, uint64_t fleet, uint64_t *ret)
{
    struct share prevalence;
    struct share sensitivity;
    struct share confidence;

    if (c->count != NULL)
        return (bytes_number(bytes_of(c->count), 10, ret) && *ret > 0 &&
                *ret <= SAMPLE_FLEET_MAX) ||
               err_set(&c->err, ERR_INPUT, "'%s' is no number of servers", c->count);
    if (!share_read(c->prevalence, (struct share){1, 100}, &prevalence) ||
        !share_read(c->sensitivity, (struct share){1, 1}, &sensitivity) ||
        !share_read(c->confidence, (struct share){95, 100}, &confidence))
        return err_set(&c->err, ERR_INPUT, "a share is a percentage or PART/OF");
    uint64_t of = fleet > 0 ? fleet : PREVALENCE_OF;
    uint64_t altered = prevalence.part * of / prevalence.of;
    const struct share missed = {confidence.of - confidence.part, confidence.of};

    *ret =
        sample_size(fleet, altered > 0 ? altered : 1, sensitivity, sample_probability(missed));
    return *ret > 0 ||
           err_set(&c->err, ERR_INPUT,
                   "no sample of this fleet gives that confidence with this method");
}

static bool method_bit(struct ledger_call *c, const struct fleet_folder *f, uint32_t *ret)
{
    for (size_t i = 0; i < f->method_count; i++) {
        if (bytes_equal_text(f->methods[i].id, c->method)) {
            *ret = f->methods[i].bit;
            return true;
        }
    }
    return err_set(&c->err, ERR_INPUT, "methods.json has no method '%s'", c->method);
}

/* A plan for the next epoch. */
static int sample_commit(struct ledger_call *c, struct fleet_folder *f)
{
    struct fleet_sampling plan = {.source = bytes_of(c->source),
                                  .not_before = bytes_of(c->not_before)};
    struct fleet_epoch *last = ARENA_NEW(c->arena, struct fleet_epoch);
    struct json j;

    if (f->has_epoch && !fleet_epoch_load(f, f->last, last, &c->err))
        return ledger_fail(c);
    if (!method_bit(c, f, &plan.method) ||
        !sample_count(c, last->statement.sum.n, &plan.size) ||
        !fleet_plan_commit(f, plan, &c->err))
        return ledger_fail(c);
    if (c->json) {
        ledger_json_begin(c, &j, f->origin);
        json_member_uint(&j, "k", plan.size);
        ledger_json_end(c, &j);
    } else {
        text_printf(&c->out, "%s: the next epoch commits to %llu servers for %s, drawn by %s\n",
                    c->place.where, (unsigned long long)plan.size, c->method, c->source);
    }
    return STATUS_GOOD;
}

static bool seed_read(struct ledger_call *c, struct bytes *ret)
{
    struct digest *seed = ARENA_NEW(c->arena, struct digest);

    *ret = (struct bytes){seed->bytes, SEED_SIZE};
    return digest_of_hex(bytes_of(c->seed), seed) ||
           err_set(&c->err, ERR_INPUT,
                   "the seed is %d bytes in hexadecimal (of more, their SHA-256)", SEED_SIZE);
}

/* One server that was drawn; who it is only if its record is here. */
static void drawn_said(struct ledger_call *c, struct json *j, struct fleet_folder *f,
                       struct bytes leaf)
{
    struct server_leaf l = server_leaf_unpack(leaf);
    const struct fleet_record *r = NULL;
    struct fleet_records records;

    if (fleet_records_load(f, l.since, &records, &c->err))
        r = fleet_record_find(&records, &l.index);
    if (j != NULL) {
        json_object_begin(j);
        json_key(j, "index");
        json_hex(j, (struct bytes){l.index.bytes, sizeof(l.index.bytes)});
        if (r != NULL) {
            json_member_string(j, "kind", r->identity.kind);
            json_member_string(j, "id", r->identity.id);
        }
        json_object_end(j);
        return;
    }
    text_hex(&c->out, (struct bytes){l.index.bytes, sizeof(l.index.bytes)});
    if (r != NULL) {
        text_char(&c->out, ' ');
        text_printable(&c->out, r->identity.kind);
        text_char(&c->out, '=');
        text_printable(&c->out, r->identity.id);
    }
    text_char(&c->out, '\n');
}

/* The servers that the seed draws from the list of the epoch that committed to it. */
static int sample_reveal(struct ledger_call *c, struct fleet_folder *f)
{
    struct fleet_epoch *e = ARENA_NEW(c->arena, struct fleet_epoch);
    struct fleet_sampling plan;
    struct bytes seed;
    struct json j;
    size_t count;

    if (!seed_read(c, &seed) || !fleet_plan_reveal(f, seed, &plan, &c->err) ||
        !fleet_epoch_load(f, plan.epoch, e, &c->err))
        return ledger_fail(c);
    const struct prefix_leaves *l = &e->servers.leaves;
    const size_t *drawn = sample_draw(l, seed, (size_t)plan.size, c->arena, &count);

    if (c->json) {
        ledger_json_begin(c, &j, f->origin);
        json_member_uint(&j, "epoch", plan.epoch);
        json_key(&j, "drawn");
        json_array_begin(&j);
    }
    for (size_t i = 0; i < count; i++)
        drawn_said(c, c->json ? &j : NULL, f, prefix_leaf(l, drawn[i]));
    if (c->json) {
        json_array_end(&j);
        ledger_json_end(c, &j);
    }
    return STATUS_GOOD;
}

int ledger_sample(struct ledger_call *c)
{
    struct fleet_folder f;
    bool commits = c->method != NULL && c->source != NULL && c->not_before != NULL;

    if (c->place.more_count > 0 || commits == (c->seed != NULL))
        return verb_usage(c->v, "sample needs DIR and either --method, --source and "
                                "--not-before, or --seed");
    if (!fleet_open(c->place.where, true, c->arena, &f, &c->err))
        return ledger_fail(c);
    int done = commits ? sample_commit(c, &f) : sample_reveal(c, &f);

    fleet_close(&f);
    return done;
}
