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

const struct decoder *decoder_probe_sure(struct bytes b, struct bytes label, unsigned least)
{
    const struct decoder *best = NULL;
    unsigned most = least - 1;

    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        unsigned bid = b.len >= table[i]->min ? table[i]->probe(b, label) : 0;

        if (bid > most) {
            most = bid;
            best = table[i];
        }
    }
    return best;
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
