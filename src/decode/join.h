/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joins: what is computed across decoded parts, after all of them are decoded. A join may move
 * items below another parent, so afterwards a parent may have a greater index than its child.
 */
#ifndef ASSAY_DECODE_JOIN_H
#define ASSAY_DECODE_JOIN_H

#include "evidence/item.h"

/*
 * Puts PCI functions into the places of the bus topology. The children of `surface_item` that
 * are named by an address ("0000:02:00.0" or "02:00.0") are moved below the bridge whose
 * secondary bus number is theirs and are named by device and function ("00.0"); functions on a
 * root bus stay and keep bus, device and function ("00:1c.1"), with the domain in front when it
 * is not 0. Thus the renumbering of buses moves nothing. A container of the same address
 * without a configuration header (what was decoded from the function's ROM) is merged into the
 * one that has it.
 *
 * Faults, in the bridge: `overlap` where two bridges claim one bus, `loop` where a secondary
 * bus number is not above the bridge's own; such buses stay at the top. Functions on a bus that
 * no bridge claims stay at the top as well.
 *
 * To be called once for every surface that holds PCI functions, from a collection or from a
 * text dump, after engine_run(). Takes time in proportion to the items from `surface_item` on.
 */
void join_pci_topology(struct decoded *d, uint32_t surface_item);

/*
 * Computes Boot Guard's digests over what they cover: each digest of an initial boot block over
 * its segments of the image, and each digest of a key manifest over the keys of the boot policy
 * manifests. The claim `hash-matches` in the digest's container says whether it is right; where
 * it is not, there is a fault `digest-mismatch` as well. Nothing is said where the image or the
 * other manifest is not there.
 */
void join_boot_guard(struct decoded *d, uint32_t surface_item);

/* All joins, each over the surfaces that it is about, for everything below the root. */
void joins_run(struct decoded *d);

#endif
