/* SPDX-License-Identifier: Apache-2.0 */
/* What a parent believes of a worker's result, and that no result can hurt it. */
#include "unit/test.h"
#include "worker/check.h"

enum {
    ROWS_SIZE = 4096,
    ROOM_SIZE = 512
};

/* A result as it lies in the shared memory: one input, unpacked once. */
struct stage {
    _Alignas(16) uint8_t rows[ROWS_SIZE];
    uint8_t room[ROOM_SIZE];
    struct worker_input input;
    struct decoded before;
    struct decoded made;
    struct check_room check;
};

static uint8_t four[4] = {1, 2, 3, 4}; /* not of the constants, which are good to point at */

enum {
    ITEMS = 5,
    BLOBS = 2
};

static const struct fault faults[] = {
    {FAULT_LIMIT, 3, 1, 6}
};

static const struct region regions[] = {
    {{0, 0, 3}, CLASS_STRUCTURE,  1},
    {{0, 3, 1}, CLASS_COMPRESSED, 1},
    {{1, 0, 6}, CLASS_DATA,       3},
};

static void *put(struct stage *s, size_t *at, const void *rows, size_t size)
{
    void *to = s->rows + *at;

    memcpy(to, rows, size);
    *at += (size + 15) / 16 * 16;
    return to;
}

static const char unpacked[] = "xz";

static struct span span_of(uint32_t blob, uint64_t offset, uint64_t length)
{
    return (struct span){blob, offset, length};
}

static void items_make(struct stage *s, struct item *items)
{
    struct value four_bytes = {
        .type = TYPE_BYTES, .bytes = {four, sizeof(four)}
    };
    struct value text = {
        .type = TYPE_TEXT, .bytes = {s->room, 6}
    };
    struct item claim = {.parent = 1, .kind = ITEM_CLAIM, .key = KEY_DATA_DIGEST};

    claim.value = four_bytes;
    claim.span = span_of(0, 0, 4);
    items[2] = claim;
    items[3].parent = 1;
    items[3].name = (struct bytes){s->room + 7, 4};
    items[3].span = span_of(1, 0, 6);
    items[4] = (struct item){.parent = 3, .kind = ITEM_CLAIM, .key = KEY_FAULT, .value = text};
}

static void blobs_make(struct stage *s, struct blob *blobs)
{
    blobs[0].bytes = (struct bytes){four, sizeof(four)};
    blobs[1].bytes = (struct bytes){s->room, 6};
    blobs[1].source = span_of(0, 3, 1);
    blobs[1].method = unpacked;
}

static void stage_init(struct stage *s, struct arena *a)
{
    struct item items[ITEMS] = {{0}};
    struct blob blobs[BLOBS] = {{{0}}};
    size_t at = 0;

    memset(s, 0, sizeof(*s));
    s->input.bytes = (struct bytes){four, sizeof(four)};
    s->input.digest = digest_sha256(s->input.bytes);
    decoded_init(&s->before, a);
    (void)decoded_open(&s->before, 0, ITEM_MAP, bytes_of("file@document"));
    memcpy(s->room, "derivedname", 12);
    items_make(s, items);
    blobs_make(s, blobs);
    s->made = (struct decoded){
        .items = put(s, &at, items, sizeof(items)),
        .item_count = ITEMS,
        .faults = put(s, &at, faults, sizeof(faults)),
        .fault_count = ARRAY_LEN(faults),
        .regions = put(s, &at, regions, sizeof(regions)),
        .region_count = ARRAY_LEN(regions),
        .blobs = put(s, &at, blobs, sizeof(blobs)),
        .blob_count = BLOBS,
    };
    s->check = (struct check_room){
        .rows = {s->rows, sizeof(s->rows)},
        .shared = {s->room, sizeof(s->room)},
        .inputs = &s->input,
        .input_count = 1,
    };
    check_room_init(&s->check, a);
    /* Of the program no more than one constant: the sanitizers watch what lies between them. */
    s->check.program[0] = (struct bytes){(const uint8_t *)unpacked, sizeof(unpacked)};
    s->check.program_count = 1;
}

static const char *check(struct stage *s, struct arena *a, struct decoded *ret)
{
    return check_result(&s->made, &s->before, &s->check, a, ret);
}

static void test_sound(void **state)
{
    struct stage s;
    struct decoded d;
    struct digest want = digest_sha256(bytes_of("derive"));

    stage_init(&s, *state);
    assert_null(check(&s, *state, &d));
    test_bytes_are(d.items[1].name, "file@document");
    assert_true(d.items[3].faulty);
    assert_false(d.items[1].faulty);
    assert_ptr_not_equal(d.items, s.made.items);
    assert_true(digest_equal(&d.blobs[0].digest, &s.input.digest));
    assert_true(digest_equal(decoded_digest(&d, 1), &want));
}

/* One thing wrong at a time: where, what is written there, and the remark that it must cause.
 */
struct spoil {
    const char *remark;
    void (*spoil)(struct stage *s);
};

#define SPOIL(name, ...)                                                                       \
    static void spoil_##name(struct stage *s)                                                  \
    {                                                                                          \
        __VA_ARGS__;                                                                           \
    }

SPOIL(items, s->made.items = (struct item *)(void *)(s->room))
SPOIL(items_null, s->made.items = NULL)
SPOIL(count, s->made.item_count = SIZE_MAX / sizeof(struct item))
SPOIL(count_wraps, s->made.region_count = SIZE_MAX / sizeof(struct region) + 2)
SPOIL(count_end, s->made.blob_count = 400)
SPOIL(before_rows, s->made.faults = (struct fault *)((uintptr_t)s->rows - 16))
SPOIL(parent, s->made.items[4].parent = 5)
SPOIL(parent_root, s->made.items[3].parent = 0)
SPOIL(parent_claim, s->made.items[3].parent = 2)
SPOIL(parent_self, s->made.items[3].parent = 3)
SPOIL(kind, s->made.items[3].kind = 4)
SPOIL(name, s->made.items[3].name.len = ROOM_SIZE - 6)
SPOIL(name_elsewhere, s->made.items[3].name = (struct bytes){s->rows, 4})
SPOIL(leaf, s->made.items[3].leaf = true)
SPOIL(span, s->made.items[2].span.length = 5)
SPOIL(span_wraps, s->made.items[2].span = (struct span){0, 2, UINT64_MAX})
SPOIL(span_blob, s->made.items[2].span.blob = 2)
SPOIL(key, s->made.items[2].key = KEY_COUNT)
SPOIL(key_none, s->made.items[2].key = KEY_NONE)
SPOIL(type, s->made.items[2].value.type = TYPE_UINT)
SPOIL(value, s->made.items[2].value.bytes.data = (const uint8_t *)(uintptr_t)16)
SPOIL(value_input, s->made.items[2].value.bytes.len = 5)
SPOIL(containers, s->made.item_count = 1)
SPOIL(container_span, s->made.items[1].span = (struct span){0, 4, 1})
SPOIL(collected, s->made.blobs[0].bytes.len = 3)
SPOIL(collected_copy, s->made.blobs[0].bytes.data = s->room)
SPOIL(collected_method, s->made.blobs[0].method = "xz")
SPOIL(missing, s->made.blob_count = 0)
SPOIL(derived_method, s->made.blobs[1].method = NULL)
SPOIL(method_endless, memset(s->room + 256, 'x', 256);
      s->made.blobs[1].method = (const char *)s->room + 256)
SPOIL(method_elsewhere, s->made.blobs[1].method = (const char *)s->rows)
SPOIL(derived_self, s->made.blobs[1].parent = 1)
SPOIL(derived_source, s->made.blobs[1].source.length = 2)
SPOIL(derived_bytes, s->made.blobs[1].bytes.len = ROOM_SIZE + 1)
SPOIL(fault_id, s->made.faults[0].id = FAULT_COUNT)
SPOIL(fault_item, s->made.faults[0].item = 5)
SPOIL(fault_claim, s->made.faults[0].item = 4)
SPOIL(fault_blob, s->made.faults[0].blob = 2)
SPOIL(fault_offset, s->made.faults[0].offset = 7)
SPOIL(map_gap, s->made.regions[1].span.offset = 2)
SPOIL(map_short, s->made.region_count = 2)
SPOIL(map_empty, s->made.regions[1].span.length = 0)
SPOIL(map_class, s->made.regions[2].class = (enum byte_class)11)
SPOIL(map_item, s->made.regions[2].item = 4)
SPOIL(map_blob, s->made.regions[2].span.blob = 7)

static const struct spoil spoils[] = {
    {"an array lies outside the shared memory",                    spoil_items           },
    {"an array lies outside the shared memory",                    spoil_items_null      },
    {"an array lies outside the shared memory",                    spoil_count           },
    {"an array lies outside the shared memory",                    spoil_count_wraps     },
    {"an array lies outside the shared memory",                    spoil_count_end       },
    {"an array lies outside the shared memory",                    spoil_before_rows     },
    {"an item stands below nothing, or below the root",            spoil_parent          },
    {"an item stands below nothing, or below the root",            spoil_parent_root     },
    {"an item stands below a claim",                               spoil_parent_claim    },
    {"an item does not lead to the root",                          spoil_parent_self     },
    {"an item is of no kind",                                      spoil_kind            },
    {"a name lies where no name can lie",                          spoil_name            },
    {"a name lies where no name can lie",                          spoil_name_elsewhere  },
    {"a name lies where no name can lie",                          spoil_leaf            },
    {"the span of an item is outside its blob",                    spoil_span            },
    {"the span of an item is outside its blob",                    spoil_span_wraps      },
    {"the span of an item is outside its blob",                    spoil_span_blob       },
    {"a claim's key is not in the vocabulary",                     spoil_key             },
    {"a claim's key is not in the vocabulary",                     spoil_key_none        },
    {"a claim's value is not of its key's type",                   spoil_type            },
    {"a value lies where no value can lie",                        spoil_value           },
    {"a value lies where no value can lie",                        spoil_value_input     },
    {"a container of the parent is missing",                       spoil_containers      },
    {"a container of the parent is damaged",                       spoil_container_span  },
    {"a collected blob is no input",                               spoil_collected       },
    {"a collected blob is no input",                               spoil_collected_copy  },
    {"a collected blob is no input",                               spoil_collected_method},
    {"an input is missing",                                        spoil_missing         },
    {"a derived blob does not say how it was made",                spoil_derived_method  },
    {"a derived blob does not say how it was made",                spoil_method_endless  },
    {"a derived blob does not say how it was made",                spoil_method_elsewhere},
    {"a derived blob does not come from a span of an earlier one", spoil_derived_self    },
    {"a derived blob does not come from a span of an earlier one", spoil_derived_source  },
    {"a derived blob lies where no blob can lie",                  spoil_derived_bytes   },
    {"a fault names what does not exist",                          spoil_fault_id        },
    {"a fault names what does not exist",                          spoil_fault_item      },
    {"a fault names what does not exist",                          spoil_fault_claim     },
    {"a fault names what does not exist",                          spoil_fault_blob      },
    {"a fault's offset is outside its blob",                       spoil_fault_offset    },
    {"the byte map overlaps or leaves a gap",                      spoil_map_gap         },
    {"the byte map does not add up to the blob",                   spoil_map_short       },
    {"the byte map overlaps or leaves a gap",                      spoil_map_empty       },
    {"a part of the byte map has no class or no container",        spoil_map_class       },
    {"a part of the byte map has no class or no container",        spoil_map_item        },
    {"the byte map does not add up to the blob",                   spoil_map_blob        },
};

static void test_spoiled(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(spoils); i++) {
        struct stage s;
        struct decoded d;

        stage_init(&s, *state);
        spoils[i].spoil(&s);
        const char *remark = check(&s, *state, &d);

        if (remark == NULL || strcmp(remark, spoils[i].remark) != 0)
            print_error("spoil %zu: %s\n", i, spoils[i].remark);
        assert_non_null(remark);
        assert_string_equal(remark, spoils[i].remark);
    }
}

/* All that a reader of an accepted result follows. */
static uint64_t walk(const struct decoded *d)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < d->item_count; i++) {
        const struct item *item = &d->items[i];
        struct bytes parts[2] = {
            item->name, {NULL, 0}
        };

        if (item->kind == ITEM_CLAIM && key_get(item->key)->type >= TYPE_TEXT)
            parts[1] = item->value.bytes;
        for (size_t k = 0; k < ARRAY_LEN(parts); k++) {
            for (size_t n = 0; n < parts[k].len; n++)
                sum += parts[k].data[n];
        }
        for (uint32_t at = (uint32_t)i; at != 0; at = d->items[at].parent)
            sum++;
    }
    for (size_t i = 0; i < d->blob_count; i++)
        sum += strlen(d->blobs[i].method != NULL ? d->blobs[i].method : "");
    return sum;
}

/* Any byte of the shared memory may be anything. */
static void test_mutated(void **state)
{
    enum {
        ROUNDS = 200000
    };

    uint32_t seed = 1;
    size_t sound = 0;

    for (unsigned round = 0; round < ROUNDS; round++) {
        struct arena a;
        struct stage s;
        struct decoded d;

        (void)state;
        arena_init(&a);
        stage_init(&s, &a);
        for (unsigned k = 0; k <= round % 4; k++) {
            seed = seed * 1664525 + 1013904223;
            size_t at = (seed >> 8) % (ITEMS * sizeof(struct item) +
                                       BLOBS * sizeof(struct blob) + sizeof(regions) + 64);

            s.rows[at] = (uint8_t)(seed >> 24);
        }
        if (check(&s, &a, &d) == NULL) {
            sound++;
            assert_true(walk(&d) > 0);
        }
        arena_done(&a);
    }
    /* Some change what is never read, or what may be anything. */
    assert_in_range(sound, ROUNDS / 100, ROUNDS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sound),
        TEST(test_spoiled),
        TEST(test_mutated),
    };

    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
