/* Loaded before the C library: counts the calls that touch files under a folder, and lets one of them, or all from one
 * on, fail; or kills the process there. Told what to do by the environment:
 *
 *   FAULT_UNDER  the folder, as the program names it
 *   FAULT_KINDS  letters of the calls that count: o(pen) w(rite) f(sync) m(ove) t(runcate) u(nlink) r(ead)
 *   FAULT_AT     number of the call, from 1; 0: none
 *   FAULT_MODE   once, from (then on), before (killed), after (killed), torn (half written, killed), half (half written)
 *   FAULT_ERRNO  what failing calls report
 *   FAULT_LOG    file that gets a line "letter name" for each call
 *
 * System calls are made directly: nothing of this can come back here. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FDS = 1024, NAME = 64 };
enum act { PASS, FAIL, HALF, TORN, DIE_AFTER };

static struct {
    const char *under, *kinds, *mode;
    long at;
    int error, log;
} plan;
static atomic_long count;
static char watched[FDS][NAME];

__attribute__((constructor)) static void begin(void) {
    const char *at = getenv("FAULT_AT"), *error = getenv("FAULT_ERRNO"), *log = getenv("FAULT_LOG");
    plan.kinds = getenv("FAULT_KINDS");
    plan.mode = getenv("FAULT_MODE");
    plan.at = at ? atol(at) : 0;
    plan.error = error ? atoi(error) : EIO;
    plan.log = log ? syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    plan.under = getenv("FAULT_UNDER");
}

/* The part of a path below the folder ("." for itself), or NULL. */
static const char *below(const char *path) {
    size_t length = plan.under ? strlen(plan.under) : 0;
    if (!length || !plan.kinds || !plan.mode || strncmp(path, plan.under, length)) return NULL;
    if (!path[length] || (path[length] == '/' && !path[length + 1])) return ".";
    return path[length] == '/' ? path + length + 1 : NULL;
}

static void die(void) {
    syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    for (;;) pause();
}

/* Counts a call and says what is to become of it. An open that creates is logged as c. */
static enum act meet(char kind, const char *name) {
    if (!name || !*name || !strchr(plan.kinds, kind == 'c' ? 'o' : kind)) return PASS;
    long number = atomic_fetch_add(&count, 1) + 1;
    if (plan.log >= 0) {
        char line[NAME + 4];
        int length = snprintf(line, sizeof line, "%c %.60s\n", kind, name);
        syscall(SYS_write, plan.log, line, length);
    }
    if (!plan.at || number < plan.at) return PASS;
    if (!strcmp(plan.mode, "from")) return FAIL;
    if (number > plan.at) return PASS;
    if (!strcmp(plan.mode, "before")) die();
    if (!strcmp(plan.mode, "after")) return DIE_AFTER;
    if (!strcmp(plan.mode, "torn")) return kind == 'w' ? TORN : DIE_AFTER;
    if (!strcmp(plan.mode, "half")) return kind == 'w' ? HALF : PASS;
    return FAIL;
}

static const char *name_of(int fd) { return fd >= 0 && fd < FDS ? watched[fd] : NULL; }

static long fail(void) {
    errno = plan.error;
    return -1;
}

static long end(enum act act, long result) {
    if (act == TORN || act == DIE_AFTER) die();
    return result;
}

static size_t share(enum act act, size_t size) {
    return (act == TORN || act == HALF) && size > 1 ? size / 2 : size;
}

static int open_at(int folder, const char *path, int flags, mode_t mode) {
    const char *name = below(path);
    enum act act = meet(flags & O_CREAT ? 'c' : 'o', name);
    if (act == FAIL) return (int)fail();
    int fd = (int)syscall(SYS_openat, folder, path, flags, mode);
    if (fd >= 0 && fd < FDS) snprintf(watched[fd], NAME, "%s", name ? name : "");
    return (int)end(act, fd);
}

#define MODE(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }
int open(const char *path, int flags, ...) { MODE(flags) return open_at(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return open_at(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE(flags) return open_at(folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { MODE(flags) return open_at(folder, path, flags, mode); }

/* A copy of a descriptor is of the same file. */
static int copied(int fd, int copy) {
    if (copy >= 0 && copy < FDS) memcpy(watched[copy], fd >= 0 && fd < FDS ? watched[fd] : "", fd >= 0 && fd < FDS ? NAME : 1);
    return copy;
}

static int control(int fd, int what, long value) {
    int result = (int)syscall(SYS_fcntl, fd, what, value);
    return what == F_DUPFD || what == F_DUPFD_CLOEXEC ? copied(fd, result) : result;
}

#define VALUE(what) \
    va_list rest; \
    va_start(rest, what); \
    long value = va_arg(rest, long); \
    va_end(rest);
int fcntl(int fd, int what, ...) { VALUE(what) return control(fd, what, value); }
int fcntl64(int fd, int what, ...) { VALUE(what) return control(fd, what, value); }
int dup(int fd) { return copied(fd, (int)syscall(SYS_dup, fd)); }

int close(int fd) {
    if (fd >= 0 && fd < FDS) watched[fd][0] = 0;
    return (int)syscall(SYS_close, fd);
}

ssize_t write(int fd, const void *bytes, size_t size) {
    enum act act = meet('w', name_of(fd));
    return act == FAIL ? fail() : end(act, syscall(SYS_write, fd, bytes, share(act, size)));
}

ssize_t writev(int fd, const struct iovec *parts, int number) {
    enum act act = meet('w', name_of(fd));
    if (act == TORN || act == HALF) return end(act, syscall(SYS_write, fd, parts[0].iov_base, parts[0].iov_len));
    return act == FAIL ? fail() : end(act, syscall(SYS_writev, fd, parts, number));
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
    enum act act = meet('w', name_of(fd));
    return act == FAIL ? fail() : end(act, syscall(SYS_pwrite64, fd, bytes, share(act, size), at));
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) { return pwrite64(fd, bytes, size, at); }

ssize_t read(int fd, void *bytes, size_t size) {
    enum act act = meet('r', name_of(fd));
    return act == FAIL ? fail() : end(act, syscall(SYS_read, fd, bytes, size));
}

ssize_t pread64(int fd, void *bytes, size_t size, off64_t at) {
    enum act act = meet('r', name_of(fd));
    return act == FAIL ? fail() : end(act, syscall(SYS_pread64, fd, bytes, size, at));
}
ssize_t pread(int fd, void *bytes, size_t size, off_t at) { return pread64(fd, bytes, size, at); }

int fsync(int fd) {
    enum act act = meet('f', name_of(fd));
    return (int)(act == FAIL ? fail() : end(act, syscall(SYS_fsync, fd)));
}

int fdatasync(int fd) {
    enum act act = meet('f', name_of(fd));
    return (int)(act == FAIL ? fail() : end(act, syscall(SYS_fdatasync, fd)));
}

int ftruncate64(int fd, off64_t size) {
    enum act act = meet('t', name_of(fd));
    return (int)(act == FAIL ? fail() : end(act, syscall(SYS_ftruncate, fd, size)));
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int rename(const char *from, const char *to) {
    enum act act = meet('m', below(to));
    return (int)(act == FAIL ? fail() : end(act, syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0)));
}

int unlink(const char *path) {
    enum act act = meet('u', below(path));
    return (int)(act == FAIL ? fail() : end(act, syscall(SYS_unlinkat, AT_FDCWD, path, 0)));
}
