// Counts this thread's allocations between two calls, for tests.
#ifndef CALLOCATIONCOUNTER_H
#define CALLOCATIONCOUNTER_H

#include <stddef.h>

// What happened on a thread while it was counting.
typedef struct allocation_counts {
  long calls;  // of malloc, calloc, realloc and their aligned forms
  long peak;   // the most bytes that were in use at a time, beyond those in use at the start
} allocation_counts;

// Whether this build counts: on Linux with glibc, and without sanitizers, which have their own malloc.
int allocation_counter_works(void);

void allocation_counter_start(void);
allocation_counts allocation_counter_stop(void);

#endif
