/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files pe_*.c: the layout of an image, as its headers state it. */
#ifndef ASSAY_DECODE_PE_H
#define ASSAY_DECODE_PE_H

#include "decode/authenticode.h"
#include "decode/decode.h"

enum {
    PE_SECTION_HEADER = 40,
    PE_DIRECTORY_ENTRY = 8,
    PE_DIRECTORY_SECURITY = 4,
    PE_DIRECTORY_DEBUG = 6,
    PE_DIRECTORIES_MAX = 16,
    PE_CODE = 0x20,
    PE_EXECUTE = 0x20000000,
};

struct pe_section {
    struct bytes name;
    uint64_t virtual_size;
    uint64_t address;
    uint64_t size;   /* in the file; 0 when it does not lie in the file */
    uint64_t offset; /* in the file */
    uint64_t characteristics;
};

struct pe_directory {
    uint64_t address;
    uint64_t size;
};

struct pe {
    bool te;
    size_t optional;        /* position of the optional header */
    uint64_t optional_size; /* as the file header states it */
    bool plus;              /* PE32+ */
    size_t checksum;        /* position of the checksum */
    size_t directories_at;  /* position of the data directories */
    uint64_t directories;   /* how many lie in the optional header */
    size_t sections_at;     /* position of the section headers */
    uint64_t headers;       /* size of all headers in the file */
    uint64_t entry;         /* address of the entry point */
    uint64_t symbols;       /* position of the COFF symbols; 0: none */
    uint64_t strings;       /* position of the COFF strings behind them; 0: none */
    uint64_t strings_end;
    uint64_t stripped; /* TE: what addresses in the file are too high by */
    struct pe_directory directory[PE_DIRECTORIES_MAX];
    struct pe_section *sections; /* in the order of the headers */
    size_t count;
    uint64_t end; /* of the last section in the file */
    bool sound;   /* sections lie in the file, apart from one another and from the headers */
    bool whole;   /* the image is a whole collected file, so its sections get digests */
    uint64_t certificates; /* position of the certificate table, or the end */
    uint64_t certificates_end;
    struct authenticode digest; /* parts NULL: there is none */
};

/*
 * Reads the headers of the image that `in` holds. False when they are not there or make no
 * sense, so that nothing more can be told than a digest of all bytes.
 */
bool pe_layout(struct decode *d, struct pe *pe);

/* The sections that have bytes in the file, in the order of these. */
const struct pe_section **pe_sorted(struct decode *d, const struct pe *pe, size_t *ret_count);

/* Which bytes of a PE image its Authenticode digest covers, where the layout is sound. */
void pe_authenticode(struct decode *d, struct pe *pe);

/* Zeros that fill up; anything else in their place is left unknown and to a digest. */
void pe_padding(struct decode *d, struct span s);

/* The certificate table, into the current container. */
void pe_certificates(struct decode *d, struct pe *pe);

/* What sections with well-known names hold, into the current container (the section's own). */
void pe_section_content(struct decode *d, const struct pe *pe, const struct pe_section *s);

/* The debug directory, into the current container. */
void pe_debug(struct decode *d, const struct pe *pe);

/* The setup header of a Linux kernel, into the current container. */
void pe_linux(struct decode *d);

/* The span of bytes from position `at` of the image. */
struct span pe_span(const struct decode *d, uint64_t at, uint64_t length);

#endif
