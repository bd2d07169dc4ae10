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

/*
 * The policy in a JSON file: the built-in one with what the file changes. A member that is not
 * known is an error, so that a misspelt word does not weaken anything. Paths of lists in it are
 * taken from the folder of the file.
 */
bool policy_read(const char *path, struct arena *a, struct policy *ret, struct err *e);

/* As policy_read, from bytes; lists in files are taken from `folder`. */
bool policy_parse(struct bytes b, const char *folder, struct arena *a, struct policy *ret,
                  struct err *e);

/*
 * A list of revoked digests: a UEFI signature list or authenticated update as published, the
 * published JSON list (its x64 images), or text with a SHA-256 digest a line. Replaces the
 * policy's list; the policy must be sealed again.
 */
bool policy_revoked_read(const char *path, struct arena *a, struct digest_list *ret,
                         struct err *e);

#endif
