/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/json.h"

#include <string.h>

void json_want(struct json *j, const char *text)
{
    if (!json_next(j, text))
        j->at.failed = true;
}

bool json_next(struct json *j, const char *text)
{
    if (j->at.failed || !view_begins(j->at.left, text))
        return false;
    (void)cursor_take(&j->at, strlen(text));
    return true;
}

/* The character that an escape stands for, or -1 where another form is the right one. */
static int escaped(struct cursor *c)
{
    static const char from[] = "\"\\nrt";
    static const char to[] = "\"\\\n\r\t";
    uint8_t kind = (uint8_t)cursor_number(c, 1);
    const char *at = kind == 0 ? NULL : strchr(from, kind);
    uint8_t value[2] = {0};

    if (at != NULL)
        return to[at - from];
    struct view four = cursor_take(c, 4);

    if (kind != 'u' || !view_hex(four, value, 2) || value[0] != 0 || value[1] >= 0x20 ||
        value[1] == '\n' || value[1] == '\r' || value[1] == '\t')
        return -1;
    return value[1];
}

struct view json_string(struct json *j)
{
    struct out o = {.memory = j->memory};
    struct view text = {0};
    uint8_t stop = 0;

    json_want(j, "\"");
    while (!j->at.failed && stop != '"') {
        struct view run = {j->at.left.data, 0};

        while (run.len < j->at.left.len && run.data[run.len] >= 0x20 &&
               run.data[run.len] != '"' && run.data[run.len] != '\\')
            run.len++;
        (void)cursor_take(&j->at, run.len);
        stop = (uint8_t)cursor_number(&j->at, 1);
        /* Most strings have no escape and are used where they stand. */
        text = run;
        if (stop == '"' && o.len == 0)
            break;
        int e = stop == '\\' ? escaped(&j->at) : -1;
        uint8_t c = (uint8_t)e;

        j->at.failed |= e < 0 && stop != '"';
        out_add(&o, run);
        out_add(&o, (struct view){&c, e < 0 ? 0 : 1});
        text = out_view(&o);
    }
    j->at.failed |= !view_utf8(text, false);
    return text;
}

uint64_t json_number(struct json *j, uint64_t most)
{
    struct view digits = {j->at.left.data, 0};
    uint64_t v = 0;

    while (digits.len < j->at.left.len && j->at.left.data[digits.len] >= '0' &&
           j->at.left.data[digits.len] <= '9')
        digits.len++;
    if (j->at.failed || !view_number(digits, &v) || v > most) {
        j->at.failed = true;
        return 0;
    }
    (void)cursor_take(&j->at, digits.len);
    return v;
}

struct hash json_hash(struct json *j)
{
    struct hash h = {{0}};
    struct view text = json_string(j);

    if (!j->at.failed && !view_hex(text, h.bytes, sizeof(h.bytes)))
        j->at.failed = true;
    return h;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar. */
static uint64_t days_of(uint64_t year, uint64_t month, uint64_t day)
{
    uint64_t y = month <= 2 ? year - 1 : year;
    uint64_t m = month <= 2 ? month + 9 : month - 3; /* March is 0: the leap day ends a year */

    return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

uint64_t json_time(struct json *j)
{
    static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
    struct view text = json_string(j);
    uint64_t part[6] = {0};
    size_t at = 0;
    bool good = !j->at.failed && text.len == sizeof(form) - 1;

    for (size_t i = 0; good && i < text.len; i++) {
        if (form[i] != 'd') {
            good = text.data[i] == (uint8_t)form[i];
            at++;
        } else {
            good = text.data[i] >= '0' && text.data[i] <= '9';
            part[at] = part[at] * 10 + (uint64_t)(text.data[i] - '0');
        }
    }
    /* A day that its month does not have is another day's number. */
    good = good && part[0] >= 1970 && part[1] >= 1 && part[1] <= 12 && part[2] >= 1 &&
           part[2] <= 31 && part[3] < 24 && part[4] < 60 && part[5] < 60;
    if (!good || (part[1] < 12 &&
                  days_of(part[0], part[1], part[2]) >= days_of(part[0], part[1] + 1, 1))) {
        j->at.failed = true;
        return 0;
    }
    return ((days_of(part[0], part[1], part[2]) * 24 + part[3]) * 60 + part[4]) * 60 + part[5];
}

bool json_done(const struct json *j)
{
    return !j->at.failed && j->at.left.len == 0;
}

void json_put_string(struct out *o, struct view v)
{
    static const char from[] = "\"\\\n\r\t";
    static const char to[] = "\"\\nrt";
    bool utf8 = view_utf8(v, false);

    out_text(o, "\"");
    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = v.data[i];
        const char *at = c == 0 ? NULL : strchr(from, c);

        if (at != NULL) {
            out_text(o, "\\");
            out_add(o, (struct view){(const uint8_t *)to + (at - from), 1});
        } else if (c < 0x20) {
            out_text(o, "\\u00");
            out_hex(o, &c, 1);
        } else if (c >= 0x80 && !utf8) {
            out_text(o, "\\ufffd");
        } else {
            out_add(o, (struct view){&c, 1});
        }
    }
    out_text(o, "\"");
}
