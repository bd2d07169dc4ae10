/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The BIOS flash as the kernel's SPI controller driver serves it: an MTD device of type "nor"
 * that is called "BIOS" (Documentation/driver-api/mtd/spi-intel.rst). Other MTD devices are not
 * touched.
 */
#include <string.h>

#include "collect/live.h"

/* The text of an attribute of the device. */
static struct bytes attribute(struct live *l, const char *device, const char *name)
{
    return root_text(l->root, arena_format(l->arena, "%s/%s", device, name), l->arena);
}

static bool is_bios(struct live *l, const char *device)
{
    return bytes_equal_text(attribute(l, device, "type"), "nor") &&
           bytes_equal_text(attribute(l, device, "name"), "BIOS");
}

void live_flash(struct live *l)
{
    struct path_list devices;
    const char *where = "";
    int why = root_walk(l->root, "sys/class/mtd/mtd*", l->arena, &devices, &where);

    l->state = COVERAGE_UNSUPPORTED;
    l->reason = "the kernel serves no BIOS flash";
    if (why != 0)
        live_trouble(l, why, where);
    for (size_t i = 0; i < devices.count; i++) {
        const char *device = devices.paths[i];
        uint64_t size = 0;

        /* Each device has a read-only twin, "mtd0ro". */
        if (device[strlen(device) - 1] == 'o' || !is_bios(l, device) ||
            !bytes_number(attribute(l, device, "size"), 10, &size))
            continue;
        live_found(l, (struct found){.path = "flash/flash.bin",
                                     .reason = "",
                                     .device = arena_format(l->arena, "dev/%sro",
                                                            strrchr(device, '/') + 1),
                                     .length = size});
        return;
    }
}
