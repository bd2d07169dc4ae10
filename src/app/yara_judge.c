/* SPDX-License-Identifier: Apache-2.0 */
#include "app/yara_judge.h"

#include <errno.h>
#include <unistd.h>

#include "app/yara_private.h"
#include "base/child.h"
#include "base/file.h"

enum {
    RULES_MAX = 16 << 20,
    PATH_MAX_BYTES = 1 << 16
};

struct matches {
    struct yara_record *rows;
    size_t count;
    size_t cap;
};

static bool record_read(int fd, struct yara_record *ret)
{
    uint8_t *at = (uint8_t *)ret;
    size_t got = 0;

    while (got < sizeof(*ret)) {
        ssize_t n = read(fd, at + got, sizeof(*ret) - got);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        got += (size_t)n;
    }
    ret->rule[YARA_NAME_MAX - 1] = '\0';
    ret->string[YARA_NAME_MAX - 1] = '\0';
    return true;
}

/* Whether a record can be true: its bytes lie in a blob. */
static bool record_sound(const struct yara_record *r, const struct decoded *d)
{
    if (r->blob >= d->blob_count)
        return false;
    uint64_t all = d->blobs[r->blob].bytes.len;

    return r->offset <= all && r->length <= all - r->offset;
}

/* What the process says, to its end. */
static bool records_take(int fd, const char *path, const struct decoded *d, struct arena *a,
                         struct matches *m, struct err *e)
{
    struct yara_record r;

    while (record_read(fd, &r)) {
        if (r.blob == YARA_BLOB_END)
            return true;
        if (r.blob == YARA_BLOB_TROUBLE)
            return err_set(e, ERR_INPUT, "%s: %s", path, r.rule);
        if (!record_sound(&r, d) || m->count > YARA_MATCHES_MAX)
            return err_set(e, ERR_SYSTEM, "%s: the scanning process broke its word", path);
        arena_grow(a, &m->rows, m->count, &m->cap, sizeof(*m->rows));
        m->rows[m->count++] = r;
    }
    return err_set(e, ERR_SYSTEM, "%s: the scanning process ended early", path);
}

static bool scan(const char *path, const char *text, const struct decoded *d, struct arena *a,
                 struct matches *m, struct err *e)
{
    int ends[2];

    if (pipe(ends) != 0)
        return err_system(e, errno, "no pipe");
    pid_t child = fork();

    if (child == 0) {
        (void)close(ends[0]);
        yara_child(ends[1], text, d);
    }
    (void)close(ends[1]);
    bool good = child > 0 ? records_take(ends[0], path, d, a, m, e)
                          : err_system(e, errno, "no process");

    (void)close(ends[0]);
    if (child > 0)
        child_wait(child);
    return good;
}

/* The container to which a byte of a blob belongs. */
static uint32_t item_at(const struct decoded *d, uint32_t blob, uint64_t offset)
{
    size_t low = 0;
    size_t high = d->region_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct span *s = &d->regions[middle].span;

        if (s->blob < blob || (s->blob == blob && s->offset <= offset))
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && d->regions[low - 1].span.blob == blob ? d->regions[low - 1].item : 0;
}

/* Where a rule was told of already: a part is looked at whole and inside what holds it. */
struct told {
    struct bytes path;
    struct bytes rule;
};

struct telling {
    const struct subject *subject;
    const char *file;
    struct findings *findings;
    struct told *rows;
    size_t count;
    size_t cap;
};

static bool known(const struct telling *t, struct bytes path, struct bytes rule)
{
    for (size_t i = 0; i < t->count; i++) {
        if (bytes_equal(t->rows[i].path, path) && bytes_equal(t->rows[i].rule, rule))
            return true;
    }
    return false;
}

static void tell(struct telling *t, const struct yara_record *r)
{
    const struct decoded *d = &t->subject->decoded;
    const struct blob *b = &d->blobs[r->blob];
    struct findings *f = t->findings;
    struct text path;

    text_init(&path, f->arena, PATH_MAX_BYTES);
    item_path(d, item_at(d, r->blob, r->offset), &path);
    struct told row = {text_bytes(&path), arena_copy(f->arena, bytes_of(r->rule))};

    if (known(t, row.path, row.rule))
        return;
    arena_grow(f->arena, &t->rows, t->count, &t->cap, sizeof(*t->rows));
    t->rows[t->count++] = row;
    findings_add(
        f, (struct finding){
               .id = "rule.yara-match",
               .judge = JUDGE_RULE,
               .severity = SEVERITY_HIGH,
               .path = row.path,
               .node = TREE_NONE,
               .value = finding_words(f, "%s: %s at 0x%llx of %llu bytes (%s)", r->rule,
                                      r->string[0] != '\0' ? r->string : "its condition",
                                      (unsigned long long)r->offset,
                                      (unsigned long long)b->bytes.len,
                                      b->method != NULL ? b->method : "as collected"),
               .why = finding_words(f, "The YARA rule %s of %s matches in this part.", r->rule,
                                    t->file),
               .next = bytes_of("Read what the rule looks for; compare this part with the "
                                "vendor's."),
           });
}

bool yara_judge(const char *path, const struct subject *s, struct findings *f,
                struct digest *ret_digest, struct err *e)
{
    struct matches m = {NULL, 0, 0};
    struct telling t = {.subject = s, .file = path, .findings = f};
    struct bytes file;

    if (!file_read(path, RULES_MAX, f->arena, &file, e))
        return false;
    *ret_digest = digest_sha256(file);
    const char *text = arena_format(f->arena, "%.*s", (int)file.len, (const char *)file.data);

    if (!scan(path, text, &s->decoded, f->arena, &m, e))
        return false;
    for (size_t i = 0; i < m.count; i++)
        tell(&t, &m.rows[i]);
    return true;
}
