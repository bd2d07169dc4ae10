/* SPDX-License-Identifier: Apache-2.0 */
#include "app/statement_text.h"

void statement_begin(struct json *j, struct bytes subject, const struct digest *digest,
                     const char *predicate_type)
{
    json_object_begin(j);
    json_member_text(j, "_type", "https://in-toto.io/Statement/v1");
    json_key(j, "subject");
    json_array_begin(j);
    json_object_begin(j);
    json_member_string(j, "name", subject);
    json_key(j, "digest");
    json_object_begin(j);
    json_key(j, "sha256");
    json_hex(j, (struct bytes){digest->bytes, sizeof(digest->bytes)});
    json_object_end(j);
    json_object_end(j);
    json_array_end(j);
    json_member_text(j, "predicateType", predicate_type);
    json_key(j, "predicate");
}

void statement_end(struct json *j)
{
    json_object_end(j);
}

bool statement_sign(struct bytes payload, struct signer *signer, struct arena *a,
                    struct bytes *ret_envelope, struct err *e)
{
    struct dsse *d = ARENA_NEW(a, struct dsse);
    struct text t;

    dsse_begin(d, bytes_of(DSSE_STATEMENT), payload);
    if (!dsse_sign(d, signer_dsse(signer), a, e))
        return false;
    text_init(&t, a, DSSE_SIZE_MAX);
    dsse_print(&t, d);
    *ret_envelope = text_bytes(&t);
    return !t.overflow || err_set(e, ERR_LIMIT, "the envelope is too large");
}
