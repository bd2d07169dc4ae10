/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules of YARA on what was decoded: every blob, decompressed or as collected, and every
 * program in one by itself. libyara is loaded when it is asked for and runs in a process of its
 * own that can open nothing; what that says is checked.
 */
#ifndef ASSAY_APP_YARA_JUDGE_H
#define ASSAY_APP_YARA_JUDGE_H

#include "appraise/finding.h"

/*
 * A finding for each rule of the file `path` and each part in which it matches: rule, place and
 * offset of its first string. *ret_digest is the SHA-256 of the file. False where the file
 * cannot be read, its rules are wrong, libyara is not there or the process did not end well.
 */
bool yara_judge(const char *path, const struct subject *s, struct findings *f,
                struct digest *ret_digest, struct err *e);

#endif
