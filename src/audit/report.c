/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "audit/json.h"

static const char *const status_words[] = {"proven", "disproven", "cannot tell", "not checked"};
static const char *const status_keys[] = {"proven", "disproven", "cannotTell", "notChecked"};

__attribute__((format(printf, 4, 0))) static void
add(struct report *r, enum status s, const char *name, const char *format, va_list args)
{
    char room[1024];
    struct out text = {.memory = r->memory};

    if (name == NULL)
        r->seen |= 1U << s;
    if (r->count == r->room) {
        struct line *wider = memory_take(r->memory, 2 * r->room + 32, sizeof(*wider));

        if (r->count > 0)
            memcpy(wider, r->lines, r->count * sizeof(*wider));
        r->lines = wider;
        r->room = 2 * r->room + 32;
    }
    (void)vsnprintf(room, sizeof(room), format, args);
    out_text(&text, room);
    out_number(&text, 0, 1);
    r->lines[r->count++] = (struct line){s, name, (const char *)text.data};
}

void proven(struct report *r, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(r, PROVEN, NULL, format, args);
    va_end(args);
}

bool disproven(struct report *r, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(r, DISPROVEN, NULL, format, args);
    va_end(args);
    return false;
}

bool untold(struct report *r, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(r, UNTOLD, NULL, format, args);
    va_end(args);
    return false;
}

void unchecked(struct report *r, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(r, UNCHECKED, NULL, format, args);
    va_end(args);
}

void fact(struct report *r, const char *name, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(r, PROVEN, name, format, args);
    va_end(args);
}

int report_outcome(const struct report *r)
{
    if ((r->seen & 1U << DISPROVEN) != 0)
        return 1;
    return (r->seen & 1U << UNTOLD) != 0 || (r->seen & 1U << PROVEN) == 0 ? 2 : 0;
}

static void print_text(const struct report *r, struct out *o)
{
    bool facts = false;

    for (enum status s = PROVEN; s <= UNCHECKED; s++) {
        for (size_t i = 0; i < r->count; i++) {
            if (r->lines[i].status != s || r->lines[i].name != NULL)
                continue;
            out_text(o, status_words[s]);
            out_text(o, ": ");
            out_text(o, r->lines[i].text);
            out_text(o, "\n");
        }
    }
    for (size_t i = 0; i < r->count; i++) {
        if (r->lines[i].name == NULL)
            continue;
        if (!facts)
            out_text(o, report_outcome(r) == 0 ? "stated, and bound by what is proven:\n"
                                               : "stated, NOT proven:\n");
        facts = true;
        out_text(o, "  ");
        out_text(o, r->lines[i].name);
        out_text(o, ": ");
        out_text(o, r->lines[i].text);
        out_text(o, "\n");
    }
    out_text(o, "outcome: ");
    out_text(o, status_words[report_outcome(r)]);
    out_text(o, "\n");
}

static void print_json(const struct report *r, const char *command, struct out *o)
{
    const char *between = "";

    out_text(o, "{\"audit\":1,\"command\":");
    json_put_string(o, view_of(command));
    out_text(o, ",\"outcome\":");
    json_put_string(o, view_of(status_keys[report_outcome(r)]));
    for (enum status s = PROVEN; s <= UNCHECKED; s++) {
        out_text(o, ",\"");
        out_text(o, status_keys[s]);
        out_text(o, "\":[");
        between = "";
        for (size_t i = 0; i < r->count; i++) {
            if (r->lines[i].status != s || r->lines[i].name != NULL)
                continue;
            out_text(o, between);
            json_put_string(o, view_of(r->lines[i].text));
            between = ",";
        }
        out_text(o, "]");
    }
    out_text(o, ",\"stated\":[");
    between = "";
    for (size_t i = 0; i < r->count; i++) {
        if (r->lines[i].name == NULL)
            continue;
        out_text(o, between);
        out_text(o, "{\"name\":");
        json_put_string(o, view_of(r->lines[i].name));
        out_text(o, ",\"value\":");
        json_put_string(o, view_of(r->lines[i].text));
        out_text(o, "}");
        between = ",";
    }
    out_text(o, "]}\n");
}

struct view report_print(const struct report *r, const char *command, bool json)
{
    struct out o = {.memory = r->memory};

    if (json)
        print_json(r, command, &o);
    else
        print_text(r, &o);
    return out_view(&o);
}
