// Reductions, scans and orders along one axis. A tensor is viewed as [outer, count, inner] and
// `count` is the axis.
#ifndef CKERNELS_TENSOR_REDUCTIONS_H
#define CKERNELS_TENSOR_REDUCTIONS_H

#include "maths_types.h"

// [outer, count, inner] -> [outer, inner]. Sums and products run in a fixed number of lanes and
// combine blocks in pairs, so the result depends on the shape alone and rounding errors grow
// with the logarithm of `count`.
void ck_reduce(
    ck_reduce_op op, ck_dtype type, size_t outer, size_t count, size_t inner, const void *x,
    void *out);

// The index of the greatest or least element: the first of equals, the first NaN if there is
// one. [outer, count, inner] -> [outer, inner]. `count` must not be 0.
void ck_arg_reduce(
    ck_arg_reduce_op op, ck_dtype type, size_t outer, size_t count, size_t inner, const void *x,
    int32_t *out);

// For each row the indices that sort it, stable, NaN last in either direction.
// [rows, count] -> [rows, count]. -0 and 0 are equal.
void ck_argsort(
    ck_dtype type, size_t rows, size_t count, const void *x, int32_t *out, int descending);

// For each row the indices of its k greatest elements, greatest first, first index first among
// equals; NaN counts as greater than every number, as in `ck_arg_reduce`.
// [rows, count] -> [rows, k]; k ≤ count.
void ck_top_k(ck_dtype type, size_t rows, size_t count, size_t k, const void *x, int32_t *out);

// out[o, i, n] = Σ_{j ≤ i} x[o, j, n], or j ≥ i where `reverse`, added in that order.
void ck_cumulative_sum(
    ck_dtype type, size_t outer, size_t count, size_t inner, int reverse, const void *x,
    void *out);

// out[r, i] = exp(x[r, i] − max) / Σ_j exp(x[r, j] − max). CK_F32 and CK_F64.
void ck_softmax(ck_dtype type, size_t rows, size_t count, const void *x, void *out);

// out[r] = log Σ_j exp(x[r, j]), without overflow. CK_F32 and CK_F64.
void ck_log_sum_exp(ck_dtype type, size_t rows, size_t count, const void *x, void *out);

#endif
