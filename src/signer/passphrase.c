/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"

enum {
    CONTROL_C = 3
};

/* One line, or what comes before the end. */
static bool read_line(int fd, const char *where, struct passphrase *ret, struct err *e)
{
    ret->len = 0;
    for (;;) {
        uint8_t c = 0;
        ssize_t n = read(fd, &c, 1);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_system(e, errno, "cannot read the passphrase from %s", where);
        if (n == 0 || c == '\n')
            break;
        if (c == CONTROL_C && isatty(fd) == 1)
            return err_set(e, ERR_INPUT, "no passphrase was given");
        if (ret->len == sizeof(ret->bytes))
            return err_set(e, ERR_LIMIT, "the passphrase is longer than %zu bytes",
                           sizeof(ret->bytes));
        ret->bytes[ret->len++] = c;
    }
    return ret->len > 0 || err_set(e, ERR_INPUT, "the passphrase from %s is empty", where);
}

/* A line from the terminal that is not shown. Interrupting it must not leave the terminal so.
 */
static bool ask(int tty, const char *prompt, struct passphrase *ret, struct err *e)
{
    struct termios shown;
    struct termios hidden;

    if (tcgetattr(tty, &shown) != 0)
        return err_system(e, errno, "cannot hide what is typed");
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ISIG);
    hidden.c_cc[VEOL] = CONTROL_C;
    if (tcsetattr(tty, TCSAFLUSH, &hidden) != 0)
        return err_system(e, errno, "cannot hide what is typed");
    bool good = fd_write(tty, bytes_of(prompt), e) && read_line(tty, "the terminal", ret, e);

    (void)tcsetattr(tty, TCSAFLUSH, &shown);
    (void)fd_write(tty, bytes_of("\n"), &(struct err){0});
    return good;
}

static bool from_terminal(bool confirm, struct passphrase *ret, struct err *e)
{
    struct passphrase again = {0};
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

    if (tty < 0)
        return err_set(e, ERR_ABSENT,
                       "a passphrase is needed, and there is no terminal to ask at "
                       "(--passphrase-file, --passphrase-fd)");
    bool good = ask(tty, confirm ? "New passphrase: " : "Passphrase of the key: ", ret, e);

    if (good && confirm) {
        good = ask(tty, "Once more: ", &again, e);
        if (good && (again.len != ret->len || memcmp(again.bytes, ret->bytes, ret->len) != 0))
            good = err_set(e, ERR_INPUT, "the two passphrases differ");
        secret_wipe(&again, sizeof(again));
    }
    (void)close(tty);
    return good;
}

bool passphrase_get(const struct passphrase_source *s, bool confirm, struct passphrase *ret,
                    struct err *e)
{
    if (s->descriptor >= 0)
        return read_line(s->descriptor, "the descriptor", ret, e);
    if (s->file == NULL)
        return from_terminal(confirm, ret, e);
    int fd = open(s->file, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return err_system(e, errno, "cannot open %s", s->file);
    bool good = read_line(fd, s->file, ret, e);

    (void)close(fd);
    return good;
}
