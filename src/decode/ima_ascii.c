/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ascii_runtime_measurements of the Linux kernel (6.1, security/integrity/ima): a line an
 * entry, "10 HASH TEMPLATE FIELD…". The fields are made into the bytes that the kernel hashed,
 * so that the template hash can be checked. A name may hold blanks: what follows it is taken
 * off the line's end.
 */
#include <string.h>

#include "decode/ima_entry.h"

enum {
    BEGINNING = 4096,
    LINE_MIN = 8,
    LIST_MAX = 256 << 20,
};

/* The kernel writes lower-case digits. */
static int lower_digit(uint8_t c)
{
    return c >= 'A' && c <= 'F' ? -1 : hex_digit(c);
}

/* A word of hexadecimal digits as bytes; false when it is something else. */
static bool hex_word(struct arena *a, struct bytes word, struct bytes *ret)
{
    uint8_t *out = arena_alloc(a, word.len / 2 + 1);

    for (size_t i = 0; i < word.len; i += 2) {
        int high = lower_digit(word.data[i]);
        int low = i + 1 < word.len ? lower_digit(word.data[i + 1]) : -1;

        if (high < 0 || low < 0)
            return false;
        out[i / 2] = (uint8_t)(high << 4 | low);
    }
    *ret = (struct bytes){out, word.len / 2};
    return true;
}

/* The bytes of `parts` one after another. */
static struct bytes joined(struct arena *a, const struct bytes *parts, size_t count)
{
    struct text t;

    text_init(&t, a, SIZE_MAX / 2);
    for (size_t i = 0; i < count; i++)
        text_add(&t, parts[i]);
    return text_bytes(&t);
}

/* "sha256:0123…" as the kernel hashes it: the name with its colon, a NUL, the digest. */
static bool digest_word(struct arena *a, struct bytes word, struct bytes *ret)
{
    static const uint8_t nul[1];
    const uint8_t *colon = word.len > 0 ? memrchr(word.data, ':', word.len) : NULL;
    size_t head = colon != NULL ? (size_t)(colon - word.data) + 1 : 0;
    struct bytes parts[3] = {
        bytes_slice(word, 0, head), {nul,  1},
           {NULL, 0}
    };

    if (head == 0 || !hex_word(a, bytes_slice(word, head, word.len), &parts[2]))
        return false;
    *ret = joined(a, parts, 3);
    return true;
}

static bool field_word(struct arena *a, struct bytes word, enum ima_field_kind kind,
                       struct bytes *ret)
{
    static const uint8_t nul[1];

    switch (kind) {
    case IMA_D_NG:
    case IMA_D_NGV2:
    case IMA_D_MODSIG:
        if (word.len == 0) {
            *ret = word;
            return true;
        }
        return digest_word(a, word, ret);
    case IMA_N:
        *ret = word;
        return true;
    case IMA_N_NG:
        *ret = joined(a,
                      (struct bytes[]){
                          word, {nul, 1}
        },
                      2);
        return true;
    case IMA_D:
    case IMA_SIG:
    case IMA_BUF:
    case IMA_MODSIG_FIELD:
    case IMA_EVMSIG:
        return hex_word(a, word, ret);
    case IMA_OTHER:
    case IMA_UNKNOWN:
        break;
    }
    *ret = word;
    return true;
}

/* Cuts the last word off `*rest`: what stands behind its last blank. */
static struct bytes last_word(struct bytes *rest)
{
    const uint8_t *blank = rest->len > 0 ? memrchr(rest->data, ' ', rest->len) : NULL;

    if (blank == NULL)
        return (struct bytes){rest->data, 0};
    size_t at = (size_t)(blank - rest->data);
    struct bytes word = bytes_slice(*rest, at + 1, rest->len);

    *rest = bytes_slice(*rest, 0, at);
    return word;
}

/* Splits the fields: the first word is the digest, the last words belong to the last fields. */
static bool fields_split(struct bytes rest, const enum ima_field_kind *kinds, size_t count,
                         struct bytes words[IMA_FIELDS_MAX])
{
    if (!bytes_word(&rest, " ", &words[0]))
        return false;
    while (rest.len > 0 && rest.data[0] == ' ')
        rest = bytes_slice(rest, 1, rest.len);
    for (size_t i = count; i-- > 2;) {
        words[i] = last_word(&rest);
        /* A list without the blank for an empty field leaves a name where a field is wanted. */
        if (kinds[i] == IMA_SIG && words[i].len > 0 && hex_digit(words[i].data[0]) < 0)
            return false;
    }
    words[1] = rest;
    return rest.len > 0;
}

static bool line_read(struct decode *d, struct bytes line, struct ima_entry *e)
{
    enum ima_field_kind kinds[IMA_FIELDS_MAX];
    struct bytes words[IMA_FIELDS_MAX];
    struct bytes pcr;
    struct bytes hash;
    uint64_t number = 0;

    if (!bytes_word(&line, " ", &pcr) || !bytes_number(pcr, 10, &number) || number >= 24 ||
        !bytes_word(&line, " ", &hash) || !hex_word(d->arena, hash, &e->hash) ||
        !bytes_word(&line, " ", &e->template_name))
        return false;
    size_t count = ima_template_kinds(e->template_name, kinds);

    e->pcr = (uint32_t)number;
    if (count < 2 || !fields_split(line, kinds, count, words))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct bytes data;

        if (!field_word(d->arena, words[i], kinds[i], &data))
            return false;
        e->fields[e->count++] = (struct ima_field){data, e->span};
    }
    e->pcr_span = e->hash_span = e->name_span = e->span;
    return true;
}

static void decode(struct decode *d)
{
    struct bytes rest = bytes_slice(d->in.all, d->in.pos, reader_left(&d->in));
    struct bytes line;

    decode_open(d, ITEM_MAP, "files");
    while (bytes_line(&rest, &line)) {
        size_t length = d->in.all.len - rest.len - d->in.pos;
        struct ima_entry e = {
            .span = {d->in.blob, reader_offset(&d->in), length}
        };
        bool blank = bytes_trim(line).len == 0;

        decode_enter(d, length);
        if (line_read(d, line, &e))
            ima_entry_decode(d, &e);
        else if (!blank)
            decode_fault(d, FAULT_BAD_ENCODING, d->in.base);
        decode_leave(d);
    }
    decode_close(d);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    enum ima_field_kind kinds[IMA_FIELDS_MAX];
    struct bytes line;
    struct bytes word;
    uint64_t number;

    (void)label;
    /* What needs to be told stands at the beginning of the first line. */
    b = bytes_slice(b, 0, BEGINNING);
    if (!bytes_line(&b, &line) || !bytes_word(&line, " ", &word) ||
        !bytes_number(word, 10, &number) || number >= 24 || !bytes_word(&line, " ", &word) ||
        word.len < 32 || !bytes_word(&line, " ", &word))
        return 0;
    return ima_template_kinds(word, kinds) >= 2 ? 80 : 0;
}

const struct decoder decoder_ima_ascii = {
    .name = "ima-ascii",
    .title = "list of files that the kernel measured, as text",
    .spec = "ima-log",
    .surface = "ima",
    .dense = true,
    .min = LINE_MIN,
    .max = LIST_MAX,
    .probe = probe,
    .decode = decode,
};
