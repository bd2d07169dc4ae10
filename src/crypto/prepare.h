/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcrypto is loaded at first use, from files, and reads more files then. A process that is
 * about to give up its right to open files says so first.
 */
#ifndef ASSAY_CRYPTO_PREPARE_H
#define ASSAY_CRYPTO_PREPARE_H

#include <stdbool.h>

/* Loads libcrypto and what it reads from files; costs milliseconds. False if that was done. */
bool crypto_prepare(void);

/* From now on the first need for a libcrypto that is not prepared ends the process with this
 * exit status. */
void crypto_seal(int status);

#endif
