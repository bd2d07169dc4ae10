/* SPDX-License-Identifier: Apache-2.0 */
/* Policies and lists from files. docs/policy.md describes the format. */
#ifndef ASSAY_APP_POLICY_FILE_H
#define ASSAY_APP_POLICY_FILE_H

#include "appraise/policy.h"
#include "base/err.h"

/*
 * The policy to judge by: that of a file, or the built-in one if `path` is NULL; with the
 * revocation list of `revoked` instead of its own unless that is NULL.
 */
bool policy_load(const char *path, const char *revoked, struct arena *a, struct policy *ret,
                 struct err *e);

/* As policy_read, from bytes; lists in files are taken from `folder`. */
bool policy_parse(struct bytes b, const char *folder, struct arena *a, struct policy *ret,
                  struct err *e);

#endif
