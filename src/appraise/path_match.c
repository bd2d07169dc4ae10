/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/path_match.h"

/* Where to go on when what follows a star did not fit: one byte further into the path. */
struct retry {
    const char *pattern;
    size_t at;
    bool any; /* the star may take '/' */
};

bool path_match(const char *pattern, struct bytes path)
{
    struct retry single = {NULL, 0, false};
    struct retry twice = {NULL, 0, true};
    size_t at = 0;

    for (;;) {
        if (pattern[0] == '*' && pattern[1] == '*') {
            pattern += 2;
            twice = (struct retry){pattern, at, true};
            single.pattern = NULL;
            continue;
        }
        if (pattern[0] == '*') {
            single = (struct retry){++pattern, at, false};
            continue;
        }
        if (at < path.len && pattern[0] == (char)path.data[at] && pattern[0] != '\0') {
            pattern++;
            at++;
            continue;
        }
        if (at == path.len && pattern[0] == '\0')
            return true;
        /* A single star may grow within its segment; then a double one. */
        if (single.pattern != NULL && single.at < path.len && path.data[single.at] != '/') {
            pattern = single.pattern;
            at = ++single.at;
        } else if (twice.pattern != NULL && twice.at < path.len) {
            pattern = twice.pattern;
            at = ++twice.at;
            single.pattern = NULL;
        } else {
            return false;
        }
    }
}

bool path_is_revocation(struct bytes path)
{
    static const char *const lists[] = {"**:dbx/**", "**:dbxDefault/**", "**:MokListX*/**",
                                        "**/vendor-revoked/**"};

    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        if (path_match(lists[i], path))
            return true;
    }
    return false;
}
