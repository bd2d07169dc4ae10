/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/pci_address.h"

/* A hexadecimal number of at least `min` and at most `max` digits that fills `b`. */
static bool hex_field(struct bytes b, size_t min, size_t max, uint64_t *ret)
{
    return b.len >= min && b.len <= max && bytes_number(b, 16, ret);
}

bool pci_address_parse(struct bytes text, struct pci_address *ret)
{
    uint64_t domain = 0;
    uint64_t bus = 0;
    uint64_t device = 0;
    uint64_t function = 0;
    size_t tail = sizeof("00:1c.1") - 1;

    if (text.len < tail)
        return false;
    struct bytes head = bytes_slice(text, 0, text.len - tail);
    struct bytes rest = bytes_slice(text, text.len - tail, tail);

    if (head.len > 0) {
        if (head.data[head.len - 1] != ':' ||
            !hex_field(bytes_slice(head, 0, head.len - 1), 4, 8, &domain))
            return false;
    }
    if (rest.data[2] != ':' || rest.data[5] != '.')
        return false;
    if (!hex_field(bytes_slice(rest, 0, 2), 2, 2, &bus) ||
        !hex_field(bytes_slice(rest, 3, 2), 2, 2, &device) ||
        !hex_field(bytes_slice(rest, 6, 1), 1, 1, &function))
        return false;
    if (device > 31 || function > 7)
        return false;
    *ret = (struct pci_address){(uint32_t)domain, (uint8_t)bus, (uint8_t)device,
                                (uint8_t)function};
    return true;
}

struct bytes pci_address_text(struct arena *a, const struct pci_address *address)
{
    if (address->domain == 0) {
        return bytes_of(
            arena_format(a, "%02x:%02x.%x", address->bus, address->device, address->function));
    }
    return bytes_of(arena_format(a, "%04x:%02x:%02x.%x", address->domain, address->bus,
                                 address->device, address->function));
}
