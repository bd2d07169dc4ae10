/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CLI_DOCUMENT_JSON_H
#define ASSAY_CLI_DOCUMENT_JSON_H

#include "app/document.h"
#include "base/json.h"

/* A document as an object: id, judge, severity, title, and its paragraphs. */
void document_json(struct json *j, const struct document *d, struct arena *a);

#endif
