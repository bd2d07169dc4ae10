/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/intoto.h"

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
