/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The readers of bundles and evidence nodes as a libFuzzer target; without -DFUZZING a program
 * that replays files. The first byte chooses how the rest is used, since no mutation finds a
 * digest: as a bundle, as a node, as changes of a good bundle, as members with good headers.
 * Properties: no crash; what is read is written back byte for byte; no change goes unseen.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/tar.h"
#include "base/text.h"
#include "evidence/bundle.h"

enum {
    SINK_MAX = 1 << 15
};

static bool sink_write(void *user, uint64_t offset, struct bytes b, struct err *e)
{
    uint8_t *room = user;

    if (offset > SINK_MAX || b.len > SINK_MAX - offset)
        return err_set(e, ERR_LIMIT, "full");
    if (b.len > 0)
        memcpy(room + offset, b.data, b.len);
    return true;
}

static struct bytes written(const struct bundle *b, struct arena *a)
{
    uint8_t *room = arena_alloc(a, SINK_MAX);
    uint64_t length = 0;
    struct err e;

    if (!bundle_write(b, (struct bundle_sink){room, sink_write}, a, &length, &e))
        return (struct bytes){0};
    return (struct bytes){room, (size_t)length};
}

/* Reads; whatever is accepted must be the one encoding of what was read. */
static bool accepted(struct bytes file, struct arena *a, struct bundle *ret)
{
    struct err e;

    if (!bundle_read(file, a, ret, &e)) {
        if (e.code == ERR_NONE || e.text[0] == '\0')
            BUG("a refusal without a reason");
        return false;
    }
    if (file.len < SINK_MAX && !bytes_equal(written(ret, a), file))
        BUG("two bundles for one content");
    return true;
}

static void as_node(struct bytes input, struct arena *a)
{
    struct evidence e;
    struct err err;

    if (evidence_decode(input, a, &e, &err) && !bytes_equal(evidence_encode(&e, a), input))
        BUG("two encodings of one node");
}

static struct bundle sample(struct arena *a)
{
    struct bundle b = {.evidence = {.tool = bytes_of("assay")}};
    static const char *const contents[] = {"one", "two", "one", ""};
    static const char *const sources[] = {"cpu", "fru", "sel", "usb-serial"};

    for (size_t i = 0; i < ARRAY_LEN(contents); i++) {
        struct bytes c = bytes_of(contents[i]);

        evidence_add(&b.evidence, a,
                     (struct entry){.source = bytes_of(sources[i]),
                                    .origin = bytes_of("x"),
                                    .has_blob = true,
                                    .digest = digest_sha256(c),
                                    .length = c.len,
                                    .bytes = c});
    }
    return b;
}

/* Pairs of a place and a change, applied to a good bundle. */
static void as_changes(struct bytes input, struct arena *a)
{
    struct bundle b = sample(a);
    struct bytes good = written(&b, a);
    uint8_t *room = arena_alloc(a, good.len);
    struct bundle back;

    if (good.len == 0)
        BUG("the sample cannot be written");
    memcpy(room, good.data, good.len);
    for (size_t i = 0; i + 3 <= input.len; i += 3) {
        size_t at = (size_t)input.data[i] << 8 | input.data[i + 1];

        room[at % good.len] ^= input.data[i + 2];
    }
    struct bytes changed = {room, good.len};

    if (accepted(changed, a, &back) && !bytes_equal(changed, good))
        BUG("a change of a bundle without seals went unseen");
}

static void member_add(struct text *t, struct bytes name, struct bytes content)
{
    static const uint8_t zeros[TAR_BLOCK];
    uint8_t header[TAR_BLOCK];

    tar_header(name, content.len, header);
    text_add(t, (struct bytes){header, TAR_BLOCK});
    text_add(t, content);
    text_add(t, (struct bytes){zeros, tar_padding(content.len)});
}

static void blob_add(struct text *t, struct bytes content, bool redacted, struct arena *a)
{
    struct digest d = digest_sha256(content);
    struct text name;

    text_init(&name, a, TAR_NAME_MAX);
    text_puts(&name, redacted ? "redacted/sha256-" : "blobs/sha256-");
    text_hex(&name, (struct bytes){d.bytes, sizeof(d.bytes)});
    member_add(t, text_bytes(&name), redacted ? (struct bytes){0} : content);
}

/* Members of the sample in an order and number that the input chooses. */
static void as_members(struct bytes input, struct arena *a)
{
    static const uint8_t zeros[2 * TAR_BLOCK];
    static const char *const contents[] = {"one", "two", "", "three"};
    struct bundle b = sample(a);
    struct bytes good = written(&b, a);
    struct bundle back;
    struct text t;

    text_init(&t, a, SINK_MAX / 2);
    for (size_t i = 0; i < input.len; i++) {
        unsigned kind = input.data[i] >> 4;
        struct bytes content = bytes_of(contents[input.data[i] & 3]);

        if (kind < 2)
            blob_add(&t, content, kind == 1, a);
        else if (kind == 2)
            member_add(&t, bytes_of("evidence.cbor"), evidence_encode(&b.evidence, a));
        else if (kind == 3)
            member_add(&t, bytes_of("seals/a"), content);
        else if (kind == 4)
            member_add(&t, bytes_of("seals/b"), content);
        else if (kind == 5)
            text_add(&t, (struct bytes){zeros, sizeof(zeros)});
        else if (kind == 6)
            member_add(&t, bytes_of("manifest.json"), content);
        else
            text_add(&t,
                     bytes_slice(good, (size_t)(input.data[i] & 15) * TAR_BLOCK, TAR_BLOCK));
    }
    (void)accepted(text_bytes(&t), a, &back);
}

static void one(struct bytes input)
{
    struct bytes rest = bytes_slice(input, 1, SIZE_MAX);
    struct bundle b;
    struct arena a;

    arena_init(&a);
    switch (input.len == 0 ? 0 : input.data[0] & 3) {
    case 1:
        as_node(rest, &a);
        break;
    case 2:
        as_changes(rest, &a);
        break;
    case 3:
        as_members(rest, &a);
        break;
    default:
        (void)accepted(rest, &a, &b);
        break;
    }
    arena_done(&a);
}

#ifdef FUZZING

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    one((struct bytes){data, size});
    return 0;
}

#else

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct arena a;
        struct bytes b;
        struct err e;

        arena_init(&a);
        if (!file_read(argv[i], (size_t)1 << 30, &a, &b, &e)) {
            (void)fprintf(stderr, "replay-bundle: %s\n", e.text);
            return 2;
        }
        one(b);
        arena_done(&a);
    }
    (void)printf("%d replayed\n", argc - 1);
    return 0;
}

#endif
