/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/log_proof.h"

#include "audit/note.h"

bool hashes_read(struct memory *m, struct view *rest, struct hash *ret, size_t *ret_count)
{
    struct view line;

    *ret_count = 0;
    while (view_cut(rest, '\n', &line)) {
        if (line.len == 0)
            return true;
        if (*ret_count == MERKLE_PROOF || !hash_read(m, line, &ret[(*ret_count)++]))
            return false;
    }
    return false;
}

bool log_proof_read(struct memory *m, struct view file, struct log_proof *ret)
{
    struct view line;

    *ret = (struct log_proof){0};
    if (!view_cut(&file, '\n', &line) || !view_is(line, "c2sp.org/tlog-proof@v1") ||
        !view_cut(&file, '\n', &line))
        return false;
    if (view_begins(line, "extra ") &&
        (!base64_read(m, view_after(line, 6), &ret->extra) || !view_cut(&file, '\n', &line)))
        return false;
    if (!view_begins(line, "index ") || !view_number(view_after(line, 6), &ret->index) ||
        !hashes_read(m, &file, ret->hashes, &ret->count))
        return false;
    ret->checkpoint = file;
    return file.len > 0;
}
