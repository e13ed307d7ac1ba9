// The loops behind tensors that need several instruction sets. Swift calls the functions of the
// tensor_*.h headers, which walk shapes and strides and call these on runs of elements.
#ifndef CKERNELS_MATHS_KERNELS_H
#define CKERNELS_MATHS_KERNELS_H

#include "maths_types.h"
#include "tensor_elementwise.h"
#include "tensor_indexing.h"
#include "tensor_linear_algebra.h"
#include "tensor_reductions.h"

// Steps count elements and are 0 (one element for all) or 1. Outputs may be an input's own
// memory, never a part of it at another offset.
typedef struct ck_maths_kernels {
  void (*unary)(ck_unary_op op, ck_dtype type, const void *x, void *out, size_t n);
  void (*binary)(
      ck_binary_op op, ck_dtype type, const void *a, int a_step, const void *b, int b_step,
      void *out, size_t n);
  void (*compare)(
      ck_compare_op op, ck_dtype type, const void *a, int a_step, const void *b, int b_step,
      uint8_t *out, size_t n);
  void (*select)(
      size_t element_size, const uint8_t *condition, int c_step, const void *a, int a_step,
      const void *b, int b_step, void *out, size_t n);
  void (*reduce)(
      ck_reduce_op op, ck_dtype type, size_t outer, size_t count, size_t inner, const void *x,
      void *out);
  void (*arg_reduce)(
      ck_arg_reduce_op op, ck_dtype type, size_t outer, size_t count, size_t inner, const void *x,
      int32_t *out);
  void (*argsort)(
      ck_dtype type, size_t rows, size_t count, const void *x, int32_t *out, int descending);
  void (*softmax)(ck_dtype type, size_t rows, size_t count, const void *x, void *out);
  void (*log_sum_exp)(ck_dtype type, size_t rows, size_t count, const void *x, void *out);
  void (*matmul)(
      ck_dtype type, size_t m, size_t n, size_t k, const void *a, size_t lda, int a_transposed,
      const void *b, size_t ldb, int b_transposed, void *c, size_t ldc);
  void (*pairwise_squared_distance)(
      ck_dtype type, size_t m, size_t n, size_t d, const void *x, const void *y, void *out);
} ck_maths_kernels;

#endif
