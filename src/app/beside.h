/* SPDX-License-Identifier: Apache-2.0 */
/* Other programs of Assay, which stand where this one does. */
#ifndef ASSAY_APP_BESIDE_H
#define ASSAY_APP_BESIDE_H

#include "base/arena.h"
#include "base/err.h"

/* The path of a program beside this one ("assay-fetch"). */
const char *beside_program(const char *name, struct arena *a);

/* Runs it in place of this process. Returns only when that fails. */
void beside_execute(const char *name, char **argv, struct arena *a, struct err *e);

#endif
