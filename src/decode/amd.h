/* SPDX-License-Identifier: Apache-2.0 */
/* What the decoders of AMD's firmware structures share. */
#ifndef ASSAY_DECODE_AMD_H
#define ASSAY_DECODE_AMD_H

#include "decode/decode.h"

enum amd_address_mode {
    AMD_PHYSICAL,
    AMD_FLASH_OFFSET,
    AMD_DIRECTORY_OFFSET,
    AMD_PARTITION_OFFSET,
};

enum {
    AMD_DIRECTORY_HEADER = 16,
    AMD_COMBO_HEADER = 32,
    AMD_KEY_HEADER = 0x40,
};

/* A directory as it stands in bytes. */
struct amd_directory {
    bool bios;  /* $BHD, $BL2, 2BHD */
    bool combo; /* 2PSP, 2BHD */
    size_t header;
    size_t entry; /* size of one */
    uint64_t count;
    enum amd_address_mode mode;
};

/* False if no directory begins here. */
bool amd_directory_read(struct bytes b, struct amd_directory *ret);

/* Where an address of the structure, or a flash offset, leads; false if not into the image. */
bool amd_address(const struct decode *d, uint64_t address, uint64_t length, struct span *ret);

/* Where an entry of a directory that begins at `directory` leads. */
bool amd_entry_span(const struct decode *d, struct span directory, enum amd_address_mode mode,
                    uint64_t address, uint64_t length, struct span *ret);

/* Refers to the directory at an address, below a container of this name; false if none is
 * there. */
bool amd_refer_directory(struct decode *d, struct span at, const char *name);

/* Looks for the structure at the places where the processor does, and refers to it. */
void amd_efs_refer(struct decode *d);

/* Whether a key structure stands here; its length without a signature. */
size_t amd_key_length(struct bytes b);

/* The key of this identifier (16 bytes) in the directories of the image. Empty: none. */
struct bytes amd_key_find(const struct decode *d, struct bytes id);

/* Whether `key` (a key structure) made `signature` over `parts`, one after the other. */
bool amd_signature_good(struct decode *d, struct bytes key, const struct bytes parts[2],
                        struct bytes signature);

#endif
