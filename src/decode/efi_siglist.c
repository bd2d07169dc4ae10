/* SPDX-License-Identifier: Apache-2.0 */
/* A file of EFI_SIGNATURE_LISTs and nothing else: UEFI specification 2.10, section 32.4.1. */
#include "decode/signature_list.h"

enum {
    LIST_MIN = 28,
    LISTS_MAX = 16 << 20,
};

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return signature_list_plausible(b) ? 80 : signature_list_type_known(b) ? 30 : 0;
}

static void decode(struct decode *d)
{
    decode_open(d, ITEM_MAP, "signatures");
    signature_lists_decode(d);
    decode_close(d);
}

const struct decoder decoder_efi_siglist = {
    .name = "efi-siglist",
    .title = "EFI signature lists",
    .spec = "uefi-2.10",
    .surface = "efivar",
    .min = LIST_MIN,
    .max = LISTS_MAX,
    .probe = probe,
    .decode = decode,
};
