/* SPDX-License-Identifier: Apache-2.0 */
/* Days since 1970-01-01 in UTC, as leaves count them. */
#ifndef ASSAY_APP_FLEET_DAYS_H
#define ASSAY_APP_FLEET_DAYS_H

#include "base/text.h"

/* The day of a moment as "2026-01-31T12:00:00Z"; false for anything else. */
bool day_of_moment(struct bytes moment, uint32_t *ret);

/* Adds "2026-01-31". */
void text_day(struct text *t, uint32_t day);

#endif
