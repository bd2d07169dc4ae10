/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of a TCG event log, without their meaning. PC Client Platform Firmware
 * Profile 1.06, section 10 (structures); TPM 1.2 logs have SHA-1 records only.
 */
#ifndef ASSAY_DECODE_TCG_LOG_H
#define ASSAY_DECODE_TCG_LOG_H

#include "evidence/item.h"

enum {
    TCG_BANKS_MAX = 16,             /* algorithms that a log may state */
    TCG_BANK_FIRST = TCG_BANKS_MAX, /* the SHA-1 record that opens a crypto-agile log */
    TCG_PCRS = 24,
};

enum tcg_event_type {
    EV_PREBOOT_CERT = 0x00,
    EV_POST_CODE = 0x01,
    EV_NO_ACTION = 0x03,
    EV_SEPARATOR = 0x04,
    EV_ACTION = 0x05,
    EV_EVENT_TAG = 0x06,
    EV_S_CRTM_CONTENTS = 0x07,
    EV_S_CRTM_VERSION = 0x08,
    EV_CPU_MICROCODE = 0x09,
    EV_PLATFORM_CONFIG_FLAGS = 0x0a,
    EV_TABLE_OF_DEVICES = 0x0b,
    EV_COMPACT_HASH = 0x0c,
    EV_IPL = 0x0d,
    EV_IPL_PARTITION_DATA = 0x0e,
    EV_NONHOST_CODE = 0x0f,
    EV_NONHOST_CONFIG = 0x10,
    EV_NONHOST_INFO = 0x11,
    EV_OMIT_BOOT_DEVICE_EVENTS = 0x12,
    EV_POST_CODE2 = 0x13,
};

/* The types above 0x80000000 do not fit an enumeration constant of ISO C. */
#define EV_EFI_VARIABLE_DRIVER_CONFIG    UINT32_C(0x80000001)
#define EV_EFI_VARIABLE_BOOT             UINT32_C(0x80000002)
#define EV_EFI_BOOT_SERVICES_APPLICATION UINT32_C(0x80000003)
#define EV_EFI_BOOT_SERVICES_DRIVER      UINT32_C(0x80000004)
#define EV_EFI_RUNTIME_SERVICES_DRIVER   UINT32_C(0x80000005)
#define EV_EFI_GPT_EVENT                 UINT32_C(0x80000006)
#define EV_EFI_ACTION                    UINT32_C(0x80000007)
#define EV_EFI_PLATFORM_FIRMWARE_BLOB    UINT32_C(0x80000008)
#define EV_EFI_HANDOFF_TABLES            UINT32_C(0x80000009)
#define EV_EFI_PLATFORM_FIRMWARE_BLOB2   UINT32_C(0x8000000a)
#define EV_EFI_HANDOFF_TABLES2           UINT32_C(0x8000000b)
#define EV_EFI_VARIABLE_BOOT2            UINT32_C(0x8000000c)
#define EV_EFI_GPT_EVENT2                UINT32_C(0x8000000d)
#define EV_EFI_HCRTM_EVENT               UINT32_C(0x80000010)
#define EV_EFI_VARIABLE_AUTHORITY        UINT32_C(0x800000e0)
#define EV_EFI_SPDM_FIRMWARE_BLOB        UINT32_C(0x800000e1)
#define EV_EFI_SPDM_FIRMWARE_CONFIG      UINT32_C(0x800000e2)
#define EV_EFI_SPDM_DEVICE_POLICY        UINT32_C(0x800000e3)
#define EV_EFI_SPDM_DEVICE_AUTHORITY     UINT32_C(0x800000e4)

struct tcg_bank {
    uint16_t tpm_id; /* TPM_ALG_ID */
    uint16_t size;   /* of a digest, as the log states it */
    bool known;      /* `algorithm` can compute it and the size is right */
    enum digest_algorithm algorithm;
};

struct tcg_digest {
    uint8_t bank; /* index into `banks` */
    struct bytes value;
    size_t pos; /* of the algorithm's number (crypto-agile) or of the value (SHA-1) */
};

struct tcg_event {
    size_t pos;    /* of the record in the log */
    size_t length; /* of the record */
    uint32_t pcr;
    uint32_t type;
    size_t first_digest; /* index into `digests` */
    size_t digest_count;
    struct bytes data;
    size_t data_pos;
};

struct tcg_fault {
    enum fault_id id;
    size_t pos;
};

/* A log, split into records. Bytes stay in the log that was read. */
struct tcg_log {
    bool agile;
    struct tcg_bank banks[TCG_BANKS_MAX + 1];
    size_t bank_count;
    struct tcg_event *events;
    size_t event_count;
    size_t event_cap;
    struct tcg_digest *digests;
    size_t digest_count;
    size_t digest_cap;
    struct tcg_fault *faults;
    size_t fault_count;
    size_t fault_cap;
    size_t end; /* of what was read; what follows is padding or, after a fault, unread */
    bool whole; /* every record was read to its end */
};

/*
 * Splits a log into records. Never fails: what is malformed is a fault, and records before it
 * stay. A log that ends between two records is sound; zeros or 0xff to the end are padding.
 */
struct tcg_log tcg_log_read(struct bytes bytes, struct arena *a);

/* Whether event data starts with this text and its NUL. */
bool tcg_data_is(struct bytes data, const char *signature);

#endif
