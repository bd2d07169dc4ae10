/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A UEFI variable as the Linux kernel's efivarfs gives it: attributes in 4 bytes, then the
 * value (UEFI specification 2.10, section 8.2). The file's name is NAME-GUID.
 */
#include "decode/efi_value.h"

enum {
    GUID_LENGTH = 36,
    ATTRIBUTES = 4,
    VARIABLE_MAX = 4 << 20,
};

/* A GUID in its canonical form, in lower or upper case. */
static bool is_guid(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? b.data[i] != '-' : hex_digit(b.data[i]) < 0)
            return false;
    }
    return b.len == GUID_LENGTH;
}

/* Splits NAME-GUID (of the last path segment); false when the label is not of that form. */
static bool split_label(struct bytes label, struct bytes *name, struct bytes *guid)
{
    size_t start = label.len;

    while (start > 0 && label.data[start - 1] != '/')
        start--;
    label = bytes_slice(label, start, label.len);
    if (label.len < GUID_LENGTH + 2 || label.data[label.len - GUID_LENGTH - 1] != '-')
        return false;
    *name = bytes_slice(label, 0, label.len - GUID_LENGTH - 1);
    *guid = bytes_slice(label, label.len - GUID_LENGTH, GUID_LENGTH);
    return is_guid(*guid);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct bytes name;
    struct bytes guid;

    if (!split_label(label, &name, &guid) || b.len < ATTRIBUTES)
        return 0;
    /* No attribute lies beyond the first byte: this tells a variable from a text of that name.
     */
    return b.data[1] == 0 && b.data[2] == 0 && b.data[3] == 0 ? 90 : 0;
}

static struct bytes lower_case(struct arena *a, struct bytes b)
{
    uint8_t *copy = arena_alloc(a, b.len + 1);

    for (size_t i = 0; i < b.len; i++)
        copy[i] =
            b.data[i] >= 'A' && b.data[i] <= 'F' ? (uint8_t)(b.data[i] | 0x20) : b.data[i];
    return (struct bytes){copy, b.len};
}

static void decode(struct decode *d)
{
    static const struct field head[] = {
        {KEY_EFI_ATTRIBUTES, F_U32LE, 0, 0}
    };
    struct bytes name = bytes_of("unnamed");
    struct bytes guid = bytes_of("");

    if (split_label(d->label, &name, &guid))
        guid = lower_case(d->arena, guid);
    struct bytes container =
        bytes_of(arena_format(d->arena, "%.*s:%.*s", (int)guid.len, (const char *)guid.data,
                              (int)name.len, (const char *)name.data));

    decode_open_bytes(d, ITEM_MAP, container);
    uint64_t attributes = decode_fields(d, head, 1);

    if (!d->in.failed && attributes > 0xff)
        decode_fault(d, FAULT_BAD_VALUE, reader_offset(&d->in) - ATTRIBUTES);
    /* A variable without a value does not exist. */
    if (!d->in.failed && !reader_more(&d->in))
        decode_fault(d, FAULT_TRUNCATED, reader_offset(&d->in));
    (void)efi_value_decode(d, guid, name);
    decode_close(d);
}

const struct decoder decoder_efi_variable = {
    .name = "efi-variable",
    .title = "UEFI variable with its attributes",
    .spec = "efi-variable-file",
    .surface = "efivar",
    .min = ATTRIBUTES,
    .max = VARIABLE_MAX,
    .probe = probe,
    .decode = decode,
};
