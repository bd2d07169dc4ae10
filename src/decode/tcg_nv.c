/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PC Client Platform Firmware Profile 1.06, section 10.4: what firmware extended into indices
 * of the TPM's non-volatile memory, because it differs from machine to machine (chains of
 * certificates) or from boot to boot (nonces). Such an event is EV_NO_ACTION, with the index
 * in the place of a PCR, and its digests cover its data.
 */
#include "decode/tcg_event_data.h"

enum {
    NV_FIRST = 0x01000000, /* handles of indices: TPM 2.0 part 2, section 7.2 */
    NV_LAST = 0x01ffffff,
    NV_INSTANCE = 0x01c40200,
    NV_DYNAMIC = 0x01c40201,
};

static const struct field head[] = {
    {KEY_EVENTLOG_SIGNATURE,  F_TEXT,     16, 0},
    {KEY_EVENTLOG_NV_VERSION, F_U16LE,    0,  0},
    {KEY_NONE,                F_RESERVED, 6,  0},
};

static bool instance_decode(struct decode *d)
{
    decode_fields(d, head, ARRAY_LEN(head));
    decode_open(d, ITEM_MAP, "device-event");
    (void)tcg_spdm_decode(d);
    decode_close(d);
    return true;
}

/* The next bytes, as many as the 16 bits before them say. */
static struct bytes sized(struct decode *d, size_t *ret_from)
{
    size_t size = reader_u16le(&d->in);

    *ret_from = d->in.pos;
    return reader_take(&d->in, size);
}

static bool dynamic_decode(struct decode *d)
{
    static const struct field uid[] = {
        {KEY_EVENTLOG_NV_UID, F_U64LE, 0, 0}
    };
    size_t from;

    decode_fields(d, head, ARRAY_LEN(head));
    decode_fields(d, uid, ARRAY_LEN(uid));
    struct bytes text = sized(d, &from);

    while (text.len > 0 && text.data[text.len - 1] == 0)
        text.len--;
    decode_value_at(d, KEY_EVENTLOG_NV_DESCRIPTION, value_text(text),
                    reader_span(&d->in, from));
    struct bytes data = sized(d, &from);

    decode_bytes(d, KEY_EVENTLOG_NV_DATA, data, from);
    if (reader_more(&d->in)) {
        decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
        (void)tcg_opaque_decode(d);
    }
    return false;
}

const struct tcg_type *tcg_nv_type_find(const struct tcg_event *e)
{
    static const struct tcg_type types[] = {
        {NV_INSTANCE, "nv-instance", MEASURE_DATA,  instance_decode  },
        {NV_DYNAMIC,  "nv-dynamic",  MEASURE_NONCE, dynamic_decode   },
        {0,           "nv-index",    MEASURE_MAYBE, tcg_opaque_decode},
    };
    size_t i = 0;

    if (e->type != EV_NO_ACTION || e->pcr < NV_FIRST || e->pcr > NV_LAST)
        return NULL;
    while (types[i].type != e->pcr && i + 1 < ARRAY_LEN(types))
        i++;
    return &types[i];
}
