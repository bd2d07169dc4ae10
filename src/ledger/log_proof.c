/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/log_proof.h"

#include <string.h>

#include "base/base64.h"

static const char first_line[] = "c2sp.org/tlog-proof@v1\n";

/* The hashes up to the empty line. */
static bool hashes_parse(struct bytes *rest, struct arena *a, struct log_proof *ret)
{
    struct bytes line;

    while (bytes_cut(rest, '\n', &line)) {
        if (line.len == 0)
            return true;
        if (ret->count == MERKLE_PROOF_MAX || !ledger_hash(line, a, &ret->hashes[ret->count++]))
            return false;
    }
    return false;
}

bool log_proof_parse(struct bytes b, struct arena *a, struct log_proof *ret, struct err *e)
{
    struct bytes line;

    *ret = (struct log_proof){.index = 0};
    if (!bytes_starts_with(b, first_line))
        return err_set(e, ERR_INPUT, "not a proof of a transparency log");
    b = bytes_slice(b, sizeof(first_line) - 1, SIZE_MAX);
    if (!bytes_cut(&b, '\n', &line))
        return err_set(e, ERR_INPUT, "the proof ends after its first line");
    if (bytes_starts_with(line, "extra ")) {
        ret->has_extra = true;
        if (!base64_decode(bytes_slice(line, 6, SIZE_MAX), a, &ret->extra) ||
            !bytes_cut(&b, '\n', &line))
            return err_set(e, ERR_INPUT, "the extra line of the proof is malformed");
    }
    if (!bytes_starts_with(line, "index ") ||
        !ledger_number(bytes_slice(line, 6, SIZE_MAX), &ret->index))
        return err_set(e, ERR_INPUT, "the index line of the proof is malformed");
    if (!hashes_parse(&b, a, ret))
        return err_set(e, ERR_INPUT, "hash %zu of the proof is malformed", ret->count);
    ret->checkpoint = b;
    return note_parse(b, a, &ret->note, e) &&
           checkpoint_parse(ret->note.text, a, &ret->said, e);
}

void log_proof_print(struct text *t, const struct log_proof *p)
{
    text_puts(t, first_line);
    if (p->has_extra) {
        text_puts(t, "extra ");
        text_base64(t, p->extra);
        text_char(t, '\n');
    }
    text_puts(t, "index ");
    text_uint(t, p->index);
    text_char(t, '\n');
    for (size_t i = 0; i < p->count; i++) {
        text_base64(t, (struct bytes){p->hashes[i].bytes, SHA256_SIZE});
        text_char(t, '\n');
    }
    text_char(t, '\n');
    text_add(t, p->checkpoint);
}

bool log_proof_holds(const struct log_proof *p, struct bytes entry)
{
    struct digest leaf = merkle_leaf(entry);

    return merkle_inclusion_verify(p->index, (struct merkle_range){0, p->said.size}, &leaf,
                                   p->hashes, p->count, &p->said.root);
}
