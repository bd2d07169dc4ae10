/* SPDX-License-Identifier: Apache-2.0 */
/* Pointers across containers: what is followed, what is named, what is a fault. */
#include "decode/engine_private.h"
#include "unit/test.h"

enum {
    IMAGE_SIZE = 0x400,
    UPDATE_SIZE = 64,
    FIT_SIZE = 32
};

/* A decoder's view of an image of 0xff, as the engine gives it. */
struct stage {
    struct decoded out;
    struct decode d;
    struct placement placement;
    uint8_t *image;
};

static struct stage *stage_new(struct arena *a)
{
    struct stage *s = ARENA_NEW(a, struct stage);
    struct span all = {0, 0, IMAGE_SIZE};

    s->image = arena_alloc(a, IMAGE_SIZE);
    memset(s->image, 0xff, IMAGE_SIZE);
    decoded_init(&s->out, a);
    (void)decoded_blob(&s->out, (struct bytes){s->image, IMAGE_SIZE}, NULL, 0, all, NULL);
    s->placement = (struct placement){all, all};
    s->d = (struct decode){
        .in = reader_of((struct bytes){s->image, IMAGE_SIZE}, 0, 0),
        .arena = a,
        .out = &s->out,
        .engine = engine_new(&s->out),
        .items_stop = ENGINE_ITEMS_MAX,
        .placement = &s->placement,
    };
    s->d.item = decoded_open(&s->out, 0, ITEM_MAP, bytes_of("flash@document"));
    engine_mark(&s->d, all, CLASS_UNKNOWN, false);
    return s;
}

static void put32(uint8_t *at, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(v >> (8 * i));
}

/* A microcode update without meaning, with a sound checksum. */
static struct span put_update(struct stage *s, size_t at)
{
    uint8_t *p = s->image + at;

    memset(p, 0, UPDATE_SIZE);
    put32(p, 1);
    put32(p + 8, 0x01012024);
    put32(p + 12, 0x906ea);
    put32(p + 20, 1);
    put32(p + 28, UPDATE_SIZE - 48);
    put32(p + 32, UPDATE_SIZE);
    put32(p + 16, -(uint32_t)(1 + 0x01012024 + 0x906ea + 1 + UPDATE_SIZE - 48 + UPDATE_SIZE));
    return (struct span){0, at, UPDATE_SIZE};
}

/* A table with one entry that points to an address. */
static struct span put_fit(struct stage *s, size_t at, uint32_t address, uint8_t type)
{
    static const uint8_t magic[] = {'_', 'F', 'I', 'T', '_', ' ', ' ', ' '};
    uint8_t *p = s->image + at;

    memset(p, 0, FIT_SIZE);
    memcpy(p, magic, sizeof(magic));
    p[8] = FIT_SIZE / 16;
    put32(p + 16, address);
    p[24] = UPDATE_SIZE / 16;
    p[30] = type;
    return (struct span){0, at, FIT_SIZE};
}

static uint32_t address_of(size_t offset)
{
    return (uint32_t)(0 - (IMAGE_SIZE - offset));
}

static void refer(struct stage *s, const char *name, struct span target, const char *hint)
{
    decode_refer(&s->d, ITEM_MAP, bytes_of(name), target, hint);
}

/* A container with exactly these bytes, which are of one class. */
static void container(struct stage *s, const char *name, struct span bytes, enum byte_class c)
{
    reader_seek(&s->d.in, (size_t)bytes.offset);
    decode_enter(&s->d, (size_t)bytes.length);
    decode_open(&s->d, ITEM_MAP, "%s", name);
    decode_region(&s->d, bytes, c);
    decode_close(&s->d);
    decode_leave(&s->d);
}

/* Path and value of each claim of a key, and each fault, a line each. */
static const char *told(struct stage *s, enum key_id key)
{
    struct text t;

    text_init(&t, s->out.arena, 4096);
    for (uint32_t i = 0; i < s->out.item_count; i++) {
        if (s->out.items[i].kind != ITEM_CLAIM || s->out.items[i].key != key)
            continue;
        item_path(&s->out, s->out.items[i].parent, &t);
        text_puts(&t, " ");
        value_print(&t, &s->out.items[i].value, key_get(key));
        text_puts(&t, "\n");
    }
    for (size_t i = 0; i < s->out.fault_count; i++) {
        item_path(&s->out, s->out.faults[i].item, &t);
        text_printf(&t, " %s at 0x%x\n", fault_name(s->out.faults[i].id),
                    (unsigned)s->out.faults[i].offset);
    }
    return arena_text(s->out.arena, text_bytes(&t));
}

static enum byte_class class_at(const struct stage *s, uint64_t offset)
{
    for (size_t i = 0; i < s->out.region_count; i++) {
        struct span at = s->out.regions[i].span;

        if (offset >= at.offset && offset < at.offset + at.length)
            return s->out.regions[i].class;
    }
    return CLASS_UNREAD;
}

static void free_bytes_are_refined(void **state)
{
    struct stage *s = stage_new(*state);

    decode_region(&s->d, (struct span){0, 0, IMAGE_SIZE}, CLASS_FREE_ERASED);
    refer(s, "ucode", put_update(s, 0x100), "intel-microcode");
    engine_run(s->d.engine);
    assert_string_equal(told(s, KEY_MICROCODE_SIGNATURE),
                        "flash@document/ucode/update:906ea-00 0x906ea\n");
    assert_int_equal(class_at(s, 0xff), CLASS_FREE_ERASED);
    assert_int_equal(class_at(s, 0x100), CLASS_STRUCTURE);
    assert_int_equal(class_at(s, 0x130), CLASS_ENCRYPTED);
    assert_int_equal(class_at(s, 0x140), CLASS_FREE_ERASED);
}

static void bytes_are_decoded_once(void **state)
{
    struct stage *s = stage_new(*state);
    struct span update = put_update(s, 0x100);

    refer(s, "one", update, "intel-microcode");
    refer(s, "two", update, "intel-microcode");
    engine_run(s->d.engine);
    assert_string_equal(told(s, KEY_MICROCODE_SIGNATURE),
                        "flash@document/one/update:906ea-00 0x906ea\n");
    assert_string_equal(told(s, KEY_REFER_TARGET), "flash@document/two \"one\"\n");
}

static void pointers_are_followed_by_offset(void **state)
{
    struct stage *s = stage_new(*state);

    refer(s, "last", put_update(s, 0x200), "intel-microcode");
    refer(s, "first", put_update(s, 0x100), "intel-microcode");
    engine_run(s->d.engine);
    assert_string_equal(told(s, KEY_MICROCODE_SIGNATURE),
                        "flash@document/first/update:906ea-00 0x906ea\n"
                        "flash@document/last/update:906ea-00 0x906ea\n");
}

static void a_child_is_named_by_its_path(void **state)
{
    struct stage *s = stage_new(*state);
    struct span update = put_update(s, 0x100);

    refer(s, "pointer", update, "intel-microcode");
    decode_child(&s->d, ITEM_MAP, bytes_of("file"), update, "intel-microcode");
    engine_run(s->d.engine);
    assert_string_equal(told(s, KEY_REFER_TARGET),
                        "flash@document/pointer \"file/update:906ea-00\"\n");
    assert_string_equal(told(s, KEY_MICROCODE_SIGNATURE),
                        "flash@document/file/update:906ea-00 0x906ea\n");
}

static void amid_structure_is_a_fault(void **state)
{
    struct stage *s = stage_new(*state);
    struct span update = put_update(s, 0x100);

    container(s, "code", (struct span){0, 0xf0, 0x20}, CLASS_CODE);
    refer(s, "pointer", update, "intel-microcode");
    engine_run(s->d.engine);
    assert_string_equal(told(s, KEY_MICROCODE_SIGNATURE),
                        "flash@document/pointer overlap at 0x100\n");
}

static void outside_is_a_fault(void **state)
{
    struct stage *s = stage_new(*state);

    refer(s, "pointer", (struct span){0, IMAGE_SIZE - 8, 16}, "intel-microcode");
    refer(s, "empty", (struct span){0, 8, 0}, "intel-microcode");
    decode_point(&s->d, (struct span){1, 0, 4});
    engine_run(s->d.engine);
    assert_string_equal(told(s, KEY_REFER_TARGET), "flash@document bad-reference at 0x0\n"
                                                   "flash@document bad-reference at 0x0\n"
                                                   "flash@document bad-reference at 0x0\n");
}

static void pointers_lead_to_pointers(void **state)
{
    struct stage *s = stage_new(*state);

    (void)put_update(s, 0x100);
    refer(s, "fit", put_fit(s, 0x200, address_of(0x100), 1), "intel-fit");
    engine_run(s->d.engine);
    assert_string_equal(told(s, KEY_MICROCODE_SIGNATURE),
                        "flash@document/fit/microcode/update:906ea-00 0x906ea\n");
}

static void what_a_target_leaves_unknown_is_refined_in_the_next_round(void **state)
{
    struct stage *s = stage_new(*state);

    (void)put_update(s, 0x100);
    struct span fit = put_fit(s, 0x140, address_of(0x100), 1);

    refer(s, "area", (struct span){0, 0x100, 0x80}, "intel-microcode");
    refer(s, "inside", fit, "intel-fit");
    engine_run(s->d.engine);
    assert_string_equal(told(s, KEY_FIT_SIGNATURE),
                        "flash@document/inside \"_FIT_   \"\n"
                        "flash@document/area trailing-bytes at 0x140\n");
    assert_string_equal(told(s, KEY_REFER_TARGET),
                        "flash@document/inside/microcode \"area/update:906ea-00\"\n"
                        "flash@document/area trailing-bytes at 0x140\n");
}

static void a_loop_is_named(void **state)
{
    struct stage *s = stage_new(*state);
    struct span fit = put_fit(s, 0x200, address_of(0x200), 7);

    refer(s, "fit", fit, "intel-fit");
    refer(s, "again", fit, "intel-fit");
    engine_run(s->d.engine);
    assert_string_equal(told(s, KEY_REFER_TARGET), "flash@document/again \"fit\"\n");
}

static void points_name_what_is_there(void **state)
{
    struct stage *s = stage_new(*state);

    container(s, "volume", (struct span){0, 0x100, 0x80}, CLASS_DATA);
    decode_point(&s->d, (struct span){0, 0x100, 0x80});
    decode_point(&s->d, (struct span){0, 0x110, 0x10});
    decode_point(&s->d, (struct span){0, 0xf0, 0x20});
    engine_run(s->d.engine);
    assert_string_equal(told(s, KEY_REFER_TARGET), "flash@document \"volume\"\n");
    assert_string_equal(told(s, KEY_REFER_WITHIN), "flash@document \"volume\"\n");
}

static void addresses_end_at_4_gib(void **state)
{
    struct stage *s = stage_new(*state);
    struct span got = {9, 9, 9};

    decode_set_mapped(&s->d, (struct span){0, 0x100, 0x200});
    assert_true(decode_address(&s->d, 0xffffffff, 1, &got));
    assert_int_equal(got.offset, 0x2ff);
    assert_true(decode_address(&s->d, 0xfffffe00, 0x200, &got));
    assert_int_equal(got.offset, 0x100);
    assert_false(decode_address(&s->d, 0xfffffdff, 1, &got));
    assert_false(decode_address(&s->d, 0xffffffff, 2, &got));
    assert_false(decode_address(&s->d, UINT64_C(0x100000000), 1, &got));
    assert_false(decode_address(&s->d, UINT64_MAX, UINT64_MAX, &got));
    assert_int_equal(decode_image(&s->d).length, IMAGE_SIZE);
    decode_set_image(&s->d, (struct span){0, 0x40, 0x80});
    assert_true(decode_image_offset(&s->d, 0x10, 0x70, &got));
    assert_int_equal(got.offset, 0x50);
    assert_false(decode_image_offset(&s->d, 0x11, 0x70, &got));
    assert_int_equal(decode_mapped(&s->d).offset, 0x40);
}

static void there_is_a_limit(void **state)
{
    struct stage *s = stage_new(*state);
    struct span update = put_update(s, 0x100);

    for (unsigned i = 0; i <= ENGINE_REFERS_MAX; i++)
        refer(s, "p", update, "intel-microcode");
    engine_run(s->d.engine);
    assert_int_equal(s->out.fault_count, 1);
    assert_int_equal(s->out.faults[0].id, FAULT_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(free_bytes_are_refined),
        TEST(bytes_are_decoded_once),
        TEST(pointers_are_followed_by_offset),
        TEST(a_child_is_named_by_its_path),
        TEST(amid_structure_is_a_fault),
        TEST(outside_is_a_fault),
        TEST(pointers_lead_to_pointers),
        TEST(what_a_target_leaves_unknown_is_refined_in_the_next_round),
        TEST(a_loop_is_named),
        TEST(points_name_what_is_there),
        TEST(addresses_end_at_4_gib),
        TEST(there_is_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
