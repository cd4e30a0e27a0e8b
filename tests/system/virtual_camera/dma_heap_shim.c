/* For LD_PRELOAD: a DMA heap made of memfds, for machines whose kernel has none.
 *
 * libcamera and picamera2 open a heap, ask it for buffers by ioctl, and fence accesses by DMA-BUF's
 * sync ioctl. Here a heap is an empty memfd, a buffer a memfd of that size, and fencing is nothing,
 * since no hardware writes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *const heaps[] = {
    "/dev/udmabuf",
    "/dev/dma_heap/system",
    "/dev/dma_heap/linux,cma",
};

static int is_heap(const char *path)
{
    for (unsigned i = 0; path && i < sizeof heaps / sizeof *heaps; i++)
        if (!strcmp(path, heaps[i]))
            return 1;
    return 0;
}

#define OPEN(name)                                                                 \
    int name(const char *path, int flags, ...)                                     \
    {                                                                              \
        va_list rest;                                                              \
        va_start(rest, flags);                                                     \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;    \
        va_end(rest);                                                              \
        if (is_heap(path))                                                         \
            return memfd_create("heap", MFD_CLOEXEC);                              \
        int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, #name);             \
        return real(path, flags, mode);                                            \
    }

OPEN(open)
OPEN(open64)

static int allocate(struct dma_heap_allocation_data *wanted)
{
    int fd = memfd_create("buffer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -1;
    if (ftruncate(fd, (off_t)wanted->len) < 0) {
        close(fd);
        return -1;
    }
    wanted->fd = (unsigned)fd;
    return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (request == DMA_HEAP_IOCTL_ALLOC)
        return allocate(argument);
    if (request == UDMABUF_CREATE)
        return fcntl((int)((struct udmabuf_create *)argument)->memfd, F_DUPFD_CLOEXEC, 3);
    /* Sync, and naming a buffer: everything else of DMA-BUF's that is used. */
    if (_IOC_TYPE(request) == DMA_BUF_BASE && _IOC_NR(request) <= 1)
        return 0;
    int (*real)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
    return real(fd, request, argument);
}
