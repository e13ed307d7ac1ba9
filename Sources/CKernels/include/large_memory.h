#ifndef CKERNELS_LARGE_MEMORY_H
#define CKERNELS_LARGE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

// Memory of tensors and scratch. Blocks of 64 KiB to 64 MiB that are given back are kept for the
// next of their size, up to a limit for the whole process: the system maps fresh memory page by
// page and clears it, which takes longer than what is then written there. Any thread may take and
// give back any block.

enum { ck_smallest_kept = 64 << 10, ck_largest_kept = 64 << 20 };

// The bytes behind a block that is asked for with `bytes`: four sizes in each doubling, so that less
// than a quarter of the request is added.
size_t ck_block_size(size_t bytes);

// A block of at least `bytes` bytes that starts at a multiple of 64 and holds nothing meaningful.
void *ck_take_block(size_t bytes);

// Gives back a block that was taken with the same `bytes`.
void ck_give_block(void *block, size_t bytes);

// How many bytes may be kept. Lowering it gives blocks back to the system, longest unused first.
size_t ck_kept_limit(void);
void ck_set_kept_limit(size_t bytes);

// How many bytes are kept.
size_t ck_kept_bytes(void);

// How many blocks of a size that is kept were taken: from those kept, and from the system.
typedef struct ck_block_counts {
  uint64_t reused, fresh;
} ck_block_counts;
ck_block_counts ck_count_blocks(void);

// Gives all kept blocks back to the system.
void ck_release_kept(void);

#endif
