/* SPDX-License-Identifier: Apache-2.0 */
/* Moments as text: RFC 3339 in UTC, to the second. */
#ifndef ASSAY_BASE_MOMENT_H
#define ASSAY_BASE_MOMENT_H

#include "base/bytes.h"

/* Whether `b` is a moment as "2026-01-31T12:00:00Z", of a day that the calendar has. */
bool moment_valid(struct bytes b);

#endif
