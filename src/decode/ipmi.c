/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/ipmi.h"

static bool size_listed(const uint8_t *sizes, size_t size)
{
    for (; *sizes != 0; sizes++) {
        if (*sizes == size)
            return true;
    }
    return false;
}

bool ipmi_payload(struct decode *d, const uint8_t *sizes, bool bare_zero)
{
    size_t left = reader_left(&d->in);
    size_t from = d->in.pos;
    struct reader peek = d->in;
    unsigned code = reader_u8(&peek);
    bool with_code = left == 1 || !size_listed(sizes, left) || (code == 0 && !bare_zero);

    if (with_code) {
        (void)reader_u8(&d->in);
        decode_uint(d, KEY_IPMI_COMPLETION, code, from);
        if (code == 0 && left == 1)
            decode_fault(d, FAULT_TRUNCATED, reader_offset(&d->in));
        if (code != 0 && left > 1)
            decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
        if (code != 0 || left == 1)
            return false;
    }
    if (!size_listed(sizes, reader_left(&d->in)))
        decode_fault(d, FAULT_BAD_LENGTH, reader_offset(&d->in));
    return true;
}

static void text_bcd(struct text *t, struct bytes b)
{
    static const char digits[] = "0123456789 -.:,_";

    for (size_t i = 0; i < b.len; i++) {
        text_char(t, digits[b.data[i] >> 4]);
        text_char(t, digits[b.data[i] & 15]);
    }
}

/* Six bits a character, the first in the low bits. */
static void text_six_bit(struct text *t, struct bytes b)
{
    uint32_t bits = 0;
    unsigned count = 0;

    for (size_t i = 0; i < b.len; i++) {
        bits |= (uint32_t)b.data[i] << count;
        for (count += 8; count >= 6; count -= 6) {
            text_char(t, (char)(0x20 + (bits & 0x3f)));
            bits >>= 6;
        }
    }
}

struct bytes ipmi_text(struct arena *a, unsigned type_length, struct bytes b, bool english)
{
    struct text t;
    struct bytes wide;

    text_init(&t, a, 128);
    switch (type_length >> 6) {
    case 0:
        text_hex(&t, b);
        return text_bytes(&t);
    case 1:
        text_bcd(&t, b);
        return bytes_trim(text_bytes(&t));
    case 2:
        text_six_bit(&t, b);
        return bytes_trim(text_bytes(&t));
    default:
        break;
    }
    if (!english && !bytes_printable(bytes_trim(b)) && utf16_text(a, b, &wide))
        return wide;
    return bytes_trim(b);
}
