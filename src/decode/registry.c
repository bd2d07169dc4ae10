/* SPDX-License-Identifier: Apache-2.0 */
/* The decoders of the list in meson.build. */
#include <string.h>

#include "decode/engine.h"

#define DECODER(word) extern const struct decoder decoder_##word;
#include "decode/decoders.def"
#undef DECODER

static const struct decoder *const table[] = {
#define DECODER(word) &decoder_##word,
#include "decode/decoders.def"
#undef DECODER
};

const struct decoder *const *decoder_table(size_t *ret_count)
{
    *ret_count = ARRAY_LEN(table);
    return table;
}

const struct decoder *decoder_find(struct bytes name)
{
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        if (bytes_equal_text(name, table[i]->name))
            return table[i];
    }
    return NULL;
}

const struct decoder *decoder_probe(struct bytes b, struct bytes label)
{
    return decoder_probe_sure(b, label, 1);
}

/* The row that is surest of the bytes so far. */
struct bidding {
    struct bytes bytes;
    struct bytes label;
    unsigned most;
    size_t best; /* a row of the table, or its length */
};

/* Of equally sure ones the first in the table takes it. */
static bool wins(const struct bidding *g, unsigned bid, size_t row)
{
    return bid > g->most || (bid == g->most && row < g->best && g->best < ARRAY_LEN(table));
}

static void ask(struct bidding *g, size_t row)
{
    const struct decoder *r = table[row];
    unsigned bid = g->bytes.len >= r->min ? r->probe(g->bytes, g->label) : 0;

    if (r->search_bid != 0 && bid > r->search_bid)
        BUG("a probe bids more than its row says");
    if (wins(g, bid, row)) {
        g->most = bid;
        g->best = row;
    }
}

const struct decoder *decoder_probe_sure(struct bytes b, struct bytes label, unsigned least)
{
    struct bidding g = {b, label, least - 1, ARRAY_LEN(table)};

    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        if (table[i]->search_bid == 0)
            ask(&g, i);
    }
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        if (table[i]->search_bid != 0 && wins(&g, table[i]->search_bid, i))
            ask(&g, i);
    }
    return g.best < ARRAY_LEN(table) ? table[g.best] : NULL;
}

static void hash_text(struct digest_stream *s, const char *text)
{
    /* With the NUL, so that joined words cannot be told apart wrongly. */
    digest_more(s, (struct bytes){(const uint8_t *)text, strlen(text) + 1});
}

struct digest decoder_set_digest(void)
{
    struct digest_stream s;

    digest_begin(&s);
    hash_text(&s, "assay/decoder-set/" ASSAY_VERSION);
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        hash_text(&s, table[i]->name);
    for (unsigned i = 0; i < KEY_COUNT; i++) {
        const struct key *k = key_get((enum key_id)i);

        hash_text(&s, k->name);
        hash_text(&s, value_type_name(k->type));
        hash_text(&s, expectation_name(k->expectation));
    }
    return digest_end(&s);
}
