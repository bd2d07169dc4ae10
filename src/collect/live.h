/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a live host has no file for: a provider asks for it and gives it under the names that it
 * has in a recording.
 */
#ifndef ASSAY_COLLECT_LIVE_H
#define ASSAY_COLLECT_LIVE_H

#include "collect/collect.h"
#include "collect/root.h"

/* One file of a recording that a provider gives. */
struct found {
    const char *path; /* in the recording */
    enum coverage_state state;
    const char *reason; /* "" when seen */
    struct bytes bytes; /* data NULL: none, or those of `device` */
    const char *device; /* a file below the root to be read in its place, or NULL */
    uint64_t length;    /* of the device */
};

struct live {
    const struct root *root;
    const struct collect_options *options;
    struct arena *arena;
    struct found *found;
    size_t count;
    size_t cap;
    /* Of sources for which nothing was found. */
    enum coverage_state state;
    const char *reason;
};

void live_found(struct live *l, struct found f);

/* A found file that was read whole. */
void live_seen(struct live *l, const char *path, struct bytes b);

/* "what: why", with the words of an errno. */
const char *live_words(struct arena *a, int error_number, const char *what);

/* Why nothing was found, in words, from an errno. */
void live_trouble(struct live *l, int error_number, const char *what);

/* The state that an errno stands for; COVERAGE_ABSENT for what is not there. */
enum coverage_state live_state(int error_number);

/* ipmi/: the BMC through /dev/ipmi0. */
void live_ipmi(struct live *l);

/* i2c/: SMBus controllers through /dev/i2c-N. Only called when allowed. */
void live_smbus(struct live *l);

/* flash/flash.bin: the BIOS flash that a kernel driver serves as an MTD device. */
void live_flash(struct live *l);

/* flash/programmer.bin and more readings of it: an external programmer. */
void live_programmer(struct live *l);

/* kmod.sha256: digests of the files of the loaded kernel modules. */
void live_modules(struct live *l);

/* Enables a PCI function's ROM (or disables it again) through its `rom` file; errno or 0. */
int live_rom(const struct root *r, const char *path, bool enable);

#endif
