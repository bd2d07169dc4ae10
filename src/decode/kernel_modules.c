/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /proc/modules: a line a loaded module with name, size, references, users, state, address and,
 * in parentheses, taint letters (Linux, kernel/module/procfs.c).
 */
#include "decode/text_line.h"

enum {
    WORDS = 6
};

static bool taint_word(struct bytes word)
{
    if (word.len < 3 || word.data[0] != '(' || word.data[word.len - 1] != ')')
        return false;
    for (size_t i = 1; i + 1 < word.len; i++) {
        uint8_t c = word.data[i];

        /* Besides taints, '+' is loading and '-' unloading. */
        if (!((c >= 'A' && c <= 'Z') || c == '+' || c == '-'))
            return false;
    }
    return true;
}

static bool words_good(const struct bytes words[WORDS], uint64_t *ret_size)
{
    uint64_t address;

    return bytes_number(words[1], 10, ret_size) && bytes_starts_with(words[5], "0x") &&
           bytes_number(bytes_slice(words[5], 2, words[5].len), 16, &address);
}

static void module_line(struct decode *d, struct bytes line, size_t from)
{
    struct bytes rest = line;
    struct bytes words[WORDS];
    struct bytes extra = {NULL, 0};
    uint64_t size = 0;
    size_t count = 0;

    while (count < WORDS && bytes_word(&rest, " ", &words[count]))
        count++;
    bool tainted = bytes_word(&rest, " ", &extra);

    if (count < WORDS || !words_good(words, &size) || (tainted && !taint_word(extra)) ||
        bytes_trim(rest).len > 0) {
        text_line_fault(d, from);
        return;
    }
    struct bytes name = bytes_of(
        arena_format(d->arena, "module:%.*s", (int)words[0].len, (const char *)words[0].data));

    decode_open_bytes(d, ITEM_MAP, name);
    decode_uint(d, KEY_MODULE_SIZE, size, from);
    decode_bytes(d, KEY_MODULE_REFERENCES, words[2], from);
    if (!bytes_equal_text(words[3], "-"))
        decode_bytes(d, KEY_MODULE_USERS, words[3], from);
    decode_bytes(d, KEY_MODULE_STATE, words[4], from);
    decode_bytes(d, KEY_MODULE_ADDRESS, words[5], from);
    if (tainted)
        decode_bytes(d, KEY_MODULE_TAINT, bytes_slice(extra, 1, extra.len - 2), from);
    decode_close(d);
}

static void decode(struct decode *d)
{
    struct bytes line;
    size_t from = 0;

    while (text_line(d, &line, &from)) {
        if (bytes_trim(line).len == 0)
            text_line_blank(d, from);
        else
            module_line(d, line, from);
    }
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct bytes rest = b;
    struct bytes line = {NULL, 0};
    struct bytes words[WORDS];
    uint64_t size = 0;
    size_t count = 0;

    (void)label;
    (void)bytes_line(&rest, &line);
    while (count < WORDS && bytes_word(&line, " ", &words[count]))
        count++;
    if (count < WORDS || !words_good(words, &size))
        return 0;
    return bytes_equal_text(words[4], "Live") || bytes_equal_text(words[4], "Loading") ||
                   bytes_equal_text(words[4], "Unloading")
               ? 60
               : 0;
}

const struct decoder decoder_kernel_modules = {
    .name = "kernel-modules",
    .title = "Loaded kernel modules",
    .spec = "linux-abi",
    .min = 0,
    .max = 4 << 20,
    .probe = probe,
    .decode = decode,
};
