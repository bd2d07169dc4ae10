/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/report.h"

#include <stdarg.h>

#include "audit/json.h"

static const char *const status_words[] = {"proven", "disproven", "cannot tell", "not checked"};
static const char *const status_keys[] = {"proven", "disproven", "cannotTell", "notChecked",
                                          "stated"};

__attribute__((format(printf, 4, 0))) static void
add(struct report *r, enum status s, const char *name, const char *format, va_list args)
{
    struct line *line = memory_take(r->memory, 1, sizeof(*line));

    *line = (struct line){s, name, text_of_list(r->memory, format, args), NULL};
    *(r->first == NULL ? &r->first : &r->last->next) = line;
    r->last = line;
    r->seen |= 1U << s;
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
    add(r, STATED, name, format, args);
    va_end(args);
}

int report_outcome(const struct report *r)
{
    if ((r->seen & 1U << DISPROVEN) != 0)
        return 1;
    return (r->seen & 1U << UNTOLD) != 0 || (r->seen & 1U << PROVEN) == 0 ? 2 : 0;
}

static void print_text(const struct report *r, enum status s, struct out *o)
{
    if (s == STATED && (r->seen & 1U << STATED) != 0)
        out_text(o, report_outcome(r) == 0 ? "stated, and bound by what is proven:\n"
                                           : "stated, NOT proven:\n");
    for (const struct line *l = r->first; l != NULL; l = l->next) {
        if (l->status != s)
            continue;
        out_text(o, s == STATED ? "  " : status_words[s]);
        out_text(o, s == STATED ? l->name : "");
        out_text(o, ": ");
        out_text(o, l->text);
        out_text(o, "\n");
    }
}

static void print_json(const struct report *r, enum status s, struct out *o)
{
    const char *between = "";

    out_text(o, ",\"");
    out_text(o, status_keys[s]);
    out_text(o, "\":[");
    for (const struct line *l = r->first; l != NULL; l = l->next) {
        if (l->status != s)
            continue;
        out_text(o, between);
        between = ",";
        if (s == STATED) {
            out_text(o, "{\"name\":");
            json_put_string(o, view_of(l->name));
            out_text(o, ",\"value\":");
        }
        json_put_string(o, view_of(l->text));
        out_text(o, s == STATED ? "}" : "");
    }
    out_text(o, "]");
}

struct view report_print(const struct report *r, const char *command, bool json)
{
    struct out o = {.memory = r->memory};
    int outcome = report_outcome(r);

    if (json) {
        out_text(&o, "{\"audit\":1,\"command\":");
        json_put_string(&o, view_of(command));
        out_text(&o, ",\"outcome\":");
        json_put_string(&o, view_of(status_keys[outcome]));
    }
    for (enum status s = PROVEN; s <= STATED; s++)
        (json ? print_json : print_text)(r, s, &o);
    out_text(&o, json ? "}" : "outcome: ");
    out_text(&o, json ? "" : status_words[outcome]);
    out_text(&o, "\n");
    return out_view(&o);
}
