/* SPDX-License-Identifier: Apache-2.0 */
/* The Gregorian calendar, counted in cycles of 400 years that begin in March. */
#include "app/fleet_days.h"

#include "base/moment.h"

enum {
    CYCLE_DAYS = 146097,  /* of 400 years */
    EPOCH_SHIFT = 719468, /* days from 0000-03-01 to 1970-01-01 */
    YEAR_DAYS = 365
};

static uint32_t number_at(struct bytes b, size_t at, size_t len)
{
    uint64_t v = 0;

    (void)bytes_number(bytes_slice(b, at, len), 10, &v);
    return (uint32_t)v;
}

bool day_of_moment(struct bytes moment, uint32_t *ret)
{
    uint32_t year = number_at(moment, 0, 4);
    uint32_t month = number_at(moment, 5, 2);
    uint32_t day = number_at(moment, 8, 2);

    if (!moment_valid(moment) || year < 1970)
        return false;
    year -= month <= 2;
    uint32_t in_cycle = year % 400;
    uint32_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    *ret = year / 400 * CYCLE_DAYS + in_cycle * YEAR_DAYS + in_cycle / 4 - in_cycle / 100 +
           in_year - EPOCH_SHIFT;
    return true;
}

void text_day(struct text *t, uint32_t day)
{
    uint64_t z = (uint64_t)day + EPOCH_SHIFT;
    uint64_t cycle = z / CYCLE_DAYS;
    uint64_t rest = z % CYCLE_DAYS;
    uint64_t in_cycle =
        (rest - rest / 1460 + rest / 36524 - rest / (CYCLE_DAYS - 1)) / YEAR_DAYS;
    uint64_t in_year = rest - (YEAR_DAYS * in_cycle + in_cycle / 4 - in_cycle / 100);
    uint64_t month = (5 * in_year + 2) / 153;
    uint64_t of_month = in_year - (153 * month + 2) / 5 + 1;

    month = month < 10 ? month + 3 : month - 9;
    text_printf(t, "%04u-%02u-%02u", (unsigned)(cycle * 400 + in_cycle + (month <= 2)),
                (unsigned)month, (unsigned)of_month);
}
