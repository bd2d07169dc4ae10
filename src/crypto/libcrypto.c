/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/libcrypto.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "base/arena.h"

/* waiver writable-file-scope: filled once under `once`, read-only afterwards */
static struct libcrypto loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
    void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);

    if (library == NULL)
        BUG("libcrypto.so.3 cannot be loaded");
#define LOAD(type, name, parameters)                                                           \
    {                                                                                          \
        void *symbol = dlsym(library, #name);                                                  \
                                                                                               \
        if (symbol == NULL)                                                                    \
            BUG("libcrypto.so.3 lacks " #name);                                                \
        memcpy(&loaded.name, &symbol, sizeof(symbol));                                         \
    }
    LIBCRYPTO_FUNCTIONS(LOAD)
#undef LOAD
}

const struct libcrypto *libcrypto(void)
{
    (void)pthread_once(&once, load);
    return &loaded;
}
