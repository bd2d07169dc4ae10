/* SPDX-License-Identifier: Apache-2.0 */
#include "app/fleet_identity.h"

#include <string.h>

#include "appraise/placeholder.h"

/* The text of the first claim of a key; empty if there is none. */
static struct bytes claim_text(const struct decoded *d, enum key_id key)
{
    for (size_t i = 0; i < d->item_count; i++) {
        const struct item *n = &d->items[i];

        if (n->kind == ITEM_CLAIM && n->key == key && n->value.type == TYPE_TEXT)
            return n->value.bytes;
    }
    return (struct bytes){NULL, 0};
}

/* The text of a claim in the same container as another one. */
static struct bytes sibling_text(const struct decoded *d, const struct item *of,
                                 enum key_id key)
{
    for (size_t i = 0; i < d->item_count; i++) {
        const struct item *n = &d->items[i];

        if (n->kind == ITEM_CLAIM && n->key == key && n->parent == of->parent &&
            n->value.type == TYPE_TEXT)
            return n->value.bytes;
    }
    return (struct bytes){NULL, 0};
}

bool fleet_machine_add(struct fleet_machine *m, struct identity i, struct err *e)
{
    for (size_t k = 0; k < m->identity_count; k++) {
        if (bytes_equal(m->identities[k].kind, i.kind) &&
            bytes_equal(m->identities[k].id, i.id))
            return true;
    }
    if (m->identity_count == FLEET_ALIASES_MAX)
        return err_set(e, ERR_LIMIT, "a machine has more than %d identities",
                       FLEET_ALIASES_MAX);
    m->identities[m->identity_count++] = i;
    return true;
}

/* Addresses that software gives out, those of groups, and none at all. */
static bool address_own(const struct identity *i)
{
    return i->id.len == 12 && hex_digit(i->id.data[1]) % 4 == 0 && !bytes_all(i->id, '0');
}

static bool board_own(const struct value *serial, struct arena *a)
{
    return !placeholder_is(own_normalise(serial, a));
}

static bool add_claim(const struct decoded *d, const struct item *n, struct arena *a,
                      struct fleet_machine *m, struct err *e)
{
    static const struct bytes none = {NULL, 0};
    struct identity i;

    switch ((unsigned)n->key) {
    case KEY_SM_BASEBOARD_SERIAL:
        if (!board_own(&n->value, a) ||
            !identity_canonical(bytes_of("board"),
                                sibling_text(d, n, KEY_SM_BASEBOARD_MANUFACTURER),
                                n->value.bytes, a, &i))
            return true;
        break;
    case KEY_BMC_MAC:
        if (!identity_canonical(bytes_of("bmc-mac"), n->value.bytes, none, a, &i) ||
            !address_own(&i))
            return true;
        break;
    case KEY_NET_ADDRESS:
        if (!identity_canonical(bytes_of("nic-mac"), n->value.bytes, none, a, &i) ||
            !address_own(&i))
            return true;
        break;
    default:
        return true;
    }
    return fleet_machine_add(m, i, e);
}

/* PCR 0 of the SHA-256 bank. */
static struct bytes boot_register(const struct decoded *d, struct arena *a)
{
    static const char tail[] = "pcr/sha256/0";

    for (size_t i = 0; i < d->item_count; i++) {
        const struct item *n = &d->items[i];
        struct text t;

        if (n->kind != ITEM_CLAIM || n->key != KEY_TPM_PCR || n->value.type != TYPE_BYTES)
            continue;
        text_init(&t, a, 1024);
        item_path(d, (uint32_t)i, &t);
        if (t.len >= strlen(tail) &&
            bytes_equal_text(bytes_slice(text_bytes(&t), t.len - strlen(tail), SIZE_MAX), tail))
            return n->value.bytes;
    }
    return (struct bytes){NULL, 0};
}

bool fleet_machine_of(const struct subject *s, struct arena *a, struct fleet_machine *ret,
                      struct err *e)
{
    const struct decoded *d = &s->decoded;
    struct bytes maker = bytes_trim(claim_text(d, KEY_SM_SYSTEM_MANUFACTURER));
    struct bytes product = bytes_trim(claim_text(d, KEY_SM_SYSTEM_PRODUCT));

    *ret = (struct fleet_machine){.evidence = s->digest};
    for (size_t i = 0; i < d->item_count; i++) {
        const struct item *n = &d->items[i];

        if (n->kind == ITEM_CLAIM && n->value.type == TYPE_TEXT && !add_claim(d, n, a, ret, e))
            return false;
    }
    if (product.len > 0)
        ret->model = bytes_of(arena_format(a, "%.*s%s%.*s", (int)maker.len,
                                           (const char *)maker.data, maker.len > 0 ? " " : "",
                                           (int)product.len, (const char *)product.data));
    ret->firmware = arena_copy(a, claim_text(d, KEY_SM_BIOS_VERSION));
    ret->pcr0 = arena_copy(a, boot_register(d, a));
    return true;
}

const struct identity *fleet_machine_primary(const struct fleet_machine *m)
{
    const struct identity *found = NULL;

    for (size_t i = 0; i < m->identity_count; i++) {
        if (bytes_equal_text(m->identities[i].kind, "ek"))
            return &m->identities[i];
        if (found == NULL && bytes_equal_text(m->identities[i].kind, "board"))
            found = &m->identities[i];
    }
    return found;
}
