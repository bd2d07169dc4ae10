/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/libcrypto.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "crypto/digest.h"
#include "crypto/prepare.h"

/* waiver writable-file-scope: filled once under `once`, read-only afterwards */
static struct libcrypto loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;
/* Set once, before a process gives up its right to open files. */
static int sealed_status;
static bool prepared;

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
    if (sealed_status != 0 && !prepared)
        _Exit(sealed_status);
    (void)pthread_once(&once, load);
    return &loaded;
}

const struct libcrypto *libcrypto_for_sha256(void)
{
    (void)pthread_once(&once, load);
    return &loaded;
}

bool crypto_prepare(void)
{
    uint8_t digest[DIGEST_MAX];

    if (prepared)
        return false;
    /* The first digest reads the configuration and sets up the provider of all others. */
    digest_parts(DIGEST_SHA3_256, NULL, 0, digest);
    prepared = true;
    return true;
}

void crypto_seal(int status)
{
    sealed_status = status;
}
