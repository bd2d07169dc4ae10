/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/version and /proc/cmdline: one line; the label says which. */
#include "decode/text_line.h"

#include <string.h>

/* Parameters that point at this machine's own disks differ on every machine. */
static bool identity(struct bytes word)
{
    static const char *const marks[] = {"UUID=", "LABEL=", "/dev/disk/by-", "/dev/mapper/"};

    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        if (memmem(word.data, word.len, marks[i], strlen(marks[i])) != NULL)
            return true;
    }
    return false;
}

/* A parameter is named by what stands before '='. */
static struct bytes parameter_name(struct bytes word)
{
    const uint8_t *end = memchr(word.data, '=', word.len);

    return end == NULL ? word : bytes_slice(word, 0, (size_t)(end - word.data));
}

/* Cuts the next parameter off; blanks inside double quotes belong to it. */
static bool parameter(struct bytes *rest, struct bytes *ret)
{
    size_t from = 0;
    size_t to;
    bool quoted = false;

    while (from < rest->len && rest->data[from] == ' ')
        from++;
    for (to = from; to < rest->len && (quoted || rest->data[to] != ' '); to++)
        quoted = quoted != (rest->data[to] == '"');
    *ret = bytes_slice(*rest, from, to - from);
    *rest = bytes_slice(*rest, to, rest->len);
    return ret->len > 0;
}

static void parameters(struct decode *d, struct bytes line)
{
    struct bytes rest = line;
    struct bytes word;

    decode_open(d, ITEM_MAP, "parameters");
    while (parameter(&rest, &word)) {
        size_t start = (size_t)(word.data - d->in.all.data);
        struct span s = {d->in.blob, d->in.base + start, word.len};

        decode_named_at(d, parameter_name(word),
                        identity(word) ? KEY_KERNEL_PARAMETER_OWN : KEY_KERNEL_PARAMETER,
                        value_text(word), s);
    }
    decode_close(d);
}

static bool is_version(struct bytes b, struct bytes label)
{
    return bytes_starts_with(label, "version") ||
           (!bytes_starts_with(label, "cmdline") && bytes_starts_with(b, "Linux version "));
}

static void decode(struct decode *d)
{
    struct bytes line = {NULL, 0};
    size_t from = 0;

    if (!text_line(d, &line, &from))
        return;
    line = bytes_trim(line);
    if (is_version(line, d->label)) {
        decode_bytes(d, KEY_KERNEL_VERSION, line, from);
    } else {
        decode_bytes(d, KEY_KERNEL_CMDLINE, line, from);
        parameters(d, line);
    }
    if (reader_more(&d->in))
        decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
}

static unsigned probe(struct bytes b, struct bytes label)
{
    if (bytes_starts_with(b, "Linux version "))
        return 70;
    return bytes_starts_with(label, "cmdline") ? 40 : 0;
}

const struct decoder decoder_kernel_text = {
    .name = "kernel-text",
    .title = "Kernel version or command line",
    .spec = "linux-abi",
    .min = 1,
    .max = 65536,
    .probe = probe,
    .decode = decode,
};
