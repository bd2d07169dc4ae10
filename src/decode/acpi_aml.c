/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ACPI 6.5, 20.2: AML. What a definition block defines at its top level, and the devices
 * directly inside a scope that it opens there. Nothing is executed; bodies of methods and
 * conditions are stepped over by their stated lengths.
 */
#include "decode/acpi.h"

/*
 * Operands of an opcode, in order: n name, t term, s place to store or object, p length of the
 * package that then ends the term, b/w/d/q constants of 1 to 8 bytes, z text up to NUL. The
 * name of what is defined stands where `name` says: 0 no definition, 1 the first name, 2 the
 * last one.
 */
struct opcode {
    uint16_t code;
    uint8_t name;
    const char *operands;
};

/* clang-format off */
static const struct opcode opcodes[] = {
    {0x00, 0, ""},     {0x01, 0, ""},     {0x06, 2, "nn"},   {0x08, 1, "nt"},   {0x0a, 0, "b"},
    {0x0b, 0, "w"},    {0x0c, 0, "d"},    {0x0d, 0, "z"},    {0x0e, 0, "q"},    {0x10, 1, "pn"},
    {0x11, 0, "p"},    {0x12, 0, "p"},    {0x13, 0, "p"},    {0x14, 1, "pn"},   {0x15, 1, "nbb"},
    {0x60, 0, ""},     {0x61, 0, ""},     {0x62, 0, ""},     {0x63, 0, ""},     {0x64, 0, ""},
    {0x65, 0, ""},     {0x66, 0, ""},     {0x67, 0, ""},     {0x68, 0, ""},     {0x69, 0, ""},
    {0x6a, 0, ""},     {0x6b, 0, ""},     {0x6c, 0, ""},     {0x6d, 0, ""},     {0x6e, 0, ""},
    {0x70, 0, "ts"},   {0x71, 0, "s"},    {0x72, 0, "tts"},  {0x73, 0, "tts"},  {0x74, 0, "tts"},
    {0x75, 0, "s"},    {0x76, 0, "s"},    {0x77, 0, "tts"},  {0x78, 0, "ttss"}, {0x79, 0, "tts"},
    {0x7a, 0, "tts"},  {0x7b, 0, "tts"},  {0x7c, 0, "tts"},  {0x7d, 0, "tts"},  {0x7e, 0, "tts"},
    {0x7f, 0, "tts"},  {0x80, 0, "ts"},   {0x81, 0, "ts"},   {0x82, 0, "ts"},   {0x83, 0, "t"},
    {0x84, 0, "tts"},  {0x85, 0, "tts"},  {0x86, 0, "st"},   {0x87, 0, "s"},    {0x88, 0, "tts"},
    {0x89, 0, "tbtbtt"}, {0x8a, 2, "ttn"}, {0x8b, 2, "ttn"}, {0x8c, 2, "ttn"},  {0x8d, 2, "ttn"},
    {0x8e, 0, "s"},    {0x8f, 2, "ttn"},  {0x90, 0, "tt"},   {0x91, 0, "tt"},   {0x92, 0, "t"},
    {0x93, 0, "tt"},   {0x94, 0, "tt"},   {0x95, 0, "tt"},   {0x96, 0, "ts"},   {0x97, 0, "ts"},
    {0x98, 0, "ts"},   {0x99, 0, "ts"},   {0x9c, 0, "tts"},  {0x9d, 0, "ts"},   {0x9e, 0, "ttts"},
    {0x9f, 0, ""},     {0xa0, 0, "p"},    {0xa1, 0, "p"},    {0xa2, 0, "p"},    {0xa3, 0, ""},
    {0xa4, 0, "t"},    {0xa5, 0, ""},     {0xcc, 0, ""},     {0xff, 0, ""},
    {0x5b01, 1, "nb"}, {0x5b02, 1, "n"},  {0x5b12, 0, "ss"}, {0x5b13, 2, "tttn"},
    {0x5b1f, 0, "tttttt"}, {0x5b20, 0, "ns"}, {0x5b21, 0, "t"}, {0x5b22, 0, "t"},
    {0x5b23, 0, "sw"}, {0x5b24, 0, "s"},  {0x5b25, 0, "st"}, {0x5b26, 0, "s"},  {0x5b27, 0, "s"},
    {0x5b28, 0, "ts"}, {0x5b29, 0, "ts"}, {0x5b2a, 0, "s"},  {0x5b30, 0, ""},   {0x5b31, 0, ""},
    {0x5b32, 0, "bdt"}, {0x5b33, 0, ""},  {0x5b80, 1, "nbtt"}, {0x5b81, 1, "pn"},
    {0x5b82, 1, "pn"}, {0x5b83, 1, "pn"}, {0x5b84, 1, "pn"}, {0x5b85, 1, "pn"}, {0x5b86, 1, "pn"},
    {0x5b87, 1, "pn"}, {0x5b88, 1, "nttt"},
};

/* clang-format on */

enum {
    OP_SCOPE = 0x10,
    OP_METHOD = 0x14,
    OP_EXTERNAL = 0x15,
    OP_DEVICE = 0x5b82,
    PENDING_MAX = 256,
    NAME_SEGMENTS_MAX = 255,
};

struct method {
    uint8_t segment[4]; /* last part of its name */
    uint8_t arguments;
};

struct walk {
    struct decode *d;
    struct method *methods;
    size_t method_count;
    size_t method_cap;
    uint32_t objects; /* the containers of what is found */
    uint32_t devices;
    size_t scope_end;          /* inside a scope of the top level: where it ends; else 0 */
    struct bytes scope;        /* its name */
    char pending[PENDING_MAX]; /* operands yet to read, the next one last */
    size_t pending_count;
};

/* A term that was read: where it began, what it defines and where its package ends. */
struct term {
    size_t from;
    size_t name_end;
    uint64_t end; /* of its package; 0 if it has none */
    const struct opcode *opcode;
    struct bytes name;
    uint8_t flags; /* the byte after the name: of a method, its argument count */
};

static const struct opcode *opcode_find(uint16_t code)
{
    for (size_t i = 0; i < ARRAY_LEN(opcodes); i++) {
        if (opcodes[i].code == code)
            return &opcodes[i];
    }
    return NULL;
}

static bool name_start(uint8_t c)
{
    return c == '\\' || c == '^' || c == '_' || (c >= 'A' && c <= 'Z') || c == 0x2e ||
           c == 0x2f;
}

/* A segment as ASL writes it: without the underscores that fill it. */
static bool segment_add(struct text *t, struct bytes segment)
{
    size_t len = segment.len;

    if (segment.len != 4)
        return false;
    for (size_t i = 0; i < 4; i++) {
        uint8_t c = segment.data[i];

        if (!(c == '_' || (c >= 'A' && c <= 'Z') || (i > 0 && c >= '0' && c <= '9')))
            return false;
    }
    while (len > 1 && segment.data[len - 1] == '_')
        len--;
    text_add(t, bytes_slice(segment, 0, len));
    return true;
}

/* A NameString, 20.2.2. False if it is not well-formed. */
static bool name_read(struct walk *w, struct bytes *ret_name, struct bytes *ret_last)
{
    struct reader *in = &w->d->in;
    struct text t;
    size_t segments = 1;

    text_init(&t, w->d->arena, 2048);
    while (reader_more(in) && (in->all.data[in->pos] == '\\' || in->all.data[in->pos] == '^') &&
           t.len < 64)
        text_char(&t, (char)reader_u8(in));
    if (!reader_more(in))
        return false;
    uint8_t first = in->all.data[in->pos];

    if (first == 0x00)
        segments = 0;
    else if (first == 0x2e)
        segments = 2;
    if (first == 0x00 || first == 0x2e || first == 0x2f)
        (void)reader_take(in, 1);
    if (first == 0x2f)
        segments = reader_u8(in);
    for (size_t i = 0; i < segments; i++) {
        if (i > 0)
            text_char(&t, '.');
        *ret_last = reader_take(in, 4);
        if (!segment_add(&t, *ret_last))
            return false;
    }
    *ret_name = text_bytes(&t);
    return !in->failed;
}

/* A PkgLength, 20.2.4, counted from its own first byte. Gives the position after the package.
 */
static uint64_t package_end(struct reader *in)
{
    size_t from = in->pos;
    unsigned lead = reader_u8(in);
    unsigned more = lead >> 6;
    uint64_t length = more == 0 ? lead & 0x3f : lead & 0x0f;

    for (unsigned i = 0; i < more; i++)
        length |= (uint64_t)reader_u8(in) << (4 + 8 * i);
    return from + length;
}

static void method_note(struct walk *w, const struct term *t, struct bytes last)
{
    uint8_t arguments = t->flags & 7;

    if (last.len != 4)
        return;
    arena_grow(w->d->arena, &w->methods, w->method_count, &w->method_cap, sizeof(*w->methods));
    struct method *m = &w->methods[w->method_count++];

    for (size_t i = 0; i < 4; i++)
        m->segment[i] = last.data[i];
    m->arguments = arguments;
}

/* How many arguments follow a name where a term is due: those of the method of this name. */
static unsigned arguments_of(const struct walk *w, struct bytes last)
{
    for (size_t i = w->method_count; i-- > 0;) {
        if (bytes_equal((struct bytes){w->methods[i].segment, 4}, last))
            return w->methods[i].arguments;
    }
    return 0;
}

static bool push(struct walk *w, const char *operands)
{
    size_t count = bytes_of(operands).len;

    if (count > PENDING_MAX - w->pending_count)
        return false;
    for (size_t i = count; i-- > 0;)
        w->pending[w->pending_count++] = operands[i];
    return true;
}

/* An object or a place to store, or a term: a name with its arguments, or an opcode. */
static bool operand_term(struct walk *w, bool invocation)
{
    struct reader *in = &w->d->in;
    struct bytes name = {NULL, 0};
    struct bytes last = {NULL, 0};

    if (!reader_more(in))
        return false;
    if (name_start(in->all.data[in->pos])) {
        if (!name_read(w, &name, &last))
            return false;
        unsigned arguments = invocation ? arguments_of(w, last) : 0;

        for (unsigned i = 0; i < arguments; i++) {
            if (!push(w, "t"))
                return false;
        }
        return true;
    }
    uint16_t code = reader_u8(in);

    if (code == 0x5b)
        code = (uint16_t)(0x5b00 | reader_u8(in));
    const struct opcode *o = opcode_find(code);

    return o != NULL && push(w, o->operands);
}

static bool operand_text(struct reader *in)
{
    while (reader_more(in)) {
        if (reader_u8(in) == 0)
            return true;
    }
    return false;
}

/* The package of a nested term; of the term itself its end is kept, since its name comes first.
 */
static bool operand_package(struct walk *w, struct term *t, bool outermost)
{
    struct reader *in = &w->d->in;
    uint64_t end = package_end(in);

    if (in->failed || end < in->pos || end > in->all.len)
        return false;
    if (outermost)
        t->end = end;
    else
        reader_seek(in, (size_t)end);
    return true;
}

static bool operand_name(struct walk *w, struct term *t, bool outermost)
{
    struct bytes name = {NULL, 0};
    struct bytes last = {NULL, 0};

    if (!name_read(w, &name, &last))
        return false;
    if (!outermost || (t->opcode->name == 1 && t->name_end != 0))
        return true;
    struct reader peek = w->d->in;

    t->name = name;
    t->name_end = w->d->in.pos;
    t->flags = reader_u8(&peek);
    if (t->opcode->code == OP_EXTERNAL)
        t->flags = t->flags == 8 ? reader_u8(&peek) : 0;
    if (t->opcode->code == OP_METHOD || t->opcode->code == OP_EXTERNAL)
        method_note(w, t, last);
    return true;
}

/* Reads the operands that are pending. `outermost` ones belong to the term itself. */
static bool operands_read(struct walk *w, struct term *t, size_t own)
{
    struct reader *in = &w->d->in;

    while (w->pending_count > 0 && !in->failed) {
        bool outermost = w->pending_count <= own;
        bool good = true;

        switch (w->pending[--w->pending_count]) {
        case 'b':
            (void)reader_take(in, 1);
            break;
        case 'w':
            (void)reader_take(in, 2);
            break;
        case 'd':
            (void)reader_take(in, 4);
            break;
        case 'q':
            (void)reader_take(in, 8);
            break;
        case 'z':
            good = operand_text(in);
            break;
        case 'n':
            good = operand_name(w, t, outermost);
            break;
        case 'p':
            good = operand_package(w, t, outermost);
            break;
        case 's':
            good = operand_term(w, false);
            break;
        default:
            good = operand_term(w, true);
            break;
        }
        if (!good)
            return false;
    }
    return !in->failed;
}

/* One term. An expression that begins with a name is a call. */
static bool term_read(struct walk *w, struct term *t)
{
    struct reader *in = &w->d->in;

    *t = (struct term){.from = in->pos};
    w->pending_count = 0;
    if (name_start(in->all.data[in->pos]))
        return operand_term(w, true) && operands_read(w, t, 0);
    uint16_t code = reader_u8(in);

    if (code == 0x5b)
        code = (uint16_t)(0x5b00 | reader_u8(in));
    t->opcode = opcode_find(code);
    if (t->opcode == NULL || !push(w, t->opcode->operands))
        return false;
    return operands_read(w, t, w->pending_count);
}

static void define(struct walk *w, const struct term *t)
{
    struct decode *d = w->d;
    struct span s = {d->in.blob, d->in.base + t->from, t->name_end - t->from};
    struct value kind = value_uint(t->opcode->code);
    struct text full;

    if (w->scope_end == 0) {
        d->item = w->objects;
        decode_named_at(d, t->name, KEY_ACPI_AML_OBJECT, kind, s);
        return;
    }
    if (t->opcode->code != OP_DEVICE)
        return;
    text_init(&full, d->arena, 4096);
    if (t->name.len == 0 || t->name.data[0] != '\\') {
        text_add(&full, w->scope);
        if (w->scope.len > 0 && w->scope.data[w->scope.len - 1] != '\\')
            text_char(&full, '.');
    }
    text_add(&full, t->name);
    d->item = w->devices;
    decode_named_at(d, text_bytes(&full), KEY_ACPI_AML_DEVICE, kind, s);
}

/* Steps over the rest of a term's package, or into it if it is a scope of the top level. */
static bool step(struct walk *w, const struct term *t)
{
    if (t->opcode != NULL && t->opcode->name != 0 && t->name_end != 0)
        define(w, t);
    if (t->opcode == NULL || t->end == 0)
        return true;
    if (t->end < w->d->in.pos)
        return false;
    if (t->opcode->code == OP_SCOPE && w->scope_end == 0) {
        w->scope_end = (size_t)t->end;
        w->scope = t->name;
        return true;
    }
    reader_seek(&w->d->in, (size_t)t->end);
    return true;
}

static void walk_terms(struct walk *w)
{
    struct reader *in = &w->d->in;
    struct term t;

    while (reader_more(in)) {
        if (w->scope_end != 0 && in->pos >= w->scope_end) {
            reader_seek(in, w->scope_end);
            w->scope_end = 0;
            continue;
        }
        size_t from = in->pos;

        if (term_read(w, &t) && step(w, &t))
            continue;
        decode_fault(w->d, FAULT_BAD_VALUE, in->base + from);
        if (w->scope_end == 0)
            return;
        /* The scope states its end, so what follows it can still be read. */
        in->failed = false;
        reader_seek(in, w->scope_end);
        w->scope_end = 0;
    }
}

void acpi_aml(struct decode *d)
{
    struct walk *w = ARENA_NEW(d->arena, struct walk);
    struct span code = {d->in.blob, d->in.base + d->in.pos, reader_left(&d->in)};
    size_t end = d->in.all.len;

    w->d = d;
    decode_digest(d, KEY_ACPI_AML_CODE, decode_span_bytes(d, code), code);
    decode_open(d, ITEM_MAP, "devices");
    w->devices = d->item;
    decode_close(d);
    decode_open(d, ITEM_MAP, "objects");
    w->objects = d->item;
    decode_region(d, code, CLASS_CODE);
    walk_terms(w);
    d->item = w->objects;
    decode_close(d);
    d->in.failed = false;
    reader_seek(&d->in, end);
}
