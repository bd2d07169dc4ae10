/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /proc/cpuinfo: a block of "name : value" lines for each logical processor, blocks parted by
 * empty lines. Equal processors are one container with their number; one that differs, in its
 * microcode say, is a container of its own.
 */
#include "decode/text_line.h"

enum {
    KINDS_MAX = 1024
};

static const struct {
    const char *name;
    enum key_id key;
} fields[] = {
    {"vendor_id",        KEY_CPU_VENDOR      },
    {"cpu family",       KEY_CPU_FAMILY      },
    {"model",            KEY_CPU_MODEL       },
    {"model name",       KEY_CPU_NAME        },
    {"stepping",         KEY_CPU_STEPPING    },
    {"microcode",        KEY_CPU_MICROCODE   },
    {"cache size",       KEY_CPU_CACHE       },
    {"address sizes",    KEY_CPU_ADDRESSES   },
    {"flags",            KEY_CPU_FLAGS       },
    {"Features",         KEY_CPU_FLAGS       },
    {"bugs",             KEY_CPU_BUGS        },
    {"CPU implementer",  KEY_CPU_IMPLEMENTER },
    {"CPU architecture", KEY_CPU_ARCHITECTURE},
    {"CPU variant",      KEY_CPU_VARIANT     },
    {"CPU part",         KEY_CPU_PART        },
    {"CPU revision",     KEY_CPU_REVISION    },
};

/* One kind of processor: its values, and how many there are. */
struct processor {
    struct bytes values[ARRAY_LEN(fields)];
    uint64_t count;
};

struct processors {
    struct processor *rows;
    size_t count;
    size_t cap;
    struct processor current;
    bool open; /* the current block is a processor */
};

static bool processor_equal(const struct processor *a, const struct processor *b)
{
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (!bytes_equal(a->values[i], b->values[i]))
            return false;
    }
    return true;
}

/* A block ended: one more of a kind, or a new kind. */
static void block_end(struct decode *d, struct processors *p)
{
    if (!p->open)
        return;
    for (size_t i = 0; i < p->count; i++) {
        if (processor_equal(&p->rows[i], &p->current)) {
            p->rows[i].count++;
            p->open = false;
            break;
        }
    }
    if (p->open && p->count >= KINDS_MAX) {
        decode_fault(d, FAULT_LIMIT, reader_offset(&d->in));
    } else if (p->open) {
        arena_grow(d->arena, &p->rows, p->count, &p->cap, sizeof(*p->rows));
        p->current.count = 1;
        p->rows[p->count++] = p->current;
    }
    p->open = false;
    p->current = (struct processor){.count = 0};
}

static void line_read(struct decode *d, struct processors *p, struct bytes line, size_t from)
{
    struct bytes rest = line;
    struct bytes name;

    if (!bytes_word(&rest, ":", &name) || rest.len == 0 || rest.data[0] != ':') {
        text_line_fault(d, from);
        return;
    }
    struct bytes value = bytes_trim(bytes_slice(rest, 1, rest.len));

    name = bytes_trim(name);
    if (bytes_equal_text(name, "processor"))
        p->open = true;
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (bytes_equal_text(name, fields[i].name))
            p->current.values[i] = value;
    }
}

/* A number in decimal, or in hexadecimal after "0x". */
static bool number_of(struct bytes text, uint64_t *ret)
{
    if (bytes_starts_with(text, "0x"))
        return bytes_number(bytes_slice(text, 2, text.len), 16, ret);
    return bytes_number(text, 10, ret);
}

static void field_claim(struct decode *d, enum key_id key, struct bytes value)
{
    size_t from = (size_t)(value.data - d->in.all.data);
    struct span s = {d->in.blob, d->in.base + from, value.len};
    uint64_t number = 0;

    switch (key_get(key)->type) {
    case TYPE_UINT:
        if (number_of(value, &number))
            decode_value_at(d, key, value_uint(number), s);
        else
            decode_fault(d, FAULT_BAD_ENCODING, s.offset);
        break;
    case TYPE_BYTES:
        decode_digest(d, key, value, s);
        break;
    case TYPE_INT:
    case TYPE_BOOL:
    case TYPE_TEXT:
        decode_value_at(d, key, value_text(value), s);
        break;
    }
}

static void processor_claim(struct decode *d, const struct processor *p)
{
    decode_open(d, ITEM_MAP, "processor");
    decode_value_at(d, KEY_CPU_THREADS, value_uint(p->count),
                    (struct span){d->in.blob, d->in.base, 0});
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (p->values[i].len > 0)
            field_claim(d, fields[i].key, p->values[i]);
    }
    decode_close(d);
}

static void decode(struct decode *d)
{
    struct processors p = {.rows = NULL};
    struct bytes line;
    size_t from = 0;

    while (text_line(d, &line, &from)) {
        if (bytes_trim(line).len == 0)
            block_end(d, &p);
        else
            line_read(d, &p, line, from);
    }
    if (p.open)
        decode_fault(d, FAULT_UNTERMINATED, reader_offset(&d->in));
    block_end(d, &p);
    for (size_t i = 0; i < p.count; i++)
        processor_claim(d, &p.rows[i]);
    if (p.count == 0)
        decode_fault(d, FAULT_MISSING, d->in.base);
    decode_digest(d, KEY_DATA_DIGEST_FREE, d->in.all,
                  (struct span){d->in.blob, d->in.base, d->in.all.len});
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return bytes_starts_with(b, "processor\t: ") ? 80 : 0;
}

const struct decoder decoder_cpuinfo = {
    .name = "cpuinfo",
    .title = "Processors as the kernel sees them",
    .spec = "linux-abi",
    .min = 1,
    .max = 16 << 20,
    .probe = probe,
    .decode = decode,
};
