/* SPDX-License-Identifier: Apache-2.0 */
#include "app/load.h"

#include <string.h>

#include "app/learn.h"
#include "app/signed_result.h"
#include "appraise/cohort.h"
#include "base/file.h"
#include "base/pack.h"
#include "base/tar.h"
#include "collect/collect.h"
#include "evidence/bundle.h"
#include "evidence/source.h"
#include "result/result.h"

/* A file that is neither folder nor bundle: evidence of one document. */
static void document(const char *path, struct bytes b, struct arena *a, struct evidence *ret)
{
    struct bytes origin;
    struct entry n = {
        .source = bytes_of("document"),
        .origin = bytes_of(path),
        .state = COVERAGE_SEEN,
        .has_blob = true,
        .digest = digest_sha256(b),
        .length = b.len,
        .bytes = b,
    };
    const char *slash = strrchr(path, '/');

    if (source_of_path(n.origin, &origin) != NULL)
        n.origin = origin;
    else if (slash != NULL)
        n.origin = bytes_of(slash + 1);
    *ret = (struct evidence){.tool = bytes_of("assay " ASSAY_VERSION)};
    evidence_add(ret, a, n);
}

/* A member that every bundle has, or only bundles. */
static bool bundle_member(struct bytes block)
{
    struct bytes content = bytes_slice(block, TAR_BLOCK, SIZE_MAX);

    return bytes_starts_with(block, "blobs/sha256-") ||
           bytes_starts_with(block, "redacted/sha256-") ||
           bytes_starts_with(block, "evidence.cbor") ||
           (bytes_starts_with(block, "manifest.json") &&
            bytes_starts_with(content, "{\"schema\":"));
}

/*
 * A bundle has at least two such members, so that no one damaged byte makes it a file of
 * another kind: whatever carries one must be a whole and good bundle. Other files are tar
 * archives too.
 */
static bool bundle_recognised(struct bytes b)
{
    if (!bytes_starts_with(bytes_slice(b, 257, SIZE_MAX), "ustar") && !bundle_member(b))
        return false;
    for (size_t at = 0; at < b.len; at += TAR_BLOCK) {
        if (bundle_member(bytes_slice(b, at, SIZE_MAX)))
            return true;
    }
    return false;
}

/* What this program writes and is no evidence is not to be judged as if it were a part. */
static bool refuse_own(const char *path, struct bytes b, struct err *e)
{
    struct digest node;
    struct digest decoders;
    const char *what = NULL;

    if (reference_recognise(b))
        what = "a reference ('assay learn')";
    else if (cohort_pack_digest(b, &node, &decoders, e))
        what = "a cohort ('assay cohort')";
    else if (result_recognise(b) || signed_result_recognise(b))
        what = "a result ('assay report' shows it)";
    return what == NULL || err_set(e, ERR_INPUT, "%s is %s, no evidence", path, what);
}

/* A folder that holds none of what the sources give is a wrong name, and no machine. */
static bool load_folder(const char *path, struct arena *a, struct evidence *ret, struct err *e)
{
    if (!collect_recording(path, a, ret, e))
        return false;
    for (size_t i = 0; i < ret->count; i++) {
        if (ret->entries[i].state != COVERAGE_UNTRIED)
            return true;
    }
    return err_set(e, ERR_INPUT,
                   "%s is a folder without a recording: it has no file that a source gives",
                   path);
}

static bool load_bytes(const char *path, struct bytes b, struct arena *a, struct evidence *ret,
                       struct err *e)
{
    if (pack_recognised(b) && !pack_read(b, LOAD_MAX, a, &b, e))
        return err_wrap(e, "%s", path);
    digest_expect(b.len);
    if (!bundle_recognised(b)) {
        document(path, b, a, ret);
        return refuse_own(path, b, e);
    }
    struct bundle bundle;

    if (!bundle_read(b, a, &bundle, e))
        return err_wrap(e, "%s", path);
    *ret = bundle.evidence;
    return true;
}

static bool subject_finish(const char *path, struct arena *a, struct subject *s, struct err *e)
{
    evidence_sort(&s->evidence);
    s->digest = evidence_digest(&s->evidence, a);
    return subject_derive(s, a, e) || err_wrap(e, "%s", path);
}

bool subject_load(const char *path, struct arena *a, struct subject *ret, struct err *e)
{
    struct bytes b;

    *ret = (struct subject){.name = bytes_of(path)};
    if (path_is_folder(path))
        return load_folder(path, a, &ret->evidence, e) && subject_finish(path, a, ret, e);
    return file_map(path, LOAD_MAX, a, &b, e) && subject_take(path, b, a, ret, e);
}

bool subject_take(const char *path, struct bytes b, struct arena *a, struct subject *ret,
                  struct err *e)
{
    *ret = (struct subject){.name = bytes_of(path)};
    return load_bytes(path, b, a, &ret->evidence, e) && subject_finish(path, a, ret, e);
}

struct bytes subject_identity(const struct subject *s, struct arena *a)
{
    static const char *const places[] = {
        "smbios@host-kernel/baseboard",
        "smbios@host-kernel/system",
        "fru@bmc/board",
    };

    if (s->evidence.subject.len > 0)
        return s->evidence.subject;
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        uint32_t node = tree_find(&s->tree, places[i]);

        node = node != TREE_NONE ? tree_child(&s->tree, node, bytes_of("serial")) : TREE_NONE;
        if (node == TREE_NONE)
            continue;
        const struct item *claim = tree_claim(&s->tree, node);

        if (claim != NULL && claim->value.type == TYPE_TEXT && claim->value.bytes.len > 0)
            return claim->value.bytes;
    }
    struct text t;

    text_init(&t, a, 80);
    text_hex(&t, (struct bytes){s->digest.bytes, sizeof(s->digest.bytes)});
    return text_bytes(&t);
}
