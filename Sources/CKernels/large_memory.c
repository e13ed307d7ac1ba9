#if defined(__linux__)
#define _DEFAULT_SOURCE
#endif
#include "large_memory.h"

#include <stdlib.h>
#include <unistd.h>

// WebAssembly without threads has nothing to lock.
#if !defined(__wasi__) || defined(_REENTRANT)
#define HAS_THREADS 1
#include <pthread.h>
#endif

#if defined(__linux__)
#include <sys/mman.h>
#endif

// Sanitizers of addresses see nothing wrong in a block that is kept and used.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KEEPS_NOTHING 1
#endif
#endif

// 2^16, 1.25 · 2^16, … 1.75 · 2^25, 2^26.
#define CLASSES (4 * 10 + 1)

// Stands in the first bytes of a kept block.
typedef struct kept {
  struct kept *newer, *older;              // of all kept blocks
  struct kept *newer_alike, *older_alike;  // of those of one size
  int size_class;
} kept;

static struct {
#if defined(HAS_THREADS)
  pthread_mutex_t lock;
#endif
  kept *newest, *oldest;
  kept *newest_alike[CLASSES];
  size_t bytes, limit;
  int has_limit;
  ck_block_counts counts;
} pool
#if defined(HAS_THREADS)
    = {.lock = PTHREAD_MUTEX_INITIALIZER}
#endif
;

static void lock_pool(void) {
#if defined(HAS_THREADS)
  pthread_mutex_lock(&pool.lock);
#endif
}

static void unlock_pool(void) {
#if defined(HAS_THREADS)
  pthread_mutex_unlock(&pool.lock);
#endif
}

static size_t class_size(int size_class) {
  size_t quarter = (size_t)ck_smallest_kept / 4 << size_class / 4;
  return quarter * (size_t)(4 + size_class % 4);
}

static int class_of(size_t bytes) {
  if (bytes < ck_smallest_kept || bytes > ck_largest_kept) return -1;
  // Of the power of two at or below, how many quarters on top.
  int doublings = 63 - __builtin_clzll((unsigned long long)(bytes / ck_smallest_kept));
  size_t power = (size_t)ck_smallest_kept << doublings, quarter = power / 4;
  return 4 * doublings + (int)((bytes - power + quarter - 1) / quarter);
}

size_t ck_block_size(size_t bytes) {
  int size_class = class_of(bytes);
  return size_class < 0 ? bytes : class_size(size_class);
}

// 256 MiB, or a sixteenth of the memory where that is less.
static size_t default_limit(void) {
#if defined(KEEPS_NOTHING)
  return 0;
#else
  size_t limit = (size_t)256 << 20;
#if defined(_SC_PHYS_PAGES)
  long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  if (pages > 0 && page > 0 && (size_t)pages / 16 < limit / (size_t)page) {
    limit = (size_t)pages / 16 * (size_t)page;
  }
#endif
  return limit;
#endif
}

static size_t present_limit(void) {
  if (!pool.has_limit) {
    pool.limit = default_limit();
    pool.has_limit = 1;
  }
  return pool.limit;
}

// Takes a block out of both lists.
static void unlink_kept(kept *block) {
  if (block->newer != NULL) block->newer->older = block->older;
  if (block->older != NULL) block->older->newer = block->newer;
  if (pool.newest == block) pool.newest = block->older;
  if (pool.oldest == block) pool.oldest = block->newer;
  if (block->newer_alike != NULL) block->newer_alike->older_alike = block->older_alike;
  if (block->older_alike != NULL) block->older_alike->newer_alike = block->newer_alike;
  if (pool.newest_alike[block->size_class] == block) {
    pool.newest_alike[block->size_class] = block->older_alike;
  }
  pool.bytes -= class_size(block->size_class);
}

// Takes out the oldest blocks until no more than `limit` bytes are kept: a list by `older`.
static kept *surplus(size_t limit) {
  kept *list = NULL;
  while (pool.bytes > limit) {
    kept *block = pool.oldest;
    unlink_kept(block);
    block->older = list;
    list = block;
  }
  return list;
}

static void free_list(kept *list) {
  while (list != NULL) {
    kept *next = list->older;
    free(list);
    list = next;
  }
}

// Asks the system for large pages: the first touch of memory by small ones costs several times what
// writing it does. Advice only.
static void advise_large_pages(void *memory, size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  if (bytes < (size_t)8 << 20) return;
  const uintptr_t page = (uintptr_t)2 << 20;
  const uintptr_t start = ((uintptr_t)memory + page - 1) / page * page;
  const uintptr_t end = ((uintptr_t)memory + bytes) / page * page;
  if (start < end) madvise((void *)start, end - start, MADV_HUGEPAGE);
#else
  (void)memory;
  (void)bytes;
#endif
}

void *ck_take_block(size_t bytes) {
  int size_class = class_of(bytes);
  if (size_class >= 0) {
    lock_pool();
    kept *block = pool.newest_alike[size_class];
    if (block != NULL) {
      unlink_kept(block);
      pool.counts.reused++;
    } else {
      pool.counts.fresh++;
    }
    unlock_pool();
    if (block != NULL) return block;
    bytes = class_size(size_class);
  }
  void *block = NULL;
  if (posix_memalign(&block, 64, bytes > 0 ? bytes : 64) != 0) {
    // What is kept may be what lacks.
    ck_release_kept();
    if (posix_memalign(&block, 64, bytes > 0 ? bytes : 64) != 0) __builtin_trap();
  }
  advise_large_pages(block, bytes);
  return block;
}

void ck_give_block(void *memory, size_t bytes) {
  int size_class = class_of(bytes);
  if (size_class < 0) {
    free(memory);
    return;
  }
  size_t size = class_size(size_class);
  kept *block = memory;
  lock_pool();
  size_t limit = present_limit();
  if (size > limit) {
    unlock_pool();
    free(memory);
    return;
  }
  kept *list = surplus(limit - size);
  *block = (kept){
      .older = pool.newest,
      .older_alike = pool.newest_alike[size_class],
      .size_class = size_class,
  };
  if (pool.newest != NULL) pool.newest->newer = block;
  if (pool.oldest == NULL) pool.oldest = block;
  pool.newest = block;
  if (block->older_alike != NULL) block->older_alike->newer_alike = block;
  pool.newest_alike[size_class] = block;
  pool.bytes += size;
  unlock_pool();
  free_list(list);
}

size_t ck_kept_limit(void) {
  lock_pool();
  size_t limit = present_limit();
  unlock_pool();
  return limit;
}

void ck_set_kept_limit(size_t bytes) {
  lock_pool();
  pool.limit = bytes;
  pool.has_limit = 1;
  kept *list = surplus(bytes);
  unlock_pool();
  free_list(list);
}

size_t ck_kept_bytes(void) {
  lock_pool();
  size_t bytes = pool.bytes;
  unlock_pool();
  return bytes;
}

ck_block_counts ck_count_blocks(void) {
  lock_pool();
  ck_block_counts counts = pool.counts;
  unlock_pool();
  return counts;
}

void ck_release_kept(void) {
  lock_pool();
  kept *list = surplus(0);
  unlock_pool();
  free_list(list);
}
