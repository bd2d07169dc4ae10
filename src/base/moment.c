/* SPDX-License-Identifier: Apache-2.0 */
#include "base/moment.h"

enum {
    MOMENT_SIZE = 20 /* 2026-01-31T12:00:00Z */
};

static unsigned number_at(struct bytes b, size_t at, size_t len)
{
    unsigned value = 0;

    for (size_t i = at; i < at + len; i++)
        value = value * 10 + (unsigned)(b.data[i] - '0');
    return value;
}

static unsigned days_of(unsigned year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    if (month < 1 || month > ARRAY_LEN(days))
        return 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

bool moment_valid(struct bytes b)
{
    static const char shape[] = "0000-00-00T00:00:00Z";

    if (b.len != MOMENT_SIZE)
        return false;
    for (size_t i = 0; i < b.len; i++) {
        bool digit = b.data[i] >= '0' && b.data[i] <= '9';

        if (shape[i] == '0' ? !digit : b.data[i] != (uint8_t)shape[i])
            return false;
    }
    unsigned day = number_at(b, 8, 2);

    /* A second that is put in is number 60. */
    return day >= 1 && day <= days_of(number_at(b, 0, 4), number_at(b, 5, 2)) &&
           number_at(b, 11, 2) < 24 && number_at(b, 14, 2) < 60 && number_at(b, 17, 2) <= 60;
}
