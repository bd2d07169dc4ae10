/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/manifest.h"

#include "base/json.h"

static void digest_member(struct json *j, const char *name, const struct digest *d)
{
    char room[80];
    struct text t;

    text_init_room(&t, room, sizeof(room));
    text_puts(&t, "sha256:");
    text_hex(&t, (struct bytes){d->bytes, sizeof(d->bytes)});
    json_member_string(j, name, text_bytes(&t));
}

static void entry_render(struct text *t, const struct entry *n)
{
    struct json j;

    json_init(&j, t);
    json_object_begin(&j);
    json_member_string(&j, "source", n->source);
    json_member_string(&j, "origin", n->origin);
    json_member_text(&j, "state", coverage_name(n->state));
    if (n->reason.len > 0)
        json_member_string(&j, "reason", n->reason);
    if (n->has_blob)
        digest_member(&j, "digest", &n->digest);
    json_member_uint(&j, "length", n->length);
    json_object_end(&j);
}

void manifest_render(struct text *t, const struct evidence *e, const struct digest *digest)
{
    struct json j;

    json_init(&j, t);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    digest_member(&j, "evidence", digest);
    json_member_string(&j, "tool", e->tool);
    json_member_string(&j, "subject", e->subject);
    json_member_string(&j, "time", e->time);
    json_key(&j, "salt");
    json_hex(&j, (struct bytes){e->salt, sizeof(e->salt)});
    json_key(&j, "entries");
    json_array_begin(&j);
    for (size_t i = 0; i < e->count; i++) {
        text_puts(t, i == 0 ? "\n" : ",\n");
        entry_render(t, &e->entries[i]);
    }
    text_puts(t, "\n");
    json_array_end(&j);
    json_object_end(&j);
    text_char(t, '\n');
}
