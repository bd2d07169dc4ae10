/* SPDX-License-Identifier: Apache-2.0 */
/* Random bytes from the operating system. */
#ifndef ASSAY_BASE_RANDOM_H
#define ASSAY_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Fills `ret`; ends the process if the system gives none. */
void random_bytes(uint8_t *ret, size_t n);

#endif
