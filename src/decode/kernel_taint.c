/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/sys/kernel/tainted: a decimal number whose bits are reasons (Linux,
 * tainted-kernels.rst). */
#include "decode/text_line.h"

static void decode(struct decode *d)
{
    struct bytes line = {NULL, 0};
    size_t from = 0;
    uint64_t taint = 0;

    if (!text_line(d, &line, &from) || !bytes_number(bytes_trim(line), 10, &taint)) {
        text_line_fault(d, from);
        return;
    }
    decode_uint(d, KEY_KERNEL_TAINT, taint, from);
    if (reader_more(&d->in))
        decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
}

static unsigned probe(struct bytes b, struct bytes label)
{
    uint64_t taint;

    return bytes_starts_with(label, "tainted") && bytes_number(bytes_trim(b), 10, &taint) ? 50
                                                                                          : 0;
}

const struct decoder decoder_kernel_taint = {
    .name = "kernel-taint",
    .title = "Kernel taint",
    .spec = "linux-abi",
    .min = 1,
    .max = 256,
    .probe = probe,
    .decode = decode,
};
