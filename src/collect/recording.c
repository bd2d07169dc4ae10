/* SPDX-License-Identifier: Apache-2.0 */
/* A recording read in place: a sink that keeps every blob in memory. */
#include <string.h>

#include "collect/collect.h"

struct memory {
    struct arena *arena;
    uint8_t *data;
    size_t length;
    size_t room;
};

static void memory_begin(void *user, uint64_t expected)
{
    struct memory *m = user;

    m->room = expected > 0 && expected < (1U << 30) ? (size_t)expected : 4096;
    m->data = arena_alloc(m->arena, m->room);
    m->length = 0;
}

static bool memory_more(void *user, struct bytes b, struct err *e)
{
    struct memory *m = user;

    (void)e;
    if (b.len > m->room - m->length) {
        while (b.len > m->room - m->length)
            m->room *= 2;
        uint8_t *wider = arena_alloc(m->arena, m->room);

        memcpy(wider, m->data, m->length);
        m->data = wider;
    }
    if (b.len > 0)
        memcpy(m->data + m->length, b.data, b.len);
    m->length += b.len;
    return true;
}

static bool memory_end(void *user, struct entry *ret, struct err *e)
{
    struct memory *m = user;

    (void)e;
    ret->bytes = (struct bytes){m->data, m->length};
    ret->length = m->length;
    ret->digest = digest_sha256(ret->bytes);
    return true;
}

bool collect_recording(const char *folder, struct arena *a, struct evidence *ret, struct err *e)
{
    struct memory m = {.arena = a};
    struct collect_sink sink = {&m, memory_begin, memory_more, memory_end};
    struct collect_options o = {.root = folder};

    *ret = (struct evidence){.tool = bytes_of("assay " ASSAY_VERSION)};
    return collect_run(&o, &sink, a, ret, e);
}
