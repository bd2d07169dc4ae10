/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/bmc_part.h"

#include "decode/image_part.h"
#include "decode/uefi.h"

enum {
    RUN_MIN = 256,
    TAIL_MIN = 16,        /* less, at the end, may be bytes that happen to be zero */
    BEGINNING = 64 * 1024 /* behind a jump of some processors */
};

bool bmc_ruled_out(struct bytes b)
{
    struct bytes beginning = bytes_slice(b, 0, BEGINNING);

    return uefi_volume_next(beginning, 0) < beginning.len;
}

struct span bmc_span(const struct decode *d, uint64_t at, uint64_t length)
{
    return (struct span){d->in.blob, d->in.base + at, length};
}

void bmc_signature(struct decode *d, struct bytes want)
{
    struct bytes found = bytes_slice(d->in.all, 0, want.len);

    if (bytes_equal(found, want))
        return;
    decode_value_at(d, KEY_BMC_FOUND, value_bytes(found), bmc_span(d, 0, found.len));
    decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
}

void bmc_part(struct decode *d, struct bytes name, struct span s, enum byte_class class)
{
    decode_open_bytes(d, ITEM_MAP, name);
    d->out->items[d->item].span = s;
    image_part_at(d, s, class);
    decode_close(d);
}

/* How many bytes from `at` have the value of the first. */
static size_t run_length(struct bytes b, size_t at)
{
    size_t n = 1;

    while (at + n < b.len && b.data[at + n] == b.data[at])
        n++;
    return n;
}

static bool is_filling(struct bytes b, size_t at, size_t n)
{
    bool last = at + n == b.len && (at == 0 || n >= TAIL_MIN);

    return (b.data[at] == 0 || b.data[at] == 0xff) && (n >= RUN_MIN || last);
}

/* The end of what begins at `at` and is no filling. */
static size_t unknown_end(struct bytes b, size_t at)
{
    while (at < b.len) {
        size_t n = run_length(b, at);

        if (is_filling(b, at, n))
            break;
        at += n;
    }
    return at;
}

/* The value and the length, so that erased bytes that are overwritten with zeros are noticed.
 */
static void filling_add(struct digest_stream *fillings, uint8_t value, uint64_t length)
{
    uint8_t row[9] = {value};

    for (size_t i = 1; i < sizeof(row); i++, length >>= 8)
        row[i] = (uint8_t)length;
    digest_more(fillings, (struct bytes){row, sizeof(row)});
}

void bmc_gap(struct decode *d, struct span s)
{
    struct bytes b = decode_span_bytes(d, s);
    struct digest_stream fillings;
    bool told = false;

    digest_begin(&fillings);
    for (size_t at = 0; at < b.len;) {
        size_t n = run_length(b, at);
        struct span run = {s.blob, s.offset + at, n};

        if (is_filling(b, at, n)) {
            decode_claimed_region(d, run, b.data[at] == 0 ? CLASS_PADDING : CLASS_FREE_ERASED);
            filling_add(&fillings, b.data[at], n);
            /* A gap of zeros is the ordinary one: to be another is to have the claim. */
            told = told || b.data[at] != 0;
        } else {
            run.length = unknown_end(b, at) - at;
            decode_open(d, ITEM_BAG, "unknown");
            d->out->items[d->item].span = run;
            bmc_part(d, bytes_of("bytes"), run, CLASS_UNKNOWN);
            decode_close(d);
        }
        at += (size_t)run.length;
    }
    if (!told)
        return;
    struct digest found = digest_end(&fillings);
    struct bytes kept = arena_copy(d->arena, (struct bytes){found.bytes, sizeof(found.bytes)});

    decode_value_at(d, KEY_BMC_FILLING, value_bytes(kept), (struct span){s.blob, s.offset, 0});
}
