// Elementwise operations on dense row-major tensors. Shapes have at most CK_MAX_RANK axes.
// Strides count elements; 0 repeats an operand along an axis. Outputs are dense.
#ifndef CKERNELS_TENSOR_ELEMENTWISE_H
#define CKERNELS_TENSOR_ELEMENTWISE_H

#include "maths_types.h"

// out[i] = op(x[i]) for i < n. `out` may be `x`.
void ck_unary(ck_unary_op op, ck_dtype type, const void *x, void *out, size_t n);

// out = op(a, b) over the shape. `out` may be an operand that is dense there.
void ck_binary(
    ck_binary_op op, ck_dtype type, int rank, const int32_t *shape, const void *a,
    const int64_t *a_strides, const void *b, const int64_t *b_strides, void *out);

// out = op(a, b) over the shape, 0 or 1. Comparisons with NaN are false, but `not_equal` true.
void ck_compare(
    ck_compare_op op, ck_dtype type, int rank, const int32_t *shape, const void *a,
    const int64_t *a_strides, const void *b, const int64_t *b_strides, uint8_t *out);

// out = condition ? a : b over the shape.
void ck_select(
    ck_dtype type, int rank, const int32_t *shape, const uint8_t *condition,
    const int64_t *c_strides, const void *a, const int64_t *a_strides, const void *b,
    const int64_t *b_strides, void *out);

// dst[index · dst_strides] = src[index · src_strides] for every index of the shape. Any strides
// do, negative ones too (the pointers then name the element at index 0): broadcasting,
// permuting, slicing with steps, and writing into a region. The memories must not overlap.
// Element sizes: 1, 4 and 8.
void ck_copy(
    size_t element_size, int rank, const int32_t *shape, const void *src,
    const int64_t *src_strides, void *dst, const int64_t *dst_strides);

// out[i] = x[i] as the other type. To CK_I32: truncates towards zero, limits to the range, NaN
// becomes 0. To CK_BOOL: whether x[i] ≠ 0 (so NaN is true).
void ck_cast(ck_dtype from, ck_dtype to, const void *x, void *out, size_t n);

// out[i] = value.
void ck_fill(ck_dtype type, double value, void *out, size_t n);

// out[i] = start + i · step, computed in double precision.
void ck_iota(ck_dtype type, double start, double step, void *out, size_t n);

#endif
