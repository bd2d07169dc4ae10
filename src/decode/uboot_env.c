/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment of U-Boot (env/common.c, include/env_internal.h): a CRC-32 in the processor's
 * order of bytes, perhaps a flag, then variables, each ended by a NUL, and one more at the end.
 * Its size is fixed when U-Boot is built and stands nowhere.
 */
#include "decode/uboot_env.h"

#include <string.h>

#include "decode/bmc_part.h"
#include "decode/codec.h"

enum {
    CRC_SIZE = 4,
    SIZE_STEP = 1024, /* sizes are multiples of it */
    SIZE_MAX_TRIED = 1 << 20,
    NAME_MAX_PROBED = 64,
    ENV_MIN = 8,
};

/* Whether a variable's name and its '=' stand at `at`. */
static bool variable_at(struct bytes b, size_t at)
{
    size_t end = at;

    while (end < b.len && end - at < NAME_MAX_PROBED && b.data[end] > ' ' &&
           b.data[end] < 0x7f && b.data[end] != '=')
        end++;
    return end > at && end < b.len && b.data[end] == '=';
}

/* The size for which the CRC is right, with a header of this length; 0 if there is none. */
static size_t size_find(struct bytes b, size_t header, bool *ret_big)
{
    uint64_t little = bytes_uint(b, 0, CRC_SIZE, false);
    uint64_t big = bytes_uint(b, 0, CRC_SIZE, true);
    size_t most = b.len < SIZE_MAX_TRIED ? b.len : SIZE_MAX_TRIED;
    uint32_t crc = 0;
    size_t at = header;

    while (at < most) {
        size_t next = at / SIZE_STEP * SIZE_STEP + SIZE_STEP;

        next = next < most ? next : most;
        crc = codec_crc32(crc, bytes_slice(b, at, next - at));
        at = next;
        *ret_big = crc == big && crc != little;
        if (crc == big || crc == little)
            return at;
    }
    return 0;
}

bool uboot_env_find(struct bytes b, struct uboot_env *ret)
{
    for (size_t header = CRC_SIZE; header <= CRC_SIZE + 1; header++) {
        ret->header = header;
        ret->size = variable_at(b, header) ? size_find(b, header, &ret->big) : 0;
        if (ret->size != 0)
            return true;
    }
    return false;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct uboot_env e;

    (void)label;
    return uboot_env_find(b, &e) ? 95 : 0;
}

/* What is expected of a variable: most are the same on all machines of a model. */
static enum key_id key_of(struct bytes name)
{
    static const struct {
        const char *name;
        enum key_id key;
    } rows[] = {
        {"serial#",           KEY_UBOOT_ENV_OWN  },
        {"serial",            KEY_UBOOT_ENV_OWN  },
        {"board_serial",      KEY_UBOOT_ENV_OWN  },
        {"bootcount",         KEY_UBOOT_ENV_STATE},
        {"upgrade_available", KEY_UBOOT_ENV_STATE},
        {"filesize",          KEY_UBOOT_ENV_STATE},
        {"fileaddr",          KEY_UBOOT_ENV_STATE},
        {"hostname",          KEY_UBOOT_ENV_STATE},
        {"ipaddr",            KEY_UBOOT_ENV_STATE},
        {"gatewayip",         KEY_UBOOT_ENV_STATE},
        {"netmask",           KEY_UBOOT_ENV_STATE},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (bytes_equal_text(name, rows[i].name))
            return rows[i].key;
    }
    /* ethaddr, eth1addr, eth2addr... */
    bool address = bytes_starts_with(name, "eth") && name.len >= 7 &&
                   memcmp(name.data + name.len - 4, "addr", 4) == 0;

    return address ? KEY_UBOOT_ENV_OWN : KEY_UBOOT_ENV_VARIABLE;
}

static void variable(struct decode *d, struct bytes text, struct span s)
{
    struct bytes value = text;
    struct bytes name = {NULL, 0};

    if (!bytes_cut(&value, '=', &name) || name.len == 0) {
        decode_fault(d, FAULT_BAD_VALUE, s.offset);
        return;
    }
    decode_named_at(d, name, key_of(name), value_text(value), s);
}

/* The variables up to the empty one. */
static void variables(struct decode *d)
{
    decode_open(d, ITEM_MAP, "variables");
    while (reader_more(&d->in)) {
        size_t from = d->in.pos;
        struct bytes left = bytes_slice(d->in.all, from, d->in.all.len);
        struct bytes text = {NULL, 0};

        if (!bytes_cut(&left, '\0', &text)) {
            decode_fault(d, FAULT_UNTERMINATED, reader_offset(&d->in));
            break;
        }
        (void)reader_take(&d->in, text.len + 1);
        if (text.len == 0) {
            decode_claimed_region(d, reader_span(&d->in, from), CLASS_STRUCTURE);
            break;
        }
        variable(d, text, reader_span(&d->in, from));
    }
    decode_close(d);
}

static void header(struct decode *d, const struct uboot_env *e)
{
    uint64_t crc = reader_uint(&d->in, CRC_SIZE, e->big);

    decode_uint(d, KEY_UBOOT_ENV_CRC, crc, 0);
    if (e->header > CRC_SIZE)
        decode_uint(d, KEY_UBOOT_ENV_FLAG, reader_u8(&d->in), CRC_SIZE);
    decode_value_at(d, KEY_UBOOT_ENV_SIZE, value_uint(e->size), bmc_span(d, 0, 0));
    decode_value_at(d, KEY_UBOOT_ENV_BIG_ENDIAN, value_bool(e->big), bmc_span(d, 0, 0));
}

static void decode(struct decode *d)
{
    struct uboot_env e;

    decode_open(d, ITEM_MAP, "uboot-env");
    if (!uboot_env_find(d->in.all, &e)) {
        e = (struct uboot_env){d->in.all.len, CRC_SIZE, false};
        e.header += variable_at(d->in.all, CRC_SIZE) ? 0 : 1;
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base);
    }
    decode_enter(d, e.size);
    header(d, &e);
    variables(d);
    size_t left = reader_left(&d->in);

    bmc_gap(d, bmc_span(d, d->in.pos, left));
    decode_leave(d);
    bmc_gap(d, bmc_span(d, d->in.pos, reader_left(&d->in)));
    decode_close(d);
}

const struct decoder decoder_uboot_env = {
    .name = "uboot-env",
    .title = "Environment of U-Boot",
    .spec = "u-boot-env",
    .surface = "bmc-flash",
    .min = ENV_MIN,
    .max = 16 << 20,
    .probe = probe,
    .decode = decode,
};
