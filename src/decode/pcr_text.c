/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PCR values as the Linux kernel shows them (Documentation/ABI/stable/sysfs-class-tpm): a file
 * a register, `pcr-sha256/7`, with hexadecimal digits; or, for the SHA-1 bank, a file `pcrs`
 * with lines "PCR-07: 1F 8B …".
 */
#include <string.h>

#include "decode/decode.h"

enum {
    PCRS = 24,
    TEXT_MIN = 1,
    TEXT_MAX = 1 << 16,
};

/* 10 is IMA's, 16 for debugging, 23 the applications'. */
static enum key_id pcr_key(uint64_t pcr)
{
    return pcr == 10 || pcr == 16 || pcr == 23 ? KEY_TPM_PCR_FREE : KEY_TPM_PCR;
}

/* Splits …/pcr-BANK/N at the end of a label. */
static bool split_label(struct bytes label, enum digest_algorithm *bank, uint64_t *pcr)
{
    size_t last = label.len;

    while (last > 0 && label.data[last - 1] != '/')
        last--;
    if (last < 2 || !bytes_number(bytes_slice(label, last, label.len), 10, pcr) || *pcr >= PCRS)
        return false;
    size_t start = last - 1;

    while (start > 0 && label.data[start - 1] != '/')
        start--;
    struct bytes folder = bytes_slice(label, start, last - 1 - start);

    return bytes_starts_with(folder, "pcr-") &&
           digest_by_name(bytes_slice(folder, 4, folder.len), bank);
}

/* Whether `c` is one of `first` to `first` + 5. */
static bool in_case(uint8_t c, char first)
{
    return c >= first && c <= first + 5;
}

/* Letters of one case only: a digit that changes its case is a changed byte. */
static bool mixed_case(struct bytes text)
{
    bool upper = false;
    bool lower = false;

    for (size_t i = 0; i < text.len; i++) {
        upper = upper || in_case(text.data[i], 'A');
        lower = lower || in_case(text.data[i], 'a');
    }
    return upper && lower;
}

/* The bytes of hexadecimal digits, blanks between them allowed; empty when it is not that. */
static struct bytes hex_bytes(struct arena *a, struct bytes text)
{
    uint8_t *out = arena_alloc(a, text.len / 2 + 1);
    size_t count = 0;

    if (mixed_case(text))
        return (struct bytes){out, 0};
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == ' ')
            continue;
        int high = hex_digit(text.data[i]);
        int low = i + 1 < text.len ? hex_digit(text.data[i + 1]) : -1;

        if (high < 0 || low < 0)
            return (struct bytes){out, 0};
        out[count++] = (uint8_t)(high << 4 | low);
        i++;
    }
    return (struct bytes){out, count};
}

static unsigned probe(struct bytes b, struct bytes label)
{
    enum digest_algorithm bank;
    uint64_t pcr;

    if (split_label(label, &bank, &pcr))
        return 85;
    return bytes_starts_with(b, "PCR-00: ") ? 80 : 0;
}

static void value_claim(struct decode *d, enum digest_algorithm bank, uint64_t pcr,
                        struct bytes text, size_t from)
{
    /* The end of the line alone: anything else behind the digits is not the kernel's. */
    if (text.len > 0 && text.data[text.len - 1] == '\n')
        text.len--;
    struct bytes value = hex_bytes(d->arena, text);

    if (value.len != digest_info(bank)->size) {
        decode_fault(d, value.len == 0 ? FAULT_BAD_ENCODING : FAULT_BAD_LENGTH,
                     d->in.base + from);
        return;
    }
    decode_named_at(d, bytes_of(arena_format(d->arena, "%u", (unsigned)pcr)), pcr_key(pcr),
                    value_bytes(value), reader_span(&d->in, from));
}

static void bank_open(struct decode *d, enum digest_algorithm bank)
{
    decode_open_shared(d, bytes_of("pcr"));
    decode_open_shared(d, bytes_of(digest_info(bank)->name));
}

static void bank_close(struct decode *d)
{
    decode_close(d);
    decode_close(d);
}

/* "PCR-07: 1F 8B …" without its end. */
static void line_decode(struct decode *d, struct bytes line, size_t from, uint32_t *seen)
{
    uint64_t pcr = 0;

    if (line.len < 8 || !bytes_starts_with(line, "PCR-") || line.data[6] != ':' ||
        !bytes_number(bytes_slice(line, 4, 2), 10, &pcr) || pcr >= PCRS) {
        decode_fault(d, FAULT_BAD_ENCODING, d->in.base + from);
        return;
    }
    if ((*seen >> pcr & 1) != 0)
        decode_fault(d, FAULT_DUPLICATE, d->in.base + from);
    *seen |= UINT32_C(1) << pcr;
    value_claim(d, DIGEST_SHA1, pcr, bytes_slice(line, 7, line.len), from);
}

static void lines_decode(struct decode *d)
{
    struct bytes rest = bytes_slice(d->in.all, d->in.pos, reader_left(&d->in));
    struct bytes line;
    uint32_t seen = 0;

    bank_open(d, DIGEST_SHA1);
    while (reader_more(&d->in) && bytes_line(&rest, &line)) {
        size_t from = d->in.pos;

        reader_seek(&d->in, d->in.all.len - rest.len);
        if (bytes_trim(line).len > 0)
            line_decode(d, line, from, &seen);
    }
    bank_close(d);
}

static void decode(struct decode *d)
{
    enum digest_algorithm bank;
    uint64_t pcr;

    if (!split_label(d->label, &bank, &pcr)) {
        lines_decode(d);
        return;
    }
    size_t from = d->in.pos;
    struct bytes text = reader_take(&d->in, reader_left(&d->in));

    bank_open(d, bank);
    value_claim(d, bank, pcr, text, from);
    bank_close(d);
}

const struct decoder decoder_pcr_text = {
    .name = "pcr-text",
    .title = "PCR values as the kernel shows them",
    .spec = "linux-abi",
    .surface = "tpm",
    .min = TEXT_MIN,
    .max = TEXT_MAX,
    .probe = probe,
    .decode = decode,
};
