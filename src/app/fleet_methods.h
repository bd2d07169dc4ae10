/* SPDX-License-Identifier: Apache-2.0 */
/* The methods of a ledger: methods.json, which its operator fills with what was measured. */
#ifndef ASSAY_APP_FLEET_METHODS_H
#define ASSAY_APP_FLEET_METHODS_H

#include "ledger/fleet_statement.h"
#include "result/result.h"

/* Writes the methods that Assay has itself, none of them measured. */
bool fleet_methods_write(const char *path, struct arena *a, struct err *e);

/* `ret` holds METHODS_MAX; sorted by bit. */
bool fleet_methods_read(const char *path, struct arena *a, struct fleet_method *ret,
                        size_t *ret_count, struct err *e);

/* The bits of the methods that a result used. */
uint32_t fleet_methods_used(const struct result *r);

#endif
