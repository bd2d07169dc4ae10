/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One attribute of a loaded module from /sys/module: the label is "MODULE/ATTRIBUTE". The build
 * id is an ELF note: lengths of name and content, type 3, "GNU", the id.
 */
#include "decode/text_line.h"

enum {
    NOTE_BUILD_ID = 3
};

static const struct {
    const char *name;
    enum key_id key;
} attributes[] = {
    {"taint",      KEY_MODULE_ATTRIBUTE_TAINT},
    {"srcversion", KEY_MODULE_SRCVERSION     },
    {"version",    KEY_MODULE_VERSION        },
    {"coresize",   KEY_MODULE_CORESIZE       },
};

static void build_id(struct decode *d, struct bytes name)
{
    size_t from = d->in.pos;
    uint32_t name_size = reader_u32le(&d->in);
    uint32_t size = reader_u32le(&d->in);
    uint32_t type = reader_u32le(&d->in);
    struct bytes owner = reader_take(&d->in, (name_size + 3ULL) & ~3ULL);
    struct bytes id = reader_take(&d->in, size);

    if (d->in.failed)
        return;
    if (type != NOTE_BUILD_ID || name_size != 4 ||
        !bytes_equal(owner, (struct bytes){(const uint8_t *)"GNU", 4})) {
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base + from);
        return;
    }
    decode_named_at(d, name, KEY_MODULE_BUILD_ID, value_bytes(id), reader_span(&d->in, from));
    if (reader_more(&d->in))
        decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
}

static void decode(struct decode *d)
{
    struct bytes rest = d->label;
    struct bytes module = {NULL, 0};
    struct bytes attribute = {NULL, 0};
    enum key_id key = KEY_MODULE_ATTRIBUTE;

    (void)bytes_word(&rest, "/", &module);
    (void)bytes_word(&rest, "/", &attribute);
    struct bytes name = bytes_of(arena_format(d->arena, "%.*s:%.*s", (int)attribute.len,
                                              (const char *)attribute.data, (int)module.len,
                                              (const char *)module.data));

    if (bytes_equal_text(attribute, "build-id")) {
        build_id(d, name);
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(attributes); i++) {
        if (bytes_equal_text(attribute, attributes[i].name))
            key = attributes[i].key;
    }
    size_t from = d->in.pos;
    struct bytes text = {NULL, 0};

    (void)text_line(d, &text, &from);
    text = bytes_trim(text);

    if (text.len > 0)
        decode_named_at(d, name, key, value_text(text), reader_span(&d->in, from));
    else
        text_line_blank(d, from);
    if (reader_more(&d->in))
        decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct bytes rest = label;
    struct bytes module;
    struct bytes word;

    (void)b;
    if (!bytes_word(&rest, "/", &module) || !bytes_word(&rest, "/", &word))
        return 0;
    for (size_t i = 0; i < ARRAY_LEN(attributes); i++) {
        if (bytes_equal_text(word, attributes[i].name))
            return 20;
    }
    return bytes_equal_text(word, "build-id") ? 20 : 0;
}

const struct decoder decoder_module_attribute = {
    .name = "module-attribute",
    .title = "Attribute of a kernel module",
    .spec = "linux-abi",
    .min = 1,
    .max = 65536,
    .probe = probe,
    .decode = decode,
};
