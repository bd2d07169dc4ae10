/* SPDX-License-Identifier: Apache-2.0 */
/* The BMC through the kernel's ipmi_devintf. */
#include <errno.h>
#include <fcntl.h>
#include <linux/ipmi.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "collect/ipmi.h"

enum {
    WAIT_MILLISECONDS = 10000,
    STRAYS_MAX = 64
};

struct device {
    int fd;
    long sequence;
};

static int send_request(struct device *d, uint8_t netfn, uint8_t command, struct bytes request)
{
    struct ipmi_system_interface_addr to = {.addr_type = IPMI_SYSTEM_INTERFACE_ADDR_TYPE,
                                            .channel = IPMI_BMC_CHANNEL};
    uint8_t room[64];
    struct ipmi_req message = {
        .addr = (unsigned char *)&to,
        .addr_len = sizeof(to),
        .msgid = ++d->sequence,
        .msg = {.netfn = netfn, .cmd = command, .data = room}
    };

    if (request.len > sizeof(room))
        return EINVAL;
    if (request.len > 0)
        memcpy(room, request.data, request.len);
    message.msg.data_len = (unsigned short)request.len;
    return ioctl(d->fd, IPMICTL_SEND_COMMAND, &message) == 0 ? 0 : errno;
}

/* The next message that the driver holds. */
static int receive(struct device *d, struct ipmi_answer *ret, long *ret_sequence)
{
    struct ipmi_addr from;
    struct ipmi_recv message = {
        .addr = (unsigned char *)&from,
        .addr_len = sizeof(from),
        .msg = {.data = ret->bytes, .data_len = sizeof(ret->bytes)}
    };
    struct pollfd wait = {.fd = d->fd, .events = POLLIN};
    int ready = poll(&wait, 1, WAIT_MILLISECONDS);

    if (ready <= 0)
        return ready == 0 ? ETIMEDOUT : errno;
    if (ioctl(d->fd, IPMICTL_RECEIVE_MSG_TRUNC, &message) != 0 && errno != EMSGSIZE)
        return errno;
    ret->len = message.msg.data_len;
    *ret_sequence = message.recv_type == IPMI_RESPONSE_RECV_TYPE ? message.msgid : -1;
    return 0;
}

static int exchange(void *user, uint8_t netfn, uint8_t command, struct bytes request,
                    struct ipmi_answer *ret)
{
    struct device *d = user;
    int why = send_request(d, netfn, command, request);

    /* Events and late answers may stand before ours. */
    for (unsigned i = 0; why == 0 && i < STRAYS_MAX; i++) {
        long sequence = -1;

        why = receive(d, ret, &sequence);
        if (why == 0 && sequence == d->sequence)
            return 0;
    }
    return why != 0 ? why : EPROTO;
}

void live_ipmi(struct live *l)
{
    static const char *const names[] = {"dev/ipmi0", "dev/ipmi/0", "dev/ipmidev/0"};
    struct device d = {.fd = -1};
    int why = ENOENT;

    for (size_t i = 0; i < ARRAY_LEN(names) && d.fd < 0 && why == ENOENT; i++) {
        d.fd = root_file(l->root, names[i], O_RDWR);
        why = errno;
    }
    if (d.fd >= 0) {
        struct ipmi_bus bus = {&d, exchange};

        ipmi_collect(l, &bus);
        (void)close(d.fd);
        return;
    }
    if (why != ENOENT && why != ENOTDIR) {
        live_trouble(l, why, "/dev/ipmi0");
        return;
    }
    l->state = COVERAGE_UNSUPPORTED;
    l->reason = "there is no /dev/ipmi0: no BMC, or its kernel drivers are not loaded";
}
