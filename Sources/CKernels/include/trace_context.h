// How deep the calling thread is in nested transforms (gradient, vmap), kept per thread.
#ifndef CKERNELS_TRACE_CONTEXT_H
#define CKERNELS_TRACE_CONTEXT_H

#include <stdint.h>

// The level of the innermost transform that runs on this thread; 0 outside all of them.
int32_t ck_trace_depth(void);
void ck_set_trace_depth(int32_t depth);

// Transforms up to this level belong to a thread that this one works for, and do not record here.
int32_t ck_trace_floor(void);
void ck_set_trace_floor(int32_t floor);

// How many functions that are evaluated but never differentiated this thread is inside of.
int32_t ck_evaluation_depth(void);
void ck_set_evaluation_depth(int32_t depth);

#endif
