/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/checkpoint.h"

#include <string.h>

#include "base/base64.h"

bool ledger_number(struct bytes b, uint64_t *ret)
{
    return b.len > 0 && (b.data[0] != '0' || b.len == 1) && bytes_number(b, 10, ret);
}

bool ledger_hash(struct bytes b, struct arena *a, struct digest *ret)
{
    struct bytes raw;

    if (!base64_decode(b, a, &raw) || raw.len != SHA256_SIZE)
        return false;
    memcpy(ret->bytes, raw.data, SHA256_SIZE);
    return true;
}

bool checkpoint_parse(struct bytes text, struct arena *a, struct checkpoint *ret, struct err *e)
{
    struct bytes size;
    struct bytes root;
    struct bytes more;

    if (!bytes_cut(&text, '\n', &ret->origin) || !bytes_cut(&text, '\n', &size) ||
        !bytes_cut(&text, '\n', &root) || ret->origin.len == 0)
        return err_set(e, ERR_INPUT, "not a checkpoint: it has fewer than three lines");
    if (!ledger_number(size, &ret->size) || ret->size > MERKLE_SIZE_MAX)
        return err_set(e, ERR_INPUT, "the size of the checkpoint is no number");
    if (!ledger_hash(root, a, &ret->root))
        return err_set(e, ERR_INPUT, "the root of the checkpoint is no SHA-256");
    ret->extensions = text;
    while (bytes_cut(&text, '\n', &more)) {
        if (more.len == 0)
            return err_set(e, ERR_INPUT, "the checkpoint has an empty line");
    }
    return text.len == 0 || err_set(e, ERR_INPUT, "the checkpoint's last line does not end");
}

void checkpoint_print(struct text *t, const struct checkpoint *c)
{
    text_add(t, c->origin);
    text_char(t, '\n');
    text_uint(t, c->size);
    text_char(t, '\n');
    text_base64(t, (struct bytes){c->root.bytes, SHA256_SIZE});
    text_char(t, '\n');
    text_add(t, c->extensions);
}
