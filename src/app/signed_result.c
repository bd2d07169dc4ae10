/* SPDX-License-Identifier: Apache-2.0 */
#include "app/signed_result.h"

#include "base/base64.h"
#include "base/json_read.h"

enum {
    PAYLOAD_MAX = 512 << 20
};

static const char predicate_type[] = "urn:assay:result:1";

struct bytes signed_result_payload(const struct result *r, struct arena *a)
{
    struct bytes encoded = result_encode(r, a);
    struct digest digest = result_node_digest(encoded);
    struct text node;
    struct text shown;
    struct text t;
    struct json j;

    text_init(&node, a, PAYLOAD_MAX);
    text_char(&node, '"');
    text_base64(&node, encoded);
    text_char(&node, '"');
    text_init(&shown, a, PAYLOAD_MAX);
    result_json(&shown, r, a);
    text_init(&t, a, PAYLOAD_MAX);
    json_init(&j, &t);
    statement_begin(&j, r->subject, &digest, predicate_type);
    json_object_begin(&j);
    json_key(&j, "node");
    json_raw(&j, text_bytes(&node));
    json_key(&j, "result");
    json_raw(&j, bytes_trim(text_bytes(&shown)));
    json_object_end(&j);
    statement_end(&j);
    return text_bytes(&t);
}

bool signed_result_make(const struct result *r, struct signer *signer, struct arena *a,
                        struct bytes *ret_envelope, struct err *e)
{
    return statement_sign(signed_result_payload(r, a), signer, a, ret_envelope, e);
}

bool signed_result_recognise(struct bytes file)
{
    return bytes_starts_with(file, "{\"payload\":\"");
}

bool signed_result_read(struct bytes envelope, struct arena *a, struct dsse *ret_envelope,
                        struct result *ret, struct err *e)
{
    struct json_node *root;
    struct bytes node;

    if (!dsse_parse(envelope, a, ret_envelope, e) ||
        !json_parse(ret_envelope->payload, a, &root, e))
        return false;
    if (!bytes_equal_text(ret_envelope->type, DSSE_STATEMENT) ||
        !bytes_equal_text(json_member_bytes(root, "predicateType"), predicate_type))
        return err_set(e, ERR_INPUT, "the envelope holds no result");
    if (!base64_decode(json_member_bytes(json_member(root, "predicate"), "node"), a, &node) ||
        !result_decode(node, a, ret, e))
        return err_set(e, ERR_INPUT, "the envelope holds no sound result node");
    /* Digest, members and rendering all follow from the node. */
    return bytes_equal(signed_result_payload(ret, a), ret_envelope->payload) ||
           err_set(e, ERR_INPUT,
                   "what the envelope shows is not what its result node says, or another "
                   "version of this program made it");
}
