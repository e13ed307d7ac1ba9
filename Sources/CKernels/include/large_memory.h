#ifndef CKERNELS_LARGE_MEMORY_H
#define CKERNELS_LARGE_MEMORY_H

#include <stddef.h>

// Asks the system for large pages behind `bytes` of fresh memory, where it offers that: the first
// touch of memory by small pages costs several times what writing it does. Advice only.
void ck_advise_large_pages(void *memory, size_t bytes);

#endif
