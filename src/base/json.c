/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <inttypes.h>

void json_init(struct json *j, struct text *out)
{
    *j = (struct json){.out = out};
}

/* A comma before every member but the first of its level; none after a key. */
static void json_next(struct json *j)
{
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    uint64_t bit = UINT64_C(1) << j->depth;

    if (j->comma & bit)
        text_char(j->out, ',');
    j->comma |= bit;
}

static void json_open(struct json *j, char c)
{
    json_next(j);
    text_char(j->out, c);
    if (++j->depth >= 64)
        BUG("JSON nested too deep");
    j->comma &= ~(UINT64_C(1) << j->depth);
}

static void json_close(struct json *j, char c)
{
    if (j->depth-- == 0)
        BUG("JSON closed too often");
    text_char(j->out, c);
}

void json_raw(struct json *j, struct bytes b)
{
    json_next(j);
    text_add(j->out, b);
}

void json_object_begin(struct json *j)
{
    json_open(j, '{');
}

void json_object_end(struct json *j)
{
    json_close(j, '}');
}

void json_array_begin(struct json *j)
{
    json_open(j, '[');
}

void json_array_end(struct json *j)
{
    json_close(j, ']');
}

void json_key(struct json *j, const char *name)
{
    json_text(j, name);
    text_char(j->out, ':');
    j->after_key = true;
}

void json_uint(struct json *j, uint64_t value)
{
    bool exact = value <= (UINT64_C(1) << 53) - 1;

    json_next(j);
    if (!exact)
        text_char(j->out, '"');
    text_uint(j->out, value);
    if (!exact)
        text_char(j->out, '"');
}

void json_int(struct json *j, int64_t value)
{
    if (value >= 0) {
        json_uint(j, (uint64_t)value);
        return;
    }
    bool exact = value >= -((INT64_C(1) << 53) - 1);

    json_next(j);
    text_printf(j->out, exact ? "%" PRId64 : "\"%" PRId64 "\"", value);
}

void json_bool(struct json *j, bool value)
{
    json_next(j);
    text_puts(j->out, value ? "true" : "false");
}

void json_none(struct json *j)
{
    json_next(j);
    text_puts(j->out, "null");
}

static void json_escape(struct json *j, uint8_t c)
{
    switch (c) {
    case '"':
        text_puts(j->out, "\\\"");
        break;
    case '\\':
        text_puts(j->out, "\\\\");
        break;
    case '\n':
        text_puts(j->out, "\\n");
        break;
    case '\t':
        text_puts(j->out, "\\t");
        break;
    case '\r':
        text_puts(j->out, "\\r");
        break;
    default:
        text_printf(j->out, "\\u%04x", c);
        break;
    }
}

void json_utf8(struct json *j, struct bytes b)
{
    bool utf8 = bytes_utf8(b);
    size_t from = 0;

    json_next(j);
    text_char(j->out, '"');
    for (size_t i = 0; i < b.len; i++) {
        uint8_t c = b.data[i];

        if (c >= 0x20 && c != '"' && c != '\\' && (c < 0x80 || utf8))
            continue;
        text_add(j->out, bytes_slice(b, from, i - from));
        from = i + 1;
        if (c >= 0x80)
            text_puts(j->out, "\\ufffd");
        else
            json_escape(j, c);
    }
    text_add(j->out, bytes_slice(b, from, SIZE_MAX));
    text_char(j->out, '"');
}

void json_text(struct json *j, const char *s)
{
    json_utf8(j, bytes_of(s));
}

void json_hex(struct json *j, struct bytes b)
{
    json_next(j);
    text_char(j->out, '"');
    text_hex(j->out, b);
    text_char(j->out, '"');
}

void json_bytes(struct json *j, struct bytes b)
{
    json_object_begin(j);
    json_key(j, "hex");
    json_hex(j, b);
    if (bytes_printable(b)) {
        json_key(j, "text");
        json_utf8(j, b);
    }
    json_object_end(j);
}

void json_member_text(struct json *j, const char *name, const char *s)
{
    json_key(j, name);
    json_text(j, s);
}

void json_member_string(struct json *j, const char *name, struct bytes b)
{
    json_key(j, name);
    json_utf8(j, b);
}

void json_member_uint(struct json *j, const char *name, uint64_t value)
{
    json_key(j, name);
    json_uint(j, value);
}
