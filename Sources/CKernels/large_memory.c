#if defined(__linux__)
#define _DEFAULT_SOURCE
#endif
#include "large_memory.h"

#include <stdint.h>

#if defined(__linux__)
#include <sys/mman.h>
#endif

void ck_advise_large_pages(void *memory, size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  const uintptr_t page = (uintptr_t)2 << 20;
  const uintptr_t start = ((uintptr_t)memory + page - 1) / page * page;
  const uintptr_t end = ((uintptr_t)memory + bytes) / page * page;
  if (start < end) madvise((void *)start, end - start, MADV_HUGEPAGE);
#else
  (void)memory;
  (void)bytes;
#endif
}
