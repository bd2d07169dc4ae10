/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SMBus controllers of the chipset through the kernel's i2c-dev. Other I2C buses (displays,
 * sensors of a graphics card) are not probed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "collect/smbus.h"

enum {
    SCAN_MAX = 1 << 20
};

/* One read transfer; the byte or a negative errno. */
static int transfer(int fd, uint8_t address, uint8_t command, uint32_t size)
{
    union i2c_smbus_data data = {0};
    struct i2c_smbus_ioctl_data request = {
        .read_write = I2C_SMBUS_READ, .command = command, .size = size, .data = &data};

    if (ioctl(fd, I2C_SLAVE, (unsigned long)address) < 0 || ioctl(fd, I2C_SMBUS, &request) < 0)
        return -errno;
    return data.byte;
}

static int receive_byte(void *user, uint8_t address)
{
    return transfer(*(const int *)user, address, 0, I2C_SMBUS_BYTE);
}

static int read_byte(void *user, uint8_t address, uint8_t command)
{
    return transfer(*(const int *)user, address, command, I2C_SMBUS_BYTE_DATA);
}

static void probe_bus(struct live *l, unsigned number, struct text *scan)
{
    const char *path = arena_format(l->arena, "dev/i2c-%u", number);
    int fd = root_file(l->root, path, O_RDWR);
    unsigned long functions = 0;

    if (fd < 0) {
        live_trouble(l, errno == ENOENT ? ENODEV : errno, path);
        return;
    }
    if (ioctl(fd, I2C_FUNCS, &functions) < 0) {
        live_trouble(l, errno, path);
    } else if ((functions & I2C_FUNC_SMBUS_READ_BYTE) != 0) {
        struct smbus bus = {.user = &fd,
                            .number = number,
                            .byte_data = (functions & I2C_FUNC_SMBUS_READ_BYTE_DATA) != 0,
                            .receive_byte = receive_byte,
                            .read_byte = read_byte};

        text_printf(scan, "bus %u funcs %lx\n", number, functions);
        smbus_collect(l, &bus, scan);
    }
    (void)close(fd);
}

void live_smbus(struct live *l)
{
    struct path_list buses;
    struct text scan;
    const char *where = "";
    int why = root_walk(l->root, "sys/bus/i2c/devices/i2c-*", l->arena, &buses, &where);

    if (why != 0)
        live_trouble(l, why, where);
    text_init(&scan, l->arena, SCAN_MAX);
    for (size_t i = 0; i < buses.count; i++) {
        const char *bus = buses.paths[i];
        uint64_t number = 0;
        struct bytes name =
            root_text(l->root, arena_format(l->arena, "%s/name", bus), l->arena);

        if (bytes_starts_with(name, "SMBus") &&
            bytes_number(bytes_of(strrchr(bus, '-') + 1), 10, &number) && number < 1 << 20)
            probe_bus(l, (unsigned)number, &scan);
    }
    if (scan.len > 0) {
        live_seen(l, "i2c/scan.txt", text_bytes(&scan));
    } else if (l->state == COVERAGE_ABSENT) {
        l->state = COVERAGE_UNSUPPORTED;
        l->reason = "the kernel serves no SMBus controller";
    }
}
