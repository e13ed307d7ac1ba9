// Gathering and scattering along one axis of a tensor viewed as [outer, count, inner].
#ifndef CKERNELS_TENSOR_INDEXING_H
#define CKERNELS_TENSOR_INDEXING_H

#include "maths_types.h"

// out[o, i, :] = x[o, index[i], :] for i < m. Returns the position in `index` of the first index
// outside 0 ..< count (nothing is written then), or -1. Element sizes: 1, 4 and 8.
int64_t ck_take(
    size_t element_size, size_t outer, size_t count, size_t inner, const int32_t *index, size_t m,
    const void *x, void *out);

// The adjoint of `ck_take`: out [outer, count, inner] is zeroed, then
// out[o, index[i], :] += updates[o, i, :] in order of i. Returns as `ck_take`.
int64_t ck_scatter_add(
    ck_dtype type, size_t outer, size_t m, size_t inner, const int32_t *index,
    const void *updates, size_t count, void *out);

// out[o, i, n] = x[o, index[o, i, n], n] with index [outer, m, inner]. Returns the position of
// the first index outside 0 ..< count, where writing stopped, or -1. Element sizes: 1, 4 and 8.
int64_t ck_take_along(
    size_t element_size, size_t outer, size_t count, size_t inner, const int32_t *index, size_t m,
    const void *x, void *out);

// The adjoint of `ck_take_along`: out [outer, count, inner] is zeroed, then
// out[o, index[o, i, n], n] += updates[o, i, n]. Returns as `ck_take_along`.
int64_t ck_scatter_add_along(
    ck_dtype type, size_t outer, size_t m, size_t inner, const int32_t *index,
    const void *updates, size_t count, void *out);

#endif
