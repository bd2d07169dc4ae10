/* SPDX-License-Identifier: Apache-2.0 */
#include "app/statement_text.h"

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
