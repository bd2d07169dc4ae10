/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/collect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "collect/live.h"
#include "collect/root.h"

enum {
    CHUNK = 64 * 1024,
    FILE_MAX = 64 << 20,
    FLASH_MAX = 1 << 30
};

static const char not_regular[] = "it is no regular file";

/* What a live host gives without a file of that name. */
static const struct provider {
    const char *prefix; /* of the pattern */
    void (*ask)(struct live *l);
} providers[] = {
    {"ipmi/",            live_ipmi      },
    {"i2c/",             live_smbus     },
    {"flash/flash.bin",  live_flash     },
    {"flash/programmer", live_programmer},
    {"kmod.sha256",      live_modules   },
};

/* File systems without which a live host's folder is empty for another reason than absence. */
static const struct mount {
    const char *prefix;
    uint32_t magic; /* f_type */
    const char *name;
} mounts[] = {
    {"proc/",                     0x9fa0,     "proc"      },
    {"sys/kernel/security/",      0x73636673, "securityfs"},
    {"sys/firmware/efi/efivars/", 0xde5e81e4, "efivarfs"  },
    {"sys/",                      0x62656572, "sysfs"     },
};

/* Rows that only a recording can hold, or nothing at all yet. */
static const struct {
    const char *source;
    enum coverage_state state;
    const char *reason;
} not_live[] = {
    {"bmc-flash",            COVERAGE_UNTRIED,     "nobody gave the controller's flash"         },
    {"bmc-flash-programmer", COVERAGE_UNTRIED,     "nobody gave the controller's flash"         },
    {"flash-again",          COVERAGE_UNTRIED,     "the host reads its flash once"              },
    {"flash-bmc",            COVERAGE_UNTRIED,     "nobody gave the BMC's own reading"          },
    {"flash-bmc-again",      COVERAGE_UNTRIED,     "nobody gave the BMC's own reading"          },
    {"flash-xz",             COVERAGE_UNSUPPORTED, "only a recording holds the flash compressed"},
    {"smbus-device",         COVERAGE_EXCLUDED,    "registers of unknown devices are not read"  },
};

/* Sources that say once more what another one gave, and are read where that one gave nothing.
 */
static const struct {
    const char *source;
    const char *other;
} second_forms[] = {
    {"ima-text", "ima-log"},
};

struct collector {
    const struct collect_options *options;
    const struct collect_sink *sink;
    struct root root;
    struct arena *arena;
    struct evidence *evidence;
    struct err *err;
    const struct source *table;
    size_t table_count;
    uint8_t *chunk;
    struct live *asked[ARRAY_LEN(providers)];
};

/* Why a source gave nothing, as long as it gave nothing. */
struct outcome {
    enum coverage_state state;
    const char *reason;
};

bool collect_allow(const char *words, unsigned *ret, struct err *e)
{
    static const struct {
        const char *word;
        unsigned bit;
    } known[] = {
        {"rom",        ALLOW_ROM       },
        {"smbus",      ALLOW_SMBUS     },
        {"programmer", ALLOW_PROGRAMMER},
    };
    struct bytes rest = bytes_of(words);
    struct bytes word;

    while (bytes_word(&rest, ",", &word)) {
        unsigned bit = 0;

        for (size_t i = 0; i < ARRAY_LEN(known); i++)
            bit |= bytes_equal_text(word, known[i].word) ? known[i].bit : 0;
        if (bit == 0)
            return err_set(e, ERR_INPUT,
                           "--allow knows rom, smbus and programmer, but not '%.*s'",
                           (int)word.len, (const char *)word.data);
        *ret |= bit;
    }
    return true;
}

enum coverage_state live_state(int error_number)
{
    switch (error_number) {
    case ENOENT:
    case ENOTDIR:
        return COVERAGE_ABSENT;
    case EACCES:
    case EPERM:
        return COVERAGE_REFUSED;
    case ENODEV:
    case ENXIO:
    case ENOSYS:
    case EOPNOTSUPP:
        return COVERAGE_UNSUPPORTED;
    default:
        return COVERAGE_FAILED;
    }
}

static void add(struct collector *c, struct entry n)
{
    evidence_add(c->evidence, c->arena, n);
}

/* An entry that has no blob. */
static void add_nothing(struct collector *c, const struct source *s, const char *origin,
                        struct outcome o)
{
    add(c, (struct entry){.source = bytes_of(s->name),
                          .origin = bytes_of(origin),
                          .state = o.state,
                          .reason = bytes_of(o.reason)});
}

/*
 * Streams an open file into the sink. Read errors end it: what was read until then is a partial
 * blob. False only if the sink fails.
 */
static bool copy_blob(struct collector *c, const struct source *s, int fd, uint64_t expected,
                      struct entry *n)
{
    bool flash = strcmp(s->surface, "flash") == 0 || strcmp(s->surface, "bmc-flash") == 0;
    uint64_t max = flash ? FLASH_MAX : FILE_MAX;
    uint64_t total = 0;
    bool begun = false;

    n->state = COVERAGE_SEEN;
    for (;;) {
        ssize_t got = read(fd, c->chunk, CHUNK);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            n->state = begun ? COVERAGE_PARTIAL : live_state(errno);
            n->reason =
                bytes_of(live_words(c->arena, errno,
                                    arena_format(c->arena, "cannot read after %llu bytes",
                                                 (unsigned long long)total)));
            break;
        }
        if (!begun)
            c->sink->begin(c->sink->user, expected);
        begun = true;
        if (got == 0)
            break;
        if ((uint64_t)got > max - total) {
            n->state = COVERAGE_PARTIAL;
            n->reason = bytes_of(arena_format(c->arena, "only the first %llu bytes were read",
                                              (unsigned long long)total));
            break;
        }
        total += (uint64_t)got;
        if (!c->sink->more(c->sink->user, (struct bytes){c->chunk, (size_t)got}, c->err))
            return false;
    }
    n->has_blob = begun;
    return !begun || c->sink->end(c->sink->user, n, c->err);
}

/* The kernel shows an unprivileged reader no more than the standard header. */
static void judge_config(struct collector *c, const struct source *s, uint64_t whole,
                         struct entry *n)
{
    if (strcmp(s->name, "pci-config") != 0 || n->state != COVERAGE_SEEN || n->length >= whole)
        return;
    n->state = COVERAGE_PARTIAL;
    n->reason =
        bytes_of(arena_format(c->arena, "the kernel showed %llu of %llu bytes",
                              (unsigned long long)n->length, (unsigned long long)whole));
}

/* A folder that a pattern's star names is none of its files; one in the place of a file is odd.
 */
static bool names_folders(const struct source *s)
{
    const char *last = strrchr(s->pattern, '/');

    return strpbrk(last != NULL ? last : s->pattern, "*?") != NULL;
}

/* Reads an open descriptor and adds its entry. Takes the descriptor. */
static bool take_file(struct collector *c, const struct source *s, const char *path, int fd)
{
    struct entry n = {.source = bytes_of(s->name), .origin = bytes_of(path)};
    struct stat st;
    bool good = true;

    if (fstat(fd, &st) != 0 || (S_ISDIR(st.st_mode) && names_folders(s))) {
        (void)close(fd);
        return true;
    }
    if (!S_ISREG(st.st_mode)) {
        n.state = COVERAGE_FAILED;
        n.reason = bytes_of(not_regular);
    } else {
        good = copy_blob(c, s, fd, (uint64_t)st.st_size, &n);
        judge_config(c, s, (uint64_t)st.st_size, &n);
    }
    (void)close(fd);
    add(c, n);
    return good;
}

/* Why a file that is there cannot be opened. */
static struct outcome cannot_open(const struct collector *c, int why)
{
    if (why == EXDEV)
        return (struct outcome){live_state(why), "a link that leads out of the recording"};
    if (why == ELOOP)
        return (struct outcome){live_state(why),
                                "a link that leads in a circle or may not be followed"};
    if (why == ENXIO && !c->root.live) /* a socket */
        return (struct outcome){COVERAGE_FAILED, not_regular};
    return (struct outcome){live_state(why), live_words(c->arena, why, "cannot open it")};
}

static bool read_path(struct collector *c, const struct source *s, const char *path)
{
    bool rom = c->root.live && strcmp(s->name, "pci-rom") == 0;
    int why = 0;

    if (rom)
        why = live_rom(&c->root, path, true);
    int fd = why != 0 ? -1 : root_file(&c->root, path, O_RDONLY);

    if (fd < 0) {
        why = why != 0 ? why : errno;
        if (why == ENOENT || why == ENOTDIR)
            return true;
        add_nothing(c, s, path, cannot_open(c, why));
        return true;
    }
    bool good = take_file(c, s, path, fd);

    if (rom)
        (void)live_rom(&c->root, path, false);
    return good;
}

/* Whether the row is the first of the table that takes this path. */
static bool is_first_taker(const struct collector *c, const struct source *s, const char *path)
{
    struct bytes stars[4];

    if (!source_matches(s, bytes_of(path), stars))
        return false;
    for (const struct source *before = c->table; before < s; before++) {
        if (source_matches(before, bytes_of(path), stars))
            return false;
    }
    return true;
}

/* The source's files below the root. */
static bool collect_files(struct collector *c, const struct source *s, struct outcome *o)
{
    struct path_list names;
    const char *where = "";
    int why = root_walk(&c->root, s->pattern, c->arena, &names, &where);

    for (size_t i = 0; i < names.count; i++) {
        if (is_first_taker(c, s, names.paths[i]) && !read_path(c, s, names.paths[i]))
            return false;
    }
    if (why != 0)
        *o = (struct outcome){
            live_state(why),
            live_words(c->arena, why, arena_format(c->arena, "cannot list %s", where))};
    return true;
}

/* A device that a provider names; its length is known, the kernel's is not. */
static bool take_device(struct collector *c, const struct source *s, const struct found *f)
{
    struct entry n = {.source = bytes_of(s->name), .origin = bytes_of(f->path)};
    int fd = root_file(&c->root, f->device, O_RDONLY);
    bool good = true;

    if (fd < 0) {
        n.state = live_state(errno);
        n.reason = bytes_of(live_words(c->arena, errno, f->device));
    } else {
        good = copy_blob(c, s, fd, f->length, &n);
        (void)close(fd);
        if (n.state == COVERAGE_SEEN && n.length < f->length) {
            n.state = COVERAGE_PARTIAL;
            n.reason = bytes_of(arena_format(c->arena, "%s gave %llu of %llu bytes", f->device,
                                             (unsigned long long)n.length,
                                             (unsigned long long)f->length));
        }
    }
    add(c, n);
    return good;
}

static bool take_found(struct collector *c, const struct source *s, const struct found *f)
{
    struct entry n = {.source = bytes_of(s->name),
                      .origin = bytes_of(f->path),
                      .state = f->state,
                      .reason = bytes_of(f->reason)};
    bool good = true;

    if (f->device != NULL)
        return take_device(c, s, f);
    if (f->bytes.data != NULL) {
        n.has_blob = true;
        c->sink->begin(c->sink->user, f->bytes.len);
        good = c->sink->more(c->sink->user, f->bytes, c->err) &&
               c->sink->end(c->sink->user, &n, c->err);
    }
    add(c, n);
    return good;
}

static int found_order(const void *left, const void *right)
{
    return strcmp(((const struct found *)left)->path, ((const struct found *)right)->path);
}

/* Asks a provider once. */
static const struct live *provider_ask(struct collector *c, size_t index)
{
    if (c->asked[index] == NULL) {
        struct live *l = ARENA_NEW(c->arena, struct live);

        *l = (struct live){.root = &c->root,
                           .options = c->options,
                           .arena = c->arena,
                           .state = COVERAGE_ABSENT,
                           .reason = ""};
        providers[index].ask(l);
        if (l->count > 0)
            qsort(l->found, l->count, sizeof(*l->found), found_order);
        c->asked[index] = l;
    }
    return c->asked[index];
}

/* The source's files from a provider. */
static bool collect_provided(struct collector *c, const struct source *s, size_t index,
                             struct outcome *o)
{
    const struct live *l = provider_ask(c, index);

    *o = (struct outcome){l->state, l->reason};
    for (size_t i = 0; i < l->count; i++) {
        if (is_first_taker(c, s, l->found[i].path) && !take_found(c, s, &l->found[i]))
            return false;
    }
    return true;
}

static bool is_allowed(const struct collector *c, const struct source *s)
{
    unsigned need = 0;
    struct err ignored;

    return s->risk != RISK_INTRUSIVE ||
           (collect_allow(s->allow, &need, &ignored) && (c->options->allow & need) == need);
}

/* What of a live host is known before looking. True when there is nothing to look for. */
static bool is_settled(struct collector *c, const struct source *s, struct outcome *o)
{
    struct statfs fs;

    if (!is_allowed(c, s)) {
        *o = (struct outcome){COVERAGE_EXCLUDED,
                              arena_format(c->arena, "needs --allow %s", s->allow)};
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(not_live); i++) {
        if (strcmp(not_live[i].source, s->name) == 0) {
            *o = (struct outcome){not_live[i].state, not_live[i].reason};
            return true;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(mounts); i++) {
        const struct mount *m = &mounts[i];

        if (strncmp(s->pattern, m->prefix, strlen(m->prefix)) != 0)
            continue;
        if (statfs(arena_format(c->arena, "/%s", m->prefix), &fs) == 0 &&
            (uint32_t)fs.f_type != m->magic) {
            *o = (struct outcome){COVERAGE_UNSUPPORTED,
                                  arena_format(c->arena, "%s is not mounted", m->name)};
            return true;
        }
        break;
    }
    return false;
}

/* The source that gave already what this one would give, or NULL. */
static const char *given_by(const struct collector *c, const struct source *s)
{
    for (size_t i = 0; i < ARRAY_LEN(second_forms); i++) {
        for (size_t k = 0;
             strcmp(second_forms[i].source, s->name) == 0 && k < c->evidence->count; k++) {
            const struct entry *n = &c->evidence->entries[k];

            if (n->has_blob && bytes_equal_text(n->source, second_forms[i].other))
                return second_forms[i].other;
        }
    }
    return NULL;
}

static bool collect_source(struct collector *c, const struct source *s)
{
    size_t before = c->evidence->count;
    struct outcome none = c->root.live
                              ? (struct outcome){COVERAGE_ABSENT, "this host has none"}
                              : (struct outcome){COVERAGE_UNTRIED, "not in the recording"};
    struct outcome o = none;
    size_t provider = 0;
    const char *given = given_by(c, s);
    bool good = true;

    while (provider < ARRAY_LEN(providers) && strncmp(s->pattern, providers[provider].prefix,
                                                      strlen(providers[provider].prefix)) != 0)
        provider++;
    if (given != NULL)
        o = (struct outcome){none.state, arena_format(c->arena, "%s has the same", given)};
    else if (c->root.live && is_settled(c, s, &o))
        good = true;
    else if (c->root.live && provider < ARRAY_LEN(providers))
        good = collect_provided(c, s, provider, &o);
    else
        good = collect_files(c, s, &o);
    if (o.reason[0] == '\0')
        o.reason = none.reason;
    /* Of a source that gave something, only what else went wrong. */
    if (c->evidence->count == before)
        add_nothing(c, s, "", o);
    else if (o.state != COVERAGE_ABSENT && o.state != none.state)
        add_nothing(c, s, "", (struct outcome){COVERAGE_PARTIAL, o.reason});
    return good;
}

static int source_order(const void *left, const void *right)
{
    const struct source *const *a = left;
    const struct source *const *b = right;

    return strcmp((*a)->name, (*b)->name);
}

bool collect_run(const struct collect_options *o, const struct collect_sink *sink,
                 struct arena *a, struct evidence *ret, struct err *e)
{
    struct collector c = {.options = o, .sink = sink, .arena = a, .evidence = ret, .err = e};
    bool good = true;

    if (!root_open(&c.root, o->root, e))
        return false;
    c.chunk = arena_alloc(a, CHUNK);
    c.table = source_table(&c.table_count);
    const struct source **order = ARENA_ARRAY(a, const struct source *, c.table_count);

    for (size_t i = 0; i < c.table_count; i++)
        order[i] = &c.table[i];
    /* Blobs must come in the order of the sorted entries. */
    qsort(order, c.table_count, sizeof(*order), source_order);
    for (size_t i = 0; good && i < c.table_count; i++) {
        if (o->progress != NULL)
            o->progress(o->progress_user, order[i], i, c.table_count);
        good = collect_source(&c, order[i]);
    }
    root_close(&c.root);
    evidence_sort(ret);
    return good;
}
