/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/moment.h"
#include "base/random.h"
#include "collect/bundle_file.h"

/* What a source came to. */
struct summary {
    enum coverage_state state; /* the worst of its entries */
    size_t files;              /* entries with a blob */
    uint64_t bytes;
    struct bytes reason;
};

const struct option collect_command_options[] = {
    {"output",     required_argument, NULL, 'o'},
    {"root",       required_argument, NULL, 'r'},
    {"allow",      required_argument, NULL, 'a'},
    {"programmer", required_argument, NULL, 'p'},
    {"chip",       required_argument, NULL, 'c'},
    {"reads",      required_argument, NULL, 'n'},
    {"subject",    required_argument, NULL, 's'},
    {"time",       required_argument, NULL, 't'},
    {"salt",       required_argument, NULL, 'S'},
    {"zstd",       no_argument,       NULL, 'z'},
    {"json",       no_argument,       NULL, 'j'},
    {"help",       no_argument,       NULL, 'h'},
    {NULL,         0,                 NULL, 0  },
};

/* What reads through the host itself is no second witness. */
static bool programmer_valid(const char *spec, struct err *e)
{
    static const char *const own[] = {"internal", "linux_mtd"};

    for (size_t i = 0; i < ARRAY_LEN(own); i++) {
        if (strncmp(spec, own[i], strlen(own[i])) == 0)
            return err_set(e, ERR_INPUT,
                           "'%s' is this host's own path to its flash, no external programmer",
                           spec);
    }
    return spec[0] != '\0' || err_set(e, ERR_INPUT, "--programmer needs a programmer");
}

bool collect_command_option(struct collect_command *c, int option, const char *value,
                            struct err *e)
{
    switch (option) {
    case 'o':
        c->output = value;
        return true;
    case 'r':
        c->options.root = value;
        return true;
    case 'a':
        return collect_allow(value, &c->options.allow, e);
    case 'p':
        c->options.programmer = value;
        return programmer_valid(value, e);
    case 'c':
        c->options.chip = value;
        return true;
    case 'n':
        c->options.reads = value[0] >= '1' && value[0] <= '9' && value[1] == '\0'
                               ? (unsigned)(value[0] - '0')
                               : 0;
        return c->options.reads > 0 ||
               err_set(e, ERR_INPUT, "--reads takes 1 to 9, but not '%s'", value);
    case 's':
        c->subject = value;
        return true;
    case 't':
        c->time = value;
        return moment_valid(bytes_of(value)) ||
               err_set(e, ERR_INPUT, "'%s' is not a time as 2026-01-31T12:00:00Z", value);
    case 'S':
        c->salt = value;
        return true;
    case 'z':
        c->compress = true;
        return true;
    case 'j':
        c->json = true;
        return true;
    default:
        BUG("an option without a case");
    }
}

static bool read_salt(const char *text, uint8_t ret[SALT_SIZE], struct err *e)
{
    size_t n = strlen(text);

    for (size_t i = 0; n == (size_t)2 * SALT_SIZE && i < SALT_SIZE; i++) {
        int high = hex_digit((uint8_t)text[2 * i]);
        int low = hex_digit((uint8_t)text[2 * i + 1]);

        if (high < 0 || low < 0)
            n = 0;
        ret[i] = (uint8_t)((unsigned)high << 4 | (unsigned)low);
    }
    if (n != (size_t)2 * SALT_SIZE)
        return err_set(e, ERR_INPUT, "the salt must be 32 hexadecimal digits");
    return true;
}

struct bytes moment_now(struct arena *a)
{
    time_t seconds = time(NULL);
    struct tm t;
    char *text = arena_alloc(a, 32);

    (void)gmtime_r(&seconds, &t);
    (void)strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &t);
    return bytes_of(text);
}

static void show_progress(void *user, const struct source *s, size_t done, size_t all)
{
    (void)user;
    (void)fprintf(stderr, "\r\033[K%zu/%zu %s", done + 1, all, s->name);
}

/* How bad a state is to have among the entries of a source. */
static unsigned badness(enum coverage_state s)
{
    static const uint8_t order[] = {
        [COVERAGE_SEEN] = 0,     [COVERAGE_ABSENT] = 1,  [COVERAGE_UNTRIED] = 2,
        [COVERAGE_EXCLUDED] = 3, [COVERAGE_PARTIAL] = 4, [COVERAGE_UNSUPPORTED] = 5,
        [COVERAGE_REFUSED] = 6,  [COVERAGE_FAILED] = 7,
    };

    return order[s];
}

/* The entries of one source from `*at` on, which moves past them. */
static struct summary summarise(const struct evidence *e, size_t *at)
{
    struct summary s = {.state = e->entries[*at].state, .reason = e->entries[*at].reason};
    struct bytes source = e->entries[*at].source;

    for (; *at < e->count && bytes_equal(e->entries[*at].source, source); (*at)++) {
        const struct entry *n = &e->entries[*at];

        if (badness(n->state) > badness(s.state)) {
            s.state = n->state;
            s.reason = n->reason;
        }
        s.files += n->has_blob ? 1 : 0;
        s.bytes += n->length;
    }
    /* Some of it was read. */
    if (s.files > 0 && s.state != COVERAGE_SEEN)
        s.state = COVERAGE_PARTIAL;
    return s;
}

static void digest_text(struct text *t, const struct digest *d)
{
    text_puts(t, "sha256:");
    text_hex(t, (struct bytes){d->bytes, sizeof(d->bytes)});
}

static void summary_text(struct text *t, const struct collect_command *c,
                         const struct evidence *e, const struct digest *d)
{
    size_t at = 0;
    size_t files = 0;
    uint64_t bytes = 0;

    while (at < e->count) {
        const struct entry *first = &e->entries[at];
        struct summary s = summarise(e, &at);

        text_printf(t, "%-20.*s %-12s", (int)first->source.len,
                    (const char *)first->source.data, coverage_name(s.state));
        if (s.files > 0)
            text_printf(t, "%6zu files %10" PRIu64 " bytes", s.files, s.bytes);
        if (s.reason.len > 0) {
            text_puts(t, s.files > 0 ? "  " : "");
            text_printable(t, s.reason);
        }
        text_char(t, '\n');
        files += s.files;
        bytes += s.bytes;
    }
    text_printf(t, "%s: %zu files, %" PRIu64 " bytes, ", c->output, files, bytes);
    digest_text(t, d);
    text_char(t, '\n');
}

static void summary_json(struct text *t, const struct collect_command *c,
                         const struct evidence *e, const struct digest *d, struct arena *a)
{
    struct json j;
    struct text digest;
    size_t at = 0;

    text_init(&digest, a, 100);
    digest_text(&digest, d);
    json_init(&j, t);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    json_member_text(&j, "file", c->output);
    json_member_string(&j, "evidence", text_bytes(&digest));
    json_member_string(&j, "tool", e->tool);
    json_member_string(&j, "subject", e->subject);
    json_member_string(&j, "time", e->time);
    json_key(&j, "coverage");
    json_array_begin(&j);
    while (at < e->count) {
        struct bytes name = e->entries[at].source;
        const struct source *source = source_find(name);
        struct summary s = summarise(e, &at);

        json_object_begin(&j);
        json_member_string(&j, "source", name);
        json_member_text(&j, "surface", source->surface);
        json_member_text(&j, "witness", source->witness);
        json_member_text(&j, "state", coverage_name(s.state));
        json_member_uint(&j, "files", s.files);
        json_member_uint(&j, "bytes", s.bytes);
        if (s.reason.len > 0)
            json_member_string(&j, "reason", s.reason);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
    text_char(t, '\n');
}

static bool has_blob(const struct evidence *e)
{
    for (size_t i = 0; i < e->count; i++) {
        if (e->entries[i].has_blob)
            return true;
    }
    return false;
}

static bool programmer_ready(struct collect_options *o, struct err *e)
{
    if (o->reads == 0)
        o->reads = 2;
    if (o->programmer == NULL)
        return true;
    if (o->root != NULL)
        return err_set(e, ERR_INPUT, "--programmer reads a part, --root a recording: not both");
    return (o->allow & ALLOW_PROGRAMMER) != 0 ||
           err_set(e, ERR_INPUT, "--programmer needs --allow programmer");
}

bool collect_command_run(struct collect_command *c, struct arena *a, struct text *out,
                         struct err *e)
{
    struct evidence evidence = {.tool = bytes_of("assay " ASSAY_VERSION)};
    bool terminal = isatty(STDERR_FILENO) == 1;

    if (c->output == NULL)
        return err_set(e, ERR_INPUT, "no file to write is given (-o FILE)");
    if (!programmer_ready(&c->options, e))
        return false;
    if (c->salt == NULL)
        random_bytes(evidence.salt, sizeof(evidence.salt));
    else if (!read_salt(c->salt, evidence.salt, e))
        return false;
    if (c->subject != NULL)
        evidence.subject = bytes_of(c->subject);
    if (c->time != NULL)
        evidence.time = bytes_of(c->time);
    else if (c->options.root == NULL)
        evidence.time = moment_now(a);
    if (terminal)
        c->options.progress = show_progress;
    bool good = collect_into_file(&c->options, c->output, c->compress, a, &evidence, e);

    if (terminal)
        (void)fprintf(stderr, "\r\033[K");
    if (!good)
        return false;
    struct digest digest = evidence_digest(&evidence, a);

    if (c->json)
        summary_json(out, c, &evidence, &digest, a);
    else
        summary_text(out, c, &evidence, &digest);
    return has_blob(&evidence) || err_set(e, ERR_ABSENT, "nothing was collected");
}
