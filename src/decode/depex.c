/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dependency expressions: when a module may be started. UEFI PI 1.8, volume 1, section 7 (PEI)
 * and volume 2, section 10.7 (DXE and MM): a stack machine in postfix order.
 */
#include "decode/decode.h"

enum {
    DEPEX_MAX = 1 << 20,
    PLACED = 1, /* the opcodes up to this one stand alone: they place the module */
    END = 8,
    SOR = 9,
};

static const struct {
    const char *name;
    bool guid;
    int takes;
    int gives;
} opcodes[] = {
    {"BEFORE", true,  0, 0},
    {"AFTER",  true,  0, 0},
    {"PUSH",   true,  0, 1},
    {"AND",    false, 2, 1},
    {"OR",     false, 2, 1},
    {"NOT",    false, 1, 1},
    {"TRUE",   false, 0, 1},
    {"FALSE",  false, 0, 1},
    {"END",    false, 1, 0},
    {"SOR",    false, 0, 0},
};

/* One step. False at a fault after which nothing can be told. */
static bool step(struct decode *d, int *stack)
{
    size_t from = d->in.pos;
    unsigned opcode = reader_u8(&d->in);

    if (opcode >= ARRAY_LEN(opcodes)) {
        /* How long it is cannot be told. */
        reader_seek(&d->in, from);
        return false;
    }
    struct bytes guid = opcodes[opcode].guid ? reader_take(&d->in, 16) : bytes_of("");
    struct bytes text = guid.len == 16 ? guid_text(d->arena, guid) : bytes_of("");
    const char *words =
        arena_format(d->arena, "%s%s%.*s", opcodes[opcode].name, text.len > 0 ? " " : "",
                     (int)text.len, text.len > 0 ? (const char *)text.data : "");

    decode_bytes(d, KEY_DEPEX_OPCODE, bytes_of(words), from);
    if (*stack < opcodes[opcode].takes)
        decode_fault(d, FAULT_BAD_COUNT, d->in.base + from);
    *stack -= opcodes[opcode].takes;
    *stack += opcodes[opcode].gives;
    if (*stack < 0)
        *stack = 0;
    return opcode != END;
}

static void decode(struct decode *d)
{
    int stack = 0;
    unsigned opcode = 0;
    bool placed = false; /* BEFORE or AFTER: the expression has no value */
    bool more = true;

    decode_open(d, ITEM_LIST, "steps");
    while (more && reader_more(&d->in)) {
        size_t at = d->in.pos;

        opcode = d->in.all.data[at];
        if ((opcode <= PLACED || opcode == SOR) && at > 0)
            decode_fault(d, FAULT_BAD_ORDER, d->in.base + at);
        placed = placed || opcode <= PLACED;
        if (placed && opcode == END)
            stack++;
        more = step(d, &stack);
    }
    if (more && !d->in.failed)
        decode_fault(d, FAULT_UNTERMINATED, reader_offset(&d->in));
    else if (opcode == END && stack > 0)
        decode_fault(d, FAULT_BAD_COUNT, d->in.base + d->in.pos - 1);
    decode_close(d);
    if (reader_more(&d->in))
        decode_fault(d, opcode == END ? FAULT_TRAILING : FAULT_BAD_VALUE,
                     reader_offset(&d->in));
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)b;
    (void)label;
    return 0;
}

const struct decoder decoder_depex = {
    .name = "depex",
    .title = "dependency expression of a UEFI module",
    .spec = "uefi-pi",
    .min = 1,
    .max = DEPEX_MAX,
    .probe = probe,
    .decode = decode,
};
