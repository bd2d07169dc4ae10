/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One decoder on one input: with -DDECODER=decoder_NAME a libFuzzer target, without it a
 * program that replays files: replay DECODER FILE...
 *
 * An input is a label, a NUL and the bytes; without a NUL the label is empty. Properties: no
 * crash, the invariants of every decode, and decoding twice gives the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "property/invariants.h"

static void one(const struct decoder *row, struct bytes input)
{
    const uint8_t *nul = input.len > 0 ? memchr(input.data, 0, input.len) : NULL;
    size_t label_len = nul != NULL ? (size_t)(nul - input.data) : 0;
    struct bytes label = bytes_slice(input, 0, label_len);
    struct bytes b = nul != NULL ? bytes_slice(input, label_len + 1, SIZE_MAX) : input;
    struct outcome first = decode_outcome(row, b, label);

    if (first.broken != NULL)
        BUG(first.broken);
    /* Twice is twice the time; a quarter of all inputs finds what depends on more than them. */
    if (first.whole.bytes[0] % 4 != 0)
        return;
    struct outcome second = decode_outcome(row, b, label);

    if (!digest_equal(&first.whole, &second.whole))
        BUG("decoding twice gives two results");
}

#ifdef DECODER

extern const struct decoder DECODER;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    one(&DECODER, (struct bytes){data, size});
    return 0;
}

#else

int main(int argc, char **argv)
{
    const struct decoder *row = argc > 1 ? decoder_find(bytes_of(argv[1])) : NULL;

    if (row == NULL) {
        (void)fprintf(stderr, "usage: replay DECODER FILE...\n");
        return 2;
    }
    for (int i = 2; i < argc; i++) {
        struct arena a;
        struct bytes b;
        struct err e;

        arena_init(&a);
        if (!file_read(argv[i], (size_t)1 << 30, &a, &b, &e)) {
            (void)fprintf(stderr, "replay: %s\n", e.text);
            return 2;
        }
        one(row, b);
        arena_done(&a);
    }
    (void)printf("%d replayed\n", argc - 2);
    return 0;
}

#endif
