/* SPDX-License-Identifier: Apache-2.0 */
/* IPMI Platform Management FRU Information Storage Definition 1.0, revision 1.3. */
#include "decode/ipmi.h"

enum {
    UNIT = 8,
    MINUTES_A_DAY = 1440
};

static const struct field head[] = {
    {KEY_FRU_VERSION,  F_U8,       0, 0},
    {KEY_FRU_OFFSETS,  F_BYTES,    5, 0},
    {KEY_NONE,         F_RESERVED, 1, 0},
    {KEY_FRU_CHECKSUM, F_U8,       0, 0},
};

static const struct field chassis_head[] = {
    {KEY_FRU_VERSION,      F_U8,   0, 0},
    {KEY_NONE,             F_SKIP, 1, 0},
    {KEY_FRU_CHASSIS_TYPE, F_U8,   0, 0},
};

static const struct field board_head[] = {
    {KEY_FRU_VERSION,    F_U8,    0, 0},
    {KEY_NONE,           F_SKIP,  1, 0},
    {KEY_FRU_LANGUAGE,   F_U8,    0, 0},
    {KEY_FRU_BOARD_DATE, F_U24LE, 0, 0},
};

static const struct field product_head[] = {
    {KEY_FRU_VERSION,  F_U8,   0, 0},
    {KEY_NONE,         F_SKIP, 1, 0},
    {KEY_FRU_LANGUAGE, F_U8,   0, 0},
};

static const enum key_id chassis_texts[] = {KEY_FRU_CHASSIS_PART, KEY_FRU_CHASSIS_SERIAL};

static const enum key_id board_texts[] = {KEY_FRU_BOARD_MANUFACTURER, KEY_FRU_BOARD_PRODUCT,
                                          KEY_FRU_BOARD_SERIAL, KEY_FRU_BOARD_PART,
                                          KEY_FRU_BOARD_FILE};

static const enum key_id product_texts[] = {
    KEY_FRU_PRODUCT_MANUFACTURER, KEY_FRU_PRODUCT_NAME,   KEY_FRU_PRODUCT_PART,
    KEY_FRU_PRODUCT_VERSION,      KEY_FRU_PRODUCT_SERIAL, KEY_FRU_PRODUCT_ASSET,
    KEY_FRU_PRODUCT_FILE};

/* The areas of texts. */
static const struct area {
    const char *name;
    const struct field *rows;
    size_t count;
    const enum key_id *texts;
    size_t text_count;
    enum key_id custom;
} areas[] = {
    {"chassis", IPMI_ROWS(chassis_head), IPMI_ROWS(chassis_texts), KEY_FRU_CHASSIS_CUSTOM},
    {"board",   IPMI_ROWS(board_head),   IPMI_ROWS(board_texts),   KEY_FRU_BOARD_CUSTOM  },
    {"product", IPMI_ROWS(product_head), IPMI_ROWS(product_texts), KEY_FRU_PRODUCT_CUSTOM},
};

/* The day `days` after 1996-01-01 in the Gregorian calendar. */
static void date_add(struct text *t, uint64_t days)
{
    static const uint8_t months[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned year = 1996;
    unsigned month = 0;

    for (;; year++) {
        unsigned length = year % 4 == 0 ? 366 : 365; /* 24 bits of minutes end in 2027 */

        if (days < length)
            break;
        days -= length;
    }
    for (; month < 11; month++) {
        unsigned length = months[month] + (month == 1 && year % 4 == 0 ? 1U : 0U);

        if (days < length)
            break;
        days -= length;
    }
    text_printf(t, "%04u-%02u-%02u", year, month + 1, (unsigned)days + 1);
}

/* Zero means that no date is stated. */
static void board_date(struct decode *d)
{
    uint64_t minutes = decode_value(d, KEY_FRU_BOARD_DATE);
    struct text t;

    if (minutes == 0)
        return;
    text_init(&t, d->arena, 32);
    date_add(&t, minutes / MINUTES_A_DAY);
    text_printf(&t, " %02u:%02u", (unsigned)(minutes % MINUTES_A_DAY / 60),
                (unsigned)(minutes % 60));
    decode_value_at(d, KEY_FRU_BOARD_DATE_TEXT, value_text(text_bytes(&t)),
                    (struct span){d->in.blob, d->in.base + 3, 3});
}

/* The texts, to the end mark. An empty one states nothing. */
static void area_texts(struct decode *d, const struct area *a)
{
    uint64_t language = decode_value(d, KEY_FRU_LANGUAGE);
    bool english = language == 0 || language == 25;

    for (size_t i = 0; reader_more(&d->in); i++) {
        size_t from = d->in.pos;
        unsigned type_length = reader_u8(&d->in);
        enum key_id key = i < a->text_count ? a->texts[i] : a->custom;

        if (type_length == IPMI_END_OF_FIELDS) {
            if (i < a->text_count)
                decode_fault(d, FAULT_MISSING, d->in.base + from);
            decode_region(d, reader_span(&d->in, from), CLASS_STRUCTURE);
            return;
        }
        struct bytes b = reader_take(&d->in, type_length & 0x3f);
        struct bytes text = ipmi_text(d->arena, type_length, b, english);

        if (text.len > 0)
            decode_bytes(d, key, text, from);
        else if (!d->in.failed)
            decode_region(d, reader_span(&d->in, from), CLASS_STRUCTURE);
    }
    decode_fault(d, FAULT_UNTERMINATED, d->in.base + d->in.all.len);
}

static void area_read(struct decode *d, const struct area *a, size_t length)
{
    decode_enter(d, length);
    decode_open(d, ITEM_MAP, "%s", a->name);
    if (sum8(d->in.all) != 0)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + length - 1);
    decode_enter(d, length - 1);
    decode_fields(d, a->rows, a->count);
    if ((decode_value(d, KEY_FRU_VERSION) & 15) != 1)
        decode_fault(d, FAULT_BAD_VERSION, d->in.base);
    if (a->rows == board_head)
        board_date(d);
    area_texts(d, a);
    const struct field rest[] = {
        {KEY_NONE, F_RESERVED, (unsigned)reader_left(&d->in), 0}
    };

    decode_fields(d, IPMI_ROWS(rest));
    decode_leave(d);
    static const struct field end[] = {
        {KEY_FRU_CHECKSUM, F_U8, 0, 0}
    };

    decode_fields(d, IPMI_ROWS(end));
    decode_close(d);
    decode_leave(d);
}

/* Where the next area after `offset` begins: the internal use area states no length. */
static size_t next_area(const struct decode *d, const uint8_t offsets[5], size_t offset)
{
    size_t next = d->in.all.len;

    for (size_t i = 0; i < 5; i++) {
        size_t at = (size_t)offsets[i] * UNIT;

        if (at > offset && at < next)
            next = at;
    }
    return next;
}

static void internal_read(struct decode *d, size_t length)
{
    decode_enter(d, length);
    decode_open(d, ITEM_MAP, "internal");
    size_t from = d->in.pos;
    struct bytes data = reader_take(&d->in, reader_left(&d->in));

    decode_digest(d, KEY_FRU_INTERNAL, data, reader_span(&d->in, from));
    decode_close(d);
    decode_leave(d);
}

/* `which` as the common header orders them: internal, chassis, board, product, multirecord. */
static void area_at(struct decode *d, const uint8_t offsets[5], size_t which)
{
    size_t at = (size_t)offsets[which] * UNIT;
    struct reader peek = reader_at(&d->in, at, 2);

    (void)reader_u8(&peek);
    size_t length = (size_t)reader_u8(&peek) * UNIT;

    if (at == 0)
        return;
    if (at >= d->in.all.len) {
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + 1 + which);
        return;
    }
    reader_seek(&d->in, at);
    if (which == 0) {
        internal_read(d, next_area(d, offsets, at) - at);
    } else if (which == 4) {
        fru_records(d);
    } else if (length == 0 || length > d->in.all.len - at) {
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + at + 1);
    } else {
        if (length > next_area(d, offsets, at) - at)
            decode_fault(d, FAULT_OVERLAP, d->in.base + next_area(d, offsets, at));
        area_read(d, &areas[which - 1], length);
    }
}

/* The number of the inventory in a label "fru3"; 0 for any other label. */
static uint64_t inventory(struct bytes label)
{
    uint64_t number;

    if (!bytes_starts_with(label, "fru") ||
        !bytes_number(bytes_slice(label, 3, label.len), 10, &number))
        return 0;
    return number;
}

/* What follows the last area is filling, or something that does not belong there. */
static void rest_read(struct decode *d, size_t from)
{
    reader_seek(&d->in, from);
    struct bytes rest = reader_take(&d->in, reader_left(&d->in));
    struct span s = reader_span(&d->in, from);

    if (bytes_all(rest, 0x00) || bytes_all(rest, 0xff))
        decode_claimed_region(d, s, CLASS_PADDING);
    else
        decode_digest(d, KEY_FRU_REST, rest, s);
}

static void areas_read(struct decode *d)
{
    uint8_t offsets[5] = {0};
    struct bytes raw = bytes_slice(d->in.all, 1, 5);

    for (size_t i = 0; i < raw.len; i++)
        offsets[i] = raw.data[i];
    if (sum8(bytes_slice(d->in.all, 0, UNIT)) != 0)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + UNIT - 1);
    decode_fields(d, IPMI_ROWS(head));
    if ((decode_value(d, KEY_FRU_VERSION) & 15) != 1)
        decode_fault(d, FAULT_BAD_VERSION, d->in.base);
    size_t end = d->in.pos;

    for (size_t i = 0; i < 5 && !d->in.failed; i++) {
        area_at(d, offsets, i);
        end = d->in.pos > end ? d->in.pos : end;
    }
    rest_read(d, end);
}

static void decode(struct decode *d)
{
    static const uint8_t none[] = {0};
    struct bytes all = d->in.all;
    uint64_t number = inventory(d->label);

    if (all.len == 1) {
        (void)ipmi_payload(d, none, false);
        return;
    }
    if (number > 0)
        decode_open(d, ITEM_MAP, "fru:%llu", (unsigned long long)number);
    if (bytes_all(all, 0x00) || bytes_all(all, 0xff)) {
        (void)reader_take(&d->in, all.len);
        decode_bool(d, KEY_FRU_BLANK, true, 0);
    } else if (all.len < UNIT) {
        decode_fault(d, FAULT_TRUNCATED, d->in.base + all.len);
    } else {
        areas_read(d);
    }
    if (number > 0)
        decode_close(d);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    if (b.len < UNIT || b.data[0] != 1 || b.data[6] != 0)
        return 0;
    return sum8(bytes_slice(b, 0, UNIT)) == 0 ? 75 : 0;
}

const struct decoder decoder_ipmi_fru = {
    .name = "ipmi-fru",
    .title = "IPMI FRU inventory",
    .spec = "ipmi-fru-1.3",
    .min = 1,
    .max = 1 << 20,
    .probe = probe,
    .decode = decode,
};
