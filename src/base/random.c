/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"

#include <errno.h>
#include <sys/random.h>

#include "base/arena.h"

void random_bytes(uint8_t *ret, size_t n)
{
    while (n > 0) {
        ssize_t got = getrandom(ret, n, 0);

        if (got < 0 && errno != EINTR)
            BUG("the system gives no random bytes");
        if (got > 0) {
            ret += got;
            n -= (size_t)got;
        }
    }
}
