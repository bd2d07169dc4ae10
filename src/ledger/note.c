/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/note.h"

#include <string.h>

#include "base/base64.h"
#include "base/reader.h"

enum {
    ID_SIZE = 4,
    TIME_SIZE = 8
};

/* The em dash and the blank before the name. */
static const char line_mark[] = "\xe2\x80\x94 ";

/* U+0085, U+00A0, U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F, U+3000 in UTF-8. */
static const char *const wide_spaces[] = {
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
    "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
    "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
    "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
};

bool note_name_valid(struct bytes name)
{
    if (name.len == 0 || name.len > NOTE_NAME_MAX || !bytes_utf8(name))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] <= 0x20 || name.data[i] == 0x7f || name.data[i] == '+')
            return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(wide_spaces); i++) {
        if (memmem(name.data, name.len, wide_spaces[i], strlen(wide_spaces[i])) != NULL)
            return false;
    }
    return true;
}

bool note_text_valid(struct bytes text)
{
    if (text.len == 0 || text.data[text.len - 1] != '\n' || !bytes_utf8(text))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < 0x20 && text.data[i] != '\n')
            return false;
    }
    return true;
}

struct note_key note_key_make(struct bytes name, enum note_type type,
                              const struct public_key *key)
{
    struct note_key k = {.name = name, .type = type, .key = *key};
    uint8_t tail[2] = {'\n', (uint8_t)type};
    struct digest_stream s;

    digest_begin(&s);
    digest_more(&s, name);
    digest_more(&s, (struct bytes){tail, sizeof(tail)});
    digest_more(&s, (struct bytes){key->bytes, sizeof(key->bytes)});
    struct digest d = digest_end(&s);
    struct reader r = reader_of((struct bytes){d.bytes, sizeof(d.bytes)}, 0, 0);

    k.id = reader_u32be(&r);
    return k;
}

/* Four bytes in big-endian order, then the rest, as Base 64. */
static void tagged_base64(struct text *t, uint32_t id, struct bytes rest)
{
    uint8_t *raw = arena_alloc(t->arena, ID_SIZE + rest.len);

    for (unsigned i = 0; i < ID_SIZE; i++)
        raw[i] = (uint8_t)(id >> (24 - 8 * i));
    memcpy(raw + ID_SIZE, rest.data, rest.len);
    text_base64(t, (struct bytes){raw, ID_SIZE + rest.len});
}

void note_key_print(struct text *t, const struct note_key *k)
{
    uint8_t raw[1 + PUBLIC_KEY_SIZE];

    text_add(t, k->name);
    text_char(t, '+');
    for (unsigned i = 0; i < 8; i++)
        text_char(t, "0123456789abcdef"[k->id >> (28 - 4 * i) & 15]);
    text_char(t, '+');
    raw[0] = (uint8_t)k->type;
    memcpy(raw + 1, k->key.bytes, PUBLIC_KEY_SIZE);
    text_base64(t, (struct bytes){raw, sizeof(raw)});
}

bool note_key_parse(struct bytes vkey, struct arena *a, struct note_key *ret, struct err *e)
{
    struct bytes rest = vkey;
    struct bytes name;
    struct bytes hex;
    struct bytes raw;
    struct public_key key;
    struct text again;

    if (!bytes_cut(&rest, '+', &name) || !bytes_cut(&rest, '+', &hex) ||
        !note_name_valid(name) || !base64_decode(rest, a, &raw) || raw.len == 0)
        return err_set(e, ERR_INPUT, "not a verifier key (NAME+ID+BASE64)");
    if (raw.len != 1 + PUBLIC_KEY_SIZE ||
        (raw.data[0] != NOTE_ED25519 && raw.data[0] != NOTE_COSIGNATURE))
        return err_set(e, ERR_INPUT, "the verifier key is of a kind that is not supported");
    memcpy(key.bytes, raw.data + 1, sizeof(key.bytes));
    *ret = note_key_make(name, raw.data[0] == NOTE_ED25519 ? NOTE_ED25519 : NOTE_COSIGNATURE,
                         &key);
    text_init(&again, a, vkey.len + 100);
    note_key_print(&again, ret);
    if (!bytes_equal(text_bytes(&again), vkey))
        return err_set(e, ERR_INPUT, "the ID of the verifier key is not that of its bytes");
    return true;
}

static bool line_parse(struct bytes line, struct arena *a, struct note_line *ret)
{
    struct bytes raw;

    if (!bytes_starts_with(line, line_mark))
        return false;
    line = bytes_slice(line, sizeof(line_mark) - 1, SIZE_MAX);
    if (!bytes_cut(&line, ' ', &ret->name) || !note_name_valid(ret->name) ||
        !base64_decode(line, a, &raw) || raw.len <= ID_SIZE)
        return false;
    struct reader r = reader_of(raw, 0, 0);

    ret->id = reader_u32be(&r);
    ret->signature = reader_take(&r, reader_left(&r));
    return true;
}

bool note_parse(struct bytes b, struct arena *a, struct note *ret, struct err *e)
{
    *ret = (struct note){
        .text = {b.data, 0}
    };
    if (b.len > NOTE_SIZE_MAX)
        return err_set(e, ERR_LIMIT, "the note is larger than %d bytes", NOTE_SIZE_MAX);
    if (!note_text_valid(b))
        return err_set(e, ERR_INPUT, "not a signed note: not a text of lines in UTF-8");
    size_t gap = b.len >= 2 ? b.len - 2 : 0;

    /* The signatures stand after the last empty line: a newline right after a newline. */
    while (gap > 0 && (b.data[gap] != '\n' || b.data[gap - 1] != '\n'))
        gap--;
    if (gap == 0)
        return err_set(e, ERR_INPUT, "not a signed note: no empty line before signatures");
    ret->text = bytes_slice(b, 0, gap);
    struct bytes rest = bytes_slice(b, ret->text.len + 1, SIZE_MAX);
    struct bytes line;

    while (bytes_cut(&rest, '\n', &line)) {
        if (ret->count == NOTE_LINES_MAX)
            return err_set(e, ERR_LIMIT, "the note has more than %d signatures",
                           NOTE_LINES_MAX);
        if (!line_parse(line, a, &ret->lines[ret->count++]))
            return err_set(e, ERR_INPUT, "signature line %zu of the note is malformed",
                           ret->count);
    }
    if (ret->count == 0)
        return err_set(e, ERR_INPUT, "the note is not signed");
    return true;
}

void note_cosigned_message(struct text *t, struct bytes text, uint64_t time)
{
    text_puts(t, "cosignature/v1\ntime ");
    text_uint(t, time);
    text_char(t, '\n');
    text_add(t, text);
}

static bool cosignature_verify(struct bytes text, const struct note_key *k, struct reader *r,
                               uint64_t *ret_time)
{
    struct signature s;
    struct arena a;
    struct text t;
    uint64_t time = reader_uint(r, TIME_SIZE, true);
    struct bytes raw = reader_take(r, SIGNATURE_SIZE);

    if (time > INT64_MAX)
        return false;
    memcpy(s.bytes, raw.data, SIGNATURE_SIZE);
    arena_init(&a);
    text_init(&t, &a, NOTE_SIZE_MAX + 100);
    note_cosigned_message(&t, text, time);
    bool good = signature_verify(&k->key, text_bytes(&t), &s);

    arena_done(&a);
    if (good && ret_time != NULL)
        *ret_time = time;
    return good;
}

static bool line_verify(struct bytes text, const struct note_line *line,
                        const struct note_key *k, uint64_t *ret_time)
{
    struct reader r = reader_of(line->signature, 0, 0);
    size_t want = k->type == NOTE_COSIGNATURE ? TIME_SIZE + SIGNATURE_SIZE : SIGNATURE_SIZE;
    struct signature s;

    if (line->signature.len != want)
        return false;
    if (k->type == NOTE_COSIGNATURE)
        return cosignature_verify(text, k, &r, ret_time);
    memcpy(s.bytes, line->signature.data, SIGNATURE_SIZE);
    return signature_verify(&k->key, text, &s);
}

enum note_verdict note_verify(const struct note *n, const struct note_key *k,
                              uint64_t *ret_time)
{
    enum note_verdict verdict = NOTE_UNSIGNED;

    for (size_t i = 0; i < n->count; i++) {
        if (n->lines[i].id != k->id || !bytes_equal(n->lines[i].name, k->name))
            continue;
        if (!line_verify(n->text, &n->lines[i], k, ret_time))
            return NOTE_FORGED;
        verdict = NOTE_SIGNED;
    }
    return verdict;
}

void note_line_copy(struct text *t, const struct note_line *line)
{
    text_puts(t, line_mark);
    text_add(t, line->name);
    text_char(t, ' ');
    tagged_base64(t, line->id, line->signature);
    text_char(t, '\n');
}

void note_line_print(struct text *t, const struct note_key *k, const struct signature *s,
                     uint64_t time)
{
    uint8_t raw[TIME_SIZE + SIGNATURE_SIZE];
    size_t n = 0;

    for (unsigned i = 0; i < TIME_SIZE && k->type == NOTE_COSIGNATURE; i++)
        raw[n++] = (uint8_t)(time >> (56 - 8 * i));
    memcpy(raw + n, s->bytes, SIGNATURE_SIZE);
    note_line_copy(t, &(struct note_line){
                          k->name, k->id, {raw, n + SIGNATURE_SIZE}
    });
}

static bool signable(struct bytes text, struct bytes name, struct err *e)
{
    if (!note_name_valid(name))
        return err_set(e, ERR_INPUT, "a key cannot be called so");
    if (!note_text_valid(text) || bytes_starts_with(text, "\n"))
        return err_set(e, ERR_INPUT, "the text cannot be that of a note");
    return true;
}

bool note_sign(struct text *t, struct bytes text, struct bytes name, struct bytes pem,
               struct err *e)
{
    struct public_key key;
    struct signature s;

    if (!signable(text, name, e) || !sign_message(pem, text, &s, &key, e))
        return false;
    struct note_key k = note_key_make(name, NOTE_ED25519, &key);

    note_line_print(t, &k, &s, 0);
    return true;
}

bool note_cosign(struct text *t, struct bytes text, struct bytes name, struct bytes pem,
                 uint64_t time, struct err *e)
{
    struct public_key key;
    struct signature s;
    struct text message;

    if (!signable(text, name, e))
        return false;
    text_init(&message, t->arena, NOTE_SIZE_MAX + 100);
    note_cosigned_message(&message, text, time);
    if (!sign_message(pem, text_bytes(&message), &s, &key, e))
        return false;
    struct note_key k = note_key_make(name, NOTE_COSIGNATURE, &key);

    note_line_print(t, &k, &s, time);
    return true;
}
