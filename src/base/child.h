/* SPDX-License-Identifier: Apache-2.0 */
/* A process that this one started, and the stream socket between them. */
#ifndef ASSAY_BASE_CHILD_H
#define ASSAY_BASE_CHILD_H

#include <sys/types.h>

#include "base/bytes.h"

/* Sends all of `b`; false when nobody reads any more. Never raises SIGPIPE. */
bool child_send(int fd, struct bytes b);

/* Receives exactly `size` bytes; false at an earlier end, or when something fails. */
bool child_receive(int fd, void *ret, size_t size);

/* Waits until it has ended, however it did. */
void child_wait(pid_t pid);

#endif
