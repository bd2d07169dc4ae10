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
    static const struct {
        const char *name;
        size_t place; /* of the pointer in `loaded` */
    } functions[] = {

#define ROW(type, name, parameters) {#name, offsetof(struct libcrypto, name)},
        LIBCRYPTO_FUNCTIONS(ROW)
#undef ROW
    };
    void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);

    if (library == NULL)
        BUG("libcrypto.so.3 cannot be loaded");
    for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
        void *symbol = dlsym(library, functions[i].name);

        if (symbol == NULL)
            BUG("libcrypto.so.3 lacks a function of the list");
        memcpy((uint8_t *)&loaded + functions[i].place, &symbol, sizeof(symbol));
    }
}

const struct libcrypto *libcrypto(void)
{
    (void)pthread_once(&once, load);
    return &loaded;
}
