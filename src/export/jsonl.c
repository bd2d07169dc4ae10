/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for whoever reads a line at a time: each stands by itself. */
#include "export/private.h"

void export_jsonl(struct text *t, const struct result *r, struct arena *a)
{
    struct digest digest = result_digest(r, a);

    for (size_t i = 0; i < r->finding_count; i++) {
        struct json j;

        json_init(&j, t);
        json_object_begin(&j);
        json_member_uint(&j, "schema", 1);
        member_digest(&j, "result", &digest);
        json_member_string(&j, "subject", r->subject);
        member_optional(&j, "as_of", r->as_of);
        json_member_text(&j, "verdict", verdict_name(r->verdict));
        result_finding_members(&j, &r->findings[i]);
        json_object_end(&j);
        text_char(t, '\n');
    }
}
