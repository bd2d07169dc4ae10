/* SPDX-License-Identifier: Apache-2.0 */
/* What a statement must be to be signed: docs/formats/log.md, docs/formats/ledger.md. */
#include <string.h>

#include "base/base64.h"
#include "base/json_check.h"
#include "base/json_read.h"
#include "base/reader.h"
#include "signer/private.h"

/* A statement that is being looked at. */
struct statement {
    const struct json_node *predicate;
    struct digest subject;
    const struct public_key *key; /* that would sign */
    struct arena *arena;
    struct err *err;
};

static bool refuse(struct statement *s, const char *why)
{
    return err_set(s->err, ERR_REFUSED, "not signed: %s", why);
}

/* The version in "assay-result/N", with which a node begins behind the heads of an array and a
 * byte string (at most 9 bytes each). */
static struct bytes node_version(struct bytes node)
{
    static const char mark[] = "assay-result/";
    const uint8_t *at =
        memmem(node.data, node.len < 40 ? node.len : 40, mark, sizeof(mark) - 1);
    struct bytes b = {node.data, 0};

    if (at == NULL)
        return b;
    b = bytes_slice(node, (size_t)(at - node.data) + sizeof(mark) - 1, 9);
    size_t n = 0;

    while (n < b.len && b.data[n] >= '0' && b.data[n] <= '9')
        n++;
    return bytes_slice(b, 0, n);
}

/* Whether the digest is that of the result node. */
static bool node_named(struct bytes node, const struct digest *want)
{
    struct bytes version = node_version(node);
    struct digest_stream s;
    uint8_t nul = 0;

    digest_begin(&s);
    digest_more(&s, bytes_of("assay/result/"));
    digest_more(&s, version);
    digest_more(&s, (struct bytes){&nul, 1});
    digest_more(&s, node);
    struct digest d = digest_end(&s);

    return version.len > 0 && digest_equal(&d, want);
}

static bool cut_literal(struct bytes *rest, const char *literal)
{
    if (!bytes_starts_with(*rest, literal))
        return false;
    *rest = bytes_slice(*rest, strlen(literal), SIZE_MAX);
    return true;
}

/* What comes before `{"node":"` in the statement of a result; `ret` is its digest. */
static bool result_head(struct bytes *rest, struct bytes *ret_digest)
{
    struct bytes name;

    return cut_literal(rest, "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{"
                             "\"name\":") &&
           json_cut_string(rest, &name) && bytes_utf8(name) &&
           cut_literal(rest, ",\"digest\":{\"sha256\":\"") &&
           bytes_cut(rest, '"', ret_digest) &&
           cut_literal(rest, "}}],\"predicateType\":\"urn:assay:result:1\",\"predicate\":{"
                             "\"node\":\"");
}

/*
 * Results come by the thousand, and their statement has one encoding only: it is compared piece
 * by piece, and no tree is made of it. `rest` is what follows its head.
 */
static bool result_formed(struct statement *s, struct bytes rest, struct bytes hex)
{
    static const char end[] = "}}";
    struct bytes text;
    struct bytes node;

    if (!digest_of_hex(hex, &s->subject) || !bytes_cut(&rest, '"', &text) ||
        !base64_decode(text, s->arena, &node))
        return refuse(s, "it has no digest, or its node is not Base 64");
    if (!node_named(node, &s->subject))
        return refuse(s, "the subject is not the result's digest");
    if (!cut_literal(&rest, ",\"result\":") || rest.len < sizeof(end) || rest.data[0] != '{' ||
        !bytes_equal_text(bytes_slice(rest, rest.len - (sizeof(end) - 1), SIZE_MAX), end))
        return refuse(s, "it has no rendering");
    return json_written(bytes_slice(rest, 0, rest.len - (sizeof(end) - 1))) ||
           refuse(s, "the rendering is not JSON in its one encoding");
}

static bool hex_is(const struct json_node *predicate, const char *name, struct digest *ret)
{
    return digest_of_hex(json_member_bytes(predicate, name), ret);
}

static bool integrity_formed(struct statement *s)
{
    const struct json_node *epoch = json_member(s->predicate, "epoch");
    struct digest d;

    return (hex_is(s->predicate, "root", &d) && hex_is(s->predicate, "aliasRoot", &d) &&
            note_name_valid(json_member_bytes(s->predicate, "origin")) && epoch != NULL &&
            epoch->kind == JSON_KIND_NUMBER && epoch->number >= 0) ||
           refuse(s, "there is no origin, epoch or root in it");
}

/* A new key, named by the old one, which signs. */
static bool rotation_formed(struct statement *s)
{
    struct note_key next;
    struct digest old;

    if (!json_members_known(s->predicate, "key next at", "the predicate", s->err) ||
        !note_key_parse(json_member_bytes(s->predicate, "next"), s->arena, &next, s->err))
        return false;
    struct digest name = public_key_name(&next.key);
    struct digest mine = public_key_name(s->key);

    if (!digest_equal(&name, &s->subject))
        return refuse(s, "the subject is not the new key");
    return (hex_is(s->predicate, "key", &old) && digest_equal(&old, &mine)) ||
           refuse(s, "the old key is not the one that would sign");
}

static bool revocation_formed(struct statement *s)
{
    struct digest d;

    return (json_members_known(s->predicate, "key at reason", "the predicate", s->err) &&
            hex_is(s->predicate, "key", &d) && digest_equal(&d, &s->subject) &&
            json_member_bytes(s->predicate, "at").len > 0) ||
           refuse(s, "it does not name a key and a date");
}

static bool predicate_formed(struct statement *s, struct bytes type)
{
    static const struct {
        const char *type;
        bool (*formed)(struct statement *s);
    } rows[] = {
        {"urn:assay:fleet-integrity:1", integrity_formed },
        {"urn:assay:key-rotation:1",    rotation_formed  },
        {"urn:assay:key-revocation:1",  revocation_formed},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (bytes_equal_text(type, rows[i].type))
            return rows[i].formed(s);
    }
    return refuse(s, "it is of a kind that is not signed here");
}

/* Takes "DSSEv1 N TYPE M PAYLOAD" apart. */
static bool payload_of(struct bytes message, struct bytes *ret)
{
    static const char head[] = "DSSEv1 28 " DSSE_STATEMENT " ";
    struct bytes length;
    uint64_t n = 0;

    _Static_assert(sizeof(DSSE_STATEMENT) - 1 == 28, "the length stands in the head");
    *ret = message;
    return cut_literal(ret, head) && bytes_cut(ret, ' ', &length) &&
           ledger_number(length, &n) && n == ret->len;
}

bool signer_statement_formed(struct bytes message, const struct public_key *key,
                             struct arena *a, struct err *e)
{
    struct statement s = {.key = key, .arena = a, .err = e};
    struct json_node *root;
    struct bytes payload;

    if (!payload_of(message, &payload))
        return refuse(&s, "this is no envelope of a statement");
    struct bytes rest = payload;
    struct bytes hex;

    if (result_head(&rest, &hex))
        return result_formed(&s, rest, hex);
    if (!json_parse(payload, a, &root, e) ||
        !json_members_known(root, "_type subject predicateType predicate", "the statement", e))
        return err_wrap(e, "not signed");
    const struct json_node *subject = json_member(root, "subject");

    if (!bytes_equal_text(json_member_bytes(root, "_type"), "https://in-toto.io/Statement/v1"))
        return refuse(&s, "it is no in-toto statement");
    if (subject == NULL || subject->kind != JSON_KIND_ARRAY || subject->count != 1 ||
        !digest_of_hex(
            json_member_bytes(json_member(&subject->children[0], "digest"), "sha256"),
            &s.subject))
        return refuse(&s, "it has not one subject with a SHA-256");
    s.predicate = json_member(root, "predicate");
    return predicate_formed(&s, json_member_bytes(root, "predicateType"));
}
