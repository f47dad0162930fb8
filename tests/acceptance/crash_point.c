/* Loaded into a server and all its children: ends them all, as a power cut does, at the Nth step that storage takes.
   A step is a rename, a sync, or the first of a row of writes to a database, so that each of its commits is met before
   it is written and before it is synced. All processes count together, in a file that they share. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

struct counter {
    long seen, last, group, is_writing;
};

static struct counter *counter;

__attribute__((constructor)) static void open_counter(void)
{
    const char *path = getenv("CRASH_COUNTER");
    int file = path ? open(path, O_RDWR) : -1;
    if (file < 0)
        return;
    void *shared = mmap(NULL, sizeof(struct counter), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (shared == MAP_FAILED)
        return;
    counter = shared;
    if (!counter->group) {
        setpgid(0, 0);
        counter->group = getpid();
    }
}

static void take_step(int is_write)
{
    if (!counter || (__sync_lock_test_and_set(&counter->is_writing, is_write) && is_write))
        return;
    if (__sync_add_and_fetch(&counter->seen, 1) == counter->last)
        kill((pid_t)-counter->group, SIGKILL);
}

int rename(const char *from, const char *to)
{
    take_step(0);
    return ((int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename"))(from, to);
}

int fsync(int file)
{
    take_step(0);
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
}

int fdatasync(int file)
{
    take_step(0);
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at)
{
    take_step(1);
    return ((ssize_t (*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64"))(file, bytes, size, at);
}
