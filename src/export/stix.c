/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STIX 2.1 (OASIS). Only findings that somebody has confirmed: a bundle says to others that
 * something happened. What was read is a `file` with its digest, seen in `observed-data`; what
 * it means stands in a `note`, in the words of the finding. An `indicator`, with a sighting, is
 * made only of what is known from elsewhere by its digest: nothing else that one machine has
 * is a pattern by which to look for it on others.
 */
#include <inttypes.h>
#include <string.h>

#include "base/moment.h"
#include "export/private.h"
#include "result/words.h"

/* For identifiers of objects that we make: UUID version 5 of "urn:assay:stix:1" as a URL. */
static const uint8_t our_space[UUID_SIZE] = {0x27, 0x06, 0xcb, 0x75, 0x15, 0x53, 0x5b, 0x30,
                                             0xbc, 0x9e, 0xf4, 0x45, 0xf9, 0x76, 0x89, 0x93};

/* STIX 2.1 section 2.9: for identifiers of observables, over what they consist of. */
static const uint8_t observable_space[UUID_SIZE] = {0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42,
                                                    0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2,
                                                    0x33, 0x15, 0xa9, 0xb7};

struct bundle {
    struct json j;
    const struct result *r;
    const char *when; /* to the millisecond */
    const char *seen; /* when the evidence was collected, or `when` */
    struct digest digest;
    struct bytes tool; /* identifiers of the two identities */
    struct bytes machine;
    struct arena *arena;
};

/* An identifier that follows from the result and what the object is about. */
static struct bytes object_id(struct bundle *b, const char *type, struct bytes what)
{
    struct text name;
    struct text id;

    text_init(&name, b->arena, what.len + 256);
    text_puts(&name, type);
    text_char(&name, '\0');
    text_add(&name, (struct bytes){b->digest.bytes, sizeof(b->digest.bytes)});
    text_add(&name, what);
    text_init(&id, b->arena, 128);
    text_puts(&id, type);
    text_puts(&id, "--");
    text_add(&id, uuid_of_name(our_space, text_bytes(&name), b->arena));
    return text_bytes(&id);
}

static struct bytes file_id(const struct digest *d, struct arena *a)
{
    const char *body =
        arena_format(a, "{\"hashes\":{\"SHA-256\":\"%s\"}}", arena_text(a, digest_hex(d, a)));
    struct bytes uuid = uuid_of_name(observable_space, bytes_of(body), a);

    return bytes_of(arena_format(a, "file--%s", arena_text(a, uuid)));
}

static void begin(struct bundle *b, const char *type, struct bytes id)
{
    struct json *j = &b->j;

    json_object_begin(j);
    json_member_text(j, "type", type);
    json_member_text(j, "spec_version", "2.1");
    json_member_string(j, "id", id);
}

/* What domain and relationship objects have, and observables have not. */
static void made(struct bundle *b)
{
    struct json *j = &b->j;

    json_member_string(j, "created_by_ref", b->tool);
    json_member_text(j, "created", b->when);
    json_member_text(j, "modified", b->when);
}

static void list(struct json *j, const char *key, const struct bytes *rows, size_t count)
{
    json_key(j, key);
    json_array_begin(j);
    for (size_t i = 0; i < count; i++)
        json_utf8(j, rows[i]);
    json_array_end(j);
}

static void identity(struct bundle *b, struct bytes id, struct bytes name)
{
    begin(b, "identity", id);
    made(b);
    json_member_string(&b->j, "name", name);
    json_member_text(&b->j, "identity_class", "system");
    json_object_end(&b->j);
}

static void file(struct bundle *b, const struct digest *d)
{
    struct json *j = &b->j;

    begin(b, "file", file_id(d, b->arena));
    json_key(j, "hashes");
    json_object_begin(j);
    json_member_string(j, "SHA-256", digest_hex(d, b->arena));
    json_object_end(j);
    json_object_end(j);
}

static void observed(struct bundle *b, struct bytes id, const struct bytes *files, size_t count)
{
    struct json *j = &b->j;

    begin(b, "observed-data", id);
    made(b);
    json_member_text(j, "first_observed", b->seen);
    json_member_text(j, "last_observed", b->seen);
    json_member_uint(j, "number_observed", 1);
    list(j, "object_refs", files, count);
    json_object_end(j);
}

static void indicator(struct bundle *b, struct bytes id, const struct result_finding *f)
{
    struct json *j = &b->j;
    const struct bytes types[] = {bytes_of("malicious-activity")};

    begin(b, "indicator", id);
    made(b);
    json_member_string(j, "name", f->id);
    json_member_string(j, "description", f->why);
    list(j, "indicator_types", types, ARRAY_LEN(types));
    json_member_text(j, "pattern",
                     arena_format(b->arena, "[file:hashes.'SHA-256' = '%s']",
                                  arena_text(b->arena, f->value)));
    json_member_text(j, "pattern_type", "stix");
    json_member_text(j, "valid_from", b->when);
    json_object_end(j);
}

static void sighting(struct bundle *b, struct bytes id, struct bytes of, struct bytes data)
{
    struct json *j = &b->j;

    begin(b, "sighting", id);
    made(b);
    json_member_text(j, "first_seen", b->seen);
    json_member_text(j, "last_seen", b->seen);
    json_member_uint(j, "count", 1);
    json_member_string(j, "sighting_of_ref", of);
    list(j, "observed_data_refs", &data, 1);
    list(j, "where_sighted_refs", &b->machine, 1);
    json_object_end(j);
}

static void words(struct text *t, const char *label, struct bytes b)
{
    if (b.len == 0)
        return;
    text_printf(t, "\n%s: ", label);
    text_add(t, b);
}

static void note(struct bundle *b, const struct result_finding *f, struct bytes about)
{
    struct json *j = &b->j;
    struct text t;

    text_init(&t, b->arena, 1 << 20);
    text_add(&t, f->why);
    words(&t, "Where", f->path);
    words(&t, "Against", f->other);
    words(&t, "Found", f->value);
    words(&t, "Expected", f->expected);
    if (f->has_span)
        text_printf(&t, "\nBytes: %" PRIu64 " at offset %" PRIu64, f->length, f->offset);
    begin(b, "note", object_id(b, "note", f->fingerprint));
    made(b);
    json_key(j, "external_references");
    json_array_begin(j);
    json_object_begin(j);
    json_member_text(j, "source_name", "assay");
    json_member_string(j, "external_id", f->fingerprint);
    json_object_end(j);
    json_array_end(j);
    json_member_string(j, "abstract", f->id);
    json_member_string(j, "content", text_bytes(&t));
    list(j, "object_refs", &about, 1);
    json_object_end(j);
}

static void finding(struct bundle *b, const struct result_finding *f)
{
    struct bytes files[2];
    struct digest known;
    size_t count = 0;
    bool listed =
        bytes_equal_text(f->id, "rule.known-bad-file") && digest_of_hex(f->value, &known);

    if (f->has_span) {
        file(b, &f->blob);
        files[count++] = file_id(&f->blob, b->arena);
    }
    if (listed && !(f->has_span && digest_equal(&known, &f->blob))) {
        file(b, &known);
        files[count++] = file_id(&known, b->arena);
    }
    if (count == 0) {
        note(b, f, b->machine);
        return;
    }
    struct bytes data = object_id(b, "observed-data", f->fingerprint);

    observed(b, data, files, count);
    if (listed) {
        struct bytes id = object_id(b, "indicator", f->fingerprint);

        indicator(b, id, f);
        sighting(b, object_id(b, "sighting", f->fingerprint), id, data);
    }
    note(b, f, data);
}

static const struct result_finding *find(const struct result *r, struct bytes fingerprint)
{
    for (size_t i = 0; i < r->finding_count; i++) {
        if (bytes_equal(r->findings[i].fingerprint, fingerprint))
            return &r->findings[i];
    }
    return NULL;
}

/* The findings that were confirmed, each once. */
static bool select_findings(struct bundle *b, const struct export_confirmed *c,
                            const struct result_finding **ret, size_t *ret_count, struct err *e)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct result_finding *f = find(b->r, c->rows[i]);
        size_t same = 0;

        if (f == NULL)
            return err_set(e, ERR_INPUT, "no finding of the result has the fingerprint '%.*s'",
                           (int)c->rows[i].len, (const char *)c->rows[i].data);
        while (same < *ret_count && ret[same] != f)
            same++;
        if (same == *ret_count)
            ret[(*ret_count)++] = f;
    }
    return true;
}

/* STIX wants milliseconds. */
static const char *to_milliseconds(struct bytes moment, struct arena *a)
{
    return arena_format(a, "%.19s.000Z", arena_text(a, moment));
}

bool export_stix(struct text *t, const struct result *r, const struct export_confirmed *c,
                 struct arena *a, struct err *e)
{
    struct bundle b = {.r = r, .digest = result_digest(r, a), .arena = a};
    struct moment when;
    const struct result_finding **rows =
        ARENA_ARRAY(a, const struct result_finding *, c->count + 1);
    struct json *j = &b.j;
    size_t count = 0;

    if (!select_findings(&b, c, rows, &count, e) || !moment_of(r, &when, e))
        return false;
    b.when = to_milliseconds(when.text, a);
    b.seen = moment_valid(r->collected) ? to_milliseconds(r->collected, a) : b.when;
    b.tool = object_id(&b, "identity", bytes_of("tool"));
    b.machine = object_id(&b, "identity", bytes_of("machine"));
    json_init(j, t);
    json_object_begin(j);
    json_member_text(j, "type", "bundle");
    json_member_string(j, "id", object_id(&b, "bundle", (struct bytes){NULL, 0}));
    json_key(j, "objects");
    json_array_begin(j);
    identity(&b, b.tool, r->tool);
    identity(&b, b.machine, r->subject.len > 0 ? r->subject : bytes_of("machine"));
    for (size_t i = 0; i < count; i++)
        finding(&b, rows[i]);
    json_array_end(j);
    json_object_end(j);
    text_char(t, '\n');
    return true;
}
