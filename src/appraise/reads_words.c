/* SPDX-License-Identifier: Apache-2.0 */
/* What a comparison of readings says, in sentences. */
#include <inttypes.h>

#include "appraise/reads.h"
#include "base/text.h"

enum {
    WORDS_MAX = 1 << 16
};

static void put_name(struct text *t, const struct reads *r, size_t row)
{
    text_printf(t, "reading %zu (", row + 1);
    text_printable(t, r->rows[row].name);
    text_char(t, ')');
}

/* "4 KiB", "64 KiB", "256 bytes". */
static void put_size(struct text *t, uint64_t n)
{
    if (n >= 1 << 20 && n % (1 << 20) == 0)
        text_printf(t, "%" PRIu64 " MiB", n >> 20);
    else if (n >= 1024 && n % 1024 == 0)
        text_printf(t, "%" PRIu64 " KiB", n >> 10);
    else
        text_printf(t, "%" PRIu64 " byte%s", n, n == 1 ? "" : "s");
}

/* Which line of a bus carries the bits of a mask. */
static void put_line(struct text *t, uint64_t mask)
{
    static const struct {
        uint8_t mask;
        const char *line;
    } lines[] = {
        {0x11, "IO0 of a quad bus"},
        {0x22, "IO1 of a quad bus"},
        {0x44, "IO2 of a quad bus"},
        {0x88, "IO3 of a quad bus"},
        {0x55, "IO0 of a dual bus"},
        {0xaa, "IO1 of a dual bus"},
    };

    const char *comma = "";

    text_puts(t, (mask & (mask - 1)) == 0 ? "bit " : "bits ");
    for (unsigned i = 0; i < 8; i++) {
        if ((mask >> i & 1) == 0)
            continue;
        text_printf(t, "%s%u", comma, i);
        comma = ", ";
    }
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        if (mask == lines[i].mask)
            text_printf(t, " (%s)", lines[i].line);
    }
}

static void put_line_law(struct text *t, const struct reads *r, const struct reads_row *row)
{
    size_t odd = row->of_base ? r->base : (size_t)(row - r->rows);

    put_name(t, r, odd);
    if (row->kind == READS_DATA_LINE) {
        text_puts(t, ": ");
        put_line(t, row->detail);
        text_printf(t, " of every byte read%s as %u; nothing else differs",
                    (row->detail & (row->detail - 1)) == 0 ? "s" : "", row->high ? 1U : 0U);
    } else if (row->kind == READS_ADDRESS_LINE) {
        text_puts(t, " serves each block of ");
        put_size(t, row->detail);
        text_printf(t, " twice, as if address bit %d were always %u",
                    __builtin_ctzll(row->detail), row->high ? 1U : 0U);
    } else if (row->kind == READS_EXCHANGED) {
        bool halves = row->detail == row->bytes.len / 2;

        text_puts(t, halves ? " has its halves of " : " has neighbouring blocks of ");
        put_size(t, row->detail);
        text_puts(t, " exchanged");
    } else {
        text_printf(t, ": from 0x%" PRIx64 " on ", row->first);
        put_size(t, row->detail);
        text_puts(t, row->high ? " too many" : row->detail == 1 ? " was lost" : " were lost");
    }
}

static void put_length_law(struct text *t, const struct reads *r, const struct reads_row *row)
{
    size_t odd = row->of_base ? r->base : (size_t)(row - r->rows);
    uint64_t whole = r->rows[odd].bytes.len + row->detail;

    put_name(t, r, odd);
    if (row->kind == READS_REPEATS) {
        text_printf(t, " holds the other %" PRIu64 " times", row->detail);
        return;
    }
    text_puts(t, row->kind == READS_SHORT ? " ends after " : " lacks the first ");
    put_size(t, row->kind == READS_SHORT ? r->rows[odd].bytes.len : row->detail);
    text_puts(t, " of ");
    put_size(t, whole);
    if (2 * row->detail == whole)
        text_puts(t, ": half is missing");
}

static void put_direction(struct text *t, const struct reads_row *row)
{
    if (row->bits_cleared + row->bits_set == 1)
        text_printf(t, ", its 1 bit from %u to %u", row->bits_set == 0 ? 1U : 0U,
                    row->bits_set == 0 ? 0U : 1U);
    else if (row->bits_cleared == 0)
        text_printf(t, ", all of their %" PRIu64 " bits from 0 to 1", row->bits_set);
    else if (row->bits_set == 0)
        text_printf(t, ", all of their %" PRIu64 " bits from 1 to 0", row->bits_cleared);
    else
        text_printf(t, ", %" PRIu64 " bits from 0 to 1 and %" PRIu64 " from 1 to 0",
                    row->bits_set, row->bits_cleared);
}

static void put_pattern(struct text *t, const struct reads *r, const struct reads_row *row)
{
    put_name(t, r, (size_t)(row - r->rows));
    text_printf(t, " differs in %" PRIu64 " byte%s", row->differing,
                row->differing == 1 ? "" : "s");
    put_direction(t, row);
    text_printf(t, ", between 0x%" PRIx64 " and 0x%" PRIx64, row->first, row->last);
    for (unsigned i = 0; i < READS_SIZES && row->kind == READS_PAGES; i++) {
        if (row->aligned != reads_sizes[i])
            continue;
        text_printf(t, ": exactly %" PRIu64 " whole block%s of ", row->replaced[i],
                    row->replaced[i] == 1 ? "" : "s");
        put_size(t, row->aligned);
    }
    if (row->kind == READS_BLANK_RANGE) {
        text_puts(t, ", all of which are ");
        text_printf(t, "0x%02x in ", (unsigned)row->detail);
        put_name(t, r, row->of_base ? r->base : (size_t)(row - r->rows));
    }
    if (row->bytes.len != r->rows[r->base].bytes.len) {
        text_puts(t, "; its length is ");
        put_size(t, row->bytes.len);
        text_puts(t, " in place of ");
        put_size(t, r->rows[r->base].bytes.len);
    }
}

static void put_what(struct text *t, const struct reads *r, size_t index)
{
    const struct reads_row *row = &r->rows[index];

    switch (row->kind) {
    case READS_EQUAL:
    case READS_KINDS:
        put_name(t, r, index);
        text_puts(t, " is what most readings say");
        break;
    case READS_SHORT:
    case READS_TAIL:
    case READS_REPEATS:
        put_length_law(t, r, row);
        break;
    case READS_BLANK:
        put_name(t, r, row->of_base ? r->base : index);
        text_printf(t, ": every byte is 0x%02x", (unsigned)row->detail);
        break;
    case READS_DATA_LINE:
    case READS_ADDRESS_LINE:
    case READS_EXCHANGED:
    case READS_SLIPPED:
        put_line_law(t, r, row);
        break;
    case READS_LENGTH:
    case READS_BLANK_RANGE:
    case READS_SPARSE:
    case READS_CLUSTERED:
    case READS_PAGES:
    case READS_OTHER_IMAGE:
        put_pattern(t, r, row);
        break;
    }
    if (t->len > 0 && t->data[0] == 'r')
        t->data[0] = 'R';
    text_char(t, '.');
}

struct bytes reads_what(const struct reads *r, size_t row, struct arena *a)
{
    struct text t;

    text_init(&t, a, WORDS_MAX);
    put_what(&t, r, row);
    return text_bytes(&t);
}

static void put_repetition(struct text *t, const struct reads *r)
{
    if (r->alternates != 0)
        text_printf(t, " The readings repeat after every %u: whatever answers keeps count.",
                    r->alternates);
    switch (r->stability) {
    case READS_STABILITY_UNKNOWN:
        if (r->count == 2 && r->groups == 2)
            text_puts(t, " Two readings do not tell which is right, nor whether it repeats.");
        break;
    case READS_STABLE:
        text_printf(t,
                    " The disagreement is stable: the %zu readings are %u different ones, and "
                    "each of them was read more than once.",
                    r->count, r->groups);
        break;
    case READS_ONCE:
        text_puts(t, " One of the contents was read once only: whether it repeats is open.");
        break;
    case READS_UNSTABLE:
        text_puts(t, " The disagreement is not stable: different bytes differ each time.");
        break;
    }
}

/* What the direction of the flips says of sparse bits. */
static void put_direction_meaning(struct text *t, const struct reads_row *row)
{
    if (row->kind != READS_SPARSE || row->bits_set + row->bits_cleared < 8)
        return;
    if (row->bits_set == 0 || row->bits_cleared == 0)
        text_puts(t, " That they flip in one direction only speaks for fading cells.");
    else
        text_puts(t, " That they flip in both directions speaks for noise on the wires.");
}

struct bytes reads_why_of(const struct reads *r, size_t row, struct arena *a)
{
    struct text t;

    text_init(&t, a, WORDS_MAX);
    put_what(&t, r, row);
    put_repetition(&t, r);
    text_printf(&t, " %s", reads_kind_info(r->rows[row].kind)->meaning);
    put_direction_meaning(&t, &r->rows[row]);
    return text_bytes(&t);
}

struct bytes reads_why(const struct reads *r, struct arena *a)
{
    return r->kind == READS_EQUAL ? bytes_of(reads_kind_info(READS_EQUAL)->meaning)
                                  : reads_why_of(r, r->speaker, a);
}
