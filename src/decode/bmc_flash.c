/* SPDX-License-Identifier: Apache-2.0 */
/* The flash of a management controller: whatever layout recognises it, or bytes. */
#include "decode/bmc_part.h"
#include "decode/engine.h"

enum {
    LAYOUT_SURE = 60,
    FLASH_MIN = 16,
    FLASH_MAX = 512 << 20
};

/* Named by the source that gives it; a lone file goes to its layout at once. */
static unsigned probe(struct bytes b, struct bytes label)
{
    (void)b;
    (void)label;
    return 0;
}

static void decode(struct decode *d)
{
    struct bytes none = {NULL, 0};
    struct bytes all = d->in.all;
    struct span s = bmc_span(d, 0, all.len);
    const struct decoder *layout = decoder_probe_sure(all, none, LAYOUT_SURE);

    decode_set_image(d, s);
    decode_value_at(d, KEY_BMC_FLASH_LENGTH, value_uint(all.len), bmc_span(d, 0, 0));
    if (layout != NULL)
        decode_child(d, ITEM_MAP, none, s, layout->name);
    else
        bmc_gap(d, s);
    reader_seek(&d->in, all.len);
}

const struct decoder decoder_bmc_flash = {
    .name = "bmc-flash",
    .title = "Flash of a management controller",
    .spec = "bmc-vendors",
    .surface = "bmc-flash",
    .min = FLASH_MIN,
    .max = FLASH_MAX,
    .probe = probe,
    .decode = decode,
};
