/* SPDX-License-Identifier: Apache-2.0 */
/* A result in one of the forms of export/export.h, with all that the form asks for beside it.
 */
#ifndef ASSAY_APP_PUBLISH_H
#define ASSAY_APP_PUBLISH_H

#include "export/export.h"
#include "signer/signer.h"

enum publish_format {
    PUBLISH_JSONL,
    PUBLISH_OCSF,
    PUBLISH_SARIF,
    PUBLISH_STIX,
    PUBLISH_EAR,
    PUBLISH_HTML,
};

struct publish_request {
    enum publish_format format;
    struct signer *signer;             /* of PUBLISH_EAR */
    struct export_confirmed confirmed; /* of PUBLISH_STIX */
};

/* By the word of the command line: "jsonl", "ocsf", "sarif", "stix", "ear", "html". */
bool publish_format_by_name(struct bytes name, enum publish_format *ret);

bool publish(struct text *t, const struct result *r, const struct publish_request *q,
             struct arena *a, struct err *e);

#endif
