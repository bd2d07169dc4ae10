/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/pseudonym.h"

#include <string.h>

#include "base/text.h"

enum {
    PART_SEPARATOR = 0x1f
};

/* The kinds of two parts first; the others are hexadecimal digits. */
static const char *const kinds[] = {"board",   "chassis-slot", "ek",
                                    "bmc-mac", "nic-mac",      "disk"};

static bool has_two_parts(struct bytes kind)
{
    return bytes_equal_text(kind, kinds[0]) || bytes_equal_text(kind, kinds[1]);
}

bool identity_kind_known(enum prefix_kind as, struct bytes kind)
{
    if (as == PREFIX_SERVERS)
        return bytes_equal_text(kind, "ek") || bytes_equal_text(kind, "board");
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (bytes_equal_text(kind, kinds[i]))
            return true;
    }
    return false;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Adds a part with its white space and case made uniform. False if nothing is left of it. */
static bool add_part(struct text *t, struct bytes part)
{
    size_t start = t->len;
    bool space = false;

    for (size_t i = 0; i < part.len; i++) {
        uint8_t c = part.data[i];

        if (c < ' ' && !is_space(c))
            return false;
        if (is_space(c)) {
            space = t->len > start;
            continue;
        }
        if (space)
            text_char(t, ' ');
        space = false;
        text_char(t, (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
    }
    return t->len > start;
}

static bool add_digits(struct text *t, struct bytes digits)
{
    for (size_t i = 0; i < digits.len; i++) {
        uint8_t c = digits.data[i];

        if (c == ':' || c == '-' || c == '.')
            continue;
        if (hex_digit(c) < 0)
            return false;
        text_char(t, (char)(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c));
    }
    return t->len > 0;
}

bool identity_canonical(struct bytes kind, struct bytes first, struct bytes second,
                        struct arena *a, struct identity *ret)
{
    struct text t;

    if (!identity_kind_known(PREFIX_ALIASES, kind))
        return false;
    text_init(&t, a, IDENTITY_MAX);
    if (has_two_parts(kind)) {
        if (!add_part(&t, first))
            return false;
        text_char(&t, PART_SEPARATOR);
        if (!add_part(&t, second))
            return false;
    } else if (second.len > 0 || !add_digits(&t, first)) {
        return false;
    }
    *ret = (struct identity){kind, text_bytes(&t)};
    return !t.overflow;
}

bool identity_parse(struct bytes text, struct arena *a, struct identity *ret, struct err *e)
{
    struct bytes rest = text;
    struct bytes second = {NULL, 0};
    struct bytes kind;

    if (!bytes_cut(&rest, '=', &kind) || !identity_kind_known(PREFIX_ALIASES, kind))
        return err_set(e, ERR_INPUT,
                       "'%.*s' is not KIND=ID with a kind of ek, board, chassis-slot, "
                       "bmc-mac, nic-mac or disk",
                       (int)text.len, (const char *)text.data);
    struct bytes first = rest;

    if (has_two_parts(kind)) {
        if (!bytes_cut(&rest, '/', &first))
            return err_set(e, ERR_INPUT, "%.*s has two parts, as in %.*s=%s/%s", (int)kind.len,
                           (const char *)kind.data, (int)kind.len, (const char *)kind.data,
                           kind.data[0] == 'b' ? "MAKER" : "SERIAL",
                           kind.data[0] == 'b' ? "SERIAL" : "SLOT");
        second = rest;
    }
    return identity_canonical(kind, first, second, a, ret) ||
           err_set(e, ERR_INPUT, "'%.*s' names nothing", (int)text.len,
                   (const char *)text.data);
}

struct bytes pseudonym_input(enum prefix_kind as, const struct identity *i, struct arena *a)
{
    struct text t;

    text_init(&t, a, (size_t)2 * IDENTITY_MAX);
    text_puts(&t, as == PREFIX_SERVERS ? "asset/v1" : "alias/v1");
    text_char(&t, '\0');
    text_add(&t, i->kind);
    text_char(&t, '\0');
    text_add(&t, i->id);
    return text_bytes(&t);
}

static struct digest index_of(const struct vrf_output *o)
{
    struct digest d;

    memcpy(d.bytes, o->bytes, sizeof(d.bytes));
    return d;
}

bool pseudonym_make(const struct vrf_secret *secret, enum prefix_kind as,
                    const struct identity *i, struct digest *ret, struct vrf_proof *ret_proof)
{
    struct vrf_output output;
    struct arena a;

    arena_init(&a);
    bool good = vrf_prove(secret, pseudonym_input(as, i, &a), ret_proof, &output);

    arena_done(&a);
    if (good)
        *ret = index_of(&output);
    return good;
}

bool pseudonym_verify(const struct vrf_public *key, enum prefix_kind as,
                      const struct identity *i, const struct vrf_proof *proof,
                      struct digest *ret)
{
    struct vrf_output output;
    struct arena a;

    arena_init(&a);
    bool good = vrf_verify(key, pseudonym_input(as, i, &a), proof, &output);

    arena_done(&a);
    if (good)
        *ret = index_of(&output);
    return good;
}

struct digest nonce_of(const struct digest *checkpoint, const struct digest *index)
{
    const struct bytes parts[] = {
        bytes_of("nonce/v1"),
        {checkpoint->bytes, sizeof(checkpoint->bytes)},
        {index->bytes,      sizeof(index->bytes)     }
    };
    uint8_t room[DIGEST_MAX];
    struct digest d;

    digest_parts(DIGEST_SHA256, parts, ARRAY_LEN(parts), room);
    memcpy(d.bytes, room, sizeof(d.bytes));
    return d;
}
