/* SPDX-License-Identifier: Apache-2.0 */
/* Whether bytes are JSON as base/json.h writes it, without making a tree of them: for texts
 * that are long and of which nothing else is asked. */
#ifndef ASSAY_BASE_JSON_CHECK_H
#define ASSAY_BASE_JSON_CHECK_H

#include "base/bytes.h"

/*
 * True for one value without blanks: UTF-8, integers only, at most 60 levels. Does not see a
 * member that is there twice.
 */
bool json_written(struct bytes b);

/* Cuts a string, with its quotes, off the front. */
bool json_cut_string(struct bytes *rest, struct bytes *ret);

#endif
