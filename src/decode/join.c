/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/join.h"

/* A join, and the surface whose items it takes. */
struct join {
    const char *surface; /* with its "@" */
    void (*run)(struct decoded *d, uint32_t surface_item);
};

static const struct join joins[] = {
    {"pci@",   join_pci_topology},
    {"flash@", join_boot_guard  },
};

void joins_run(struct decoded *d)
{
    size_t count = d->item_count;

    for (uint32_t i = 1; i < count; i++) {
        if (d->items[i].parent != 0)
            continue;
        for (size_t k = 0; k < ARRAY_LEN(joins); k++) {
            if (bytes_starts_with(d->items[i].name, joins[k].surface))
                joins[k].run(d, i);
        }
    }
}
