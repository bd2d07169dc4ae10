/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/note.h"

#include <inttypes.h>
#include <string.h>

enum {
    TIME_SIZE = 8
};

/* The first four bytes of SHA-256(name || "\n" || type || key). */
static uint32_t key_id(struct memory *m, struct view name, struct view tagged)
{
    struct out o = {.memory = m};

    out_add(&o, name);
    out_text(&o, "\n");
    out_add(&o, tagged);
    struct hash h = sha256(out_view(&o));
    struct cursor c = {.left = hash_view(&h)};

    return (uint32_t)cursor_number(&c, 4);
}

static bool name_good(struct view name)
{
    return name.len > 0 && view_utf8(name, true);
}

bool key_read(struct memory *m, struct view vkey, struct key *ret)
{
    struct view hex;
    struct view raw;
    uint8_t id[4] = {0};

    *ret = (struct key){0};
    if (!view_cut(&vkey, '+', &ret->name) || !view_cut(&vkey, '+', &hex) ||
        !name_good(ret->name) || !view_hex(hex, id, 4) || !base64_read(m, vkey, &raw) ||
        raw.len < 2)
        return false;
    struct cursor c = {
        .left = {id, 4}
    };

    ret->id = (uint32_t)cursor_number(&c, 4);
    ret->type = raw.data[0];
    ret->checkable = ret->type == KEY_ED25519 || ret->type == KEY_COSIGNATURE;
    if (!ret->checkable)
        return true;
    if (raw.len != 1 + KEY_SIZE || key_id(m, ret->name, raw) != ret->id)
        return false;
    memcpy(ret->bytes, raw.data + 1, KEY_SIZE);
    return true;
}

static bool line_read(struct memory *m, struct view line, struct note_line *ret)
{
    static const char mark[] = "\xe2\x80\x94 ";
    struct view raw;

    if (!view_begins(line, mark))
        return false;
    line = view_after(line, sizeof(mark) - 1);
    if (!view_cut(&line, ' ', &ret->name) || !name_good(ret->name) ||
        !base64_read(m, line, &raw) || raw.len <= 4)
        return false;
    struct cursor c = {.left = raw};

    ret->id = (uint32_t)cursor_number(&c, 4);
    ret->signature = c.left;
    return true;
}

bool note_read(struct memory *m, struct view v, struct note *ret)
{
    size_t gap = v.len;
    struct view rest;
    struct view line;

    *ret = (struct note){0};
    if (v.len < 3 || v.len > NOTE_SIZE || v.data[v.len - 1] != '\n' || !view_utf8(v, false))
        return false;
    for (size_t i = 0; i < v.len; i++) {
        if (v.data[i] < 0x20 && v.data[i] != '\n')
            return false;
    }
    /* The last empty line divides text from signatures. */
    while (--gap > 0 && (v.data[gap] != '\n' || v.data[gap - 1] != '\n')) {
    }
    if (gap == 0)
        return false;
    ret->text = (struct view){v.data, gap};
    rest = view_after(v, gap + 1);
    while (view_cut(&rest, '\n', &line)) {
        if (ret->count == NOTE_LINES || !line_read(m, line, &ret->lines[ret->count++]))
            return false;
    }
    return ret->count > 0;
}

static bool line_good(struct memory *m, const struct note *n, const struct note_line *l,
                      const struct key *k, uint64_t *ret_time)
{
    struct cursor c = {.left = l->signature};
    struct view message = n->text;
    uint64_t time = 0;

    if (k->type == KEY_COSIGNATURE) {
        struct out o = {.memory = m};

        time = cursor_number(&c, TIME_SIZE);
        out_text(&o, text_of(m, "cosignature/v1\ntime %" PRIu64 "\n", time));
        out_add(&o, n->text);
        message = out_view(&o);
    }
    if (c.failed || c.left.len != SIGNATURE_SIZE || time > INT64_MAX ||
        !ed25519_good(k->bytes, message, c.left.data))
        return false;
    if (ret_time != NULL)
        *ret_time = time;
    return true;
}

enum signing note_signing(struct memory *m, const struct note *n, const struct key *k,
                          uint64_t *ret_time)
{
    enum signing so_far = NOT_SIGNED;

    for (size_t i = 0; i < n->count; i++) {
        const struct note_line *l = &n->lines[i];

        if (l->id != k->id || !view_equal(l->name, k->name))
            continue;
        if (!k->checkable)
            return OPAQUE_LINE;
        if (!line_good(m, n, l, k, ret_time))
            return FORGED;
        so_far = SIGNED;
    }
    return so_far;
}

bool hash_read(struct memory *m, struct view text, struct hash *ret)
{
    struct view raw;

    if (!base64_read(m, text, &raw) || raw.len != sizeof(ret->bytes))
        return false;
    memcpy(ret->bytes, raw.data, sizeof(ret->bytes));
    return true;
}

bool checkpoint_read(struct memory *m, struct view text, struct checkpoint *ret)
{
    struct view size;
    struct view root;
    struct view more;

    if (!view_cut(&text, '\n', &ret->origin) || !view_cut(&text, '\n', &size) ||
        !view_cut(&text, '\n', &root) || ret->origin.len == 0 ||
        !view_number(size, &ret->size) || !hash_read(m, root, &ret->root) ||
        ret->size > INT64_MAX)
        return false;
    /* Extension lines are opaque, and not empty. */
    while (view_cut(&text, '\n', &more)) {
        if (more.len == 0)
            return false;
    }
    return text.len == 0;
}
