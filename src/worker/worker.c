/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "worker/check.h"

/* What the worker may use beside what it was given. */
enum {
    PRIVATE_MEMORY = 1 << 30,
    ROWS_MEMORY = 512 << 20,
    ROOM_BASE = 256 << 20,
    ROOM_HEAD = 64, /* of no meaning to the parent, who keeps his own books there */
    PAGE = 4096
};

#define ROOM_MAX ((uint64_t)4 << 30)

/*
 * The beginning of the memory for arrays; the arrays follow. What their rows point at lies in
 * the room, an arena of its own.
 */
struct head {
    struct process_notes notes;
    struct decoded made;
    size_t room_used;
    const struct decoder *decoders[]; /* one an input */
};

struct run {
    struct worker_task *task;
    worker_work *work;
    void *user;
    struct arena *arena;
    struct head *head;
    uint8_t *room;
    size_t room_size;
    struct check_room check;
};

static uint64_t input_bytes(const struct worker_task *t)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < t->input_count; i++)
        sum += t->inputs[i].skip ? 0 : t->inputs[i].bytes.len;
    return sum;
}

static size_t head_size(const struct worker_task *t)
{
    size_t size = sizeof(struct head) + t->input_count * sizeof(struct decoder *);

    return (size + PAGE - 1) / PAGE * PAGE;
}

/* The containers that the parent opened, where the work can add to them. */
static struct decoded opened(const struct worker_task *t, struct arena *room)
{
    struct decoded d = {.arena = room, .leaves = ARENA_ARRAY(room, uint8_t, KEY_COUNT)};

    arena_widen(room, &d.items, t->decoded.item_count, &d.item_cap, sizeof(*d.items));
    memcpy(d.items, t->decoded.items, t->decoded.item_count * sizeof(*d.items));
    d.item_count = t->decoded.item_count;
    return d;
}

/* Memory that ends with this process is of no use to the other one. */
static struct bytes handed(const struct run *r, struct arena *room, struct bytes b)
{
    return check_bytes(&r->check, b) ? b : arena_copy(room, b);
}

/* Copies what lies in neither the room, an input nor the program into the room. */
static void hand_over(const struct run *r, struct decoded *d, size_t opened_count)
{
    for (size_t i = opened_count; i < d->item_count; i++) {
        struct item *item = &d->items[i];

        if (!item->leaf)
            item->name = handed(r, d->arena, item->name);
        if (item->kind == ITEM_CLAIM &&
            (item->value.type == TYPE_TEXT || item->value.type == TYPE_BYTES))
            item->value.bytes = handed(r, d->arena, item->value.bytes);
    }
    for (size_t i = 0; i < d->blob_count; i++) {
        struct blob *b = &d->blobs[i];

        b->bytes = handed(r, d->arena, b->bytes);
        if (b->method != NULL && !check_name(&r->check, b->method))
            b->method = arena_text(d->arena, bytes_of(b->method));
    }
}

static void *copied(struct arena *a, const void *rows, size_t count, size_t size)
{
    void *fresh = arena_array(a, count, size);

    if (count > 0)
        memcpy(fresh, rows, count * size);
    return fresh;
}

/* The arrays, where the parent can read them. */
static void pack(struct decoded *d, struct arena *rows)
{
    d->items = copied(rows, d->items, d->item_count, sizeof(*d->items));
    d->faults = copied(rows, d->faults, d->fault_count, sizeof(*d->faults));
    d->regions = copied(rows, d->regions, d->region_count, sizeof(*d->regions));
    d->blobs = copied(rows, d->blobs, d->blob_count, sizeof(*d->blobs));
}

/* The worker's life. */
static void life(void *user, int out)
{
    const struct run *r = user;
    struct worker_task *t = r->task;
    struct worker_notes notes = {&r->head->notes.now, r->head->decoders};
    struct arena room;
    struct arena rows;

    (void)out;
    arena_init_mapped(&room, r->room, r->room_size);
    (void)arena_alloc(&room, ROOM_HEAD);
    arena_init_mapped(&rows, (uint8_t *)r->head + head_size(t), ROWS_MEMORY);
    struct decoded d = opened(t, &room);

    r->head->notes.now = (struct engine_now){WORKER_NONE, NULL};
    r->work(r->user, &d, &notes);
    hand_over(r, &d, t->decoded.item_count);
    pack(&d, &rows);
    r->head->room_used = arena_mapped_used(&room);
    if (r->head->room_used == 0 || arena_mapped_used(&rows) == 0)
        _Exit(ARENA_EXIT_MEMORY);
    r->head->made = d;
    r->head->notes.done = 1;
}

/* Which input a worker was busy with, from the number of its blob. */
static uint32_t busy_input(const struct worker_task *t, uint32_t blob)
{
    for (uint32_t i = 0; i < t->input_count; i++) {
        if (!t->inputs[i].skip && blob-- == 0)
            return i;
    }
    return WORKER_NONE;
}

/* The decoders that the worker noted are rows of the table, or the result is not sound. */
static bool take_decoders(struct run *r, const struct decoder *const *noted)
{
    struct worker_task *t = r->task;
    size_t count = 0;
    const struct decoder *const *table = decoder_table(&count);

    t->decoders = ARENA_ARRAY(r->arena, const struct decoder *, t->input_count);
    for (size_t i = 0; i < t->input_count; i++) {
        for (size_t k = 0; k < count && t->decoders[i] == NULL; k++)
            t->decoders[i] = noted[i] == table[k] ? table[k] : NULL;
        if (noted[i] != NULL && t->decoders[i] == NULL)
            return false;
    }
    return true;
}

static const char *accept(struct run *r, const struct decoded *made,
                          const struct decoder *const *noted)
{
    struct decoded d;
    const char *wrong = check_result(made, &r->task->decoded, &r->check, r->arena, &d);

    if (wrong != NULL)
        return wrong;
    if (!take_decoders(r, noted))
        return "a decoder was noted that does not exist";
    r->task->decoded = d;
    return NULL;
}

/* Takes the result of a worker that ended well, if it is sound. */
static void take(struct run *r, struct worker_end *end)
{
    size_t used = r->head->room_used;
    size_t keep = used <= r->room_size - PAGE ? (used + PAGE - 1) / PAGE * PAGE : r->room_size;
    struct decoded made = r->head->made;

    if (end->fate == WORKER_DONE && (r->head->notes.done != 1 || used <= ROOM_HEAD))
        *end = process_lied("it did not finish");
    if (end->fate == WORKER_DONE) {
        if (keep < r->room_size)
            (void)munmap(r->room + keep, r->room_size - keep);
        arena_adopt(r->arena, r->room, keep);
        r->room = NULL;
        r->check.shared = (struct bytes){r->check.shared.data, keep - ROOM_HEAD};
        const char *wrong = accept(r, &made, r->head->decoders);

        if (wrong != NULL)
            *end = process_lied(wrong);
    }
    if (r->room != NULL)
        (void)munmap(r->room, r->room_size);
}

/* Shared memory for a run; false if there is none. */
static bool run_open(struct run *r)
{
    uint64_t size = ROOM_BASE + input_bytes(r->task) * ENGINE_OUTPUT_FACTOR;
    size_t head = head_size(r->task);

    r->room_size = (size_t)(size > ROOM_MAX ? ROOM_MAX : size) / PAGE * PAGE;
    r->head = process_memory(head + ROWS_MEMORY);
    if (r->head == NULL)
        return false;
    r->room = process_memory(r->room_size);
    if (r->room == NULL) {
        (void)munmap(r->head, head + ROWS_MEMORY);
        return false;
    }
    r->check.rows = (struct bytes){(const uint8_t *)r->head + head, ROWS_MEMORY};
    r->check.shared = (struct bytes){r->room + ROOM_HEAD, r->room_size - ROOM_HEAD};
    check_room_init(&r->check, r->arena);
    return true;
}

/* The same in this process. */
static bool run_here(struct run *r)
{
    struct engine_now now;
    struct worker_notes notes = {
        &now, ARENA_ARRAY(r->arena, const struct decoder *, r->task->input_count)};
    struct decoded d = opened(r->task, r->arena);

    r->work(r->user, &d, &notes);
    r->check.anywhere = true;
    const char *wrong = accept(r, &d, notes.decoders);

    if (wrong != NULL)
        BUG(wrong);
    r->task->end = (struct worker_end){.fate = WORKER_DONE, .input = WORKER_NONE};
    return true;
}

static bool run_once(struct run *r, struct err *e)
{
    struct worker_task *t = r->task;

    if (!run_open(r))
        return err_system(e, errno, "cannot map memory for a worker");
    struct process p = {
        .life = life,
        .user = r,
        .notes = &r->head->notes,
        .memory = PRIVATE_MEMORY,
        .input_bytes = input_bytes(t),
    };
    bool good = process_run(&p, &t->end, e);

    if (good)
        take(r, &t->end);
    else
        (void)munmap(r->room, r->room_size);
    if (good && t->end.fate != WORKER_DONE)
        t->end.input = busy_input(t, r->head->notes.now.blob);
    (void)munmap(r->head, head_size(t) + ROWS_MEMORY);
    return good;
}

bool worker_run(struct worker_task *t, worker_work *work, void *user, struct arena *a,
                struct err *e)
{
    struct run r = {
        .task = t,
        .work = work,
        .user = user,
        .arena = a,
        .check = {.inputs = t->inputs, .input_count = t->input_count},
    };

    if (WORKER_IN_PROCESS)
        return run_here(&r);
    do {
        r.check.program_count = 0;
        if (!run_once(&r, e))
            return false;
    } while (t->end.fate == WORKER_AGAIN);
    return true;
}
