/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/printing.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Private memory that the process may add, beside what its input may be made into. */
enum {
    PRINTING_MEMORY = 1 << 30
};

/* What the process shares with its parent. */
struct shared {
    struct process_notes notes;
    uint64_t ends[PRINTING_INPUTS_MAX]; /* bytes of text up to the end of each input */
    uint8_t statuses[PRINTING_INPUTS_MAX];
};

/* Both sides of a run; each process has its own. */
struct run {
    struct printing *p;
    struct shared *shared;
    uint64_t passed; /* bytes of text */
    int out;
    struct utf8_state utf8;
};

/* In the process: text on its way out. The parent is gone if it does not take it. */
static void write_out(void *user, struct bytes b)
{
    struct run *r = user;

    r->passed += b.len;
    while (b.len > 0) {
        ssize_t n = write(r->out, b.data, b.len);

        if (n <= 0)
            _exit(1);
        b = bytes_slice(b, (size_t)n, SIZE_MAX);
    }
}

static void life(void *user, int out)
{
    struct run *r = user;
    struct shared *s = r->shared;
    struct printing_out to = {write_out, r, &s->notes.now};

    r->out = out;
    for (size_t i = r->p->next; i < r->p->count; i++) {
        s->notes.now = (struct engine_now){0, NULL};
        s->statuses[i] = (uint8_t)r->p->work(r->p->user, i, &to);
        s->ends[i] = r->passed;
        s->notes.done = (uint32_t)(i + 1);
    }
}

enum {
    STRIDE = 32
};

/* Whether STRIDE bytes are printable ASCII or line ends: eight at a time, a bit for each. */
static bool plain(const uint8_t *b)
{
    const uint64_t ones = 0x0101010101010101;
    const uint64_t tops = ones << 7;
    uint64_t bad = 0;

    for (unsigned i = 0; i < STRIDE; i += 8) {
        uint64_t word;

        memcpy(&word, b + i, sizeof(word));
        uint64_t from_blank = (word | tops) - ' ' * ones;
        uint64_t line_end = word ^ '\n' * ones;
        uint64_t no_line_end = ((line_end & ~tops) + (tops - ones)) | line_end;

        bad |= word | (~from_blank & no_line_end);
    }
    return (bad & tops) == 0;
}

/* The bounds of a character's second byte; the number of bytes that follow its first. */
static bool utf8_begin(struct utf8_state *s, uint8_t c)
{
    *s = (struct utf8_state){0, 0x80, 0xbf};
    if (c >= 0xc2 && c <= 0xdf)
        s->more = 1;
    else if (c >= 0xe0 && c <= 0xef)
        s->more = 2;
    else if (c >= 0xf0 && c <= 0xf4)
        s->more = 3;
    if (c == 0xe0)
        s->low = 0xa0;
    else if (c == 0xed)
        s->high = 0x9f;
    else if (c == 0xf0)
        s->low = 0x90;
    else if (c == 0xf4)
        s->high = 0x8f;
    return s->more > 0;
}

bool utf8_goes_on(struct utf8_state *s, struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        uint8_t c = b.data[i];

        if (s->more > 0) {
            if (c < s->low || c > s->high)
                return false;
            *s = (struct utf8_state){(uint8_t)(s->more - 1), 0x80, 0xbf};
            continue;
        }
        while (b.len - i > STRIDE && plain(b.data + i))
            i += STRIDE;
        c = b.data[i];
        if (c < 0x80 ? c < 0x20 && c != '\n' : !utf8_begin(s, c))
            return false;
    }
    return true;
}

/* In the parent. */
static bool pass_on(void *user, struct bytes b)
{
    struct run *r = user;

    r->passed += b.len;
    if (r->passed > (uint64_t)r->p->most * (r->p->count - r->p->next) ||
        !utf8_goes_on(&r->utf8, b))
        return false;
    r->p->sink(r->p->user, b);
    return true;
}

/* Believes of what the process left behind only what can be. */
static void settle(struct run *r, struct worker_end *end)
{
    struct printing *p = r->p;
    size_t done = r->shared->notes.done;
    uint64_t printed = 0;

    done = done < p->next ? p->next : done > p->count ? p->count : done;
    for (size_t i = p->next; i < done; i++) {
        p->statuses[i] = r->shared->statuses[i];
        printed = r->shared->ends[i];
    }
    if (end->fate == WORKER_DONE && (done < p->count || printed != r->passed))
        *end = process_lied("it did not finish");
    else if (end->fate == WORKER_DONE && r->utf8.more > 0)
        *end = process_lied("its output ends within a character");
    /* Of the last one it cannot be the truth that all went well. */
    if (end->fate != WORKER_DONE && done == p->count)
        done--;
    if (end->fate == WORKER_AGAIN && r->passed > (done > p->next ? printed : 0))
        *end = process_lied("it began to print before it was ready");
    p->cut = end->fate != WORKER_DONE && r->passed > (done > p->next ? printed : 0);
    p->next = done;
    end->input = (uint32_t)done;
}

static bool run_once(struct printing *p, struct worker_end *ret, struct err *e)
{
    struct run r = {.p = p, .shared = process_memory(sizeof(*r.shared))};

    if (r.shared == NULL)
        return err_system(e, errno, "cannot map memory for a worker");
    struct process one = {
        .life = life,
        .take = pass_on,
        .user = &r,
        .notes = &r.shared->notes,
        .memory = PRINTING_MEMORY + p->input_bytes * ENGINE_OUTPUT_FACTOR,
        .input_bytes = p->input_bytes,
    };
    bool good = process_run(&one, ret, e);

    if (good)
        settle(&r, ret);
    (void)munmap(r.shared, sizeof(*r.shared));
    return good;
}

/* The same in this process. */
static void run_here(struct printing *p, struct worker_end *ret)
{
    struct engine_now now;
    struct printing_out to = {p->sink, p->user, &now};

    for (; p->next < p->count; p->next++)
        p->statuses[p->next] = (uint8_t)p->work(p->user, p->next, &to);
    *ret = (struct worker_end){.fate = WORKER_DONE, .input = WORKER_NONE};
}

bool printing_run(struct printing *p, struct worker_end *ret, struct err *e)
{
    if (WORKER_IN_PROCESS) {
        run_here(p, ret);
        return true;
    }
    do {
        if (!run_once(p, ret, e))
            return false;
    } while (ret->fate == WORKER_AGAIN);
    return true;
}
