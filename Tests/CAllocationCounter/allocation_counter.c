// glibc offers its allocator under names of its own, so that a program can put itself before it.
#include "CAllocationCounter.h"

#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

#if defined(__GLIBC__) && !defined(HAS_SANITIZER)

#include <errno.h>
#include <malloc.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static _Thread_local struct {
  int active;
  long calls, live, peak;
} counter;

static void *counted(void *block) {
  if (counter.active && block != NULL) {
    counter.calls += 1;
    counter.live += (long)malloc_usable_size(block);
    if (counter.live > counter.peak) counter.peak = counter.live;
  }
  return block;
}

static void forget(void *block) {
  if (counter.active && block != NULL) counter.live -= (long)malloc_usable_size(block);
}

void *malloc(size_t size) { return counted(__libc_malloc(size)); }
void *calloc(size_t count, size_t size) { return counted(__libc_calloc(count, size)); }
void *memalign(size_t alignment, size_t size) { return counted(__libc_memalign(alignment, size)); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

void *realloc(void *block, size_t size) {
  forget(block);
  return counted(__libc_realloc(block, size));
}

int posix_memalign(void **out, size_t alignment, size_t size) {
  void *block = memalign(alignment, size);
  if (block == NULL) return ENOMEM;
  *out = block;
  return 0;
}

void free(void *block) {
  forget(block);
  __libc_free(block);
}

int allocation_counter_works(void) { return 1; }

void allocation_counter_start(void) {
  counter.calls = counter.live = counter.peak = 0;
  counter.active = 1;
}

allocation_counts allocation_counter_stop(void) {
  counter.active = 0;
  return (allocation_counts){counter.calls, counter.peak};
}

#else

int allocation_counter_works(void) { return 0; }
void allocation_counter_start(void) {}
allocation_counts allocation_counter_stop(void) { return (allocation_counts){0, 0}; }

#endif
