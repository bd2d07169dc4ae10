/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a volume of variables holds behind its header, or any area of a flash image in which
 * variables are kept: stores, the work space of fault tolerant writes and the spare area, one
 * after the other, with erased flash between them.
 */
#include "decode/nvram.h"

enum {
    STEP = 4, /* stores are aligned at least to this */
    MARK_MAX = 16,
    FLASH_MAP = 0x1000,
    AREA_MAX = 64 << 20
};

struct part {
    uint8_t mark[MARK_MAX];
    unsigned mark_length;
    unsigned mark_at;
    const char *decoder;
    unsigned size_at; /* where the header states the size; of `width` bytes */
    unsigned width;   /* 0: the size is always `more` */
    unsigned more;    /* what the stated size leaves out */
};

static const struct part parts[] = {
    {{0x78, 0x2c, 0xf3, 0xaa, 0x7b, 0x94, 0x9a, 0x43, 0xa1, 0x80, 0x2e, 0x14, 0x4e, 0xc3, 0x77,
      0x92},
     16,               0,
     "nvram-vss",                               16,
     4,                                                0        },
    {{0x16, 0x36, 0xcf, 0xdd, 0x75, 0x32, 0x64, 0x41, 0x98, 0xb6, 0xfe, 0x85, 0x70, 0x7f, 0xfe,
      0x7d},
     16,               0,
     "nvram-vss",                               16,
     4,                                                0        },
    {{0x17, 0x36, 0xcf, 0xdd, 0x75, 0x32, 0x64, 0x41, 0x98, 0xb6, 0xfe, 0x85, 0x70, 0x7f, 0xfe,
      0x7d},
     16,               0,
     "nvram-vss",                               16,
     4,                                                0        },
    {"$VSS",       4,  0, "nvram-vss",          4,  4, 0        },
    {"$SVS",       4,  0, "nvram-vss",          4,  4, 0        },
    {"$NSS",       4,  0, "nvram-vss",          4,  4, 0        },
    {"EVSA",       4,  4, "nvram-evsa",         12, 4, 0        },
    {"_FDC",       4,  0, "nvram-factory-copy", 4,  4, 0        },
    {"_FLASH_MAP", 10, 0, "nvram-flash-map",    0,  0, FLASH_MAP},
    {{0x2b, 0x29, 0x58, 0x9e, 0x68, 0x7c, 0x7d, 0x49, 0xa0, 0xce, 0x65, 0x00, 0xfd, 0x9f, 0x1b,
      0x95},
     16,               0,
     "nvram-ftw",                               24,
     8,                                                32       },
    {{0x2b, 0x29, 0x58, 0x9e, 0x68, 0x7c, 0x7d, 0x49, 0xa0, 0xce, 0x65, 0x00, 0xfd, 0x9f, 0x1b,
      0x95},
     16,               0,
     "nvram-ftw",                               24,
     4,                                                28       },
};

/* Whether a part's mark stands where it should. */
static bool marked(struct bytes b, const struct part *p)
{
    struct bytes here = bytes_slice(b, p->mark_at, p->mark_length);

    return bytes_equal(here, (struct bytes){p->mark, p->mark_length});
}

/*
 * The part that starts at `at` of the area, with the size that it states, or NULL. Where the
 * size is impossible the part takes what there is, and says so itself.
 */
static const struct part *part_at(struct bytes area, size_t at, size_t *ret_size)
{
    struct bytes rest = bytes_slice(area, at, area.len);
    const struct part *found = NULL;

    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        const struct part *p = &parts[i];
        struct reader r = reader_of(rest, 0, 0);

        if (!marked(rest, p))
            continue;
        reader_seek(&r, p->size_at);
        uint64_t size = p->width > 0 ? reader_uint(&r, p->width, false) : 0;
        bool stated = p->width == 0 || size > 0;

        if (!r.failed && stated && size <= rest.len && size + p->more <= rest.len) {
            *ret_size = (size_t)size + p->more;
            return p;
        }
        found = found != NULL ? found : p;
        *ret_size = rest.len;
    }
    return found;
}

/* What stands between parts, up to `end`. */
static void between(struct decode *d, size_t end)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, end - from);
    struct span s = reader_span(&d->in, from);

    if (b.len == 0)
        return;
    if (bytes_all(b, 0xff)) {
        decode_claimed_region(d, s, CLASS_FREE_ERASED);
        return;
    }
    decode_open(d, ITEM_MAP, "unknown");
    decode_value_at(d, KEY_DATA_LENGTH, value_uint(b.len), (struct span){s.blob, s.offset, 0});
    decode_digest(d, KEY_DATA_DIGEST, b, s);
    decode_claimed_region(d, s, CLASS_UNKNOWN);
    decode_close(d);
}

static void decode(struct decode *d)
{
    struct bytes area = d->in.all;
    struct bytes none = {NULL, 0};
    size_t at = d->in.pos;
    size_t size;

    decode_open(d, ITEM_MAP, "nvram");
    while (at < area.len) {
        const struct part *p = area.data[at] == 0xff ? NULL : part_at(area, at, &size);

        if (p == NULL) {
            at += STEP;
            continue;
        }
        between(d, at);
        decode_child(d, ITEM_MAP, none, (struct span){d->in.blob, d->in.base + at, size},
                     p->decoder);
        at += size;
        reader_seek(&d->in, at);
    }
    between(d, area.len);
    decode_close(d);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    size_t size;

    (void)label;
    return part_at(b, 0, &size) != NULL ? 70 : 0;
}

const struct decoder decoder_nvram_area = {
    .name = "nvram-area",
    .title = "Area of flash in which UEFI variables are kept",
    .spec = "edk2-variable",
    .surface = "flash",
    .min = STEP,
    .max = AREA_MAX,
    .probe = probe,
    .decode = decode,
};
